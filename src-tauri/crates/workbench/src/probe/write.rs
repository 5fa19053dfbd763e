//! The verdict, written into the file.

use std::path::Path;

use serde_json::Value;
use tripledash_core::Severity;
use tripledash_core::workspace::parse;

use crate::document::{self, List};
use crate::workbench::EditError;
use crate::{FILE, file, read_workspace};

/// Gives a preview of a folder's workspace another `host` line, or none, and leaves every other
/// byte of the file as it is. Whether anything was written.
///
/// An open workbench sees the change as it sees an editor's.
///
/// # Errors
///
/// The file is gone, takes no such edit, or cannot be written.
pub fn set_host(folder: &Path, preview: &str, host: Option<&str>) -> Result<bool, EditError> {
    let path = folder.join(FILE);
    let bytes = read_workspace(&path).ok();
    let Some(before) = bytes.and_then(|bytes| String::from_utf8(bytes).ok()) else {
        return Err(EditError::Gone { file: path });
    };
    let change = ("host".to_owned(), host.map(Value::from));
    let after = document::patch(&before, List::Previews, preview, &[change])?;
    if after == before {
        return Ok(false);
    }
    let parsed = parse(&after, FILE);
    if parsed
        .problems
        .iter()
        .any(|problem| problem.severity == Severity::Error)
    {
        return Err(EditError::Invalid {
            problems: parsed.problems,
        });
    }
    file::replace(&path, &after).map_err(|source| EditError::Unwritable { file: path, source })?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "{ \"name\": \"w\",\n  \"extra\": 1,\n\t\"previews\": [\n    {\"upstream\": \"http://localhost:3000\", \
                        \"name\": \"main\"},\n    { \"name\": \"old\", \"upstream\": \"http://localhost:3001\", \
                        \"host\": \"x\" }\n  ]}";

    fn folder(text: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(FILE), text).unwrap();
        folder
    }

    #[test]
    fn every_other_byte_stays() {
        let text = TEXT.replace("  \"extra\": 1,\n", "");
        let folder = folder(&text);
        let read = || std::fs::read_to_string(folder.path().join(FILE)).unwrap();
        let host = "{tenant}.localhost:{port}";
        assert!(set_host(folder.path(), "main", Some(host)).unwrap());
        let wanted = text.replace(
            "\"name\": \"main\"}",
            "\"name\": \"main\", \"host\": \"{tenant}.localhost:{port}\"}",
        );
        assert_eq!(read(), wanted);
        assert!(!set_host(folder.path(), "main", Some(host)).unwrap());
        assert!(set_host(folder.path(), "main", None).unwrap());
        assert!(set_host(folder.path(), "old", None).unwrap());
        assert!(!read().contains("host\""));
    }

    #[test]
    fn what_cannot_be_written_leaves_the_file_alone() {
        let folder = folder(TEXT);
        let error = set_host(folder.path(), "mian", Some("x")).unwrap_err();
        assert_eq!(error.to_string(), "no preview named \"mian\"");
        // "extra" is an error of the file, which is to be mended first.
        assert!(matches!(
            set_host(folder.path(), "main", Some("x")),
            Err(EditError::Invalid { .. })
        ));
        assert_eq!(
            std::fs::read_to_string(folder.path().join(FILE)).unwrap(),
            TEXT
        );
        let empty = tempfile::tempdir().unwrap();
        assert!(matches!(
            set_host(empty.path(), "main", None),
            Err(EditError::Gone { .. })
        ));
    }
}

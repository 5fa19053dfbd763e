//! The verdict, written into the file.

use std::path::Path;

use serde_json::Value;
use tripledash_core::workspace::{PreviewSource, Workspace, parse};

use crate::document::{self, List, Step, Uneditable};
use crate::workbench::{EditError, TRIES, edited};
use crate::{FILE, file, read_workspace};

/// Gives a preview of a folder's workspace another `host` line, or none, and leaves every other
/// byte of the file as it is. One that a source found has its line at the source, for all that it
/// finds. Whether anything was written.
///
/// An open workbench sees the change as it sees an editor's.
///
/// # Errors
///
/// The file is gone, takes no such edit, or cannot be written.
pub fn set_host(
    folder: &Path,
    workspace: &Workspace,
    preview: &str,
    host: Option<&str>,
) -> Result<bool, EditError> {
    let path = folder.join(FILE);
    for _ in 0..TRIES {
        let bytes = read_workspace(&path).ok();
        let Some(before) = bytes.and_then(|bytes| String::from_utf8(bytes).ok()) else {
            return Err(EditError::Gone { file: path });
        };
        let (after, _) = edited(&before, &[], &|text: &str| {
            with_host(text, workspace, preview, host)
        })?;
        if after == before {
            return Ok(false);
        }
        let written = file::exchange(&path, &before, &after);
        let file = path.clone();
        if written.map_err(|source| EditError::Unwritable { file, source })? {
            return Ok(true);
        }
    }
    Err(EditError::written_meanwhile())
}

/// The text with another `host` line for a preview. That of a source is put where the source
/// stands in this text: it may have been edited since the workspace was read.
pub(crate) fn with_host(
    text: &str,
    workspace: &Workspace,
    preview: &str,
    host: Option<&str>,
) -> Result<String, Uneditable> {
    let source = workspace
        .previews
        .get(preview)
        .and_then(|preview| preview.source);
    match source {
        Some(source) => {
            let at = place_of(text, workspace, source)?;
            let path = vec![
                Step::Key("previews".to_owned()),
                Step::Index(at),
                Step::Key("host".to_owned()),
            ];
            document::set_at(text, path, host.map(Value::from))
        }
        None => {
            let change = ("host".to_owned(), host.map(Value::from));
            document::patch(text, List::Previews, preview, &[change])
        }
    }
}

/// Where a source of a workspace stands in a text by now.
fn place_of(text: &str, workspace: &Workspace, source: usize) -> Result<usize, Uneditable> {
    let now = parse(text, FILE).workspace;
    let now = now.as_ref().map_or(&[][..], |now| &now.sources);
    let before = &workspace.sources;
    let alike = |sources: &[PreviewSource]| -> Vec<usize> {
        let of_kind = |other: &&PreviewSource| other.kind == before[source].kind;
        let alike = sources.iter().filter(of_kind);
        alike.map(|source| source.at).collect()
    };
    // Several may say the same; then their order tells them apart.
    let (then, now) = (alike(before), alike(now));
    let nth = then.iter().position(|at| *at == before[source].at);
    match nth.filter(|_| then.len() == now.len()) {
        Some(nth) => Ok(now[nth]),
        None => Err(Uneditable::Changed {
            place: format!("previews[{}]", before[source].at),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set_host(folder: &Path, preview: &str, host: Option<&str>) -> Result<bool, EditError> {
        let workspace = Workspace::empty("w");
        super::set_host(folder, &workspace, preview, host)
    }

    #[test]
    fn a_source_has_the_line_for_all_that_it_finds() {
        let text = r#"{ "name": "w", "previews": [
    { "name": "main", "upstream": "http://localhost:3000" },
    { "git": ".", "dev": "vite" }
] }"#;
        let workspace = parse(text, FILE).workspace.unwrap();
        let found = tripledash_core::workspace::Found {
            source: 0,
            branch: Some("new".to_owned()),
            title: "new".to_owned(),
            reference: "refs/heads/new".to_owned(),
            upstream: tripledash_core::workspace::Upstream::At(
                "http://localhost:1".parse().unwrap(),
            ),
            headers: Vec::new(),
        };
        let whole = workspace.with(&tripledash_core::workspace::Contributed {
            tenants: None,
            previews: vec![found],
        });
        let after = with_host(text, &whole, "new", Some("{tenant}.localhost")).unwrap();
        let line = r#"    { "git": ".", "dev": "vite", "host": "{tenant}.localhost" }"#;
        assert_eq!(
            after,
            text.replace(r#"    { "git": ".", "dev": "vite" }"#, line)
        );
        assert_eq!(with_host(&after, &whole, "new", None).unwrap(), text);

        // Somebody else puts a preview before it, or makes another of it.
        let first =
            "{ \"name\": \"first\", \"upstream\": \"http://localhost:1\", \"host\": \"x\" },\n    ";
        let main = "{ \"name\": \"main\"";
        let moved = text.replace(main, &format!("{first}{main}"));
        let after = with_host(&moved, &whole, "new", Some("{tenant}.localhost")).unwrap();
        assert!(after.contains(line) && after.contains(first), "{after}");
        let other = text.replace("\"git\": \".\"", "\"git\": \"..\"");
        let refused = with_host(&other, &whole, "new", Some("{tenant}.localhost"));
        let place = "previews[1]".to_owned();
        assert_eq!(refused, Err(Uneditable::Changed { place }));
    }

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

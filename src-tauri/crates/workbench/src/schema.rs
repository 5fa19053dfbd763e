//! The JSON Schema of a workspace file, beside the file, so that editors complete it.

use std::io;
use std::path::Path;

use serde::Deserialize;

use crate::file;

/// The schema as it is committed; `cargo xtask gen` makes it from the types of the format.
pub const SCHEMA: &str = include_str!("../../../../docs/tripledash.schema.json");

/// The name of the schema beside a workspace file.
pub const SCHEMA_FILE: &str = "tripledash.schema.json";

/// More than any version of ours has: whatever is longer is somebody else's.
const LONGEST: u64 = 4 << 20;

/// What tells a schema of ours, and which version wrote it.
#[derive(Debug, PartialEq, Deserialize)]
struct Mark {
    #[serde(rename = "$id")]
    id: String,
    #[serde(rename = "$comment")]
    made_by: String,
}

/// Puts the schema beside a workspace file that was just written, where the file's `$schema` names
/// it. A schema of an older version is replaced. Anything else of that name is left as it is.
///
/// A folder that takes no such file is no error: the workspace works without it.
pub fn put_schema_beside(folder: &Path, text: &str) {
    if !asks_for_it(text) {
        return;
    }
    let path = folder.join(SCHEMA_FILE);
    let put = match read(&path) {
        Ok(None) => file::create(&path, SCHEMA),
        Ok(Some(there)) if is_older(&there) => file::replace(&path, SCHEMA),
        Ok(Some(_)) => Ok(()),
        Err(error) => Err(error),
    };
    if let Err(error) = put {
        tracing::debug!(path = %path.display(), %error, "no schema beside the workspace file");
    }
}

/// Whether the file names the schema beside it.
fn asks_for_it(text: &str) -> bool {
    #[derive(Deserialize)]
    struct Asks {
        #[serde(rename = "$schema")]
        schema: Option<String>,
    }
    let asked = serde_json::from_str::<Asks>(text).ok();
    let asked = asked.and_then(|asks| asks.schema);
    asked.is_some_and(|asked| asked.strip_prefix("./").unwrap_or(&asked) == SCHEMA_FILE)
}

fn read(path: &Path) -> io::Result<Option<String>> {
    match file::read_ordinary(path, LONGEST) {
        // What is no text is somebody else's.
        Ok(bytes) => String::from_utf8(bytes)
            .map(Some)
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Whether a text is a schema of ours that an older version wrote. One of a newer version stays:
/// whoever shares the folder has it.
fn is_older(there: &str) -> bool {
    let mark = |text: &str| serde_json::from_str::<Mark>(text).ok();
    let (Some(there), Some(now)) = (mark(there), mark(SCHEMA)) else {
        return false;
    };
    there.id == now.id && version(&there.made_by) < version(&now.made_by)
}

/// The numbers of `Made by Tripledash 0.1.0`. A text without them is older than any.
fn version(made_by: &str) -> Option<[u64; 3]> {
    let (_, version) = made_by.rsplit_once(' ')?;
    let mut numbers = version.splitn(3, '.').map(|number| {
        let digits = number.split(|c: char| !c.is_ascii_digit()).next();
        digits.and_then(|digits| digits.parse().ok())
    });
    Some([numbers.next()??, numbers.next()??, numbers.next()??])
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    const ASKING: &str = r#"{"$schema": "./tripledash.schema.json", "name": "w"}"#;

    fn older() -> String {
        let now = format!("Made by Tripledash {}", env!("CARGO_PKG_VERSION"));
        assert!(SCHEMA.contains(&now), "`cargo xtask gen` was not called");
        SCHEMA.replace(&now, "Made by Tripledash 0.0.9")
    }

    #[test]
    fn a_file_that_names_the_schema_gets_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(SCHEMA_FILE);
        for text in [
            "{}",
            "no JSON",
            r#"{"$schema": "https://a.example/tripledash.schema.json"}"#,
        ] {
            put_schema_beside(folder.path(), text);
            assert!(!path.exists(), "{text}");
        }
        put_schema_beside(folder.path(), ASKING);
        assert_eq!(fs::read_to_string(&path).unwrap(), SCHEMA);
    }

    #[test]
    fn only_an_older_one_of_ours_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(SCHEMA_FILE);
        let newer = older().replace("Tripledash 0.0.9", "Tripledash 99.0.0");
        for (there, stays) in [
            (older(), false),
            (newer, true),
            (older().replace("urn:uuid:", "urn:uuid:0"), true),
            ("{ \"mine\": true }".to_owned(), true),
            ("not even JSON".to_owned(), true),
            (SCHEMA.replace("Named pages", "Mine"), true),
        ] {
            fs::write(&path, &there).unwrap();
            put_schema_beside(folder.path(), ASKING);
            let after = fs::read_to_string(&path).unwrap();
            assert_eq!(after == there, stays, "{}", &there[..there.len().min(200)]);
            assert!(stays || after == SCHEMA);
        }
    }

    #[test]
    fn a_folder_that_takes_no_file_is_no_error() {
        let folder = tempfile::tempdir().unwrap();
        put_schema_beside(&folder.path().join("gone"), ASKING);
        // Whatever else has the name is left alone, a folder too.
        fs::create_dir(folder.path().join(SCHEMA_FILE)).unwrap();
        put_schema_beside(folder.path(), ASKING);
        assert!(folder.path().join(SCHEMA_FILE).is_dir());
    }

    #[test]
    fn versions_are_compared_by_number() {
        let of = |text: &str| version(&format!("Made by Tripledash {text}"));
        assert!(of("0.9.0") < of("0.10.0"));
        assert!(of("1.0.0-beta.2") < of("1.0.1"));
        assert_eq!(of("soon"), None);
        assert!(None < of("0.0.1"));
    }
}

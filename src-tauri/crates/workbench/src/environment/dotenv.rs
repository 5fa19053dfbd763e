//! `.env.local` beside the workspace.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use crate::file::read_ordinary;

/// The file beside `tripledash.json`.
pub(crate) const DOTENV: &str = ".env.local";

/// Far more than any such file has.
const LONGEST: u64 = 1 << 20;

/// Reads a folder's `.env.local`. A file that is not there, or is unreadable, sets nothing: each
/// variable that a preview then lacks is reported by name. Nor does a named pipe, whose writer
/// might never come.
pub fn dotenv(folder: &Path) -> BTreeMap<String, String> {
    let text = read_ordinary(&folder.join(DOTENV), LONGEST).and_then(|bytes| {
        String::from_utf8(bytes).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
    });
    match text {
        Ok(text) => parse(&text),
        Err(error) => {
            if error.kind() != io::ErrorKind::NotFound {
                tracing::warn!(folder = %folder.display(), %error, "{DOTENV} sets nothing");
            }
            BTreeMap::new()
        }
    }
}

/// `NAME=value` lines, `export` before them allowed, values in single or double quotes or bare up
/// to a ` #`. A line that is none of these is passed over, as dotenv does.
pub(crate) fn parse(text: &str) -> BTreeMap<String, String> {
    text.lines()
        .filter_map(|line| {
            let line = line.trim();
            let line = line.strip_prefix("export ").unwrap_or(line);
            let (name, value) = line.split_once('=')?;
            let name = name.trim();
            let valid = !name.is_empty()
                && !name.starts_with(|first: char| first.is_ascii_digit())
                && name
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
            valid.then(|| (name.to_owned(), unquote(value.trim())))
        })
        .collect()
}

fn unquote(value: &str) -> String {
    for quote in ['"', '\''] {
        if let Some(rest) = value.strip_prefix(quote)
            && let Some((inner, _)) = rest.split_once(quote)
        {
            return if quote == '"' {
                inner.replace("\\n", "\n")
            } else {
                inner.to_owned()
            };
        }
    }
    let bare = value.split(" #").next().unwrap_or(value);
    bare.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::{DOTENV, dotenv, parse};

    #[cfg(unix)]
    #[test]
    fn a_pipe_that_nobody_writes_into_is_not_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(DOTENV);
        let made = std::process::Command::new("mkfifo").arg(&path).status();
        assert!(made.unwrap().success());
        let (tell, told) = std::sync::mpsc::channel();
        let asked = folder.path().to_owned();
        std::thread::spawn(move || tell.send(dotenv(&asked)));
        let read = told.recv_timeout(std::time::Duration::from_secs(20));
        assert_eq!(read, Ok(std::collections::BTreeMap::new()));
    }

    #[test]
    fn reads_what_dotenv_reads() {
        let found = parse(
            "# a comment\n\nA=1\nexport B = two words # why\nC=\"q # \\n\"\nD='s'\n1X=no\nE\nF=\n",
        );
        let found: Vec<_> = found
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        assert_eq!(
            found,
            [
                ("A", "1"),
                ("B", "two words"),
                ("C", "q # \n"),
                ("D", "s"),
                ("F", "")
            ]
        );
    }
}

//! `.env.local` beside the workspace.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// The file beside `tripledash.json`.
pub(crate) const DOTENV: &str = ".env.local";

/// Reads a folder's `.env.local`. A file that is not there, or is unreadable, sets nothing: each
/// variable that a preview then lacks is reported by name.
pub fn dotenv(folder: &Path) -> BTreeMap<String, String> {
    fs::read_to_string(folder.join(DOTENV))
        .map(|text| parse(&text))
        .unwrap_or_default()
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
    use super::parse;

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

//! The repository that a folder is in, read off its files.

use std::path::{Path, PathBuf};

use super::look::read;

/// A git repository with files checked out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repository {
    /// The folder looked at, from the repository's top; empty where it is the top.
    pub inside: String,
    /// The branch that is checked out; `None` where none is.
    pub branch: Option<String>,
    /// Where `origin` is, less its scheme and who asks there.
    pub remote: Option<String>,
}

// === impl Repository ===

impl Repository {
    /// The path from the folder looked at to the repository's top.
    pub(super) fn up(&self) -> String {
        let segments = self.inside.split('/').filter(|segment| !segment.is_empty());
        let up: Vec<&str> = segments.map(|_| "..").collect();
        if up.is_empty() {
            ".".to_owned()
        } else {
            up.join("/")
        }
    }
}

/// Finds the repository of a folder, whose path is whole.
pub(super) fn find(folder: &Path) -> Option<Repository> {
    let top = folder
        .ancestors()
        .find(|folder| folder.join(".git").exists())?;
    let own = own_folder(&top.join(".git"))?;
    let head = read(&own.join("HEAD"))?;
    let branch = head.trim().strip_prefix("ref: refs/heads/");
    // A worktree has its own HEAD, and shares the rest.
    let shared = match read(&own.join("commondir")) {
        Some(path) => own.join(path.trim()),
        None => own,
    };
    let inside = folder.strip_prefix(top).ok()?.components();
    let inside: Vec<_> = inside
        .map(|part| part.as_os_str().to_string_lossy())
        .collect();
    Some(Repository {
        inside: inside.join("/"),
        // What repositories say whose refs are not files.
        branch: branch
            .filter(|branch| *branch != ".invalid")
            .map(str::to_owned),
        remote: read(&shared.join("config")).and_then(|config| remote(&config)),
    })
}

/// The folder behind `.git`, which is a file in worktrees and submodules.
fn own_folder(path: &Path) -> Option<PathBuf> {
    if path.is_dir() {
        return Some(path.to_owned());
    }
    let text = read(path)?;
    let to = text.trim().strip_prefix("gitdir:")?.trim();
    Some(path.parent()?.join(to))
}

/// Where `origin` is.
fn remote(config: &str) -> Option<String> {
    let mut inside = false;
    for line in config.lines().map(str::trim) {
        if line.starts_with('[') {
            inside = line == "[remote \"origin\"]";
        } else if inside
            && let Some((name, value)) = line.split_once('=')
            && name.trim().eq_ignore_ascii_case("url")
        {
            return Some(shown(value.trim()));
        }
    }
    None
}

/// An address without what may be a secret.
fn shown(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let path = rest.find('/').unwrap_or(rest.len());
    let rest = rest[..path].rfind('@').map_or(rest, |at| &rest[at + 1..]);
    rest.strip_suffix(".git").unwrap_or(rest).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remotes_are_shown_without_their_secrets() {
        for (url, said) in [
            ("https://github.com/acme/web.git", "github.com/acme/web"),
            (
                "https://user:s3cret@github.com/acme/web",
                "github.com/acme/web",
            ),
            ("git@github.com:acme/web.git", "github.com:acme/web"),
            ("ssh://git@git.acme.dev:22/web.git", "git.acme.dev:22/web"),
            ("/srv/git/we@b.git", "/srv/git/we@b"),
        ] {
            assert_eq!(shown(url), said);
        }
        let config = "[core]\n\turl = no\n[remote \"fork\"]\n\turl = x\n[remote \"origin\"]\n\tfetch = +a\n\turl = git@a:b\n";
        assert_eq!(remote(config).as_deref(), Some("a:b"));
        assert_eq!(remote("[core]\nbare = false\n"), None);
    }
}

//! The repository that a folder is in, as far as a proposal is made of it.

use std::path::Path;

use tokio_util::sync::CancellationToken;

use crate::git::git;

/// A git repository with files checked out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repository {
    /// The folder looked at, from the repository's top; empty where it is the top.
    pub inside: String,
    /// The branch that is checked out; `None` where none is.
    pub branch: Option<String>,
    /// Where it comes from, less the scheme and who asks there.
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

/// Finds the repository of a folder. One that cannot be read is none.
pub(super) fn find(folder: &Path) -> Option<Repository> {
    let git = git(&CancellationToken::new());
    let found = tripledash_git::Repository::find_with(folder, git).ok()?;
    found.root()?;
    let inside = found.prefix().components();
    let inside: Vec<_> = inside
        .map(|part| part.as_os_str().to_string_lossy())
        .collect();
    Some(Repository {
        inside: inside.join("/"),
        branch: found.head().ok()?.branch().map(str::to_owned),
        remote: found.remote().ok().flatten(),
    })
}

//! What in a checkout is not committed.

use std::path::{Path, PathBuf};

use crate::{Git, GitFailed, Repository};

/// What in a checkout is not committed. Ignored files do not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Changes {
    /// Tracked files that were changed, added, renamed or deleted, staged or not.
    pub changed: usize,
    /// Files of a merge that are still in conflict.
    pub conflicts: usize,
    /// Files and folders that git does not know; a folder of such files counts once.
    pub untracked: usize,
}

// === impl Changes ===

impl Changes {
    /// Whether everything is committed.
    #[must_use]
    pub fn is_clean(self) -> bool {
        self == Self::default()
    }

    /// Whether a tracked file differs from what is committed.
    #[must_use]
    pub fn has_tracked(self) -> bool {
        self.changed + self.conflicts > 0
    }

    /// Reads what `git status --porcelain=v2 -z` printed.
    fn read(status: &[u8]) -> Self {
        let mut changes = Self::default();
        let mut entries = status.split(|byte| *byte == 0);
        while let Some(entry) = entries.next() {
            match entry.first() {
                Some(b'1') => changes.changed += 1,
                Some(b'2') => {
                    changes.changed += 1;
                    // A rename's old path is an entry of its own.
                    entries.next();
                }
                Some(b'u') => changes.conflicts += 1,
                Some(b'?') => changes.untracked += 1,
                _ => {}
            }
        }
        changes
    }
}

impl Repository {
    /// What is not committed in a checkout of this repository: the folder of the main one or of a
    /// worktree.
    ///
    /// # Errors
    ///
    /// When `git status` does not answer there.
    pub fn changes(&self, checkout: &Path) -> Result<Changes, GitFailed> {
        look(self.git(), checkout)
    }
}

pub(crate) fn look(git: &Git, checkout: &Path) -> Result<Changes, GitFailed> {
    // The person's configuration may hide untracked files or submodules' changes.
    let arguments = [
        "status",
        "--porcelain=v2",
        "-z",
        "--untracked-files=normal",
        "--ignore-submodules=none",
    ];
    git.look(checkout, &arguments)
        .map(|status| Changes::read(&status))
}

/// The files that git does not know and does not ignore, by their way from the checkout's top.
pub(crate) fn untracked(git: &Git, checkout: &Path) -> Result<Vec<PathBuf>, GitFailed> {
    let arguments = ["ls-files", "--others", "--exclude-standard", "-z"];
    git.look(checkout, &arguments).map(|list| paths(&list))
}

/// What a `-z` of git printed.
pub(crate) fn paths(list: &[u8]) -> Vec<PathBuf> {
    list.split(|byte| *byte == 0)
        .filter(|path| !path.is_empty())
        .filter_map(|path| gix::path::from_bstr(gix::bstr::BStr::new(path)).ok())
        .map(std::borrow::Cow::into_owned)
        .collect()
}

//! What in a checkout is not committed.

use std::collections::BTreeSet;
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

    /// The same without running anything that the repository's configuration names: it needs no
    /// trust. A file that a filter would change back (Git LFS is one) counts as changed once it was
    /// touched, and nothing is looked into inside a submodule.
    ///
    /// # Errors
    ///
    /// When `git status` does not answer there, or a filter cannot be turned off.
    pub fn changes_unfiltered(&self, checkout: &Path) -> Result<Changes, GitFailed> {
        let listed = self
            .git()
            .look_alone(checkout, &["config", "--list", "--name-only", "-z"])?;
        let mut words: Vec<String> = Vec::new();
        for name in filters(&listed) {
            // What stands before the first `=` would be taken for the whole name.
            let name = name.filter(|name| !name.contains('='));
            let name = name.ok_or_else(|| GitFailed::Refused {
                command: "git status".to_owned(),
                said: "a filter with a name that no command can turn off is configured".to_owned(),
            })?;
            for setting in ["clean=", "smudge=", "process=", "required=false"] {
                words.extend(["-c".to_owned(), format!("filter.{name}.{setting}")]);
            }
        }
        // A process for each submodule is started, with its own configuration, to look into it.
        words.extend(STATUS.map(str::to_owned));
        words.extend(["--ignore-submodules=dirty", "--no-renames"].map(str::to_owned));
        self.git()
            .look_alone(checkout, &words)
            .map(|status| Changes::read(&status))
    }
}

/// The person's configuration may hide untracked files.
const STATUS: [&str; 4] = ["status", "--porcelain=v2", "-z", "--untracked-files=normal"];

pub(crate) fn look(git: &Git, checkout: &Path) -> Result<Changes, GitFailed> {
    let mut words = STATUS.to_vec();
    words.push("--ignore-submodules=none");
    git.look(checkout, &words)
        .map(|status| Changes::read(&status))
}

/// The filters that a list of settings names; `None` where one is no text.
fn filters(listed: &[u8]) -> BTreeSet<Option<&str>> {
    let settings = listed.split(|byte| *byte == 0);
    settings
        .filter(|setting| setting.starts_with(b"filter."))
        .map(|setting| {
            let (name, _) = str::from_utf8(setting).ok()?.rsplit_once('.')?;
            Some(name.strip_prefix("filter.").unwrap_or_default())
        })
        .collect()
}

/// What a `-z` of git printed.
pub(crate) fn paths(list: &[u8]) -> Vec<PathBuf> {
    list.split(|byte| *byte == 0)
        .filter(|path| !path.is_empty())
        .filter_map(|path| gix::path::from_bstr(gix::bstr::BStr::new(path)).ok())
        .map(std::borrow::Cow::into_owned)
        .collect()
}

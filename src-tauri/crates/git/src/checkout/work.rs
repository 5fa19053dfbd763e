//! What somebody did in a worktree of ours.

use super::found::Ours;
use crate::{Changes, GitFailed, Head, Repository};

/// What somebody did in a worktree of ours, for which it is left as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Work {
    /// A branch was checked out there.
    OnBranch {
        /// Its name.
        name: String,
    },
    /// A merge, rebase, cherry-pick, revert or bisection is under way there.
    Unfinished,
    /// Files were changed.
    Changed(Changes),
    /// Commits were made there that no branch or tag has.
    Commits {
        /// The last of them, in full.
        last: String,
    },
    /// A file that git does not know is where the branch has one.
    InTheWay {
        /// What git said, with the files' names.
        said: String,
    },
}

// === impl Work ===

impl std::fmt::Display for Work {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::OnBranch { name } => write!(f, "the branch {name:?} is checked out there"),
            Self::Unfinished => f.write_str("a merge or a rebase is under way there"),
            Self::Changed(changes) => {
                let (changed, untracked) = (changes.changed + changes.conflicts, changes.untracked);
                write!(
                    f,
                    "{changed} changed and {untracked} new files are not committed"
                )
            }
            Self::Commits { last } => write!(f, "no branch has the commit {last} that it is at"),
            Self::InTheWay { said } => f.write_str(said),
        }
    }
}

/// Work that would be lost from sight if the worktree went to another commit, but for files.
pub(super) fn elsewhere(
    repository: &Repository,
    ours: &Ours,
    at: &str,
) -> Result<Option<Work>, GitFailed> {
    if let Some(Head::Branch { name } | Head::Unborn { name }) = &ours.worktree.head {
        return Ok(Some(Work::OnBranch { name: name.clone() }));
    }
    // What we checked out is no work of anybody's, also where its branch went elsewhere since.
    if at == ours.mark.commit || is_kept(repository, at)? {
        return Ok(None);
    }
    let last = at.to_owned();
    Ok(Some(Work::Commits { last }))
}

/// Whether git was told to do something in steps there, and is not through.
pub(super) fn is_unfinished(ours: &Ours) -> bool {
    let states = [
        "MERGE_HEAD",
        "CHERRY_PICK_HEAD",
        "REVERT_HEAD",
        "BISECT_LOG",
        "rebase-merge",
        "rebase-apply",
        "sequencer",
    ];
    states
        .into_iter()
        .any(|state| ours.worktree.git_dir.join(state).exists())
}

/// Whether a branch or tag leads to a commit. A stash goes when it is dropped, and does not count.
fn is_kept(repository: &Repository, commit: &str) -> Result<bool, GitFailed> {
    let arguments = [
        "for-each-ref",
        "--count=1",
        "--contains",
        commit,
        "refs/heads",
        "refs/remotes",
        "refs/tags",
    ];
    let found = repository.git().look(repository.common_dir(), &arguments)?;
    Ok(!found.is_empty())
}

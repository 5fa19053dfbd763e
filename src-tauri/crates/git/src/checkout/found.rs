//! What stands at the folder where a worktree is to be.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::{NotPrepared, UNFINISHED};
use crate::mark::Mark;
use crate::worktrees::{private_git_dir, real, same};
use crate::{Head, NotRead, Repository, Worktree};

/// A worktree of ours.
#[derive(Debug)]
pub(crate) struct Ours {
    pub(crate) path: PathBuf,
    pub(crate) mark: Mark,
    pub(crate) worktree: Worktree,
}

/// What stands where a worktree is to be.
pub(super) enum Found {
    Nothing,
    /// Registered, and the folder is gone.
    Stale,
    /// We were ended while we made it.
    Unfinished,
    Ours(Box<Ours>),
}

// === impl Ours ===

impl Ours {
    /// Keeps what is known of it.
    pub(super) fn keep_mark(&self) -> Result<(), NotPrepared> {
        let folder = &self.worktree.git_dir;
        let not_marked = |source| NotPrepared::NotMarked {
            folder: folder.clone(),
            source,
        };
        self.mark.write(folder).map_err(not_marked)
    }

    /// Whether it is on no branch, as we leave it.
    pub(super) fn is_detached(&self) -> bool {
        matches!(self.worktree.head, Some(Head::Detached { .. }))
    }
}

// === impl Repository ===

impl Repository {
    /// The worktree of ours at a folder, if there is one.
    pub(crate) fn ours(&self, folder: &Path) -> Result<Option<Ours>, NotRead> {
        let folder = real(folder);
        let registered = self.worktrees()?;
        let at = |worktree: &Worktree| !worktree.is_main && same(&worktree.path, &folder);
        let Some(worktree) = registered.into_iter().find(at) else {
            return Ok(None);
        };
        Ok(Mark::read(&worktree.git_dir).map(|mark| Ours {
            path: folder,
            mark,
            worktree,
        }))
    }

    /// What stands at a folder, if nothing speaks against a worktree of ours there.
    pub(super) fn find_at(
        &self,
        folder: &Path,
        worktrees: Vec<Worktree>,
    ) -> Result<Found, NotPrepared> {
        let is_free = is_free(folder);
        let at = |worktree: &Worktree| !worktree.is_main && same(&worktree.path, folder);
        let Some(mut worktree) = worktrees.into_iter().find(at) else {
            if is_free {
                return Ok(Found::Nothing);
            }
            let folder = folder.to_owned();
            let is_orphan = private_git_dir(&folder).is_some_and(|to| !to.join("HEAD").exists());
            return Err(if is_orphan {
                NotPrepared::Orphan { folder }
            } else {
                NotPrepared::Taken { folder }
            });
        };
        let mark = Mark::read(&worktree.git_dir);
        let is_held = worktree.locked.as_deref() == Some(UNFINISHED);
        let is_unfinished = is_held && mark.is_none();
        if is_held && !is_unfinished {
            // It was whole when we were ended: it had its mark, and was only to be unlocked.
            unlock(&worktree.git_dir)?;
            worktree.locked = None;
        }
        if worktree.is_missing {
            return match worktree.locked {
                _ if !is_free => Err(NotPrepared::Taken {
                    folder: folder.to_owned(),
                }),
                Some(reason) if !is_unfinished => Err(NotPrepared::Locked {
                    folder: folder.to_owned(),
                    reason,
                }),
                _ => Ok(Found::Stale),
            };
        }
        if is_unfinished {
            return Ok(Found::Unfinished);
        }
        let path = folder.to_owned();
        match mark {
            Some(mark) => Ok(Found::Ours(Box::new(Ours {
                path,
                mark,
                worktree,
            }))),
            None => Err(NotPrepared::Taken { folder: path }),
        }
    }
}

/// Lets a worktree that we locked be moved and removed again.
pub(super) fn unlock(private: &Path) -> Result<(), NotPrepared> {
    match fs::remove_file(private.join("locked")) {
        Err(source) if source.kind() != io::ErrorKind::NotFound => Err(NotPrepared::NotMarked {
            folder: private.to_owned(),
            source,
        }),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Whether a worktree can be made there: nothing, or an empty folder.
fn is_free(folder: &Path) -> bool {
    match fs::read_dir(folder) {
        Ok(mut entries) => entries.next().is_none(),
        Err(error) => error.kind() == io::ErrorKind::NotFound,
    }
}

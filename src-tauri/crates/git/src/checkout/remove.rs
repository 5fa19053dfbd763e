//! Takes a worktree of ours away, unless somebody's work is in it.

use std::fs;
use std::path::{Path, PathBuf};

use super::Work;
use super::found::Ours;
use super::work::to_keep;
use crate::changes::untracked;
use crate::command::arguments;
use crate::mark::fingerprint;
use crate::{Changes, GitFailed, NotRead, Repository};

/// What was taken away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Removed {
    /// The folder, and what git knew of it.
    Whole,
    /// What git knew of it: the folder was gone.
    Entry,
    /// There was nothing.
    Nothing,
}

/// Why a worktree was not removed. It is as it was.
#[derive(Debug, thiserror::Error)]
pub enum NotRemoved {
    /// Somebody's work is in it.
    #[error("{} was not removed: {work}", folder.display())]
    Work {
        /// The worktree.
        folder: PathBuf,
        /// What would be lost.
        work: Work,
    },
    /// We did not make what stands there.
    #[error(
        "{} was not removed: it is not a worktree that Tripledash made",
        folder.display()
    )]
    NotOurs {
        /// What was to be removed.
        folder: PathBuf,
    },
    /// Somebody wants it kept.
    #[error("{} was not removed: it is locked ({reason:?})", folder.display())]
    Locked {
        /// The worktree.
        folder: PathBuf,
        /// Why it was locked; may be empty.
        reason: String,
    },
    /// The repository cannot be read.
    #[error(transparent)]
    NotRead(#[from] NotRead),
    /// Git did not do it.
    #[error("could not remove {}", folder.display())]
    Git {
        /// The worktree.
        folder: PathBuf,
        /// What git said.
        #[source]
        source: GitFailed,
    },
}

impl Repository {
    /// Removes the worktree of ours at a folder, with all that is ignored in it. End what runs
    /// there before.
    ///
    /// # Errors
    ///
    /// See [`NotRemoved`]: above all when a file in it is changed or new, or was copied there and
    /// edited since, or when commits were made there that no branch has.
    pub fn remove(&self, folder: &Path) -> Result<Removed, NotRemoved> {
        let _alone = self.alone();
        let Some(ours) = self.ours(folder)? else {
            return if folder.symlink_metadata().is_ok() {
                let folder = folder.to_owned();
                Err(NotRemoved::NotOurs { folder })
            } else {
                Ok(Removed::Nothing)
            };
        };
        let refused = |source| NotRemoved::Git {
            folder: ours.path.clone(),
            source,
        };
        if let Some(reason) = ours.worktree.locked.clone() {
            let folder = ours.path;
            return Err(NotRemoved::Locked { folder, reason });
        }
        let removed = if ours.worktree.is_missing {
            // Something else may stand there by now, which is not touched.
            if ours.path.symlink_metadata().is_ok() {
                return Err(NotRemoved::NotOurs { folder: ours.path });
            }
            Removed::Entry
        } else {
            let copies = self.copies_to_delete(&ours)?;
            for copy in copies {
                // One that stays makes git refuse.
                let _ = fs::remove_file(copy);
            }
            Removed::Whole
        };
        // Without force: git looks once more itself.
        let remove: [&dyn AsRef<_>; 4] = [&"worktree", &"remove", &"--", &ours.path];
        self.git()
            .change(self.common_dir(), &arguments(remove))
            .map_err(refused)?;
        Ok(removed)
    }

    /// Our copies that git would take for somebody's new files, if there is no work in the
    /// worktree.
    fn copies_to_delete(&self, ours: &Ours) -> Result<Vec<PathBuf>, NotRemoved> {
        let refused = |source| NotRemoved::Git {
            folder: ours.path.clone(),
            source,
        };
        let keep = |work| NotRemoved::Work {
            folder: ours.path.clone(),
            work,
        };
        let Some(at) = self.commit_at(ours)? else {
            let folder = ours.path.clone();
            return Err(NotRemoved::NotOurs { folder });
        };
        if let Some(work) = to_keep(self, ours, &at).map_err(refused)? {
            return Err(keep(work));
        }
        let is_ours = |path: &str| {
            ours.mark.copied.get(path).is_some_and(|copied| {
                fs::read(ours.path.join(path)).is_ok_and(|now| fingerprint(&now) == *copied)
            })
        };
        let edited = ours.mark.copied.keys().filter(|path| {
            let there = ours.path.join(path).symlink_metadata().is_ok();
            there && !is_ours(path)
        });
        let paths: Vec<String> = edited.cloned().collect();
        if !paths.is_empty() {
            return Err(keep(Work::Copies { paths }));
        }
        let new = untracked(self.git(), &ours.path).map_err(refused)?;
        let (copies, foreign): (Vec<_>, Vec<_>) = new
            .into_iter()
            .partition(|path| path.to_str().is_some_and(&is_ours));
        if !foreign.is_empty() {
            return Err(keep(Work::Changed(Changes {
                untracked: foreign.len(),
                ..Changes::default()
            })));
        }
        Ok(copies
            .into_iter()
            .map(|path| ours.path.join(path))
            .collect())
    }
}

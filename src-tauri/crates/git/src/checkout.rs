//! The folder that a branch runs in.
//!
//! - The branch that the person has checked out runs where they have it.
//! - Any other gets a worktree at the branch's commit, on no branch: no branch is ever moved by us,
//!   and git lets the person check out the same one elsewhere.
//! - A worktree of ours goes along with its branch as long as nobody worked in it. Work of any kind
//!   keeps it as it is: changed files, commits, another branch, a merge that is under way.
//! - Files that git does not keep stay as they are, ignored ones too: somebody may have edited them.
//! - Worktrees of ours are never taken away: what git ignores in one may be somebody's work as well as
//!   what was built, and nobody can tell them apart.
//! - Where git was ended while it took a worktree along, what it did is taken back the next time,
//!   before anything else: half of a commit is never handed out.
//! - While a worktree is made it is locked in our name. One that is found so was never handed out,
//!   since we were ended in between: it is made anew.

mod alone;
mod bring;
mod found;
mod half;
mod work;

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use found::{Found, Ours};
pub use work::Work;

use crate::command::arguments;
use crate::mark::Mark;
use crate::worktrees::{private_git_dir, real};
use crate::{GitFailed, Head, NotRead, Repository, Worktree};

/// Why a worktree is locked that is not finished.
const UNFINISHED: &str = "tripledash is making this worktree";

/// Where a branch can run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkout {
    /// The top folder of the checkout.
    pub path: PathBuf,
    /// The same folder in it that the repository was found from: the app's. A branch may lack it.
    pub folder: PathBuf,
    /// The commit that is checked out, in full.
    pub commit: String,
    /// What was done for it.
    pub state: CheckoutState,
}

/// What was done to prepare a checkout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CheckoutState {
    /// Nothing: the person has the branch checked out there.
    InPlace,
    /// The worktree was made.
    Made,
    /// Nothing: the worktree was at the branch's commit already.
    Current,
    /// The worktree was taken to the branch's commit.
    Moved {
        /// The commit that it was at.
        from: String,
    },
    /// Nothing: somebody works there, and it stays behind its branch.
    Kept {
        /// The commit that the branch is at.
        wanted: String,
        /// What it was kept for.
        work: Work,
    },
}

/// Why a branch has no folder to run in.
#[derive(Debug, thiserror::Error)]
pub enum NotPrepared {
    /// There is no such branch.
    #[error("there is no branch {reference} any more: it was deleted, or renamed")]
    Gone {
        /// The full name that was asked for.
        reference: String,
    },
    /// The branch is there and leads to no commit.
    #[error("the branch {reference} leads to no commit that can be read")]
    Broken {
        /// The full name that was asked for.
        reference: String,
        /// What is wrong with it.
        #[source]
        source: gix::Error,
    },
    /// Something else stands at the folder.
    #[error(
        "{} is not empty and not a worktree that Tripledash made: move it away, or choose another \
         folder",
        folder.display()
    )]
    Taken {
        /// Where the worktree was to be.
        folder: PathBuf,
    },
    /// A worktree stands at the folder, and its repository is gone.
    #[error(
        "{} is a worktree of a repository that is gone: see whether anything in it is still \
         wanted, then delete it",
        folder.display()
    )]
    Orphan {
        /// Where the worktree was to be.
        folder: PathBuf,
    },
    /// The folder is gone, and the person wants its worktree kept.
    #[error(
        "the worktree {} is locked and its folder is not there ({reason:?}): bring the folder \
         back, or run `git worktree unlock` on it",
        folder.display()
    )]
    Locked {
        /// Where the worktree is registered.
        folder: PathBuf,
        /// Why it was locked; may be empty.
        reason: String,
    },
    /// Git could not write all of a commit.
    #[error(
        "git could not write {count} {} of {}, such as {}: see whether its disk is full, and start it \
         again",
        if *count == 1 { "file" } else { "files" }, folder.display(), file.display()
    )]
    Unwritten {
        /// The worktree.
        folder: PathBuf,
        /// One of them, by its way from the top.
        file: PathBuf,
        /// How many there are.
        count: usize,
    },
    /// Git was ended while it took the worktree to another commit, and one of the two is gone since.
    #[error(
        "{} is half at one commit and half at another, and {gone} is gone: commit what is wanted of it, or undo it there with `git restore --source=HEAD --staged --worktree :/`",
        folder.display()
    )]
    Half {
        /// The worktree.
        folder: PathBuf,
        /// The commit that is gone, in full.
        gone: String,
    },
    /// Git was ended while it took the worktree to another commit, or still does.
    #[error(
        "{} is half at one commit and half at another: wait where a git is at work there; where none \
         is, delete {}, and it is made whole",
        folder.display(), lock.display()
    )]
    Moving {
        /// The worktree.
        folder: PathBuf,
        /// What git locked it with.
        lock: PathBuf,
    },
    /// Another process of ours makes a worktree in this repository, and does not come to an end.
    #[error(
        "another Tripledash has been making a worktree of {} for more than {} seconds: wait until it \
         is done, or end it",
        repository.display(), waited.as_secs()
    )]
    Busy {
        /// The folder that all checkouts share.
        repository: PathBuf,
        /// How long it was waited for.
        waited: Duration,
    },
    /// It was asked to stop before anything was done.
    #[error("it was asked to stop")]
    Stopped,
    /// The repository cannot be read.
    #[error(transparent)]
    NotRead(#[from] NotRead),
    /// Git did not do it.
    #[error("could not prepare {}", folder.display())]
    Git {
        /// Where the worktree was to be.
        folder: PathBuf,
        /// What git said.
        #[source]
        source: GitFailed,
    },
    /// Our own mark could not be kept.
    #[error("could not write into {}", folder.display())]
    NotMarked {
        /// The worktree's private git directory.
        folder: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
}

// === impl Checkout ===

impl Checkout {
    /// Whether it is the person's own checkout, in which nothing is to be changed.
    #[must_use]
    pub fn is_in_place(&self) -> bool {
        self.state == CheckoutState::InPlace
    }
}

// === impl Repository ===

impl Repository {
    /// Gives a branch a folder to run in: the person's own checkout of it where there is one, else
    /// the worktree at `folder`, made or brought up to date.
    ///
    /// `reference` is a branch's full name, see [`Branch::reference`](crate::Branch::reference). The
    /// folder may lie on another disk. This writes a whole checkout, which can take minutes, and
    /// runs the filters that the repository's configuration names: ask the person first whether the
    /// folder is trusted. Hooks do not run, and submodules stay empty.
    ///
    /// # Errors
    ///
    /// See [`NotPrepared`]. What stood at the folder is as it was then.
    pub fn prepare(&self, reference: &str, folder: &Path) -> Result<Checkout, NotPrepared> {
        let folder = real(folder);
        // What is in place needs nobody to be waited for.
        if let Some(checkout) = self.in_place(reference)? {
            return Ok(checkout);
        }
        let _alone = self.alone()?;
        // Others had their time meanwhile: the branch may be elsewhere now, and checked out.
        if let Some(checkout) = self.in_place(reference)? {
            return Ok(checkout);
        }
        let repository = self.open()?;
        let commit = tip(&repository, reference)?;
        let worktrees = self.worktrees_of(&repository)?;
        let refused = |source| NotPrepared::Git {
            folder: folder.clone(),
            source,
        };
        let stale = match self.find_at(&folder, worktrees)? {
            Found::Ours(ours) => return self.bring(*ours, commit),
            Found::Nothing => false,
            Found::Stale => true,
            Found::Unfinished => {
                let remove: [&dyn AsRef<_>; 6] =
                    [&"worktree", &"remove", &"-f", &"-f", &"--", &folder];
                let (git, common) = (self.git(), self.common_dir());
                git.change(common, &arguments(remove)).map_err(refused)?;
                false
            }
        };
        self.make(&commit, &folder, stale).map_err(refused)?;
        let private = private_git_dir(&folder).ok_or_else(|| NotPrepared::Taken {
            folder: folder.clone(),
        })?;
        let mark = Mark {
            commit: commit.clone(),
            ..Mark::default()
        };
        mark.write(&private)
            .map_err(|source| NotPrepared::NotMarked {
                folder: private.clone(),
                source,
            })?;
        // Unlocked last: from here on it is whole.
        found::unlock(&private)?;
        Ok(self.checkout(folder, commit, CheckoutState::Made))
    }

    /// The person's own checkout of a branch, where there is one.
    fn in_place(&self, reference: &str) -> Result<Option<Checkout>, NotPrepared> {
        let repository = self.open()?;
        let commit = tip(&repository, reference)?;
        let path = in_place(&self.worktrees_of(&repository)?, reference);
        Ok(path.map(|path| self.checkout(path, commit, CheckoutState::InPlace)))
    }

    fn make(&self, commit: &str, folder: &Path, stale: bool) -> Result<(), GitFailed> {
        let mut words = vec!["worktree", "add", "--quiet", "--detach", "--lock"];
        words.extend(["--reason", UNFINISHED]);
        if stale {
            // Twice: also over one that we left locked. One that is locked by somebody else was
            // refused before. Nothing stands at the folder, so nothing can be lost.
            words.extend(["--force", "--force"]);
        }
        words.push("--");
        let mut words: Vec<_> = words.into_iter().map(Into::into).collect();
        words.extend(arguments([&folder, &commit]));
        self.git().change(self.common_dir(), &words)
    }

    /// The commit that a worktree is at, whether on a branch or not.
    pub(crate) fn commit_at(&self, ours: &Ours) -> Result<Option<String>, NotRead> {
        Ok(match &ours.worktree.head {
            Some(Head::Detached { commit }) => Some(commit.clone()),
            Some(Head::Branch { name }) => tip(&self.open()?, &format!("refs/heads/{name}")).ok(),
            Some(Head::Unborn { .. }) | None => None,
        })
    }

    fn checkout(&self, path: PathBuf, commit: String, state: CheckoutState) -> Checkout {
        Checkout {
            folder: path.join(self.prefix()),
            path,
            commit,
            state,
        }
    }
}

/// The commit of a branch, in full.
fn tip(repository: &gix::Repository, reference: &str) -> Result<String, NotPrepared> {
    let broken = |source| NotPrepared::Broken {
        reference: reference.to_owned(),
        source,
    };
    let gone = || NotPrepared::Gone {
        reference: reference.to_owned(),
    };
    // A short name could be found as a tag.
    if !reference.starts_with("refs/") {
        return Err(gone());
    }
    let found = repository.try_find_reference(reference).map_err(broken)?;
    let mut found = found.ok_or_else(gone)?;
    let commit = found.peel_to_commit().map_err(broken)?;
    Ok(commit.id.to_string())
}

/// Where the person has a local branch checked out.
fn in_place(worktrees: &[Worktree], reference: &str) -> Option<PathBuf> {
    let branch = reference.strip_prefix("refs/heads/")?;
    worktrees
        .iter()
        .filter(|worktree| !worktree.is_missing)
        .find(|worktree| matches!(&worktree.head, Some(Head::Branch { name }) if name == branch))
        .map(|worktree| worktree.path.clone())
}

//! The git repository of an app's folder, as a source of branches.
//!
//! - [`Repository`] reads: branches, worktrees, what has changed, which files tell of a change. It
//!   reads with `gix`, starts no process where it can do without, and takes nothing from the
//!   environment.
//! - [`Repository::prepare`] makes the folder that a branch runs in, with the `git` command.
//!   Uncommitted work is never touched, and nobody's branch is ever moved.
//! - [`Repository::copy`] brings along the files that git does not keep, and [`LockFiles`] tells
//!   whether what is installed still fits.
//!
//! Everything blocks: call it where blocking is allowed.
//!
//! # What runs
//!
//! Reading branches and worktrees runs nothing of the repository's, nor does
//! [`Repository::changes_unfiltered`]. [`Repository::changes`], [`Repository::prepare`] and
//! [`Repository::copy`] start `git` in the repository. Hooks and the file system monitor are off, but
//! the filters that the repository's own configuration names (Git LFS is one) do run, so these belong
//! behind the person's trust in the folder.
#![warn(missing_docs)]
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod branches;
mod changes;
mod checkout;
mod command;
mod copy;
mod lock_file;
mod mark;
mod remote;
mod repository;
mod watch;
mod worktrees;

pub use branches::{Branch, BranchKind, Branches, BrokenBranch, Commit, Distance, Upstream};
pub use changes::Changes;
pub use checkout::{Checkout, CheckoutState, NotPrepared, Work};
pub use command::{Git, GitFailed, Stop};
pub use copy::{Copied, InvalidPattern, LeftAlone, LeftReason, NotCopied};
pub use lock_file::LockFiles;
pub use repository::{NotOpened, NotRead, Repository};
pub use watch::WatchPath;
pub use worktrees::{Head, Worktree};

/// A repository is asked on whatever thread may block.
const _: fn() = || {
    fn goes_between_threads<T: Send + Sync>() {}
    goes_between_threads::<Repository>();
};

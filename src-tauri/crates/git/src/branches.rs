//! The branches of a repository, newest first.
//!
//! - Local branches, and those of remotes; one of a remote is not repeated where a local branch of the
//!   same name follows it or is at the same commit.
//! - Thousands are read quickly: a commit is read once and remembered, and a comparison with the
//!   upstream has a bound.

mod distance;
mod list;
mod name;

use std::path::PathBuf;

pub(crate) use list::Seen;

use crate::Head;

/// The branches of a repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Branches {
    /// What the checkout that was asked has checked out.
    pub head: Head,
    /// Newest first, by the time of their last commit.
    pub branches: Vec<Branch>,
    /// How many older ones there are.
    pub left_out: usize,
    /// Those that cannot be read, up to a hundred.
    pub broken: Vec<BrokenBranch>,
}

/// A branch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Branch {
    /// Its full name, which tells it from all others: `refs/heads/main`,
    /// `refs/remotes/origin/main`.
    pub reference: String,
    /// Its name as people say it: `main`, without the remote.
    pub name: String,
    /// What people tell it from the others by: its name, and that of its remote before it where
    /// another branch has the same name: `origin/main`.
    pub title: String,
    /// Whether it is ours or a remote's.
    pub kind: BranchKind,
    /// Its last commit.
    pub commit: Commit,
    /// What it follows, where that is configured.
    pub upstream: Option<Upstream>,
    /// The checkout that has it checked out.
    pub worktree: Option<PathBuf>,
    /// Whether the checkout that was asked has it checked out.
    pub is_head: bool,
}

/// Where a branch is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BranchKind {
    /// In this repository.
    Local,
    /// In another, as it was when it was last fetched.
    Remote {
        /// What that one is called here.
        remote: String,
    },
}

/// A commit, as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    /// Its id in full.
    pub id: String,
    /// The first seven digits of it, for reading.
    pub short: String,
    /// The first line of its message.
    pub subject: String,
    /// Who wrote it.
    pub author: String,
    /// When it was made, in seconds since 1970 in UTC.
    pub time: i64,
}

/// What a branch follows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upstream {
    /// The remote's name; none where it is a local branch.
    pub remote: Option<String>,
    /// The branch's name there.
    pub branch: String,
    /// How far they are from each other.
    pub distance: Distance,
}

/// How far a branch is from its upstream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Distance {
    /// Counted.
    Known {
        /// Commits that only the branch has.
        ahead: usize,
        /// Commits that only its upstream has.
        behind: usize,
    },
    /// Not counted: it would have taken too long.
    Far,
    /// The upstream was never fetched, or is deleted.
    Gone,
}

/// A branch that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrokenBranch {
    /// Its full name, as far as it is text; none where only the reason names it.
    pub reference: Option<String>,
    /// What is wrong with it.
    pub reason: String,
}

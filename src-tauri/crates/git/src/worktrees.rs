//! The checkouts of a repository: the main one and its worktrees.

use std::path::{Path, PathBuf};

use gix::bstr::ByteSlice as _;

use crate::{NotRead, Repository};

/// What a checkout has checked out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Head {
    /// A branch with at least one commit.
    Branch {
        /// Its name without `refs/heads/`.
        name: String,
    },
    /// A commit and no branch.
    Detached {
        /// Its id in full.
        commit: String,
    },
    /// A branch that has no commit yet.
    Unborn {
        /// Its name without `refs/heads/`.
        name: String,
    },
}

/// A checkout of a repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Worktree {
    /// Its folder, absolute.
    pub path: PathBuf,
    /// The folder of its own `HEAD` and index.
    pub git_dir: PathBuf,
    /// What it has checked out; nothing where that cannot be read.
    pub head: Option<Head>,
    /// Whether it is the one that the repository was made with.
    pub is_main: bool,
    /// Why it must not be moved or removed, where its owner said so; may be empty.
    pub locked: Option<String>,
    /// Whether its folder is gone, or is another's by now.
    pub is_missing: bool,
}

// === impl Head ===

impl Head {
    /// The branch, also one without a commit.
    #[must_use]
    pub fn branch(&self) -> Option<&str> {
        match self {
            Self::Branch { name } | Self::Unborn { name } => Some(name),
            Self::Detached { .. } => None,
        }
    }

    pub(crate) fn read(repository: &gix::Repository) -> gix::Result<Self> {
        use gix::head::Kind;
        Ok(match repository.head()?.kind {
            Kind::Symbolic(reference) => Self::Branch {
                name: reference.name.shorten().to_str_lossy().into_owned(),
            },
            Kind::Unborn(name) => Self::Unborn {
                name: name.shorten().to_str_lossy().into_owned(),
            },
            Kind::Detached { target, .. } => Self::Detached {
                commit: target.to_string(),
            },
        })
    }
}

// === impl Repository ===

impl Repository {
    /// What this checkout has checked out.
    ///
    /// # Errors
    ///
    /// When the repository or its `HEAD` cannot be read.
    pub fn head(&self) -> Result<Head, NotRead> {
        let repository = self.open()?;
        Head::read(&repository).map_err(|source| self.not_read("HEAD", source))
    }

    /// Every checkout, the main one first. A bare repository has no main one.
    ///
    /// # Errors
    ///
    /// When the repository cannot be read. A single worktree that cannot be has no head.
    pub fn worktrees(&self) -> Result<Vec<Worktree>, NotRead> {
        self.worktrees_of(&self.open()?)
    }

    pub(crate) fn worktrees_of(
        &self,
        repository: &gix::Repository,
    ) -> Result<Vec<Worktree>, NotRead> {
        let not_read = |source| self.not_read("the worktrees", source);
        let mut worktrees = Vec::new();
        let main = repository.main_repo().map_err(not_read)?;
        if let Some(path) = main.workdir() {
            worktrees.push(Worktree {
                path: path.to_owned(),
                git_dir: main.git_dir().to_owned(),
                head: Head::read(&main).ok(),
                is_main: true,
                locked: None,
                is_missing: !path.is_dir(),
            });
        }
        for linked in repository.worktrees().map_err(not_read)? {
            let Ok(path) = linked.base() else { continue };
            let locked = linked.lock_reason().map(|reason| reason.to_string());
            let git_dir = linked.git_dir().to_owned();
            let head = linked
                .into_repo_with_possibly_inaccessible_worktree()
                .and_then(|repository| Head::read(&repository));
            worktrees.push(Worktree {
                is_missing: !belongs(&path, &git_dir),
                git_dir,
                head: head.ok(),
                is_main: false,
                locked,
                path,
            });
        }
        Ok(worktrees)
    }
}

/// Whether the folder is the worktree that this private git directory was made for: another may
/// stand in its place.
pub(crate) fn belongs(folder: &Path, git_dir: &Path) -> bool {
    private_git_dir(folder).is_some_and(|found| same(&found, git_dir))
}

/// The private git directory that a folder's `.git` file names.
pub(crate) fn private_git_dir(folder: &Path) -> Option<PathBuf> {
    let text = std::fs::read(folder.join(".git")).ok()?;
    let path = text.strip_prefix(b"gitdir:")?.trim();
    let path = gix::path::from_bstr(path.as_bstr()).ok()?;
    Some(folder.join(path))
}

/// A path without links in it, also where its end is not there.
pub(crate) fn real(path: &Path) -> PathBuf {
    gix::path::realpath(path).unwrap_or_else(|_| path.to_owned())
}

/// Whether two paths lead to the same place.
pub(crate) fn same(one: &Path, other: &Path) -> bool {
    one == other
        || real(one) == real(other)
        // Where upper and lower case are one.
        || matches!(
            (one.canonicalize(), other.canonicalize()),
            (Ok(one), Ok(other)) if one == other
        )
}

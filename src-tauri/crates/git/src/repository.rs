//! Finds the repository that a folder belongs to.
//!
//! - As git does: upwards from the folder, through `.git` files of worktrees and submodules, never
//!   into another file system.
//! - Only the repository's own configuration is read, and no environment variable: what is found
//!   depends on the folder alone.
//! - Whether a repository of another owner may be read is git's own decision.

mod discover;

use std::io;
use std::path::{Path, PathBuf};

use gix::bstr::ByteSlice as _;
use gix::sec::Trust;
use parking_lot::Mutex;

use crate::Git;
use crate::branches::Seen;
use crate::worktrees::real;

pub use discover::NotOpened;
use discover::{discover, options};

/// A git repository, found from a folder in it.
///
/// It keeps no file open, and each question is answered from what is on disk then.
#[derive(Debug)]
pub struct Repository {
    git: Git,
    git_dir: PathBuf,
    common_dir: PathBuf,
    root: Option<PathBuf>,
    prefix: PathBuf,
    seen: Mutex<Seen>,
}

/// A part of a repository could not be read.
#[derive(Debug, thiserror::Error)]
#[error("could not read {what} of the git repository at {}", git_dir.display())]
pub struct NotRead {
    /// Which part.
    pub what: &'static str,
    /// The repository's own folder.
    pub git_dir: PathBuf,
    /// What is wrong with it.
    #[source]
    pub source: gix::Error,
}

// === impl Repository ===

impl Repository {
    /// The repository that `folder` is in.
    ///
    /// A bare one is found as well: it has no [`root`](Self::root), none of its branches runs in place,
    /// and there are no files to copy. So is one without any commit, see [`Head::Unborn`](crate::Head::Unborn).
    ///
    /// # Errors
    ///
    /// See [`NotOpened`].
    pub fn find(folder: &Path) -> Result<Self, NotOpened> {
        Self::find_with(folder, Git::default())
    }

    /// As [`find`](Self::find), with a `git` command of the caller's choice.
    ///
    /// # Errors
    ///
    /// See [`NotOpened`].
    pub fn find_with(folder: &Path, git: Git) -> Result<Self, NotOpened> {
        let no_folder = |source| NotOpened::NoFolder {
            folder: folder.to_owned(),
            source,
        };
        let absolute = std::path::absolute(folder).map_err(no_folder)?;
        let metadata = absolute.metadata().map_err(no_folder)?;
        if !metadata.is_dir() {
            return Err(no_folder(io::ErrorKind::NotADirectory.into()));
        }
        let found = discover(&absolute, &git)?;
        if let Some(format) = found.config_snapshot().string("extensions.refStorage")
            && format.as_bstr() != "files"
        {
            return Err(NotOpened::UnknownFormat {
                git_dir: found.git_dir().to_owned(),
                format: format.to_str_lossy().into_owned(),
            });
        }
        let root = found.workdir().map(Path::to_owned);
        let prefix = root.as_deref().map_or_else(PathBuf::new, |root| {
            inside(root, &absolute).unwrap_or_default()
        });
        Ok(Self {
            git,
            git_dir: found.git_dir().to_owned(),
            common_dir: clean(found.common_dir()),
            root,
            prefix,
            seen: Mutex::default(),
        })
    }

    /// The top folder of the checkout; none where the repository is bare.
    #[must_use]
    pub fn root(&self) -> Option<&Path> {
        self.root.as_deref()
    }

    /// The way from the checkout's top to the folder that the repository was found from; empty
    /// where they are the same.
    #[must_use]
    pub fn prefix(&self) -> &Path {
        &self.prefix
    }

    /// The folder of this checkout's own `HEAD` and index.
    #[must_use]
    pub fn git_dir(&self) -> &Path {
        &self.git_dir
    }

    /// The folder that all checkouts share: branches, objects and configuration.
    #[must_use]
    pub fn common_dir(&self) -> &Path {
        &self.common_dir
    }

    pub(crate) fn git(&self) -> &Git {
        &self.git
    }

    pub(crate) fn seen(&self) -> &Mutex<Seen> {
        &self.seen
    }

    /// Anew for each question, so that none is answered from an old configuration. It was trusted
    /// when it was found.
    pub(crate) fn open(&self) -> Result<gix::Repository, NotRead> {
        let options = options().open_path_as_is(true).with(Trust::Full);
        gix::open_opts(&self.git_dir, options)
            .map_err(|source| self.not_read("the configuration", source))
    }

    pub(crate) fn not_read(&self, what: &'static str, source: gix::Error) -> NotRead {
        NotRead {
            what,
            git_dir: self.git_dir.clone(),
            source,
        }
    }
}

/// The way from `root` to a folder in it, also where one of them is reached through a link.
fn inside(root: &Path, folder: &Path) -> Option<PathBuf> {
    if let Ok(inside) = folder.strip_prefix(root) {
        return Some(inside.to_owned());
    }
    real(folder)
        .strip_prefix(real(root))
        .ok()
        .map(Path::to_owned)
}

/// Without the `..` that a worktree's way to the shared folder has.
fn clean(path: &Path) -> PathBuf {
    gix::path::normalize_and_clean(path.into(), Path::new(""))
        .map_or_else(|| path.to_owned(), std::borrow::Cow::into_owned)
}

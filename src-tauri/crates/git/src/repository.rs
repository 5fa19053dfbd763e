//! Finds the repository that a folder belongs to.
//!
//! - As git does: upwards from the folder, through `.git` files of worktrees and submodules, never
//!   into another file system.
//! - Only the repository's own configuration is read, and no environment variable: what is found
//!   depends on the folder alone.
//! - Whether a repository of another owner may be read is git's own decision.

use std::io;
use std::path::{Path, PathBuf};

use gix::bstr::ByteSlice as _;
use gix::discover::upwards;
use gix::open::{Options, Permissions, permissions};
use gix::sec::{Permission, Trust, trust::Mapping};
use parking_lot::Mutex;

use crate::branches::Seen;
use crate::worktrees::{private_git_dir, same};
use crate::{Git, GitFailed};

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

/// Why there is no repository to read.
#[derive(Debug, thiserror::Error)]
pub enum NotOpened {
    /// The folder itself cannot be looked into.
    #[error("could not look into the folder {}", folder.display())]
    NoFolder {
        /// What was given.
        folder: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// Neither the folder nor one above it is in a repository.
    #[error(
        "{} is not in a git repository: choose a folder of a clone, or run `git init` there",
        folder.display()
    )]
    NotARepository {
        /// Where the search began.
        folder: PathBuf,
    },
    /// There is a `.git` file, as worktrees and submodules have it, that leads nowhere.
    #[error(
        "{} says that the repository is at {}, where there is none: it was moved or deleted; \
         where it was moved, run `git worktree repair {}` in it",
        file.display(), to.display(), file.parent().unwrap_or(file).display()
    )]
    LeadsNowhere {
        /// The file.
        file: PathBuf,
        /// What it names.
        to: PathBuf,
    },
    /// Git reads no repository of another owner.
    #[error(
        "git does not trust the repository of {}, which belongs to another user; if you do, run: {mend}",
        folder.display()
    )]
    Unsafe {
        /// Where the search began.
        folder: PathBuf,
        /// The command that makes git trust it.
        mend: String,
        /// What git said.
        said: String,
    },
    /// Its branches are kept in a format that we do not read.
    #[error(
        "the repository at {} keeps its branches as {format:?}, and only \"files\" can be read; \
         `git refs migrate --ref-format=files` converts it",
        git_dir.display()
    )]
    UnknownFormat {
        /// The repository's own folder.
        git_dir: PathBuf,
        /// The name that its configuration gives.
        format: String,
    },
    /// There is something that should be a repository.
    #[error("could not read the git repository of {}", folder.display())]
    Unreadable {
        /// Where the search began.
        folder: PathBuf,
        /// What is wrong with it.
        #[source]
        source: gix::Error,
    },
    /// Git itself had to be asked, and did not answer.
    #[error("could not ask git whether the repository of {} may be read", folder.display())]
    NotAsked {
        /// Where the search began.
        folder: PathBuf,
        /// Why it did not answer.
        #[source]
        source: GitFailed,
    },
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

/// Where a repository comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remote {
    /// What it is called here.
    pub name: String,
    /// Its address, without a password or token.
    pub url: String,
    /// The host in it; none for a folder.
    pub host: Option<String>,
    /// The path in it without slashes at its ends and without `.git`: `acme/shop`.
    pub path: String,
}

// === impl Repository ===

impl Repository {
    /// The repository that `folder` is in.
    ///
    /// A bare one is found as well, see [`is_bare`](Self::is_bare); so is one without any commit,
    /// see [`Head::Unborn`](crate::Head::Unborn).
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
        let found = discover(&absolute, upwards::TrustPolicy::Required(Trust::Reduced));
        let top = found.as_ref().ok().and_then(|found| found.workdir());
        if let Some(broken) = leads_nowhere(&absolute, top) {
            return Err(broken);
        }
        let mut found = found?;
        if found.git_dir_trust() != Trust::Full {
            ask(&git, &absolute)?;
            found = discover(&absolute, upwards::TrustPolicy::Assume(Trust::Full))?;
        }
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

    /// Whether there is no checkout. Its branches can be listed and prepared, but none runs in
    /// place, and there are no files to copy.
    #[must_use]
    pub fn is_bare(&self) -> bool {
        self.root.is_none()
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

    /// Where the repository comes from: `origin`, or the only remote that there is.
    ///
    /// # Errors
    ///
    /// When the configuration cannot be read.
    pub fn remote(&self) -> Result<Option<Remote>, NotRead> {
        let repository = self.open()?;
        let names = repository.remote_names();
        let name = match names.iter().find(|name| name.as_bstr() == "origin") {
            Some(origin) => origin,
            None if names.len() == 1 => match names.first() {
                Some(only) => only,
                None => return Ok(None),
            },
            None => return Ok(None),
        };
        let key = format!("remote.{}.url", name.to_str_lossy());
        let url = repository.config_snapshot().string(&key);
        let url = url.and_then(|url| gix::url::parse(url.as_bstr()).ok());
        Ok(url.map(|url| Remote::new(name.to_str_lossy().into_owned(), url)))
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

// === impl Remote ===

impl Remote {
    fn new(name: String, mut url: gix::Url) -> Self {
        use gix::url::Scheme;
        // The user of ssh is part of the address; that of http is half of a login, or a token.
        if matches!(url.scheme, Scheme::Http | Scheme::Https) {
            url.set_user(None);
        }
        url.set_password(None);
        let path = url.path.to_str_lossy();
        let path = path.trim_matches('/');
        let path = path.strip_suffix(".git").unwrap_or(path);
        Self {
            name,
            host: url.host().map(str::to_owned),
            path: path.trim_end_matches('/').to_owned(),
            url: url.to_bstring().to_str_lossy().into_owned(),
        }
    }
}

fn options() -> Options {
    let isolated = Permissions::isolated();
    Options::default().permissions(Permissions {
        config: permissions::Config {
            includes: true,
            ..isolated.config
        },
        env: permissions::Environment {
            // An included file may lie there.
            home: Permission::Allow,
            ..isolated.env
        },
        ..isolated
    })
}

fn discover(folder: &Path, trust: upwards::TrustPolicy) -> Result<gix::Repository, NotOpened> {
    let options = Mapping {
        full: options(),
        reduced: options(),
    };
    let how = upwards::Options {
        trust,
        ..upwards::Options::default()
    };
    match gix::ThreadSafeRepository::discover_opts(folder, how, options) {
        Ok(found) => Ok(found.to_thread_local()),
        Err(source) if is_nothing(&source) => Err(NotOpened::NotARepository {
            folder: folder.to_owned(),
        }),
        Err(source) => Err(NotOpened::Unreadable {
            folder: folder.to_owned(),
            source,
        }),
    }
}

/// A `.git` file between the folder and the repository that was found, if any: git stops there, and
/// so do we, or a moved worktree would silently become a folder of whatever lies around it.
fn leads_nowhere(folder: &Path, top: Option<&Path>) -> Option<NotOpened> {
    folder
        .ancestors()
        .take_while(|above| top.is_none_or(|top| !same(above, top)))
        .map(|above| above.join(".git"))
        .filter(|file| file.is_file())
        .find_map(|file| {
            let to = private_git_dir(file.parent()?)?;
            (!to.join("HEAD").exists()).then_some(NotOpened::LeadsNowhere { file, to })
        })
}

/// Whether there was no repository at all.
fn is_nothing(error: &gix::Error) -> bool {
    matches!(
        error.downcast_any_ref::<upwards::Error>(),
        Some(
            upwards::Error::NoGitRepository { .. }
                | upwards::Error::NoGitRepositoryWithinCeiling { .. }
                | upwards::Error::NoGitRepositoryWithinFs { .. }
        )
    )
}

/// Asks git itself whether it reads a repository of another owner.
fn ask(git: &Git, folder: &Path) -> Result<(), NotOpened> {
    let refused = match git.look(folder, &["rev-parse", "--git-dir"]) {
        Ok(_) => return Ok(()),
        Err(refused) => refused,
    };
    match refused {
        GitFailed::Refused { said, .. } if said.contains("dubious ownership") => {
            // Git names the place that it would trust, quoted for a shell.
            let mend = said.lines().map(str::trim);
            let mend = mend
                .filter(|line| line.starts_with("git config"))
                .next_back();
            Err(NotOpened::Unsafe {
                folder: folder.to_owned(),
                mend: mend.map_or_else(
                    || {
                        format!(
                            "git config --global --add safe.directory {}",
                            folder.display()
                        )
                    },
                    str::to_owned,
                ),
                said,
            })
        }
        source => Err(NotOpened::NotAsked {
            folder: folder.to_owned(),
            source,
        }),
    }
}

/// The way from `root` to a folder in it, also where one of them is reached through a link.
fn inside(root: &Path, folder: &Path) -> Option<PathBuf> {
    if let Ok(inside) = folder.strip_prefix(root) {
        return Some(inside.to_owned());
    }
    let (root, folder) = (root.canonicalize().ok()?, folder.canonicalize().ok()?);
    folder.strip_prefix(root).ok().map(Path::to_owned)
}

/// Without the `..` that a worktree's way to the shared folder has.
fn clean(path: &Path) -> PathBuf {
    gix::path::normalize_and_clean(path.into(), Path::new(""))
        .map_or_else(|| path.to_owned(), std::borrow::Cow::into_owned)
}

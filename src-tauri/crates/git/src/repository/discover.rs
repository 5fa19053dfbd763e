//! Goes upwards from a folder until there is a repository, or a reason why there is none.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use gix::discover::upwards;
use gix::open::{Options, Permissions, permissions};
use gix::sec::{Permission, Trust, trust::Mapping};

use crate::worktrees::{private_git_dir, same};
use crate::{Git, GitFailed};

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
    /// There is a repository, and the system lets us not read it.
    #[error("may not read {}, which says that a git repository is there", path.display())]
    Denied {
        /// What may not be read.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
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

/// The repository that an absolute path is in, if git would read it.
pub(super) fn discover(folder: &Path, git: &Git) -> Result<gix::Repository, NotOpened> {
    let found = look(folder, upwards::TrustPolicy::Required(Trust::Reduced));
    let top = found.as_ref().ok().and_then(|found| found.workdir());
    if let Some(broken) = in_the_way(folder, top) {
        return Err(broken);
    }
    let found = found?;
    if found.git_dir_trust() == Trust::Full {
        return Ok(found);
    }
    ask(git, folder)?;
    look(folder, upwards::TrustPolicy::Assume(Trust::Full))
}

/// How a repository is opened: by its own configuration alone.
pub(super) fn options() -> Options {
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

fn look(folder: &Path, trust: upwards::TrustPolicy) -> Result<gix::Repository, NotOpened> {
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

/// A `.git` between the folder and the repository that was found, if any, that leads nowhere or may
/// not be read: a moved worktree must not silently become a folder of whatever lies around it.
fn in_the_way(folder: &Path, top: Option<&Path>) -> Option<NotOpened> {
    folder
        .ancestors()
        .take_while(|above| top.is_none_or(|top| !same(above, top)))
        .find_map(|above| {
            let file = above.join(".git");
            let to = private_git_dir(above);
            let path = to.as_ref().unwrap_or(&file).join("HEAD");
            match File::open(&path) {
                Err(source) if source.kind() == io::ErrorKind::PermissionDenied => {
                    Some(NotOpened::Denied { path, source })
                }
                Err(source) if source.kind() == io::ErrorKind::NotFound => {
                    to.map(|to| NotOpened::LeadsNowhere { file, to })
                }
                Ok(_) | Err(_) => None,
            }
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
    let Err(refused) = git.look(folder, &["rev-parse", "--git-dir"]) else {
        return Ok(());
    };
    match refused {
        GitFailed::Refused { said, .. } if said.contains("dubious ownership") => {
            // Git names the place that it would trust, quoted for a shell.
            let mut lines = said.lines().map(str::trim);
            let mend = lines.rfind(|line| line.starts_with("git config"));
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

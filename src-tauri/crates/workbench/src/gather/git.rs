//! The branches of a repository, as long as they are looked at.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, watch};
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;
use tripledash_git::{Branches, Changes, Head, NotRead, Repository, Worktree};

use super::{Answer, Failure, Reading, Told};
use crate::finder::{Adopted, Finder};
use crate::git::git;
use crate::watch::Folders;

/// How many branches are shown, the newest.
const MOST: usize = 500;
/// How often servers that run already are looked for while somebody looks.
const LOOK: Duration = Duration::from_secs(3);
/// How often changed files are counted while somebody looks.
const COUNT: Duration = Duration::from_secs(12);
/// How often a folder that is no repository is tried again.
const AGAIN: Duration = Duration::from_secs(10);

/// What a repository said.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct GitReading {
    /// The repository's own folder, which all its checkouts share.
    pub(crate) common_dir: PathBuf,
    /// The app's folder inside a checkout.
    pub(crate) prefix: PathBuf,
    /// The working copy's top folder; none in a bare repository.
    pub(crate) root: Option<PathBuf>,
    /// The folders of all checkouts that are there.
    pub(crate) checkouts: Vec<PathBuf>,
    /// What is checked out in each of them: a branch's whole name, also of one without a commit, or
    /// a commit.
    pub(crate) heads: Vec<(PathBuf, String)>,
    pub(crate) branches: Branches,
    /// What is not committed in a checkout, by its folder.
    pub(crate) changes: BTreeMap<PathBuf, Changes>,
    /// The server that somebody else started in a checkout, by its folder.
    pub(crate) adopted: BTreeMap<PathBuf, Adopted>,
}

/// How a repository is looked at.
#[derive(Debug)]
pub(super) struct Looking {
    /// The app's folder in it.
    pub(super) folder: PathBuf,
    /// Whether dev servers of its checkouts are looked for.
    pub(super) serves: bool,
    /// Whether its filters may run. Without them, what only a filter makes the same counts as
    /// changed.
    pub(super) trusted: bool,
    /// How many people look.
    pub(super) watchers: watch::Receiver<usize>,
    /// Ends git where it runs.
    pub(super) stop: CancellationToken,
}

/// A repository that is looked at.
struct Opened {
    repository: Arc<Repository>,
    _watch: Option<Folders>,
}

impl Looking {
    /// Tells what the repository says whenever that is another. Never ends.
    pub(super) async fn follow(mut self, changed: Arc<Notify>, tell: impl Fn(Told)) {
        let mut opened: Option<Opened> = None;
        let mut finder = Finder::default();
        let mut told: Option<Arc<GitReading>> = None;
        // When branches and changes were read last; `None`: they are read anew.
        let mut read: Option<Instant> = None;
        loop {
            if opened.is_none() {
                match self.open(&changed).await {
                    Ok(now) => opened = Some(now),
                    Err(failure) => {
                        told = None;
                        tell(Err(failure));
                    }
                }
            }
            let repository = opened.as_ref().map(|opened| Arc::clone(&opened.repository));
            if let Some(repository) = repository {
                let fresh = read.is_none_or(|read| read.elapsed() >= COUNT);
                if fresh {
                    read = Some(Instant::now());
                }
                let before = told.as_deref().filter(|_| !fresh);
                match self.read(repository, before, &mut finder).await {
                    Ok(reading) if told.as_deref() != Some(&reading) => {
                        let reading = Arc::new(reading);
                        told = Some(Arc::clone(&reading));
                        tell(Ok(Answer::Read(Reading::Git(reading))));
                    }
                    Ok(_) if fresh => tell(Ok(Answer::Same)),
                    Ok(_) => {}
                    Err(error) => {
                        // Moved or deleted: found anew, or not.
                        (opened, told, read) = (None, None, None);
                        tell(Err(error));
                    }
                }
            }
            let pause = if opened.is_some() { LOOK } else { AGAIN };
            tokio::select! {
                () = changed.notified() => {
                    // A folder of refs may have come or gone, and is watched from now on.
                    (opened, read) = (None, None);
                }
                () = self.while_looked_at(pause) => {}
            }
        }
    }

    /// Ends after a pause, but not before somebody looks.
    async fn while_looked_at(&mut self, pause: Duration) {
        let until = Instant::now() + pause;
        if self
            .watchers
            .wait_for(|watchers| *watchers > 0)
            .await
            .is_err()
        {
            std::future::pending::<()>().await;
        }
        sleep_until(until).await;
    }

    async fn open(&self, changed: &Arc<Notify>) -> Result<Opened, Failure> {
        let (folder, changed) = (self.folder.clone(), Arc::clone(changed));
        let git = git(&self.stop);
        let found = tokio::task::spawn_blocking(move || {
            let repository = Repository::find_with(&folder, git);
            let repository = Arc::new(repository.map_err(|error| Failure::of(&error, None))?);
            let telling = Arc::clone(&repository);
            let paths = repository.watch_paths();
            let paths = paths.into_iter().map(|at| (at.path, at.recursive));
            let watch = Folders::watch(
                paths,
                move |path| telling.is_telling(path),
                move || changed.notify_one(),
            );
            if let Err(error) = &watch {
                tracing::warn!(folder = %folder.display(), %error, "changes of branches are not noticed");
            }
            Ok(Opened {
                repository,
                _watch: watch.ok(),
            })
        });
        found
            .await
            .unwrap_or_else(|error| Err(Failure::of(&error, None)))
    }

    /// What the repository says: of branches and changes what it said `before`, where that is given.
    async fn read(
        &self,
        repository: Arc<Repository>,
        before: Option<&GitReading>,
        finder: &mut Finder,
    ) -> Result<GitReading, Failure> {
        let mut reading = match before {
            Some(before) => before.clone(),
            None => self.read_anew(repository).await?,
        };
        if self.serves {
            reading.adopted = finder.find(&reading.checkouts, &reading.prefix).await;
        }
        Ok(reading)
    }

    async fn read_anew(&self, repository: Arc<Repository>) -> Result<GitReading, Failure> {
        let trusted = self.trusted;
        let read = tokio::task::spawn_blocking(move || read(&repository, trusted));
        match read.await {
            Ok(read) => read.map_err(|error| Failure::of(&error, None)),
            // A panic over a damaged repository, which is tried again.
            Err(error) => Err(Failure::of(&error, None)),
        }
    }
}

fn read(repository: &Repository, trusted: bool) -> Result<GitReading, NotRead> {
    let mut worktrees = repository.worktrees()?;
    worktrees.retain(|worktree| !worktree.is_missing);
    let checkouts = checkouts(repository, &worktrees);
    Ok(GitReading {
        common_dir: repository.common_dir().to_owned(),
        prefix: repository.prefix().to_owned(),
        root: repository.root().map(Path::to_owned),
        branches: repository.branches(MOST)?,
        changes: changes(repository, &checkouts, trusted),
        checkouts,
        heads: worktrees.into_iter().filter_map(head).collect(),
        adopted: BTreeMap::new(),
    })
}

/// What is checked out in a worktree; nothing where that cannot be read.
fn head(worktree: Worktree) -> Option<(PathBuf, String)> {
    let reference = match worktree.head? {
        Head::Branch { name } | Head::Unborn { name } => format!("refs/heads/{name}"),
        Head::Detached { commit } => commit,
    };
    Some((worktree.path, reference))
}

/// The folders of the checkouts that are there.
fn checkouts(repository: &Repository, worktrees: &[Worktree]) -> Vec<PathBuf> {
    let paths = worktrees.iter().map(|worktree| worktree.path.clone());
    let mut folders: Vec<PathBuf> = paths.collect();
    folders.extend(repository.root().map(Path::to_owned));
    folders.sort();
    folders.dedup();
    folders
}

/// What is not committed in each checkout. One where git does not answer is left out.
fn changes(
    repository: &Repository,
    checkouts: &[PathBuf],
    trusted: bool,
) -> BTreeMap<PathBuf, Changes> {
    let count = |folder: &PathBuf| {
        let changes = if trusted {
            repository.changes(folder)
        } else {
            repository.changes_unfiltered(folder)
        };
        match changes {
            Ok(changes) => Some((folder.clone(), changes)),
            Err(error) => {
                tracing::debug!(folder = %folder.display(), %error, "changes were not counted");
                None
            }
        }
    };
    checkouts.iter().filter_map(count).collect()
}

//! The running workbench: one open workspace, the log, and what is told to whoever looks.

mod create;
mod edit;
mod gathering;
mod open;
mod opened;
mod reading;
mod serving;
mod start;
mod variables;
mod versions;

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Weak};

use parking_lot::Mutex;
use tokio::runtime::Handle;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tripledash_core::address::BaseDomain;
use tripledash_core::trace::Event;
use tripledash_core::{Snapshot, Timestamp};
use tripledash_devserver::{Host, Ports};
use tripledash_sources::{Fetcher, Limits};
use url::Url;

pub(crate) use self::create::skeleton;
pub use self::create::{CreateError, SaveError, write_workspace};
pub use self::edit::{EditError, UndoError};
pub(crate) use self::edit::{TRIES, edited};
pub use self::open::OpenError;
pub use self::serving::{ServeError, TrustError};
pub use self::start::{StartError, Started};
pub use self::variables::KeepError;

use self::gathering::Told;
use self::opened::Opened;
use crate::environment::Keychain;
use crate::health::Health;
use crate::recent::Recents;
use crate::recorder::{Bounds, Recorder};
use crate::state::{self, WorkspaceState};
use crate::trust::TrustedFolders;

/// What a workbench is started with.
pub struct Start {
    /// The base domain with the port that is listened on.
    pub base: BaseDomain,
    /// Our own folder: recent workspaces and drafts.
    pub data_dir: PathBuf,
    /// The process's environment, for `${env:…}`.
    pub environment: BTreeMap<String, String>,
    /// Holds what neither the environment nor `.env.local` sets.
    pub keychain: Arc<dyn Keychain>,
    /// Tells the time.
    pub clock: fn() -> Timestamp,
    /// What the proxy tells.
    pub events: mpsc::Receiver<Event>,
    /// How many events the proxy could not queue.
    pub lost: Box<dyn Fn() -> u64 + Send + Sync>,
    /// How much of the traffic is kept.
    pub bounds: Bounds,
    /// The program that supervises dev servers; `None`: none can be started.
    pub supervisor: Option<Host>,
    /// Where Vercel's API is, if it is not where it always is: for tests, and never from the
    /// environment, which would send the token elsewhere.
    pub vercel: Option<Url>,
    /// Ends the workbench's tasks.
    pub stop: CancellationToken,
}

impl fmt::Debug for Start {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The environment holds secrets.
        formatter
            .debug_struct("Start")
            .field("base", &self.base)
            .field("data_dir", &self.data_dir)
            .finish_non_exhaustive()
    }
}

/// The workbench's tasks, which end after its `stop` was cancelled.
#[derive(Debug)]
pub struct Tasks {
    set: JoinSet<()>,
}

impl Tasks {
    /// Waits until every task has ended. A panic in one of them goes on here.
    pub async fn join(mut self) {
        while let Some(ended) = self.set.join_next().await {
            if let Err(error) = ended
                && let Ok(panic) = error.try_into_panic()
            {
                std::panic::resume_unwind(panic);
            }
        }
    }
}

/// The running workbench.
///
/// Operations on the workspace read and write small files where they are called, so asynchronous
/// callers put them on a blocking thread.
pub struct Workbench {
    this: Weak<Self>,
    base: BaseDomain,
    data_dir: PathBuf,
    environment: BTreeMap<String, String>,
    keychain: Arc<dyn Keychain>,
    clock: fn() -> Timestamp,
    recorder: Recorder,
    health: Health,
    supervisor: Option<Host>,
    ports: Ports,
    fetcher: Fetcher,
    vercel: Option<Url>,
    runtime: Handle,
    /// The looks into sources, and the dev servers.
    tracker: TaskTracker,
    tell: mpsc::UnboundedSender<Told>,
    stop: CancellationToken,
    snapshot: watch::Sender<Arc<Snapshot>>,
    state: watch::Sender<Arc<WorkspaceState>>,
    watchers: watch::Sender<usize>,
    /// How often a workspace was asked for.
    turns: AtomicU64,
    /// Taken first and alone. The senders above are only written while it is held, but for the
    /// previews' health, which is put into the state by whoever writes it.
    opened: Mutex<Opened>,
}

impl Workbench {
    /// Starts with an empty workspace. Must be called in a tokio runtime, which gets the tasks.
    pub fn start(start: Start) -> (Arc<Self>, Tasks) {
        let opened = Opened::nothing(
            Recents::load(&start.data_dir),
            TrustedFolders::load(&start.data_dir),
        );
        let (tell, told) = mpsc::unbounded_channel();
        let snapshot = Arc::new(Snapshot {
            generation: 0,
            workspace: Arc::clone(&opened.workspace),
            base: start.base.clone(),
            environment: Arc::default(),
            unlocked: Arc::default(),
            certificates: Arc::default(),
        });
        let health = Health::default();
        let state = Arc::new(opened.state(&snapshot));
        let workbench = Arc::new_cyclic(|this| Self {
            this: Weak::clone(this),
            base: start.base,
            data_dir: start.data_dir,
            environment: start.environment,
            keychain: start.keychain,
            clock: start.clock,
            recorder: Recorder::new(start.bounds, start.lost),
            health,
            supervisor: start.supervisor,
            ports: Ports::default(),
            fetcher: Fetcher::new(Limits::default(), None),
            vercel: start.vercel,
            runtime: Handle::current(),
            tracker: TaskTracker::new(),
            tell,
            stop: start.stop.clone(),
            snapshot: watch::Sender::new(snapshot),
            state: watch::Sender::new(state),
            watchers: watch::Sender::new(0),
            turns: AtomicU64::new(0),
            opened: Mutex::new(opened),
        });
        let mut set = JoinSet::new();
        set.spawn(workbench.recorder.clone().record(
            start.events,
            workbench.snapshot.subscribe(),
            workbench.health.clone(),
            start.stop.clone(),
        ));
        set.spawn(workbench.health.clone().keep_checking(
            workbench.snapshot.subscribe(),
            workbench.watchers.subscribe(),
            start.stop.clone(),
        ));
        set.spawn(tell_health(Arc::clone(&workbench), start.stop.clone()));
        set.spawn(gathering::listen(
            Arc::clone(&workbench),
            told,
            start.stop.clone(),
        ));
        set.spawn(end_all(Arc::clone(&workbench), start.stop));
        workbench.look_at_recents(&workbench.opened.lock());
        (workbench, Tasks { set })
    }

    /// What requests see; changes with the workspace.
    pub fn snapshot(&self) -> watch::Receiver<Arc<Snapshot>> {
        self.snapshot.subscribe()
    }

    /// What the window shows; changes with the workspace, its file and its previews' health.
    pub fn state(&self) -> watch::Receiver<Arc<WorkspaceState>> {
        self.state.subscribe()
    }

    /// The log of exchanges.
    pub fn recorder(&self) -> &Recorder {
        &self.recorder
    }

    /// The base domain with its port.
    pub fn base(&self) -> &BaseDomain {
        &self.base
    }

    /// The time now.
    pub fn now(&self) -> Timestamp {
        (self.clock)()
    }

    /// Sees which recent workspaces are still there, and tells so where it is news. Apart from all
    /// else: one of them may be on a share that does not answer.
    fn look_at_recents(&self, opened: &Opened) {
        let (this, all) = (self.this.clone(), opened.recents.all().to_vec());
        let seen = opened.recents.opened();
        let looked = crate::environment::apart(move || {
            let gone = all.into_iter().filter(|recent| !recent.is_there());
            let gone = gone.map(|recent| recent.folder).collect();
            if let Some(workbench) = this.upgrade() {
                let mut opened = workbench.opened.lock();
                if opened.recents.miss(gone, seen) {
                    workbench.publish(&mut opened);
                }
            }
        });
        if let Err(error) = looked {
            tracing::warn!(%error, "recent workspaces are not looked at");
        }
    }

    /// Says that somebody looks, until the guard is dropped: previews on this machine are tried
    /// every few seconds meanwhile.
    pub fn look(&self) -> Looking {
        self.watchers.send_modify(|watchers| *watchers += 1);
        Looking {
            watchers: self.watchers.clone(),
        }
    }

    /// Tells everybody what is now, as far as it is new to them.
    fn publish(&self, opened: &mut Opened) {
        self.ask_keychain(opened);
        let before = Arc::clone(&self.snapshot.borrow());
        let environment = opened.environment(&self.environment);
        self.tend(opened);
        opened.compose(&environment);
        let same =
            Arc::ptr_eq(&before.workspace, &opened.whole) || *before.workspace == *opened.whole;
        let news = !same
            || *before.environment != environment
            || *before.unlocked != opened.unlocked
            || *before.certificates != opened.certificates;
        if let Some(place) = &opened.place {
            opened.recents.rename(&place.folder, &opened.workspace.name);
        }
        let snapshot = if news {
            for (name, preview) in &before.workspace.previews {
                let now = opened.whole.previews.get(name);
                if now.is_none_or(|now| now.upstream != preview.upstream) {
                    self.health.forget(name);
                }
            }
            let generation = before.generation + 1;
            opened.versions.note(&opened.whole, generation);
            let snapshot = Arc::new(Snapshot {
                generation,
                workspace: Arc::clone(&opened.whole),
                base: self.base.clone(),
                environment: Arc::new(environment),
                unlocked: Arc::new(opened.unlocked.clone()),
                certificates: Arc::new(opened.certificates.clone()),
            });
            self.snapshot.send_replace(Arc::clone(&snapshot));
            snapshot
        } else {
            before
        };
        let mut state = opened.state(&snapshot);
        state.variables = opened.variables(&self.environment);
        self.state.send_if_modified(move |shown| {
            // Read here, as `publish_health` does, so that neither brings back what the other
            // has just replaced.
            state::put_health(&mut state.previews, &self.health);
            state.revision = shown.revision;
            let news = **shown != state;
            if news {
                state.revision += 1;
                *shown = Arc::new(state);
            }
            news
        });
    }

    /// Tells everybody how the previews are now. Nothing else is looked at: it happens every few
    /// seconds, on the event loop, whatever the workspace's size and whoever writes its file.
    fn publish_health(&self) {
        self.state.send_if_modified(|shown| {
            let mut previews = shown.previews.clone();
            state::put_health(&mut previews, &self.health);
            let news = previews != shown.previews;
            if news {
                *shown = Arc::new(WorkspaceState {
                    previews,
                    revision: shown.revision + 1,
                    ..WorkspaceState::clone(shown)
                });
            }
            news
        });
    }

    fn drafts(&self) -> PathBuf {
        self.data_dir.join("drafts")
    }

    fn is_draft(&self, folder: &Path) -> bool {
        // Both as the file system spells them: the data folder may lie behind a link.
        match (folder.parent(), self.drafts().canonicalize()) {
            (Some(parent), Ok(drafts)) => parent == drafts,
            _ => false,
        }
    }
}

/// Ends the looks into sources and the dev servers, once `stop` is, and waits until they have ended.
async fn end_all(workbench: Arc<Workbench>, stop: CancellationToken) {
    stop.cancelled().await;
    let closing = Arc::clone(&workbench);
    let closed = tokio::task::spawn_blocking(move || {
        let mut opened = closing.opened.lock();
        opened.looks.clear();
        opened.servers.clear();
    });
    if let Err(error) = closed.await {
        tracing::error!(%error, "sources were not closed");
    }
    workbench.tracker.close();
    workbench.tracker.wait().await;
}

/// Shows every change of a preview's health.
async fn tell_health(workbench: Arc<Workbench>, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = workbench.health.changed() => workbench.publish_health(),
            () = stop.cancelled() => return,
        }
    }
}

impl fmt::Debug for Workbench {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Workbench")
            .field("base", &self.base)
            .field("data_dir", &self.data_dir)
            .finish_non_exhaustive()
    }
}

/// Somebody looks while this lives.
#[derive(Debug)]
pub struct Looking {
    watchers: watch::Sender<usize>,
}

impl Drop for Looking {
    fn drop(&mut self) {
        self.watchers.send_modify(|watchers| *watchers -= 1);
    }
}

#[cfg(test)]
mod tests;

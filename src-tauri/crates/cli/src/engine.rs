//! The engine: sockets, proxy, workbench, API and demo, put together.
//!
//! `tripledash serve` and the desktop window run this same engine; they differ in their shell.

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;
use tower::util::BoxCloneService;
use tripledash_api::{ApiState, DemoDoor, Shell, ShellRequest};
use tripledash_core::address::BaseDomain;
use tripledash_core::{Timestamp, told};
use tripledash_proxy::{Alive, Body, Options, serve};
use tripledash_workbench::{
    Bounds, Keychain, NoKeychain, OpenError, Start, SystemKeychain, Tasks, Workbench,
};
use url::Url;

use crate::demo::DemoApp;
use crate::listen::{Listening, NoPort, PortChoice, listen};
use crate::running::Entry;
use crate::token::{NoToken, token};

/// How many trace events wait for the recorder before new exchanges go untold.
const EVENTS: usize = 8192;

/// What an engine is started with.
pub struct EngineOptions {
    /// Where to listen.
    pub port: PortChoice,
    /// Where token, recent workspaces, drafts and the demo are kept.
    pub data_folder: PathBuf,
    /// The workspace to begin with.
    pub open: OpenFirst,
    /// A token for this run; `None`: the one in the data folder.
    pub token: Option<String>,
    /// The desktop, or none.
    pub shell: Arc<dyn Shell>,
    /// What `${env:…}` in a workspace finds.
    pub environment: BTreeMap<String, String>,
    /// The program that supervises dev servers, as [`tripledash_devserver::supervise`] has it;
    /// `None`: none can be started.
    pub supervisor: Option<tripledash_devserver::Host>,
    /// What holds those that neither it nor `.env.local` sets.
    pub keychain: Arc<dyn Keychain>,
}

impl fmt::Debug for EngineOptions {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The environment and the token are secrets.
        formatter
            .debug_struct("EngineOptions")
            .field("port", &self.port)
            .field("data_folder", &self.data_folder)
            .field("open", &self.open)
            .finish_non_exhaustive()
    }
}

/// The workspace to begin with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OpenFirst {
    /// None: the page offers its two doors.
    Nothing,
    /// The demo.
    Demo,
    /// The one in this folder; where it has none, the page offers to write one.
    Folder(PathBuf),
    /// The one that was open last, if it can still be opened.
    Last,
}

/// An engine that did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// There is no port for it.
    #[error(transparent)]
    Port(#[from] NoPort),
    /// There is no token for it.
    #[error(transparent)]
    Token(#[from] NoToken),
    /// The workspace cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The demo cannot be opened.
    #[error("the demo cannot be opened: {0}")]
    Demo(String),
    /// The runtime does not take the sockets.
    #[error("cannot use the sockets")]
    Sockets(#[source] std::io::Error),
}

/// How long the start waits for the workspace that was open last: there is a window to show.
const PATIENCE: Duration = Duration::from_secs(5);

/// A running engine.
pub struct Engine {
    base: BaseDomain,
    token: String,
    workbench: Arc<Workbench>,
    demo: Arc<DemoApp>,
    stop: CancellationToken,
    proxy: JoinHandle<io::Result<()>>,
    alive: Alive,
    demo_watch: JoinHandle<()>,
    tasks: Tasks,
    bare: Option<PathBuf>,
    /// Lets commands find us.
    entry: Option<Entry>,
}

impl fmt::Debug for Engine {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Whoever has the token may do what the page may.
        formatter
            .debug_struct("Engine")
            .field("base", &self.base)
            .finish_non_exhaustive()
    }
}

impl Engine {
    /// Listens, opens the workspace and serves. Must be called in a tokio runtime.
    pub async fn start(options: EngineOptions) -> Result<Self, StartError> {
        let token = token(options.token, &options.data_folder)?;
        let Listening { port, listeners } = listen(options.port)?;
        let listeners = listeners
            .into_iter()
            .map(tokio::net::TcpListener::from_std)
            .collect::<Result<Vec<_>, _>>()
            .map_err(StartError::Sockets)?;
        let base = BaseDomain::local(port);
        let stop = CancellationToken::new();
        let (sink, events) = tripledash_proxy::channel(EVENTS);
        let counted = sink.clone();
        let (workbench, tasks) = Workbench::start(Start {
            base: base.clone(),
            data_dir: options.data_folder.clone(),
            environment: options.environment,
            keychain: options.keychain,
            clock: now,
            events,
            lost: Box::new(move || counted.dropped()),
            bounds: Bounds::default(),
            supervisor: options.supervisor,
            vercel: None,
            stop: stop.clone(),
        });
        let demo = Arc::new(DemoApp::new(&options.data_folder));
        let demo_watch =
            tokio::spawn(Arc::clone(&demo).run_while_open(workbench.state(), stop.clone()));
        let router = tripledash_api::router(ApiState {
            workbench: Arc::clone(&workbench),
            shell: Arc::clone(&options.shell),
            demo: Arc::clone(&demo) as Arc<dyn DemoDoor>,
            token: token.as_str().into(),
            base: base.clone(),
            stop: stop.clone(),
        });
        let page = ServiceExt::<http::Request<Body>>::map_response(router, |response| {
            response.map(Body::new)
        });
        let ours = Options::new(workbench.snapshot(), sink, BoxCloneService::new(page), now);
        let alive = ours.alive.clone();
        let proxy = tokio::spawn(serve(listeners, ours, stop.clone()));
        let mut engine = Self {
            base,
            token,
            workbench,
            demo,
            stop,
            proxy,
            alive,
            demo_watch,
            tasks,
            bare: None,
            entry: Entry::write(&options.data_folder, port)
                .inspect_err(|error| tracing::warn!(%error, "commands will not find this engine"))
                .ok(),
        };
        match engine.open_first(options.open).await {
            Ok(bare) => {
                if let Some(folder) = &bare {
                    let folder = folder.display().to_string();
                    let requests = options.shell.requests();
                    requests.send(ShellRequest::FirstFile { folder });
                }
                engine.bare = bare;
                Ok(engine)
            }
            Err(error) => {
                engine.shutdown().await;
                Err(error)
            }
        }
    }

    /// Gives the folder that was asked for, where it has no workspace.
    async fn open_first(&self, open: OpenFirst) -> Result<Option<PathBuf>, StartError> {
        match open {
            OpenFirst::Nothing => {}
            OpenFirst::Demo => {
                let folder = self.demo.open().await.map_err(StartError::Demo)?;
                self.workbench.open_demo(&folder)?;
            }
            OpenFirst::Folder(folder) => match self.aside(move |it| it.open(&folder)).await {
                Err(OpenError::NoWorkspace { folder }) => return Ok(Some(folder)),
                opened => opened?,
            },
            OpenFirst::Last => {
                let opening = self.aside(Workbench::open_last);
                let error = match tokio::time::timeout(PATIENCE, opening).await {
                    Ok(Ok(())) => return Ok(None),
                    Ok(Err(error)) => told(&error),
                    Err(_) => format!("its folder did not answer within {PATIENCE:?}"),
                };
                tracing::warn!(error, "the last workspace cannot be opened again");
            }
        }
        Ok(None)
    }

    /// Does what may take long, as a look at a share that does not answer, where nobody else waits
    /// for it.
    async fn aside<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Workbench) -> T + Send + 'static,
    ) -> T {
        let workbench = Arc::clone(&self.workbench);
        let working = tokio::task::spawn_blocking(move || work(&workbench));
        joined(working).await.expect("nobody aborts it")
    }

    /// `http://tripledash.localhost:7333/`.
    pub fn url(&self) -> String {
        format!("{}/", self.base.origin())
    }

    /// The folder that was asked for and has no workspace; the page offers to write one.
    pub fn bare_folder(&self) -> Option<&Path> {
        self.bare.as_deref()
    }

    /// The port of every socket.
    pub fn port(&self) -> u16 {
        self.base.port
    }

    /// The bearer token.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// The page's address with the token in its fragment, which no request carries.
    pub fn page_url(&self) -> Url {
        let mut url = Url::parse(&self.url()).expect("our own origin is an address");
        url.set_fragment(Some(&format!("token={}", self.token)));
        url
    }

    /// The workbench behind the page.
    pub fn workbench(&self) -> &Arc<Workbench> {
        &self.workbench
    }

    /// The tasks of the threads that serve; those of our own runtime are not among them.
    pub fn alive(&self) -> &Alive {
        &self.alive
    }

    /// Takes no new request, lets those under way end, and ends every task.
    pub async fn shutdown(mut self) {
        // Before the port is free: what comes to listen there must not be sent our token.
        drop(self.entry.take());
        self.stop.cancel();
        if let Some(Err(error)) = joined(self.proxy).await {
            tracing::error!(%error, "the proxy could not serve");
        }
        joined(self.demo_watch).await;
        self.tasks.join().await;
        self.demo.shutdown().await;
    }
}

/// Waits for a task; a panic in it goes on here.
async fn joined<T>(task: JoinHandle<T>) -> Option<T> {
    match task.await {
        Ok(end) => Some(end),
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_) => None,
        },
    }
}

/// The variables of this process. Those that are no text cannot be named in a workspace file.
pub fn environment() -> BTreeMap<String, String> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect()
}

/// This program as the supervisor of dev servers. Its `main` hands over to
/// [`tripledash_devserver::supervise`] before anything else.
pub fn supervisor() -> Option<tripledash_devserver::Host> {
    tripledash_devserver::Host::this_executable()
        .inspect_err(|error| tracing::warn!(%error, "dev servers cannot be started"))
        .ok()
}

/// The system's keychain, unless `TRIPLEDASH_KEYCHAIN` is `off`.
pub fn keychain() -> Arc<dyn Keychain> {
    if std::env::var_os("TRIPLEDASH_KEYCHAIN").is_some_and(|value| value == "off") {
        Arc::new(NoKeychain)
    } else {
        Arc::new(SystemKeychain)
    }
}

/// The one clock, handed to everything that tells the time.
#[expect(
    clippy::disallowed_methods,
    reason = "this is the clock that is passed in everywhere else"
)]
pub fn now() -> Timestamp {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    Timestamp(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
}

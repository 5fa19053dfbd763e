//! The demo: a small app on this machine, started when its workspace is opened.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::sync::{Mutex, watch};
use tokio_util::sync::CancellationToken;
use tripledash_api::{BoxFuture, DemoDoor};
use tripledash_demo::{Demo, Ports};
use tripledash_workbench::WorkspaceState;

/// The demo's folder, and its app once it runs.
pub(crate) struct DemoApp {
    folder: PathBuf,
    /// Held while the app starts, so that two who open it start one.
    app: Mutex<Option<Demo>>,
}

impl DemoApp {
    pub(crate) fn new(data_folder: &Path) -> Self {
        Self {
            folder: data_folder.join("demo"),
            app: Mutex::new(None),
        }
    }

    /// Starts the app if it does not run, and makes the workspace file point at it.
    async fn run(&self) -> Result<(), String> {
        let mut app = self.app.lock().await;
        if app.is_none() {
            let demo = Demo::start().await.map_err(|error| error.to_string())?;
            self.ensure(demo.ports()).await?;
            *app = Some(demo);
        }
        Ok(())
    }

    /// Writes the workspace file where it is missing: a person may have deleted the folder.
    async fn ensure(&self, ports: Ports) -> Result<(), String> {
        let folder = self.folder.clone();
        tokio::task::spawn_blocking(move || tripledash_demo::ensure(&folder, &ports))
            .await
            .map_err(|error| error.to_string())?
            .map_err(|error| error.to_string())
    }

    /// Starts the app whenever its workspace is open, however it came to be: by the first screen's
    /// door, from the recent ones, or as the last one of the run before.
    pub(crate) async fn run_while_open(
        self: Arc<Self>,
        mut state: watch::Receiver<Arc<WorkspaceState>>,
        stop: CancellationToken,
    ) {
        loop {
            let folder = PathBuf::from(&state.borrow_and_update().origin.folder);
            if is_same(&folder, &self.folder)
                && let Err(error) = self.run().await
            {
                tracing::warn!(%error, "the demo's app does not start");
            }
            tokio::select! {
                changed = state.changed() => if changed.is_err() { return },
                () = stop.cancelled() => return,
            }
        }
    }

    pub(crate) async fn shutdown(&self) {
        if let Some(demo) = self.app.lock().await.take() {
            demo.shutdown().await;
        }
    }
}

impl DemoDoor for DemoApp {
    fn open(&self) -> BoxFuture<'_, Result<PathBuf, String>> {
        Box::pin(async {
            self.run().await?;
            let ports = self.app.lock().await.as_ref().map(Demo::ports);
            if let Some(ports) = ports {
                self.ensure(ports).await?;
            }
            Ok(self.folder.clone())
        })
    }
}

impl fmt::Debug for DemoApp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("DemoApp")
            .field("folder", &self.folder)
            .finish_non_exhaustive()
    }
}

/// Whether both name one folder; the data folder may lie behind a link.
fn is_same(one: &Path, other: &Path) -> bool {
    match (one.canonicalize(), other.canonicalize()) {
        (Ok(one), Ok(other)) => one == other,
        _ => false,
    }
}

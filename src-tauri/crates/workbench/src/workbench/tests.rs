//! Over real folders and real file system events: a test awaits a state, with a deadline.

mod answering;
mod branches;
mod editing;
mod keychain;
mod listing;
mod opening;
mod sources;
mod trusting;
mod variables;
mod vercel;
mod watching;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tempfile::TempDir;
use tokio::sync::{mpsc, watch};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tripledash_core::Timestamp;
use tripledash_core::address::BaseDomain;
use tripledash_core::trace::Event;

use self::keychain::Memory;
use super::{Start, Tasks, Workbench};
use crate::environment::Keychain;
use crate::{Bounds, WorkspaceState};

const FILE: &str = r##"{
  "name": "shop",
  "tenants": [
    { "id": "acme", "color": "#e5484d" },
    { "id": "globex" }
  ],
  "previews": [
    { "name": "main", "upstream": "http://localhost:3000" },
    { "name": "production", "upstream": "https://shop.example", "access": "read-only",
      "headers": { "x-bypass": "${env:BYPASS}" } }
  ]
}
"##;

struct Running {
    workbench: Arc<Workbench>,
    tasks: Tasks,
    stop: CancellationToken,
    _events: mpsc::Sender<Event>,
    home: TempDir,
    keychain: Arc<Memory>,
}

impl Running {
    fn new() -> Self {
        Self::with(|_| {})
    }

    /// With another start than usual.
    fn with(change: impl FnOnce(&mut Start)) -> Self {
        let home = tempfile::tempdir().unwrap();
        let stop = CancellationToken::new();
        let (sender, events) = mpsc::channel(16);
        let keychain = Arc::new(Memory::default());
        let mut start = Start {
            base: BaseDomain::local(7333),
            data_dir: home.path().join("data"),
            environment: [("PATH".to_owned(), "/bin".to_owned())].into(),
            keychain: Arc::clone(&keychain) as Arc<dyn Keychain>,
            clock: || Timestamp(0),
            events,
            lost: Box::new(|| 0),
            bounds: Bounds::default(),
            supervisor: None,
            vercel: None,
            stop: stop.clone(),
        };
        change(&mut start);
        let (workbench, tasks) = Workbench::start(start);
        Self {
            workbench,
            tasks,
            stop,
            _events: sender,
            home,
            keychain,
        }
    }

    fn folder(&self, name: &str, text: &str) -> PathBuf {
        let folder = self.home.path().join(name);
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("tripledash.json"), text).unwrap();
        folder.canonicalize().unwrap()
    }

    fn state(&self) -> WorkspaceState {
        WorkspaceState::clone(&self.workbench.state().borrow())
    }

    async fn finish(self) {
        self.stop.cancel();
        timeout(Duration::from_secs(10), self.tasks.join())
            .await
            .unwrap();
    }
}

async fn until<T>(receiver: &mut watch::Receiver<Arc<T>>, wanted: impl Fn(&T) -> bool) -> Arc<T> {
    timeout(
        Duration::from_secs(20),
        receiver.wait_for(|value| wanted(value)),
    )
    .await
    .expect("it did not come in time")
    .unwrap()
    .clone()
}

fn text(folder: &Path) -> String {
    fs::read_to_string(folder.join("tripledash.json")).unwrap()
}

fn ids(state: &WorkspaceState) -> Vec<&str> {
    state.tenants.iter().map(|tenant| tenant.id).collect()
}

//! What is put under load: an engine in this process, or the program.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::runtime::Runtime;
use tripledash::{Engine, EngineOptions, OpenFirst, PortChoice};
use tripledash_api::Headless;

use crate::browser::{Browser, soon};

/// A running engine with a workspace.
#[derive(Debug)]
pub(crate) struct Subject {
    pub(crate) port: u16,
    pub(crate) token: String,
    pub(crate) folder: TempDir,
    pub(crate) app: u16,
    running: Running,
}

#[derive(Debug)]
enum Running {
    /// On a runtime of its own, so that its tasks alone are counted.
    Here(Box<Engine>, Runtime),
    Program(Child),
}

/// What it holds at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct State {
    /// Resident memory in KiB.
    pub(crate) resident: u64,
    /// Open file descriptors.
    pub(crate) files: usize,
    /// Tasks that have not ended; not known of another process.
    pub(crate) tasks: Option<usize>,
}

impl State {
    pub(crate) fn is_as_busy_as(self, other: Self) -> bool {
        (self.files, self.tasks) == (other.files, other.tasks)
    }

    pub(crate) fn is_busier_than(self, other: Self) -> bool {
        self.files > other.files || self.tasks > other.tasks
    }
}

impl Subject {
    pub(crate) async fn start(app: u16) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(
            folder.path().join("tripledash.json"),
            workspace(app, 0).to_string(),
        )
        .unwrap();
        match std::env::var_os("TRIPLEDASH") {
            Some(binary) => Self::program(PathBuf::from(binary), folder, app).await,
            None => Self::here(folder, app).await,
        }
    }

    async fn here(folder: TempDir, app: u16) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        let options = EngineOptions {
            port: PortChoice::Any,
            data_folder: folder.path().join("data"),
            open: OpenFirst::Folder(folder.path().to_owned()),
            token: None,
            shell: Arc::new(Headless::default()),
            environment: BTreeMap::new(),
            supervisor: None,
            keychain: Arc::new(tripledash::NoKeychain),
        };
        let engine = soon("the engine", runtime.spawn(Engine::start(options))).await;
        let engine = engine.unwrap().unwrap();
        Self {
            port: engine.port(),
            token: engine.token().to_owned(),
            folder,
            app,
            running: Running::Here(Box::new(engine), runtime),
        }
    }

    async fn program(binary: PathBuf, folder: TempDir, app: u16) -> Self {
        let mut child = Command::new(binary)
            .args(["serve", "--port", "0", "--json"])
            .arg(folder.path())
            .env("TRIPLEDASH_DATA", folder.path().join("data"))
            .env("TRIPLEDASH_KEYCHAIN", "off")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        soon("the program's line", output.read_line(&mut line))
            .await
            .unwrap();
        let said: Value = serde_json::from_str(&line).unwrap();
        Self {
            port: u16::try_from(said["port"].as_u64().unwrap()).unwrap(),
            token: said["token"].as_str().unwrap().to_owned(),
            folder,
            app,
            running: Running::Program(child),
        }
    }

    pub(crate) fn state(&self) -> State {
        let (process, tasks) = match &self.running {
            Running::Here(engine, runtime) => {
                let tasks = engine.alive().tasks() + runtime.metrics().num_alive_tasks();
                ("self".to_owned(), Some(tasks))
            }
            Running::Program(child) => (child.id().expect("the program runs").to_string(), None),
        };
        let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
        let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let resident = resident.unwrap().trim().trim_end_matches(" kB");
        State {
            resident: resident.parse().unwrap(),
            files: std::fs::read_dir(format!("/proc/{process}/fd"))
                .unwrap()
                .count(),
            tasks,
        }
    }

    /// Empties the log, so that what it may keep is not taken for a leak.
    pub(crate) async fn clear_log(&self) {
        let mut browser = Browser::open(self.port).await.unwrap();
        let base = format!("tripledash.localhost:{}", self.port);
        let request = format!(
            "DELETE /api/v1/exchanges HTTP/1.1\r\nhost: {base}\r\nauthorization: Bearer {}\r\n\
             content-length: 0\r\nconnection: close\r\n\r\n",
            self.token
        );
        browser.send(request.as_bytes()).await.unwrap();
        let answer = browser.answer().await.unwrap();
        assert_eq!(answer.status, 204, "{answer:?}");
    }

    /// Saves the workspace anew, as an editor would, with `number` of previews more.
    pub(crate) fn edit(&self, number: u64) {
        let draft = self.folder.path().join(".tripledash.json.swp");
        std::fs::write(&draft, workspace(self.app, number).to_string()).unwrap();
        std::fs::rename(&draft, self.folder.path().join("tripledash.json")).unwrap();
    }

    pub(crate) async fn stop(self) {
        match self.running {
            Running::Here(engine, runtime) => {
                let alive = engine.alive().clone();
                let ended = runtime.spawn(engine.shutdown());
                soon("the engine's end", ended).await.unwrap();
                // A task is counted a moment longer than it is waited for.
                soon("the end of every task of the engine", async {
                    while runtime.metrics().num_alive_tasks() + alive.tasks() > 0 {
                        tokio::task::yield_now().await;
                    }
                })
                .await;
                runtime.shutdown_background();
            }
            Running::Program(mut child) => {
                let id = child.id().unwrap().to_string();
                let asked = Command::new("kill")
                    .args(["-TERM", &id])
                    .status()
                    .await
                    .unwrap();
                assert!(asked.success());
                let status = soon("the program's end", child.wait()).await.unwrap();
                assert!(status.success(), "{status}");
            }
        }
    }
}

/// `main` is always there; others come and go.
fn workspace(app: u16, number: u64) -> Value {
    let upstream = format!("http://127.0.0.1:{app}");
    let mut previews = vec![
        json!({ "name": "main", "upstream": upstream }),
        // Nothing listens on the discard port.
        json!({ "name": "stopped", "upstream": "http://127.0.0.1:9" }),
    ];
    previews.extend(
        (0..number % 5).map(|at| json!({ "name": format!("more-{at}"), "upstream": upstream })),
    );
    json!({
        "name": "soak",
        "tenants": [{ "id": "acme" }, { "id": format!("tenant-{number}") }],
        "previews": previews,
        "rules": [
            { "by": "app", "source": "/((?!api|_next/static).*)", "destination": "/{tenant}/$1" }
        ],
    })
}

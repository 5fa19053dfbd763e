//! A running engine with a workspace of its own.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use serde_json::{Value, json};
use tempfile::TempDir;
use tripledash::{Engine, EngineOptions, OpenFirst, PortChoice};
use tripledash_api::Headless;

use super::feed::Feed;
use super::soon;
use super::wire::{Connection, Message, get};

/// An engine, its folder, and a feed that was open from the start.
#[derive(Debug)]
pub(crate) struct Tripledash {
    pub(crate) engine: Engine,
    pub(crate) folder: TempDir,
    pub(crate) feed: Feed,
}

/// A workspace with two tenants and the given previews.
pub(crate) fn shop(previews: &Value) -> Value {
    json!({
        "name": "shop",
        "tenants": [{ "id": "acme", "domains": ["shop.acme.example"] }, { "id": "globex" }],
        "previews": previews,
    })
}

/// The edits of one stage and field, each as before, after and why.
pub(crate) fn edits(exchange: &Value, stage: &str, field: &str) -> Vec<(Value, Value, String)> {
    exchange["edits"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|edit| edit["stage"] == stage && edit["field"] == field)
        .map(|edit| {
            let why = edit["why"].as_str().unwrap().to_owned();
            assert!(!why.is_empty(), "an edit says why: {edit}");
            (edit["before"].clone(), edit["after"].clone(), why)
        })
        .collect()
}

impl Tripledash {
    /// An engine on a workspace.
    pub(crate) async fn start(workspace: &Value) -> Self {
        Self::with(&workspace.to_string(), &[]).await
    }

    /// An engine on a workspace's text, with variables of the environment.
    pub(crate) async fn with(text: &str, environment: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("tripledash.json"), text).unwrap();
        let open = OpenFirst::Folder(folder.path().to_owned());
        Self::open(folder, open, environment).await
    }

    /// An engine with nothing open.
    pub(crate) async fn empty() -> Self {
        Self::open(tempfile::tempdir().unwrap(), OpenFirst::Nothing, &[]).await
    }

    async fn open(folder: TempDir, open: OpenFirst, environment: &[(&str, &str)]) -> Self {
        let environment: BTreeMap<String, String> = environment
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        let started = Engine::start(EngineOptions {
            port: PortChoice::Any,
            data_folder: folder.path().join("data"),
            open,
            token: None,
            shell: Arc::new(Headless::default()),
            environment,
            supervisor: None,
            keychain: Arc::new(tripledash::NoKeychain),
        });
        let engine = soon("the engine", started).await.unwrap();
        let feed = Feed::open(engine.port(), engine.token(), "").await;
        Self {
            engine,
            folder,
            feed,
        }
    }

    pub(crate) fn port(&self) -> u16 {
        self.engine.port()
    }

    /// The workspace's file.
    pub(crate) fn file(&self) -> PathBuf {
        self.folder.path().join("tripledash.json")
    }

    /// The authority of a preview host: `acme---main` gives
    /// `acme---main.tripledash.localhost:PORT`.
    pub(crate) fn host(&self, labels: &str) -> String {
        format!("{labels}.{}", self.base())
    }

    /// The base domain's authority.
    pub(crate) fn base(&self) -> String {
        format!("tripledash.localhost:{}", self.port())
    }

    pub(crate) async fn connect(&self) -> Connection {
        Connection::open(self.port()).await
    }

    /// One request on a connection of its own.
    pub(crate) async fn ask(&self, request: &str) -> Message {
        self.connect().await.ask(request).await
    }

    /// One page of a preview host.
    pub(crate) async fn get(&self, labels: &str, path: &str, fields: &[&str]) -> Message {
        self.ask(&get(&self.host(labels), path, fields)).await
    }

    /// One call of the API: its status and its answer.
    pub(crate) async fn api(&self, method: &str, path: &str, body: &Value) -> (u16, Value) {
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        let answer = self
            .ask(&format!(
                "{method} /api/v1/{path} HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {}\r\n\
                 content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
                self.base(),
                self.engine.token(),
                body.len(),
            ))
            .await;
        let value = if answer.body.is_empty() {
            Value::Null
        } else {
            answer.json()
        };
        (answer.status(), value)
    }

    /// A call that must go well.
    pub(crate) async fn done(&self, method: &str, path: &str, body: &Value) -> Value {
        let (status, answer) = self.api(method, path, body).await;
        assert!(
            matches!(status, 200 | 204),
            "{method} {path}: {status} {answer}"
        );
        answer
    }

    /// Everything told of the last exchange that asked for a path, once it has ended.
    pub(crate) async fn exchange(&mut self, path: &str) -> Value {
        loop {
            let kept = self.done("GET", "exchanges", &Value::Null).await;
            let mut rows = kept["items"].as_array().unwrap().iter().rev();
            if let Some(row) = rows.find(|row| row["path"] == path)
                && row["state"] != "open"
            {
                let id = row["id"].as_str().unwrap();
                return self
                    .done("GET", &format!("exchanges/{id}"), &Value::Null)
                    .await;
            }
            self.feed.line().await;
        }
    }

    /// The workspace's state, once it fits.
    pub(crate) async fn workspace(&mut self, fits: impl Fn(&Value) -> bool) -> Value {
        loop {
            let state = self.done("GET", "workspace", &Value::Null).await;
            if fits(&state) {
                return state;
            }
            self.feed.line().await;
        }
    }

    /// Ends the engine; a panic in any of its tasks fails the test.
    pub(crate) async fn stop(self) {
        drop(self.feed);
        soon("the engine's end", self.engine.shutdown()).await;
    }
}

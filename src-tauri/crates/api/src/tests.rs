//! The router as a value: requests in, answers out, over a real workbench.

mod addresses;
mod auth;
mod edits;
mod exchanges;
mod probe;
mod replay;
mod stream;
mod variables;
mod workspace;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use http::{Method, Request, Response, StatusCode};
use http_body_util::BodyExt;
use serde_json::Value;
use tempfile::TempDir;
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;
use tripledash_core::Timestamp;
use tripledash_core::address::BaseDomain;
use tripledash_core::edit::Edits;
use tripledash_core::trace::{
    Answered, Event, ExchangeId, Finished, HeaderLines, Kind, Resolution, Started, Timings,
};
use tripledash_workbench::{Bounds, Change, Keychain, NoKeychain, Start, Tasks, Workbench};

use crate::{ApiState, Headless, NoDemo, Shell, router};

const TOKEN: &str = "t0ken-of-the-test";

const FILE: &str = r#"{
  "name": "shop",
  "tenants": [{ "id": "acme" }, { "id": "globex" }],
  "previews": [
    { "name": "main", "upstream": "http://localhost:3000" },
    { "name": "production", "upstream": "https://shop.example", "access": "read-only" }
  ]
}
"#;

struct Api {
    router: Router,
    state: ApiState,
    events: mpsc::Sender<Event>,
    home: TempDir,
    /// They end when this is dropped.
    _tasks: Tasks,
}

impl Api {
    fn new() -> Self {
        Self::on_port(7333)
    }

    fn on_port(port: u16) -> Self {
        Self::with(port, Arc::new(Headless::default()))
    }

    fn with(port: u16, shell: Arc<dyn Shell>) -> Self {
        Self::made(port, shell, Arc::new(NoKeychain))
    }

    fn with_keychain(keychain: Arc<dyn Keychain>) -> Self {
        Self::made(7333, Arc::new(Headless::default()), keychain)
    }

    fn made(port: u16, shell: Arc<dyn Shell>, keychain: Arc<dyn Keychain>) -> Self {
        let home = tempfile::tempdir().unwrap();
        let (events, receiver) = mpsc::channel(1024);
        let stop = CancellationToken::new();
        let base = BaseDomain::local(port);
        let (workbench, tasks) = Workbench::start(Start {
            base: base.clone(),
            data_dir: home.path().join("data"),
            environment: Default::default(),
            keychain,
            clock: || Timestamp(1_000_000),
            events: receiver,
            lost: Box::new(|| 0),
            bounds: Bounds::default(),
            supervisor: None,
            vercel: None,
            stop: stop.clone(),
        });
        let state = ApiState {
            workbench,
            shell,
            demo: Arc::new(NoDemo),
            token: TOKEN.into(),
            base,
            stop,
        };
        Self {
            router: router(state.clone()),
            state,
            events,
            home,
            _tasks: tasks,
        }
    }

    fn folder(&self, name: &str, text: &str) -> PathBuf {
        let folder = self.home.path().join(name);
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("tripledash.json"), text).unwrap();
        folder.canonicalize().unwrap()
    }

    /// With the shop's workspace open.
    fn opened() -> Self {
        let api = Self::new();
        let folder = api.folder("shop", FILE);
        api.state.workbench.open(&folder).unwrap();
        api
    }

    async fn send(&self, request: Request<Body>) -> Response<Body> {
        self.router.clone().oneshot(request).await.unwrap()
    }

    async fn call(&self, method: Method, path: &str, body: Value) -> (StatusCode, Value) {
        let body = match body {
            Value::Null => Body::empty(),
            body => Body::from(body.to_string()),
        };
        let request = self
            .request(method, path)
            .header("authorization", format!("Bearer {TOKEN}"))
            .header("content-type", "application/json")
            .body(body)
            .unwrap();
        let response = self.send(request).await;
        let status = response.status();
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        let value = if bytes.is_empty() {
            Value::Null
        } else {
            serde_json::from_slice(&bytes).unwrap()
        };
        (status, value)
    }

    fn request(&self, method: Method, path: &str) -> http::request::Builder {
        Request::builder()
            .method(method)
            .uri(path)
            .header("host", self.state.base.authority())
    }

    async fn get(&self, path: &str) -> (StatusCode, Value) {
        self.call(Method::GET, path, Value::Null).await
    }

    async fn post(&self, path: &str, body: Value) -> (StatusCode, Value) {
        self.call(Method::POST, path, body).await
    }

    /// Records a finished exchange, and waits until it is in the log.
    async fn record(&self, id: u64, method: &str, path: &str, headers: Vec<(String, String)>) {
        let mut changes = self.state.workbench.recorder().subscribe();
        for event in exchange(id, method, path, headers) {
            self.events.send(event).await.unwrap();
        }
        let finished = async {
            loop {
                if let Change::Exchanges { .. } = changes.recv().await.unwrap()
                    && let Some(exchange) = self.state.workbench.recorder().get(ExchangeId(id))
                    && exchange.timings.total_us.is_some()
                {
                    return;
                }
            }
        };
        timeout(Duration::from_secs(10), finished).await.unwrap();
    }
}

/// The three events of one exchange of `acme` on `main`.
fn exchange(id: u64, method: &str, path: &str, headers: Vec<(String, String)>) -> [Event; 3] {
    [
        Event::Started(Box::new(Started {
            id: ExchangeId(id),
            at: Timestamp(1_500_000),
            kind: Kind::Document,
            method: method.parse().unwrap(),
            origin: "http://acme---main.tripledash.localhost:7333".into(),
            path: path.into(),
            resolution: Arc::new(Resolution::Preview {
                tenant: Some("acme".to_owned()),
                preview: "main".to_owned(),
                session: None,
                parts: [("tenant".to_owned(), "acme".to_owned())].into(),
            }),
            rules: Arc::default(),
            predicted: None,
            upstream: None,
            edits: Edits::default(),
            request_headers: headers.into_iter().collect(),
        })),
        Event::Answered(Box::new(Answered {
            id: ExchangeId(id),
            status: 200,
            from_upstream: true,
            actual: None,
            address: "127.0.0.1:3000".parse().ok(),
            timings: Timings::default(),
            edits: Edits::default(),
            response_headers: HeaderLines::default(),
            failure: None,
        })),
        Event::Finished(Finished {
            id: ExchangeId(id),
            total_us: 1_234,
            request_bytes: 0,
            response_bytes: 42,
            failure: None,
        }),
    ]
}

#[test]
fn the_description_names_every_resource() {
    let document: Value = serde_json::from_str(&crate::openapi_json()).unwrap();
    let paths: Vec<_> = document["paths"].as_object().unwrap().keys().collect();
    assert_eq!(paths.len(), 35, "{paths:?}");
    for path in paths {
        assert!(path.starts_with("/api/v1/"), "{path}");
    }
    let schemas = document["components"]["schemas"].as_object().unwrap();
    for name in [
        "WorkspaceState",
        "StreamLine",
        "Exchange",
        "ExchangeRow",
        "Error",
    ] {
        assert!(schemas.contains_key(name), "{name}");
    }
}

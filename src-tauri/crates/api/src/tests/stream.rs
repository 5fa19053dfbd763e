//! Over a real socket.

use std::time::Duration;

use axum::body::Body;
use http::{Request, StatusCode};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tripledash_core::trace::ExchangeId;

use super::{Api, FILE, TOKEN, exchange};
use crate::ShellRequest;

struct Served {
    api: Api,
    server: JoinHandle<()>,
}

impl Served {
    async fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let api = Api::on_port(listener.local_addr().unwrap().port());
        let router = api.router.clone();
        let stop = api.state.stop.clone();
        let server = tokio::spawn(async move {
            axum::serve(listener, router)
                .with_graceful_shutdown(stop.cancelled_owned())
                .await
                .unwrap();
        });
        Self { api, server }
    }

    async fn stream(&self, query: &str) -> Lines {
        let base = &self.api.state.base;
        let socket = TcpStream::connect(("127.0.0.1", base.port)).await.unwrap();
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(socket))
            .await
            .unwrap();
        let connection = tokio::spawn(async move {
            // Ends with the test.
            let _ = connection.await;
        });
        let request = Request::get(format!("/api/v1/stream{query}"))
            .header("host", base.authority())
            .header("authorization", format!("Bearer {TOKEN}"))
            .body(Body::empty())
            .unwrap();
        let response = sender.send_request(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()["content-type"], "application/x-ndjson");
        Lines {
            body: response.into_body(),
            read: Vec::new(),
            _connection: connection,
        }
    }

    /// Streams end and the listener drains.
    async fn finish(self) {
        self.api.state.stop.cancel();
        timeout(Duration::from_secs(10), self.server)
            .await
            .expect("the server did not drain")
            .unwrap();
    }
}

struct Lines {
    body: Incoming,
    read: Vec<u8>,
    _connection: JoinHandle<()>,
}

impl Lines {
    async fn next(&mut self) -> Option<Value> {
        loop {
            if let Some(end) = self.read.iter().position(|&byte| byte == b'\n') {
                let line: Vec<_> = self.read.drain(..=end).collect();
                return Some(serde_json::from_slice(&line).unwrap());
            }
            let frame = timeout(Duration::from_secs(10), self.body.frame())
                .await
                .expect("no line came in time");
            let data = frame?.unwrap().into_data().unwrap();
            self.read.extend_from_slice(&data);
        }
    }

    async fn until(&mut self, wanted: impl Fn(&Value) -> bool) -> Value {
        loop {
            let line = self.next().await.expect("the stream ended");
            if wanted(&line) {
                return line;
            }
        }
    }
}

#[tokio::test]
async fn a_snapshot_comes_first_and_changes_after_it() {
    let served = Served::new().await;
    let api = &served.api;
    api.record(1, "GET", "/a", Vec::new()).await;
    let mut lines = served.stream("?filter=/shop").await;
    let first = lines.next().await.unwrap();
    assert_eq!(first["kind"], "snapshot");
    assert_eq!(first["workspace"]["base"], api.state.base.authority());
    assert_eq!(first["exchanges"].as_array().unwrap().len(), 1);
    assert_eq!(first["exchanges"][0]["row"]["id"], "1");
    assert_eq!(first["exchanges"][0]["matches"], false);
    assert_eq!(first["stats"]["kept"], 1);
    // Nothing is open yet, so nobody lists the tenant.
    assert_eq!(
        first["diagnostics"],
        json!([{
            "code": "tenant-unlisted", "severity": "warning", "count": 1, "lastExchange": "1",
            "title": "The tenant is not in the workspace"
        }])
    );

    api.record(2, "GET", "/shop", Vec::new()).await;
    let line = lines
        .until(|line| line["items"][0]["row"]["state"] == "done")
        .await;
    assert_eq!(line["kind"], "exchanges");
    assert_eq!(line["items"][0]["row"]["id"], "2");
    assert_eq!(line["items"][0]["matches"], true);
    assert_eq!(line["stats"]["seen"], 2);

    let folder = api.folder("shop", FILE);
    api.state.workbench.open(&folder).unwrap();
    let line = lines.until(|line| line["kind"] == "workspace").await;
    assert_eq!(line["workspace"]["name"], "shop");

    api.state.workbench.recorder().clear();
    lines.until(|line| line["kind"] == "cleared").await;
    let line = lines.next().await.unwrap();
    assert_eq!(
        (&line["kind"], &line["stats"]["kept"]),
        (&json!("exchanges"), &json!(0))
    );
    served.finish().await;
}

#[tokio::test]
async fn no_row_is_lost_or_told_twice_around_the_snapshot() {
    let served = Served::new().await;
    let events = served.api.events.clone();
    let feeding = tokio::spawn(async move {
        for id in 0..3_000 {
            let [started, _, _] = exchange(id, "GET", "/", Vec::new());
            events.send(started).await.unwrap();
        }
    });
    let mut lines = served.stream("").await;
    let mut seen = Vec::new();
    while seen.len() < 3_000 {
        let line = lines.next().await.unwrap();
        let rows = match line["kind"].as_str().unwrap() {
            "snapshot" => &line["exchanges"],
            "exchanges" => &line["items"],
            other => panic!("{other}"),
        };
        for item in rows.as_array().unwrap() {
            seen.push(item["row"]["id"].as_str().unwrap().parse::<u64>().unwrap());
        }
    }
    feeding.await.unwrap();
    assert_eq!(seen, (0..3_000).collect::<Vec<_>>());
    drop(lines);
    served.finish().await;
}

#[tokio::test]
async fn a_reader_that_lags_begins_anew() {
    let served = Served::new().await;
    let mut feed = super::super::stream::Feed::new(
        served.api.state.clone(),
        super::super::exchanges::parse_filter(None).unwrap(),
        10_000,
    );
    let kind = |bytes: &[u8]| -> Vec<String> {
        bytes
            .split(|&byte| byte == b'\n')
            .filter(|line| !line.is_empty())
            .map(|line| {
                serde_json::from_slice::<Value>(line).unwrap()["kind"]
                    .as_str()
                    .unwrap()
                    .to_owned()
            })
            .collect()
    };
    assert_eq!(kind(&feed.next().await.unwrap()), ["snapshot"]);
    for _ in 0..3_000 {
        served.api.state.workbench.recorder().clear();
    }
    served.api.record(5, "GET", "/late", Vec::new()).await;
    let bytes = feed.next().await.unwrap();
    assert_eq!(kind(&bytes), ["reset", "snapshot"]);
    assert!(String::from_utf8_lossy(&bytes).contains("\"/late\""));
    assert!(
        served
            .api
            .state
            .workbench
            .recorder()
            .get(ExchangeId(5))
            .is_some()
    );
    served.finish().await;
}

#[tokio::test]
async fn a_deep_link_waits_for_the_first_page() {
    let served = Served::new().await;
    let requests = served.api.state.shell.requests();
    requests.send(ShellRequest::Open {
        workspace: None,
        tenant: Some("acme".to_owned()),
        preview: Some("main".to_owned()),
        path: None,
    });
    let mut lines = served.stream("").await;
    let line = lines.until(|line| line["kind"] == "shell").await;
    assert_eq!(
        line["request"],
        json!({ "kind": "open", "tenant": "acme", "preview": "main" })
    );
    requests.send(ShellRequest::Command {
        id: "reload".to_owned(),
    });
    let line = lines.until(|line| line["kind"] == "shell").await;
    assert_eq!(
        line["request"],
        json!({ "kind": "command", "id": "reload" })
    );
    served.finish().await;
}

#[tokio::test]
async fn a_previews_health_is_told_without_the_workspace() {
    let served = Served::new().await;
    let api = &served.api;
    let tenants: Vec<_> = (0..50_000)
        .map(|number| json!({ "id": format!("tenant-{number}") }))
        .collect();
    let file = json!({
        "name": "large", "tenants": tenants,
        "previews": [{ "name": "main", "upstream": "https://shop.example" }]
    });
    let folder = api.folder("large", &file.to_string());
    api.state.workbench.open(&folder).unwrap();
    let mut lines = served.stream("").await;
    let first = lines.next().await.unwrap();
    let generation = first["workspace"]["generation"].clone();
    let revision = first["workspace"]["revision"].as_u64().unwrap();
    assert_eq!(first["workspace"]["previews"][0]["status"], "unknown");

    api.record(1, "GET", "/", Vec::new()).await;
    let line = lines.until(|line| line["kind"] != "exchanges").await;
    let bytes = line.to_string().len();
    assert!(
        bytes < 1_000,
        "{bytes} bytes of {} for one preview's health",
        line["kind"]
    );
    assert_eq!(line["kind"], "previews");
    assert_eq!(line["generation"], generation);
    assert!(line["revision"].as_u64().unwrap() > revision);
    assert_eq!(line["previews"][0]["status"], "up");
    // What is asked for says the same.
    let (_, state) = api.get("/api/v1/workspace").await;
    assert_eq!(state["previews"], line["previews"]);
    assert_eq!(state["revision"], line["revision"]);
    assert_eq!(state["tenants"].as_array().unwrap().len(), 50_000);
    served.finish().await;
}

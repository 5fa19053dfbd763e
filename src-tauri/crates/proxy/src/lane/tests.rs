//! What is answered here, and what is left for hyper, to the byte.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream};
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio_util::task::TaskTracker;
use tower::util::BoxCloneService;
use tripledash_core::Snapshot;
use tripledash_core::address::BaseDomain;
use tripledash_core::workspace::parse;

use super::*;
use crate::accept::Stop;
use crate::exchange::Shared;
use crate::{AGENT_PATH, Options, channel};

const HOST: &str = "acme---main.tripledash.localhost:7333";
const WORKSPACE: &str = r#"{
  "name": "shop",
  "tenants": [{ "id": "acme" }],
  "previews": [{ "name": "main", "upstream": "http://127.0.0.1:1" }]
}"#;

/// Waits for something that must happen soon; a test that waits longer has failed.
async fn soon<F: Future>(future: F) -> F::Output {
    tokio::time::timeout(Duration::from_secs(10), future)
        .await
        .expect("waited too long")
}

/// A connection that is served here, from the browser's side.
struct Served {
    browser: DuplexStream,
    serving: tokio::task::JoinHandle<(Result<Left, Aborted>, Wire<DuplexStream>)>,
    stop: Stop,
}

impl Served {
    fn start() -> Self {
        let workspace = parse(WORKSPACE, "tripledash.json").workspace.unwrap();
        let (_, snapshot) = watch::channel(Arc::new(Snapshot {
            generation: 1,
            workspace: Arc::new(workspace),
            base: BaseDomain::local(7333),
            environment: Arc::new(BTreeMap::new()),
            unlocked: Arc::new(BTreeSet::new()),
            certificates: Arc::default(),
        }));
        let workbench = |_: Request<Body>| async {
            // Slower than any test.
            tokio::time::sleep(Duration::from_secs(3600)).await;
            Ok::<_, Infallible>(Response::new(Body::empty()))
        };
        let base = BoxCloneService::new(tower::service_fn(workbench));
        let options = Options::new(snapshot, channel(64).0, base, || Timestamp(1));
        let stop = Stop {
            gently: CancellationToken::new(),
            now: CancellationToken::new(),
            last: CancellationToken::new(),
        };
        let shared = Arc::new(Shared::new(options, Handle::current()));
        let proxy = Arc::new(Proxy::new(shared, TaskTracker::new(), stop.clone()));
        let (browser, socket) = tokio::io::duplex(1 << 20);
        let serving = tokio::spawn(async move {
            let connection = Arc::new(Connection::default());
            let mut wire = Wire::new(socket, Arc::clone(&connection), proxy.timeouts());
            let peer = ([127, 0, 0, 1], 1).into();
            let left = serve(&mut wire, peer, &proxy, &connection).await;
            (left, wire)
        });
        Self {
            browser,
            serving,
            stop,
        }
    }

    async fn send(&mut self, text: &str) {
        self.browser.write_all(text.as_bytes()).await.unwrap();
    }

    /// Asks for what is answered without an upstream.
    async fn ask(&mut self) -> String {
        self.send(&head("HEAD", "")).await;
        self.response().await
    }

    /// The next response's head.
    async fn response(&mut self) -> String {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(soon(self.browser.read_u8()).await.unwrap());
        }
        String::from_utf8(head).unwrap()
    }

    async fn left(self) -> (Result<Left, Aborted>, Wire<DuplexStream>, DuplexStream) {
        let (left, wire) = soon(self.serving).await.unwrap();
        (left, wire, self.browser)
    }
}

/// A request for the agent's script.
fn head(method: &str, fields: &str) -> String {
    format!("{method} {AGENT_PATH} HTTP/1.1\r\nHost: {HOST}\r\n{fields}\r\n")
}

#[tokio::test]
async fn plain_requests_are_answered_here() {
    for fields in [
        "",
        "Connection: keep-alive\r\n",
        "x-blank: \t a \t\r\nCookie: a=b\r\n",
    ] {
        let mut served = Served::start();
        // Nobody else is there.
        for _ in 0..3 {
            served.send(&head("HEAD", fields)).await;
            assert!(served.response().await.starts_with("HTTP/1.1 200 OK\r\n"));
            served.send(&head("GET", fields)).await;
            let head = served.response().await;
            let length = head.split("content-length: ").nth(1).unwrap();
            let length = length.split("\r\n").next().unwrap().parse().unwrap();
            let mut body = vec![0; length];
            soon(served.browser.read_exact(&mut body)).await.unwrap();
        }
        served.browser.shutdown().await.unwrap();
        let (left, _, mut browser) = served.left().await;
        assert!(matches!(left, Ok(Left::Nothing)), "{left:?}");
        assert_eq!(soon(browser.read(&mut [0])).await.unwrap(), 0);
    }
}

#[tokio::test]
async fn others_are_left_as_they_came() {
    let others = [
        format!("POST / HTTP/1.1\r\nhost: {HOST}\r\ncontent-length: 2\r\n\r\nhi"),
        format!("GET / HTTP/1.0\r\nhost: {HOST}\r\n\r\n"),
        format!("GET http://{HOST}/ HTTP/1.1\r\nhost: {HOST}\r\n\r\n"),
        format!("CONNECT {HOST} HTTP/1.1\r\nhost: {HOST}\r\n\r\n"),
        format!("\r\n{}", head("OPTIONS", "")),
        head("get", ""),
        head("GET", "Connection: close\r\n"),
        head("GET", "connection: keep-alive, upgrade\r\n"),
        head("GET", "connection: keep-alive\r\nConnection: x-mine\r\n"),
        head("GET", "Upgrade: h2c\r\n"),
        head("GET", "Expect: 100-continue\r\n"),
        head("GET", "TE: trailers\r\n"),
        head("GET", "Content-Length: 0\r\n"),
        head("GET", "Transfer-Encoding: chunked\r\n") + "0\r\n\r\n",
        // More than is read at once.
        head("GET", &format!("cookie: {}\r\n", "x".repeat(STEP))),
        // More than one.
        head("GET", "") + &head("GET", "x-second: 1\r\n"),
        head("GET", "") + &head("POST", "content-length: 2\r\n") + "hi",
    ];
    for other in others {
        for before in 0..3 {
            let mut served = Served::start();
            for _ in 0..before {
                served.ask().await;
            }
            served.send(&other).await;
            served.browser.shutdown().await.unwrap();
            let (left, mut wire, _browser) = served.left().await;
            assert!(matches!(left, Ok(Left::Rest)), "{left:?} {other}");
            let mut rest = String::new();
            soon(wire.read_to_string(&mut rest)).await.unwrap();
            assert_eq!(rest, other);
        }
    }
}

#[tokio::test]
async fn beginning_of_another_one_is_left_too() {
    let mut served = Served::start();
    let (first, second) = (head("GET", ""), head("GET", "x-second: 1\r\n"));
    let (begun, rest) = second.split_at(20);
    served.send(&format!("{first}{begun}")).await;
    let (left, mut wire, mut browser) = served.left().await;
    assert!(matches!(left, Ok(Left::Rest)), "{left:?}");
    let mut read = vec![0; first.len()];
    soon(wire.read_exact(&mut read)).await.unwrap();
    assert_eq!(String::from_utf8(read).unwrap(), first);
    browser.write_all(rest.as_bytes()).await.unwrap();
    let mut read = vec![0; second.len()];
    soon(wire.read_exact(&mut read)).await.unwrap();
    assert_eq!(String::from_utf8(read).unwrap(), second);
}

#[tokio::test]
async fn refused_one_is_left_as_what_stands_for_it() {
    let mut served = Served::start();
    served.ask().await;
    served.send("GET / HTTP/1.1\r\n\r\n").await;
    let (left, mut wire, _browser) = served.left().await;
    assert!(matches!(left, Ok(Left::Rest)), "{left:?}");
    let mut read = vec![0; 64];
    let size = soon(wire.read(&mut read)).await.unwrap();
    let read = String::from_utf8_lossy(&read[..size]);
    assert!(read.contains("refused.invalid"), "{read}");
}

#[tokio::test]
async fn idle_connection_ends_when_it_is_time_to_stop() {
    let mut served = Served::start();
    served.ask().await;
    served.stop.gently.cancel();
    // Not a request, but something to wake for; otherwise whoever waits for both wakes it.
    served.send("\r\n").await;
    assert_eq!(soon(served.browser.read(&mut [0])).await.unwrap(), 0);
    served.browser.shutdown().await.unwrap();
    let (left, ..) = served.left().await;
    assert!(matches!(left, Ok(Left::Nothing)), "{left:?}");
}

#[tokio::test]
async fn answer_that_is_the_last_says_so() {
    let mut served = Served::start();
    let first = served.ask().await;
    assert!(!first.contains("connection:"), "{first}");
    served.stop.gently.cancel();
    let last = served.ask().await;
    assert!(last.contains("\r\nconnection: close\r\n"), "{last}");
    let (left, ..) = served.left().await;
    assert!(matches!(left, Ok(Left::Nothing)), "{left:?}");
}

#[tokio::test]
async fn browser_that_goes_away_ends_the_exchange() {
    let mut served = Served::start();
    // The workbench takes longer than anybody waits.
    let base = BaseDomain::local(7333).authority();
    served
        .send(&format!("GET / HTTP/1.1\r\nhost: {base}\r\n\r\n"))
        .await;
    served.browser.shutdown().await.unwrap();
    let (left, ..) = served.left().await;
    assert!(matches!(left, Err(Aborted::Gone)), "{left:?}");
}

//! Upstreams that are down, hang up, or say what is no HTTP.

use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::support::{Tripledash, Upstream, get, reply, shop};

/// A port where nothing listens.
async fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    listener.local_addr().unwrap().port()
}

async fn engine(origin: &str) -> Tripledash {
    Tripledash::start(&shop(&json!([{ "name": "main", "upstream": origin }]))).await
}

#[tokio::test]
async fn upstream_that_is_down_is_502_and_the_preview_is_down() {
    let port = free_port().await;
    let origin = format!("http://localhost:{port}");
    let mut tripledash = engine(&origin).await;

    let answer = tripledash
        .get("acme---main", "/a", &["accept: text/html"])
        .await;
    let page = answer.text();
    assert_eq!(answer.status(), 502);
    for word in [
        "The app is not running",
        &origin,
        "What was tried",
        "start the app",
    ] {
        assert!(page.contains(word), "no {word:?} in {page}");
    }
    let answer = tripledash
        .get("acme---main", "/b", &["accept: application/json"])
        .await;
    assert_eq!(answer.status(), 502);
    let said = answer.json();
    assert_eq!(said["code"], "upstream-refused");
    assert!(
        said["message"].as_str().unwrap().contains(&origin),
        "{said}"
    );
    assert!(said["fix"].as_str().unwrap().contains("start the app"));
    let tried = said["tried"].to_string();
    assert!(tried.contains(&format!("127.0.0.1:{port}")), "{tried}");

    let exchange = tripledash.exchange("/b").await;
    assert_eq!(exchange["state"], "failed");
    assert_eq!(exchange["failure"]["side"], "upstream");
    assert_eq!(exchange["failure"]["code"], "upstream-refused");
    assert_eq!(exchange["upstream"]["origin"], origin.as_str());
    assert_eq!(exchange["upstream"]["address"], Value::Null);
    let state = tripledash
        .workspace(|state| state["previews"][0]["status"] == "down")
        .await;
    assert!(state["previews"][0]["statusReason"].is_string(), "{state}");

    // It comes up: the next request finds it, and the preview is up.
    let listener = TcpListener::bind(("127.0.0.1", port)).await.unwrap();
    let answered = tokio::spawn(async move {
        loop {
            let (socket, _) = listener.accept().await.unwrap();
            let mut connection = crate::support::Connection::new(socket);
            // A look whether we are up asks nothing.
            if connection.request().await.is_some() {
                connection.send(&reply("HTTP/1.1 200 OK", "up")).await;
                return;
            }
        }
    });
    let answer = tripledash.get("acme---main", "/c", &[]).await;
    assert_eq!((answer.status(), answer.text().as_str()), (200, "up"));
    answered.await.unwrap();
    tripledash
        .workspace(|state| state["previews"][0]["status"] == "up")
        .await;
    tripledash.stop().await;
}

#[tokio::test]
async fn upstream_that_hangs_up_at_once_is_502() {
    let upstream = Upstream::serve(|mut connection, _| async move {
        connection.request().await;
    })
    .await;
    let mut tripledash = engine(&upstream.origin()).await;
    let answer = tripledash
        .get("acme---main", "/gone", &["accept: application/json"])
        .await;
    assert_eq!(answer.status(), 502);
    assert_eq!(answer.json()["code"], "upstream-hung-up");
    let exchange = tripledash.exchange("/gone").await;
    assert_eq!(exchange["failure"]["code"], "upstream-hung-up");
    assert_eq!(exchange["failure"]["side"], "upstream");
    tripledash.stop().await;
}

#[tokio::test]
async fn upstream_that_hangs_up_half_way_breaks_the_transfer_and_is_told() {
    for (path, head) in [
        ("/length", "content-length: 1000"),
        ("/chunked", "transfer-encoding: chunked"),
        ("/page", "content-type: text/html\r\ncontent-length: 1000"),
    ] {
        let upstream = Upstream::serve(move |mut connection, _| async move {
            if connection.request().await.is_some() {
                let half = format!("HTTP/1.1 200 OK\r\n{head}\r\n\r\n4\r\nhalf\r\n");
                connection.send(&half).await;
            }
        })
        .await;
        let mut tripledash = engine(&upstream.origin()).await;
        let answer = tripledash
            .get("acme---main", path, &["accept: text/html"])
            .await;
        assert_eq!(answer.status(), 200);
        assert!(!answer.whole, "{path}: a broken body must not look whole");
        let exchange = tripledash.exchange(path).await;
        assert_eq!(exchange["state"], "failed", "{path}");
        assert_eq!(exchange["status"], 200);
        assert_eq!(exchange["failure"]["side"], "upstream", "{exchange}");
        assert!(
            !exchange["failure"]["message"].as_str().unwrap().is_empty(),
            "{exchange}"
        );
        tripledash.stop().await;
    }
}

#[tokio::test]
async fn upstream_that_is_no_http_is_502() {
    let upstream = Upstream::serve(|mut connection, _| async move {
        connection.request().await;
        connection.send("SSH-2.0-OpenSSH_9.2\r\n\r\n").await;
    })
    .await;
    let mut tripledash = engine(&upstream.origin()).await;
    let answer = tripledash
        .get("acme---main", "/ssh", &["accept: text/html"])
        .await;
    assert_eq!(answer.status(), 502);
    assert!(answer.text().contains("not HTTP"), "{}", answer.text());
    let exchange = tripledash.exchange("/ssh").await;
    assert_eq!(exchange["failure"]["code"], "upstream-not-http");
    tripledash.stop().await;
}

#[tokio::test]
async fn upstream_that_leads_back_to_us_is_508_with_the_hops() {
    // The engine's own port is known once it runs, so the loop is made by an edit.
    let mut tripledash = engine("http://localhost:1").await;
    let origin = format!("http://127.0.0.1:{}", tripledash.port());
    let host = tripledash.host("{tenant}---main");
    let patch = json!({ "upstream": origin, "host": host });
    tripledash
        .done("PATCH", "workspace/previews/main", &patch)
        .await;
    let request = get(
        &tripledash.host("acme---main"),
        "/loop",
        &["accept: application/json"],
    );
    let answer = tripledash.ask(&request).await;
    assert_eq!(answer.status(), 508, "{}", answer.text());
    let hop = tripledash.host("acme---main");
    assert!(answer.text().contains(&hop), "{}", answer.text());
    tripledash.exchange("/loop").await;
    tripledash.stop().await;
}

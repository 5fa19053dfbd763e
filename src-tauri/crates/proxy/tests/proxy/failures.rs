//! Upstreams that do not answer as they should.

use crate::support::{Fake, Tripledash, get, impatient, reply};

/// An origin on which nothing listens, and a socket that keeps it so.
fn nobody() -> (String, tokio::net::TcpSocket) {
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let port = socket.local_addr().unwrap().port();
    (format!("http://localhost:{port}"), socket)
}

#[tokio::test]
async fn upstream_that_is_down_is_a_page_that_says_what_was_tried() {
    let (origin, _kept) = nobody();
    let mut proxy = Tripledash::start(&origin, "").await;
    let host = proxy.host("acme---main");
    let page = proxy.ask(&get(&host, "/", &["accept: text/html"])).await;
    assert_eq!(page.status(), 502);
    assert_eq!(page.field("content-type"), Some("text/html; charset=utf-8"));
    assert_eq!(page.field("cache-control"), Some("no-store"));
    assert!(page.text().contains(&origin), "{}", page.text());
    assert!(page.text().contains("/__tripledash/agent.js"));
    let told = proxy.told().await;
    assert_eq!(told.failure(), Some("upstream-refused"));
    assert!(!told.answered().from_upstream);
    assert!(told.started.upstream.is_some());
    let answer = proxy
        .ask(&get(&host, "/", &["accept: application/json"]))
        .await
        .json();
    assert_eq!(answer["code"], "upstream-refused");
    let tried: Vec<_> = answer["tried"]
        .as_array()
        .unwrap()
        .iter()
        .map(ToString::to_string)
        .collect();
    assert!(
        tried.iter().any(|tried| tried.contains("127.0.0.1:")),
        "{tried:?}"
    );
    assert!(
        tried.iter().any(|tried| tried.contains("[::1]:")),
        "{tried:?}"
    );
    assert!(answer["fix"].as_str().unwrap().contains(&origin));
    proxy.stop().await;
}

#[tokio::test]
async fn upstream_that_says_nothing_is_given_up() {
    let upstream = Fake::start(|mut peer| async move {
        peer.request().await;
        peer.closed().await;
    })
    .await;
    let mut proxy = Tripledash::with(&upstream.origin(), "", |options| {
        impatient(&mut options.timeouts)
    })
    .await;
    let answer = proxy.ask(&get(&proxy.host("acme---main"), "/", &[])).await;
    assert_eq!(answer.status(), 504);
    assert_eq!(proxy.told().await.failure(), Some("upstream-silent"));
    proxy.stop().await;
}

#[tokio::test]
async fn upstream_that_hangs_up_without_an_answer_is_502() {
    let upstream = Fake::start(|mut peer| async move {
        peer.request().await;
    })
    .await;
    let mut proxy = Tripledash::start(&upstream.origin(), "").await;
    let answer = proxy.ask(&get(&proxy.host("acme---main"), "/", &[])).await;
    assert_eq!(answer.status(), 502);
    assert_eq!(proxy.told().await.failure(), Some("upstream-hung-up"));
    assert_eq!(upstream.connections(), 1);
    proxy.stop().await;
}

#[tokio::test]
async fn upstream_that_speaks_something_else_is_502() {
    let upstream = Fake::replying("220 mail.example ESMTP\r\n").await;
    let mut proxy = Tripledash::start(&upstream.origin(), "").await;
    let answer = proxy.ask(&get(&proxy.host("acme---main"), "/", &[])).await;
    assert_eq!(answer.status(), 502);
    assert_eq!(proxy.told().await.failure(), Some("upstream-not-http"));
    proxy.stop().await;
}

#[tokio::test]
async fn interim_answers_are_passed_over_and_told() {
    let upstream = Fake::replying(format!(
        "HTTP/1.1 103 Early Hints\r\nlink: </a.css>; rel=preload\r\n\r\n{}",
        reply("HTTP/1.1 200 OK", "x")
    ))
    .await;
    let mut proxy = Tripledash::start(&upstream.origin(), "").await;
    let answer = proxy.ask(&get(&proxy.host("acme---main"), "/", &[])).await;
    assert_eq!((answer.status(), answer.text().as_str()), (200, "x"));
    let told = proxy.told().await;
    let edit = told
        .answered()
        .edits
        .iter()
        .find(|edit| edit.field == "status")
        .unwrap();
    assert_eq!(
        (edit.before.as_deref(), edit.after.as_deref()),
        (Some("103 Early Hints"), None)
    );
    proxy.stop().await;
}

#[tokio::test]
async fn one_failed_exchange_spoils_no_other() {
    let upstream = Fake::start(|mut peer| async move {
        while let Some(request) = peer.request().await {
            if request.line.contains("/bad") {
                return;
            }
            peer.send(&reply("HTTP/1.1 200 OK", "x")).await;
        }
    })
    .await;
    let proxy = Tripledash::start(&upstream.origin(), "").await;
    let host = proxy.host("acme---main");
    let mut browser = proxy.browser().await;
    for (path, status) in [("/", 200), ("/bad", 502), ("/", 200)] {
        assert_eq!(browser.ask(&get(&host, path, &[])).await.status(), status);
    }
    proxy.stop().await;
}

#[tokio::test]
async fn switch_that_nobody_asked_for_is_502() {
    let upstream = Fake::replying(
        "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n",
    )
    .await;
    let mut proxy = Tripledash::start(&upstream.origin(), "").await;
    let answer = proxy.ask(&get(&proxy.host("acme---main"), "/", &[])).await;
    assert_eq!(answer.status(), 502);
    assert_eq!(proxy.told().await.failure(), Some("upstream-switched"));
    proxy.stop().await;
}

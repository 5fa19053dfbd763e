//! Connections to upstreams: kept, closed in time, and never trusted twice with the same request.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::mpsc;

use crate::support::{Fake, Tripledash, get, reply, soon};

/// An upstream that answers every request so, and tells when the proxy closed a connection.
async fn telling(answer: String) -> (Fake, mpsc::UnboundedReceiver<()>) {
    let (tell, closed) = mpsc::unbounded_channel();
    let upstream = Fake::start(move |mut peer| {
        let (tell, answer) = (tell.clone(), answer.clone());
        async move {
            while peer.request().await.is_some() {
                peer.send(&answer).await;
            }
            // The test may have ended already.
            let _ = tell.send(());
        }
    })
    .await;
    (upstream, closed)
}

#[tokio::test]
async fn idle_connection_is_closed_when_its_time_has_come() {
    let (upstream, mut closed) = telling(reply("HTTP/1.1 200 OK", "x")).await;
    let proxy = Tripledash::with(&upstream.origin(), "", |options| {
        options.timeouts.idle = Duration::from_millis(200);
    })
    .await;
    let request = get(&proxy.host("acme---main"), "/", &[]);
    for _ in 0..2 {
        assert_eq!(proxy.ask(&request).await.status(), 200);
    }
    assert_eq!(upstream.connections(), 1);
    soon("the close", closed.recv()).await.unwrap();
    // And again, once the first watch is over.
    assert_eq!(proxy.ask(&request).await.status(), 200);
    soon("the next close", closed.recv()).await.unwrap();
    proxy.stop().await;
}

#[tokio::test]
async fn upstream_that_says_how_long_it_waits_is_believed() {
    let answer = reply("HTTP/1.1 200 OK\r\nkeep-alive: timeout=2", "x");
    let (upstream, mut closed) = telling(answer).await;
    let proxy = Tripledash::start(&upstream.origin(), "").await;
    let request = get(&proxy.host("acme---main"), "/", &[]);
    assert_eq!(proxy.ask(&request).await.status(), 200);
    // A second before the upstream would, and long before ours.
    soon("the close", closed.recv()).await.unwrap();
    proxy.stop().await;
}

#[tokio::test]
async fn connections_to_where_no_preview_leads_are_closed() {
    let (upstream, mut closed) = telling(reply("HTTP/1.1 200 OK", "old")).await;
    let (other, _) = telling(reply("HTTP/1.1 200 OK", "new")).await;
    let proxy = Tripledash::start(&upstream.origin(), "").await;
    let request = get(&proxy.host("acme---main"), "/", &[]);
    assert_eq!(proxy.ask(&request).await.text(), "old");
    // A change that leaves the upstream alone leaves its connections alone.
    proxy.edit(&upstream.origin(), r#""branch": "main""#);
    assert_eq!(proxy.ask(&request).await.text(), "old");
    assert_eq!(upstream.connections(), 1);
    proxy.edit(&other.origin(), "");
    soon("the close", closed.recv()).await.unwrap();
    assert_eq!(proxy.ask(&request).await.text(), "new");
    proxy.stop().await;
}

#[tokio::test]
async fn exchange_under_way_survives_a_change_and_its_connection_does_not() {
    let (tell, mut closed) = mpsc::unbounded_channel();
    let upstream = Fake::start(move |mut peer| {
        let tell = tell.clone();
        async move {
            peer.reader.head().await.unwrap();
            peer.send("HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\none")
                .await;
            // The browser says when to go on, through the proxy's other side.
            peer.reader.exact(3).await.unwrap();
            peer.send("two").await;
            peer.closed().await;
            tell.send(()).unwrap();
        }
    })
    .await;
    let proxy = Tripledash::start(&upstream.origin(), "").await;
    let mut browser = proxy.browser().await;
    let host = proxy.host("acme---main");
    browser
        .send(&format!(
            "POST / HTTP/1.1\r\nhost: {host}\r\ncontent-length: 3\r\n\r\n"
        ))
        .await;
    assert_eq!(browser.head().await.status(), 200);
    let one = soon("the first part", browser.reader.exact(3)).await;
    assert_eq!(one.unwrap(), b"one");
    proxy.edit("http://localhost:9", "");
    browser.send("now").await;
    let two = soon("the second part", browser.reader.exact(3)).await;
    assert_eq!(two.unwrap(), b"two");
    soon("the close", closed.recv()).await.unwrap();
    proxy.stop().await;
}

/// An upstream that answers the first request of all, and hangs up on every other.
async fn answering_once() -> (Fake, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let upstream = Fake::start(move |mut peer| {
        let count = Arc::clone(&count);
        async move {
            while peer.request().await.is_some() {
                if count.fetch_add(1, Ordering::SeqCst) > 0 {
                    return;
                }
                peer.send(&reply("HTTP/1.1 200 OK", "x")).await;
            }
        }
    })
    .await;
    (upstream, asked)
}

#[tokio::test]
async fn request_that_may_change_something_is_never_sent_twice() {
    let (upstream, asked) = answering_once().await;
    let mut proxy = Tripledash::start(&upstream.origin(), "").await;
    let host = proxy.host("acme---main");
    assert_eq!(proxy.ask(&get(&host, "/", &[])).await.status(), 200);
    proxy.told().await;
    let request = format!("POST / HTTP/1.1\r\nhost: {host}\r\ncontent-length: 0\r\n\r\n");
    assert_eq!(proxy.ask(&request).await.status(), 502);
    assert_eq!(proxy.told().await.failure(), Some("upstream-hung-up"));
    assert_eq!(asked.load(Ordering::SeqCst), 2);
    proxy.stop().await;
}

#[tokio::test]
async fn put_with_a_body_is_never_sent_twice() {
    let (upstream, asked) = answering_once().await;
    let proxy = Tripledash::start(&upstream.origin(), "").await;
    let host = proxy.host("acme---main");
    assert_eq!(proxy.ask(&get(&host, "/", &[])).await.status(), 200);
    let request = format!("PUT / HTTP/1.1\r\nhost: {host}\r\ncontent-length: 1\r\n\r\nx");
    assert_eq!(proxy.ask(&request).await.status(), 502);
    assert_eq!(asked.load(Ordering::SeqCst), 2);
    proxy.stop().await;
}

#[tokio::test]
async fn request_that_changes_nothing_is_sent_again_once_on_a_new_connection() {
    let (upstream, asked) = answering_once().await;
    let proxy = Tripledash::start(&upstream.origin(), "").await;
    let host = proxy.host("acme---main");
    assert_eq!(proxy.ask(&get(&host, "/", &[])).await.status(), 200);
    assert_eq!(proxy.ask(&get(&host, "/", &[])).await.status(), 502);
    assert_eq!(asked.load(Ordering::SeqCst), 3);
    assert_eq!(upstream.connections(), 2);
    proxy.stop().await;
}

#[tokio::test]
async fn own_timeout_of_a_preview_counts() {
    let upstream = Fake::start(|mut peer| async move {
        peer.request().await;
        peer.closed().await;
    })
    .await;
    let mut proxy = Tripledash::start(&upstream.origin(), r#""timeout": 1"#).await;
    let answer = proxy.ask(&get(&proxy.host("acme---main"), "/", &[])).await;
    assert_eq!(answer.status(), 504);
    let told = proxy.told().await;
    assert_eq!(told.failure(), Some("upstream-silent"));
    let message = &told.answered().failure.as_ref().unwrap().message;
    assert!(message.contains("within 1s"), "{message}");
    proxy.stop().await;
}

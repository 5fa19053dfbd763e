//! A workspace that changes under way: what has begun ends as it began, what begins is new.

use tokio::sync::watch;

use crate::support::{Fake, Tripledash, chunk, get, reply};

/// An upstream that sends half of an answer, and the rest once it is told to.
async fn halting(go: watch::Receiver<bool>) -> Fake {
    Fake::start(move |mut peer| {
        let mut go = go.clone();
        async move {
            while peer.request().await.is_some() {
                peer.send(&format!(
                    "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\nset-cookie: a=b; domain=old\r\n\r\n{}",
                    chunk("half ")
                ))
                .await;
                go.wait_for(|go| *go).await.unwrap();
                peer.send(&format!("{}0\r\n\r\n", chunk("whole"))).await;
            }
        }
    })
    .await
}

#[tokio::test]
async fn answer_under_way_ends_as_it_began_and_the_next_request_is_new() {
    let (go, going) = watch::channel(false);
    let mut old = halting(going).await;
    let mut new = Fake::replying(reply("HTTP/1.1 200 OK", "new")).await;
    let mut proxy = Tripledash::start(&old.origin(), "").await;
    let host = proxy.host("acme---main");
    let mut browser = proxy.browser().await;
    // The second waits behind the first, and begins after the change.
    browser
        .send(&[get(&host, "/1", &[]), get(&host, "/2", &[])].concat())
        .await;
    assert_eq!(browser.head().await.status(), 200);
    assert_eq!(browser.reader.chunk().await.unwrap(), b"half ");
    proxy.edit(&new.origin(), r#""headers": { "x-new": "1" }"#);
    // Others see the change at once, over connections old and new.
    assert_eq!(proxy.ask(&get(&host, "/other", &[])).await.text(), "new");
    go.send(true).unwrap();
    assert_eq!(browser.reader.chunk().await.unwrap(), b"whole");
    assert_eq!(browser.reader.chunk().await.unwrap(), b"");
    assert_eq!(browser.reader.exact(2).await.unwrap(), b"\r\n");
    assert_eq!(browser.response(false).await.text(), "new");
    assert_eq!(browser.ask(&get(&host, "/3", &[])).await.text(), "new");
    let got = old.received().await;
    assert_eq!(
        (got.line.as_str(), got.field("x-new")),
        ("GET /1 HTTP/1.1", None)
    );
    assert!(old.is_idle());
    for path in ["/other", "/2", "/3"] {
        let got = new.received().await;
        assert_eq!(got.line, format!("GET {path} HTTP/1.1"));
        assert_eq!(got.field("x-new"), Some("1"));
    }
    proxy.shutdown.cancel();
    let mut failures = 0;
    while let Some(event) = proxy.events.recv().await {
        if let tripledash_core::trace::Event::Finished(finished) = event {
            failures += usize::from(finished.failure.is_some());
        }
    }
    assert_eq!(failures, 0);
    proxy.stop().await;
}

#[tokio::test]
async fn upload_under_way_goes_where_it_began() {
    let mut old = Fake::replying(reply("HTTP/1.1 200 OK", "old")).await;
    let new = Fake::replying(reply("HTTP/1.1 200 OK", "new")).await;
    let proxy = Tripledash::start(&old.origin(), "").await;
    let host = proxy.host("acme---main");
    let mut browser = proxy.browser().await;
    let head = format!(
        "POST / HTTP/1.1\r\nhost: {host}\r\nexpect: 100-continue\r\ntransfer-encoding: chunked\r\n\r\n"
    );
    browser.send(&head).await;
    // The upstream's connection is taken.
    assert_eq!(browser.head().await.status(), 100);
    browser.send(&chunk("one ")).await;
    proxy.edit(&new.origin(), "");
    assert_eq!(proxy.ask(&get(&host, "/", &[])).await.text(), "new");
    browser.send(&format!("{}0\r\n\r\n", chunk("two"))).await;
    assert_eq!(browser.response(false).await.text(), "old");
    assert_eq!(old.received().await.body, b"one two");
    assert_eq!(browser.ask(&get(&host, "/", &[])).await.text(), "new");
    proxy.stop().await;
}

#[tokio::test]
async fn tunnel_outlives_its_preview() {
    let old = Fake::start(|mut peer| async move {
        peer.request().await;
        peer.send("HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n")
            .await;
        let bytes = peer.reader.exact(4).await.unwrap();
        peer.send_bytes(&bytes).await;
        peer.closed().await;
    })
    .await;
    let new = Fake::replying(reply("HTTP/1.1 200 OK", "new")).await;
    let proxy = Tripledash::start(&old.origin(), "").await;
    let host = proxy.host("acme---main");
    let mut browser = proxy.browser().await;
    let fields = ["connection: upgrade", "upgrade: x"];
    browser.send(&get(&host, "/socket", &fields)).await;
    assert_eq!(browser.head().await.status(), 101);
    proxy.edit(&new.origin(), r#""access": "read-only""#);
    assert_eq!(proxy.ask(&get(&host, "/", &[])).await.text(), "new");
    browser.send("ping").await;
    assert_eq!(browser.reader.exact(4).await.unwrap(), b"ping");
    proxy.stop().await;
}

#[tokio::test]
async fn connection_that_is_kept_sees_what_is_locked_since() {
    let upstream = Fake::replying(reply("HTTP/1.1 200 OK", "x")).await;
    let proxy = Tripledash::start(&upstream.origin(), "").await;
    let host = proxy.host("acme---main");
    let post = format!("POST / HTTP/1.1\r\nhost: {host}\r\ncontent-length: 2\r\n\r\nok");
    let mut browser = proxy.browser().await;
    assert_eq!(browser.ask(&post).await.status(), 200);
    proxy.edit(&upstream.origin(), r#""access": "read-only""#);
    assert_eq!(browser.ask(&post).await.status(), 405);
    proxy.edit(&upstream.origin(), "");
    assert_eq!(browser.ask(&post).await.status(), 200);
    proxy.stop().await;
}

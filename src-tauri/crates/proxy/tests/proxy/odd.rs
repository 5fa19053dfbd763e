//! Responses that are not as they should be: refused, framed anew, or broken off, never guessed.

use tripledash_core::trace::Protocol;

use crate::support::{Fake, Tripledash, chunk, get, reply, soon};

/// Answers one request with `raw` and keeps the connection; the next one is answered as it should.
async fn after(raw: String) -> Fake {
    Fake::start(move |mut peer| {
        let raw = raw.clone();
        async move {
            while let Some(request) = peer.request().await {
                if request.line.contains("/odd") {
                    peer.send(&raw).await;
                } else {
                    peer.send(&reply("HTTP/1.1 200 OK", "good")).await;
                }
            }
        }
    })
    .await
}

#[tokio::test]
async fn heads_that_cannot_be_read_are_502() {
    let many = "x-a: b\r\n".repeat(300);
    let long = format!("x-a: {}\r\n", "b".repeat(1024 * 1024));
    for (raw, code) in [
        (
            "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nxx",
            "upstream-not-http",
        ),
        (
            "HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n",
            "upstream-not-http",
        ),
        (
            "HTTP/1.1 200 OK\r\nx-a: b\r\n c\r\ncontent-length: 0\r\n\r\n",
            "upstream-not-http",
        ),
        (
            "HTTP/1.1 200 OK\r\nx-a : b\r\ncontent-length: 0\r\n\r\n",
            "upstream-not-http",
        ),
        (
            "HTTP/1.1 200 OK\r\ntransfer-encoding: gzip\r\n\r\nbody",
            "upstream-not-http",
        ),
        (
            "HTTP/1.1 200 OK\r\ntransfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
            "upstream-not-http",
        ),
        ("HTTP/1.1 2000 OK\r\n\r\n", "upstream-not-http"),
        ("HTTP/3.0 200 OK\r\n\r\n", "upstream-not-http"),
        ("SSH-2.0-OpenSSH_9.2\r\n\r\n", "upstream-not-http"),
        (
            &format!("HTTP/1.1 200 OK\r\n{many}\r\n"),
            "upstream-head-too-large",
        ),
        (
            &format!("HTTP/1.1 200 OK\r\n{long}\r\n"),
            "upstream-head-too-large",
        ),
    ] {
        let upstream = after(raw.to_owned()).await;
        let mut proxy = Tripledash::start(&upstream.origin(), "").await;
        let host = proxy.host("acme---main");
        let what = &raw[..raw.len().min(60)];
        assert_eq!(
            proxy.ask(&get(&host, "/odd", &[])).await.status(),
            502,
            "{what}"
        );
        assert_eq!(proxy.told().await.failure(), Some(code), "{what}");
        // The next one is not spoilt, and not on that connection.
        assert_eq!(proxy.ask(&get(&host, "/", &[])).await.text(), "good");
        assert_eq!(upstream.connections(), 2, "{what}");
        proxy.stop().await;
    }
}

#[tokio::test]
async fn what_may_hide_another_response_is_the_last_on_its_connection() {
    let hidden = reply("HTTP/1.1 200 OK", "hidden");
    let both = format!(
        "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n{}0\r\n\r\n",
        chunk("body")
    );
    for (raw, status, body) in [
        (both, 200, "body"),
        (
            format!(
                "HTTP/1.1 204 No Content\r\ncontent-length: {}\r\n\r\n{hidden}",
                hidden.len()
            ),
            204,
            "",
        ),
        (
            format!(
                "HTTP/1.1 204 No Content\r\ncontent-length: 0\r\ncontent-length: {}\r\n\r\n{hidden}",
                hidden.len()
            ),
            204,
            "",
        ),
        (
            format!(
                "HTTP/1.1 304 Not Modified\r\ntransfer-encoding: chunked\r\n\r\n{}",
                chunk(&hidden)
            ),
            304,
            "",
        ),
        (
            "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 4\r\n\r\nlast".to_owned(),
            200,
            "last",
        ),
    ] {
        let upstream = after(raw.clone()).await;
        let proxy = Tripledash::start(&upstream.origin(), "").await;
        let host = proxy.host("acme---main");
        let mut browser = proxy.browser().await;
        let answer = browser.ask(&get(&host, "/odd", &[])).await;
        assert_eq!(
            (answer.status(), answer.text().as_str()),
            (status, body),
            "{raw}"
        );
        assert_eq!(
            browser.ask(&get(&host, "/", &[])).await.text(),
            "good",
            "{raw}"
        );
        assert_eq!(upstream.connections(), 2, "{raw}");
        proxy.stop().await;
    }
}

#[tokio::test]
async fn lone_line_feeds_end_lines_and_go_no_further() {
    let raw = "HTTP/1.1 200 OK\nx-a: b\ncontent-length: 4\n\nbody";
    let upstream = after(raw.to_owned()).await;
    let proxy = Tripledash::start(&upstream.origin(), "").await;
    let answer = proxy
        .ask(&get(&proxy.host("acme---main"), "/odd", &[]))
        .await;
    assert_eq!(
        (answer.text().as_str(), answer.field("x-a")),
        ("body", Some("b"))
    );
    proxy.stop().await;
}

/// Answers with `raw` and hangs up.
async fn hanging_up(raw: &'static str) -> Fake {
    Fake::start(move |mut peer| async move {
        peer.request().await;
        peer.send(raw).await;
    })
    .await
}

#[tokio::test]
async fn bodies_that_end_too_early_are_broken_transfers() {
    for (raw, bytes) in [
        ("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf", 4),
        ("HTTP/1.0 200 OK\r\ncontent-length: 10\r\n\r\n", 0),
        (
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n",
            4,
        ),
        (
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n0\r\n",
            4,
        ),
        (
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nhalf\r\nzz\r\n\r\n",
            4,
        ),
    ] {
        let upstream = hanging_up(raw).await;
        let mut proxy = Tripledash::start(&upstream.origin(), "").await;
        let answer = proxy.ask(&get(&proxy.host("acme---main"), "/", &[])).await;
        assert_eq!(answer.status(), 200, "{raw}");
        assert!(!answer.whole, "{raw}");
        let told = proxy.told().await;
        assert_eq!(told.failure(), Some("upstream-hung-up"), "{raw}");
        let message = told.finished.failure.unwrap().message;
        assert!(
            message.contains(&format!("after {bytes} bytes")),
            "{message}"
        );
        proxy.stop().await;
    }
}

#[tokio::test]
async fn old_upstreams_end_their_bodies_by_closing() {
    for (raw, protocol) in [
        ("HTTP/1.0 200 OK\r\n\r\nbody", Protocol::Http10),
        ("HTTP/1.1 200 OK\r\n\r\nbody", Protocol::Http11),
    ] {
        let upstream = hanging_up(raw).await;
        let mut proxy = Tripledash::start(&upstream.origin(), "").await;
        let answer = proxy.ask(&get(&proxy.host("acme---main"), "/", &[])).await;
        assert_eq!(
            (answer.text().as_str(), answer.whole),
            ("body", true),
            "{raw}"
        );
        assert_eq!(answer.field("transfer-encoding"), Some("chunked"));
        let told = proxy.told().await;
        assert_eq!(told.failure(), None);
        assert_eq!(told.answered().timings.protocol, Some(protocol));
        proxy.stop().await;
    }
}

#[tokio::test]
async fn answer_before_the_upload_was_read_arrives_and_ends_the_connection() {
    let upstream = Fake::start(|mut peer| async move {
        let Some(head) = peer.reader.head().await else {
            return;
        };
        if head.line.starts_with("GET") {
            peer.send(&reply("HTTP/1.1 200 OK", "good")).await;
        } else {
            peer.send(&reply("HTTP/1.1 413 Content Too Large", "too much"))
                .await;
        }
        // What comes is not read: neither the rest of the body nor another request.
        std::future::pending::<()>().await;
    })
    .await;
    let mut proxy = Tripledash::start(&upstream.origin(), "").await;
    let host = proxy.host("acme---main");
    let mut browser = proxy.browser().await;
    browser
        .send(&format!(
            "POST / HTTP/1.1\r\nhost: {host}\r\ncontent-length: 1000000000\r\n\r\nsome"
        ))
        .await;
    let answer = browser.response(false).await;
    assert_eq!((answer.status(), answer.text().as_str()), (413, "too much"));
    assert_eq!(proxy.told().await.failure(), None);
    let answer = soon("the next answer", proxy.ask(&get(&host, "/", &[]))).await;
    assert_eq!(
        (answer.text().as_str(), upstream.connections()),
        ("good", 2)
    );
    proxy.stop().await;
}

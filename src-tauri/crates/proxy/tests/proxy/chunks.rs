//! Chunked uploads that break the rules: the upstream never sees the end of one, nor what is
//! behind it.

use tokio::sync::mpsc;

use crate::support::{Fake, Tripledash, chunk, get, reply};

/// An upstream that reads heads and bodies as they come, and says whether a body came whole.
async fn listener() -> (Fake, mpsc::UnboundedReceiver<bool>) {
    let (sender, whole) = mpsc::unbounded_channel();
    let upstream = Fake::start(move |mut peer| {
        let sender = sender.clone();
        async move {
            while let Some(request) = peer.request().await {
                sender.send(request.whole).unwrap();
                if request.whole {
                    peer.send(&reply("HTTP/1.1 200 OK", "x")).await;
                }
            }
        }
    })
    .await;
    (upstream, whole)
}

#[tokio::test]
async fn chunks_that_break_the_rules_are_400_and_never_whole_upstream() {
    for body in [
        "5\nhello\r\n0\r\n\r\n",
        "5\rhello\r\n0\r\n\r\n",
        "0x5\r\nhello\r\n0\r\n\r\n",
        "-5\r\nhello\r\n0\r\n\r\n",
        "+5\r\nhello\r\n0\r\n\r\n",
        " 5\r\nhello\r\n0\r\n\r\n",
        "5 \r\nhello\r\n0\r\n\r\n",
        "5;a\nb\r\nhello\r\n0\r\n\r\n",
        "5;a\0\r\nhello\r\n0\r\n\r\n",
        "10000000000000005\r\nhello\r\n0\r\n\r\n",
        "ffffffffffffffff\r\nhello\r\n0\r\n\r\n",
        "\r\nhello\r\n0\r\n\r\n",
        "5\r\nhello!\r\n0\r\n\r\n",
        "5\r\nhello\n0\r\n\r\n",
        "5\r\nhello\r\n0\r\n\n",
        "5\r\nhello\r\n0\n\r\n",
        "5\r\nhello\r\n0\r\nx : y\r\n\r\n",
        "5\r\nhello\r\n0\r\nx: y\r\n z\r\n\r\n",
        "5\r\nhello\r\n0\r\nx\r\n\r\n",
    ] {
        let (upstream, mut whole) = listener().await;
        let mut proxy = Tripledash::start(&upstream.origin(), "").await;
        let host = proxy.host("acme---main");
        let smuggled = get(&host, "/smuggled", &[]);
        let mut browser = proxy.browser().await;
        let request = format!(
            "POST / HTTP/1.1\r\nhost: {host}\r\naccept: application/json\r\n\
             transfer-encoding: chunked\r\n\r\n{body}{smuggled}"
        );
        browser.send(&request).await;
        let answer = browser.response(false).await;
        assert_eq!(answer.status(), 400, "{body:?}: {answer:?}");
        assert_eq!(answer.json()["code"], "upload-broken", "{body:?}");
        let message = answer.json()["message"].as_str().unwrap().to_owned();
        assert!(
            message.contains("RFC 9112") || message.contains("control byte"),
            "{message}"
        );
        browser.closed().await;
        drop(browser);
        assert_eq!(
            proxy.told().await.failure(),
            Some("upload-broken"),
            "{body:?}"
        );
        proxy.stop().await;
        drop(upstream);
        // It may have come as far as the upstream, but not to an end.
        while let Some(whole) = whole.recv().await {
            assert!(!whole, "{body:?}");
        }
    }
}

#[tokio::test]
async fn what_comes_beside_chunks_is_bounded() {
    let extension = format!("5;{}\r\nhello\r\n0\r\n\r\n", "x".repeat(20_000));
    let trailer = format!("5\r\nhello\r\n0\r\nx: {}\r\n\r\n", "y".repeat(20_000));
    for body in [extension, trailer] {
        let (upstream, _whole) = listener().await;
        let proxy = Tripledash::start(&upstream.origin(), "").await;
        let host = proxy.host("acme---main");
        let mut browser = proxy.browser().await;
        let head = format!("POST / HTTP/1.1\r\nhost: {host}\r\ntransfer-encoding: chunked\r\n\r\n");
        let answer = browser.ask(&format!("{head}{body}")).await;
        assert_eq!(answer.status(), 400);
        browser.closed().await;
        drop(browser);
        proxy.stop().await;
    }
}

#[tokio::test]
async fn extensions_end_here_and_trailers_pass() {
    let mut upstream = Fake::replying(reply("HTTP/1.1 200 OK", "x")).await;
    let proxy = Tripledash::start(&upstream.origin(), "").await;
    let host = proxy.host("acme---main");
    let mut browser = proxy.browser().await;
    let next = get(&host, "/next", &[]);
    // Byte by byte over several segments, with the next request in the last one.
    let body = "5;sum=\"1\"\r\nhello\r\n05 ;x\r\nworld\r\n000\r\nx-sum: 9\r\nx-left: out\r\n\r\n";
    browser
        .send(&format!(
            "POST / HTTP/1.1\r\nhost: {host}\r\ntransfer-encoding: chunked\r\ntrailer: x-sum\r\n\r\n"
        ))
        .await;
    for byte in body.as_bytes() {
        browser.send_bytes(&[*byte]).await;
        tokio::task::yield_now().await;
    }
    browser.send(&next).await;
    assert_eq!(browser.response(false).await.status(), 200);
    assert_eq!(browser.response(false).await.status(), 200);
    let got = upstream.received().await;
    assert_eq!(got.body, b"helloworld");
    // Only what `Trailer` announced is a trailer that everybody on the way expects.
    assert_eq!(got.trailers, [("x-sum".to_owned(), "9".to_owned())]);
    assert_eq!(upstream.received().await.line, "GET /next HTTP/1.1");
    proxy.stop().await;
}

#[tokio::test]
async fn trailers_are_not_sent_to_whoever_does_not_ask_for_them() {
    let upstream = Fake::start(|mut peer| async move {
        while peer.request().await.is_some() {
            peer.send(&format!(
                "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ntrailer: x-sum\r\n\r\n{}0\r\nx-sum: 9\r\n\r\n",
                chunk("body")
            ))
            .await;
        }
    })
    .await;
    let proxy = Tripledash::start(&upstream.origin(), "").await;
    let host = proxy.host("acme---main");
    let mut browser = proxy.browser().await;
    for (fields, trailers) in [
        (&[][..], 0),
        (&["te: trailers", "connection: te"][..], 1),
        (&[], 0),
    ] {
        let answer = browser.ask(&get(&host, "/", fields)).await;
        assert_eq!(
            (answer.text().as_str(), answer.trailers.len()),
            ("body", trailers)
        );
        assert!(answer.whole);
    }
    proxy.stop().await;
}

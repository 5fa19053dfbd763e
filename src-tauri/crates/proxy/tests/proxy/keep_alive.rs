//! Connections that carry more than one request: their order, their ends, and what is never
//! answered twice.

use crate::support::{Fake, Tripledash, chunk, get, reply};

/// An upstream that answers with the request's first line and body.
async fn echo() -> Fake {
    Fake::start(|mut peer| async move {
        while let Some(request) = peer.request().await {
            let body = format!("{} {}", request.line, request.text());
            peer.send(&reply("HTTP/1.1 200 OK", &body)).await;
        }
    })
    .await
}

#[tokio::test]
async fn requests_in_one_segment_are_told_apart_by_their_bodies() {
    let mut upstream = echo().await;
    let proxy = Tripledash::start(&upstream.origin(), "").await;
    let host = proxy.host("acme---main");
    let row = [
        format!("POST /1 HTTP/1.1\r\nhost: {host}\r\ncontent-length: 5\r\n\r\nGET /"),
        get(&host, "/2", &[]),
        format!(
            "PUT /3 HTTP/1.1\r\nhost: {host}\r\ntransfer-encoding: chunked\r\n\r\n{}{}0\r\n\r\n",
            chunk("GET /x HTTP/1.1\r\n"),
            chunk("\r\n")
        ),
        format!("\r\n{}", get(&host, "/4", &[])),
        format!("DELETE /5 HTTP/1.1\r\nhost: {host}\r\ncontent-length: 0\r\n\r\n"),
    ]
    .concat();
    let wanted = [
        "POST /1 HTTP/1.1 GET /",
        "GET /2 HTTP/1.1 ",
        "PUT /3 HTTP/1.1 GET /x HTTP/1.1\r\n\r\n",
        "GET /4 HTTP/1.1 ",
        "DELETE /5 HTTP/1.1 ",
    ];
    // Whole, and cut at odd places.
    for size in [row.len(), 100, 7, 1] {
        let mut browser = proxy.browser().await;
        for piece in row.as_bytes().chunks(size) {
            browser.send_bytes(piece).await;
            tokio::task::yield_now().await;
        }
        for wanted in wanted {
            assert_eq!(browser.response(false).await.text(), wanted, "{size}");
        }
        for wanted in wanted {
            let got = upstream.received().await;
            assert!(
                wanted.starts_with(&got.line),
                "{size}: {} {wanted}",
                got.line
            );
        }
        assert!(upstream.is_idle());
    }
    proxy.stop().await;
}

#[tokio::test]
async fn our_own_answers_take_their_turn() {
    let upstream = echo().await;
    let mut proxy = Tripledash::start(&upstream.origin(), r#""access": "read-only""#).await;
    let host = proxy.host("acme---main");
    let (unknown, base) = (proxy.host("acme---mian"), proxy.base());
    let post = format!("POST / HTTP/1.1\r\nhost: {host}\r\ncontent-length: 3\r\n\r\nabc");
    let round = ["a, b, c, d, e"; 5].map(|_| "x-tripledash-hops: x");
    let row = [
        get(&host, "/1", &[]),
        post,
        get("localhost", "/", &[]),
        get(&unknown, "/", &[]),
        get(&base, "/page", &[]),
        get(&host, "/round", &round),
        format!("GET http://{host}/2 HTTP/1.1\r\nhost: localhost\r\n\r\n"),
        format!("POST http://{host}/ HTTP/1.1\r\nhost: {base}\r\n\r\n"),
        format!("GET http://elsewhere.example/ HTTP/1.1\r\nhost: {host}\r\n\r\n"),
        format!(
            "GET http://{host}/ HTTP/1.1\r\nhost: {host}\r\n{}\r\n\r\n",
            round.join("\r\n")
        ),
        get(&host, "/3", &[]),
    ];
    let mut browser = proxy.browser().await;
    browser.send(&row.concat()).await;
    for status in [200, 405, 421, 404, 200, 508, 200, 405, 421, 508, 200] {
        assert_eq!(browser.response(false).await.status(), status);
    }
    // The workbench's own are not told of; all others are.
    let mut paths = Vec::new();
    for _ in 0..10 {
        paths.push(proxy.told().await.started.path.to_string());
    }
    assert_eq!(
        paths,
        ["/1", "/", "/", "/", "/round", "/2", "/", "/", "/", "/3"]
    );
    assert_eq!(upstream.connections(), 1);
    proxy.stop().await;
}

#[tokio::test]
async fn upload_that_nobody_reads_is_answered_all_the_same() {
    // More than any buffer on the way holds, so that a connection closed too soon is reset.
    let upstream = echo().await;
    let proxy = Tripledash::start(&upstream.origin(), r#""access": "read-only""#).await;
    let host = proxy.host("acme---main");
    let mut browser = proxy.browser().await;
    let head = format!("POST / HTTP/1.1\r\nhost: {host}\r\ncontent-length: 30000000\r\n\r\n");
    browser.send(&head).await;
    for _ in 0..30 {
        browser.send_bytes(&vec![b'x'; 1_000_000]).await;
    }
    let answer = browser.response(false).await;
    assert_eq!(answer.status(), 405);
    assert!(answer.whole);
    browser.closed().await;
    proxy.stop().await;
}

#[tokio::test]
async fn refusal_is_answered_without_the_hundred() {
    let mut upstream = echo().await;
    let proxy = Tripledash::start(&upstream.origin(), r#""access": "read-only""#).await;
    let host = proxy.host("acme---main");
    let mut browser = proxy.browser().await;
    browser
        .send(&format!(
            "POST / HTTP/1.1\r\nhost: {host}\r\nexpect: 100-continue\r\ncontent-length: 2\r\n\r\n"
        ))
        .await;
    assert_eq!(browser.response(false).await.status(), 405);
    assert!(upstream.is_idle());
    drop(browser);
    proxy.stop().await;
}

#[tokio::test]
async fn body_is_not_asked_for_before_an_upstream_takes_it() {
    // Nothing listens there any more.
    let gone = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", gone.local_addr().unwrap());
    drop(gone);
    let proxy = Tripledash::start(&origin, "").await;
    let host = proxy.host("acme---main");
    let mut browser = proxy.browser().await;
    browser
        .send(&format!(
            "POST / HTTP/1.1\r\nhost: {host}\r\nexpect: 100-continue\r\ncontent-length: 2\r\n\r\n"
        ))
        .await;
    assert_eq!(browser.response(false).await.status(), 502);
    drop(browser);
    proxy.stop().await;
}

#[tokio::test]
async fn http_1_0_is_answered_in_kind() {
    let mut upstream = Fake::start(|mut peer| async move {
        while let Some(request) = peer.request().await {
            if request.line.contains("/stream") {
                peer.send(&format!(
                    "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{}{}0\r\n\r\n",
                    chunk("one "),
                    chunk("two")
                ))
                .await;
            } else {
                peer.send(&reply("HTTP/1.1 200 OK", "whole")).await;
            }
        }
    })
    .await;
    let proxy = Tripledash::start(&upstream.origin(), "").await;
    let host = proxy.host("acme---main");
    let mut browser = proxy.browser().await;
    let kept = format!("GET / HTTP/1.0\r\nhost: {host}\r\nconnection: keep-alive\r\n\r\n");
    let answer = browser.ask(&kept).await;
    assert_eq!(answer.line, "HTTP/1.0 200 OK");
    assert_eq!(answer.text(), "whole");
    // A reader of HTTP/1.0 knows no chunks: the end of the connection is the end of the body.
    let streamed = format!("GET /stream HTTP/1.0\r\nhost: {host}\r\n\r\n");
    let answer = browser.ask(&streamed).await;
    assert_eq!(answer.text(), "one two");
    assert_eq!(answer.field("transfer-encoding"), None);
    browser.closed().await;
    // What it expects is not answered: it knows no 100 either (RFC 9110 section 10.1.1).
    let post = format!(
        "POST / HTTP/1.0\r\nhost: {host}\r\nexpect: 100-continue\r\ncontent-length: 2\r\n\r\nok"
    );
    let answer = proxy.ask(&post).await;
    assert_eq!(answer.line, "HTTP/1.0 200 OK");
    for path in ["/", "/stream", "/"] {
        let got = upstream.received().await;
        let target = got.line.split(' ').nth(1);
        assert_eq!(
            (target, got.line.ends_with(" HTTP/1.1")),
            (Some(path), true)
        );
        assert_eq!(got.field("connection"), None);
    }
    let absolute = format!("GET http://{host}/ HTTP/1.0\r\n\r\n");
    assert_eq!(proxy.ask(&absolute).await.status(), 200);
    let odd = proxy
        .ask(&format!("GET / HTTP/1.0\r\nhost: {host}\r\nx : y\r\n\r\n"))
        .await;
    assert_eq!(odd.line, "HTTP/1.0 400 Bad Request");
    proxy.stop().await;
}

#[tokio::test]
async fn connection_that_is_to_close_closes() {
    let upstream = echo().await;
    let proxy = Tripledash::start(&upstream.origin(), "").await;
    let host = proxy.host("acme---main");
    let mut browser = proxy.browser().await;
    let last = get(&host, "/last", &["connection: close"]);
    let answer = browser
        .ask(&format!("{last}{}", get(&host, "/after", &[])))
        .await;
    assert_eq!(answer.field("connection"), Some("close"));
    browser.closed().await;
    proxy.stop().await;
}

#[tokio::test]
async fn answers_that_have_no_body_get_none() {
    for head in [
        "HTTP/1.1 204 No Content\r\ncontent-length: 5",
        "HTTP/1.1 204 No Content\r\ntransfer-encoding: chunked",
        "HTTP/1.1 304 Not Modified\r\ncontent-length: 5",
        "HTTP/1.1 304 Not Modified\r\ntransfer-encoding: chunked",
        "HTTP/1.1 205 Reset Content\r\ncontent-length: 0",
    ] {
        for method in ["GET", "HEAD"] {
            let upstream = Fake::replying(format!("{head}\r\n\r\n")).await;
            let mut proxy = Tripledash::start(&upstream.origin(), "").await;
            let host = proxy.host("acme---main");
            let mut browser = proxy.browser().await;
            for _ in 0..2 {
                browser
                    .send(&format!("{method} / HTTP/1.1\r\nhost: {host}\r\n\r\n"))
                    .await;
                let answer = browser.head().await;
                assert_eq!(proxy.told().await.failure(), None, "{method} {head}");
                assert_eq!(answer.field("transfer-encoding"), None, "{method} {head}");
                if answer.status() == 204 {
                    // RFC 9110 section 8.6: a 204 says no length.
                    assert_eq!(answer.field("content-length"), None, "{method} {head}");
                }
            }
            proxy.stop().await;
        }
    }
}

#[tokio::test]
async fn many_interim_answers_are_passed_over_in_order() {
    let upstream = Fake::replying(format!(
        "HTTP/1.1 102 Processing\r\n\r\n\
         HTTP/1.1 103 Early Hints\r\nlink: </a.css>; rel=preload\r\n\r\n\
         HTTP/1.1 103 Early Hints\r\nlink: </b.css>; rel=preload\r\n\r\n\
         HTTP/1.1 199 Odd\r\n\r\n{}",
        reply("HTTP/1.1 200 OK", "x")
    ))
    .await;
    let mut proxy = Tripledash::start(&upstream.origin(), "").await;
    let host = proxy.host("acme---main");
    let mut browser = proxy.browser().await;
    for _ in 0..2 {
        let answer = browser.ask(&get(&host, "/", &[])).await;
        assert_eq!((answer.status(), answer.text().as_str()), (200, "x"));
        let told = proxy.told().await;
        let passed: Vec<_> = told
            .answered()
            .edits
            .iter()
            .filter(|edit| edit.field == "status")
            .map(|edit| edit.before.clone().unwrap()[..3].to_owned())
            .collect();
        assert_eq!(passed, ["102", "103", "103", "199"]);
    }
    proxy.stop().await;
}

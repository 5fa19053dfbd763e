//! Heads that two readers could read in two ways: refused, told of, and nothing behind them is
//! taken for a request.

use crate::support::{Fake, Message, Tripledash, get, reply};

/// Sends bytes with a second request behind them, and reads the one answer. `HOST` in them is the
/// preview's host. The upstream must have received nothing.
async fn refused(odd: &[u8]) -> Message {
    let mut upstream = Fake::replying(reply("HTTP/1.1 200 OK", "x")).await;
    let proxy = Tripledash::start(&upstream.origin(), "").await;
    let host = proxy.host("acme---main");
    let smuggled = get(&host, "/smuggled", &[]);
    let sent = [odd, smuggled.as_bytes()].concat();
    let sent = replace(&sent, &host);
    let shown = String::from_utf8_lossy(odd).into_owned();
    let mut browser = proxy.browser().await;
    browser.send_bytes(&sent).await;
    let answer = browser.response(odd.starts_with(b"HEAD ")).await;
    if answer.line.starts_with("HTTP/1.1") {
        assert_eq!(answer.field("connection"), Some("close"), "{shown:?}");
    }
    browser.closed().await;
    drop(browser);
    assert!(upstream.is_idle(), "{shown:?}");
    assert_eq!(upstream.connections(), 0, "{shown:?}");
    proxy.stop().await;
    answer
}

fn replace(bytes: &[u8], host: &str) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = bytes;
    while let Some(at) = rest.windows(4).position(|four| four == b"HOST") {
        out.extend_from_slice(&rest[..at]);
        out.extend_from_slice(host.as_bytes());
        rest = &rest[at + 4..];
    }
    out.extend_from_slice(rest);
    out
}

async fn assert_refused(status: u16, code: &str, odd: &[u8]) {
    let shown = String::from_utf8_lossy(odd).into_owned();
    let answer = refused(odd).await;
    assert_eq!(answer.status(), status, "{shown:?}: {answer:?}");
    assert_eq!(answer.json()["code"], code, "{shown:?}");
    assert!(answer.json()["message"].as_str().unwrap().len() > 20);
}

const JSON: &str = "accept: application/json\r\n";

#[tokio::test]
async fn lengths_that_say_two_things_are_refused() {
    for fields in [
        "content-length: 5\r\ncontent-length: 6\r\n",
        "content-length: 5, 6\r\n",
        "content-length: 5,\r\n",
        "content-length: +5\r\n",
        "content-length: -1\r\n",
        "content-length: 0x5\r\n",
        "content-length: 5 5\r\n",
        "content-length:\r\n",
        "content-length: 18446744073709551616\r\n",
        "content-length: 99999999999999999999999999\r\n",
        "content-length: five\r\ntransfer-encoding: chunked\r\n",
    ] {
        let odd = format!("POST / HTTP/1.1\r\nhost: HOST\r\n{JSON}{fields}\r\nhello");
        assert_refused(400, "malformed-request", odd.as_bytes()).await;
    }
}

#[tokio::test]
async fn transfer_codings_other_than_chunked_are_refused() {
    for (status, code, fields) in [
        (
            400,
            "malformed-request",
            "transfer-encoding: chunked, gzip\r\n",
        ),
        (
            400,
            "malformed-request",
            "transfer-encoding: chunked, chunked\r\n",
        ),
        (
            400,
            "malformed-request",
            "transfer-encoding: chunked\r\ntransfer-encoding: identity\r\n",
        ),
        (400, "malformed-request", "transfer-encoding: xchunked\r\n"),
        (
            400,
            "malformed-request",
            "transfer-encoding: identity\r\ncontent-length: 5\r\n",
        ),
        (
            400,
            "malformed-request",
            "transfer-encoding: \u{b}chunked\r\n",
        ),
        (400, "malformed-request", "transfer-encoding : chunked\r\n"),
        (
            400,
            "malformed-request",
            "transfer-encoding\r\n: chunked\r\n",
        ),
        (
            501,
            "coding-unknown",
            "transfer-encoding: gzip, chunked\r\n",
        ),
        (
            501,
            "coding-unknown",
            "transfer-encoding: gzip\r\ntransfer-encoding: chunked\r\n",
        ),
    ] {
        let odd = format!("POST / HTTP/1.1\r\nhost: HOST\r\n{JSON}{fields}\r\n0\r\n\r\n");
        assert_refused(status, code, odd.as_bytes()).await;
    }
    let old = format!(
        "POST / HTTP/1.0\r\nhost: HOST\r\n{JSON}transfer-encoding: chunked\r\n\r\n0\r\n\r\n"
    );
    assert_refused(400, "malformed-request", old.as_bytes()).await;
}

#[tokio::test]
async fn lines_that_end_or_begin_oddly_are_refused() {
    for odd in [
        &b"GET / HTTP/1.1\nhost: HOST\r\naccept: application/json\r\n\r\n"[..],
        b"GET / HTTP/1.1\r\nhost: HOST\r\naccept: application/json\n\n",
        b"GET / HTTP/1.1\r\nhost: HOST\r\naccept: application/json\r\nx: a\rb: c\r\n\r\n",
        b"GET / HTTP/1.1\r\nhost: HOST\r\naccept: application/json\r\nx: a\0b\r\n\r\n",
        b"GET / HTTP/1.1\r\nhost: HOST\r\naccept: application/json\r\nx: a\x1bb\r\n\r\n",
        b"GET / HTTP/1.1\r\nhost: HOST\r\naccept: application/json\r\nx : a\r\n\r\n",
        b"GET / HTTP/1.1\r\nhost: HOST\r\naccept: application/json\r\nx\r\n\r\n",
        b"GET / HTTP/1.1\r\nhost: HOST\r\naccept: application/json\r\n: a\r\n\r\n",
        b"GET / HTTP/1.1\r\nhost: HOST\r\naccept: application/json\r\nx(y): a\r\n\r\n",
        b"GET / HTTP/1.1\r\nhost: HOST\r\naccept: application/json\r\nx: a\r\n folded\r\n\r\n",
        b"GET / HTTP/1.1\r\n x: a\r\nhost: HOST\r\naccept: application/json\r\n\r\n",
        b"GET / HTTP/1.1\r\n\thost: HOST\r\naccept: application/json\r\nhost: HOST\r\n\r\n",
    ] {
        assert_refused(400, "malformed-request", odd).await;
    }
}

#[tokio::test]
async fn first_lines_that_are_none_are_refused() {
    let fields = format!("host: HOST\r\n{JSON}\r\n");
    for (status, line) in [
        (400, "GET / HTTP/1.1 x"),
        (400, "GET  / HTTP/1.1"),
        (400, "GET /"),
        (400, "GET"),
        (400, " GET / HTTP/1.1"),
        (400, "G\u{e9}T / HTTP/1.1"),
        (400, "G@T / HTTP/1.1"),
        (400, "GET / HTTP/1.10"),
        (400, "GET / http/1.1"),
        (400, "GET /a b HTTP/1.1"),
        (400, "GET /\u{e9} HTTP/1.1"),
        (400, "GET /a#b HTTP/1.1"),
        (400, "GET /<script> HTTP/1.1"),
        (400, "GET * HTTP/1.1"),
        (400, "GET x HTTP/1.1"),
        (400, "GET HOST HTTP/1.1"),
        (400, "GET http:///x HTTP/1.1"),
        (400, "CONNECT / HTTP/1.1"),
        (505, "GET / HTTP/1.2"),
        (505, "GET / HTTP/3.0"),
        (
            501,
            "ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJKLMNOPQRSTUVWXYZ / HTTP/1.1",
        ),
    ] {
        let answer = refused(format!("{line}\r\n{fields}").as_bytes()).await;
        assert_eq!(answer.status(), status, "{line:?}");
        assert!(answer.json()["code"].is_string(), "{line:?}");
    }
}

#[tokio::test]
async fn bytes_that_are_no_head_are_refused_at_once() {
    // A TLS client waits for an answer to its first bytes; so does one of HTTP/2.
    for odd in [
        &b"\x16\x03\x01\x02\x00\x01\x00\x01"[..],
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ] {
        let upstream = Fake::replying(reply("HTTP/1.1 200 OK", "x")).await;
        let proxy = Tripledash::start(&upstream.origin(), "").await;
        let mut browser = proxy.browser().await;
        browser.send_bytes(odd).await;
        let answer = browser.response(false).await;
        assert!(matches!(answer.status(), 400 | 505), "{answer:?}");
        assert!(answer.text().starts_with("<!doctype html>"));
        browser.closed().await;
        drop(browser);
        proxy.stop().await;
    }
}

#[tokio::test]
async fn exactly_one_host_that_is_one_is_needed() {
    for fields in [
        "",
        "host: HOST\r\nhost: HOST\r\n",
        "host: HOST\r\nHost: other.localhost\r\n",
        "host: HOST\r\nhost:\r\n",
    ] {
        let odd = format!("GET / HTTP/1.1\r\n{JSON}{fields}\r\n");
        assert_refused(400, "malformed-request", odd.as_bytes()).await;
    }
    let absolute = format!("GET http://HOST/ HTTP/1.1\r\n{JSON}\r\n");
    assert_refused(400, "malformed-request", absolute.as_bytes()).await;
}

#[tokio::test]
async fn host_with_a_bad_authority_is_400() {
    let mut upstream = Fake::replying(reply("HTTP/1.1 200 OK", "x")).await;
    let proxy = Tripledash::start(&upstream.origin(), "").await;
    let good = proxy.host("acme---main");
    let mut browser = proxy.browser().await;
    for host in [
        "",
        "a b",
        "a@b",
        "a/b",
        "a:b",
        "a:99999",
        "[::1",
        "::1",
        "a..b",
        "a,b",
        "http://a/",
        "\u{e9}\u{301}\u{200b}",
    ] {
        for target in ["/".to_owned(), format!("http://{good}/")] {
            let request = format!("GET {target} HTTP/1.1\r\nhost: {host}\r\n{JSON}\r\n");
            let answer = browser.ask(&request).await;
            assert_eq!(answer.status(), 400, "{target} {host:?}");
            assert_eq!(answer.json()["code"], "malformed-request", "{host:?}");
        }
    }
    assert!(upstream.is_idle());
    // All of it is read alike by everyone, so that the connection goes on.
    assert_eq!(browser.ask(&get(&good, "/", &[])).await.status(), 200);
    proxy.stop().await;
}

#[tokio::test]
async fn refusal_is_told_of_where_the_host_could_be_read() {
    let upstream = Fake::replying(reply("HTTP/1.1 200 OK", "x")).await;
    let mut proxy = Tripledash::start(&upstream.origin(), "").await;
    let host = proxy.host("acme---main");
    let odd = get(&host, "/shop?q=1", &["x : y", "cookie: id=secret"]);
    let answer = proxy.ask(&odd).await;
    assert_eq!(answer.status(), 400);
    let page = answer.text();
    assert!(page.contains("followed by a space"), "{page}");
    assert!(page.contains(&format!("http://{host}/shop?q=1")), "{page}");
    let told = proxy.told().await;
    assert_eq!(told.failure(), Some("malformed-request"));
    assert_eq!(told.answered().status, 400);
    assert!(!told.answered().from_upstream);
    assert_eq!(&*told.started.path, "/shop?q=1");
    assert_eq!(told.started.url(), format!("http://{host}/shop?q=1"));
    assert!(told.started.upstream.is_none());
    let cookie = told
        .started
        .request_headers
        .iter()
        .find(|(name, _)| *name == "cookie");
    assert!(!cookie.unwrap().1.contains("secret"), "{cookie:?}");
    assert!(told.finished.response_bytes > 0);
    proxy.stop().await;
}

#[tokio::test]
async fn head_that_is_refused_has_no_body() {
    let answer = refused(b"HEAD / HTTP/1.1\r\nhost: HOST\r\nx : y\r\n\r\n").await;
    assert_eq!((answer.status(), answer.body.len()), (400, 0));
}

#[tokio::test]
async fn refusal_waits_for_the_answers_before_it() {
    let (go, going) = tokio::sync::watch::channel(false);
    let mut upstream = Fake::start(move |mut peer| {
        let mut going = going.clone();
        async move {
            while peer.request().await.is_some() {
                going.wait_for(|going| *going).await.unwrap();
                peer.send(&reply("HTTP/1.1 200 OK", "slow")).await;
            }
        }
    })
    .await;
    let proxy = Tripledash::start(&upstream.origin(), "").await;
    let host = proxy.host("acme---main");
    let mut browser = proxy.browser().await;
    let odd = get(&host, "/odd", &["host: other"]);
    let smuggled = get(&host, "/smuggled", &[]);
    browser
        .send(&format!("{}{odd}{smuggled}", get(&host, "/first", &[])))
        .await;
    assert_eq!(upstream.received().await.line, "GET /first HTTP/1.1");
    go.send(true).unwrap();
    assert_eq!(browser.response(false).await.text(), "slow");
    assert_eq!(browser.response(false).await.status(), 400);
    browser.closed().await;
    drop(browser);
    assert!(upstream.is_idle());
    proxy.stop().await;
}

#[tokio::test]
async fn refusal_is_the_same_for_any_split_of_its_bytes() {
    let mut upstream = Fake::replying(reply("HTTP/1.1 200 OK", "x")).await;
    let proxy = Tripledash::start(&upstream.origin(), "").await;
    let host = proxy.host("acme---main");
    let odd = get(&host, "/", &["accept: application/json", "x: a\r\n folded"]);
    let good = get(&host, "/good", &[]);
    for at in 1..odd.len() {
        let mut browser = proxy.browser().await;
        browser.send(&odd[..at]).await;
        tokio::task::yield_now().await;
        browser.send(&format!("{}{good}", &odd[at..])).await;
        let answer = browser.response(false).await;
        assert_eq!(answer.status(), 400, "{at}");
        browser.closed().await;
        drop(browser);
    }
    assert!(upstream.is_idle());
    proxy.stop().await;
}

#[tokio::test]
async fn lengths_that_agree_are_one_length() {
    for fields in [
        "content-length: 5\r\ncontent-length: 5\r\n",
        "content-length: 5, 5\r\n",
        "content-length: 5 ,5,5\r\ncontent-length: 05\r\n",
    ] {
        let mut upstream = Fake::replying(reply("HTTP/1.1 200 OK", "x")).await;
        let proxy = Tripledash::start(&upstream.origin(), "").await;
        let host = proxy.host("acme---main");
        let mut browser = proxy.browser().await;
        let next = get(&host, "/next", &[]);
        let post = format!("POST / HTTP/1.1\r\nhost: {host}\r\n{fields}\r\nhello{next}");
        assert_eq!(browser.ask(&post).await.status(), 200);
        assert_eq!(browser.response(false).await.status(), 200);
        let got = upstream.received().await;
        assert_eq!(
            (got.all("content-length"), got.body.as_slice()),
            (vec!["5"], &b"hello"[..])
        );
        assert_eq!(upstream.received().await.line, "GET /next HTTP/1.1");
        proxy.stop().await;
    }
}

#[tokio::test]
async fn length_beside_chunks_counts_for_nothing() {
    // In either order, and with the next request where a reader of the length would see it.
    for fields in [
        "content-length: 5\r\ntransfer-encoding: chunked\r\n",
        "transfer-encoding: chunked\r\ncontent-length: 5\r\n",
        "content-length: 5\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n",
    ] {
        let mut upstream = Fake::replying(reply("HTTP/1.1 200 OK", "x")).await;
        let proxy = Tripledash::start(&upstream.origin(), "").await;
        let host = proxy.host("acme---main");
        let mut browser = proxy.browser().await;
        let smuggled = get(&host, "/smuggled", &[]);
        let post = format!("POST / HTTP/1.1\r\nhost: {host}\r\n{fields}\r\n0\r\n\r\n{smuggled}");
        let answer = browser.ask(&post).await;
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.field("connection"), Some("close"));
        browser.closed().await;
        drop(browser);
        let got = upstream.received().await;
        assert_eq!((got.field("content-length"), got.body.len()), (None, 0));
        assert!(upstream.is_idle());
        proxy.stop().await;
    }
}

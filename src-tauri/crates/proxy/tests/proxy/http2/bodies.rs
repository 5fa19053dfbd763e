//! Bodies both ways, as fast as either side takes them.

use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use bytes::Bytes;
use h2::server::Builder;
use http::HeaderMap;
use tokio::sync::{Notify, mpsc};

use super::{HOST, NAMES, answering};
use crate::support::{Asked, FakeHttp2, Tripledash, certified_http2, chunk, get, soon};

#[tokio::test]
async fn bodies_and_trailers_pass_both_ways_as_they_come() {
    let go_on = Arc::new(Notify::new());
    let (told, mut heard) = mpsc::unbounded_channel();
    let signal = Arc::clone(&go_on);
    let (_upstream, proxy) = answering(Builder::new(), move |mut asked| {
        let (go_on, told) = (Arc::clone(&signal), told.clone());
        async move {
            let first = asked.request.body_mut().data().await.unwrap().unwrap();
            told.send((first, HeaderMap::new())).unwrap();
            let rest = asked.body().await.unwrap();
            let trailers = asked.request.body_mut().trailers().await.unwrap();
            told.send((rest.into(), trailers.unwrap())).unwrap();
            let mut stream = asked.head(200, &[("trailer", "x-sum")]);
            stream.send_data(Bytes::from("one"), false).unwrap();
            go_on.notified().await;
            stream.send_data(Bytes::from("two"), false).unwrap();
            let mut trailers = HeaderMap::new();
            trailers.insert("x-sum", "7".parse().unwrap());
            stream.send_trailers(trailers).unwrap();
        }
    })
    .await;
    let mut browser = proxy.browser().await;
    let host = proxy.host("acme---main");
    browser
        .send(&format!(
            "POST / HTTP/1.1\r\nhost: {host}\r\nte: trailers\r\ntransfer-encoding: chunked\r\n\
             trailer: x-up\r\n\r\n{}",
            chunk("first")
        ))
        .await;
    let (first, _) = soon("the first chunk", heard.recv()).await.unwrap();
    assert_eq!(first, "first");
    browser
        .send(&format!("{}0\r\nx-up: 1\r\n\r\n", chunk("second")))
        .await;
    let (rest, trailers) = soon("the rest", heard.recv()).await.unwrap();
    assert_eq!(
        (&rest[..], &trailers["x-up"]),
        (&b"second"[..], &"1".parse().unwrap())
    );
    assert_eq!(browser.head().await.status(), 200);
    let next = soon("the first part", browser.reader.chunk())
        .await
        .unwrap();
    assert_eq!(next, b"one");
    go_on.notify_one();
    let next = soon("the second part", browser.reader.chunk())
        .await
        .unwrap();
    assert_eq!(next, b"two");
    let end = soon("the end", browser.reader.exact(3 + 10 + 2)).await;
    assert_eq!(end.unwrap(), b"0\r\nx-sum: 7\r\n\r\n");
    proxy.stop().await;
}

#[tokio::test]
async fn upstream_that_does_not_read_stops_the_browser() {
    const WHOLE: usize = 64 * 1024 * 1024;
    let go_on = Arc::new(Notify::new());
    let signal = Arc::clone(&go_on);
    let (_upstream, proxy) = answering(Builder::new(), move |mut asked| {
        let go_on = Arc::clone(&signal);
        async move {
            go_on.notified().await;
            let body = asked.body().await.unwrap();
            asked.text(200, &body.len().to_string());
        }
    })
    .await;
    let mut browser = proxy.browser().await;
    let host = proxy.host("acme---main");
    browser
        .send(&format!(
            "PUT / HTTP/1.1\r\nhost: {host}\r\ncontent-length: {WHOLE}\r\n\r\n"
        ))
        .await;
    let part = vec![b'x'; 64 * 1024];
    let mut sent = 0;
    while sent < WHOLE {
        let sending = browser.send_bytes(&part);
        if tokio::time::timeout(Duration::from_millis(500), sending)
            .await
            .is_err()
        {
            break;
        }
        sent += part.len();
    }
    // The kernel's own buffers take a few mebibytes on each side.
    assert!(sent < WHOLE / 2, "{sent} bytes were taken");
    go_on.notify_one();
    // What the write that was given up had left is not known; the connection ends here.
    drop(browser);
    proxy.stop().await;
}

#[tokio::test]
async fn whole_mebibytes_pass_both_ways() {
    let (_upstream, mut proxy) = answering(Builder::new(), move |mut asked| async move {
        let body = asked.body().await.unwrap();
        let mut stream = asked.head(200, &[("content-length", &body.len().to_string())]);
        for part in body.chunks(10_000) {
            stream
                .send_data(Bytes::copy_from_slice(part), false)
                .unwrap();
        }
        stream.send_data(Bytes::new(), true).unwrap();
    })
    .await;
    let body: String = (0..3_000_000)
        .map(|at| char::from(b'a' + (at % 23) as u8))
        .collect();
    let host = proxy.host("acme---main");
    let mut browser = proxy.browser().await;
    let length = body.len();
    let answer = browser
        .ask(&format!(
            "POST / HTTP/1.1\r\nhost: {host}\r\ncontent-length: {length}\r\n\r\n{body}"
        ))
        .await;
    assert_eq!(answer.field("content-length"), Some("3000000"));
    assert!(answer.whole && answer.text() == body);
    assert_eq!(proxy.told().await.failure(), None);
    proxy.stop().await;
}

/// Asks for an answer whose end comes in a frame of its own: with the rest, or once the browser
/// has all of it. The stream's reset, if there is one, is told.
async fn ends_apart(
    method: &'static str,
    status: u16,
    body: &'static str,
    fields: &'static [(&'static str, &'static str)],
    late: bool,
    lane: bool,
) -> (Option<String>, Option<h2::Reason>) {
    let go_on = Arc::new(Notify::new());
    let signal = Arc::clone(&go_on);
    let (told, mut heard) = mpsc::unbounded_channel();
    let (server, client) = certified_http2(&NAMES);
    let upstream = FakeHttp2::answering(server, Builder::new(), move |mut asked: Asked| {
        let (go_on, told) = (Arc::clone(&signal), told.clone());
        async move {
            if asked.request.uri().path() == "/next" {
                return asked.text(200, "next");
            }
            let mut stream = asked.head(status, fields);
            if !body.is_empty() {
                stream.send_data(Bytes::from(body), false).unwrap();
            }
            if late {
                go_on.notified().await;
            }
            let reset = std::future::poll_fn(|cx| Poll::Ready(stream.poll_reset(cx))).await;
            if reset.is_pending() {
                stream.send_data(Bytes::new(), true).unwrap();
            }
            told.send(match reset {
                Poll::Ready(reason) => Some(reason.unwrap()),
                Poll::Pending => None,
            })
            .unwrap();
        }
    })
    .await;
    let mut proxy = Tripledash::with(&upstream.origin(), HOST, |options| {
        options.tls = Some(client);
        options.lane = lane;
    })
    .await;
    let host = proxy.host("acme---main");
    let mut browser = proxy.browser().await;
    let request = format!("{method} / HTTP/1.1\r\nhost: {host}\r\n\r\n");
    let answer = browser.ask(&request).await;
    assert_eq!(answer.status(), status);
    assert!(answer.whole && (method == "HEAD" || answer.text() == body));
    let failure = proxy.told().await.failure().map(str::to_owned);
    // Over the same connection: a reset that was sent before has come by now.
    assert_eq!(browser.ask(&get(&host, "/next", &[])).await.text(), "next");
    go_on.notify_one();
    let reset = soon("the stream's end", heard.recv()).await.unwrap();
    drop(browser);
    proxy.stop().await;
    (failure, reset)
}

/// As Node ends whatever has a length.
#[tokio::test]
async fn end_in_a_frame_of_its_own_is_the_end() {
    for (method, status, body, fields) in [
        ("GET", 200, "hello", &[("content-length", "5")][..]),
        ("GET", 200, "", &[("content-length", "0")]),
        ("GET", 204, "", &[]),
        ("GET", 304, "", &[("etag", "1")]),
        ("HEAD", 200, "", &[("content-length", "5")]),
        ("HEAD", 200, "", &[]),
    ] {
        for lane in [true, false] {
            for late in [false, true] {
                let end = ends_apart(method, status, body, fields, late, lane).await;
                assert_eq!(
                    end,
                    (None, None),
                    "{method} {status} {fields:?}, {late}, {lane}"
                );
            }
        }
    }
}

#[tokio::test]
async fn head_is_told_one_length() {
    let (_upstream, proxy) = answering(Builder::new(), |mut asked| async move {
        let fields: &[_] = match asked.request.uri().path() {
            "/twice" => &[("content-length", "5"), ("content-length", "05")],
            _ => &[("content-length", "")],
        };
        asked.head(200, fields);
    })
    .await;
    let mut browser = proxy.browser().await;
    let host = proxy.host("acme---main");
    let head = |path| format!("HEAD {path} HTTP/1.1\r\nhost: {host}\r\n\r\n");
    let answer = browser.ask(&head("/twice")).await;
    assert_eq!(
        (answer.status(), answer.all("content-length")),
        (200, vec!["5"])
    );
    assert_eq!(browser.ask(&head("/nothing")).await.status(), 502);
    drop(browser);
    proxy.stop().await;
}

#[tokio::test]
async fn stream_that_never_ends_is_reset_in_the_end() {
    let (resets, mut reset) = mpsc::unbounded_channel();
    let (_upstream, mut proxy) = answering(Builder::new(), move |mut asked| {
        let resets = resets.clone();
        async move {
            let mut stream = asked.head(200, &[("content-length", "5")]);
            stream.send_data(Bytes::from("hello"), false).unwrap();
            let reason = std::future::poll_fn(|cx| stream.poll_reset(cx)).await;
            resets.send(reason.unwrap()).unwrap();
        }
    })
    .await;
    let answer = proxy.ask(&get(&proxy.host("acme---main"), "/", &[])).await;
    assert!(answer.whole);
    assert_eq!(proxy.told().await.failure(), None);
    let reason = soon("the reset", reset.recv()).await;
    assert_eq!(reason, Some(h2::Reason::CANCEL));
    proxy.stop().await;
}

#[tokio::test]
async fn body_shorter_than_its_length_is_a_broken_transfer() {
    let (_upstream, mut proxy) = answering(Builder::new(), |mut asked| async move {
        let mut stream = asked.head(200, &[("content-length", "10")]);
        stream.send_data(Bytes::from("short"), true).unwrap();
    })
    .await;
    let answer = proxy.ask(&get(&proxy.host("acme---main"), "/", &[])).await;
    assert!(!answer.whole);
    assert_eq!(proxy.told().await.failure(), Some("upstream-hung-up"));
    proxy.stop().await;
}

//! Upstreams that agree on HTTP/2.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use h2::Reason;
use h2::server::Builder;
use http::HeaderMap;
use tokio::sync::{Notify, mpsc};
use tripledash_core::trace::Protocol;

use crate::support::{
    Asked, Fake, FakeHttp2, Peer, Tripledash, certified_http2, chunk, get, reply, soon,
};

mod again;

const HOST: &str = r#""host": "{tenant}.app.example""#;
const NAMES: [&str; 1] = ["acme.app.example"];

/// A proxy before an upstream that answers every request so.
async fn answering<S, F>(builder: Builder, answer: S) -> (FakeHttp2, Tripledash)
where
    S: Fn(Asked) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = ()> + Send + 'static,
{
    let (server, client) = certified_http2(&NAMES);
    let upstream = FakeHttp2::answering(server, builder, answer).await;
    let proxy = Tripledash::with(&upstream.origin(), HOST, |options| {
        options.tls = Some(client);
    })
    .await;
    (upstream, proxy)
}

#[tokio::test]
async fn upstream_that_offers_it_is_asked_over_one_connection() {
    let (heads, mut received) = mpsc::unbounded_channel();
    let (upstream, mut proxy) = answering(Builder::new(), move |mut asked| {
        let head = (
            asked.request.uri().to_string(),
            asked.request.headers().clone(),
        );
        heads.send(head).unwrap();
        async move {
            let body = asked.body().await.unwrap();
            asked.text(200, &format!("got {}", body.len()));
        }
    })
    .await;
    let host = proxy.host("acme---main");
    for (reused, request) in [
        (false, get(&host, "/a?b=1", &["te: trailers", "x-own: 1"])),
        (
            true,
            format!("POST /p HTTP/1.1\r\nhost: {host}\r\ncontent-length: 3\r\n\r\nabc"),
        ),
    ] {
        let answer = proxy.ask(&request).await;
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.text(), if reused { "got 3" } else { "got 0" });
        let timings = proxy.told().await.answered().timings;
        assert_eq!(timings.protocol, Some(Protocol::Http2));
        assert_eq!(timings.reused, reused);
    }
    let (uri, fields) = received.recv().await.unwrap();
    assert_eq!(uri, "https://acme.app.example/a?b=1");
    for gone in ["host", "connection", "transfer-encoding", "keep-alive"] {
        assert!(!fields.contains_key(gone), "{gone}");
    }
    assert_eq!(fields["te"], "trailers");
    assert_eq!(fields["x-own"], "1");
    let (_, fields) = received.recv().await.unwrap();
    assert_eq!(fields["content-length"], "3");
    assert!(!fields.contains_key("te"));
    assert_eq!(upstream.connections(), 1);
    proxy.stop().await;
}

#[tokio::test]
async fn requests_that_come_at_once_share_the_first_connection() {
    let all = Arc::new(tokio::sync::Barrier::new(8));
    let (upstream, proxy) = answering(Builder::new(), move |asked| {
        let all = Arc::clone(&all);
        async move {
            // Nobody is answered before all have asked.
            all.wait().await;
            asked.text(200, "x");
        }
    })
    .await;
    let request = get(&proxy.host("acme---main"), "/", &[]);
    let answers = futures_util::future::join_all((0..8).map(|_| proxy.ask(&request))).await;
    assert!(answers.iter().all(|answer| answer.text() == "x"));
    assert_eq!(upstream.connections(), 1);
    proxy.stop().await;
}

#[tokio::test]
async fn no_more_requests_at_once_than_the_upstream_takes() {
    let now = Arc::new(AtomicUsize::new(0));
    let most = Arc::new(AtomicUsize::new(0));
    let (count, seen) = (Arc::clone(&now), Arc::clone(&most));
    let mut builder = Builder::new();
    builder.max_concurrent_streams(1);
    let (upstream, proxy) = answering(builder, move |asked| {
        let (now, most) = (Arc::clone(&count), Arc::clone(&seen));
        async move {
            most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            tokio::task::yield_now().await;
            now.fetch_sub(1, Ordering::SeqCst);
            asked.text(200, "x");
        }
    })
    .await;
    let request = get(&proxy.host("acme---main"), "/", &[]);
    // The upstream's limit is known with its first answer.
    assert_eq!(proxy.ask(&request).await.status(), 200);
    let answers = futures_util::future::join_all((0..24).map(|_| proxy.ask(&request))).await;
    assert!(answers.iter().all(|answer| answer.status() == 200));
    let connections = upstream.connections();
    assert!((1..=4).contains(&connections), "{connections}");
    assert!(most.load(Ordering::SeqCst) <= connections);
    proxy.stop().await;
}

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
    let (_upstream, proxy) = answering(Builder::new(), move |mut asked| async move {
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
    proxy.stop().await;
}

#[tokio::test]
async fn stream_that_is_reset_half_way_is_a_broken_transfer() {
    for reason in [Reason::CANCEL, Reason::NO_ERROR, Reason::INTERNAL_ERROR] {
        let go_on = Arc::new(Notify::new());
        let signal = Arc::clone(&go_on);
        let (_upstream, mut proxy) = answering(Builder::new(), move |mut asked| {
            let go_on = Arc::clone(&signal);
            async move {
                let mut stream = asked.head(200, &[]);
                stream.send_data(Bytes::from("half"), false).unwrap();
                go_on.notified().await;
                stream.send_reset(reason);
            }
        })
        .await;
        let mut browser = proxy.browser().await;
        browser
            .send(&get(&proxy.host("acme---main"), "/", &[]))
            .await;
        assert_eq!(browser.head().await.status(), 200);
        let half = soon("half of it", browser.reader.chunk()).await;
        assert_eq!(half.unwrap(), b"half");
        go_on.notify_one();
        assert_eq!(soon("the break", browser.reader.chunk()).await, None);
        let told = proxy.told().await;
        assert_eq!(told.failure(), Some("upstream-hung-up"));
        let message = told.finished.failure.unwrap().message;
        assert!(message.contains("after 4 bytes"), "{message}");
        assert!(message.contains(&format!("{reason:?}")), "{message}");
        proxy.stop().await;
    }
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

#[tokio::test]
async fn interim_answers_are_told() {
    let (_upstream, mut proxy) = answering(Builder::new(), |mut asked| async move {
        let hints = http::Response::builder().status(103).body(()).unwrap();
        asked.respond.send_informational(hints).unwrap();
        asked.text(200, "x");
    })
    .await;
    let answer = proxy.ask(&get(&proxy.host("acme---main"), "/", &[])).await;
    assert_eq!((answer.status(), answer.text().as_str()), (200, "x"));
    let told = proxy.told().await;
    let mut edits = told.answered().edits.iter();
    let edit = edits.find(|edit| edit.field == "status").unwrap();
    assert_eq!(edit.before.as_deref(), Some("103 Early Hints"));
    proxy.stop().await;
}

#[tokio::test]
async fn early_answer_to_an_upload_arrives_whole() {
    let (upstream, mut proxy) = answering(Builder::new(), |mut asked| async move {
        let mut stream = asked.head(413, &[]);
        stream.send_data(Bytes::from("too much"), true).unwrap();
        // What is left of the request is not read: the stream is reset with NO_ERROR.
    })
    .await;
    let host = proxy.host("acme---main");
    let mut browser = proxy.browser().await;
    browser
        .send(&format!(
            "POST / HTTP/1.1\r\nhost: {host}\r\ncontent-length: 100000\r\n\r\nsome"
        ))
        .await;
    let answer = browser.response(false).await;
    assert_eq!((answer.status(), answer.text().as_str()), (413, "too much"));
    assert_eq!(proxy.told().await.failure(), None);
    // The connection lives on: only the stream ended.
    let answer = proxy.ask(&get(&host, "/", &[])).await;
    assert_eq!((answer.status(), upstream.connections()), (413, 1));
    proxy.stop().await;
}

#[tokio::test]
async fn browser_that_leaves_resets_its_stream_alone() {
    let (resets, mut reset) = mpsc::unbounded_channel();
    let (upstream, proxy) = answering(Builder::new(), move |mut asked| {
        let resets = resets.clone();
        async move {
            if asked.request.uri().path() == "/quick" {
                return asked.text(200, "x");
            }
            let mut stream = asked.head(200, &[("content-type", "text/event-stream")]);
            stream.send_data(Bytes::from("data: 1\n\n"), false).unwrap();
            let reason = std::future::poll_fn(|cx| stream.poll_reset(cx)).await;
            resets.send(reason.unwrap()).unwrap();
        }
    })
    .await;
    let host = proxy.host("acme---main");
    let mut browser = proxy.browser().await;
    browser.send(&get(&host, "/events", &[])).await;
    assert_eq!(browser.head().await.status(), 200);
    drop(browser);
    let reason = soon("the reset", reset.recv()).await;
    assert_eq!(reason, Some(Reason::CANCEL));
    let answer = proxy.ask(&get(&host, "/quick", &[])).await;
    assert_eq!((answer.text().as_str(), upstream.connections()), ("x", 1));
    proxy.stop().await;
}

#[tokio::test]
async fn upgrade_asks_for_http1_alone() {
    let (server, client) = certified_http2(&NAMES);
    let upstream = Fake::secured(server, |mut peer, _| async move {
        peer.request().await;
        peer.send(
            "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\nhi",
        )
        .await;
        peer.closed().await;
    })
    .await;
    let origin = format!("https://localhost:{}", upstream.address.port());
    let mut proxy = Tripledash::with(&origin, HOST, |options| options.tls = Some(client)).await;
    let mut browser = proxy.browser().await;
    let fields = ["connection: upgrade", "upgrade: websocket"];
    browser
        .send(&get(&proxy.host("acme---main"), "/socket", &fields))
        .await;
    assert_eq!(browser.head().await.status(), 101);
    let hi = soon("the first bytes", browser.reader.exact(2)).await;
    assert_eq!(hi.unwrap(), b"hi");
    drop(browser);
    let timings = proxy.told().await.answered().timings;
    assert_eq!(timings.protocol, Some(Protocol::Http11));
    proxy.stop().await;
}

#[tokio::test]
async fn request_that_needs_http1_gets_it() {
    let (server, client) = certified_http2(&NAMES);
    // Both protocols on one port, as a server has them that speaks HTTP/1.1 to some paths.
    let connections = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&connections);
    let upstream = Fake::secured(server, move |mut peer, _| {
        let number = count.fetch_add(1, Ordering::SeqCst);
        async move {
            if number > 0 {
                let request = peer.request().await.unwrap();
                assert_eq!(request.line, "GET / HTTP/1.1");
                peer.send(&reply("HTTP/1.1 200 OK", "one")).await;
                return peer.closed().await;
            }
            let stream = first_request(&mut peer).await;
            // RST_STREAM with HTTP_1_1_REQUIRED.
            peer.send_bytes(&[0, 0, 4, 3, 0, 0, 0, 0, stream, 0, 0, 0, 13])
                .await;
            peer.closed().await;
        }
    })
    .await;
    let origin = format!("https://localhost:{}", upstream.address.port());
    let mut proxy = Tripledash::with(&origin, HOST, |options| options.tls = Some(client)).await;
    let answer = proxy.ask(&get(&proxy.host("acme---main"), "/", &[])).await;
    assert_eq!((answer.status(), answer.text().as_str()), (200, "one"));
    let timings = proxy.told().await.answered().timings;
    assert_eq!(timings.protocol, Some(Protocol::Http11));
    assert_eq!(upstream.connections(), 2);
    proxy.stop().await;
}

#[tokio::test]
async fn those_who_waited_for_a_connection_that_failed_try_all_at_once() {
    let (upstream, mut proxy) = {
        let (server, client) = certified_http2(&NAMES);
        let answer = |asked: Asked| async move { asked.text(200, "x") };
        let upstream = FakeHttp2::answering(server, Builder::new(), answer).await;
        let proxy = Tripledash::with(&upstream.origin(), HOST, |options| {
            options.tls = Some(client);
            options.timeouts.connect = Duration::from_secs(3600);
        })
        .await;
        (upstream, proxy)
    };
    let request = get(&proxy.host("acme---main"), "/", &[]);
    assert_eq!(proxy.ask(&request).await.status(), 200);
    proxy.told().await;
    // From now on, whoever listens there says nothing.
    let address = upstream.address;
    drop(upstream);
    let silent = soon("the port", async {
        loop {
            match tokio::net::TcpListener::bind(address).await {
                Ok(listener) => break listener,
                Err(_) => tokio::task::yield_now().await,
            }
        }
    })
    .await;
    let mut browsers = Vec::new();
    for _ in 0..5 {
        let mut browser = proxy.browser().await;
        browser.send(&request).await;
        browsers.push(browser);
    }
    // Once told of, each waits for the one that connects.
    for _ in 0..browsers.len() {
        proxy.event().await;
    }
    drop(soon("the first try", silent.accept()).await.unwrap());
    let mut held = Vec::new();
    for _ in 1..browsers.len() {
        held.push(soon("a try of each", silent.accept()).await.unwrap());
    }
    drop(held);
    proxy.shutdown.cancel();
    for browser in &mut browsers {
        assert_eq!(browser.response(false).await.status(), 502);
    }
    proxy.stop().await;
}

/// Reads up to the head of the first request, and says on which stream it is.
async fn first_request(peer: &mut Peer) -> u8 {
    // Our SETTINGS, empty.
    peer.send_bytes(&[0, 0, 0, 4, 0, 0, 0, 0, 0]).await;
    peer.reader.exact(24).await.unwrap();
    loop {
        let head = peer.reader.exact(9).await.unwrap();
        let size = [0, head[0], head[1], head[2]];
        let size = u32::from_be_bytes(size) as usize;
        peer.reader.exact(size).await.unwrap();
        const HEADERS: u8 = 1;
        if head[3] == HEADERS {
            return head[8];
        }
    }
}

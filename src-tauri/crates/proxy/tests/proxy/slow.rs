//! Browsers that are slow, or do nothing at all.

use std::io::ErrorKind;
use std::time::Duration;

use http::{Request, Response};
use http_body_util::BodyExt as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tower::service_fn;
use tower::util::BoxCloneService;
use tripledash_proxy::Body;

use crate::support::{Browser, Fake, Tripledash, get, impatient, reply, soon};

#[tokio::test]
async fn head_that_comes_too_slowly_is_answered_so() {
    let mut upstream = Fake::replying(reply("HTTP/1.1 200 OK", "x")).await;
    let mut proxy = Tripledash::with(&upstream.origin(), "", |options| {
        impatient(&mut options.timeouts)
    })
    .await;
    let host = proxy.host("acme---main");
    let mut browser = proxy.browser().await;
    // A byte now and then is no head: the wait is for all of it.
    let head = get(&host, "/slow", &["accept: application/json"]);
    browser.send(head.strip_suffix("\r\n").unwrap()).await;
    browser.send("x-slow: ").await;
    soon("the end of the patience", async {
        let pause = Duration::from_millis(10);
        while let Err(_nothing) = tokio::time::timeout(pause, browser.reader.some(1)).await {
            browser.try_send(b"x").await;
        }
    })
    .await;
    // But for its first byte.
    let answer = browser.head().await;
    assert_eq!(answer.status(), 408);
    assert_eq!(answer.field("connection"), Some("close"));
    let told = proxy.told().await;
    assert_eq!(told.failure(), Some("request-timeout"));
    assert_eq!(told.started.url(), format!("http://{host}/slow"));
    assert!(upstream.is_idle());
    drop(browser);
    proxy.stop().await;
}

#[tokio::test]
async fn second_head_in_a_row_has_its_own_time() {
    let (answers, answered) = tokio::sync::watch::channel(false);
    let upstream = Fake::start(move |mut peer| {
        let mut answered = answered.clone();
        async move {
            peer.request().await;
            answered.wait_for(|answered| *answered).await.unwrap();
            peer.send(&reply("HTTP/1.1 200 OK", "late")).await;
            peer.request().await;
            peer.send(&reply("HTTP/1.1 200 OK", "second")).await;
        }
    })
    .await;
    let limit = Duration::from_secs(1);
    let proxy = Tripledash::with(&upstream.origin(), "", |options| {
        options.timeouts.head = limit
    })
    .await;
    let host = proxy.host("acme---main");
    let mut browser = proxy.browser().await;
    let second = get(&host, "/second", &[]);
    let (begun, rest) = second.split_at(20);
    browser
        .send(&format!("{}{begun}", get(&host, "/first", &[])))
        .await;
    // The first answer takes longer than a head may, and the second request waits behind it.
    let early = tokio::time::timeout(2 * limit, browser.reader.some(1)).await;
    assert!(early.is_err(), "{early:?}");
    answers.send(true).unwrap();
    assert_eq!(browser.response(false).await.text(), "late");
    browser.send(rest).await;
    assert_eq!(browser.response(false).await.text(), "second");
    drop(browser);
    proxy.stop().await;
}

/// A browser whose answer took three times as long as a head may, with `more` sent meanwhile.
async fn after_a_long_answer(more: &str) -> (Tripledash, Browser) {
    let limit = Duration::from_millis(150);
    let (answers, answered) = tokio::sync::watch::channel(false);
    let upstream = Fake::start(move |mut peer| {
        let mut answered = answered.clone();
        async move {
            peer.request().await;
            answered.wait_for(|answered| *answered).await.unwrap();
            peer.send(&reply("HTTP/1.1 200 OK", "late")).await;
        }
    })
    .await;
    let proxy = Tripledash::with(&upstream.origin(), "", |options| {
        options.timeouts.head = limit;
    })
    .await;
    let mut browser = proxy.browser().await;
    let host = proxy.host("acme---main");
    let request = get(&host, "/", &[]);
    browser.send(&format!("{request}{more}")).await;
    let early = tokio::time::timeout(3 * limit, browser.reader.some(1)).await;
    assert!(early.is_err(), "{early:?}");
    answers.send(true).unwrap();
    assert_eq!(browser.response(false).await.text(), "late");
    (proxy, browser)
}

#[tokio::test]
async fn idle_connection_is_closed_also_after_a_long_answer() {
    let (proxy, mut browser) = after_a_long_answer("").await;
    browser.closed().await;
    proxy.stop().await;
}

#[tokio::test]
async fn half_a_head_behind_a_long_answer_is_answered_so() {
    let (proxy, mut browser) = after_a_long_answer("GET /second HTTP/1.1\r\n").await;
    assert_eq!(browser.response(false).await.status(), 408);
    browser.closed().await;
    proxy.stop().await;
}

#[tokio::test]
async fn empty_lines_on_an_idle_connection_are_no_request() {
    let upstream = Fake::replying(reply("HTTP/1.1 200 OK", "x")).await;
    let proxy = Tripledash::with(&upstream.origin(), "", |options| {
        options.timeouts.head = Duration::from_millis(120);
    })
    .await;
    let host = proxy.host("acme---main");
    let mut browser = proxy.browser().await;
    // As old browsers do behind a body.
    let answer = browser.ask(&format!("{}\r\n", get(&host, "/", &[]))).await;
    assert_eq!(answer.status(), 200);
    browser.closed().await;
    proxy.stop().await;
}

#[tokio::test]
async fn idle_connection_is_closed_after_a_while_and_not_before() {
    let upstream = Fake::replying(reply("HTTP/1.1 200 OK", "x")).await;
    let proxy = Tripledash::with(&upstream.origin(), "", |options| {
        options.timeouts.head = Duration::from_millis(120);
    })
    .await;
    let host = proxy.host("acme---main");
    let mut browser = proxy.browser().await;
    assert_eq!(browser.ask(&get(&host, "/", &[])).await.status(), 200);
    assert_eq!(browser.ask(&get(&host, "/", &[])).await.status(), 200);
    browser.closed().await;
    proxy.stop().await;
}

/// An upstream whose body has no end, and a word when the proxy hangs up.
async fn endless() -> (Fake, tokio::sync::mpsc::UnboundedReceiver<()>) {
    let (sender, gone) = tokio::sync::mpsc::unbounded_channel();
    let upstream = Fake::start(move |mut peer| {
        let sender = sender.clone();
        async move {
            peer.request().await;
            peer.send("HTTP/1.1 200 OK\r\ncontent-type: application/octet-stream\r\n\r\n")
                .await;
            while peer.try_send(&[b'x'; 64 * 1024]).await.is_ok() {}
            sender.send(()).unwrap();
        }
    })
    .await;
    (upstream, gone)
}

#[tokio::test]
async fn browser_that_takes_nothing_is_let_go_with_its_upstream() {
    let (upstream, mut gone) = endless().await;
    let mut proxy = Tripledash::with(&upstream.origin(), "", |options| {
        options.timeouts.download = Duration::from_millis(150);
    })
    .await;
    let host = proxy.host("acme---main");
    let mut browser = proxy.browser().await;
    browser.send(&get(&host, "/", &[])).await;
    browser.head().await;
    // It reads no further.
    soon("the upstream's connection to end", gone.recv())
        .await
        .unwrap();
    let told = proxy.told().await;
    assert_eq!(told.failure(), Some("downstream-stalled"));
    proxy.stop().await;
}

#[tokio::test]
async fn old_browser_that_takes_nothing_never_sees_a_clean_end() {
    let (upstream, mut gone) = endless().await;
    let proxy = Tripledash::with(&upstream.origin(), "", |options| {
        options.timeouts.download = Duration::from_millis(150);
    })
    .await;
    let host = proxy.host("acme---main");
    let mut browser = TcpStream::connect(proxy.address).await.unwrap();
    let request = format!("GET / HTTP/1.0\r\nhost: {host}\r\n\r\n");
    browser.write_all(request.as_bytes()).await.unwrap();
    soon("the upstream's connection to end", gone.recv())
        .await
        .unwrap();
    proxy.stop().await;
    // It reads on, too late: nothing but a reset says that there would have been more.
    let end = soon("the end", browser.read_to_end(&mut Vec::new())).await;
    assert_eq!(end.unwrap_err().kind(), ErrorKind::ConnectionReset);
}

#[tokio::test]
async fn slow_download_that_moves_is_left_alone() {
    let limit = Duration::from_secs(1);
    let (upstream, mut gone) = endless().await;
    let proxy = Tripledash::with(&upstream.origin(), "", |options| {
        options.timeouts.download = limit;
    })
    .await;
    let host = proxy.host("acme---main");
    let mut browser = proxy.browser().await;
    browser.send(&get(&host, "/", &[])).await;
    browser.head().await;
    // Enough of it each time for the proxy to get rid of something; the limit twice over in all.
    let begun = std::time::Instant::now();
    while begun.elapsed() < 2 * limit {
        let mut read = 0;
        while read < 8_000_000 {
            let bytes = soon("more of it", browser.reader.some(usize::MAX)).await;
            assert!(!bytes.is_empty(), "cut off after {:?}", begun.elapsed());
            read += bytes.len();
        }
        // It takes nothing for a tenth of the limit, and nobody may hang up meanwhile.
        let hung_up = tokio::time::timeout(limit / 10, gone.recv()).await;
        assert!(hung_up.is_err(), "cut off after {:?}", begun.elapsed());
    }
    drop(browser);
    proxy.stop().await;
}

#[tokio::test]
async fn event_stream_that_is_silent_is_left_alone() {
    let (go, going) = tokio::sync::watch::channel(false);
    let upstream = Fake::start(move |mut peer| {
        let mut going = going.clone();
        async move {
            peer.request().await;
            peer.send("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\ndata: 1\n\n")
                .await;
            going.wait_for(|going| *going).await.unwrap();
            peer.send("data: 2\n\n").await;
            peer.closed().await;
        }
    })
    .await;
    let proxy = Tripledash::with(&upstream.origin(), "", |options| {
        let short = Duration::from_millis(50);
        options.timeouts.download = short;
        options.timeouts.head = short;
        options.timeouts.upload = short;
    })
    .await;
    let host = proxy.host("acme---main");
    let mut browser = proxy.browser().await;
    browser.send(&get(&host, "/", &[])).await;
    browser.head().await;
    assert_eq!(browser.reader.chunk().await.unwrap(), b"data: 1\n\n");
    // Many times as long as any of the limits.
    let silent = tokio::time::timeout(Duration::from_millis(400), browser.reader.some(1)).await;
    assert!(silent.is_err(), "{silent:?}");
    go.send(true).unwrap();
    assert_eq!(browser.reader.chunk().await.unwrap(), b"data: 2\n\n");
    drop(browser);
    proxy.stop().await;
}

#[tokio::test]
async fn upload_to_the_workbench_that_stalls_is_given_up() {
    let proxy = Tripledash::with("http://127.0.0.1:9", "", |options| {
        impatient(&mut options.timeouts);
        options.base = BoxCloneService::new(service_fn(|request: Request<Body>| async {
            let whole = request.into_body().collect().await.is_ok();
            Ok(Response::new(Body::from(if whole {
                "whole"
            } else {
                "stalled"
            })))
        }));
    })
    .await;
    let base = proxy.base();
    let mut browser = proxy.browser().await;
    let post = format!("POST / HTTP/1.1\r\nhost: {base}\r\ncontent-length: 3\r\n\r\n");
    browser.send(&format!("{post}abc")).await;
    assert_eq!(browser.response(false).await.text(), "whole");
    browser.send(&format!("{post}a")).await;
    let answer = soon("the answer", browser.response(false)).await;
    assert_eq!(answer.text(), "stalled");
    proxy.stop().await;
}

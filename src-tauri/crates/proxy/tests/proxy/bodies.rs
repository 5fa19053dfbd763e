//! Bodies both ways, whole and broken.

use crate::support::{Fake, Tripledash, chunk, get, impatient, reply, soon};

#[tokio::test]
async fn chunked_bodies_and_trailers_pass_both_ways() {
    let mut upstream = Fake::start(|mut peer| async move {
        peer.request().await;
        peer.send(&format!(
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ntrailer: x-sum\r\n\r\n{}{}0\r\nx-sum: 9\r\n\r\n",
            chunk("one "),
            chunk("two")
        ))
        .await;
    })
    .await;
    let mut proxy = Tripledash::start(&upstream.origin(), "").await;
    let host = proxy.host("acme---main");
    let request = format!(
        "POST /in HTTP/1.1\r\nhost: {host}\r\ntransfer-encoding: chunked\r\nte: trailers\r\n\
         connection: te\r\ntrailer: x-count\r\n\r\n{}{}0\r\nx-count: 2\r\n\r\n",
        chunk("three "),
        chunk("four")
    );
    let answer = proxy.ask(&request).await;
    assert_eq!(answer.text(), "one two");
    assert_eq!(answer.field("transfer-encoding"), Some("chunked"));
    assert_eq!(answer.trailers, [("x-sum".to_owned(), "9".to_owned())]);
    let got = upstream.received().await;
    assert_eq!(got.body, b"three four");
    assert_eq!(got.field("te"), Some("trailers"));
    assert_eq!(got.trailers, [("x-count".to_owned(), "2".to_owned())]);
    let told = proxy.told().await;
    assert_eq!(
        (told.finished.request_bytes, told.finished.response_bytes),
        (10, 7)
    );
    proxy.stop().await;
}

#[tokio::test]
async fn lengths_are_said_anew() {
    let mut upstream = Fake::replying(reply("HTTP/1.1 200 OK", "four")).await;
    let proxy = Tripledash::start(&upstream.origin(), "").await;
    let host = proxy.host("acme---main");
    let request = format!("PUT / HTTP/1.1\r\nhost: {host}\r\ncontent-length: 5\r\n\r\nhello");
    let answer = proxy.ask(&request).await;
    assert_eq!(answer.all("content-length"), ["4"]);
    let got = upstream.received().await;
    assert_eq!(got.all("content-length"), ["5"]);
    assert_eq!(got.body, b"hello");
    proxy.stop().await;
}

#[tokio::test]
async fn a_get_may_have_a_body() {
    let mut upstream = Fake::replying(reply("HTTP/1.1 200 OK", "")).await;
    let proxy = Tripledash::start(&upstream.origin(), "").await;
    let host = proxy.host("acme---main");
    let chunked = format!(
        "GET / HTTP/1.1\r\nhost: {host}\r\ntransfer-encoding: chunked\r\n\r\n{}0\r\n\r\n",
        chunk("q")
    );
    let counted = format!("GET / HTTP/1.1\r\nhost: {host}\r\ncontent-length: 1\r\n\r\nq");
    for request in [chunked, counted, get(&host, "/", &[])] {
        assert_eq!(proxy.ask(&request).await.status(), 200);
    }
    assert_eq!(upstream.received().await.body, b"q");
    assert_eq!(upstream.received().await.body, b"q");
    let bare = upstream.received().await;
    assert_eq!(
        (
            bare.field("content-length"),
            bare.field("transfer-encoding")
        ),
        (None, None)
    );
    proxy.stop().await;
}

#[tokio::test]
async fn length_and_chunks_together_are_read_as_chunks_and_never_copied() {
    let mut upstream = Fake::replying(reply("HTTP/1.1 200 OK", "x")).await;
    let proxy = Tripledash::start(&upstream.origin(), "").await;
    let host = proxy.host("acme---main");
    let request = format!(
        "POST / HTTP/1.1\r\nhost: {host}\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n\
         {}0\r\n\r\nGET /smuggled HTTP/1.1\r\nhost: {host}\r\n\r\n",
        chunk("hello")
    );
    let mut browser = proxy.browser().await;
    assert_eq!(browser.ask(&request).await.status(), 200);
    let got = upstream.received().await;
    assert_eq!(got.body, b"hello");
    assert_eq!(
        (
            got.field("content-length").is_some(),
            got.field("transfer-encoding").is_some()
        ),
        (false, true)
    );
    // RFC 9112 section 6.1: after such a message the connection is closed.
    browser.closed().await;
    assert!(upstream.is_idle());
    proxy.stop().await;
}

#[tokio::test]
async fn head_has_the_length_and_no_body() {
    let upstream = Fake::replying(
        "HTTP/1.1 200 OK\r\ncontent-type: image/png\r\ncontent-length: 1234\r\n\r\n",
    )
    .await;
    let mut proxy = Tripledash::start(&upstream.origin(), "").await;
    let host = proxy.host("acme---main");
    let mut browser = proxy.browser().await;
    for _ in 0..2 {
        let answer = browser
            .ask(&format!("HEAD / HTTP/1.1\r\nhost: {host}\r\n\r\n"))
            .await;
        assert_eq!(answer.all("content-length"), ["1234"]);
        let told = proxy.told().await;
        assert_eq!((told.failure(), told.finished.response_bytes), (None, 0));
    }
    assert_eq!(upstream.connections(), 1);
    proxy.stop().await;
}

#[tokio::test]
async fn head_says_no_length_where_the_upstream_said_none() {
    let upstream = Fake::replying("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n").await;
    let mut proxy = Tripledash::start(&upstream.origin(), "").await;
    let host = proxy.host("acme---main");
    let answer = proxy
        .ask(&format!("HEAD / HTTP/1.1\r\nhost: {host}\r\n\r\n"))
        .await;
    assert_eq!(answer.field("content-length"), None);
    assert_eq!(proxy.told().await.failure(), None);
    proxy.stop().await;
}

#[tokio::test]
async fn answers_without_a_body_keep_the_connections() {
    for status in ["204 No Content", "304 Not Modified"] {
        let upstream = Fake::replying(format!("HTTP/1.1 {status}\r\netag: \"1\"\r\n\r\n")).await;
        let mut proxy = Tripledash::start(&upstream.origin(), "").await;
        let host = proxy.host("acme---main");
        let mut browser = proxy.browser().await;
        for _ in 0..2 {
            let answer = browser.ask(&get(&host, "/", &[])).await;
            assert_eq!(answer.field("transfer-encoding"), None);
            assert_eq!(proxy.told().await.failure(), None);
        }
        assert_eq!(upstream.connections(), 1);
        proxy.stop().await;
    }
}

#[tokio::test]
async fn body_waits_for_the_hundred_that_it_expects() {
    let mut upstream = Fake::replying(reply("HTTP/1.1 200 OK", "x")).await;
    let proxy = Tripledash::start(&upstream.origin(), "").await;
    let host = proxy.host("acme---main");
    let mut browser = proxy.browser().await;
    browser
        .send(&format!(
            "POST / HTTP/1.1\r\nhost: {host}\r\nexpect: 100-continue\r\ncontent-length: 2\r\n\r\n"
        ))
        .await;
    assert_eq!(browser.head().await.status(), 100);
    browser.send("ok").await;
    assert_eq!(browser.response(false).await.status(), 200);
    let got = upstream.received().await;
    assert_eq!(
        (got.body.as_slice(), got.field("expect")),
        (&b"ok"[..], None)
    );
    proxy.stop().await;
}

#[tokio::test]
async fn body_streams_while_it_is_made() {
    let (go, first_arrived) = tokio::sync::watch::channel(false);
    let upstream = Fake::start(move |mut peer| {
        let mut first_arrived = first_arrived.clone();
        async move {
            peer.request().await;
            peer.send("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
                .await;
            peer.send(&chunk("first")).await;
            first_arrived.wait_for(|arrived| *arrived).await.unwrap();
            peer.send(&format!("{}0\r\n\r\n", chunk("second"))).await;
        }
    })
    .await;
    let proxy = Tripledash::start(&upstream.origin(), "").await;
    let mut browser = proxy.browser().await;
    browser
        .send(&get(&proxy.host("acme---main"), "/", &[]))
        .await;
    browser.head().await;
    assert_eq!(
        soon("the first chunk", browser.reader.chunk())
            .await
            .unwrap(),
        b"first"
    );
    go.send(true).unwrap();
    assert_eq!(
        soon("the second chunk", browser.reader.chunk())
            .await
            .unwrap(),
        b"second"
    );
    proxy.stop().await;
}

#[tokio::test]
async fn upstream_that_hangs_up_half_way_breaks_the_browsers_transfer() {
    for head in [
        "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf a body",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nb\r\nhalf a body\r\n",
        "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 100\r\n\r\n<head></head>half a body",
    ] {
        let upstream = Fake::start(move |mut peer| async move {
            peer.request().await;
            peer.send(head).await;
        })
        .await;
        let mut proxy = Tripledash::start(&upstream.origin(), "").await;
        let answer = proxy.ask(&get(&proxy.host("acme---main"), "/", &[])).await;
        assert_eq!(answer.status(), 200);
        assert!(!answer.whole, "{answer:?}");
        assert!(answer.text().ends_with("half a body"), "{answer:?}");
        let told = proxy.told().await;
        assert_eq!(told.failure(), Some("upstream-hung-up"));
        let failure = told.finished.failure.unwrap();
        let passed = format!("after {} bytes", answer.body.len());
        assert!(failure.message.contains(&passed), "{}", failure.message);
        proxy.stop().await;
    }
}

#[tokio::test]
async fn browser_that_breaks_off_its_upload_is_told_so() {
    let upstream = Fake::replying(reply("HTTP/1.1 200 OK", "x")).await;
    let mut proxy = Tripledash::start(&upstream.origin(), "").await;
    let host = proxy.host("acme---main");
    let mut browser = proxy.browser().await;
    browser
        .send(&format!(
            "POST / HTTP/1.1\r\nhost: {host}\r\ncontent-length: 100\r\n\r\nhello"
        ))
        .await;
    drop(browser);
    let told = proxy.told().await;
    let code = told.failure().unwrap();
    assert!(
        ["upload-broken", "downstream-closed"].contains(&code),
        "{code}"
    );
    proxy.stop().await;
}

#[tokio::test]
async fn upload_that_stalls_times_out() {
    let upstream = Fake::replying(reply("HTTP/1.1 200 OK", "x")).await;
    let mut proxy = Tripledash::with(&upstream.origin(), "", |options| {
        let first_byte = options.timeouts.first_byte;
        impatient(&mut options.timeouts);
        options.timeouts.first_byte = first_byte;
    })
    .await;
    let host = proxy.host("acme---main");
    let mut browser = proxy.browser().await;
    browser
        .send(&format!(
            "POST / HTTP/1.1\r\nhost: {host}\r\ncontent-length: 100\r\n\r\nhello"
        ))
        .await;
    let answer = browser.response(false).await;
    assert_eq!(answer.status(), 408);
    assert_eq!(proxy.told().await.failure(), Some("upload-stalled"));
    proxy.stop().await;
}

#[tokio::test]
async fn answer_may_come_before_the_request_is_whole() {
    let upstream = Fake::start(|mut peer| async move {
        peer.reader.head().await;
        peer.send(&reply(
            "HTTP/1.1 413 Content Too Large\r\nconnection: close",
            "too much",
        ))
        .await;
        peer.closed().await;
    })
    .await;
    let mut proxy = Tripledash::start(&upstream.origin(), "").await;
    let host = proxy.host("acme---main");
    let mut browser = proxy.browser().await;
    browser
        .send(&format!(
            "POST / HTTP/1.1\r\nhost: {host}\r\ncontent-length: 1000000\r\n\r\nbegin"
        ))
        .await;
    let answer = browser.response(false).await;
    assert_eq!((answer.status(), answer.text().as_str()), (413, "too much"));
    assert_eq!(proxy.told().await.failure(), None);
    // Who answers has heard enough: the upload ends with the answer.
    drop(browser);
    proxy.stop().await;
}

#[tokio::test]
async fn browser_that_leaves_before_the_answer_ends_the_upstreams_work() {
    let (gone, mut left) = tokio::sync::mpsc::unbounded_channel();
    let mut upstream = Fake::start(move |mut peer| {
        let gone = gone.clone();
        async move {
            peer.request().await;
            peer.closed().await;
            gone.send(()).unwrap();
        }
    })
    .await;
    let mut proxy = Tripledash::start(&upstream.origin(), "").await;
    let mut browser = proxy.browser().await;
    browser
        .send(&get(&proxy.host("acme---main"), "/slow", &[]))
        .await;
    upstream.received().await;
    drop(browser);
    soon("the upstream to notice", left.recv()).await;
    let told = proxy.told().await;
    assert!(told.answered.is_none());
    assert_eq!(told.failure(), Some("downstream-closed"));
    proxy.stop().await;
}

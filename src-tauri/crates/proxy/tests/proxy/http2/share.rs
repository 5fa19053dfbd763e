//! One connection for many requests, and more only where they are needed.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use h2::server::Builder;
use tokio::sync::mpsc;
use tripledash_core::trace::Protocol;

use super::{HOST, NAMES, answering};
use crate::support::{Asked, FakeHttp2, Tripledash, certified_http2, get, soon};

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

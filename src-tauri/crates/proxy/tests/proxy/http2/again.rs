//! Requests that an upstream did not take: sent again where that does no harm.

use bytes::Bytes;
use h2::Reason;
use h2::server::Builder;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;

use super::{HOST, NAMES, answering, first_request, found};
use crate::support::{Asked, Fake, FakeHttp2, Tripledash, certified_http2, get};

#[tokio::test]
async fn refused_streams_are_asked_for_again_whatever_the_method() {
    let asked_so_far = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked_so_far);
    let (_upstream, mut proxy) = answering(Builder::new(), move |mut asked| {
        let number = count.fetch_add(1, Ordering::SeqCst);
        async move {
            if number == 0 {
                asked.respond.send_reset(Reason::REFUSED_STREAM);
            } else {
                asked.text(200, "second");
            }
        }
    })
    .await;
    let host = proxy.host("acme---main");
    let request = format!("POST / HTTP/1.1\r\nhost: {host}\r\ncontent-length: 0\r\n\r\n");
    assert_eq!(proxy.ask(&request).await.text(), "second");
    assert_eq!(asked_so_far.load(Ordering::SeqCst), 2);
    assert_eq!(proxy.told().await.failure(), None);
    proxy.stop().await;
}

#[tokio::test]
async fn upstream_that_always_refuses_is_not_asked_for_ever() {
    let asked_so_far = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked_so_far);
    let (_upstream, mut proxy) = answering(Builder::new(), move |mut asked| {
        count.fetch_add(1, Ordering::SeqCst);
        asked.respond.send_reset(Reason::REFUSED_STREAM);
        std::future::ready(())
    })
    .await;
    let answer = proxy.ask(&get(&proxy.host("acme---main"), "/", &[])).await;
    assert_eq!(answer.status(), 502);
    assert_eq!(proxy.told().await.failure(), Some("upstream-reset"));
    assert_eq!(asked_so_far.load(Ordering::SeqCst), 4);
    proxy.stop().await;
}

#[tokio::test]
async fn post_that_was_processed_is_never_sent_twice() {
    let asked_so_far = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked_so_far);
    let (_upstream, mut proxy) = answering(Builder::new(), move |mut asked| {
        let number = count.fetch_add(1, Ordering::SeqCst);
        async move {
            asked.body().await.unwrap();
            if number == 0 {
                asked.text(200, "x");
            } else {
                asked.respond.send_reset(Reason::INTERNAL_ERROR);
            }
        }
    })
    .await;
    let host = proxy.host("acme---main");
    let request = format!("POST / HTTP/1.1\r\nhost: {host}\r\ncontent-length: 1\r\n\r\nx");
    assert_eq!(proxy.ask(&request).await.status(), 200);
    proxy.told().await;
    assert_eq!(proxy.ask(&request).await.status(), 502);
    assert_eq!(proxy.told().await.failure(), Some("upstream-reset"));
    assert_eq!(asked_so_far.load(Ordering::SeqCst), 2);
    proxy.stop().await;
}

#[tokio::test]
async fn connection_that_goes_away_ends_what_it_took() {
    let (server, client) = certified_http2(&NAMES);
    let upstream = FakeHttp2::start(
        server,
        Builder::new(),
        |mut connection, number| async move {
            let text = if number == 1 { "old" } else { "anew" };
            let (request, respond) = connection.accept().await.unwrap().unwrap();
            let mut asked = Asked { request, respond };
            let mut stream = asked.head(200, &[]);
            connection.graceful_shutdown();
            stream.send_data(Bytes::from(text), true).unwrap();
            while let Some(Ok((request, respond))) = connection.accept().await {
                Asked { request, respond }.text(200, "late");
            }
        },
    )
    .await;
    let proxy = Tripledash::with(&upstream.origin(), HOST, |options| {
        options.tls = Some(client);
    })
    .await;
    let request = get(&proxy.host("acme---main"), "/", &[]);
    assert_eq!(proxy.ask(&request).await.text(), "old");
    // Whether the next one still meets the old connection or not, it is answered.
    assert_eq!(proxy.ask(&request).await.status(), 200);
    proxy.stop().await;
}

#[tokio::test]
async fn requests_above_the_last_stream_are_sent_on_another_connection() {
    let (server, client) = certified_http2(&NAMES);
    let connections = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&connections);
    let upstream = Fake::secured(server, move |mut peer, _| {
        let number = count.fetch_add(1, Ordering::SeqCst);
        async move {
            let stream = first_request(&mut peer).await;
            if number == 0 {
                // GOAWAY: nothing was processed, and nothing is wrong.
                peer.send_bytes(&[0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
                    .await;
            } else {
                peer.send_bytes(&found(stream)).await;
            }
            peer.closed().await;
        }
    })
    .await;
    let origin = format!("https://localhost:{}", upstream.address.port());
    let mut proxy = Tripledash::with(&origin, HOST, |options| options.tls = Some(client)).await;
    let host = proxy.host("acme---main");
    let request = format!("POST / HTTP/1.1\r\nhost: {host}\r\ncontent-length: 0\r\n\r\n");
    assert_eq!(proxy.ask(&request).await.status(), 200);
    assert_eq!(proxy.told().await.failure(), None);
    assert_eq!(connections.load(Ordering::SeqCst), 2);
    proxy.stop().await;
}

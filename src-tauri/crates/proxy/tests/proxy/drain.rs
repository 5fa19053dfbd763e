//! Stopping: what is under way ends, what is idle closes, and nothing is left behind.

use std::time::Duration;

use crate::support::{Fake, Tripledash, chunk, get, impatient, reply};

#[tokio::test]
async fn response_under_way_is_finished_first() {
    let (go, stopping) = tokio::sync::watch::channel(false);
    let upstream = Fake::start(move |mut peer| {
        let mut stopping = stopping.clone();
        async move {
            peer.request().await;
            peer.send(&format!(
                "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{}",
                chunk("one ")
            ))
            .await;
            stopping.wait_for(|stopping| *stopping).await.unwrap();
            peer.send(&format!("{}0\r\n\r\n", chunk("two"))).await;
            // Kept, as a dev server does: the proxy is the one that must let go.
            peer.closed().await;
        }
    })
    .await;
    // A proxy that waits for anything but the response waits longer than the test does.
    let proxy = Tripledash::with(&upstream.origin(), "", |options| {
        options.timeouts.drain = Duration::from_secs(3600);
    })
    .await;
    let address = proxy.address;
    let mut idle = proxy.browser().await;
    let mut busy = proxy.browser().await;
    busy.send(&get(&proxy.host("acme---main"), "/", &[])).await;
    busy.head().await;
    assert_eq!(busy.reader.chunk().await.unwrap(), b"one ");
    proxy.shutdown.cancel();
    idle.closed().await;
    go.send(true).unwrap();
    assert_eq!(busy.reader.chunk().await.unwrap(), b"two");
    assert_eq!(busy.reader.chunk().await.unwrap(), b"");
    proxy.stop().await;
    assert!(tokio::net::TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn stream_without_an_end_is_cut() {
    let upstream = Fake::start(|mut peer| async move {
        peer.request().await;
        peer.send("HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n\r\none")
            .await;
        peer.closed().await;
    })
    .await;
    let mut proxy = Tripledash::with(&upstream.origin(), "", |options| {
        impatient(&mut options.timeouts)
    })
    .await;
    let mut browser = proxy.browser().await;
    browser
        .send(&get(&proxy.host("acme---main"), "/events", &[]))
        .await;
    browser.head().await;
    proxy.shutdown.cancel();
    assert_eq!(proxy.told().await.failure(), Some("downstream-closed"));
    proxy.stop().await;
}

#[tokio::test]
async fn tunnel_is_closed() {
    let upstream = Fake::start(|mut peer| async move {
        peer.request().await;
        peer.send(
            "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\nhi",
        )
        .await;
        peer.closed().await;
    })
    .await;
    let mut proxy = Tripledash::start(&upstream.origin(), "").await;
    let mut browser = proxy.browser().await;
    let ask = get(
        &proxy.host("acme---main"),
        "/ticker",
        &["connection: upgrade", "upgrade: x"],
    );
    browser.send(&ask).await;
    browser.head().await;
    assert_eq!(browser.reader.exact(2).await.unwrap(), b"hi");
    proxy.shutdown.cancel();
    browser.closed().await;
    let told = proxy.told().await;
    assert_eq!((told.failure(), told.finished.response_bytes), (None, 2));
    proxy.stop().await;
}

#[tokio::test]
async fn slow_head_times_out() {
    let upstream = Fake::replying(reply("HTTP/1.1 200 OK", "x")).await;
    let proxy = Tripledash::with(&upstream.origin(), "", |options| {
        impatient(&mut options.timeouts)
    })
    .await;
    let mut browser = proxy.browser().await;
    browser.send("GET / HTTP/1.1\r\nhost: ").await;
    // Closed, with or without a word.
    while !browser.reader.some(usize::MAX).await.is_empty() {}
    proxy.stop().await;
}

#[tokio::test]
async fn full_queue_slows_nobody_and_is_counted() {
    let upstream = Fake::replying(reply("HTTP/1.1 200 OK", "x")).await;
    let (sink, mut events) = tripledash_proxy::channel(3);
    let counted = sink.clone();
    let proxy = Tripledash::with(&upstream.origin(), "", |options| options.events = sink).await;
    let host = proxy.host("acme---main");
    let mut browser = proxy.browser().await;
    for _ in 0..5 {
        assert_eq!(browser.ask(&get(&host, "/", &[])).await.status(), 200);
    }
    proxy.stop().await;
    // One whole exchange was told; of the other four, nothing.
    let dropped = counted.dropped();
    drop(counted);
    let mut told = 0;
    while events.recv().await.is_some() {
        told += 1;
    }
    assert_eq!((told, dropped), (3, 4));
}

#[tokio::test]
async fn response_that_begins_while_we_stop_says_that_it_is_the_last() {
    for lane in [true, false] {
        let (go, stopping) = tokio::sync::watch::channel(false);
        let mut upstream = Fake::start(move |mut peer| {
            let mut stopping = stopping.clone();
            async move {
                peer.request().await;
                stopping.wait_for(|stopping| *stopping).await.unwrap();
                peer.send(&reply("HTTP/1.1 200 OK", "last")).await;
                peer.closed().await;
            }
        })
        .await;
        let proxy = Tripledash::with(&upstream.origin(), "", |options| options.lane = lane).await;
        let mut browser = proxy.browser().await;
        browser
            .send(&get(&proxy.host("acme---main"), "/", &[]))
            .await;
        upstream.received().await;
        proxy.shutdown.cancel();
        // Until nobody listens any more, it may not know yet.
        while tokio::net::TcpStream::connect(proxy.address).await.is_ok() {
            tokio::task::yield_now().await;
        }
        go.send(true).unwrap();
        let response = browser.response(false).await;
        assert_eq!(
            (response.field("connection"), response.text().as_str()),
            (Some("close"), "last"),
            "{lane}"
        );
        browser.closed().await;
        proxy.stop().await;
    }
}

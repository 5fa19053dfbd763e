//! Several threads that serve: each connection on one of them, and all of them ended.

use std::collections::BTreeSet;

use tokio::net::TcpStream;
use tokio::task::yield_now;
use tripledash_proxy::Alive;

use crate::support::{Fake, Tripledash, get, reply, soon};

#[tokio::test]
async fn connections_are_spread_and_each_is_answered() {
    let upstream = Fake::replying(reply("HTTP/1.1 200 OK", "x")).await;
    let mut proxy = Tripledash::with(&upstream.origin(), "", |options| options.workers = 3).await;
    let mut browsers = Vec::new();
    for _ in 0..6 {
        browsers.push(proxy.browser().await);
    }
    let request = get(&proxy.host("acme---main"), "/", &[]);
    let mut ids = BTreeSet::new();
    for _ in 0..2 {
        for browser in &mut browsers {
            assert_eq!(browser.ask(&request).await.status(), 200);
            ids.insert(proxy.told().await.started.id);
        }
    }
    // Named by one count, and each worker has one connection to the upstream.
    assert_eq!(ids.len(), 12);
    assert_eq!(upstream.connections(), 3);
    proxy.stop().await;
    for browser in &mut browsers {
        soon("the close", browser.closed()).await;
    }
}

#[tokio::test]
async fn the_workbench_is_answered_to_every_worker() {
    let proxy = Tripledash::with("http://127.0.0.1:9", "", |options| options.workers = 2).await;
    let request = get(&proxy.base(), "/page", &[]);
    for _ in 0..2 {
        let mut browser = proxy.browser().await;
        let answer = browser.ask(&request).await;
        assert_eq!(answer.text(), "workbench /page");
    }
    proxy.stop().await;
}

#[tokio::test]
async fn dropping_what_serves_ends_all_of_it() {
    let upstream = Fake::start(|mut peer| async move {
        peer.request().await;
        peer.send(
            "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\nhi",
        )
        .await;
        peer.closed().await;
    })
    .await;
    let alive = Alive::default();
    let proxy = Tripledash::with(&upstream.origin(), "", |options| {
        options.workers = 2;
        options.alive = alive.clone();
    })
    .await;
    let mut idle = proxy.browser().await;
    let page = idle.ask(&get(&proxy.base(), "/", &[])).await;
    assert_eq!(page.status(), 200);
    let mut tunnel = proxy.browser().await;
    let ask = get(
        &proxy.host("acme---main"),
        "/ticker",
        &["connection: upgrade", "upgrade: x"],
    );
    tunnel.send(&ask).await;
    assert_eq!(tunnel.head().await.status(), 101);
    assert_eq!(tunnel.reader.exact(2).await.unwrap(), b"hi");
    proxy.abandon();
    soon("the idle connection's end", idle.closed()).await;
    soon("the tunnel's end", tunnel.closed()).await;
    soon("the listener's end", async {
        while TcpStream::connect(proxy.address).await.is_ok() {
            yield_now().await;
        }
    })
    .await;
    soon("the last task", async {
        while alive.tasks() > 0 {
            yield_now().await;
        }
    })
    .await;
}

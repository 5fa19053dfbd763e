//! Several threads that serve: each connection on one of them, and all of them ended.

use std::collections::BTreeSet;

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

//! Requests that only HTTP/1.1 can carry.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tripledash_core::trace::Protocol;

use super::{HOST, NAMES, first_request};
use crate::support::{Fake, Tripledash, certified_http2, get, reply, soon};

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

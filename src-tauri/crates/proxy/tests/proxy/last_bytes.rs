//! Responses whose end has come, and was not taken.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tripledash_proxy::Options;

use crate::support::{Fake, Tripledash, chunk, get, reply, soon};

/// How much a system keeps of what nobody takes, as near as it lets us say.
const KEPT: u32 = 4 * 1024;
/// More than is kept on the way, and less than waits in the proxy.
const BODY: usize = 100_000;

/// A proxy whose answers come no further than to itself, and a browser before it that asked.
async fn asked(upstream: &Fake, change: impl FnOnce(&mut Options)) -> (Tripledash, TcpStream) {
    let listener = TcpSocket::new_v4().unwrap();
    listener.set_send_buffer_size(KEPT).unwrap();
    listener.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener: TcpListener = listener.listen(16).unwrap();
    let proxy = Tripledash::on(listener, &upstream.origin(), "", change);
    let browser = TcpSocket::new_v4().unwrap();
    browser.set_recv_buffer_size(KEPT).unwrap();
    let mut browser = browser.connect(proxy.address).await.unwrap();
    let request = get(&proxy.host("acme---main"), "/", &[]);
    browser.write_all(request.as_bytes()).await.unwrap();
    (proxy, browser)
}

fn impatient(options: &mut Options) {
    options.timeouts.download = Duration::from_millis(150);
}

#[tokio::test]
async fn end_that_is_not_taken_in_time_is_no_end() {
    let upstream = Fake::replying(reply("HTTP/1.1 200 OK", &"x".repeat(BODY))).await;
    let (mut proxy, browser) = asked(&upstream, impatient).await;
    let told = proxy.told().await;
    assert_eq!(told.failure(), Some("downstream-stalled"));
    drop(browser);
    proxy.stop().await;
}

#[tokio::test]
async fn end_that_is_thrown_away_is_no_end() {
    let upstream = Fake::replying(reply("HTTP/1.1 200 OK", &"x".repeat(BODY))).await;
    let (mut proxy, mut browser) = asked(&upstream, |_| {}).await;
    soon("the answer", browser.read_exact(&mut [0; 12]))
        .await
        .unwrap();
    // With bytes unread, or to come, its end is a reset.
    drop(browser);
    let told = proxy.told().await;
    assert_eq!(told.failure(), Some("downstream-closed"));
    proxy.stop().await;
}

#[tokio::test]
async fn end_that_is_taken_late_is_one() {
    let upstream = Fake::replying(reply("HTTP/1.1 200 OK", &"x".repeat(BODY))).await;
    let (mut proxy, mut browser) = asked(&upstream, |_| {}).await;
    let mut head = [0; 12];
    soon("the answer", browser.read_exact(&mut head))
        .await
        .unwrap();
    // Nothing is told while some of it waits.
    while let Ok(event) = proxy.events.try_recv() {
        let ended = matches!(event, tripledash_core::trace::Event::Finished(_));
        assert!(!ended, "{event:?}");
    }
    let mut rest = Vec::new();
    while !rest.ends_with(&[b'x'; BODY]) {
        let size = soon("the rest", browser.read_buf(&mut rest)).await.unwrap();
        assert!(size > 0);
    }
    let tripledash_core::trace::Event::Finished(finished) = proxy.event().await else {
        panic!("nothing else is to be told");
    };
    assert_eq!(finished.failure, None);
    drop(browser);
    proxy.stop().await;
}

#[tokio::test]
async fn event_stream_that_is_not_taken_is_no_success() {
    for lane in [true, false] {
        let upstream = Fake::start(|mut peer| async move {
            peer.request().await;
            let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\
                        transfer-encoding: chunked\r\n\r\n";
            peer.send(head).await;
            let event = chunk(&format!("data: {}\n\n", "x".repeat(10_000)));
            while peer.try_send(event.as_bytes()).await.is_ok() {}
        })
        .await;
        let (mut proxy, browser) = asked(&upstream, |options| {
            impatient(options);
            options.lane = lane;
        })
        .await;
        let told = proxy.told().await;
        assert_eq!(told.failure(), Some("downstream-stalled"), "{lane}");
        drop(browser);
        proxy.stop().await;
    }
}

//! PINGs: when an upstream is sent one, and when not.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{Notify, mpsc};
use tripledash_proxy::Timeouts;

use super::silence::{PONG, post, short};
use super::{Frame, HOST, NAMES, found, frame, greet};
use crate::support::{Fake, Peer, Tripledash, certified_http2, get};

/// A proxy before an upstream that does with every connection as `serve` does.
async fn framed<S, F>(serve: S, change: impl FnOnce(&mut Timeouts)) -> (Fake, Tripledash)
where
    S: Fn(Peer) -> F + Clone + Send + 'static,
    F: Future<Output = ()> + Send + 'static,
{
    let (server, client) = certified_http2(&NAMES);
    let upstream = Fake::secured(server, move |peer, _| serve(peer)).await;
    let origin = format!("https://localhost:{}", upstream.address.port());
    let proxy = Tripledash::with(&origin, HOST, |options| {
        options.tls = Some(client);
        change(&mut options.timeouts);
    })
    .await;
    (upstream, proxy)
}

/// The answer to a PING.
fn pong(payload: &[u8]) -> Vec<u8> {
    [&[0, 0, 8, Frame::PING, 1, 0, 0, 0, 0], payload].concat()
}

#[tokio::test]
async fn upstream_that_answers_pings_is_waited_for_and_asked_ever_less() {
    const SILENCE: Duration = Duration::from_millis(10);
    let (tell, mut pings) = mpsc::unbounded_channel();
    let serve = move |mut peer: Peer| {
        let tell = tell.clone();
        async move {
            let stream = super::first_request(&mut peer).await;
            let asked = Instant::now();
            let mut count = 0;
            while let Some(frame) = frame(&mut peer).await {
                if frame.kind != Frame::PING {
                    continue;
                }
                count += 1;
                peer.send_bytes(&pong(&frame.payload)).await;
                // Longer than a PING may go without an answer.
                if asked.elapsed() > 3 * PONG / 2 {
                    tell.send((count, asked.elapsed())).unwrap();
                    peer.send_bytes(&found(stream)).await;
                    break;
                }
            }
            peer.closed().await;
        }
    };
    let (upstream, mut proxy) = framed(serve, |timeouts| {
        timeouts.silence = SILENCE;
        timeouts.pong_local = PONG;
    })
    .await;
    let answer = proxy.ask(&get(&proxy.host("acme---main"), "/", &[])).await;
    assert_eq!(answer.status(), 200);
    assert_eq!(proxy.told().await.failure(), None);
    assert_eq!(upstream.connections(), 1);
    let (count, elapsed) = pings.recv().await.unwrap();
    // After 10, 20, 40, 80 ms, and then after 120 each; the first 10 may have begun before.
    let least: u32 = (1..count).map(|before| (1 << before.min(4)).min(12)).sum();
    assert!(elapsed >= least * SILENCE, "{count} in {elapsed:?}");
    assert!(count > 2, "{count}");
    proxy.stop().await;
}

#[tokio::test]
async fn many_requests_at_once_ask_for_one_pong_at_a_time() {
    const AT_ONCE: usize = 8;
    let (tell, mut most) = mpsc::unbounded_channel();
    let serve = move |mut peer: Peer| {
        let tell = tell.clone();
        async move {
            greet(&mut peer).await;
            let mut requests = 0;
            let mut ponged = false;
            let mut pings: Vec<Frame> = Vec::new();
            let mut waiting = Vec::new();
            while let Some(frame) = frame(&mut peer).await {
                match frame.kind {
                    Frame::HEADERS => {
                        requests += 1;
                        waiting.push(frame.stream);
                    }
                    Frame::PING => {
                        pings.push(frame);
                        tell.send(pings.len()).unwrap();
                    }
                    _ => continue,
                }
                // The first is answered at once. Of the others, half are there without a PONG:
                // those that wait for one before they are sent are the other half.
                let most_are_here = requests > AT_ONCE / 2 && !pings.is_empty();
                if requests == 1 || most_are_here {
                    for ping in pings.drain(..) {
                        peer.send_bytes(&pong(&ping.payload)).await;
                    }
                }
                ponged |= most_are_here;
                if requests == 1 || ponged && pings.is_empty() {
                    for stream in waiting.drain(..) {
                        peer.send_bytes(&found(stream)).await;
                    }
                }
            }
        }
    };
    let (upstream, proxy) = framed(serve, short).await;
    let host = proxy.host("acme---main");
    assert_eq!(proxy.ask(&get(&host, "/", &[])).await.status(), 200);
    let requests = [get(&host, "/", &[]), post(&host, "")];
    let asked = (0..AT_ONCE).map(|at| proxy.ask(&requests[at % 2]));
    let answers = futures_util::future::join_all(asked).await;
    assert!(answers.iter().all(|answer| answer.status() == 200));
    assert_eq!(upstream.connections(), 1);
    let mut seen = 0;
    while let Ok(outstanding) = most.try_recv() {
        assert_eq!(outstanding, 1);
        seen += 1;
    }
    assert!(seen > 0);
    proxy.stop().await;
}

#[tokio::test]
async fn connection_that_is_heard_from_is_not_asked() {
    let pinged = Arc::new(Notify::new());
    let told = Arc::clone(&pinged);
    let serve = move |mut peer: Peer| {
        let told = Arc::clone(&told);
        async move {
            greet(&mut peer).await;
            while let Some(frame) = frame(&mut peer).await {
                match frame.kind {
                    Frame::HEADERS => peer.send_bytes(&found(frame.stream)).await,
                    Frame::PING => told.notify_one(),
                    _ => {}
                }
            }
        }
    };
    let (upstream, proxy) = framed(serve, |timeouts| {
        timeouts.silence = Duration::from_secs(10);
    })
    .await;
    let host = proxy.host("acme---main");
    let mut browser = proxy.browser().await;
    for request in [get(&host, "/", &[]), post(&host, "")]
        .iter()
        .cycle()
        .take(100)
    {
        assert_eq!(browser.ask(request).await.status(), 200);
    }
    assert_eq!(upstream.connections(), 1);
    let none = futures_util::FutureExt::now_or_never(pinged.notified());
    assert!(none.is_none());
    proxy.stop().await;
}

//! Connections that carry nothing any more, though nobody closed them.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use h2::Reason;
use h2::server::Builder;
use tokio::sync::{Barrier, mpsc};
use tripledash_proxy::Timeouts;

use super::relay::Relay;
use super::{HOST, NAMES};
use crate::support::{Asked, FakeHttp2, Message, Tripledash, certified_http2, get, soon};

/// So long nothing may come in answer to a PING. A machine that is busy must not need as long.
pub(super) const PONG: Duration = Duration::from_secs(1);

pub(super) fn short(timeouts: &mut Timeouts) {
    timeouts.silence = Duration::from_millis(1);
    timeouts.pong_local = PONG;
}

/// A proxy before a relay before an upstream that answers every request so.
async fn relayed<S, F>(builder: Builder, answer: S) -> (FakeHttp2, Relay, Tripledash)
where
    S: Fn(Asked) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = ()> + Send + 'static,
{
    let (server, client) = certified_http2(&NAMES);
    let upstream = FakeHttp2::answering(server, builder, answer).await;
    let relay = Relay::before(upstream.address).await;
    let proxy = Tripledash::with(&relay.origin(), HOST, |options| {
        options.tls = Some(client);
        short(&mut options.timeouts);
    })
    .await;
    (upstream, relay, proxy)
}

pub(super) fn post(host: &str, body: &str) -> String {
    let length = body.len();
    format!("POST / HTTP/1.1\r\nhost: {host}\r\ncontent-length: {length}\r\n\r\n{body}")
}

#[tokio::test]
async fn request_after_silence_is_answered_through_a_new_connection() {
    let (_upstream, relay, mut proxy) =
        relayed(Builder::new(), |asked| async move { asked.text(200, "x") }).await;
    let request = get(&proxy.host("acme---main"), "/", &[]);
    assert_eq!(proxy.ask(&request).await.text(), "x");
    proxy.told().await;
    relay.swallow();
    assert_eq!(proxy.ask(&request).await.text(), "x");
    let told = proxy.told().await;
    assert_eq!(told.failure(), None);
    assert!(!told.answered().timings.reused);
    // Which is the one that is used from now on.
    assert_eq!(proxy.ask(&request).await.text(), "x");
    assert_eq!(relay.connections(), 2);
    proxy.stop().await;
}

#[tokio::test]
async fn other_connections_as_silent_are_not_tried_one_by_one() {
    let both = Arc::new(Barrier::new(2));
    let mut builder = Builder::new();
    builder.max_concurrent_streams(1);
    let (_upstream, relay, proxy) = relayed(builder, move |asked| {
        let both = Arc::clone(&both);
        async move {
            if asked.request.uri().path() == "/both" {
                both.wait().await;
            }
            asked.text(200, "x");
        }
    })
    .await;
    let host = proxy.host("acme---main");
    // The upstream's limit is known with its first answer.
    assert_eq!(proxy.ask(&get(&host, "/", &[])).await.text(), "x");
    let two = get(&host, "/both", &[]);
    let answers = futures_util::future::join(proxy.ask(&two), proxy.ask(&two)).await;
    assert_eq!((answers.0.status(), answers.1.status()), (200, 200));
    assert_eq!(relay.connections(), 2);
    relay.swallow();
    assert_eq!(proxy.ask(&get(&host, "/", &[])).await.text(), "x");
    assert_eq!(relay.connections(), 3);
    proxy.stop().await;
}

#[tokio::test]
async fn request_that_may_change_something_waits_for_a_sign_of_life() {
    let (asked, mut heard) = mpsc::unbounded_channel();
    let (server, client) = certified_http2(&NAMES);
    let upstream = FakeHttp2::answering(server, Builder::new(), move |mut request: Asked| {
        let asked = asked.clone();
        async move {
            let body = request.body().await.unwrap();
            asked.send(body.clone()).unwrap();
            request.text(200, &format!("got {}", body.len()));
        }
    })
    .await;
    let relay = Relay::before(upstream.address).await;
    let mut proxy = Tripledash::with(&relay.origin(), HOST, |options| {
        options.tls = Some(client);
        // Whenever it comes, there was silence before.
        options.timeouts.silence = Duration::from_nanos(1);
        options.timeouts.pong_local = PONG;
    })
    .await;
    let host = proxy.host("acme---main");
    for body in ["one", "second"] {
        let answer = proxy.ask(&post(&host, body)).await;
        assert_eq!(answer.text(), format!("got {}", body.len()));
        proxy.told().await;
    }
    assert_eq!(relay.connections(), 1);
    relay.swallow();
    assert_eq!(proxy.ask(&post(&host, "last one")).await.text(), "got 8");
    assert_eq!(proxy.told().await.failure(), None);
    assert_eq!(relay.connections(), 2);
    for body in ["one", "second", "last one"] {
        assert_eq!(heard.recv().await.unwrap(), body.as_bytes());
    }
    assert!(heard.try_recv().is_err());
    proxy.stop().await;
}

#[tokio::test]
async fn request_that_is_not_waited_for_as_long_as_a_pong_is_sent_elsewhere() {
    let (server, client) = certified_http2(&NAMES);
    let upstream = FakeHttp2::answering(server, Builder::new(), |asked| async move {
        asked.text(200, "x");
    })
    .await;
    let relay = Relay::before(upstream.address).await;
    let preview = format!("{HOST}, \"timeout\": 4");
    let mut proxy = Tripledash::with(&relay.origin(), &preview, |options| {
        options.tls = Some(client);
        // Whenever it comes, there was silence before.
        options.timeouts.silence = Duration::from_nanos(1);
    })
    .await;
    let host = proxy.host("acme---main");
    assert_eq!(proxy.ask(&get(&host, "/", &[])).await.text(), "x");
    proxy.told().await;
    relay.swallow();
    assert_eq!(proxy.ask(&post(&host, "one")).await.text(), "x");
    assert_eq!(proxy.told().await.failure(), None);
    assert_eq!(relay.connections(), 2);
    proxy.stop().await;
}

/// A proxy before a relay before an upstream that leaves the first request at `/wait` without an
/// answer, and tells of every one.
async fn stuck() -> (
    FakeHttp2,
    Relay,
    Tripledash,
    mpsc::UnboundedReceiver<String>,
) {
    let (tell, asked) = mpsc::unbounded_channel();
    let waiting = Arc::new(AtomicUsize::new(0));
    let (upstream, relay, proxy) = relayed(Builder::new(), move |asked| {
        let path = asked.request.uri().path().to_owned();
        let first = path == "/wait" && waiting.fetch_add(1, Ordering::SeqCst) == 0;
        tell.send(path).unwrap();
        async move {
            if first {
                std::future::pending::<()>().await;
            }
            asked.text(200, "x");
        }
    })
    .await;
    (upstream, relay, proxy, asked)
}

#[tokio::test]
async fn get_under_way_is_sent_again_when_its_connection_is_lost() {
    let (_upstream, relay, mut proxy, mut asked) = stuck().await;
    let mut browser = proxy.browser().await;
    browser
        .send(&get(&proxy.host("acme---main"), "/wait", &[]))
        .await;
    soon("the request", asked.recv()).await.unwrap();
    relay.swallow();
    assert_eq!(browser.response(false).await.text(), "x");
    assert_eq!(asked.try_recv().unwrap(), "/wait");
    let told = proxy.told().await;
    assert_eq!(told.failure(), None);
    assert!(!told.answered().timings.reused);
    assert_eq!(relay.connections(), 2);
    proxy.stop().await;
}

#[tokio::test]
async fn post_under_way_is_not_sent_again_and_its_answer_says_so() {
    let (_upstream, relay, mut proxy, mut asked) = stuck().await;
    let host = proxy.host("acme---main");
    let mut browser = proxy.browser().await;
    browser
        .send(&post(&host, "").replace("POST /", "POST /wait"))
        .await;
    soon("the request", asked.recv()).await.unwrap();
    relay.swallow();
    let answer = browser.response(false).await;
    assert_eq!(answer.status(), 504);
    let text = answer.text();
    for words in ["PING within 1s", "not sent again", "new connection"] {
        assert!(text.contains(words), "{words}: {text}");
    }
    let told = proxy.told().await;
    assert_eq!(told.failure(), Some("upstream-lost"));
    assert!(asked.try_recv().is_err());
    // The next request does not meet what was lost.
    assert_eq!(proxy.ask(&get(&host, "/", &[])).await.text(), "x");
    assert_eq!(relay.connections(), 2);
    proxy.stop().await;
}

#[tokio::test]
async fn get_that_is_lost_twice_is_not_sent_a_third_time() {
    let (tell, mut asked) = mpsc::unbounded_channel();
    let (_upstream, relay, mut proxy) = relayed(Builder::new(), move |asked| {
        tell.send(()).unwrap();
        async move {
            let _asked = asked;
            std::future::pending::<()>().await;
        }
    })
    .await;
    let mut browser = proxy.browser().await;
    browser
        .send(&get(&proxy.host("acme---main"), "/", &[]))
        .await;
    for _ in 0..2 {
        soon("the request", asked.recv()).await.unwrap();
        relay.swallow();
    }
    let answer = browser.response(false).await;
    assert_eq!(answer.status(), 504);
    assert!(answer.text().contains("lost as well"), "{}", answer.text());
    assert_eq!(proxy.told().await.failure(), Some("upstream-lost"));
    assert_eq!(relay.connections(), 2);
    proxy.stop().await;
}

/// A proxy before an upstream that refuses so many requests, and leaves the next one without an
/// answer; that one's connection is lost.
async fn refused_and_lost(refusals: usize) -> (Relay, Tripledash, Message) {
    let (tell, mut asked) = mpsc::unbounded_channel();
    let count = Arc::new(AtomicUsize::new(0));
    let (_upstream, relay, proxy) = relayed(Builder::new(), move |mut asked| {
        let before = count.fetch_add(1, Ordering::SeqCst);
        let tell = tell.clone();
        async move {
            if before < refusals {
                asked.respond.send_reset(Reason::REFUSED_STREAM);
            } else if before == refusals {
                tell.send(()).unwrap();
                std::future::pending::<()>().await;
            } else {
                asked.text(200, "x");
            }
        }
    })
    .await;
    let mut browser = proxy.browser().await;
    browser
        .send(&get(&proxy.host("acme---main"), "/", &[]))
        .await;
    soon("the request", asked.recv()).await.unwrap();
    relay.swallow();
    let answer = browser.response(false).await;
    (relay, proxy, answer)
}

#[tokio::test]
async fn get_that_is_lost_is_sent_again_although_it_was_refused_before() {
    let (_relay, mut proxy, answer) = refused_and_lost(1).await;
    assert_eq!(answer.text(), "x");
    assert_eq!(proxy.told().await.failure(), None);
    proxy.stop().await;
}

#[tokio::test]
async fn get_that_is_lost_after_all_other_attempts_does_not_claim_to_be_lost_twice() {
    let (_relay, mut proxy, answer) = refused_and_lost(3).await;
    assert_eq!(answer.status(), 504);
    let text = answer.text();
    assert!(text.contains("for other reasons"), "{text}");
    assert!(!text.contains("lost as well"), "{text}");
    assert_eq!(proxy.told().await.failure(), Some("upstream-lost"));
    proxy.stop().await;
}

#[tokio::test]
async fn response_under_way_breaks_off_and_says_why() {
    let (_upstream, relay, mut proxy) = relayed(Builder::new(), |mut asked| async move {
        let mut stream = asked.head(200, &[]);
        stream.send_data(Bytes::from("half"), false).unwrap();
        std::future::pending::<()>().await;
    })
    .await;
    let mut browser = proxy.browser().await;
    browser
        .send(&get(&proxy.host("acme---main"), "/", &[]))
        .await;
    assert_eq!(browser.head().await.status(), 200);
    let half = soon("half of it", browser.reader.chunk()).await;
    assert_eq!(half.unwrap(), b"half");
    relay.swallow();
    assert_eq!(soon("the break", browser.reader.chunk()).await, None);
    let failure = proxy.told().await.finished.failure.unwrap();
    assert!(
        failure.message.contains("no PING within 1s"),
        "{}",
        failure.message
    );
    assert!(
        failure.message.contains("after 4 bytes"),
        "{}",
        failure.message
    );
    proxy.stop().await;
}

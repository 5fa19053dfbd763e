//! Plain requests go past hyper, and all others through it. Nobody can tell which did: not the
//! browser, not the upstream, and not who reads the trace.

mod asks;

use std::cell::RefCell;
use std::convert::Infallible;

use bytes::Bytes;
use http::{HeaderValue, Request, Response};
use http_body::Frame;
use http_body_util::StreamBody;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use tower::service_fn;
use tower::util::BoxCloneService;
use tripledash_core::ExchangeId;
use tripledash_core::trace::{Event, Timings};
use tripledash_proxy::Body;

use self::asks::{Ask, asks};
use crate::support::{Fake, Message, Peer, Tripledash, chunk, get, reply, soon};

/// How many connections are tried.
const CASES: u32 = 128;

/// All of what one connection came to.
#[derive(Debug, PartialEq, Eq)]
struct Account {
    responses: Vec<String>,
    received: Vec<String>,
    told: Vec<String>,
}

/// An upstream that answers as the path says.
async fn upstream() -> Fake {
    Fake::start(|mut peer: Peer| async move {
        while let Some(request) = peer.request().await {
            let is_head = request.line.starts_with("HEAD ");
            let path = request.line.split(' ').nth(1).unwrap_or_default();
            let kind = path.trim_start_matches('/').split('?').next();
            let ok = "HTTP/1.1 200 OK\r\ncontent-type: text/plain";
            let chunked = format!("{ok}\r\ntransfer-encoding: chunked\r\n\r\n");
            let (answer, over) = match kind.unwrap_or_default() {
                "chunks" => (format!("{chunked}{}{}0\r\n\r\n", chunk("one"), chunk("two")), false),
                "trailers" => {
                    let end = "0\r\nx-sum: 9\r\n\r\n";
                    let ok = format!("{ok}\r\ntrailer: x-sum\r\ntransfer-encoding: chunked\r\n\r\n");
                    (format!("{ok}{}{end}", chunk("one")), false)
                }
                "to-the-end" => (format!("{ok}\r\n\r\nall of it"), true),
                "cut" => (format!("{ok}\r\ncontent-length: 10\r\n\r\nhalf"), true),
                "cut-chunk" => (format!("{chunked}{}5\r\nha", chunk("one")), true),
                "nothing" => ("HTTP/1.1 204 No Content\r\ncontent-length: 0\r\n\r\n".to_owned(), false),
                "same" => ("HTTP/1.1 304 Not Modified\r\netag: \"1\"\r\ncontent-length: 7\r\n\r\n".to_owned(), false),
                "empty" => (reply(ok, ""), false),
                "lengths" => (format!("{ok}\r\ncontent-length: 5\r\ncontent-length: 7\r\n\r\nhello"), false),
                "length" => (format!("{ok}\r\ncontent-length: x\r\n\r\nhello"), false),
                "list" => (format!("{ok}\r\ncontent-length: 5, 5\r\ncontent-length: 05\r\n\r\nhello"), false),
                "both" => (format!("{chunked}{}0\r\n\r\n", chunk("one")).replacen("\r\n\r\n", "\r\ncontent-length: 7\r\n\r\n", 1), false),
                "early" => {
                    let early = "HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n";
                    (format!("{early}{}", reply(ok, "late")), false)
                }
                "odd" => {
                    let odd = "HTTP/1.1 299 Odd Words\r\ndate: Sun, 06 Nov 1994 08:49:37 GMT\r\nset-cookie: a=b; Domain=localhost\r\nset-cookie: c=d\r\nconnection: keep-alive, x-hop\r\nx-hop: 1";
                    (reply(odd, "odd"), false)
                }
                "page" => {
                    let page = "HTTP/1.1 200 OK\r\ncontent-type: text/html; charset=utf-8";
                    (reply(page, "<!doctype html><html><head></head><body>x</body></html>"), false)
                }
                "large" => (reply(ok, &"large ".repeat(20_000)), false),
                "events" => (
                    format!(
                        "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n{}0\r\n\r\n",
                        chunk("data: 1\n\n")
                    ),
                    false,
                ),
                "silent" => (String::new(), true),
                "raw" => ("what?\n".to_owned(), true),
                _ => (reply(ok, &request.line), false),
            };
            // What is before the last head is sent to HEAD too.
            let last = answer.rfind("HTTP/1.1 ").unwrap_or_default();
            let head = answer[last..].find("\r\n\r\n").map(|at| last + at + 4);
            let head = head.filter(|_| is_head).unwrap_or(answer.len());
            let answer = &answer[..head];
            peer.send(answer).await;
            if over {
                peer.finish().await;
                return;
            }
        }
    })
    .await
}

/// Sends what is asked on one connection, and reads it to its end.
async fn run(proxy: &mut Tripledash, upstream: &mut Fake, asks: &[Ask]) -> Account {
    let port = proxy.address.port().to_string();
    let plainly = |text: String| text.replace(&port, "PORT");
    let mut browser = proxy.browser().await;
    let mut responses = Vec::new();
    let mut unread = Vec::new();
    for ask in asks {
        let text = ask
            .text
            .replace("HOST", &proxy.host("acme---main"))
            .replace("NONE", &proxy.host("acme---none"))
            .replace("BASE", &proxy.base());
        for piece in text.as_bytes().chunks(ask.piece) {
            browser.try_send(piece).await;
            tokio::task::yield_now().await;
        }
        unread.push(ask.is_head);
        if ask.waits {
            for is_head in unread.drain(..) {
                responses.push(browser.response(is_head).await);
            }
        }
    }
    for is_head in unread {
        responses.push(browser.response(is_head).await);
    }
    browser.closed().await;
    let mut received = Vec::new();
    while let Some(request) = upstream.try_received() {
        received.push(plainly(format!("{request:?}")));
    }
    let mut told = Vec::new();
    while let Ok(event) = proxy.events.try_recv() {
        told.push(plainly(tell(event)));
    }
    Account {
        responses: responses
            .into_iter()
            .map(|response| plainly(show(response)))
            .collect(),
        received,
        told,
    }
}

/// A response but for the time of day.
fn show(mut response: Message) -> String {
    for (name, value) in &mut response.fields {
        // The upstream's own is from then.
        if name == "date" && !value.contains("1994") {
            assert_eq!((value.len(), &value[25..]), (29, " GMT"));
            "now".clone_into(value);
        }
    }
    let text = String::from_utf8_lossy(&response.body).into_owned();
    response.body.clear();
    format!("{response:?} {text}")
}

/// An event but for its number and its times.
fn tell(event: Event) -> String {
    match event {
        Event::Started(mut started) => {
            started.id = ExchangeId(0);
            format!("{started:?}")
        }
        Event::Answered(mut answered) => {
            answered.id = ExchangeId(0);
            answered.timings = Timings {
                protocol: answered.timings.protocol,
                reused: answered.timings.reused,
                ..Timings::default()
            };
            format!("{answered:?}")
        }
        Event::Finished(mut finished) => {
            finished.id = ExchangeId(0);
            finished.total_us = 0;
            format!("{finished:?}")
        }
    }
}

/// HEAD alone is told the length of a body that nobody sees (RFC 9110 section 8.6).
#[tokio::test]
async fn head_is_told_one_length_or_none() {
    for (fields, wanted) in [
        ("content-length: 5", Ok(Some("5"))),
        ("content-length: 5, 5\r\ncontent-length: 05", Ok(Some("5"))),
        ("content-length: ,5", Ok(Some("5"))),
        ("transfer-encoding: chunked\r\ncontent-length: 5", Ok(None)),
        ("x: y", Ok(None)),
        ("content-length: 5\r\ncontent-length: 7", Err(())),
        ("content-length: x", Err(())),
        ("content-length: +5", Err(())),
        ("content-length:", Err(())),
    ] {
        for lane in [true, false] {
            let upstream = Fake::replying(format!("HTTP/1.1 200 OK\r\n{fields}\r\n\r\n")).await;
            let mut proxy =
                Tripledash::with(&upstream.origin(), "", |options| options.lane = lane).await;
            let host = proxy.host("acme---main");
            let answer = proxy
                .ask(&format!("HEAD / HTTP/1.1\r\nhost: {host}\r\n\r\n"))
                .await;
            let told = proxy.told().await;
            match wanted {
                Ok(length) => {
                    assert_eq!(answer.status(), 200, "{fields}, {lane}");
                    let lengths = answer.all("content-length");
                    assert_eq!(lengths, Vec::from_iter(length), "{fields}, {lane}");
                    assert_eq!(told.failure(), None, "{fields}, {lane}");
                }
                Err(()) => {
                    assert_eq!(answer.status(), 502, "{fields}, {lane}");
                    assert_eq!(
                        told.failure(),
                        Some("upstream-not-http"),
                        "{fields}, {lane}"
                    );
                }
            }
            proxy.stop().await;
        }
    }
}

/// Ours declares no more than it has, but nothing keeps it from doing so.
#[tokio::test]
async fn workbench_that_has_less_than_it_declares_breaks_the_transfer() {
    for lane in [true, false] {
        let upstream = Fake::replying("").await;
        let proxy = Tripledash::with(&upstream.origin(), "", |options| {
            options.lane = lane;
            options.base = BoxCloneService::new(service_fn(|_: Request<Body>| async {
                let part = Ok::<_, Infallible>(Frame::data(Bytes::from("short")));
                let body = StreamBody::new(futures_util::stream::iter([part]));
                let mut response = Response::new(Body::new(body));
                let length = HeaderValue::from_static("10");
                response.headers_mut().insert("content-length", length);
                Ok(response)
            }));
        })
        .await;
        let mut browser = proxy.browser().await;
        browser.send(&get(&proxy.base(), "/", &[])).await;
        let mut all = Vec::new();
        loop {
            let some = soon("the end", browser.reader.some(usize::MAX)).await;
            if some.is_empty() {
                break;
            }
            all.extend(some);
        }
        // hyper drops what it has not flushed.
        let all = String::from_utf8(all).unwrap();
        assert!(
            all.is_empty() && !lane || all.ends_with("\r\n\r\nshort"),
            "{all}"
        );
        assert!(
            all.is_empty() || all.contains("\r\ncontent-length: 10\r\n"),
            "{all}"
        );
        drop(browser);
        proxy.stop().await;
    }
}

#[test]
fn nobody_can_tell_who_answered() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let (upstream, with, without) = runtime.block_on(async {
        let upstream = upstream().await;
        let with = Tripledash::start(&upstream.origin(), "").await;
        let without =
            Tripledash::with(&upstream.origin(), "", |options| options.lane = false).await;
        (upstream, with, without)
    });
    let all = RefCell::new((upstream, with, without));
    let config = ProptestConfig {
        cases: CASES,
        failure_persistence: None,
        // What is left of a connection that failed would be taken for a smaller one's.
        max_shrink_iters: 0,
        ..ProptestConfig::default()
    };
    let tried = TestRunner::new(config).run(&asks(), |asks| {
        let (upstream, with, without) = &mut *all.borrow_mut();
        let (with, without) = runtime.block_on(async {
            (
                run(with, upstream, &asks).await,
                run(without, upstream, &asks).await,
            )
        });
        prop_assert_eq!(&with.responses, &without.responses);
        prop_assert_eq!(&with.received, &without.received);
        prop_assert_eq!(&with.told, &without.told);
        Ok(())
    });
    tried.unwrap();
    let (_, with, without) = all.into_inner();
    runtime.block_on(async {
        with.stop().await;
        without.stop().await;
    });
}

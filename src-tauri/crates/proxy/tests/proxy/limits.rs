//! Requests that are too large: our own answer, told of, and nothing upstream.

use crate::support::{Fake, Message, Tripledash, get, reply};

const JSON: &str = "accept: application/json";

/// The answer to a request that is too large, and what was told of it.
async fn refused(request: impl Fn(&str) -> String) -> (Message, Option<String>) {
    let mut upstream = Fake::replying(reply("HTTP/1.1 200 OK", "x")).await;
    let mut proxy = Tripledash::start(&upstream.origin(), "").await;
    let mut browser = proxy.browser().await;
    let host = proxy.host("acme---main");
    let request = request(&host);
    // What is too large may be answered, and its connection closed, before all of it was sent.
    browser.try_send(request.as_bytes()).await;
    browser
        .try_send(get(&host, "/smuggled", &[]).as_bytes())
        .await;
    let answer = browser.response(false).await;
    browser.closed().await;
    drop(browser);
    assert!(upstream.is_idle());
    proxy.shutdown.cancel();
    let told = match proxy.events.recv().await {
        Some(tripledash_core::trace::Event::Started(started)) => Some(started.url()),
        _ => None,
    };
    proxy.stop().await;
    (answer, told)
}

fn code(answer: &Message) -> (u16, String) {
    (
        answer.status(),
        answer.json()["code"].as_str().unwrap().to_owned(),
    )
}

#[tokio::test]
async fn targets_over_the_limit_are_414() {
    // Up to a size that hyper would not read at all.
    for size in [16 * 1024, 70_000, 200_000] {
        let (answer, told) =
            refused(|host| get(host, &format!("/{}", "x".repeat(size)), &[JSON])).await;
        assert_eq!(code(&answer), (414, "target-too-long".to_owned()), "{size}");
        let told = told.expect("told of");
        assert!(
            told.len() < 2000 && told.contains("acme---main"),
            "{}",
            told.len()
        );
    }
    let (answer, _) = refused(|host| get(host, &format!("/{}", "x".repeat(20_000)), &[])).await;
    assert!(answer.text().starts_with("<!doctype html>"));
}

#[tokio::test]
async fn header_fields_over_the_limit_are_431() {
    for size in [64 * 1024, 100_000, 230_000] {
        let large = format!("cookie: {}", "x".repeat(size));
        let (answer, told) = refused(|host| get(host, "/a", &[JSON, &large])).await;
        assert_eq!(
            code(&answer),
            (431, "fields-too-large".to_owned()),
            "{size}"
        );
        assert!(told.expect("told of").ends_with("/a"));
    }
    let many: Vec<_> = (0..100).map(|n| format!("x-{n}: y")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let (answer, told) = refused(|host| get(host, "/a", &[&[JSON], &many[..]].concat())).await;
    assert_eq!(code(&answer), (431, "fields-too-large".to_owned()));
    assert!(told.is_some());
}

#[tokio::test]
async fn head_without_an_end_is_not_read_without_end() {
    // No host can be read any more, and no wish for JSON.
    let (answer, told) =
        refused(|host| get(host, &format!("/{}", "x".repeat(400_000)), &[JSON])).await;
    assert_eq!((answer.status(), told), (414, None));
    let large = format!("x: {}", "y".repeat(400_000));
    let (answer, told) = refused(|host| get(host, "/a", &[JSON, &large])).await;
    assert_eq!(code(&answer), (431, "fields-too-large".to_owned()));
    assert!(told.is_some());
}

#[tokio::test]
async fn heads_just_within_the_limits_pass() {
    let mut upstream = Fake::replying(reply("HTTP/1.1 200 OK", "x")).await;
    let proxy = Tripledash::start(&upstream.origin(), "").await;
    let host = proxy.host("acme---main");
    let mut browser = proxy.browser().await;
    let path = format!("/{}", "x".repeat(16 * 1024 - 1));
    let cookie = format!("cookie: {}", "y".repeat(60_000));
    let many: Vec<_> = (0..98).map(|n| format!("x-{n}: {n}")).collect();
    let mut fields: Vec<&str> = many.iter().map(String::as_str).collect();
    fields.push(&cookie);
    for _ in 0..2 {
        assert_eq!(browser.ask(&get(&host, &path, &fields)).await.status(), 200);
        let got = upstream.received().await;
        assert_eq!(got.line, format!("GET {path} HTTP/1.1"));
        assert_eq!(got.field("x-97"), Some("97"));
        assert_eq!(got.field("cookie").unwrap().len(), 60_000);
    }
    proxy.stop().await;
}

#[tokio::test]
async fn whatever_is_expected_beyond_the_hundred_is_417() {
    let (answer, told) = refused(|host| {
        format!(
            "POST / HTTP/1.1\r\nhost: {host}\r\n{JSON}\r\nexpect: 200-maybe\r\ncontent-length: 2\r\n\r\nok"
        )
    })
    .await;
    assert_eq!(code(&answer), (417, "expectation-failed".to_owned()));
    assert!(told.is_some());
}

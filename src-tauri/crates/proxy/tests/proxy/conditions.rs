//! Conditions and parts: with the page edited on its way, the upstream still decides as it would.

use crate::support::{Fake, Tripledash, get, reply};

const PAGE: &str = "<!doctype html><html><head></head><body>hi</body></html>";

/// An upstream that compares tags as strings, as many do.
async fn upstream() -> Fake {
    Fake::start(|mut peer| async move {
        while let Some(request) = peer.request().await {
            let fields = "content-type: text/html\r\netag: \"v1\"\r\naccept-ranges: bytes\r\n\
                          repr-digest: sha-256=:AAAA:\r\nlast-modified: Wed, 21 Oct 2026 07:28:00 GMT";
            let answer = if request.field("if-none-match") == Some("\"v1\"") {
                "HTTP/1.1 304 Not Modified\r\netag: \"v1\"\r\ncache-control: max-age=0\r\n\r\n".to_owned()
            } else if request.field("if-match").is_some_and(|tag| tag != "\"v1\"") {
                reply("HTTP/1.1 412 Precondition Failed", "")
            } else if request.field("range").is_some() && request.field("if-range").is_none() {
                reply(
                    &format!("HTTP/1.1 206 Partial Content\r\n{fields}\r\ncontent-range: bytes 0-14/{}", PAGE.len()),
                    &PAGE[..15],
                )
            } else if request.line.starts_with("HEAD") {
                format!("HTTP/1.1 200 OK\r\n{fields}\r\ncontent-length: {}\r\n\r\n", PAGE.len())
            } else {
                reply(&format!("HTTP/1.1 200 OK\r\n{fields}"), PAGE)
            };
            peer.send(&answer).await;
        }
    })
    .await
}

#[tokio::test]
async fn page_that_did_not_change_is_304() {
    let mut upstream = upstream().await;
    let proxy = Tripledash::start(&upstream.origin(), "").await;
    let host = proxy.host("acme---main");
    let first = proxy.ask(&get(&host, "/", &[])).await;
    let tag = first.field("etag").unwrap().to_owned();
    assert!(tag.starts_with("W/"), "{tag}");
    for gone in ["content-length", "accept-ranges", "repr-digest"] {
        assert_eq!(first.field(gone), None, "{gone}");
    }
    upstream.received().await;
    let again = proxy
        .ask(&get(&host, "/", &[&format!("if-none-match: {tag}")]))
        .await;
    assert_eq!(again.status(), 304);
    // The tag by which the browser has the page, or it would not know which one is meant.
    assert_eq!(again.field("etag"), Some(tag.as_str()));
    assert_eq!((again.body.len(), again.field("content-length")), (0, None));
    assert_eq!(
        upstream.received().await.field("if-none-match"),
        Some("\"v1\"")
    );
    proxy.stop().await;
}

#[tokio::test]
async fn matches_hold_and_fail_as_they_would() {
    let upstream = upstream().await;
    let proxy = Tripledash::start(&upstream.origin(), "").await;
    let host = proxy.host("acme---main");
    let tag = proxy
        .ask(&get(&host, "/", &[]))
        .await
        .field("etag")
        .unwrap()
        .to_owned();
    let holds = proxy
        .ask(&get(&host, "/", &[&format!("if-match: {tag}")]))
        .await;
    assert_eq!(holds.status(), 200);
    let fails = proxy.ask(&get(&host, "/", &["if-match: \"v0\""])).await;
    assert_eq!(fails.status(), 412);
    proxy.stop().await;
}

#[tokio::test]
async fn parts_are_the_upstreams_own_or_the_whole_page() {
    let upstream = upstream().await;
    let proxy = Tripledash::start(&upstream.origin(), "").await;
    let host = proxy.host("acme---main");
    let tag = proxy
        .ask(&get(&host, "/", &[]))
        .await
        .field("etag")
        .unwrap()
        .to_owned();
    let part = proxy.ask(&get(&host, "/", &["range: bytes=0-14"])).await;
    assert_eq!((part.status(), part.text().as_str()), (206, &PAGE[..15]));
    assert_eq!(part.field("etag"), Some("\"v1\""));
    assert_eq!(part.field("content-length"), Some("15"));
    // Parts of the edited page would not fit to it.
    let rest = ["range: bytes=15-", &format!("if-range: {tag}")];
    let whole = proxy.ask(&get(&host, "/", &rest)).await;
    assert_eq!(whole.status(), 200);
    assert!(whole.text().contains("agent.js"));
    proxy.stop().await;
}

#[tokio::test]
async fn head_has_the_fields_of_get() {
    let upstream = upstream().await;
    let proxy = Tripledash::start(&upstream.origin(), "").await;
    let host = proxy.host("acme---main");
    let by_get = proxy.ask(&get(&host, "/", &[])).await;
    let by_head = proxy
        .ask(&get(&host, "/", &[]).replace("GET", "HEAD"))
        .await;
    let fields = |message: &crate::support::Message| {
        let mut fields = message.fields.clone();
        fields.retain(|(name, _)| !matches!(name.as_str(), "date" | "transfer-encoding"));
        fields.sort();
        fields
    };
    assert_eq!(fields(&by_head), fields(&by_get));
    assert_eq!(by_head.field("content-length"), None);
    proxy.stop().await;
}

//! Documents: the agent's tag, the agent itself, and redirects out of a pane.

use crate::support::{Fake, Tripledash, chunk, get, reply};

const PAGE: &str = "<!doctype html><html><head><title>Acme</title></head><body>hi</body></html>";

fn tag(proxy: &Tripledash) -> String {
    format!(
        "<script src=\"/__tripledash/agent.js\" data-workbench=\"http://{}\"></script>",
        proxy.base()
    )
}

fn injected(proxy: &Tripledash) -> String {
    PAGE.replace("<head>", &format!("<head>{}", tag(proxy)))
}

#[tokio::test]
async fn page_gets_the_tag_first_in_its_head() {
    let upstream = Fake::replying(reply(
        "HTTP/1.1 200 OK\r\ncontent-type: text/html; charset=utf-8\r\netag: \"1\"",
        PAGE,
    ))
    .await;
    let mut proxy = Tripledash::start(&upstream.origin(), "").await;
    let host = proxy.host("acme---main");
    let answer = proxy
        .ask(&get(&host, "/", &["sec-fetch-dest: iframe"]))
        .await;
    assert_eq!(answer.text(), injected(&proxy));
    assert_eq!(answer.field("content-length"), None);
    assert_eq!(answer.field("etag"), Some("W/\"1~tripledash\""));
    assert_eq!(answer.field("origin-agent-cluster"), Some("?1"));
    let told = proxy.told().await;
    assert!(
        told.answered()
            .edits
            .iter()
            .any(|edit| edit.field == "body")
    );
    assert!(
        told.answered()
            .edits
            .iter()
            .any(|edit| edit.field == "origin-agent-cluster")
    );
    assert_eq!(told.finished.response_bytes, answer.body.len() as u64);
    proxy.stop().await;
}

#[tokio::test]
async fn page_with_a_nonce_gets_a_tag_with_it() {
    let upstream = Fake::replying(reply(
        "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-security-policy: script-src 'nonce-abc'",
        PAGE,
    ))
    .await;
    let proxy = Tripledash::start(&upstream.origin(), "").await;
    let answer = proxy.ask(&get(&proxy.host("acme---main"), "/", &[])).await;
    assert!(
        answer.text().contains(" nonce=\"abc\"></script>"),
        "{}",
        answer.text()
    );
    proxy.stop().await;
}

#[tokio::test]
async fn streamed_page_streams_on() {
    let head = PAGE.split_at(40);
    let upstream = Fake::replying(format!(
        "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ntransfer-encoding: chunked\r\n\r\n{}{}0\r\n\r\n",
        chunk(head.0),
        chunk(head.1)
    ))
    .await;
    let proxy = Tripledash::start(&upstream.origin(), "").await;
    let mut browser = proxy.browser().await;
    for _ in 0..2 {
        let answer = browser
            .ask(&get(&proxy.host("acme---main"), "/", &[]))
            .await;
        assert_eq!(answer.text(), injected(&proxy));
    }
    assert_eq!(upstream.connections(), 1);
    proxy.stop().await;
}

#[tokio::test]
async fn nothing_but_a_document_is_touched() {
    let html = "content-type: text/html";
    for (head, fields) in [
        ("content-type: application/json", &[][..]),
        (html, &["sec-fetch-dest: empty"]),
        (
            "content-type: text/html\r\ncache-control: no-transform",
            &[],
        ),
        ("content-type: text/html\r\ncontent-encoding: compress", &[]),
    ] {
        let upstream = Fake::replying(reply(&format!("HTTP/1.1 200 OK\r\n{head}"), PAGE)).await;
        let proxy = Tripledash::start(&upstream.origin(), "").await;
        let answer = proxy
            .ask(&get(&proxy.host("acme---main"), "/", fields))
            .await;
        assert_eq!(answer.text(), PAGE, "{head} {fields:?}");
        assert_eq!(
            answer.field("content-length"),
            Some(PAGE.len().to_string().as_str())
        );
        proxy.stop().await;
    }
}

#[tokio::test]
async fn agent_is_served_on_preview_hosts_and_untold() {
    let mut upstream = Fake::replying(reply("HTTP/1.1 200 OK", "x")).await;
    let mut proxy = Tripledash::start(&upstream.origin(), "").await;
    for host in ["acme---main", "main", "acme---main.admin"] {
        let answer = proxy
            .ask(&get(&proxy.host(host), "/__tripledash/agent.js?v=1", &[]))
            .await;
        assert_eq!(answer.status(), 200, "{host}");
        assert_eq!(
            answer.field("content-type"),
            Some("text/javascript; charset=utf-8")
        );
        assert_eq!(answer.field("origin-agent-cluster"), Some("?1"));
        assert_eq!(answer.text(), include_str!("../../assets/agent.js"));
    }
    let elsewhere = proxy
        .ask(&get(&proxy.base(), "/__tripledash/agent.js", &[]))
        .await;
    assert_eq!(elsewhere.text(), "workbench /__tripledash/agent.js");
    assert!(upstream.is_idle());
    assert!(proxy.events.try_recv().is_err());
    proxy.stop().await;
}

#[tokio::test]
async fn redirect_to_a_foreign_host_in_a_pane_is_an_offer() {
    let upstream = Fake::replying(reply(
        "HTTP/1.1 302 Found\r\nlocation: https://login.example/start?a=1&b=2\r\n\
         set-cookie: state=1\r\nset-cookie: __Host-pkce=2; Secure; Path=/\r\netag: \"1\"\r\n\
         refresh: 0;url=https://login.example/\r\ncontent-encoding: gzip",
        "",
    ))
    .await;
    let mut proxy = Tripledash::start(&upstream.origin(), "").await;
    let host = proxy.host("acme---main");
    let pane = proxy
        .ask(&get(&host, "/login", &["sec-fetch-dest: iframe"]))
        .await;
    assert_eq!((pane.status(), pane.field("location")), (200, None));
    assert_eq!(
        pane.all("set-cookie"),
        ["state=1", "tripledash-__Host-pkce=2; Path=/"]
    );
    for gone in ["refresh", "etag", "content-encoding"] {
        assert_eq!(pane.field(gone), None, "{gone}");
    }
    assert!(
        pane.text()
            .contains("href=\"https://login.example/start?a=1&amp;b=2\" target=\"_blank\"")
    );
    assert_eq!(proxy.told().await.answered().status, 200);
    let window = proxy
        .ask(&get(&host, "/login", &["sec-fetch-dest: document"]))
        .await;
    assert_eq!(window.status(), 302);
    assert_eq!(
        window.field("location"),
        Some("https://login.example/start?a=1&b=2")
    );
    proxy.stop().await;
}

#[tokio::test]
async fn page_that_only_a_browser_sees_leave_is_an_offer_too() {
    let upstream = Fake::replying(reply(
        "HTTP/1.1 302 Found\r\nlocation: /\\login.example\\start",
        "",
    ))
    .await;
    let proxy = Tripledash::start(&upstream.origin(), "").await;
    let host = proxy.host("acme---main");
    let pane = proxy
        .ask(&get(&host, "/login", &["sec-fetch-dest: iframe"]))
        .await;
    assert_eq!(pane.status(), 200);
    assert!(pane.text().contains("href=\"http://login.example/start\""));
    proxy.stop().await;
}

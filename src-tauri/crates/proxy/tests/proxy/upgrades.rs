//! Upgrades: agreed, declined, refused with raw bytes, and not answered.

use tripledash_core::trace::Kind;

use crate::support::{Fake, Tripledash, get, impatient, reply, soon};

const ASK: [&str; 4] = [
    "connection: Upgrade",
    "upgrade: websocket",
    "sec-websocket-version: 13",
    "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==",
];
const AGREE: &str = "HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\
                     sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

#[tokio::test]
async fn agreed_upgrade_is_a_tunnel_of_its_own() {
    let mut upstream = Fake::start(|mut peer| async move {
        while let Some(request) = peer.request().await {
            if request.field("upgrade").is_none() {
                peer.send(&reply("HTTP/1.1 200 OK", "x")).await;
                continue;
            }
            // The first bytes come with the head, as a server that pushes at once sends them.
            peer.send(&format!("{AGREE}welcome")).await;
            let said = peer.reader.exact(4).await.unwrap();
            peer.send_bytes(&said.to_ascii_uppercase()).await;
            return;
        }
    })
    .await;
    let mut proxy = Tripledash::start(&upstream.origin(), "").await;
    let host = proxy.host("acme---main");
    assert_eq!(proxy.ask(&get(&host, "/", &[])).await.status(), 200);
    proxy.told().await;
    upstream.received().await;
    let mut browser = proxy.browser().await;
    browser.send(&get(&host, "/_next/webpack-hmr", &ASK)).await;
    let head = browser.head().await;
    assert_eq!(head.status(), 101);
    assert_eq!(head.field("upgrade"), Some("websocket"));
    assert_eq!(
        head.field("connection")
            .map(str::to_ascii_lowercase)
            .as_deref(),
        Some("upgrade")
    );
    assert_eq!(
        head.field("sec-websocket-accept"),
        Some("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
    );
    assert_eq!(
        soon("the welcome", browser.reader.exact(7)).await.unwrap(),
        b"welcome"
    );
    browser.send("ping").await;
    assert_eq!(
        soon("the echo", browser.reader.exact(4)).await.unwrap(),
        b"PING"
    );
    // The upstream closes, so the browser's side closes too.
    browser.closed().await;
    drop(browser);
    let got = upstream.received().await;
    assert_eq!(got.field("upgrade"), Some("websocket"));
    assert_eq!(
        got.field("sec-websocket-key"),
        Some("dGhlIHNhbXBsZSBub25jZQ==")
    );
    // A pooled connection is never turned into a tunnel.
    assert_eq!(upstream.connections(), 2);
    let told = proxy.told().await;
    assert_eq!(told.started.kind, Kind::Hmr);
    assert_eq!((told.answered().status, told.failure()), (101, None));
    assert_eq!(
        (told.finished.request_bytes, told.finished.response_bytes),
        (4, 11)
    );
    proxy.stop().await;
}

#[tokio::test]
async fn raw_refusal_is_quoted() {
    let upstream = Fake::start(|mut peer| async move {
        peer.request().await;
        peer.send("Unauthorized").await;
    })
    .await;
    let mut proxy = Tripledash::start(&upstream.origin(), "").await;
    let host = proxy.host("acme---main");
    for (path, code) in [
        ("/_next/hmr?id=1", "hmr-refused"),
        ("/ticker", "upgrade-refused"),
    ] {
        let answer = proxy.ask(&get(&host, path, &ASK)).await;
        assert_eq!(answer.status(), 502);
        let told = proxy.told().await;
        assert_eq!(told.failure(), Some(code));
        let message = &told.answered().failure.as_ref().unwrap().message;
        assert!(message.contains("\"Unauthorized\""), "{message}");
    }
    proxy.stop().await;
}

#[tokio::test]
async fn declined_upgrade_is_the_upstreams_own_answer() {
    let upstream = Fake::replying(reply("HTTP/1.1 403 Forbidden", "not from there")).await;
    let mut proxy = Tripledash::start(&upstream.origin(), "").await;
    let answer = proxy
        .ask(&get(&proxy.host("acme---main"), "/ticker", &ASK))
        .await;
    assert_eq!(
        (answer.status(), answer.text().as_str()),
        (403, "not from there")
    );
    let told = proxy.told().await;
    assert_eq!(told.failure(), Some("upgrade-refused"));
    assert!(told.answered().from_upstream);
    proxy.stop().await;
}

#[tokio::test]
async fn upgrade_without_an_answer_times_out() {
    let upstream = Fake::start(|mut peer| async move {
        peer.request().await;
        peer.closed().await;
    })
    .await;
    let mut proxy = Tripledash::with(&upstream.origin(), "", |options| {
        impatient(&mut options.timeouts)
    })
    .await;
    let answer = proxy
        .ask(&get(&proxy.host("acme---main"), "/_next/webpack-hmr", &ASK))
        .await;
    assert_eq!(answer.status(), 504);
    assert_eq!(proxy.told().await.failure(), Some("hmr-silent"));
    proxy.stop().await;
}

#[tokio::test]
async fn upgrade_in_absolute_form_is_understood() {
    let mut upstream = Fake::start(|mut peer| async move {
        peer.request().await;
        peer.send(&format!("{AGREE}hi")).await;
    })
    .await;
    let proxy = Tripledash::start(&upstream.origin(), "").await;
    let host = proxy.host("acme---main");
    let mut browser = proxy.browser().await;
    browser
        .send(&get(&host, &format!("ws://{host}/ticker"), &ASK))
        .await;
    assert_eq!(browser.head().await.status(), 101);
    assert_eq!(
        soon("the greeting", browser.reader.exact(2)).await.unwrap(),
        b"hi"
    );
    assert_eq!(upstream.received().await.line, "GET /ticker HTTP/1.1");
    proxy.stop().await;
}

#[tokio::test]
async fn offer_of_http2_goes_unheard() {
    let mut upstream = Fake::replying(reply("HTTP/1.1 200 OK", "x")).await;
    let proxy = Tripledash::start(&upstream.origin(), "").await;
    let fields = [
        "connection: upgrade, http2-settings",
        "upgrade: h2c",
        "http2-settings: AAMAAABk",
    ];
    let answer = proxy
        .ask(&get(&proxy.host("acme---main"), "/", &fields))
        .await;
    assert_eq!(answer.status(), 200);
    let got = upstream.received().await;
    assert_eq!(
        (got.field("upgrade"), got.field("http2-settings")),
        (None, None)
    );
    proxy.stop().await;
}

#[tokio::test]
async fn tunnel_to_ourselves_carries_requests_and_upgrades() {
    let mut upstream = Fake::start(|mut peer| async move {
        peer.request().await;
        peer.send(&format!("{AGREE}hi")).await;
        peer.closed().await;
    })
    .await;
    let mut proxy = Tripledash::start(&upstream.origin(), "").await;
    let host = proxy.host("acme---main");
    let mut browser = proxy.browser().await;
    browser
        .send(&format!("CONNECT {host} HTTP/1.1\r\nhost: {host}\r\n\r\n"))
        .await;
    assert_eq!(browser.head().await.status(), 200);
    let page = browser.ask(&get(&proxy.base(), "/", &[])).await;
    assert_eq!(page.text(), "workbench /");
    browser.send(&get(&host, "/ticker", &ASK)).await;
    assert_eq!(browser.head().await.status(), 101);
    assert_eq!(
        soon("the greeting", browser.reader.exact(2)).await.unwrap(),
        b"hi"
    );
    assert_eq!(
        upstream.received().await.field("x-forwarded-host"),
        Some(host.as_str())
    );
    // Stopping ends the tunnel inside the tunnel too.
    proxy.shutdown.cancel();
    browser.closed().await;
    assert_eq!(proxy.told().await.failure(), None);
    proxy.stop().await;
}

#[tokio::test]
async fn tunnel_within_a_tunnel_is_refused() {
    let proxy = Tripledash::start("http://127.0.0.1:9", "").await;
    let host = proxy.host("acme---main");
    let connect = format!("CONNECT {host} HTTP/1.1\r\nhost: {host}\r\n\r\n");
    let mut browser = proxy.browser().await;
    browser.send(&connect).await;
    assert_eq!(browser.head().await.status(), 200);
    // Each byte would go as deep as they do, and a stack has an end.
    browser.send(&connect).await;
    assert_eq!(browser.response(false).await.status(), 405);
    let page = browser.ask(&get(&proxy.base(), "/", &[])).await;
    assert_eq!(page.text(), "workbench /");
    proxy.stop().await;
}

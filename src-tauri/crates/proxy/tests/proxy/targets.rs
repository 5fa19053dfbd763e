//! Request targets other than a path: absolute-form, `*`, and authorities.

use crate::support::{Fake, Tripledash, get, reply};

#[tokio::test]
async fn options_of_the_whole_upstream_is_sent_on_so() {
    let mut upstream = Fake::replying(reply("HTTP/1.1 200 OK\r\nallow: GET", "")).await;
    let mut proxy = Tripledash::start(&upstream.origin(), "").await;
    let host = proxy.host("acme---main");
    let answer = proxy
        .ask(&format!("OPTIONS * HTTP/1.1\r\nhost: {host}\r\n\r\n"))
        .await;
    assert_eq!((answer.status(), answer.field("allow")), (200, Some("GET")));
    assert_eq!(upstream.received().await.line, "OPTIONS * HTTP/1.1");
    let told = proxy.told().await;
    assert_eq!(&*told.started.path, "*");
    assert_eq!(told.started.url(), format!("http://{host}"));
    assert_eq!(&*told.started.upstream.unwrap().path, "*");
    // It is resolved as any other: an unknown host has nothing to ask.
    let other = proxy.host("acme---mian");
    let answer = proxy
        .ask(&format!("OPTIONS * HTTP/1.1\r\nhost: {other}\r\n\r\n"))
        .await;
    assert_eq!(answer.status(), 404);
    proxy.stop().await;
}

#[tokio::test]
async fn options_without_a_path_asks_for_the_whole() {
    // RFC 9112 section 3.2.4: "the last proxy on the request chain MUST send a request-target of
    // "*" when it forwards the request to the indicated origin server".
    let mut upstream = Fake::replying(reply("HTTP/1.1 200 OK", "")).await;
    let proxy = Tripledash::start(&upstream.origin(), "").await;
    let host = proxy.host("acme---main");
    for (target, wanted) in [
        (format!("http://{host}"), "*"),
        (format!("http://{host}/"), "/"),
        (format!("http://{host}?x"), "/?x"),
    ] {
        let answer = proxy
            .ask(&format!(
                "OPTIONS {target} HTTP/1.1\r\nhost: {host}\r\n\r\n"
            ))
            .await;
        assert_eq!(answer.status(), 200);
        let line = upstream.received().await.line;
        assert_eq!(line, format!("OPTIONS {wanted} HTTP/1.1"), "{target}");
    }
    proxy.stop().await;
}

#[tokio::test]
async fn absolute_form_reaches_the_upstream_in_origin_form() {
    let mut upstream = Fake::replying(reply("HTTP/1.1 200 OK", "x")).await;
    let proxy = Tripledash::start(&upstream.origin(), "").await;
    let (host, base) = (proxy.host("acme---main"), proxy.base());
    let mut browser = proxy.browser().await;
    for (target, path) in [
        (format!("http://{host}/a%20b?c=/d"), "/a%20b?c=/d"),
        (format!("HTTP://{}/x", host.to_ascii_uppercase()), "/x"),
        (format!("http://{host}"), "/"),
        (format!("http://{host}?q"), "/?q"),
        (format!("http://{host}//x"), "//x"),
    ] {
        // Whatever Host says, as long as it is one, the target decides.
        for named in [host.as_str(), "elsewhere.example", base.as_str()] {
            let ask = format!("GET {target} HTTP/1.1\r\nhost: {named}\r\n\r\n");
            assert_eq!(browser.ask(&ask).await.status(), 200, "{target}");
            let got = upstream.received().await;
            assert_eq!(got.line, format!("GET {path} HTTP/1.1"), "{target}");
            assert_eq!(got.all("host"), [host.as_str()]);
            assert_eq!(got.all("x-forwarded-host"), [host.as_str()]);
        }
    }
    let user = browser
        .ask(&format!(
            "GET http://me@{host}/ HTTP/1.1\r\nhost: {host}\r\n\r\n"
        ))
        .await;
    assert_eq!(user.status(), 400);
    assert!(upstream.is_idle());
    proxy.stop().await;
}

#[tokio::test]
async fn tunnel_to_elsewhere_leaves_the_connection_in_order() {
    let mut upstream = Fake::replying(reply("HTTP/1.1 200 OK", "x")).await;
    let proxy = Tripledash::start(&upstream.origin(), "").await;
    let host = proxy.host("acme---main");
    let mut browser = proxy.browser().await;
    let connect = "CONNECT example.com:443 HTTP/1.1\r\nhost: example.com:443\r\n\r\n";
    // The request behind it comes before the answer that refuses the tunnel.
    browser
        .send(&format!("{connect}{}", get(&host, "/after", &[])))
        .await;
    assert_eq!(browser.response(false).await.status(), 405);
    assert_eq!(browser.response(false).await.status(), 200);
    assert_eq!(upstream.received().await.line, "GET /after HTTP/1.1");
    // An odd one behind it is refused as always.
    browser
        .send(&format!("{connect}{}", get(&host, "/odd", &["x : y"])))
        .await;
    assert_eq!(browser.response(false).await.status(), 405);
    assert_eq!(browser.response(false).await.status(), 400);
    browser.closed().await;
    drop(browser);
    assert!(upstream.is_idle());
    proxy.stop().await;
}

#[tokio::test]
async fn what_follows_a_declined_upgrade_is_a_request() {
    let mut upstream = Fake::replying(reply("HTTP/1.1 200 OK", "x")).await;
    let proxy = Tripledash::start(&upstream.origin(), "").await;
    let host = proxy.host("acme---main");
    let mut browser = proxy.browser().await;
    let upgrade = get(&host, "/socket", &["connection: upgrade", "upgrade: x"]);
    browser
        .send(&format!("{upgrade}{}", get(&host, "/after", &[])))
        .await;
    assert_eq!(browser.response(false).await.status(), 200);
    assert_eq!(browser.response(false).await.status(), 200);
    assert_eq!(upstream.received().await.line, "GET /socket HTTP/1.1");
    assert_eq!(upstream.received().await.line, "GET /after HTTP/1.1");
    browser
        .send(&format!("{upgrade}{}", get(&host, "/odd", &["host: two"])))
        .await;
    assert_eq!(browser.response(false).await.status(), 200);
    assert_eq!(browser.response(false).await.status(), 400);
    browser.closed().await;
    drop(browser);
    assert_eq!(upstream.received().await.line, "GET /socket HTTP/1.1");
    assert!(upstream.is_idle());
    proxy.stop().await;
}

#[tokio::test]
async fn what_follows_an_agreed_upgrade_is_not_looked_at() {
    let upstream = Fake::start(|mut peer| async move {
        peer.request().await;
        peer.send("HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n")
            .await;
        let bytes = peer.reader.exact(16).await.unwrap();
        peer.send_bytes(&bytes).await;
        peer.closed().await;
    })
    .await;
    let proxy = Tripledash::start(&upstream.origin(), "").await;
    let host = proxy.host("acme---main");
    // Bytes that no head has, some of them sent before the answer.
    for early in [0, 5, 16] {
        let bytes = *b"\x00\xff\n\r GET / x\n\n\n\n";
        let mut browser = proxy.browser().await;
        let upgrade = get(&host, "/socket", &["connection: upgrade", "upgrade: x"]);
        browser
            .send_bytes(&[upgrade.as_bytes(), &bytes[..early]].concat())
            .await;
        assert_eq!(browser.head().await.status(), 101);
        browser.send_bytes(&bytes[early..]).await;
        assert_eq!(browser.reader.exact(16).await.unwrap(), bytes);
    }
    proxy.stop().await;
}

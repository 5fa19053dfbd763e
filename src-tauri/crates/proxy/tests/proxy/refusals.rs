//! Requests that are not forwarded: each gets its own clear answer, and the upstream nothing.

use crate::support::{Fake, Tripledash, get, reply};

async fn refused(
    preview: &str,
    request: impl Fn(&Tripledash) -> String,
) -> (u16, String, Tripledash) {
    let mut upstream = Fake::replying(reply("HTTP/1.1 200 OK", "x")).await;
    let proxy = Tripledash::start(&upstream.origin(), preview).await;
    let answer = proxy.ask(&request(&proxy)).await;
    assert!(upstream.is_idle());
    let code = answer.json()["code"].as_str().unwrap().to_owned();
    (answer.status(), code, proxy)
}

const JSON: &str = "accept: application/json";

#[tokio::test]
async fn unknown_preview_is_404_with_what_is_near() {
    let (status, code, mut proxy) =
        refused("", |proxy| get(&proxy.host("acme---mian"), "/x", &[JSON])).await;
    assert_eq!((status, code.as_str()), (404, "unknown-preview"));
    let told = proxy.told().await;
    assert_eq!(told.failure(), Some("unknown-preview"));
    assert_eq!(&*told.started.path, "/x");
    assert!(told.started.upstream.is_none());
    let page = proxy
        .ask(&get(
            &proxy.host("acme---mian"),
            "/",
            &["accept: text/html"],
        ))
        .await
        .text();
    assert!(page.contains(&proxy.host("acme---main")), "{page}");
    proxy.stop().await;
}

#[tokio::test]
async fn host_that_is_not_ours_is_421_with_a_link_to_the_workbench() {
    for host in ["localhost", "127.0.0.1", "example.com", "[::1]"] {
        let ask =
            |proxy: &Tripledash| get(&format!("{host}:{}", proxy.address.port()), "/", &[JSON]);
        let (status, _, proxy) = refused("", ask).await;
        assert_eq!(status, 421, "{host}");
        let page = proxy.ask(&get(host, "/", &[])).await.text();
        assert!(
            page.contains(&format!("href=\"http://{}/\"", proxy.base())),
            "{page}"
        );
        proxy.stop().await;
    }
}

#[tokio::test]
async fn unsafe_method_on_a_read_only_preview_is_405() {
    let ask = |proxy: &Tripledash| {
        format!(
            "DELETE / HTTP/1.1\r\nhost: {}\r\n{JSON}\r\n\r\n",
            proxy.host("acme---main")
        )
    };
    let (status, _, mut proxy) = refused(r#""access": "read-only""#, ask).await;
    assert_eq!(status, 405);
    proxy.told().await;
    let answer = proxy.ask(&ask(&proxy)).await;
    assert_eq!(answer.field("allow"), Some("GET, HEAD, OPTIONS"));
    proxy.stop().await;
}

#[tokio::test]
async fn exactly_one_host_is_needed() {
    let two = |proxy: &Tripledash| {
        let host = proxy.host("acme---main");
        format!("GET / HTTP/1.1\r\nhost: {host}\r\nhost: {host}\r\n{JSON}\r\n\r\n")
    };
    let none = |_: &Tripledash| format!("GET / HTTP/1.1\r\n{JSON}\r\n\r\n");
    let (status, _, proxy) = refused("", two).await;
    assert_eq!(status, 400);
    proxy.stop().await;
    let (status, _, proxy) = refused("", none).await;
    assert_eq!(status, 400);
    proxy.stop().await;
}

#[tokio::test]
async fn preview_without_its_variable_is_503() {
    let preview = r#""headers": { "x-key": "${env:TRIPLEDASH_TEST_UNSET}" }"#;
    let (status, _, proxy) = refused(preview, |proxy| {
        get(&proxy.host("acme---main"), "/", &[JSON])
    })
    .await;
    assert_eq!(status, 503);
    proxy.stop().await;
}

#[tokio::test]
async fn loop_through_ourselves_is_508() {
    // The upstream is the proxy, and so on: found by its hops, not by a timeout.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let host = format!(r#""host": "acme---main.tripledash.localhost:{port}""#);
    let upstream = format!("http://127.0.0.1:{port}");
    let proxy = Tripledash::on(listener, &upstream, &host, |_| {});
    let answer = proxy
        .ask(&get(&proxy.host("acme---main"), "/", &[JSON]))
        .await;
    assert_eq!(answer.status(), 508);
    proxy.stop().await;
}

#[tokio::test]
async fn head_of_a_refusal_has_no_body() {
    let upstream = Fake::replying(reply("HTTP/1.1 200 OK", "x")).await;
    let mut proxy = Tripledash::start(&upstream.origin(), "").await;
    let mut browser = proxy.browser().await;
    let host = proxy.host("acme---other");
    let answer = browser
        .ask(&format!("HEAD / HTTP/1.1\r\nhost: {host}\r\n\r\n"))
        .await;
    assert_eq!((answer.status(), answer.body.len()), (404, 0));
    let told = proxy.told().await;
    assert!(told.finished.failure.is_none(), "{:?}", told.finished);
    assert_eq!(told.finished.response_bytes, 0);
    assert_eq!(
        browser.ask(&get(&proxy.base(), "/", &[])).await.status(),
        200
    );
    proxy.stop().await;
}

#[tokio::test]
async fn name_in_capitals_with_a_trailing_dot_is_the_same_host() {
    let upstream = Fake::replying(reply("HTTP/1.1 200 OK", "x")).await;
    let proxy = Tripledash::start(&upstream.origin(), "").await;
    let host = format!("ACME---Main.TripleDash.LocalHost.:{}", proxy.address.port());
    assert_eq!(proxy.ask(&get(&host, "/", &[])).await.status(), 200);
    proxy.stop().await;
}

#[tokio::test]
async fn tunnel_to_elsewhere_is_refused() {
    for target in [
        "example.com:443",
        "localhost:22",
        "acme---main.tripledash.localhost:22",
    ] {
        let ask = |_: &Tripledash| {
            format!("CONNECT {target} HTTP/1.1\r\nhost: {target}\r\n{JSON}\r\n\r\n")
        };
        let (status, code, proxy) = refused("", ask).await;
        assert_eq!(
            (status, code.as_str()),
            (405, "connect-refused"),
            "{target}"
        );
        proxy.stop().await;
    }
}

#[tokio::test]
async fn target_that_is_too_long_is_414() {
    let path = format!("/{}", "x".repeat(20_000));
    let (status, _, proxy) =
        refused("", |proxy| get(&proxy.host("acme---main"), &path, &[JSON])).await;
    assert_eq!(status, 414);
    proxy.stop().await;
}

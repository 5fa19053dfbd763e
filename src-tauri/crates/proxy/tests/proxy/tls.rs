//! Upstreams over TLS: the `Host` sent is the name asked for, and a wrong certificate is no answer.

use std::sync::Arc;

use rustls::ServerConfig;

use crate::support::{Authority, Fake, Tripledash, certified, get};

#[tokio::test]
async fn host_sent_is_the_name_that_tls_asks_for() {
    let (server, client) = certified(&["acme.app.example", "globex.app.example"]);
    let mut upstream = Fake::naming_itself(server).await;
    let origin = format!("https://localhost:{}", upstream.address.port());
    let mut proxy = Tripledash::with(&origin, r#""host": "{tenant}.app.example""#, |options| {
        options.tls = Some(client);
    })
    .await;
    for (tenant, reused) in [("acme", false), ("globex", false), ("acme", true)] {
        let name = format!("{tenant}.app.example");
        let answer = proxy
            .ask(&get(&proxy.host(&format!("{tenant}---main")), "/", &[]))
            .await;
        assert_eq!((answer.status(), answer.text()), (200, name.clone()));
        assert_eq!(upstream.received().await.field("host"), Some(name.as_str()));
        let timings = proxy.told().await.answered().timings;
        assert_eq!(
            (timings.reused, timings.tls_us.is_some()),
            (reused, !reused)
        );
    }
    // A connection for one name is never used for another.
    assert_eq!(upstream.connections(), 2);
    proxy.stop().await;
}

#[tokio::test]
async fn certificate_for_another_name_is_502() {
    let (server, client) = certified(&["other.example"]);
    let mut upstream = Fake::naming_itself(server).await;
    let origin = format!("https://localhost:{}", upstream.address.port());
    let mut proxy = Tripledash::with(&origin, r#""host": "{tenant}.app.example""#, |options| {
        options.tls = Some(client);
    })
    .await;
    let host = proxy.host("acme---main");
    let answer = proxy
        .ask(&get(&host, "/", &["accept: application/json"]))
        .await;
    assert_eq!(answer.status(), 502);
    assert_eq!(answer.json()["code"], "upstream-tls");
    assert!(
        answer.json()["fix"]
            .as_str()
            .unwrap()
            .contains("acme.app.example")
    );
    assert_eq!(proxy.told().await.failure(), Some("upstream-tls"));
    assert!(upstream.is_idle());
    proxy.stop().await;
}

#[tokio::test]
async fn upstream_in_clear_behind_https_is_502() {
    let (_, client) = certified(&["acme.app.example"]);
    let upstream = Fake::replying("HTTP/1.1 200 OK\r\n\r\n").await;
    let origin = format!("https://localhost:{}", upstream.address.port());
    let mut proxy = Tripledash::with(&origin, r#""host": "{tenant}.app.example""#, |options| {
        options.tls = Some(client);
        options.timeouts.connect = std::time::Duration::from_millis(300);
    })
    .await;
    let answer = proxy.ask(&get(&proxy.host("acme---main"), "/", &[])).await;
    assert!([502, 504].contains(&answer.status()), "{}", answer.status());
    let failure = proxy.told().await.failure().unwrap().to_owned();
    assert!(
        ["upstream-tls", "upstream-unreachable"].contains(&failure.as_str()),
        "{failure}"
    );
    proxy.stop().await;
}

const CA: &str = r#""host": "{tenant}.app.example", "tls": { "ca": "ca.pem" }"#;
const INSECURE: &str = r#""host": "{tenant}.app.example", "tls": { "insecure": true }"#;

/// What the page says of an upstream whose certificate nobody may take.
async fn refused(server: Arc<ServerConfig>, bundle: &str) -> (String, String) {
    let upstream = Fake::naming_itself(server).await;
    let origin = format!("https://localhost:{}", upstream.address.port());
    let bundle = Ok(Arc::from(bundle.as_bytes()));
    let mut proxy = Tripledash::trusting(&origin, CA, bundle).await;
    let request = get(
        &proxy.host("acme---main"),
        "/",
        &["accept: application/json"],
    );
    let answer = proxy.ask(&request).await;
    assert_eq!(answer.status(), 502);
    let answer = answer.json();
    assert_eq!(answer["code"], "upstream-tls");
    assert_eq!(proxy.told().await.failure(), Some("upstream-tls"));
    proxy.stop().await;
    let text = |key: &str| answer[key].as_str().unwrap().to_owned();
    (text("message"), text("fix"))
}

#[tokio::test]
async fn each_failure_of_a_certificate_has_its_own_words() {
    const NAMES: [&str; 1] = ["acme.app.example"];
    let authority = Authority::new("ours");
    let known = authority.pem();
    let line = r#""tls": { "ca": "#;

    let expired = refused(authority.certify_until(&NAMES, 2020), &known).await;
    assert!(
        expired.0.contains("expired: it was valid until 2020-01-01"),
        "{expired:?}"
    );

    let other = refused(authority.certify(&["globex.app.example"]), &known).await;
    assert!(
        other
            .0
            .contains("not for acme.app.example, the Host sent, but for globex.app.example"),
        "{other:?}"
    );

    let unknown = refused(Authority::new("theirs").certify(&NAMES), &known).await;
    assert!(
        unknown.0.contains("an authority that this machine"),
        "{unknown:?}"
    );
    assert!(unknown.1.contains(line), "{unknown:?}");

    let own = refused(certified(&NAMES).0, &known).await;
    assert!(own.0.contains("vouches for itself"), "{own:?}");
    assert!(own.1.contains(line), "{own:?}");
}

#[tokio::test]
async fn authority_of_the_preview_is_trusted_beside_the_platforms() {
    let authority = Authority::new("ours");
    let upstream = Fake::naming_itself(authority.certify(&["acme.app.example"])).await;
    let origin = format!("https://localhost:{}", upstream.address.port());
    let bundle = Ok(Arc::from(authority.pem().as_bytes()));
    let proxy = Tripledash::trusting(&origin, CA, bundle).await;
    let answer = proxy.ask(&get(&proxy.host("acme---main"), "/", &[])).await;
    assert_eq!(
        (answer.status(), answer.text().as_str()),
        (200, "acme.app.example")
    );
    proxy.stop().await;
}

#[tokio::test]
async fn dev_servers_own_certificate_is_trusted_for_its_own_name() {
    for (names, status) in [(["acme.app.example"], 200), (["globex.app.example"], 502)] {
        let (server, pem) = Authority::itself(&names);
        let upstream = Fake::naming_itself(server).await;
        let origin = format!("https://localhost:{}", upstream.address.port());
        let proxy = Tripledash::trusting(&origin, CA, Ok(Arc::from(pem.as_bytes()))).await;
        let answer = proxy.ask(&get(&proxy.host("acme---main"), "/", &[])).await;
        assert_eq!(answer.status(), status, "{names:?}");
        proxy.stop().await;
    }
}

#[tokio::test]
async fn dev_servers_own_certificate_expires_too() {
    let (server, pem) = Authority::itself_until(&["acme.app.example"], 2020);
    let (message, _) = refused(server, &pem).await;
    assert!(message.contains("valid until 2020-01-01"), "{message}");
}

#[tokio::test]
async fn nothing_is_verified_where_the_preview_says_so_and_only_there() {
    let upstream = Fake::naming_itself(certified(&["other.example"]).0).await;
    let origin = format!("https://localhost:{}", upstream.address.port());
    let proxy = Tripledash::start(&origin, INSECURE).await;
    let request = get(&proxy.host("acme---main"), "/", &[]);
    assert_eq!(proxy.ask(&request).await.status(), 200);
    // The open connection is not for a preview that verifies.
    proxy.edit(&origin, r#""host": "{tenant}.app.example""#);
    assert_eq!(proxy.ask(&request).await.status(), 502);
    proxy.stop().await;
}

#[tokio::test]
async fn bundle_that_cannot_be_used_is_503_and_named() {
    let bundle = Err("there is no such file".to_owned());
    let proxy = Tripledash::trusting("https://localhost:9", CA, bundle).await;
    let request = get(
        &proxy.host("acme---main"),
        "/",
        &["accept: application/json"],
    );
    let answer = proxy.ask(&request).await;
    assert_eq!(answer.status(), 503);
    let message = answer.json()["message"].to_string();
    assert!(
        message.contains("ca.pem: there is no such file"),
        "{message}"
    );
    proxy.stop().await;
}

#[tokio::test]
async fn body_that_ends_without_a_word_over_tls_is_a_broken_transfer() {
    let (server, client) = certified(&["acme.app.example"]);
    let upstream = Fake::secured(server, |mut peer, _| async move {
        peer.request().await;
        // Whoever cuts the connection looks like this; the upstream itself would say goodbye.
        peer.send("HTTP/1.1 200 OK\r\n\r\nhalf").await;
    })
    .await;
    let origin = format!("https://localhost:{}", upstream.address.port());
    let mut proxy = Tripledash::with(&origin, r#""host": "{tenant}.app.example""#, |options| {
        options.tls = Some(client);
    })
    .await;
    let answer = proxy.ask(&get(&proxy.host("acme---main"), "/", &[])).await;
    assert!(!answer.whole);
    assert_eq!(proxy.told().await.failure(), Some("upstream-hung-up"));
    proxy.stop().await;
}

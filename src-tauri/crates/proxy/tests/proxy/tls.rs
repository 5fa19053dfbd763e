//! Upstreams over TLS: the `Host` sent is the name asked for, and a wrong certificate is no answer.

use std::sync::Arc;

use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ClientConfig, RootCertStore, ServerConfig};

use crate::support::{Fake, Tripledash, get};

/// An upstream's configuration with a certificate for the given names, and one that trusts it.
fn certified(names: &[&str]) -> (Arc<ServerConfig>, Arc<ClientConfig>) {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let made = rcgen::generate_simple_self_signed(names).unwrap();
    let certificate = made.cert.der().clone();
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
    let server = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.clone()], key)
        .unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(certificate).unwrap();
    let client = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    (Arc::new(server), Arc::new(client))
}

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

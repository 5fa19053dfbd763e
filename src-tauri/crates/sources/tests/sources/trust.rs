//! TLS.

use std::sync::Arc;

use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tripledash_sources::tenants::{Endpoint, TenantSource};
use tripledash_sources::{Fetcher, Limits};

use crate::support::{Reply, Server, fetcher, soon, then};

fn certified() -> (Arc<rustls::ServerConfig>, Arc<rustls::ClientConfig>) {
    let CertifiedKey { cert, signing_key } =
        generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(signing_key.serialize_der()));
    let server = rustls::ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key)
        .unwrap();
    let mut roots = rustls::RootCertStore::empty();
    roots.add(cert.der().clone()).unwrap();
    let client = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    (Arc::new(server), Arc::new(client))
}

fn source(url: &str) -> TenantSource {
    TenantSource::Endpoint(Box::new(Endpoint::new(url, [], None).unwrap()))
}

#[tokio::test]
async fn a_certificate_that_is_trusted_is_enough_and_another_is_told() {
    let (server, client) = certified();
    let server = Server::start_tls(server, |_| Reply::json("[{\"id\": \"acme\"}]")).await;
    let url = format!("https://localhost:{}/tenants", server.address.port());
    let trusting = Fetcher::new(Limits::default(), Some(client));
    let loaded = soon("an answer", source(&url).load(&trusting, then)).await;
    assert_eq!(loaded.unwrap().tenants.len(), 1);
    let error = soon("a refusal", source(&url).load(&fetcher(), then))
        .await
        .unwrap_err();
    let told = error.to_string();
    assert!(told.contains("does not prove who it is: "), "{told}");
    assert!(error.hint().unwrap().contains("certificate"), "{told}");
}

#[tokio::test]
async fn tls_is_never_left() {
    let plain = Server::start(|_| Reply::json("[]")).await;
    let to = plain.url("/");
    let (server, client) = certified();
    let server = Server::start_tls(server, move |_| Reply::redirect(307, &to)).await;
    let url = format!("https://localhost:{}/", server.address.port());
    let trusting = Fetcher::new(Limits::default(), Some(client));
    let error = soon("a refusal", source(&url).load(&trusting, then))
        .await
        .unwrap_err();
    assert!(
        error
            .to_string()
            .ends_with("redirects, and the place it names is not encrypted")
    );
    assert!(plain.asked().is_empty());
}

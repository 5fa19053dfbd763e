//! Certificates for upstreams over TLS, made when a test needs them.

use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, date_time_ymd,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ClientConfig, RootCertStore, ServerConfig};

/// An upstream's configuration with a certificate for the given names, and one that trusts it.
pub fn certified(names: &[&str]) -> (Arc<ServerConfig>, Arc<ClientConfig>) {
    let key = KeyPair::generate().unwrap();
    let certificate = params(names).self_signed(&key).unwrap();
    let server = server(vec![certificate.der().clone()], &key);
    let mut roots = RootCertStore::empty();
    roots.add(certificate.der().clone()).unwrap();
    let client = ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    (Arc::new(server), Arc::new(client))
}

/// The same, and HTTP/2 is offered.
pub fn certified_http2(names: &[&str]) -> (Arc<ServerConfig>, Arc<ClientConfig>) {
    let (server, client) = certified(names);
    (offering(&server, &["h2", "http/1.1"]), client)
}

/// The same upstream with other protocols to offer.
fn offering(server: &ServerConfig, protocols: &[&str]) -> Arc<ServerConfig> {
    let mut server = server.clone();
    server.alpn_protocols = protocols
        .iter()
        .map(|name| name.as_bytes().to_vec())
        .collect();
    Arc::new(server)
}

/// An authority that no machine trusts by itself.
pub struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    pub fn new(name: &str) -> Self {
        let mut params = params(&[]);
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        Self(CertifiedIssuer::self_signed(params, key).unwrap())
    }

    /// Its own certificate.
    pub fn pem(&self) -> String {
        self.0.pem()
    }

    /// An upstream with a certificate that the authority signed.
    pub fn certify(&self, names: &[&str]) -> Arc<ServerConfig> {
        self.certify_until(names, 2099)
    }

    /// The same, valid until the start of a year.
    pub fn certify_until(&self, names: &[&str], year: i32) -> Arc<ServerConfig> {
        let mut params = params(names);
        params.distinguished_name.push(DnType::CommonName, "leaf");
        params.not_before = date_time_ymd(2001, 1, 1);
        params.not_after = date_time_ymd(year, 1, 1);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.0).unwrap();
        Arc::new(server(vec![certificate.der().clone()], &key))
    }

    /// An upstream that shows the authority's own certificate, as tools for dev servers make it.
    pub fn itself(names: &[&str]) -> (Arc<ServerConfig>, String) {
        Self::itself_until(names, 2099)
    }

    /// The same, valid until the start of a year.
    pub fn itself_until(names: &[&str], year: i32) -> (Arc<ServerConfig>, String) {
        let mut params = params(names);
        params.not_before = date_time_ymd(2001, 1, 1);
        params.not_after = date_time_ymd(year, 1, 1);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap();
        let pem = certificate.pem();
        (Arc::new(server(vec![certificate.der().clone()], &key)), pem)
    }
}

fn params(names: &[&str]) -> CertificateParams {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    CertificateParams::new(names).unwrap()
}

fn server(chain: Vec<CertificateDer<'static>>, key: &KeyPair) -> ServerConfig {
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    ServerConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .unwrap()
}

fn provider() -> Arc<rustls::crypto::CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

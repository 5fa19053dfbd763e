//! TLS as this machine's own programs trust it.

use std::sync::{Arc, OnceLock};

use rustls::ClientConfig;
use rustls_platform_verifier::BuilderVerifierExt as _;

/// How TLS upstreams are verified.
#[derive(Debug)]
pub(crate) struct Trust {
    // Reading the platform's roots takes a while, and most workspaces have no TLS upstream: so
    // not before the first one asks.
    config: OnceLock<Result<Arc<ClientConfig>, rustls::Error>>,
}

impl Trust {
    /// By the given configuration, or by the platform's roots.
    pub(crate) fn new(given: Option<Arc<ClientConfig>>) -> Self {
        let config = given.map_or_else(OnceLock::new, |given| OnceLock::from(Ok(given)));
        Self { config }
    }

    pub(crate) fn config(&self) -> Result<Arc<ClientConfig>, rustls::Error> {
        self.config.get_or_init(platform_roots).clone()
    }
}

fn platform_roots() -> Result<Arc<ClientConfig>, rustls::Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_platform_verifier()?
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

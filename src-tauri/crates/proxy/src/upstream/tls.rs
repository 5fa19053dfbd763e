//! How TLS upstreams are verified: as this machine's own programs do it, unless a preview says
//! otherwise.

mod verify;

use std::sync::Arc;

use parking_lot::Mutex;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, Error};
use rustls_platform_verifier::Verifier;
use tripledash_core::upstream::Trust;

pub(crate) use verify::SelfSigned;
use verify::{Anyone, Telling};

/// What is offered to speak, by application-layer protocol negotiation (RFC 7301).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Offer {
    /// HTTP/2, or else HTTP/1.1.
    Any,
    /// HTTP/1.1 alone: it is what upgrades need.
    Http1,
}

/// The TLS configurations in use, each made when it is first asked for. Clones share them.
///
/// Reading the platform's roots takes a while, and most workspaces have no TLS upstream.
#[derive(Debug, Clone, Default)]
pub(crate) struct Verifiers {
    /// In place of the platform's roots.
    given: Option<Arc<ClientConfig>>,
    made: Arc<Mutex<Vec<Made>>>,
}

#[derive(Debug)]
struct Made {
    trust: Trust,
    configs: Result<Configs, Error>,
}

#[derive(Debug, Clone)]
struct Configs {
    any: Arc<ClientConfig>,
    http1: Arc<ClientConfig>,
}

impl Verifiers {
    /// By the given configuration, or by the platform's roots.
    pub(crate) fn new(given: Option<Arc<ClientConfig>>) -> Self {
        Self {
            given,
            made: Arc::default(),
        }
    }

    pub(crate) async fn config(
        &self,
        trust: &Trust,
        offer: Offer,
    ) -> Result<Arc<ClientConfig>, Error> {
        let found = self.find(trust);
        let configs = match found {
            Some(configs) => configs,
            None => self.make(trust.clone()).await,
        }?;
        Ok(match offer {
            Offer::Any => configs.any,
            Offer::Http1 => configs.http1,
        })
    }

    fn find(&self, trust: &Trust) -> Option<Result<Configs, Error>> {
        let made = self.made.lock();
        let found = made.iter().find(|made| made.trust == *trust);
        found.map(|made| made.configs.clone())
    }

    /// Reads files, so it must not keep other requests waiting.
    async fn make(&self, trust: Trust) -> Result<Configs, Error> {
        let this = self.clone();
        let making = tokio::task::spawn_blocking(move || {
            let configs = configs(&trust, this.given.as_deref());
            let mut made = this.made.lock();
            match made.iter().find(|made| made.trust == trust) {
                // Another request was faster; its tickets for resumption are worth keeping.
                Some(made) => made.configs.clone(),
                None => {
                    made.push(Made {
                        trust,
                        configs: configs.clone(),
                    });
                    configs
                }
            }
        });
        making
            .await
            .unwrap_or_else(|error| Err(Error::General(error.to_string())))
    }

    /// Forgets the bundles that no preview names any more.
    pub(crate) fn retain(&self, is_used: impl Fn(&Trust) -> bool) {
        self.made
            .lock()
            .retain(|made| made.trust == Trust::Platform || is_used(&made.trust));
    }
}

fn configs(trust: &Trust, given: Option<&ClientConfig>) -> Result<Configs, Error> {
    let config = match (trust, given) {
        (Trust::Platform, Some(given)) => given.clone(),
        _ => config(trust)?,
    };
    let offering = |protocols: &[&[u8]]| {
        let mut config = config.clone();
        config.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
        Arc::new(config)
    };
    Ok(Configs {
        any: offering(&[b"h2", b"http/1.1"]),
        http1: offering(&[b"http/1.1"]),
    })
}

fn config(trust: &Trust) -> Result<ClientConfig, Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier = verifier(trust, &provider)?;
    Ok(ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        // Dangerous only where the preview says "insecure": the others verify.
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth())
}

fn verifier(
    trust: &Trust,
    provider: &Arc<CryptoProvider>,
) -> Result<Arc<dyn ServerCertVerifier>, Error> {
    let provider = Arc::clone(provider);
    Ok(match trust {
        Trust::Anyone => Arc::new(Anyone::new(provider)),
        Trust::Platform => {
            let inner = Verifier::new(provider)?;
            Arc::new(Telling::new(Arc::new(inner), Vec::new()))
        }
        Trust::PlatformAnd(bundle) => {
            let roots = roots(bundle)?;
            let inner = Verifier::new_with_extra_roots(roots.iter().cloned(), provider)?;
            Arc::new(Telling::new(Arc::new(inner), roots))
        }
    })
}

fn roots(bundle: &[u8]) -> Result<Vec<CertificateDer<'static>>, Error> {
    CertificateDer::pem_slice_iter(bundle)
        .collect::<Result<_, _>>()
        .map_err(|error| Error::General(error.to_string()))
}

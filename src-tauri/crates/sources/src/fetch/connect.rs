//! Connections of the client.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Empty;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::dns::{GaiResolver, Name};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rustls::ClientConfig;
use rustls_platform_verifier::Verifier;
use tokio::sync::OnceCell;
use tower::Service;
use url::Url;

use super::error::FetchError;
use super::shown;

pub(super) type Client =
    legacy::Client<Deadline<HttpsConnector<HttpConnector<Resolver>>>, Empty<Bytes>>;

/// One client with TLS, one without.
///
/// Reading the platform's roots takes a while, so it waits for the first URL that needs them.
#[derive(Debug, Clone)]
pub(super) struct Clients {
    limit: Duration,
    given: Option<Arc<ClientConfig>>,
    plain: Client,
    tls: Arc<OnceCell<Client>>,
}

/// Finds addresses, and never asks DNS for names under `localhost` (RFC 6761 section 6.3).
#[derive(Debug, Clone)]
pub(super) struct Resolver(GaiResolver);

/// A connector that does not take forever: a peer may accept and then be silent.
#[derive(Debug, Clone)]
pub(super) struct Deadline<C> {
    inner: C,
    limit: Duration,
}

/// No connection within the limit.
#[derive(Debug, thiserror::Error)]
#[error("no connection within {0:?}")]
pub(super) struct Late(pub(super) Duration);

// === impl Clients ===

impl Clients {
    pub(super) fn new(limit: Duration, given: Option<Arc<ClientConfig>>) -> Self {
        // Trusts nobody, and is never asked to: `of` gives it out for http alone.
        let nobody = ClientConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .expect("ring has the default versions of TLS")
            .with_root_certificates(rustls::RootCertStore::empty())
            .with_no_client_auth();
        Self {
            limit,
            given,
            plain: client(nobody, limit),
            tls: Arc::default(),
        }
    }

    pub(super) async fn of(&self, url: &Url) -> Result<Client, FetchError> {
        if url.scheme() == "http" {
            return Ok(self.plain.clone());
        }
        let made = self.tls.get_or_try_init(|| async {
            let config = match &self.given {
                Some(given) => ClientConfig::clone(given),
                None => tokio::task::spawn_blocking(platform)
                    .await
                    .unwrap_or_else(|error| Err(rustls::Error::General(error.to_string())))?,
            };
            Ok(client(config, self.limit))
        });
        made.await.cloned().map_err(|source| FetchError::NoTrust {
            url: shown(url),
            source,
        })
    }
}

fn provider() -> Arc<rustls::crypto::CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

/// Reads files on Linux.
fn platform() -> Result<ClientConfig, rustls::Error> {
    let verifier = Verifier::new(provider())?;
    Ok(ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()?
        // Dangerous is only the name: the platform verifies.
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth())
}

fn client(mut config: ClientConfig, limit: Duration) -> Client {
    // The builder below sets these, and insists on doing so itself.
    config.alpn_protocols.clear();
    let mut http = HttpConnector::new_with_resolver(Resolver(GaiResolver::new()));
    http.enforce_http(false);
    http.set_nodelay(true);
    let https = HttpsConnectorBuilder::new()
        .with_tls_config(config)
        .https_or_http()
        .enable_http1()
        .enable_http2()
        .wrap_connector(http);
    legacy::Client::builder(TokioExecutor::new())
        .pool_timer(TokioTimer::new())
        .timer(TokioTimer::new())
        .pool_idle_timeout(Duration::from_secs(20))
        .pool_max_idle_per_host(2)
        .build(Deadline {
            inner: https,
            limit,
        })
}

// === impl Resolver ===

impl Service<Name> for Resolver {
    type Response = std::vec::IntoIter<SocketAddr>;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<Self::Response>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let host = name.as_str();
        if host == "localhost" || host.ends_with(".localhost") {
            // The connector puts the port in.
            let both = vec![
                SocketAddr::new(Ipv6Addr::LOCALHOST.into(), 0),
                SocketAddr::new(Ipv4Addr::LOCALHOST.into(), 0),
            ];
            return Box::pin(async { Ok(both.into_iter()) });
        }
        let asked = self.0.call(name);
        Box::pin(async { Ok(asked.await?.collect::<Vec<_>>().into_iter()) })
    }
}

// === impl Deadline ===

impl<C> Service<http::Uri> for Deadline<C>
where
    C: Service<http::Uri>,
    C::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    C::Future: Send + 'static,
    C::Response: Send,
    C::Error: Send,
{
    type Response = C::Response;
    type Error = Box<dyn std::error::Error + Send + Sync>;
    type Future = Pin<Box<dyn Future<Output = Result<C::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(context).map_err(Into::into)
    }

    fn call(&mut self, uri: http::Uri) -> Self::Future {
        let limit = self.limit;
        let connecting = self.inner.call(uri);
        Box::pin(async move {
            match tokio::time::timeout(limit, connecting).await {
                Ok(connected) => connected.map_err(Into::into),
                Err(_) => Err(Late(limit).into()),
            }
        })
    }
}

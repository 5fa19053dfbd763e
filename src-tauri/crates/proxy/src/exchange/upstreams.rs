//! Requests of our own to upstreams, sent the way those of browsers are: to both loopback families,
//! over TLS with the preview's trust, with the fields that the preview configures.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Instant;

use http::{Method, Request, Response};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tripledash_core::ExchangeId;
use tripledash_core::route::Forward;
use tripledash_core::trace::Resolution;

use super::outgoing;
use crate::failure::{self, Account, Asked};
use crate::open::OpenExchange;
use crate::upstream::{Pool, Upstream, Verifiers};
use crate::{Body, Timeouts, events};

/// Asks upstreams outside of any browser's exchange. No trace tells of it.
///
/// Dropping it closes its connections.
#[derive(Debug)]
pub struct Upstreams {
    upstream: Upstream,
}

/// A request that got no response, in words for a person.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Unanswered {
    /// A stable name, such as `upstream-refused`.
    pub code: &'static str,
    /// What happened.
    pub message: String,
    /// The sockets that were tried, each with what came of it.
    pub tried: Vec<String>,
    /// What mends it.
    pub fix: Option<String>,
}

impl Upstreams {
    /// `tls` is how TLS upstreams are verified (`None`: by the platform's own roots), `names` are
    /// upstreams that DNS is not asked for. Wants a runtime.
    pub fn new(
        timeouts: Timeouts,
        tls: Option<Arc<rustls::ClientConfig>>,
        names: BTreeMap<String, IpAddr>,
    ) -> Self {
        let tasks = TaskTracker::new();
        Self {
            upstream: Upstream {
                pool: Pool::new(timeouts.idle, tasks.clone()),
                names,
                verifiers: Verifiers::new(tls),
                timeouts,
                tasks,
                stop: CancellationToken::new(),
            },
        }
    }

    /// Sends a planned GET, and waits for the response's head. Redirects are not followed.
    ///
    /// # Errors
    ///
    /// Why there is no response.
    pub async fn get(&self, mut forward: Forward) -> Result<Response<Body>, Unanswered> {
        outgoing::settle(&mut forward, false);
        let origin = Arc::clone(&forward.upstream.target);
        let resolution = Arc::clone(&forward.resolution);
        let asked = Asked {
            origin: &origin.origin,
            preview: match &*resolution {
                Resolution::Preview { preview, .. } => preview,
                Resolution::Workbench | Resolution::Unknown { .. } => "",
            },
            kind: forward.kind,
        };
        let target = |error: &http::Error| failure::target(error, asked);
        let mut request = Request::new(Body::empty());
        *request.method_mut() = Method::GET;
        let path = forward.target_path().parse().map_err(http::Error::from);
        *request.uri_mut() = path.map_err(|error| target(&error))?;
        *request.headers_mut() = std::mem::take(&mut forward.headers);
        let (sink, _events) = events::channel(1);
        let open = OpenExchange::begin(ExchangeId(0), Instant::now(), &sink, None);
        let destination = outgoing::destination(&forward.upstream);
        let limit = forward.upstream.timeout;
        let sent = self.upstream.send(destination, request, limit, &open).await;
        let answer = sent.map_err(|error| failure::send(&error, asked))?;
        Ok(answer.response)
    }
}

impl Drop for Upstreams {
    fn drop(&mut self) {
        self.upstream.pool.close();
        self.upstream.stop.cancel();
    }
}

impl From<Account> for Unanswered {
    fn from(account: Account) -> Self {
        Self {
            code: account.code,
            message: account.message,
            tried: account.tried,
            fix: account.fix,
        }
    }
}

//! Upgrades (RFC 9110 section 7.8): the two sides agree, and bytes flow both ways.
//!
//! - Every upgrade gets an upstream connection of its own, which is never pooled.
//! - An upstream that answers with HTTP but does not upgrade is answered with that answer.
//! - An upstream may refuse with bytes that are no HTTP at all: Next.js answers the raw word
//!   `Unauthorized` to a page from an origin that it does not know. That is quoted, not guessed.
//! - An upstream may say nothing at all; the browser is told so after a while.

mod tunnel;

use std::time::Duration;

use http::header::{CONNECTION, UPGRADE};
use http::{Request, Version};

use crate::body::{Body, Received};
use crate::fields::members;
use crate::open::OpenExchange;
use crate::upstream::{
    Answer, ConnectError, Destination, Exchange, Link, Offer, SendError, Upstream, connect, failed,
};
pub(crate) use tunnel::tunnel;

/// Why an upgrade came to nothing.
#[derive(Debug, thiserror::Error)]
pub(crate) enum UpgradeError {
    #[error(transparent)]
    Send(#[from] SendError),
    /// The upstream answered something that is no HTTP.
    #[error("{address} refused with the bytes {said:?}, which are not HTTP")]
    Raw {
        address: std::net::SocketAddr,
        said: String,
    },
    #[error("{address} closed the connection without a word")]
    Closed { address: std::net::SocketAddr },
    #[error("{address} said nothing for {limit:?}")]
    Silent {
        address: std::net::SocketAddr,
        limit: Duration,
    },
}

impl From<ConnectError> for UpgradeError {
    fn from(error: ConnectError) -> Self {
        Self::Send(error.into())
    }
}

/// Whether a request asks for an upgrade. An offer of HTTP/2 in clear is none: we would have to speak
/// it, and RFC 9113 section 3.1 lets it go unheard.
pub(crate) fn asked(request: &Request<Received>) -> bool {
    let listed = members(request.headers(), &CONNECTION)
        .any(|option| option.eq_ignore_ascii_case(b"upgrade"));
    let protocol = request.headers().get(UPGRADE);
    let other = protocol.is_some_and(|protocol| !protocol.as_bytes().eq_ignore_ascii_case(b"h2c"));
    let empty = http_body::Body::is_end_stream(request.body());
    listed && other && empty && request.version() == Version::HTTP_11
}

impl Upstream {
    /// Sends an upgrade request and waits for the answer, whichever it is.
    pub(crate) async fn upgrade(
        &self,
        destination: Destination<'_>,
        request: Request<Body>,
        open: &OpenExchange,
    ) -> Result<Answer, UpgradeError> {
        let limit = self.timeouts.connect;
        let connected = connect(
            destination,
            &self.names,
            &self.verifiers,
            Offer::Http1,
            limit,
        )
        .await?;
        let address = connected.address;
        let timings = connected.timings(open.begun());
        let mut link = Link::new(connected.stream);
        let mut exchange = Exchange::new(request, &mut link);
        let limit = self.timeouts.upgrade;
        let Ok(head) = tokio::time::timeout(limit, exchange.head(&mut link)).await else {
            return Err(UpgradeError::Silent { address, limit });
        };
        let head = head.map_err(|error| match link.quote() {
            said if error.is_not_http() => UpgradeError::Raw { address, said },
            said if said.is_empty() => UpgradeError::Closed { address },
            _ => failed(address, error, open.upload()).into(),
        })?;
        Ok(exchange.alone(head, link, address, timings, open))
    }
}

//! Why a request got no response.

use std::net::SocketAddr;
use std::time::Duration;

use http::Request;

use super::ConnectError;
use crate::body::{Body, BodyError};

/// Why a request got no response head.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SendError {
    #[error(transparent)]
    Connect(#[from] ConnectError),
    #[error("{address} sent no response within {limit:?}")]
    Silent {
        address: SocketAddr,
        limit: Duration,
    },
    #[error("{address} answered no PING within {limit:?}")]
    Lost {
        address: SocketAddr,
        limit: Duration,
        /// Whether the request was one that may be sent again.
        repeatable: bool,
        /// Whether an earlier attempt was lost as well.
        twice: bool,
    },
    #[error("{address} closed the connection without a response")]
    HungUp {
        address: SocketAddr,
        #[source]
        source: BodyError,
    },
    #[error("{address} took the request back without a response")]
    Reset {
        address: SocketAddr,
        #[source]
        source: h2::Error,
    },
    #[error("{address} wants HTTP/1.1 for this request")]
    WantsHttp1 { address: SocketAddr },
    #[error("{address} switched protocols, which nobody asked for")]
    Switched { address: SocketAddr },
    #[error("{address} answered something that is not HTTP")]
    NotHttp {
        address: SocketAddr,
        #[source]
        source: BodyError,
    },
    #[error("{address} sent more header fields than are read")]
    HeadTooLarge {
        address: SocketAddr,
        #[source]
        source: BodyError,
    },
    #[error("the Host sent cannot be an authority")]
    Authority {
        #[source]
        source: http::Error,
    },
    #[error("the request's body stopped after {bytes} bytes")]
    Stalled { bytes: u64 },
    #[error("the request's body broke off after {bytes} bytes")]
    Upload {
        bytes: u64,
        #[source]
        source: BodyError,
    },
}

/// A request that got no response head.
pub(super) struct Failed {
    pub(super) error: SendError,
    /// The request, where it may be sent again: it was not processed, or doing so twice does no
    /// harm and the connection was an old one, or is lost.
    pub(super) again: Option<Request<Body>>,
}

impl From<SendError> for Failed {
    fn from(error: SendError) -> Self {
        Self { error, again: None }
    }
}

/// The failure of a connection that was closed before there was a response.
pub(super) fn hung_up(address: SocketAddr, source: impl Into<BodyError>) -> SendError {
    SendError::HungUp {
        address,
        source: source.into(),
    }
}

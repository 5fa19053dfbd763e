//! Requests to upstreams: a pooled connection or a new one, and an answer or the reason for none.

mod connect;
mod pool;
mod tls;

use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use http::{Request, Response, StatusCode};
use hyper::body::Incoming;
use hyper::client::conn::http1::{self, Connection, SendRequest};
use hyper_util::rt::TokioIo;
use parking_lot::Mutex;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_util::task::TaskTracker;
use tripledash_core::host::Host;
use tripledash_core::trace::Timings;

pub(crate) use connect::{ConnectError, Connected, connect};
pub(crate) use pool::{Lease, Pool};
pub(crate) use tls::Trust;

use crate::body::Body;
use crate::open::{OpenExchange, Progress, micros};
use crate::{MAX_FIELDS, Timeouts};

/// Where a connection leads: two requests with the same destination may share one.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Destination {
    pub(crate) host: Host,
    pub(crate) port: u16,
    /// The name asked of TLS, which is the `Host` sent; `None`: in clear.
    pub(crate) server_name: Option<String>,
}

/// Everything that requests to upstreams share.
#[derive(Debug)]
pub(crate) struct Upstream {
    pub(crate) pool: Pool,
    pub(crate) trust: Trust,
    pub(crate) timeouts: Timeouts,
    pub(crate) tasks: TaskTracker,
}

/// A response head, with its body still to come.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) response: Response<Incoming>,
    /// `None` where the connection serves this exchange only.
    pub(crate) lease: Option<Lease>,
    pub(crate) address: SocketAddr,
    pub(crate) timings: Timings,
    /// Interim responses that were passed over: hyper has no way to send them on.
    pub(crate) interim: Vec<StatusCode>,
}

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
    #[error("{address} closed the connection without a response")]
    HungUp {
        address: SocketAddr,
        #[source]
        source: hyper::Error,
    },
    #[error("{address} switched protocols, which nobody asked for")]
    Switched { address: SocketAddr },
    #[error("{address} answered something that is not HTTP/1.1")]
    NotHttp {
        address: SocketAddr,
        #[source]
        source: hyper::Error,
    },
    #[error("the request's body stopped after {bytes} bytes")]
    Stalled { bytes: u64 },
    #[error("the request's body broke off after {bytes} bytes")]
    Upload {
        bytes: u64,
        #[source]
        source: hyper::Error,
    },
}

impl Upstream {
    /// Sends a request whose target is in origin-form, and waits for the response's head.
    pub(crate) async fn send(
        &self,
        destination: &Destination,
        mut request: Request<Body>,
        open: &OpenExchange,
    ) -> Result<Answer, SendError> {
        loop {
            let mut timings = Timings::default();
            let mut lease = match self.pool.take(destination) {
                Some(lease) => {
                    timings.reused = true;
                    lease
                }
                None => {
                    self.connect(destination, open.begun(), &mut timings)
                        .await?
                }
            };
            let address = lease.address;
            if lease.sender().ready().await.is_err() && timings.reused {
                continue;
            }
            let copy = timings.reused.then(|| repeatable(&request)).flatten();
            let interim = Interim::listen(&mut request);
            let sent = lease.sender().try_send_request(request);
            let limit = self.timeouts.first_byte;
            let Some(answer) = first_byte(sent, open.upload(), limit).await else {
                return Err(SendError::Silent { address, limit });
            };
            match answer {
                Ok(response) if response.status() == StatusCode::SWITCHING_PROTOCOLS => {
                    return Err(SendError::Switched { address });
                }
                Ok(response) => {
                    timings.first_byte_us = Some(micros(open.elapsed()));
                    lease.heed(response.headers());
                    return Ok(Answer {
                        response,
                        lease: Some(lease),
                        address,
                        timings,
                        interim: interim.heard(),
                    });
                }
                // The upstream closed an idle connection just as we took it. What was not sent
                // may always be sent again; what was, only if sending twice does no harm
                // (RFC 9110 section 9.2.2).
                Err(mut error) if timings.reused => {
                    let closed = error.error().is_incomplete_message();
                    match error.take_message().or(copy.filter(|_| closed)) {
                        Some(again) => request = again,
                        None => return Err(failed(address, error.into_error(), open.upload())),
                    }
                }
                Err(error) => return Err(failed(address, error.into_error(), open.upload())),
            }
        }
    }

    /// A new connection that requests can share.
    async fn connect(
        &self,
        destination: &Destination,
        begun: Instant,
        timings: &mut Timings,
    ) -> Result<Lease, SendError> {
        let connected = connect(destination, &self.trust, self.timeouts.connect).await?;
        let address = connected.address;
        connected.note(begun, timings);
        let (sender, connection) = handshake(connected.stream)
            .await
            .map_err(|source| SendError::HungUp { address, source })?;
        self.tasks.spawn(async move {
            if let Err(error) = connection.await {
                // The exchange that was under way got this error too, and tells of it.
                tracing::debug!(%address, %error, "upstream connection ended");
            }
        });
        Ok(self.pool.lease(destination.clone(), sender, address))
    }
}

/// Speaks HTTP/1.1 on a new connection.
pub(crate) async fn handshake<S>(
    stream: S,
) -> hyper::Result<(SendRequest<Body>, Connection<TokioIo<S>, Body>)>
where
    S: AsyncRead + AsyncWrite + Unpin + Send,
{
    http1::Builder::new()
        .max_headers(MAX_FIELDS)
        .handshake(TokioIo::new(stream))
        .await
}

impl Connected {
    /// Writes how long connecting took.
    pub(crate) fn note(&self, begun: Instant, timings: &mut Timings) {
        timings.connect_us = Some(micros(self.at - begun));
        timings.tls_us = self.tls_at.map(|at| micros(at - begun));
    }
}

/// The interim responses (RFC 9110 section 15.2) before a final one.
#[derive(Default)]
struct Interim(Arc<Mutex<Vec<StatusCode>>>);

impl Interim {
    fn listen(request: &mut Request<Body>) -> Self {
        let interim = Self::default();
        let heard = Arc::clone(&interim.0);
        hyper::ext::on_informational(request, move |response| {
            heard.lock().push(response.status());
        });
        interim
    }

    fn heard(&self) -> Vec<StatusCode> {
        std::mem::take(&mut self.0.lock())
    }
}

/// Waits for a response; the wait begins anew as long as the request's body moves.
pub(crate) async fn first_byte<F: Future>(
    answer: F,
    upload: &Progress,
    limit: Duration,
) -> Option<F::Output> {
    let mut answer = pin!(answer);
    let mut seen = upload.bytes();
    loop {
        if let Ok(answer) = tokio::time::timeout(limit, &mut answer).await {
            return Some(answer);
        }
        let now = upload.bytes();
        if now == seen {
            return None;
        }
        seen = now;
    }
}

/// A copy of a request that may be sent twice: idempotent, and without a body.
fn repeatable(request: &Request<Body>) -> Option<Request<Body>> {
    let empty = http_body::Body::is_end_stream(request.body());
    (empty && request.method().is_idempotent()).then(|| {
        let mut copy = Request::new(Body::empty());
        *copy.method_mut() = request.method().clone();
        *copy.uri_mut() = request.uri().clone();
        *copy.headers_mut() = request.headers().clone();
        copy
    })
}

/// What a failure of hyper's means here.
pub(crate) fn failed(address: SocketAddr, source: hyper::Error, upload: &Progress) -> SendError {
    let bytes = upload.bytes();
    if upload.is_stalled() {
        SendError::Stalled { bytes }
    } else if upload.is_broken() {
        SendError::Upload { bytes, source }
    } else if source.is_parse() {
        SendError::NotHttp { address, source }
    } else {
        SendError::HungUp { address, source }
    }
}

//! Requests to upstreams: a connection that is open or a new one, and an answer or the reason for
//! none.

mod connect;
mod http1;
mod http2;
mod place;
mod pool;
mod stream;
mod tls;

use std::future::poll_fn;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::Poll;
use std::time::Duration;

use http::{Request, Response, StatusCode};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tripledash_core::Snapshot;
use tripledash_core::trace::Timings;
use tripledash_core::upstream::Scheme;

pub(crate) use connect::{ConnectError, Names, connect};
pub(crate) use http1::{Cut, Exchange, Link, failed};
pub(crate) use http2::Broken;
pub(crate) use place::{Destination, Tls};
pub(crate) use pool::Pool;
pub(crate) use tls::{Offer, SelfSigned, Verifiers};

use crate::Timeouts;
use crate::alarm::Alarm;
use crate::body::{Body, BodyError};
use crate::open::{OpenExchange, Progress};
use http2::Ticket;
use place::{Open, Place, Speaks};
use pool::Lease;

/// How often a request is sent that upstreams say they have not processed.
const ATTEMPTS: usize = 4;
/// How many interim responses are told of. An upstream may send them for as long as it is waited
/// for.
const MAX_INTERIM: usize = 16;

/// Everything that requests to upstreams share.
#[derive(Debug)]
pub(crate) struct Upstream {
    pub(crate) pool: Pool,
    pub(crate) names: Names,
    pub(crate) verifiers: Verifiers,
    pub(crate) timeouts: Timeouts,
    pub(crate) tasks: TaskTracker,
    /// Ends whatever is left of the connections.
    pub(crate) stop: CancellationToken,
}

/// A response head, with its body still to come.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) response: Response<Body>,
    pub(crate) address: SocketAddr,
    pub(crate) timings: Timings,
    /// Interim responses that were passed over: hyper has no way to send them on.
    pub(crate) interim: Vec<StatusCode>,
    /// The connection, where it speaks another protocol from now on.
    pub(crate) switched: Option<Link>,
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
struct Failed {
    error: SendError,
    /// The request, where it may be sent again: it was not processed, or doing so twice does no
    /// harm and the connection was an old one.
    again: Option<Request<Body>>,
}

impl From<SendError> for Failed {
    fn from(error: SendError) -> Self {
        Self { error, again: None }
    }
}

/// A connection that a request can be sent on.
enum Connection {
    Http1(Lease),
    Http2(Ticket),
}

impl Upstream {
    /// Sends a request whose target is in origin-form, and waits for the response's head: for
    /// `limit`, or as long as we do by ourselves.
    pub(crate) async fn send(
        &self,
        destination: Destination<'_>,
        mut request: Request<Body>,
        limit: Option<Duration>,
        open: &OpenExchange,
    ) -> Result<Answer, SendError> {
        let place = self.pool.place(destination);
        let limit = limit.unwrap_or(self.timeouts.first_byte);
        let mut attempt = 1;
        loop {
            // Where the first connection was stale, so may be every other old one.
            let old = attempt == 1;
            let (connection, timings) = self.connection(&place, old, open).await?;
            let sent = match connection {
                Connection::Http1(lease) => {
                    http1::send(lease, request, timings, limit, open, &self.tasks).await
                }
                Connection::Http2(ticket) => {
                    let sent = http2::send(ticket, request, timings, limit, open, &self.tasks);
                    Box::pin(sent).await
                }
            };
            let failed = match sent {
                Ok(answer) => return Ok(answer),
                Err(failed) => failed,
            };
            if let SendError::WantsHttp1 { .. } = failed.error {
                place.learn(Speaks::OnlyHttp1);
            }
            match failed.again {
                Some(again) if attempt < ATTEMPTS => request = again,
                _ => return Err(failed.error),
            }
            attempt += 1;
        }
    }

    /// A connection to send on: an open one, or a new one.
    async fn connection(
        &self,
        place: &Arc<Place>,
        old: bool,
        open: &OpenExchange,
    ) -> Result<(Connection, Timings), SendError> {
        if old && let Some(lease) = self.pool.take(place) {
            return Ok((Connection::Http1(lease), reused()));
        }
        // What is seldom waited for takes no room in the future of every request.
        Box::pin(self.shared_or_new(place, open)).await
    }

    async fn shared_or_new(
        &self,
        place: &Arc<Place>,
        open: &OpenExchange,
    ) -> Result<(Connection, Timings), SendError> {
        let tls = place.key.destination().tls.is_some();
        if !tls || matches!(place.speaks(), Some(Speaks::Http1 | Speaks::OnlyHttp1)) {
            return self.open(place, open).await;
        }
        if let Some(ticket) = place.share() {
            return Ok((Connection::Http2(ticket), reused()));
        }
        // A page asks for its parts all at once. One connection will do for them, so they wait for
        // whoever opens it.
        let seen = place.opened();
        let gate = place.gate.lock().await;
        if let Some(ticket) = place.share() {
            return Ok((Connection::Http2(ticket), reused()));
        }
        if place.opened() != seen && place.speaks() != Some(Speaks::Http2) {
            // There is none to share: no reason to go one by one.
            drop(gate);
            return self.open(place, open).await;
        }
        self.open(place, open).await
    }

    /// A new connection.
    async fn open(
        &self,
        place: &Arc<Place>,
        open: &OpenExchange,
    ) -> Result<(Connection, Timings), SendError> {
        let offer = match place.speaks() {
            Some(Speaks::OnlyHttp1) => Offer::Http1,
            _ => Offer::Any,
        };
        let destination = place.key.destination();
        let limit = self.timeouts.connect;
        let connected = connect(destination, &self.names, &self.verifiers, offer, limit).await;
        if connected.is_err() {
            // Before it is counted: those who waited then try for themselves, and all at once.
            place.unlearn();
        }
        place.count_opened();
        let connected = connected?;
        let timings = connected.timings(open.begun());
        let address = connected.address;
        if !connected.stream.is_http2() {
            place.learn(Speaks::Http1);
            let open = Open {
                link: Link::new(connected.stream),
                address,
            };
            return Ok((Connection::Http1(self.pool.lease(place, open)), timings));
        }
        let (multiplexed, connection) = http2::handshake(connected.stream, address)
            .await
            .map_err(|source| hung_up(address, source))?;
        let ended = multiplexed.ended();
        let stop = self.stop.clone();
        self.tasks.spawn(async move {
            let end = tokio::select! {
                end = connection => end,
                () = stop.cancelled() => Ok(()),
            };
            ended.store(true, Ordering::Release);
            if let Err(error) = end {
                tracing::debug!(%address, %error, "upstream connection ended");
            }
        });
        let multiplexed = Arc::new(multiplexed);
        let ticket = Ticket::take(Arc::clone(&multiplexed));
        place.offer(multiplexed);
        self.pool.reap();
        Ok((Connection::Http2(ticket), timings))
    }

    /// Closes the connections to wherever no preview leads any more.
    pub(crate) fn follow(&self, snapshot: &Snapshot) {
        self.pool.retain(|destination| {
            let (trust, scheme) = match destination.tls {
                Some(tls) => (Some(tls.trust), Scheme::Https),
                None => (None, Scheme::Http),
            };
            snapshot.may_reach(scheme, destination.host, destination.port, trust)
        });
        self.verifiers.retain(|trust| snapshot.trusts(trust));
    }
}

fn hung_up(address: SocketAddr, source: impl Into<BodyError>) -> SendError {
    SendError::HungUp {
        address,
        source: source.into(),
    }
}

fn reused() -> Timings {
    Timings {
        reused: true,
        ..Timings::default()
    }
}

/// Waits for a response; the wait begins anew as long as the request's body moves.
pub(crate) async fn first_byte<F: Future>(
    answer: F,
    alarm: &mut Alarm,
    upload: &Progress,
    limit: Duration,
) -> Option<F::Output> {
    let mut answer = pin!(answer);
    let mut seen = upload.bytes();
    let mut deadline = Instant::now() + limit;
    poll_fn(|cx| {
        if let Poll::Ready(answer) = answer.as_mut().poll(cx) {
            return Poll::Ready(Some(answer));
        }
        while alarm.poll(deadline, cx).is_ready() {
            let now = upload.bytes();
            if now == seen {
                return Poll::Ready(None);
            }
            seen = now;
            deadline = Instant::now() + limit;
        }
        Poll::Pending
    })
    .await
}

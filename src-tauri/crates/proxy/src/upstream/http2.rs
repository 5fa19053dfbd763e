//! Requests over HTTP/2 (RFC 9113), many on one connection.
//!
//! - The `Host` sent becomes `:authority`; fields that concern one connection are left out
//!   (section 8.2.2), but for `TE: trailers`.
//! - A request that the upstream says it has not processed (REFUSED_STREAM, or above the last
//!   stream of a GOAWAY; section 8.7) may be sent again, whatever its method, if its body is whole.
//! - A stream that is reset is a broken transfer, whichever the reason: a response that was cut off
//!   must not look whole.
//! - A connection that was silent for a while must prove that it still carries something (section
//!   6.7). A request that may be sent twice goes with the PING; any other waits for the answer,
//!   and goes elsewhere where none comes in half of the time that its response may take. What is
//!   under way when there is none is sent again, if it may be, whether or not the connection was
//!   an old one: nobody hung up on it, so it is not the request's fault.

mod body;
mod drive;
mod head;
mod heard;
mod pulse;
mod pump;
#[cfg(test)]
mod tests;
mod watch;

use std::future::poll_fn;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::{Duration, Instant};

use bytes::Bytes;
use h2::client::{ResponseFuture, SendRequest};
use h2::{Reason, RecvStream};
use http::request::Parts;
use http::{Method, Request, Response, StatusCode};
use http_body::Body as _;
use parking_lot::Mutex;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::timeout;
use tokio_util::task::TaskTracker;
use tripledash_core::trace::{Protocol, Timings};

use super::error::hung_up;
use super::{Answer, Failed, MAX_INTERIM, SendError, Wait, first_byte};
use crate::alarm::Alarm;
use crate::body::Body;
use crate::fields::{InvalidLength, length, settle_length};
use crate::open::{OpenExchange, micros};
pub(crate) use body::StreamCut;
use body::{Source, Streaming};
use drive::Driver;
use heard::Heard;
pub(super) use pulse::Patience;
use pulse::Pulse;
use pump::Pump;

/// How much of one response may be on its way before it is read. A reader that is slow, or a pane
/// that is paused, holds no more than this in memory.
const STREAM_WINDOW: u32 = 1024 * 1024;
/// The same for all responses of a connection: enough that a few paused ones do not stop the rest.
const CONNECTION_WINDOW: u32 = 16 * 1024 * 1024;
/// How much of one request's body may wait for the upstream to read on.
const SEND_BUFFER: usize = 256 * 1024;
/// Header fields of one response, in bytes as RFC 9113 section 6.5.2 counts them.
const MAX_FIELD_BYTES: u32 = 256 * 1024;

/// A connection that requests share.
#[derive(Debug)]
pub(super) struct Multiplexed {
    sender: SendRequest<Bytes>,
    address: SocketAddr,
    idle_since: Mutex<Instant>,
    pulse: Arc<Pulse>,
}

/// Room for one request on a connection, until its response was read.
#[derive(Debug)]
pub(super) struct Ticket(Arc<Multiplexed>);

/// A request under way.
struct Exchange {
    response: ResponseFuture,
    pump: Option<Pump>,
    interim: Vec<StatusCode>,
    asked: Parts,
    /// Whether to send it twice does no harm.
    repeatable: bool,
}

/// Speaks HTTP/2 on a new connection.
pub(super) async fn handshake<S: AsyncRead + AsyncWrite + Unpin>(
    stream: S,
    address: SocketAddr,
    patience: Patience,
) -> Result<(Multiplexed, Driver<S>), h2::Error> {
    let pulse = Arc::new(Pulse::new(patience));
    let stream = Heard::new(stream, Arc::clone(&pulse));
    let (sender, connection) = h2::client::Builder::new()
        .initial_window_size(STREAM_WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW)
        .max_send_buffer_size(SEND_BUFFER)
        .max_header_list_size(MAX_FIELD_BYTES)
        // Until the upstream says how many it takes; most say at least so many.
        .initial_max_send_streams(100)
        .enable_push(false)
        .handshake(stream)
        .await?;
    let multiplexed = Multiplexed {
        sender,
        address,
        idle_since: Mutex::new(Instant::now()),
        pulse: Arc::clone(&pulse),
    };
    Ok((multiplexed, Driver::new(connection, pulse)))
}

impl Multiplexed {
    pub(super) fn is_closing(&self) -> bool {
        self.pulse.is_closing()
    }

    /// Whether nothing was heard for so long that it may be dead.
    pub(super) fn is_quiet(&self) -> bool {
        self.pulse.is_quiet()
    }

    pub(super) fn streams(&self) -> usize {
        self.pulse.streams()
    }

    pub(super) fn has_room(&self) -> bool {
        self.streams() < self.sender.current_max_send_streams()
    }

    /// When it will have been idle for `keep`; `None` while it is used.
    pub(super) fn idle_until(&self, keep: Duration) -> Option<Instant> {
        (self.streams() == 0).then(|| *self.idle_since.lock() + keep)
    }
}

impl Ticket {
    pub(super) fn take(multiplexed: Arc<Multiplexed>) -> Self {
        multiplexed.pulse.join();
        Self(multiplexed)
    }

    /// Waits for a sign of life where there was none for long: for half of the time that is left at
    /// most, so that another connection can be tried in the other half.
    async fn prove(&self, wait: &mut Wait) -> Result<(), SendError> {
        if !self.0.is_quiet() {
            return Ok(());
        }
        let limit = wait.left() / 2;
        let begun = tokio::time::Instant::now();
        let proven = timeout(limit, self.0.pulse.proven()).await;
        wait.spend(begun.elapsed());
        match proven {
            Ok(true) => Ok(()),
            Ok(false) => Err(self.gone()),
            Err(_) => Err(self.unanswered(limit, true)),
        }
    }

    /// No sign of life came, for a request that may be sent again or not.
    fn unanswered(&self, limit: Duration, repeatable: bool) -> SendError {
        SendError::Lost {
            address: self.0.address,
            limit,
            repeatable,
            twice: false,
        }
    }

    /// How long an answer to a PING was waited for in vain, where the connection was given up.
    fn lost(&self) -> Option<Duration> {
        let pulse = &self.0.pulse;
        pulse.is_lost().then_some(pulse.patience.pong)
    }

    /// Why a request was not sent.
    fn gone(&self) -> SendError {
        match self.lost() {
            Some(limit) => self.unanswered(limit, true),
            None => hung_up(self.0.address, io::Error::from(io::ErrorKind::NotConnected)),
        }
    }

    /// What a failure means here, for a request that may be sent again or not.
    fn failed(&self, source: h2::Error, repeatable: bool, open: &OpenExchange) -> SendError {
        match self.lost().filter(|_| source.is_io()) {
            Some(limit) => self.unanswered(limit, repeatable),
            None => failed(self.0.address, source, open),
        }
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        *self.0.idle_since.lock() = Instant::now();
        self.0.pulse.leave();
    }
}

impl Exchange {
    /// Waits for the response's head, and sends the request's body meanwhile.
    fn head(&mut self) -> impl Future<Output = Result<Response<RecvStream>, h2::Error>> {
        poll_fn(|cx| {
            if let Some(pump) = self.pump.as_mut().filter(|pump| !pump.is_done()) {
                // Its end is no news: the response says how the request went.
                let _ = Pin::new(pump).poll(cx);
            }
            while let Poll::Ready(Some(Ok(interim))) = self.response.poll_informational(cx) {
                if self.interim.len() < MAX_INTERIM {
                    self.interim.push(interim.status());
                }
            }
            Pin::new(&mut self.response).poll(cx)
        })
    }

    /// The answer that a response's head begins.
    fn answer(
        self,
        response: Response<RecvStream>,
        ticket: Ticket,
        mut timings: Timings,
        open: &OpenExchange,
        tasks: &TaskTracker,
    ) -> Result<Answer, InvalidLength> {
        let address = ticket.0.address;
        timings.first_byte_us = Some(micros(open.elapsed()));
        timings.protocol = Some(Protocol::Http2);
        // The upload goes on while the response is read, and neither waits for the other.
        let pump = self
            .pump
            .filter(|pump| !pump.is_done())
            .map(|pump| tasks.spawn(pump).abort_handle());
        let (mut parts, stream) = response.into_parts();
        let source = Source::new(stream, pump, ticket);
        let left = if self.asked.method == Method::HEAD {
            settle_length(&mut parts.headers)?;
            Some(0)
        } else if matches!(
            parts.status,
            StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED
        ) {
            Some(0)
        } else {
            length(&parts.headers)?
        };
        let body = if left == Some(0) {
            source.leave(tasks);
            Body::empty()
        } else {
            Body::new(Streaming::new(source, left, tasks.clone()))
        };
        Ok(Answer {
            response: Response::from_parts(parts, body),
            address,
            timings,
            interim: self.interim,
            switched: None,
        })
    }

    /// What is left where there is no response: the request, if it may be sent again.
    fn failed(
        self,
        error: h2::Error,
        ticket: &Ticket,
        reused: bool,
        open: &OpenExchange,
    ) -> Failed {
        if !error.is_reset() {
            ticket.0.pulse.close();
        }
        let stale = error.is_io() && (reused || ticket.lost().is_some());
        let whole = match self.pump {
            None => Some(Body::empty()),
            Some(pump) => pump.untouched(),
        };
        let again = whole.filter(|_| is_unprocessed(&error) || self.repeatable && stale);
        Failed {
            error: ticket.failed(error, self.repeatable, open),
            again: again.map(|body| Request::from_parts(self.asked, body)),
        }
    }
}

/// Sends a request, and waits for the response's head.
pub(super) async fn send(
    ticket: Ticket,
    request: Request<Body>,
    timings: Timings,
    wait: &mut Wait,
    open: &OpenExchange,
    tasks: &TaskTracker,
) -> Result<Answer, Failed> {
    let address = ticket.0.address;
    let (asked, body) = request.into_parts();
    let empty = body.is_end_stream();
    let repeatable = empty && asked.method.is_idempotent();
    let head = head::of(&asked, &body).map_err(|source| SendError::Authority { source })?;
    ticket.0.pulse.expect();
    if !repeatable && let Err(error) = ticket.prove(wait).await {
        let again = Some(Request::from_parts(asked, body));
        return Err(Failed { error, again });
    }
    let (response, stream) = match ticket.0.sender.clone().send_request(head, empty) {
        Ok(sent) => sent,
        Err(error) => {
            // It never left: the connection is about to close.
            ticket.0.pulse.close();
            return Err(Failed {
                error: ticket.failed(error, true, open),
                again: Some(Request::from_parts(asked, body)),
            });
        }
    };
    let mut exchange = Exchange {
        response,
        pump: (!empty).then(|| Pump::new(body, stream)),
        interim: Vec::new(),
        asked,
        repeatable,
    };
    let head = exchange.head();
    match first_byte(head, &mut Alarm::default(), open.upload(), *wait).await {
        Some(Ok(response)) => {
            let answer = exchange.answer(response, ticket, timings, open, tasks);
            answer.map_err(|source| {
                let source = source.into();
                SendError::NotHttp { address, source }.into()
            })
        }
        Some(Err(error)) => Err(exchange.failed(error, &ticket, timings.reused, open)),
        None => {
            let limit = wait.limit();
            Err(SendError::Silent { address, limit }.into())
        }
    }
}

/// Whether the upstream says that it did nothing with the request.
fn is_unprocessed(error: &h2::Error) -> bool {
    let refused = error.is_reset() && error.reason() == Some(Reason::REFUSED_STREAM);
    error.is_remote() && (error.is_go_away() || refused || wants_http1(error))
}

/// Whether the upstream wants the request over HTTP/1.1.
fn wants_http1(error: &h2::Error) -> bool {
    error.is_remote() && error.reason() == Some(Reason::HTTP_1_1_REQUIRED)
}

/// What a failure of HTTP/2 means here.
fn failed(address: SocketAddr, source: h2::Error, open: &OpenExchange) -> SendError {
    let upload = open.upload();
    let bytes = upload.bytes();
    if upload.is_stalled() {
        SendError::Stalled { bytes }
    } else if upload.is_broken() {
        let source = source.into();
        SendError::Upload { bytes, source }
    } else if wants_http1(&source) {
        SendError::WantsHttp1 { address }
    } else if source.is_io() {
        let source = source.into();
        SendError::HungUp { address, source }
    } else if source.is_remote() {
        SendError::Reset { address, source }
    } else {
        let source = source.into();
        SendError::NotHttp { address, source }
    }
}

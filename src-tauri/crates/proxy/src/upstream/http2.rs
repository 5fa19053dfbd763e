//! Requests over HTTP/2 (RFC 9113), many on one connection.
//!
//! - The `Host` sent becomes `:authority`; fields that concern one connection are left out
//!   (section 8.2.2), but for `TE: trailers`.
//! - A request that the upstream says it has not processed (REFUSED_STREAM, or above the last
//!   stream of a GOAWAY; section 8.7) may be sent again, whatever its method, if its body is whole.
//! - A stream that is reset is a broken transfer, whichever the reason: a response that was cut off
//!   must not look whole.

mod body;
mod head;
mod pump;

use std::future::poll_fn;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::Poll;
use std::time::{Duration, Instant};

use bytes::Bytes;
use h2::client::{Connection, ResponseFuture, SendRequest};
use h2::{Reason, RecvStream};
use http::{Request, Response, StatusCode};
use http_body::Body as _;
use parking_lot::Mutex;
use tokio_util::task::TaskTracker;
use tripledash_core::trace::{Protocol, Timings};

use super::stream::Stream;
use super::{Answer, Failed, MAX_INTERIM, SendError, first_byte};
use crate::alarm::Alarm;
use crate::body::Body;
use crate::open::{OpenExchange, micros};
pub(crate) use body::Broken;
use body::Streaming;
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
    streams: AtomicUsize,
    idle_since: Mutex<Instant>,
    closing: Arc<AtomicBool>,
}

/// Room for one request on a connection, until its response was read.
#[derive(Debug)]
pub(super) struct Ticket(Arc<Multiplexed>);

/// Speaks HTTP/2 on a new connection.
pub(super) async fn handshake(
    stream: Stream,
    address: SocketAddr,
) -> Result<(Multiplexed, Connection<Stream, Bytes>), h2::Error> {
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
        streams: AtomicUsize::new(0),
        idle_since: Mutex::new(Instant::now()),
        closing: Arc::default(),
    };
    Ok((multiplexed, connection))
}

impl Multiplexed {
    /// Set once the connection has ended.
    pub(super) fn ended(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.closing)
    }

    pub(super) fn is_closing(&self) -> bool {
        self.closing.load(Ordering::Acquire)
    }

    fn close(&self) {
        self.closing.store(true, Ordering::Release);
    }

    pub(super) fn streams(&self) -> usize {
        self.streams.load(Ordering::Relaxed)
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
        multiplexed.streams.fetch_add(1, Ordering::Relaxed);
        Self(multiplexed)
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        *self.0.idle_since.lock() = Instant::now();
        self.0.streams.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Sends a request, and waits for the response's head.
pub(super) async fn send(
    ticket: Ticket,
    request: Request<Body>,
    mut timings: Timings,
    limit: Duration,
    open: &OpenExchange,
    tasks: &TaskTracker,
) -> Result<Answer, Failed> {
    let address = ticket.0.address;
    let (asked, body) = request.into_parts();
    let empty = body.is_end_stream();
    let repeatable = timings.reused && empty && asked.method.is_idempotent();
    let head = match head::of(&asked, &body) {
        Ok(head) => head,
        Err(source) => return Err(SendError::Authority { source }.into()),
    };
    let (response, stream) = match ticket.0.sender.clone().send_request(head, empty) {
        Ok(sent) => sent,
        Err(error) => {
            // It never left: the connection is about to close.
            ticket.0.close();
            return Err(Failed {
                error: failed(address, error, open),
                again: Some(Request::from_parts(asked, body)),
            });
        }
    };
    let pump = if empty {
        None
    } else {
        Some(Pump::new(body, stream))
    };
    let mut exchange = Exchange {
        response,
        pump,
        interim: Vec::new(),
    };
    let Some(answer) =
        first_byte(exchange.head(), &mut Alarm::default(), open.upload(), limit).await
    else {
        return Err(SendError::Silent { address, limit }.into());
    };
    let response = match answer {
        Ok(response) => response,
        Err(error) => {
            if !error.is_reset() {
                ticket.0.close();
            }
            let unprocessed = is_unprocessed(&error);
            let whole = match exchange.pump {
                None => Some(Body::empty()),
                Some(pump) => pump.untouched(),
            };
            let again = whole.filter(|_| unprocessed || repeatable && error.is_io());
            return Err(Failed {
                error: failed(address, error, open),
                again: again.map(|body| Request::from_parts(asked, body)),
            });
        }
    };
    timings.first_byte_us = Some(micros(open.elapsed()));
    timings.protocol = Some(Protocol::Http2);
    // The upload goes on while the response is read, and neither waits for the other.
    let pump = exchange
        .pump
        .filter(|pump| !pump.is_done())
        .map(|pump| tasks.spawn(pump).abort_handle());
    let (parts, stream) = response.into_parts();
    let body = Streaming::new(stream, pump, ticket).of_length(&parts.headers);
    Ok(Answer {
        response: Response::from_parts(parts, Body::new(body)),
        address,
        timings,
        interim: exchange.interim,
        switched: None,
    })
}

/// A request under way.
struct Exchange {
    response: ResponseFuture,
    pump: Option<Pump>,
    interim: Vec<StatusCode>,
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

//! A request over HTTP/1.1.

use std::sync::Arc;
use std::time::Duration;

use http::header::{CONTENT_LENGTH, TRANSFER_ENCODING};
use http::{Request, Response, StatusCode, Version};
use hyper::body::Incoming;
use hyper::client::conn::http1::{self, Connection, SendRequest};
use hyper_util::rt::TokioIo;
use parking_lot::Mutex;
use tokio::io::{AsyncRead, AsyncWrite};
use tripledash_core::trace::{Protocol, Timings};

use super::pool::Lease;
use super::{Again, Answer, Failed, SendError, failed, first_byte};
use crate::body::Body;
use crate::open::{OpenExchange, micros};

/// Speaks HTTP/1.1 on a new connection.
pub(crate) async fn handshake<S>(
    stream: S,
) -> hyper::Result<(SendRequest<Body>, Connection<TokioIo<S>, Body>)>
where
    S: AsyncRead + AsyncWrite + Unpin + Send,
{
    // hyper's own limit of 100 fields lets it read a head without taking memory for it.
    http1::Builder::new().handshake(TokioIo::new(stream)).await
}

/// Sends a request, and waits for the response's head.
pub(super) async fn send(
    mut lease: Lease,
    request: Request<Body>,
    mut timings: Timings,
    limit: Duration,
    open: &OpenExchange,
) -> Result<Answer, Failed> {
    let address = lease.address();
    if let Err(source) = lease.sender().ready().await {
        return Err(Failed {
            error: failed(address, source, open.upload()),
            again: timings.reused.then(|| Again::This(Box::new(request))),
        });
    }
    let repeatable = timings.reused && is_repeatable(&request);
    lease.ear().listen();
    let sent = lease.sender().try_send_request(request);
    let Some(answer) = first_byte(sent, open.upload(), limit).await else {
        return Err(SendError::Silent { address, limit }.into());
    };
    let response = match answer {
        Ok(response) if response.status() == StatusCode::SWITCHING_PROTOCOLS => {
            return Err(SendError::Switched { address }.into());
        }
        Ok(response) => response,
        // The upstream closed an idle connection just as we took it. What was not sent may
        // always be sent again; what was, only if sending twice does no harm (RFC 9110 section
        // 9.2.2).
        Err(mut error) => {
            let closed = error.error().is_incomplete_message();
            let unsent = error.take_message().filter(|_| timings.reused);
            return Err(Failed {
                again: match unsent {
                    Some(request) => Some(Again::This(Box::new(request))),
                    None => (repeatable && closed).then_some(Again::Anew),
                },
                error: failed(address, error.into_error(), open.upload()),
            });
        }
    };
    timings.first_byte_us = Some(micros(open.elapsed()));
    timings.protocol = Some(protocol(response.version()));
    lease.heed(response.headers());
    if is_ambiguous(&response) {
        lease.spend();
    }
    let interim = lease.ear().heard();
    Ok(Answer {
        response: response.map(Body::from),
        lease: Some(lease),
        address,
        timings,
        interim,
    })
}

pub(crate) fn protocol(version: Version) -> Protocol {
    if version == Version::HTTP_10 {
        Protocol::Http10
    } else {
        Protocol::Http11
    }
}

/// Whether bytes may follow that the upstream takes for this response and we take for the next: two
/// framings at once (RFC 9112 section 6.3), or a body where there is none.
fn is_ambiguous(response: &Response<Incoming>) -> bool {
    let headers = response.headers();
    let coded = headers.contains_key(TRANSFER_ENCODING);
    match response.status() {
        StatusCode::NO_CONTENT => {
            let length = headers.get(CONTENT_LENGTH);
            coded || length.is_some_and(|length| length.as_bytes() != b"0")
        }
        StatusCode::NOT_MODIFIED => coded,
        _ => coded && headers.contains_key(CONTENT_LENGTH),
    }
}

/// The interim responses (RFC 9110 section 15.2) before a final one, on a connection of which they
/// are asked for once.
#[derive(Default)]
pub(crate) struct Interim(Arc<Mutex<Vec<StatusCode>>>);

impl Interim {
    pub(crate) fn listen(request: &mut Request<Body>) -> Self {
        let interim = Self::default();
        let heard = Arc::clone(&interim.0);
        hyper::ext::on_informational(request, move |response| {
            heard.lock().push(response.status());
        });
        interim
    }

    pub(crate) fn heard(&self) -> Vec<StatusCode> {
        std::mem::take(&mut self.0.lock())
    }
}

/// Whether a request may be sent twice: idempotent, and without a body.
pub(super) fn is_repeatable(request: &Request<Body>) -> bool {
    request.method().is_idempotent() && http_body::Body::is_end_stream(request.body())
}

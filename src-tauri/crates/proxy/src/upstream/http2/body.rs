//! A response's body as it comes out of a stream.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use h2::RecvStream;
use http::HeaderMap;
use http_body::{Body, Frame, SizeHint};
use tokio::task::AbortHandle;

use super::Ticket;

/// A response's body, from a stream.
#[derive(Debug)]
pub(super) struct Streaming {
    stream: RecvStream,
    // The upload that goes on meanwhile.
    pump: Option<AbortHandle>,
    whole: bool,
    left: Option<u64>,
    ticket: Ticket,
}

/// A stream that ended before its response did.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Broken {
    #[error("{}", words(.0))]
    Ended(#[source] h2::Error),
    /// Nobody closed the connection.
    #[error("answered no PING within {limit:?}, so that its connection was given up,")]
    Lost { limit: Duration },
}

fn words(error: &h2::Error) -> String {
    match error.reason() {
        Some(reason) if error.is_remote() => format!("reset the stream ({reason:?})"),
        Some(reason) => format!("broke the rules of HTTP/2 ({reason:?})"),
        None => "closed the connection".to_owned(),
    }
}

impl Streaming {
    pub(super) fn new(stream: RecvStream, pump: Option<AbortHandle>, ticket: Ticket) -> Self {
        Self {
            stream,
            pump,
            whole: false,
            left: None,
            ticket,
        }
    }

    fn broken(&self, error: h2::Error) -> Broken {
        match self.ticket.lost().filter(|_| error.is_io()) {
            Some(limit) => Broken::Lost { limit },
            None => Broken::Ended(error),
        }
    }

    /// Says how long the body is, as the response's head does.
    pub(super) fn of_length(mut self, headers: &HeaderMap) -> Self {
        self.left = headers
            .get(http::header::CONTENT_LENGTH)
            .and_then(|length| length.to_str().ok())
            .and_then(|length| length.parse().ok());
        self
    }
}

impl Body for Streaming {
    type Data = Bytes;
    type Error = Broken;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Broken>>> {
        let body = self.get_mut();
        if !body.whole {
            match ready!(body.stream.poll_data(cx)) {
                Some(Ok(bytes)) => {
                    let size = bytes.len();
                    // Room for as much again. The stream may have ended with this chunk, and then
                    // there is nothing to make room for.
                    let _ = body.stream.flow_control().release_capacity(size);
                    if let Some(left) = &mut body.left {
                        *left = left.saturating_sub(size as u64);
                    }
                    return Poll::Ready(Some(Ok(Frame::data(bytes))));
                }
                Some(Err(error)) => return Poll::Ready(Some(Err(body.broken(error)))),
                None => body.whole = true,
            }
        }
        match ready!(body.stream.poll_trailers(cx)) {
            Ok(trailers) => Poll::Ready(trailers.map(|fields| Ok(Frame::trailers(fields)))),
            Err(error) => Poll::Ready(Some(Err(body.broken(error)))),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.stream.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        match self.left {
            _ if self.is_end_stream() => SizeHint::with_exact(0),
            Some(left) => SizeHint::with_exact(left),
            None => SizeHint::default(),
        }
    }
}

impl Drop for Streaming {
    fn drop(&mut self) {
        // Nobody waits for what the upstream makes of the rest.
        if let Some(pump) = &self.pump {
            pump.abort();
        }
    }
}

//! A response's body as it comes out of a stream.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use futures_util::FutureExt as _;
use h2::RecvStream;
use http_body::{Body, Frame, SizeHint};
use tokio::task::AbortHandle;
use tokio::time::timeout;
use tokio_util::task::TaskTracker;

use super::Ticket;

/// How long the end of a stream is waited for of whose response all has come.
const LINGER: Duration = Duration::from_secs(2);

/// A response's body, from a stream.
#[derive(Debug)]
pub(super) struct Streaming {
    /// `None` once all that was promised has come.
    source: Option<Source>,
    /// How much is still to come, where the response's head says so.
    left: Option<u64>,
    tasks: TaskTracker,
}

/// A response's stream.
#[derive(Debug)]
pub(super) struct Source {
    stream: RecvStream,
    // The upload that goes on meanwhile.
    pump: Option<AbortHandle>,
    /// Whether nothing but trailer fields is to come.
    whole: bool,
    ticket: Ticket,
}

/// A stream that ended before its response did.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StreamCut {
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
    /// `left`: how long the body is, where the response's head says so.
    pub(super) fn new(source: Source, left: Option<u64>, tasks: TaskTracker) -> Self {
        Self {
            source: Some(source),
            left,
            tasks,
        }
    }

    /// Takes note of bytes that came. The last of those that were promised are the body's end:
    /// that of the stream may come in a frame of its own, and later.
    fn pass(&mut self, size: usize) {
        if let Some(left) = &mut self.left {
            *left = left.saturating_sub(size as u64);
            if *left == 0
                && let Some(source) = self.source.take()
            {
                source.leave(&self.tasks);
            }
        }
    }
}

impl Source {
    pub(super) fn new(stream: RecvStream, pump: Option<AbortHandle>, ticket: Ticket) -> Self {
        Self {
            stream,
            pump,
            whole: false,
            ticket,
        }
    }

    /// Leaves a response of which nothing is to come but its stream's end.
    ///
    /// That is waited for: a stream that is dropped before is reset (CANCEL), which is no way to
    /// take an answer, and whose resets come often is taken for an attacker.
    pub(super) fn leave(mut self, tasks: &TaskTracker) {
        // Who answers without reading the rest of the request gets no more of it, which is a reset
        // anyway.
        let uploads = self.pump.as_ref().is_some_and(|pump| !pump.is_finished());
        if uploads || self.stream.is_end_stream() {
            return;
        }
        // Mostly it is there already.
        if let Some(None | Some(Err(_))) = self.stream.data().now_or_never() {
            return;
        }
        tasks.spawn(timeout(LINGER, async move {
            while let Some(Ok(more)) = self.stream.data().await {
                let _ = self.stream.flow_control().release_capacity(more.len());
            }
        }));
    }

    fn broken(&self, error: h2::Error) -> StreamCut {
        match self.ticket.lost().filter(|_| error.is_io()) {
            Some(limit) => StreamCut::Lost { limit },
            None => StreamCut::Ended(error),
        }
    }
}

impl Body for Streaming {
    type Data = Bytes;
    type Error = StreamCut;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, StreamCut>>> {
        let body = self.get_mut();
        let Some(source) = &mut body.source else {
            return Poll::Ready(None);
        };
        if !source.whole {
            match ready!(source.stream.poll_data(cx)) {
                Some(Ok(bytes)) => {
                    // Room for as much again. The stream may have ended with this chunk, and then
                    // there is nothing to make room for.
                    let _ = source.stream.flow_control().release_capacity(bytes.len());
                    body.pass(bytes.len());
                    return Poll::Ready(Some(Ok(Frame::data(bytes))));
                }
                Some(Err(error)) => return Poll::Ready(Some(Err(source.broken(error)))),
                None => source.whole = true,
            }
        }
        match ready!(source.stream.poll_trailers(cx)) {
            Ok(trailers) => Poll::Ready(trailers.map(|fields| Ok(Frame::trailers(fields)))),
            Err(error) => Poll::Ready(Some(Err(source.broken(error)))),
        }
    }

    fn is_end_stream(&self) -> bool {
        let source = self.source.as_ref();
        source.is_none_or(|source| source.stream.is_end_stream())
    }

    fn size_hint(&self) -> SizeHint {
        match self.left {
            _ if self.is_end_stream() => SizeHint::with_exact(0),
            Some(left) => SizeHint::with_exact(left),
            None => SizeHint::default(),
        }
    }
}

impl Drop for Source {
    fn drop(&mut self) {
        // Nobody waits for what the upstream makes of the rest.
        if let Some(pump) = &self.pump {
            pump.abort();
        }
    }
}

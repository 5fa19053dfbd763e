//! A request's body on its way into a stream.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use h2::{Reason, SendStream};
use http_body::Body as _;

use crate::body::Body;

/// Sends a body as fast as the upstream takes it.
///
/// Nothing is read from the browser before there is room for it, so that an upstream which does not
/// read stops the browser, and not fills our memory.
pub(super) struct Pump {
    body: Body,
    stream: SendStream<Bytes>,
    left: Bytes,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Untouched,
    Flowing,
    Done,
}

impl Pump {
    pub(super) fn new(body: Body, stream: SendStream<Bytes>) -> Self {
        Self {
            body,
            stream,
            left: Bytes::new(),
            state: State::Untouched,
        }
    }

    pub(super) fn is_done(&self) -> bool {
        self.state == State::Done
    }

    /// The body, if nothing was taken from it.
    pub(super) fn untouched(self) -> Option<Body> {
        (self.state == State::Untouched).then_some(self.body)
    }

    /// Waits for room; `None` where the stream takes no more.
    fn poll_room(&mut self, wanted: usize, cx: &mut Context<'_>) -> Poll<Option<usize>> {
        self.stream.reserve_capacity(wanted);
        loop {
            match self.stream.capacity() {
                0 => {}
                room => return Poll::Ready(Some(room)),
            }
            match ready!(self.stream.poll_capacity(cx)) {
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Poll::Ready(None),
            }
        }
    }

    /// Sends what it can; ready when the upstream wants no more, or has everything.
    fn poll_send(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), h2::Error>> {
        loop {
            // Whoever answers without reading the rest resets the stream (RFC 9113 section 8.1).
            if self.stream.poll_reset(cx).is_ready() {
                return Poll::Ready(Ok(()));
            }
            let wanted = self.left.len().max(1);
            let Some(room) = ready!(self.poll_room(wanted, cx)) else {
                return Poll::Ready(Ok(()));
            };
            if !self.left.is_empty() {
                let chunk = self.left.split_to(room.min(self.left.len()));
                let last = self.left.is_empty() && self.body.is_end_stream();
                self.stream.send_data(chunk, last)?;
                if last {
                    return Poll::Ready(Ok(()));
                }
                continue;
            }
            let frame = ready!(Pin::new(&mut self.body).poll_frame(cx));
            self.state = State::Flowing;
            match frame {
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(bytes) => self.left = bytes,
                    Err(frame) => {
                        if let Ok(trailers) = frame.into_trailers() {
                            self.stream.send_trailers(trailers)?;
                            return Poll::Ready(Ok(()));
                        }
                    }
                },
                Some(Err(_)) => {
                    self.stream.send_reset(Reason::CANCEL);
                    return Poll::Ready(Ok(()));
                }
                None => {
                    self.stream.send_data(Bytes::new(), true)?;
                    return Poll::Ready(Ok(()));
                }
            }
        }
    }
}

impl Future for Pump {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let pump = self.get_mut();
        if let Err(error) = ready!(pump.poll_send(cx)) {
            // The stream ended under us; the response says why.
            tracing::debug!(%error, "request body not taken");
        }
        pump.state = State::Done;
        Poll::Ready(())
    }
}

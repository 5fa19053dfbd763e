//! One HTTP/1.1 connection: a stream, and what was read from it ahead of its time.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker, ready};
use std::{fmt, io};

use bytes::{Buf as _, BytesMut};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::task::coop::unconstrained;
use tokio_util::io::poll_read_buf;

use crate::alarm::Alarm;
use crate::upstream::stream::Stream;

/// How much is read at once to begin with: a head and a small body.
const STEP: usize = 8 * 1024;
/// How much is read at once of a body that keeps coming.
const MAX_STEP: usize = 256 * 1024;

/// A connection that speaks HTTP/1.1, or did until it switched.
pub(crate) struct Link<S = Stream> {
    pub(super) stream: S,
    /// What was read and not used.
    pub(super) unread: BytesMut,
    /// Where heads and chunk lines are written before they are sent; kept to save its memory.
    pub(super) scratch: BytesMut,
    /// What waits for a response's head; kept for the next one.
    pub(super) alarm: Alarm,
    step: usize,
    /// Whether it ever read more at once than to begin with.
    grown: bool,
}

impl<S> Link<S> {
    pub(crate) fn new(stream: S) -> Self {
        Self {
            stream,
            unread: BytesMut::new(),
            scratch: BytesMut::new(),
            alarm: Alarm::default(),
            step: STEP,
            grown: false,
        }
    }

    /// The same connection by another handle.
    pub(super) fn map<T>(self, handle: impl FnOnce(S) -> T) -> Link<T> {
        Link {
            stream: handle(self.stream),
            unread: self.unread,
            scratch: self.scratch,
            alarm: self.alarm,
            step: self.step,
            grown: self.grown,
        }
    }

    /// The first line of what was read, for a person.
    pub(crate) fn quote(&self) -> String {
        const MOST: usize = 256;
        let bytes = &self.unread[..self.unread.len().min(MOST)];
        let text = String::from_utf8_lossy(bytes);
        let line = text.lines().next().unwrap_or_default();
        line.chars().filter(|c| !c.is_control()).collect()
    }
}

impl<S: AsyncRead + Unpin> Link<S> {
    /// Reads more. Zero bytes: the other side has ended.
    pub(super) fn poll_fill(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        self.unread.reserve(self.step);
        let room = self.unread.capacity() - self.unread.len();
        let read = ready!(poll_read_buf(
            Pin::new(&mut self.stream),
            cx,
            &mut self.unread
        ))?;
        // Whoever fills all the room has more to say.
        if read == room {
            self.step = (self.step * 2).min(MAX_STEP);
            self.grown = true;
        } else if read < self.step / 4 {
            self.step = (self.step / 2).max(STEP);
        }
        Poll::Ready(Ok(read))
    }
}

impl Link {
    /// Makes it ready to wait for its next request. Not so where more came than was asked for.
    pub(in crate::upstream) fn rest(&mut self) -> bool {
        if !self.is_silent() || !self.stream.is_drained() {
            return false;
        }
        if std::mem::take(&mut self.grown) {
            self.step = STEP;
            self.unread = BytesMut::new();
        }
        if self.scratch.capacity() > MAX_STEP {
            self.scratch = BytesMut::new();
        }
        true
    }

    /// Whether nothing was read that is not used.
    pub(super) fn is_silent(&self) -> bool {
        self.unread.is_empty()
    }

    /// Whether it is open and silent, as one must be that waits for its next request.
    ///
    /// The runtime knows when something came, so that as a rule no system call is made.
    pub(in crate::upstream) fn is_idle(&mut self) -> bool {
        if !self.is_silent() || !self.stream.is_drained() {
            return false;
        }
        let mut byte = [0; 1];
        let quiet = poll_fn(|cx| {
            if self.stream.socket().poll_read_ready(cx).is_pending() {
                return Poll::Pending;
            }
            // TLS has things of its own to say, such as tickets, that are no end.
            let mut buf = ReadBuf::new(&mut byte);
            Pin::new(&mut self.stream).poll_read(cx, &mut buf)
        });
        // Whether this task has done enough for one turn says nothing about the socket.
        let quiet = pin!(unconstrained(quiet));
        quiet
            .poll(&mut Context::from_waker(Waker::noop()))
            .is_pending()
    }
}

// Not what was read, which is nobody's to tell.
impl<S: fmt::Debug> fmt::Debug for Link<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Link")
            .field("stream", &self.stream)
            .field("unread", &self.unread.len())
            .finish_non_exhaustive()
    }
}

/// Reads on behind the head that switched to another protocol.
impl<S: AsyncRead + Unpin> AsyncRead for Link<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let link = self.get_mut();
        if link.unread.is_empty() {
            return Pin::new(&mut link.stream).poll_read(cx, buf);
        }
        let size = link.unread.len().min(buf.remaining());
        buf.put_slice(&link.unread[..size]);
        link.unread.advance(size);
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Link<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write(cx, buf)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}

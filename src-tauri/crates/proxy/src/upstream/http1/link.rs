//! One HTTP/1.1 connection: a stream, and what was read from it ahead of its time.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, Waker, ready};

use bytes::{Buf as _, BytesMut};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_util::io::poll_read_buf;

use crate::alarm::Alarm;
use crate::upstream::stream::Stream;

/// How much is read at once to begin with: a head and a small body.
const STEP: usize = 8 * 1024;
/// How much is read at once of a body that keeps coming.
const MAX_STEP: usize = 256 * 1024;

/// A connection that speaks HTTP/1.1, or did until it switched.
#[derive(Debug)]
pub(crate) struct Link<S = Stream> {
    pub(super) stream: S,
    /// What was read and not used.
    pub(super) unread: BytesMut,
    /// Where heads and chunk lines are written before they are sent; kept to save its memory.
    pub(super) scratch: BytesMut,
    /// What waits for a response's head; kept for the next one.
    pub(super) alarm: Alarm,
    step: usize,
}

impl<S> Link<S> {
    pub(crate) fn new(stream: S) -> Self {
        Self {
            stream,
            unread: BytesMut::new(),
            scratch: BytesMut::new(),
            alarm: Alarm::default(),
            step: STEP,
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
        } else if read < self.step / 4 {
            self.step = (self.step / 2).max(STEP);
        }
        Poll::Ready(Ok(read))
    }
}

impl Link {
    /// Makes it ready to wait for its next request. Not so where more came than was asked for.
    pub(in crate::upstream) fn rest(&mut self) -> bool {
        if self.is_silent() && self.step > STEP {
            self.step = STEP;
            self.unread = BytesMut::new();
        }
        self.is_silent()
    }

    /// Whether nothing was read that is not used.
    pub(super) fn is_silent(&self) -> bool {
        self.unread.is_empty()
    }

    /// Whether it is open and silent, as one must be that waits for its next request.
    ///
    /// The runtime knows when something came, so that as a rule no system call is made.
    pub(in crate::upstream) fn is_idle(&mut self) -> bool {
        let cx = &mut Context::from_waker(Waker::noop());
        if !self.is_silent() {
            return false;
        }
        if self.stream.socket().poll_read_ready(cx).is_pending() {
            return true;
        }
        // TLS has things of its own to say, such as tickets, that are no end.
        let mut byte = [0; 1];
        let mut buf = ReadBuf::new(&mut byte);
        Pin::new(&mut self.stream)
            .poll_read(cx, &mut buf)
            .is_pending()
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

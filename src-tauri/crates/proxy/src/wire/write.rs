//! The way to the browser.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::AsyncWrite;
use tokio::time::Instant;

use super::{Phase, Socket, Wire};

impl<S: Socket> Wire<S> {
    /// Gives a reader up that takes nothing for too long. A tunnel's ends know that themselves.
    fn await_reader<T>(
        &mut self,
        cx: &mut Context<'_>,
        written: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        match written {
            Poll::Pending if self.phase != Phase::Switched => {
                ready!(self.download.poll(cx));
                self.connection.stall();
                Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
            }
            written => {
                if self.download.is_tried() {
                    self.taken = Some(Instant::now());
                }
                self.download.renew();
                self.half.renew();
                written
            }
        }
    }
}

impl<S: Socket> AsyncWrite for Wire<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let wire = self.get_mut();
        let written = Pin::new(&mut wire.inner).poll_write(cx, buf);
        wire.await_reader(cx, written)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let wire = self.get_mut();
        let written = Pin::new(&mut wire.inner).poll_write_vectored(cx, bufs);
        wire.await_reader(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let wire = self.get_mut();
        wire.connection.end_in_order();
        if !wire.linger.has_begun() {
            ready!(Pin::new(&mut wire.inner).poll_shutdown(cx))?;
            if !wire.is_cut_short() {
                return Poll::Ready(Ok(()));
            }
        }
        wire.linger.poll(cx, &mut wire.inner).map(Ok)
    }
}

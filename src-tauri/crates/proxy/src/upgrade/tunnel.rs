//! Bytes both ways once both sides agreed to speak something else.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_util::sync::CancellationToken;
use tripledash_core::trace::{Failure, Side};

use crate::open::{OpenExchange, Progress};
use crate::upstream::Link;

/// Runs until both sides are done, one breaks, or the proxy stops.
pub(crate) async fn tunnel(
    downstream: OnUpgrade,
    upstream: Link,
    mut open: OpenExchange,
    shutdown: CancellationToken,
) {
    let received = Arc::new(Progress::default());
    let sides = carry(
        downstream,
        upstream,
        Arc::clone(open.upload()),
        Arc::clone(&received),
    );
    let failure = tokio::select! {
        failure = sides => failure,
        () = shutdown.cancelled() => None,
    };
    open.pass(received.bytes());
    open.finish(failure);
}

async fn carry(
    downstream: OnUpgrade,
    upstream: Link,
    sent: Arc<Progress>,
    received: Arc<Progress>,
) -> Option<Failure> {
    let downstream = match downstream.await {
        Ok(downstream) => TokioIo::new(downstream),
        Err(error) => return Some(broken(Side::Downstream, &error)),
    };
    let mut browser = Counted::new(downstream, sent);
    let mut app = Counted::new(upstream, received);
    match tokio::io::copy_bidirectional(&mut browser, &mut app).await {
        Ok(_) => None,
        // A socket that one side resets is how browsers and dev servers leave; it is no fault.
        Err(error) if is_departure(&error) => None,
        Err(error) if app.failed => Some(broken(Side::Upstream, &error)),
        Err(error) => Some(broken(Side::Downstream, &error)),
    }
}

fn is_departure(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionReset
            | io::ErrorKind::BrokenPipe
            | io::ErrorKind::NotConnected
            | io::ErrorKind::UnexpectedEof
    )
}

fn broken(side: Side, error: &dyn std::error::Error) -> Failure {
    Failure {
        side,
        code: "tunnel-broken".into(),
        message: error.to_string(),
    }
}

/// An upgraded connection that counts what is read from it.
struct Counted<S> {
    inner: S,
    read: Arc<Progress>,
    failed: bool,
}

impl<S> Counted<S> {
    fn new(inner: S, read: Arc<Progress>) -> Self {
        Self {
            inner,
            read,
            failed: false,
        }
    }

    fn note<T>(&mut self, outcome: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        self.failed |= matches!(outcome, Poll::Ready(Err(_)));
        outcome
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Counted<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let counted = self.get_mut();
        let before = buf.filled().len();
        let read = Pin::new(&mut counted.inner).poll_read(cx, buf);
        counted.read.add((buf.filled().len() - before) as u64);
        counted.note(read)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Counted<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let counted = self.get_mut();
        let written = Pin::new(&mut counted.inner).poll_write(cx, buf);
        counted.note(written)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let counted = self.get_mut();
        let flushed = Pin::new(&mut counted.inner).poll_flush(cx);
        counted.note(flushed)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let counted = self.get_mut();
        let shut = Pin::new(&mut counted.inner).poll_shutdown(cx);
        counted.note(shut)
    }
}

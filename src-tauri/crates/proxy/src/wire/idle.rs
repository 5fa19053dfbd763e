//! The two waits for a browser that does nothing.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, ReadBuf};
use tokio::time::{Instant, Sleep};

/// How long what is still on its way is read for nothing when a connection ends.
const LINGER: Duration = Duration::from_secs(2);

/// How long a browser may take nothing of what is written to it. The wait begins anew with every
/// byte that it takes, so that a download may be as slow as it likes.
#[derive(Debug)]
pub(super) struct Patience {
    limit: Duration,
    // Made when a wait begins: most responses never wait.
    sleep: Option<Pin<Box<Sleep>>>,
    waiting: bool,
}

/// The end of a connection from which more may come.
#[derive(Debug, Default)]
pub(super) struct Linger(Option<Pin<Box<Sleep>>>);

impl Patience {
    pub(super) fn new(limit: Duration) -> Self {
        Self {
            limit,
            sleep: None,
            waiting: false,
        }
    }

    /// Ready when there was no progress for too long.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let deadline = Instant::now() + self.limit;
        let sleep = self
            .sleep
            .get_or_insert_with(|| Box::pin(tokio::time::sleep_until(deadline)));
        if !self.waiting {
            self.waiting = true;
            sleep.as_mut().reset(deadline);
        }
        sleep.as_mut().poll(cx)
    }

    pub(super) fn renew(&mut self) {
        self.waiting = false;
    }
}

impl Linger {
    pub(super) fn has_begun(&self) -> bool {
        self.0.is_some()
    }

    /// Reads for nothing, until the other side has closed or it has been long enough.
    pub(super) fn poll<S>(&mut self, cx: &mut Context<'_>, inner: &mut S) -> Poll<()>
    where
        S: AsyncRead + Unpin,
    {
        let sleep = self
            .0
            .get_or_insert_with(|| Box::pin(tokio::time::sleep(LINGER)));
        if sleep.as_mut().poll(cx).is_ready() {
            return Poll::Ready(());
        }
        let mut scratch = [0; 4096];
        loop {
            let mut buf = ReadBuf::new(&mut scratch);
            match Pin::new(&mut *inner).poll_read(cx, &mut buf) {
                Poll::Ready(Ok(())) if !buf.filled().is_empty() => {}
                Poll::Ready(_) => return Poll::Ready(()),
                Poll::Pending => return Poll::Pending,
            }
        }
    }
}

//! The waits for a browser that does nothing.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, ReadBuf};
use tokio::time::{Instant, Sleep};

use crate::alarm::Alarm;

/// How long what is still on its way is read for nothing when a connection ends.
const LINGER: Duration = Duration::from_secs(2);

/// How long a browser that has ended its half is answered while there is nothing to write to it. For
/// that long the upstream works in vain for one that has left.
pub(crate) const HALF: Duration = Duration::from_secs(2);

/// How long a browser may let us wait.
#[derive(Debug)]
pub(super) struct Patience {
    limit: Duration,
    alarm: Alarm,
    // Set while it is waited: most answers never wait.
    deadline: Option<Instant>,
}

/// The end of a connection from which more may come.
#[derive(Debug, Default)]
pub(super) struct Linger(Option<Pin<Box<Sleep>>>);

impl Patience {
    pub(super) fn new(limit: Duration) -> Self {
        Self {
            limit,
            alarm: Alarm::default(),
            deadline: None,
        }
    }

    /// Ready when it was waited for too long since it was renewed.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let limit = self.limit;
        let deadline = self.deadline.get_or_insert_with(|| Instant::now() + limit);
        self.alarm.poll(*deadline, cx)
    }

    pub(super) fn renew(&mut self) {
        self.deadline = None;
    }

    /// Lets the wait count from a moment in the past.
    pub(super) fn renew_at(&mut self, since: Instant) {
        self.deadline = Some(since + self.limit);
    }

    pub(super) fn is_tried(&self) -> bool {
        self.deadline.is_some()
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

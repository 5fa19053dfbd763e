//! An exchange that has begun and is not over.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tripledash_core::trace::{Answered, Event, ExchangeId, Failure, Finished, Side, Started};

use crate::events::{Sink, Told};
use crate::wire::{Connection, HALF};

/// Promises the end of an exchange: [`Event::Finished`] is sent exactly once, when it is finished
/// or when it is dropped because whoever asked went away.
#[derive(Debug)]
pub(crate) struct OpenExchange {
    id: ExchangeId,
    begun: Instant,
    told: Option<(Sink, Told)>,
    upload: Arc<Progress>,
    received: u64,
    connection: Option<Arc<Connection>>,
}

/// How far the request's body has come. Shared with the body, which whoever sends it owns.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    bytes: AtomicU64,
    broken: AtomicBool,
    stalled: AtomicBool,
}

impl OpenExchange {
    /// Begins an exchange, and tells of it where there is something to tell.
    pub(crate) fn begin(
        id: ExchangeId,
        begun: Instant,
        sink: &Sink,
        started: Option<Started>,
    ) -> Self {
        let told = started
            .and_then(|started| sink.begin(started))
            .map(|told| (sink.clone(), told));
        Self {
            id,
            begun,
            told,
            upload: Arc::default(),
            received: 0,
            connection: None,
        }
    }

    /// Says over which connection it goes, which knows why a browser went away.
    pub(crate) fn on(mut self, connection: Arc<Connection>) -> Self {
        self.connection = Some(connection);
        self
    }

    pub(crate) fn id(&self) -> ExchangeId {
        self.id
    }

    pub(crate) fn elapsed(&self) -> Duration {
        self.begun.elapsed()
    }

    pub(crate) fn begun(&self) -> Instant {
        self.begun
    }

    pub(crate) fn upload(&self) -> &Arc<Progress> {
        &self.upload
    }

    /// Whether anybody is told: if not, nothing needs to be put together for them.
    pub(crate) fn is_told(&self) -> bool {
        self.told.is_some()
    }

    pub(crate) fn answer(&self, answered: Answered) {
        if let Some((sink, _)) = &self.told {
            sink.tell(Event::Answered(Box::new(answered)));
        }
    }

    /// Counts bytes of the response on their way to the browser.
    pub(crate) fn pass(&mut self, bytes: u64) {
        self.received += bytes;
    }

    pub(crate) fn passed(&self) -> u64 {
        self.received
    }

    /// Whether the browser took nothing more for too long.
    pub(crate) fn is_stalled(&self) -> bool {
        let connection = self.connection.as_ref();
        connection.is_some_and(|connection| connection.is_stalled())
    }

    /// Whether some of the response waits to be written.
    pub(crate) fn is_unsent(&self) -> bool {
        let connection = self.connection.as_ref();
        connection.is_some_and(|connection| connection.is_unsent())
    }

    /// Ends the exchange; later calls do nothing.
    pub(crate) fn finish(&mut self, failure: Option<Failure>) {
        if let Some((_, told)) = self.told.take() {
            told.finish(Finished {
                id: self.id,
                total_us: micros(self.begun.elapsed()),
                request_bytes: self.upload.bytes(),
                response_bytes: self.received,
                failure,
            });
        }
    }
}

impl Drop for OpenExchange {
    fn drop(&mut self) {
        if self.told.is_none() {
            return;
        }
        let received = self.received;
        let connection = self.connection.as_ref();
        let given_up = connection.is_some_and(|connection| connection.is_given_up());
        let (code, message) = if given_up {
            // It takes nothing more, or the app has nothing for it yet.
            let what = match self.is_unsent() {
                true => "it took nothing",
                false => "there was nothing to send to it",
            };
            (
                "downstream-closed",
                format!(
                    "the browser ended its half of the connection, and was given up when {what} for {HALF:?}, after \
                     {received} bytes of the response"
                ),
            )
        } else if self.is_stalled() {
            (
                "downstream-stalled",
                format!(
                    "the browser took nothing more for too long, after {received} bytes of the response"
                ),
            )
        } else {
            (
                "downstream-closed",
                format!("the browser closed the connection after {received} bytes of the response"),
            )
        };
        self.finish(Some(Failure {
            side: Side::Downstream,
            code: code.into(),
            message,
        }));
    }
}

impl Progress {
    pub(crate) fn add(&self, bytes: u64) {
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    pub(crate) fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    /// The browser sent nothing more for too long.
    pub(crate) fn stall(&self) {
        self.stalled.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_stalled(&self) -> bool {
        self.stalled.load(Ordering::Relaxed)
    }

    /// The browser's side of the body failed.
    pub(crate) fn break_off(&self) {
        self.broken.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_broken(&self) -> bool {
        self.broken.load(Ordering::Relaxed)
    }
}

/// Whole microseconds; an exchange never lasts longer than `u64` of them.
pub(crate) fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

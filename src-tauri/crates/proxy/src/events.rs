//! The one way out for trace events: a bounded queue that nobody on the request path waits for.
//!
//! A reader that falls behind loses whole exchanges, never the end of one: telling of an exchange
//! reserves the place of its last event first. What was lost is counted.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::mpsc;
use tripledash_core::trace::{Event, Finished, Started};

/// The proxy's end of the queue.
#[derive(Debug, Clone)]
pub struct Sink {
    queue: mpsc::Sender<Event>,
    dropped: Arc<AtomicU64>,
}

/// A queue of at most `capacity` events.
pub fn channel(capacity: usize) -> (Sink, mpsc::Receiver<Event>) {
    let (queue, events) = mpsc::channel(capacity);
    let sink = Sink {
        queue,
        dropped: Arc::default(),
    };
    (sink, events)
}

impl Sink {
    /// How much went untold for want of room since the start: whole exchanges, and single steps.
    pub fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }

    /// Tells of a new exchange, and keeps a place for its end. `None`: there was no room, and the
    /// exchange goes untold.
    pub(crate) fn begin(&self, started: Started) -> Option<Told> {
        let end = self.queue.clone().try_reserve_owned();
        let (Ok(end), Ok(start)) = (end, self.queue.try_reserve()) else {
            self.dropped.fetch_add(1, Ordering::Relaxed);
            return None;
        };
        start.send(Event::Started(Box::new(started)));
        Some(Told { end })
    }

    /// Tells of a step between an exchange's start and its end.
    pub(crate) fn tell(&self, event: Event) {
        if self.queue.try_send(event).is_err() {
            self.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// The place that is kept for the end of an exchange whose start was told.
#[derive(Debug)]
pub(crate) struct Told {
    end: mpsc::OwnedPermit<Event>,
}

impl Told {
    pub(crate) fn finish(self, finished: Finished) {
        self.end.send(Event::Finished(finished));
    }
}

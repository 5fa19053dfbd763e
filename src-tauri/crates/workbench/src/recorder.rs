//! The recorder: folds the proxy's events into exchanges, keeps the newest of them, and tells
//! whoever listens which ones changed.
//!
//! - The proxy never waits for us: it drops what its queue cannot take, and we show that count.
//! - What is kept is bounded by count and by bytes; the oldest goes first, and is counted.
//! - A listener subscribes first and takes its snapshot second. Each change carries the sequence
//!   number that a snapshot carries too, so nothing is lost or told twice in between.
//! - A listener that lags is told so by the channel, and starts again from a snapshot.

mod log;
mod tally;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::sync::{broadcast, mpsc, watch};
use tokio_util::sync::CancellationToken;
use tripledash_core::Snapshot;
use tripledash_core::diagnostics::Diagnoser;
use tripledash_core::trace::{Event, Exchange, ExchangeId};

pub use self::log::{Bounds, Stats};
pub use self::tally::DiagnosticCount;

use self::log::Log;
use crate::health::Health;

/// How many batches of changes a listener may fall behind.
const BACKLOG: usize = 1024;
/// How many events are folded under one lock.
const BATCH: usize = 256;
/// How long events may gather before they are folded. Without it each request would wake us, and
/// a wake costs more than all the rest of what a trace does; nobody sees a row five thousandths of
/// a second sooner.
const GATHER: Duration = Duration::from_millis(5);

/// What became of the log.
#[derive(Debug, Clone)]
pub enum Change {
    /// These exchanges are new or changed; some may be gone again already.
    Exchanges {
        /// The log's sequence number after the change.
        sequence: u64,
        /// Each at most once.
        ids: Arc<[ExchangeId]>,
    },
    /// A person cleared the log.
    Cleared {
        /// The log's sequence number after the change.
        sequence: u64,
    },
}

/// What the log held at one moment.
#[derive(Debug, Clone)]
pub struct Kept {
    /// Changes up to this number are in.
    pub sequence: u64,
    /// Oldest first.
    pub exchanges: Vec<Arc<Exchange>>,
    /// The counts at that moment.
    pub stats: Stats,
    /// Every diagnostic seen since the log was cleared.
    pub diagnostics: Vec<DiagnosticCount>,
}

/// A handle on the log. Clones share it.
#[derive(Clone)]
pub struct Recorder {
    shared: Arc<Shared>,
}

struct Shared {
    log: Mutex<Log>,
    changes: broadcast::Sender<Change>,
    /// How many events the proxy could not queue, since it started.
    lost: Box<dyn Fn() -> u64 + Send + Sync>,
}

impl Recorder {
    /// An empty log. `lost` tells how many events never reached the queue.
    pub fn new(bounds: Bounds, lost: impl Fn() -> u64 + Send + Sync + 'static) -> Self {
        Self {
            shared: Arc::new(Shared {
                log: Mutex::new(Log::new(bounds)),
                changes: broadcast::Sender::new(BACKLOG),
                lost: Box::new(lost),
            }),
        }
    }

    /// Folds events until `stop`, then what is still queued.
    pub(crate) async fn record(
        self,
        mut events: mpsc::Receiver<Event>,
        snapshots: watch::Receiver<Arc<Snapshot>>,
        health: Health,
        stop: CancellationToken,
    ) {
        let mut diagnoser = Diagnoser::new();
        let mut batch = Vec::with_capacity(BATCH);
        loop {
            tokio::select! {
                count = events.recv_many(&mut batch, BATCH) => {
                    if count == 0 {
                        return;
                    }
                }
                () = stop.cancelled() => {
                    while let Ok(event) = events.try_recv() {
                        batch.push(event);
                    }
                    let snapshot = snapshots.borrow().clone();
                    self.fold(&mut batch, &mut diagnoser, &snapshot, &health);
                    return;
                }
            }
            let snapshot = snapshots.borrow().clone();
            self.fold(&mut batch, &mut diagnoser, &snapshot, &health);
            if events.is_empty() {
                // Whoever stops us does not wait: what is left is folded then.
                let _ = tokio::time::timeout(GATHER, stop.cancelled()).await;
            }
        }
    }

    fn fold(
        &self,
        batch: &mut Vec<Event>,
        diagnoser: &mut Diagnoser,
        snapshot: &Snapshot,
        health: &Health,
    ) {
        let mut ids: Vec<ExchangeId> = Vec::new();
        let mut log = self.shared.log.lock();
        for event in batch.drain(..) {
            let judge = |exchange: &mut Exchange| {
                if let Some((comparison, reason)) = diagnoser.compare(exchange) {
                    exchange.comparison = comparison;
                    exchange.comparison_reason = reason;
                }
                exchange.diagnosis = diagnoser.observe(exchange, snapshot);
            };
            let is_new = matches!(event, Event::Started(_));
            if let Some(exchange) = log.fold(event, judge) {
                health.seen(exchange);
                // A batch is short, and what goes on began a moment ago: a look back through it is
                // cheaper than a set.
                if is_new || !ids.iter().rev().any(|&id| id == exchange.id) {
                    ids.push(exchange.id);
                }
            }
        }
        if !ids.is_empty() {
            let change = Change::Exchanges {
                sequence: log.advance(),
                ids: ids.into(),
            };
            // Sent under the lock, so that changes arrive in the order of their numbers. An error
            // only says that nobody listens.
            let _ = self.shared.changes.send(change);
        }
    }

    /// Starts listening. Take [`Recorder::kept`] after this, and skip changes numbered up to its
    /// `sequence`.
    pub fn subscribe(&self) -> broadcast::Receiver<Change> {
        self.shared.changes.subscribe()
    }

    /// Everything kept at this moment.
    pub fn kept(&self) -> Kept {
        let log = self.shared.log.lock();
        Kept {
            sequence: log.sequence(),
            exchanges: log.exchanges(),
            stats: log.stats((self.shared.lost)()),
            diagnostics: log.diagnostics(),
        }
    }

    /// The counts at this moment.
    pub fn stats(&self) -> Stats {
        self.shared.log.lock().stats((self.shared.lost)())
    }

    /// How often each diagnostic was found since the log was cleared.
    pub fn diagnostics(&self) -> Vec<DiagnosticCount> {
        self.shared.log.lock().diagnostics()
    }

    /// One exchange, as it is now.
    pub fn get(&self, id: ExchangeId) -> Option<Arc<Exchange>> {
        self.shared.log.lock().get(id)
    }

    /// Several exchanges at one moment, in the order asked; those that are gone are left out.
    pub fn get_all(&self, ids: &[ExchangeId]) -> Vec<Arc<Exchange>> {
        let log = self.shared.log.lock();
        ids.iter().filter_map(|&id| log.get(id)).collect()
    }

    /// Forgets every exchange and every count.
    pub fn clear(&self) {
        let mut log = self.shared.log.lock();
        log.clear((self.shared.lost)());
        let change = Change::Cleared {
            sequence: log.advance(),
        };
        // As above: nobody need listen.
        let _ = self.shared.changes.send(change);
    }
}

impl fmt::Debug for Recorder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Recorder")
            .field("stats", &self.stats())
            .finish()
    }
}

#[cfg(test)]
mod tests;

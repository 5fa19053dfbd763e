//! The bounded log itself: no tasks, no channels.

use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasherDefault, Hasher};
use std::mem::size_of;
use std::sync::Arc;

use serde::Serialize;
use tripledash_core::trace::{Event, Exchange, ExchangeId};

use super::tally::{DiagnosticCount, Tally};

/// How much is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// At most this many exchanges.
    pub count: usize,
    /// At most about this many bytes of them.
    pub bytes: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            count: 10_000,
            bytes: 64 * 1024 * 1024,
        }
    }
}

/// The log's counts, since it was last cleared.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Stats {
    /// Exchanges kept.
    pub kept: u64,
    /// Exchanges recorded, those no longer kept among them.
    pub seen: u64,
    /// Exchanges that made room for newer ones, and events that found the queue full.
    pub dropped: u64,
    /// About how many bytes the kept exchanges take.
    pub bytes: u64,
}

#[derive(Debug)]
struct Entry {
    exchange: Arc<Exchange>,
    bytes: usize,
}

/// Ids count up, so their low bits tell them apart already.
#[derive(Debug, Default)]
struct ById(u64);

impl Hasher for ById {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, id: u64) {
        // The table takes its tag from the high bits.
        self.0 = id.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}

/// Exchanges in the order in which they started, bounded.
#[derive(Debug)]
pub(super) struct Log {
    bounds: Bounds,
    entries: VecDeque<Entry>,
    /// The ordinal of the front entry. An exchange's ordinal less this is its place in `entries`.
    first: u64,
    ordinals: HashMap<ExchangeId, u64, BuildHasherDefault<ById>>,
    bytes: usize,
    seen: u64,
    evicted: u64,
    /// What the queue had lost when the log was cleared.
    lost_before: u64,
    sequence: u64,
    tally: Tally,
}

impl Log {
    pub(super) fn new(bounds: Bounds) -> Self {
        Self {
            bounds,
            entries: VecDeque::new(),
            first: 0,
            ordinals: HashMap::default(),
            bytes: 0,
            seen: 0,
            evicted: 0,
            lost_before: 0,
            sequence: 0,
            tally: Tally::default(),
        }
    }

    /// Folds one event. `None` where it belongs to an exchange that is not kept.
    ///
    /// `judge` is asked once, when the exchange is over, or when an upgrade was answered: a
    /// tunnel may never end.
    pub(super) fn fold(
        &mut self,
        event: Event,
        judge: impl FnOnce(&mut Exchange),
    ) -> Option<&Exchange> {
        let ordinal = match event {
            Event::Started(started) => {
                self.seen += 1;
                self.push(Exchange::start(*started))
            }
            Event::Answered(answered) => self.change(answered.id, |exchange| {
                exchange.answer(*answered);
                if exchange.status == Some(101) {
                    judge(exchange);
                }
            })?,
            Event::Finished(finished) => self.change(finished.id, |exchange| {
                exchange.finish(finished);
                if exchange.status != Some(101) {
                    judge(exchange);
                }
            })?,
        };
        self.evict();
        let place = usize::try_from(ordinal.checked_sub(self.first)?).ok()?;
        self.entries.get(place).map(|entry| &*entry.exchange)
    }

    /// Adds an exchange, and returns its ordinal.
    fn push(&mut self, exchange: Exchange) -> u64 {
        let bytes = weigh(&exchange);
        let ordinal = self.first + self.entries.len() as u64;
        self.bytes += bytes;
        self.ordinals.insert(exchange.id, ordinal);
        self.entries.push_back(Entry {
            exchange: Arc::new(exchange),
            bytes,
        });
        ordinal
    }

    /// Changes an exchange that is kept, and returns its ordinal.
    fn change(&mut self, id: ExchangeId, change: impl FnOnce(&mut Exchange)) -> Option<u64> {
        let ordinal = *self.ordinals.get(&id)?;
        let place = usize::try_from(ordinal - self.first).ok()?;
        let entry = self.entries.get_mut(place)?;
        // Copies only where a reader still holds the exchange as it was.
        let exchange = Arc::make_mut(&mut entry.exchange);
        let found_before = exchange.diagnosis.len();
        change(exchange);
        if found_before == 0 {
            self.tally.count(exchange);
        }
        let bytes = weigh(exchange);
        self.bytes = self.bytes - entry.bytes + bytes;
        entry.bytes = bytes;
        Some(ordinal)
    }

    /// The oldest go until both bounds hold. The newest stays, however large it is.
    fn evict(&mut self) {
        while self.entries.len() > 1
            && (self.entries.len() > self.bounds.count || self.bytes > self.bounds.bytes)
        {
            if let Some(entry) = self.entries.pop_front() {
                self.ordinals.remove(&entry.exchange.id);
                self.first += 1;
                self.bytes -= entry.bytes;
                self.evicted += 1;
            }
        }
    }

    fn place(&self, id: ExchangeId) -> Option<usize> {
        let ordinal = self.ordinals.get(&id)?;
        usize::try_from(ordinal - self.first).ok()
    }

    fn entry(&self, id: ExchangeId) -> Option<&Entry> {
        self.entries.get(self.place(id)?)
    }

    pub(super) fn get(&self, id: ExchangeId) -> Option<Arc<Exchange>> {
        self.entry(id).map(|entry| Arc::clone(&entry.exchange))
    }

    pub(super) fn exchanges(&self) -> Vec<Arc<Exchange>> {
        self.entries
            .iter()
            .map(|entry| Arc::clone(&entry.exchange))
            .collect()
    }

    pub(super) fn diagnostics(&self) -> Vec<DiagnosticCount> {
        self.tally.counts()
    }

    pub(super) fn stats(&self, lost: u64) -> Stats {
        Stats {
            kept: self.entries.len() as u64,
            seen: self.seen,
            dropped: self.evicted + lost.saturating_sub(self.lost_before),
            bytes: self.bytes as u64,
        }
    }

    pub(super) fn sequence(&self) -> u64 {
        self.sequence
    }

    pub(super) fn advance(&mut self) -> u64 {
        self.sequence += 1;
        self.sequence
    }

    pub(super) fn clear(&mut self, lost: u64) {
        self.first += self.entries.len() as u64;
        self.entries.clear();
        self.ordinals.clear();
        self.bytes = 0;
        self.seen = 0;
        self.evicted = 0;
        self.lost_before = lost;
        self.tally = Tally::default();
    }
}

/// About how many bytes an exchange takes, its place in the log included.
fn weigh(exchange: &Exchange) -> usize {
    exchange.weight() + size_of::<Entry>() + size_of::<(ExchangeId, u64)>()
}

//! What the two ends of one connection tell each other: the [`Wire`](super::Wire) that sees its
//! bytes, and whoever answers its requests: hyper may stand between them.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::Waker;

use parking_lot::Mutex;
use tokio::time::Instant;

use super::Refused;

/// No request: they are counted from one.
const NONE: u64 = 0;

/// What one connection's ends share. Requests go by their number, counted from one.
#[derive(Debug, Default)]
pub(crate) struct Connection {
    served: AtomicU64,
    /// How many of them are over: their answer was handed on to its end, or dropped.
    over: AtomicU64,
    /// The request that stands for one that was refused.
    refused: AtomicU64,
    /// The request after which the bytes may be another protocol's.
    switch: AtomicU64,
    /// Whether any request asked for `*` in another form.
    starred: AtomicBool,
    stalled: AtomicBool,
    /// Whether the browser has ended its half, and was given up as nothing could be sent to it.
    given_up: AtomicBool,
    /// Whether some of an answer waits to be written.
    unsent: AtomicBool,
    /// Whether its end is that of its last answer's body.
    delimits: AtomicBool,
    /// Whether its bytes come through a tunnel, which is another connection to us.
    tunnelled: bool,
    rare: Mutex<Rare>,
}

#[derive(Debug, Default)]
struct Rare {
    /// When the last answer was over.
    over: Option<Instant>,
    refused: Option<Box<Refused>>,
    switched: Option<bool>,
    waiting: Option<Waker>,
    stars: Vec<u64>,
}

impl Connection {
    /// One whose bytes come through a tunnel to ourselves.
    pub(crate) fn tunnelled() -> Self {
        Self {
            tunnelled: true,
            ..Self::default()
        }
    }

    pub(crate) fn is_tunnelled(&self) -> bool {
        self.tunnelled
    }

    /// Counts a request on its way to be answered.
    pub(crate) fn begin(&self) -> u64 {
        self.served.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// Counts a request whose answer is over.
    pub(crate) fn end(&self) {
        let mut rare = self.rare.lock();
        rare.over = Some(Instant::now());
        self.over.fetch_add(1, Ordering::Relaxed);
        if let Some(waker) = rare.waiting.take() {
            waker.wake();
        }
    }

    /// Has the end of an answer wake `waker`.
    pub(super) fn wait(&self, waker: &Waker) {
        self.rare.lock().waiting = Some(waker.clone());
    }

    /// When the last answer was over, if any was.
    pub(super) fn over_since(&self) -> Option<Instant> {
        self.rare.lock().over
    }

    /// Whether any request is on its way to be answered.
    pub(super) fn is_busy(&self) -> bool {
        self.served.load(Ordering::Relaxed) != self.over.load(Ordering::Relaxed)
    }

    /// Says that an answer begins whose body ends with the connection, and tells no other end.
    pub(crate) fn delimit(&self) {
        self.delimits.store(true, Ordering::Relaxed);
    }

    /// Whether an end now would pass for that of an answer.
    pub(super) fn is_delimiting(&self) -> bool {
        self.delimits.load(Ordering::Relaxed)
    }

    /// Takes note of an end in order: all of the answer was handed on.
    pub(super) fn end_in_order(&self) {
        self.delimits.store(false, Ordering::Relaxed);
    }

    /// Whether this request's target, which names an authority alone, stands for `*`.
    pub(crate) fn is_star(&self, request: u64) -> bool {
        self.starred.load(Ordering::Acquire) && self.rare.lock().stars.contains(&request)
    }

    /// Whether the browser took nothing more for too long.
    pub(crate) fn is_stalled(&self) -> bool {
        self.stalled.load(Ordering::Relaxed)
    }

    /// Whether the browser had ended its half, and nothing could be sent to it for too long.
    pub(crate) fn is_given_up(&self) -> bool {
        self.given_up.load(Ordering::Relaxed)
    }

    /// Says whether some of an answer waits to be written.
    pub(crate) fn hold(&self, unsent: bool) {
        self.unsent.store(unsent, Ordering::Relaxed);
    }

    /// Whether some of an answer waits to be written, as far as anybody says so.
    pub(crate) fn is_unsent(&self) -> bool {
        self.unsent.load(Ordering::Relaxed)
    }

    /// What was refused, where this request stands for it.
    pub(crate) fn refused(&self, request: u64) -> Option<Box<Refused>> {
        if self.refused.load(Ordering::Acquire) != request {
            return None;
        }
        self.rare.lock().refused.take()
    }

    /// Tells whether the answer to a request switches to another protocol.
    pub(crate) fn answered(&self, request: u64, switched: bool) {
        if self.switch.load(Ordering::Acquire) != request {
            return;
        }
        let mut rare = self.rare.lock();
        rare.switched = Some(switched);
        if let Some(waker) = rare.waiting.take() {
            waker.wake();
        }
    }

    pub(super) fn refuse(&self, request: u64, refused: Refused) {
        self.rare.lock().refused = Some(Box::new(refused));
        self.refused.store(request, Ordering::Release);
    }

    pub(super) fn star(&self, request: u64) {
        let mut rare = self.rare.lock();
        let served = self.served.load(Ordering::Relaxed);
        rare.stars.retain(|star| *star > served);
        rare.stars.push(request);
        self.starred.store(true, Ordering::Release);
    }

    pub(super) fn stall(&self) {
        self.stalled.store(true, Ordering::Relaxed);
    }

    pub(super) fn give_up(&self) {
        self.given_up.store(true, Ordering::Relaxed);
    }

    pub(super) fn ask(&self, request: u64) {
        self.rare.lock().switched = None;
        self.switch.store(request, Ordering::Release);
    }

    /// Whether the last request that was asked about switched; wakes `waker` once it is known.
    pub(super) fn switched(&self, waker: &Waker) -> Option<bool> {
        let mut rare = self.rare.lock();
        if rare.switched.is_none() {
            rare.waiting = Some(waker.clone());
        } else {
            self.switch.store(NONE, Ordering::Release);
        }
        rare.switched
    }
}

//! Connections that wait for their next request, or take more than one at a time.
//!
//! - An upstream that says how long it keeps a connection (`Keep-Alive: timeout=5`, as Node does)
//!   is believed, less a second, so that a request does not meet a closing socket.
//! - An idle connection is closed when its time has come, whether or not anybody asks for another.
//! - Connections to where no preview leads any more are closed when the workspace changes.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use indexmap::IndexMap;
use parking_lot::Mutex;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::http1::Link;
use super::place::{Destination, Key, Open, Place};

/// Idle HTTP/1.1 connections kept in all: with TLS, each tenant is a destination.
const KEPT_IN_ALL: usize = 512;
/// How often the idle connections are looked at, at least: an upstream may close one at any time,
/// and one that is given back later may be due earlier.
const GLANCE: Duration = Duration::from_secs(1);

/// The open connections. Clones share them.
#[derive(Debug, Clone)]
pub(crate) struct Pool(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    places: Mutex<IndexMap<Key, Arc<Place>>>,
    idle: AtomicUsize,
    reaping: AtomicBool,
    /// How long an idle connection is kept where the upstream does not say.
    keep: Duration,
    closed: CancellationToken,
    tasks: TaskTracker,
}

/// An HTTP/1.1 connection in use, which goes back once its response was read to the end.
#[derive(Debug)]
pub(crate) struct Lease {
    pool: Pool,
    place: Arc<Place>,
    open: Open,
    keep: Duration,
}

impl Pool {
    pub(crate) fn new(keep: Duration, tasks: TaskTracker) -> Self {
        Self(Arc::new(Shared {
            places: Mutex::default(),
            idle: AtomicUsize::new(0),
            reaping: AtomicBool::new(false),
            keep,
            closed: CancellationToken::new(),
            tasks,
        }))
    }

    /// Where connections to a destination are kept.
    pub(super) fn place(&self, destination: Destination<'_>) -> Arc<Place> {
        let mut places = self.0.places.lock();
        if let Some(place) = places.get(&destination) {
            return Arc::clone(place);
        }
        let place = Arc::new(Place::new(destination.into()));
        if self.0.closed.is_cancelled() {
            place.leave();
        }
        places.insert(destination.into(), Arc::clone(&place));
        drop(places);
        // Also where nothing is ever kept: over TLS each tenant has a place.
        self.reap();
        place
    }

    /// An HTTP/1.1 connection that is open as far as we know.
    pub(super) fn take(&self, place: &Arc<Place>) -> Option<Lease> {
        let (open, closed) = place.take();
        let gone = closed + usize::from(open.is_some());
        if gone > 0 {
            self.0.idle.fetch_sub(gone, Ordering::Relaxed);
        }
        open.map(|open| self.lease(place, open))
    }

    pub(super) fn lease(&self, place: &Arc<Place>, open: Open) -> Lease {
        Lease {
            pool: self.clone(),
            place: Arc::clone(place),
            open,
            keep: self.0.keep,
        }
    }

    /// Sees to it that what is open now is closed in time, and what is empty forgotten.
    pub(super) fn reap(&self) {
        if !self.0.reaping.load(Ordering::Relaxed) && !self.0.reaping.swap(true, Ordering::AcqRel) {
            let pool = self.clone();
            self.0.tasks.spawn(async move { pool.keep_reaping().await });
        }
    }

    async fn keep_reaping(self) {
        loop {
            let now = Instant::now();
            let next = self.sweep(now);
            if next.is_none() {
                self.0.reaping.store(false, Ordering::Release);
                // One that came between the look and the word is ours, unless its giver began
                // anew.
                let empty = self.0.places.lock().is_empty();
                if empty || self.0.reaping.swap(true, Ordering::AcqRel) {
                    return;
                }
            }
            // A place in use with nothing idle in it has no time of its own: it is glanced at.
            let wait = next.map_or(GLANCE, |next| next.saturating_duration_since(now));
            tokio::select! {
                () = tokio::time::sleep(wait.min(GLANCE)) => {}
                () = self.0.closed.cancelled() => return,
            }
        }
    }

    /// Closes what is due, and says when the next is. Places with nothing in them are forgotten.
    fn sweep(&self, now: Instant) -> Option<Instant> {
        let mut next: Option<Instant> = None;
        self.0.places.lock().retain(|_, place| {
            let swept = place.sweep(now, self.0.keep);
            self.0.idle.fetch_sub(swept.closed, Ordering::Relaxed);
            next = [next, swept.next].into_iter().flatten().min();
            // Whoever uses the place meanwhile has a share in it.
            swept.next.is_some() || Arc::strong_count(place) > 1
        });
        next
    }

    /// Closes the connections to wherever `is_wanted` says no.
    pub(super) fn retain(&self, is_wanted: impl Fn(Destination<'_>) -> bool) {
        self.0.places.lock().retain(|key, place| {
            let wanted = is_wanted(key.destination());
            if !wanted {
                self.0.idle.fetch_sub(place.leave(), Ordering::Relaxed);
            }
            wanted
        });
    }

    /// Closes every idle connection, and from now on each one that is given back.
    pub(crate) fn close(&self) {
        self.0.closed.cancel();
        self.retain(|_| false);
    }
}

impl Lease {
    pub(super) fn address(&self) -> SocketAddr {
        self.open.address
    }

    pub(super) fn link(&mut self) -> &mut Link {
        &mut self.open.link
    }

    /// Takes the connection for one exchange alone.
    pub(super) fn into_link(self) -> Link {
        self.open.link
    }

    /// Reads from `Keep-Alive` how long the upstream keeps the connection.
    pub(super) fn heed(&mut self, headers: &http::HeaderMap) {
        let hint = headers
            .get("keep-alive")
            .and_then(|value| value.to_str().ok())
            .and_then(seconds);
        if let Some(hint) = hint {
            self.keep = Duration::from_secs(hint.saturating_sub(1)).min(self.keep);
        }
    }

    /// Keeps the connection for the next request.
    pub(super) fn give_back(self) {
        let Self {
            pool: handle,
            place,
            mut open,
            keep,
        } = self;
        let pool = &handle.0;
        if keep.is_zero() || !open.link.rest() {
            return;
        }
        // Counted first: whoever takes it at once counts it out again.
        if pool.idle.fetch_add(1, Ordering::Relaxed) >= KEPT_IN_ALL || !place.keep(open, keep) {
            pool.idle.fetch_sub(1, Ordering::Relaxed);
            return;
        }
        handle.reap();
    }
}

/// The `timeout` parameter of a `Keep-Alive` field.
fn seconds(value: &str) -> Option<u64> {
    value.split(',').find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim()
            .eq_ignore_ascii_case("timeout")
            .then(|| value.trim().parse().ok())?
    })
}

#[cfg(test)]
mod seconds_of_keep_alive {
    use super::seconds;

    #[test]
    fn reads_the_timeout_wherever_it_stands() {
        assert_eq!(seconds("timeout=5"), Some(5));
        assert_eq!(seconds("max=100, Timeout = 7"), Some(7));
        assert_eq!(seconds("max=100"), None);
        assert_eq!(seconds("timeout=soon"), None);
    }
}

#[cfg(test)]
mod places {
    use super::*;

    /// Long enough for any look at the places.
    const WHILE: Duration = Duration::from_secs(5);

    #[tokio::test(start_paused = true)]
    async fn place_where_nothing_is_kept_is_forgotten() {
        let tasks = TaskTracker::new();
        let pool = Pool::new(Duration::from_secs(30), tasks.clone());
        let host = "a.example".parse().unwrap();
        let place = |port| {
            pool.place(Destination {
                host: &host,
                port,
                tls: None,
            })
        };
        let places = || pool.0.places.lock().len();
        let used = place(1);
        drop(place(2));
        assert_eq!(places(), 2);
        tokio::time::sleep(WHILE).await;
        assert_eq!(places(), 1);
        drop(used);
        // Whoever looks ends too, with nothing left to look at.
        tasks.close();
        let ended = tokio::time::timeout(WHILE, tasks.wait()).await;
        assert_eq!((ended, places()), (Ok(()), 0));
        // And is there again for the next.
        drop(place(1));
        tokio::time::sleep(WHILE).await;
        assert_eq!(places(), 0);
    }
}

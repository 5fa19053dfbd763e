//! What is known of a connection while requests share it: how many there are, and when anything
//! was last heard.

use std::net::SocketAddr;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::Waker;
use std::time::Duration;

use futures_util::task::AtomicWaker;
use parking_lot::Mutex;
use tokio::sync::Notify;
use tokio::time::Instant;

use crate::Timeouts;

/// How fast a slow line carries what was written, in bytes a second: half a megabit.
const SLOW_LINE: u64 = 64 * 1024;
/// As much may be on its way through the buffers of this machine and a slow line.
const ON_ITS_WAY: u64 = 4 * 1024 * 1024;

/// How long a connection may be silent.
#[derive(Debug, Clone, Copy)]
pub(in crate::upstream) struct Patience {
    /// Before it is asked for a sign of life.
    pub(super) silence: Duration,
    /// For that sign.
    pub(super) pong: Duration,
}

/// Shared by the connection, its driver, and the requests on it.
#[derive(Debug)]
pub(super) struct Pulse {
    pub(super) patience: Patience,
    streams: AtomicUsize,
    closing: AtomicBool,
    lost: AtomicBool,
    /// A request came since the driver looked.
    fresh: AtomicBool,
    traffic: Mutex<Traffic>,
    driver: AtomicWaker,
    /// Something was heard, or the connection ended.
    heard: Notify,
}

/// What went over the connection.
#[derive(Debug, Clone, Copy)]
pub(super) struct Traffic {
    /// When there was the last sign that somebody is there.
    pub(super) heard: Instant,
    /// Bytes written since.
    pub(super) written: u64,
    /// TLS takes no more bytes for now.
    full: bool,
    /// TLS has bytes that the system takes no more of for now.
    unflushed: bool,
}

// === impl Patience ===

impl Patience {
    pub(in crate::upstream) fn with(address: SocketAddr, timeouts: &Timeouts) -> Self {
        let local = address.ip().to_canonical().is_loopback();
        Self {
            silence: timeouts.silence,
            pong: if local {
                timeouts.pong_local
            } else {
                timeouts.pong
            },
        }
    }
}

// === impl Traffic ===

impl Traffic {
    /// Nothing since then.
    pub(super) fn at(heard: Instant) -> Self {
        Self {
            heard,
            written: 0,
            full: false,
            unflushed: false,
        }
    }

    /// Whether the system takes no more bytes for now.
    pub(super) fn is_blocked(&self) -> bool {
        self.full || self.unflushed
    }

    /// How long an answer may stand in line behind an upload: a PING overtakes nothing.
    pub(super) fn in_line(&self) -> Duration {
        Duration::from_millis(self.written.min(ON_ITS_WAY) * 1000 / SLOW_LINE)
    }
}

// === impl Pulse ===

impl Pulse {
    pub(super) fn new(patience: Patience) -> Self {
        Self {
            patience,
            streams: AtomicUsize::new(0),
            closing: AtomicBool::new(false),
            lost: AtomicBool::new(false),
            fresh: AtomicBool::new(false),
            traffic: Mutex::new(Traffic::at(Instant::now())),
            driver: AtomicWaker::new(),
            heard: Notify::new(),
        }
    }

    pub(super) fn join(&self) {
        self.streams.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn leave(&self) {
        self.streams.fetch_sub(1, Ordering::Relaxed);
    }

    pub(super) fn streams(&self) -> usize {
        self.streams.load(Ordering::Relaxed)
    }

    pub(super) fn is_closing(&self) -> bool {
        self.closing.load(Ordering::Acquire)
    }

    pub(super) fn close(&self) {
        self.closing.store(true, Ordering::Release);
        self.heard.notify_waiters();
    }

    /// Whether the connection was given up because it gave no sign of life.
    pub(super) fn is_lost(&self) -> bool {
        self.lost.load(Ordering::Acquire)
    }

    pub(super) fn lose(&self) {
        self.lost.store(true, Ordering::Release);
        self.close();
    }

    pub(super) fn traffic(&self) -> Traffic {
        *self.traffic.lock()
    }

    /// Whether nothing was heard for so long that the next request asks whether somebody is there.
    pub(super) fn is_quiet(&self) -> bool {
        self.traffic().heard.elapsed() >= self.patience.silence
    }

    /// Has the driver look whether the connection was silent for too long: a request is about to
    /// use it.
    pub(super) fn expect(&self) {
        self.fresh.store(true, Ordering::Release);
        self.driver.wake();
    }

    /// Whether a request came since this was asked last.
    pub(super) fn is_fresh(&self) -> bool {
        self.fresh.load(Ordering::Relaxed) && self.fresh.swap(false, Ordering::AcqRel)
    }

    /// Waits until something is heard; `false` where the connection ended instead.
    pub(super) async fn proven(&self) -> bool {
        let since = Instant::now();
        loop {
            let mut heard = pin!(self.heard.notified());
            // Before the look, so that what comes meanwhile is not missed.
            heard.as_mut().enable();
            if self.is_closing() {
                return false;
            }
            if self.traffic().heard >= since {
                return true;
            }
            heard.await;
        }
    }

    /// Tells those who wait in [`Self::proven`].
    pub(super) fn tell(&self) {
        self.heard.notify_waiters();
    }

    /// Has [`Self::expect`] wake the driver.
    pub(super) fn driven_by(&self, waker: &Waker) {
        self.driver.register(waker);
    }

    /// Bytes came.
    pub(super) fn received(&self) {
        let mut traffic = self.traffic.lock();
        traffic.heard = Instant::now();
        traffic.written = 0;
    }

    /// Bytes were taken, if only by TLS, which has room for some that the system has none for. Where
    /// there was no room in TLS either, the other side has acknowledged some: a sign of life, also
    /// from an upstream that is silent all through a long upload.
    pub(super) fn wrote(&self, size: usize) {
        let mut traffic = self.traffic.lock();
        traffic.written += size as u64;
        if std::mem::take(&mut traffic.full) {
            traffic.heard = Instant::now();
        }
    }

    /// Not even TLS took bytes.
    pub(super) fn full(&self) {
        self.traffic.lock().full = true;
    }

    /// The system has all that was written. Where it had no room for that before, the other side
    /// has acknowledged some.
    pub(super) fn flushed(&self) {
        let mut traffic = self.traffic.lock();
        if traffic.is_blocked() {
            traffic.full = false;
            traffic.unflushed = false;
            traffic.heard = Instant::now();
        }
    }

    /// The system did not take all that was written.
    pub(super) fn unflushed(&self) {
        self.traffic.lock().unflushed = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pulse() -> Pulse {
        Pulse::new(Patience {
            silence: Duration::from_secs(5),
            pong: Duration::from_secs(8),
        })
    }

    #[test]
    fn only_this_machine_is_waited_for_longer() {
        let timeouts = Timeouts::default();
        for (address, pong) in [
            ("127.0.0.2:1", timeouts.pong_local),
            ("[::1]:1", timeouts.pong_local),
            ("[::ffff:127.0.0.1]:1", timeouts.pong_local),
            ("192.168.1.2:1", timeouts.pong),
            ("[2001:db8::1]:1", timeouts.pong),
        ] {
            let patience = Patience::with(address.parse().unwrap(), &timeouts);
            assert_eq!(patience.pong, pong, "{address}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn upload_on_its_way_is_waited_for_as_long_as_a_slow_line_needs() {
        let pulse = pulse();
        pulse.wrote(200);
        assert!(pulse.traffic().in_line() < Duration::from_millis(10));
        pulse.wrote(1024 * 1024);
        assert_eq!(pulse.traffic().in_line().as_secs(), 16);
        pulse.wrote(1024 * 1024 * 1024);
        assert_eq!(pulse.traffic().in_line().as_secs(), 64);
        pulse.received();
        assert!(pulse.traffic().in_line().is_zero());
    }

    #[tokio::test(start_paused = true)]
    async fn bytes_written_are_a_sign_of_life_only_where_there_was_no_room() {
        let pulse = pulse();
        tokio::time::advance(Duration::from_secs(6)).await;
        pulse.wrote(100);
        assert!(pulse.is_quiet());
        pulse.full();
        assert!(pulse.is_quiet());
        pulse.wrote(100);
        assert!(!pulse.is_quiet());
        tokio::time::advance(Duration::from_secs(6)).await;
        pulse.wrote(100);
        assert!(pulse.is_quiet());
    }

    #[tokio::test(start_paused = true)]
    async fn bytes_flushed_are_a_sign_of_life_only_where_some_were_left() {
        let pulse = pulse();
        tokio::time::advance(Duration::from_secs(6)).await;
        pulse.wrote(100);
        pulse.flushed();
        assert!(pulse.is_quiet());
        pulse.unflushed();
        pulse.wrote(100);
        assert!(pulse.is_quiet());
        assert!(pulse.traffic().is_blocked());
        pulse.flushed();
        assert!(!pulse.is_quiet());
        assert!(!pulse.traffic().is_blocked());
    }
}

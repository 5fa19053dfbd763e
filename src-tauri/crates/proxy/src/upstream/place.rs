//! One destination, and the connections to it that are open.

use std::hash::{Hash, Hasher};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use indexmap::Equivalent;
use parking_lot::Mutex;
use tripledash_core::host::Host;
use tripledash_core::upstream::Trust;

use super::http1::Link;
use super::http2::{Multiplexed, Ticket};

/// Idle HTTP/1.1 connections kept per destination. Browsers open six per host, and each pane has
/// a host of its own; to open one anew costs far more than to keep it.
const KEPT: usize = 256;
/// HTTP/2 connections per destination. One carries as many requests as the upstream allows; more
/// are opened only where it allows fewer than there are.
const MULTIPLEXED: usize = 4;

/// Where a connection leads: two requests with the same destination may share one.
///
/// The `Host` of a request in clear does not matter, so all tenants of a dev server share its
/// connections. Over TLS it does, and so does the way that the certificate is verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Destination<'a> {
    pub(crate) host: &'a Host,
    pub(crate) port: u16,
    /// `None`: in clear.
    pub(crate) tls: Option<Tls<'a>>,
}

/// What is asked of TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tls<'a> {
    /// The host of the `Host` sent.
    pub(crate) server_name: &'a str,
    pub(crate) trust: &'a Trust,
}

/// A destination that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Key {
    host: Host,
    port: u16,
    tls: Option<(String, Trust)>,
}

/// The open connections to one destination.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) key: Key,
    kept: Mutex<Kept>,
    /// Held while a connection is opened that others may share.
    pub(super) gate: tokio::sync::Mutex<()>,
    /// How often one was opened, or came to nothing.
    opened: AtomicUsize,
}

#[derive(Debug, Default)]
struct Kept {
    idle: Vec<Idle>,
    multiplexed: Vec<Arc<Multiplexed>>,
    speaks: Option<Speaks>,
    /// The destination is no longer wanted: nothing is kept any more.
    gone: bool,
}

/// What the upstream agreed to speak last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Speaks {
    Http1,
    Http2,
    /// It asked for HTTP/1.1 over an HTTP/2 connection (RFC 9113 section 7).
    OnlyHttp1,
}

/// An HTTP/1.1 connection that waits for its next request.
#[derive(Debug)]
pub(super) struct Idle {
    pub(super) open: Open,
    until: Instant,
}

/// An open HTTP/1.1 connection.
#[derive(Debug)]
pub(super) struct Open {
    pub(super) link: Link,
    pub(super) address: SocketAddr,
}

/// What is left at a place once the old was closed.
pub(super) struct Swept {
    pub(super) closed: usize,
    /// When the next one is due; `None`: there is nothing.
    pub(super) next: Option<Instant>,
}

// === impl Destination ===

impl Hash for Destination<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.host.hash(state);
        self.port.hash(state);
        // How a certificate is verified hardly ever tells two destinations apart.
        self.tls.map(|tls| tls.server_name).hash(state);
    }
}

impl Equivalent<Key> for Destination<'_> {
    fn equivalent(&self, key: &Key) -> bool {
        *self == key.destination()
    }
}

impl From<Destination<'_>> for Key {
    fn from(destination: Destination<'_>) -> Self {
        let tls = destination.tls;
        Self {
            host: destination.host.clone(),
            port: destination.port,
            tls: tls.map(|tls| (tls.server_name.to_owned(), tls.trust.clone())),
        }
    }
}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.destination().hash(state);
    }
}

impl Key {
    pub(super) fn destination(&self) -> Destination<'_> {
        Destination {
            host: &self.host,
            port: self.port,
            tls: self
                .tls
                .as_ref()
                .map(|(server_name, trust)| Tls { server_name, trust }),
        }
    }
}

// === impl Place ===

impl Place {
    pub(super) fn new(key: Key) -> Self {
        Self {
            key,
            kept: Mutex::default(),
            gate: tokio::sync::Mutex::default(),
            opened: AtomicUsize::new(0),
        }
    }

    /// An HTTP/1.1 connection that is open as far as we know, and how many were found closed.
    ///
    /// The one used last: the others may then grow old.
    pub(super) fn take(&self) -> (Option<Open>, usize) {
        let mut kept = self.kept.lock();
        let mut closed = 0;
        while let Some(mut one) = kept.idle.pop() {
            if one.open.link.is_idle() && one.until > Instant::now() {
                return (Some(one.open), closed);
            }
            closed += 1;
        }
        (None, closed)
    }

    /// Keeps a connection. Whether there was room for it.
    pub(super) fn keep(&self, open: Open, keep: Duration) -> bool {
        let mut kept = self.kept.lock();
        let room = !kept.gone && kept.idle.len() < KEPT;
        if room {
            let until = Instant::now() + keep;
            kept.idle.push(Idle { open, until });
        }
        room
    }

    /// Room for one more request on a connection that is shared: where `old` is not, on one that
    /// was heard from just now.
    pub(super) fn share(&self, old: bool) -> Option<Ticket> {
        let mut kept = self.kept.lock();
        if kept.multiplexed.is_empty() {
            return None;
        }
        kept.multiplexed.retain(|one| !one.is_closing());
        let usable = || kept.multiplexed.iter().filter(|one| old || !one.is_quiet());
        let roomy = usable().find(|one| one.has_room());
        let full = kept.multiplexed.len() >= MULTIPLEXED;
        // Where no more may be opened, a request waits its turn on the one least used.
        let least = || usable().min_by_key(|one| one.streams());
        let one = roomy.or_else(|| full.then(least).flatten())?;
        Some(Ticket::take(Arc::clone(one)))
    }

    /// Lets others share a connection.
    pub(super) fn offer(&self, multiplexed: Arc<Multiplexed>) {
        let mut kept = self.kept.lock();
        kept.speaks = Some(Speaks::Http2);
        if !kept.gone {
            kept.multiplexed.push(multiplexed);
        }
    }

    pub(super) fn speaks(&self) -> Option<Speaks> {
        self.kept.lock().speaks
    }

    pub(super) fn learn(&self, speaks: Speaks) {
        let mut kept = self.kept.lock();
        if kept.speaks != Some(Speaks::OnlyHttp1) {
            kept.speaks = Some(speaks);
        }
    }

    /// Forgets that the upstream spoke HTTP/2: whoever does not answer may be another by now.
    pub(super) fn unlearn(&self) {
        let mut kept = self.kept.lock();
        kept.speaks = kept.speaks.filter(|speaks| *speaks != Speaks::Http2);
    }

    pub(super) fn opened(&self) -> usize {
        self.opened.load(Ordering::Relaxed)
    }

    pub(super) fn count_opened(&self) {
        self.opened.fetch_add(1, Ordering::Relaxed);
    }

    /// Closes what is too old, or closed by the upstream.
    pub(super) fn sweep(&self, now: Instant, keep: Duration) -> Swept {
        let mut kept = self.kept.lock();
        let before = kept.idle.len();
        kept.idle
            .retain_mut(|one| one.until > now && one.open.link.is_idle());
        kept.multiplexed
            .retain(|one| !one.is_closing() && one.idle_until(keep).is_none_or(|at| at > now));
        let idle = kept.idle.iter().map(|one| one.until);
        let multiplexed = kept.multiplexed.iter();
        // One in use is looked at again when it can be idle for long enough.
        let multiplexed = multiplexed.map(|one| one.idle_until(keep).unwrap_or(now + keep));
        Swept {
            closed: before - kept.idle.len(),
            next: idle.chain(multiplexed).min(),
        }
    }

    /// Closes whatever is idle, and keeps nothing from now on. How many were idle.
    pub(super) fn leave(&self) -> usize {
        let mut kept = self.kept.lock();
        kept.gone = true;
        kept.multiplexed.clear();
        std::mem::take(&mut kept.idle).len()
    }
}

//! Connections that wait for their next request.
//!
//! - A connection belongs to one destination: scheme, address and TLS server name. The `Host` of
//!   a request in clear does not matter, so all tenants of a dev server share its connections.
//! - The one used last is used next; the others may then grow old and be closed.
//! - An upstream that says how long it keeps a connection (`Keep-Alive: timeout=5`, as Node does)
//!   is believed, less a second, so that a request does not meet a closing socket.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use hyper::client::conn::http1::SendRequest;
use parking_lot::Mutex;

use super::Destination;
use crate::body::Body;

/// Idle connections kept per destination; browsers open six each.
const KEPT: usize = 32;
/// Destinations kept before the stale ones are looked for: with TLS, each tenant is one.
const DESTINATIONS: usize = 64;
/// How long an upstream that does not say is expected to keep an idle connection.
const UNSAID: Duration = Duration::from_secs(30);

/// The idle connections. Clones share them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Pool(Arc<Mutex<Kept>>);

#[derive(Debug, Default)]
struct Kept {
    idle: HashMap<Destination, Vec<Idle>>,
    closed: bool,
}

#[derive(Debug)]
struct Idle {
    sender: SendRequest<Body>,
    address: SocketAddr,
    until: Instant,
}

/// A connection in use, which goes back once its response was read to the end.
#[derive(Debug)]
pub(crate) struct Lease {
    pool: Pool,
    destination: Destination,
    sender: SendRequest<Body>,
    pub(super) address: SocketAddr,
    keep: Duration,
}

impl Pool {
    /// A connection that is open as far as we know.
    pub(super) fn take(&self, destination: &Destination) -> Option<Lease> {
        let now = Instant::now();
        let mut kept = self.0.lock();
        let waiting = kept.idle.get_mut(destination)?;
        waiting.retain(|one| one.is_fresh(now));
        let one = waiting.pop()?;
        Some(self.lease(destination.clone(), one.sender, one.address))
    }

    pub(super) fn lease(
        &self,
        destination: Destination,
        sender: SendRequest<Body>,
        address: SocketAddr,
    ) -> Lease {
        Lease {
            pool: self.clone(),
            destination,
            sender,
            address,
            keep: UNSAID,
        }
    }

    /// Closes every idle connection, and from now on each one that is given back.
    pub(crate) fn close(&self) {
        let mut kept = self.0.lock();
        kept.closed = true;
        kept.idle.clear();
    }
}

impl Idle {
    fn is_fresh(&self, now: Instant) -> bool {
        self.until > now && !self.sender.is_closed()
    }
}

impl Lease {
    pub(super) fn sender(&mut self) -> &mut SendRequest<Body> {
        &mut self.sender
    }

    /// Reads from `Keep-Alive` how long the upstream keeps the connection.
    pub(super) fn heed(&mut self, headers: &http::HeaderMap) {
        let hint = headers
            .get("keep-alive")
            .and_then(|value| value.to_str().ok())
            .and_then(seconds);
        if let Some(hint) = hint {
            self.keep = Duration::from_secs(hint.saturating_sub(1));
        }
    }

    /// Keeps the connection for the next request.
    pub(crate) fn give_back(self) {
        if self.sender.is_closed() || self.keep.is_zero() {
            return;
        }
        let mut kept = self.pool.0.lock();
        if kept.closed {
            return;
        }
        if kept.idle.len() >= DESTINATIONS {
            let now = Instant::now();
            kept.idle.retain(|_, waiting| {
                waiting.retain(|one| one.is_fresh(now));
                !waiting.is_empty()
            });
        }
        let waiting = kept.idle.entry(self.destination).or_default();
        if waiting.len() < KEPT {
            waiting.push(Idle {
                sender: self.sender,
                address: self.address,
                until: Instant::now() + self.keep,
            });
        }
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

//! The data plane: takes requests for preview hosts, sends them to upstreams as the workspace
//! says, and tells what it did.
//!
//! One request, from its first byte to its last:
//!
//! 1. [`serve()`] accepts a connection on loopback, and gives it to one of its threads (`accept`).
//!    What it sends is screened before it is read (`wire`), by hyper or, where it is plain, by us
//!    (`lane`).
//! 2. The request head is read and handed to [`tripledash_core::route`](mod@tripledash_core::route),
//!    which decides everything there is to decide without a socket (`exchange`).
//! 3. A request for the base domain goes to the [`Options::base`] service; a refused one becomes a
//!    page or JSON (`respond`).
//! 4. Any other goes upstream on a pooled connection (`upstream`) or, for an upgrade, on one of
//!    its own (`upgrade`).
//! 5. The response's head is edited by core, its body streams through (`inject`, `measure`).
//! 6. What happened goes to the [`Sink`], which never makes a request wait (`events`).
//!
//! Messages are never copied whole: one is read, another is built, and its framing
//! (`Content-Length`, `Transfer-Encoding`) is made anew from the body that it has.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod accept;
mod agent;
mod alarm;
mod alive;
mod body;
mod events;
mod exchange;
mod failure;
mod fields;
#[doc(hidden)]
pub mod fuzzing;
mod inject;
mod lane;
mod measure;
mod open;
mod respond;
mod serve;
mod upgrade;
mod upstream;
mod wire;

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::fmt;
use std::net::IpAddr;
use std::num::NonZero;
use std::sync::Arc;
use std::time::Duration;

use http::{Request, Response};
use tokio::sync::watch;
use tower::util::BoxCloneService;
use tripledash_core::{Snapshot, Timestamp};

pub use agent::PATH as AGENT_PATH;
pub use alive::Alive;
pub use body::{Body, BodyError};
pub use events::{Sink, channel};
pub use exchange::{Unanswered, Upstreams};
pub use serve::serve;

/// A worker for so many processors.
const PROCESSORS_PER_WORKER: usize = 4;
/// The most threads that serve unless [`Options::workers`] says otherwise.
const MAX_WORKERS: usize = 4;

/// What answers requests for the base domain: the workbench page and its API.
pub type Base = BoxCloneService<Request<Body>, Response<Body>, Infallible>;

/// Everything that [`serve()`] needs to know.
pub struct Options {
    /// The workspace as it is now; each request holds the one it began with.
    pub snapshot: watch::Receiver<Arc<Snapshot>>,
    /// Where trace events go.
    pub events: Sink,
    /// What answers requests for the base domain.
    pub base: Base,
    /// The time of day, for traces.
    pub clock: fn() -> Timestamp,
    /// How long to wait for what.
    pub timeouts: Timeouts,
    /// How TLS upstreams are verified; `None`: by the platform's own roots.
    pub tls: Option<Arc<rustls::ClientConfig>>,
    /// How many threads serve.
    pub workers: usize,
    /// Counts the tasks of those threads.
    pub alive: Alive,
    /// Names of upstreams that DNS is not asked for, as in a hosts file.
    pub names: BTreeMap<String, IpAddr>,
    /// Whether plain requests go past hyper. Only a test has a reason to let them not: to see that
    /// there is no difference.
    pub lane: bool,
}

/// How long the proxy waits before it gives up.
#[derive(Debug, Clone, Copy)]
pub struct Timeouts {
    /// For a whole request head from the browser, and for the next one on a kept connection.
    pub head: Duration,
    /// For more of a request's body.
    pub upload: Duration,
    /// For a connection to an upstream, TLS included.
    pub connect: Duration,
    /// For an upstream's response head, counted from the last movement of the request's body.
    pub first_byte: Duration,
    /// For a browser to take more of a response; it begins anew with all that it takes.
    pub download: Duration,
    /// For more on an HTTP/2 connection that requests wait on, before it must prove by a PING that
    /// it still carries something (RFC 9113 section 6.7).
    ///
    /// 5 s: most apps answer within, and are never asked; a person just begins to wonder.
    pub silence: Duration,
    /// For that proof, or any other byte; after it, the connection is given up.
    ///
    /// 8 s: longer than a phone's radio or a full line keeps a packet, and what Firefox allows. To
    /// give up a living connection costs the requests that must not be sent twice.
    pub pong: Duration,
    /// The same from an upstream on this machine. No network that changes lies between, and a dev
    /// server that does one thing at a time answers no PING while it compiles.
    ///
    /// 60 s: enough for that, and a tunnel that leads on from this machine may be dead too.
    pub pong_local: Duration,
    /// For an upstream's answer to an upgrade.
    pub upgrade: Duration,
    /// For the next request on an idle connection to an upstream that does not say how long it
    /// keeps one.
    pub idle: Duration,
    /// For responses under way when the proxy is told to stop.
    pub drain: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            head: Duration::from_secs(60),
            upload: Duration::from_secs(60),
            connect: Duration::from_secs(5),
            first_byte: Duration::from_secs(120),
            download: Duration::from_secs(600),
            silence: Duration::from_secs(5),
            pong: Duration::from_secs(8),
            pong_local: Duration::from_secs(60),
            upgrade: Duration::from_secs(10),
            idle: Duration::from_secs(30),
            drain: Duration::from_secs(3),
        }
    }
}

impl Options {
    /// Options with default timeouts and the platform's TLS roots.
    pub fn new(
        snapshot: watch::Receiver<Arc<Snapshot>>,
        events: Sink,
        base: Base,
        clock: fn() -> Timestamp,
    ) -> Self {
        Self {
            snapshot,
            events,
            base,
            clock,
            timeouts: Timeouts::default(),
            tls: None,
            workers: workers(),
            alive: Alive::default(),
            names: BTreeMap::new(),
            lane: true,
        }
    }
}

/// One thread serves some 30,000 requests a second, at the least cost for each: more than one is
/// for machines that have processors to spare beside browser and apps. Each has connections of its
/// own to every upstream.
fn workers() -> usize {
    let processors = std::thread::available_parallelism().map_or(1, NonZero::get);
    (processors / PROCESSORS_PER_WORKER).clamp(1, MAX_WORKERS)
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("timeouts", &self.timeouts)
            .finish_non_exhaustive()
    }
}

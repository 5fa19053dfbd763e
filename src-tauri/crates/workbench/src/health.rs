//! Whether each preview's upstream answers: seen in the traffic, and for upstreams on this machine
//! by connecting now and then while somebody is looking.
//!
//! Upstreams elsewhere are never contacted without a request from the person.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use serde::Serialize;
use tokio::net::TcpStream;
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, timeout};
use tokio_util::sync::CancellationToken;
use tripledash_core::Snapshot;
use tripledash_core::template::Template;
use tripledash_core::trace::{Exchange, Side};
use url::Url;

/// How often upstreams are tried while somebody is looking.
const EVERY: Duration = Duration::from_secs(3);
/// A loopback connection is made or refused at once; this is for a full backlog.
const PATIENCE: Duration = Duration::from_secs(1);
/// How many are tried at the same time.
const AT_ONCE: usize = 16;

/// Whether a preview's upstream was last seen to answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// Nothing was tried yet.
    #[default]
    Unknown,
    /// It answered.
    Up,
    /// It did not.
    Down,
}

/// A status and, where there is one, its reason.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Seen {
    pub(crate) status: Status,
    pub(crate) reason: Option<String>,
}

/// What is known of every preview. Clones share it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Health {
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    seen: Mutex<BTreeMap<String, Seen>>,
    changed: Notify,
}

impl Health {
    pub(crate) fn of(&self, preview: &str) -> Seen {
        self.shared
            .seen
            .lock()
            .get(preview)
            .cloned()
            .unwrap_or_default()
    }

    /// Resolves once something changed since it last did.
    pub(crate) async fn changed(&self) {
        self.shared.changed.notified().await;
    }

    /// Another workspace: its previews are others, even where names agree.
    pub(crate) fn forget_all(&self) {
        self.shared.seen.lock().clear();
    }

    /// The preview is another: gone, or with another upstream.
    pub(crate) fn forget(&self, preview: &str) {
        self.shared.seen.lock().remove(preview);
    }

    /// Reads the upstream's state off an exchange.
    pub(crate) fn seen(&self, exchange: &Exchange) {
        let Some(preview) = exchange.preview() else {
            return;
        };
        match &exchange.failure {
            Some(failure) if failure.side == Side::Upstream && exchange.address.is_none() => {
                self.set(preview, Status::Down, Some(failure.message.clone()));
            }
            None if exchange.address.is_some() => self.set(preview, Status::Up, None),
            Some(_) | None => {}
        }
    }

    fn set(&self, preview: &str, status: Status, reason: Option<String>) {
        let seen = Seen { status, reason };
        let mut all = self.shared.seen.lock();
        // A reason that only words the same state anew is no news.
        if all.get(preview).map(|seen| seen.status) == Some(status) {
            return;
        }
        all.insert(preview.to_owned(), seen);
        self.shared.changed.notify_one();
    }

    /// Tries the upstreams on every change of the workspace, and every few seconds while
    /// `watchers` is above zero.
    pub(crate) async fn keep_checking(
        self,
        mut snapshots: watch::Receiver<Arc<Snapshot>>,
        mut watchers: watch::Receiver<usize>,
        stop: CancellationToken,
    ) {
        let mut ticks = tokio::time::interval(EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let snapshot = snapshots.borrow_and_update().clone();
            let looking = *watchers.borrow_and_update() > 0;
            let round = async {
                self.check(&snapshot).await;
                ticks.reset();
                if looking {
                    ticks.tick().await;
                } else {
                    std::future::pending::<()>().await;
                }
            };
            tokio::select! {
                () = round => {}
                changed = snapshots.changed() => if changed.is_err() { return },
                changed = watchers.changed() => if changed.is_err() { return },
                () = stop.cancelled() => return,
            }
        }
    }

    /// Tries every upstream of this machine once.
    async fn check(&self, snapshot: &Snapshot) {
        let mut by_port: BTreeMap<u16, (Vec<IpAddr>, BTreeSet<String>)> = BTreeMap::new();
        for preview in snapshot.workspace.previews.values() {
            let upstream = preview.upstream.template().map(Template::as_str);
            if let Some((addresses, port)) = upstream.and_then(loopback) {
                let entry = by_port.entry(port).or_insert((addresses, BTreeSet::new()));
                entry.1.insert(preview.name.clone());
            }
        }
        let mut tries = JoinSet::new();
        for (port, (addresses, names)) in by_port {
            if tries.len() >= AT_ONCE {
                self.note(tries.join_next().await);
            }
            tries.spawn(async move { (names, connect(&addresses, port).await) });
        }
        while let Some(result) = tries.join_next().await {
            self.note(Some(result));
        }
    }

    fn note(&self, tried: Option<Result<Tried, tokio::task::JoinError>>) {
        let Some(Ok((names, outcome))) = tried else {
            return;
        };
        for name in names {
            match &outcome {
                Ok(()) => self.set(&name, Status::Up, None),
                Err(reason) => self.set(&name, Status::Down, Some(reason.clone())),
            }
        }
    }
}

type Tried = (BTreeSet<String>, Result<(), String>);

/// The loopback addresses of an upstream on this machine, and its port. `None` for an upstream
/// elsewhere, and for one whose place depends on the tenant.
fn loopback(upstream: &str) -> Option<(Vec<IpAddr>, u16)> {
    // A variable in the host's name changes nothing about where `*.localhost` is.
    let url = Url::parse(&upstream.replace(['{', '}'], "x")).ok()?;
    let port = url.port_or_known_default()?;
    let both = vec![
        IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(Ipv6Addr::LOCALHOST),
    ];
    match url.host()? {
        url::Host::Domain(name) => {
            let name = name.trim_end_matches('.');
            (name == "localhost" || name.ends_with(".localhost")).then_some((both, port))
        }
        url::Host::Ipv4(address) if address.is_loopback() => Some((vec![address.into()], port)),
        url::Host::Ipv6(address) if address.is_loopback() => Some((vec![address.into()], port)),
        url::Host::Ipv4(_) | url::Host::Ipv6(_) => None,
    }
}

async fn connect(addresses: &[IpAddr], port: u16) -> Result<(), String> {
    let mut reasons = Vec::new();
    for &address in addresses {
        let socket = SocketAddr::new(address, port);
        match timeout(PATIENCE, TcpStream::connect(socket)).await {
            Ok(Ok(_)) => return Ok(()),
            Ok(Err(error)) if error.kind() == io::ErrorKind::ConnectionRefused => {
                reasons.push(format!("nothing listens on {socket}"));
            }
            Ok(Err(error)) => reasons.push(format!("{socket}: {error}")),
            Err(_) => reasons.push(format!("{socket} takes no connection")),
        }
    }
    Err(reasons.join(", "))
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr, TcpListener};

    use super::{connect, loopback};

    #[test]
    fn only_upstreams_of_this_machine_are_tried() {
        for local in [
            "http://localhost:3000",
            "http://{tenant}.localhost:3000",
            "http://127.0.0.1:3000",
            "http://[::1]:3000",
        ] {
            assert_eq!(loopback(local).unwrap().1, 3000, "{local}");
        }
        for other in [
            "https://acme.dev",
            "https://{domain}",
            "http://192.0.2.1:3000",
            "http://localhost.example",
            "http://localhost:{port}",
        ] {
            assert_eq!(loopback(other), None, "{other}");
        }
    }

    #[tokio::test]
    async fn a_listener_is_up_and_a_closed_port_says_so() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let here = [IpAddr::V4(Ipv4Addr::LOCALHOST)];
        assert_eq!(connect(&here, port).await, Ok(()));
        drop(listener);
        let reason = connect(&here, port).await.unwrap_err();
        assert_eq!(reason, format!("nothing listens on 127.0.0.1:{port}"));
    }
}

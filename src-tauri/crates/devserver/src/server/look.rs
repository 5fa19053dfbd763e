//! Looks at a running server from outside: which ports its processes listen on, and what answers.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::time::{Instant, sleep_until, timeout};

use crate::answer::{Kind, ask, reachable};
use crate::command::Timing;
use crate::processes;
use crate::state::{Families, Remark};

/// How long one answer may take: the first page of an app is compiled when it is asked for.
const ANSWER: Duration = Duration::from_secs(30);
/// How long a connection on loopback may take.
const CONNECT: Duration = Duration::from_secs(1);

/// How a server stands.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum View {
    Starting {
        remark: Option<Remark>,
    },
    Ready {
        port: u16,
        families: Families,
        secure: bool,
        after: Duration,
        remark: Option<Remark>,
    },
}

/// Who looks, and what was seen so far.
#[derive(Debug)]
pub(super) struct Look {
    /// The server's processes are those below this one.
    root: u32,
    given: u16,
    timing: Timing,
    started: Instant,
    next: Instant,
    /// Since when it has listened on ports that it was not given.
    others: BTreeMap<u16, Instant>,
    /// Ports that are not an app's, whatever time they are given.
    dismissed: BTreeSet<u16>,
    /// Where it answered last, and how.
    found: Option<Found>,
    /// It answers there still, as far as that can be told without asking.
    open: bool,
    /// That it listens on the port that it was given has been told.
    told: bool,
}

#[derive(Clone, Copy, Debug)]
struct Found {
    port: u16,
    families: Families,
    secure: bool,
    after: Duration,
    /// The port before this.
    moved: Option<u16>,
    outsider: bool,
}

/// Who listens on the port that was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Whose {
    Nobodys,
    /// The server's own process.
    Servers,
    /// A process of this user that is none of the server's.
    Strangers(u32),
    /// A process that the system tells nothing about.
    Unknown,
}

/// Where the processes below the root listen, by port.
type Listened = BTreeMap<u16, BTreeSet<SocketAddr>>;

// === impl Look ===

impl Look {
    pub(super) fn new(root: u32, given: u16, timing: Timing) -> Self {
        let now = Instant::now();
        Self {
            root,
            given,
            timing,
            started: now,
            next: now,
            others: BTreeMap::new(),
            dismissed: BTreeSet::new(),
            found: None,
            open: false,
            told: false,
        }
    }

    /// Looks again at once.
    pub(super) fn soon(&mut self) {
        self.next = Instant::now();
    }

    /// Looks when it is time to. Dropping the future loses nothing but time.
    pub(super) async fn next(&mut self) -> View {
        sleep_until(self.next).await;
        let listened = listened(self.root).await;
        self.note(&listened);
        let listens = listened.contains_key(&self.given);
        if listens && !self.open && !self.told {
            // The first answer may take as long as it takes to compile a page: say what is waited for.
            self.told = true;
            let port = self.given;
            let remark = Some(Remark::NoAnswer { port });
            return View::Starting { remark };
        }
        self.told = listens;
        self.find(&listened).await;
        let pause = if self.open {
            self.timing.watch
        } else {
            self.timing.look
        };
        self.next = Instant::now() + pause;
        self.view(&listened).await
    }

    /// Takes note of since when it listens where.
    fn note(&mut self, listened: &Listened) {
        let now = Instant::now();
        self.others.retain(|port, _| listened.contains_key(port));
        self.dismissed.retain(|port| listened.contains_key(port));
        for port in listened.keys().filter(|port| **port != self.given) {
            self.others.entry(*port).or_insert(now);
        }
    }

    /// Finds where it answers: where it did before, where it was told to, then elsewhere.
    async fn find(&mut self, listened: &Listened) {
        let at_given = self.found.is_some_and(|found| found.port == self.given);
        if let Some(addresses) = listened.get(&self.given) {
            if self.open && at_given {
                return;
            }
            if let Some(kind) = first_answer(addresses).await {
                return self.answered(self.given, kind, false).await;
            }
        }
        if let Some(found) = self.found
            && listened.contains_key(&found.port)
        {
            self.open = true;
            return;
        }
        let others: Vec<u16> = self.others_to_ask();
        for port in others {
            match first_answer(&listened[&port]).await {
                Some(kind) if kind.is_app() => {
                    return self.answered(port, kind, false).await;
                }
                Some(_) => {
                    self.dismissed.insert(port);
                }
                None => {}
            }
        }
        self.open = false;
        if !listened.contains_key(&self.given) {
            self.find_outside().await;
        }
    }

    fn others_to_ask(&self) -> Vec<u16> {
        let settled = |since: &Instant| since.elapsed() >= self.timing.settle;
        let others = self.others.iter();
        others
            .filter(|(port, since)| settled(since) && !self.dismissed.contains(port))
            .map(|(port, _)| *port)
            .collect()
    }

    /// The port that it was given may be answered by what its command had started elsewhere, as a
    /// container is. A process of this very user is more likely another server, and is not taken.
    async fn find_outside(&mut self) {
        if self.whose_is_given().await != Whose::Unknown {
            return;
        }
        if self.found.is_some_and(|found| found.outsider) {
            self.open = true;
            return;
        }
        let addresses = loopback(self.given);
        if let Some(kind) = first_answer(&addresses).await {
            self.answered(self.given, kind, true).await;
        }
    }

    async fn whose_is_given(&self) -> Whose {
        let (root, port) = (self.root, self.given);
        if families(port).await == Families::default() {
            return Whose::Nobodys;
        }
        let look = tokio::task::spawn_blocking(move || {
            // The server may have begun to listen since the last look. In this order: who listens is
            // there to be found in the table.
            let sockets = processes::listening(&processes::ours());
            let below = processes::table().below(root);
            let mut here = sockets.iter().filter(|it| it.address.port() == port);
            match here.next() {
                Some(socket) if below.contains(&socket.pid) => Whose::Servers,
                Some(socket) => Whose::Strangers(socket.pid),
                None => Whose::Unknown,
            }
        });
        look.await.unwrap_or(Whose::Nobodys)
    }

    async fn answered(&mut self, port: u16, kind: Kind, outsider: bool) {
        let before = self.found.map(|found| found.port);
        self.open = true;
        self.found = Some(Found {
            port,
            families: families(port).await,
            secure: kind == Kind::Secure,
            after: match self.found {
                Some(found) => found.after,
                None => self.started.elapsed(),
            },
            moved: before.filter(|before| *before != port),
            outsider,
        });
    }

    async fn view(&self, listened: &Listened) -> View {
        match self.found {
            Some(found) if self.open => View::Ready {
                port: found.port,
                families: found.families,
                secure: found.secure,
                after: found.after,
                remark: self.remark_ready(found),
            },
            found => View::Starting {
                remark: self.remark_starting(listened, found).await,
            },
        }
    }

    fn remark_ready(&self, found: Found) -> Option<Remark> {
        if found.outsider {
            return Some(Remark::Outsider);
        }
        if found.port != self.given {
            return Some(match found.moved {
                Some(from) => Remark::Moved { from },
                None => Remark::Elsewhere { given: self.given },
            });
        }
        found.moved.map(|from| Remark::Moved { from })
    }

    async fn remark_starting(&self, listened: &Listened, found: Option<Found>) -> Option<Remark> {
        if listened.contains_key(&self.given) {
            return Some(Remark::NoAnswer { port: self.given });
        }
        if let Some(found) = found {
            return Some(Remark::Closed { port: found.port });
        }
        if let Whose::Strangers(by) = self.whose_is_given().await {
            let port = self.given;
            return Some(Remark::Taken { port, by });
        }
        let asked = self.others_to_ask();
        if let Some(port) = asked.first() {
            return Some(Remark::NoAnswer { port: *port });
        }
        let late = self.started.elapsed() >= self.timing.ready;
        late.then_some(Remark::Silent {
            port: self.given,
            after: self.timing.ready,
        })
    }
}

/// Where the processes below `root` listen. `/proc` is read for it, which blocks.
async fn listened(root: u32) -> Listened {
    let look = tokio::task::spawn_blocking(move || {
        let below = processes::table().below(root);
        processes::listening(&below)
    });
    let mut listened = Listened::new();
    for socket in look.await.unwrap_or_default() {
        let addresses = listened.entry(socket.address.port()).or_default();
        addresses.extend(reachable(socket.address));
    }
    listened
}

async fn first_answer(addresses: &BTreeSet<SocketAddr>) -> Option<Kind> {
    for address in addresses {
        if let Some(answer) = ask(*address, ANSWER).await {
            return Some(answer.kind);
        }
    }
    None
}

fn loopback(port: u16) -> BTreeSet<SocketAddr> {
    let ips: [IpAddr; 2] = [Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()];
    ips.map(|ip| SocketAddr::new(ip, port)).into()
}

/// The loopback families in which somebody listens on `port`. A socket on `::` may or may not take
/// both: only trying tells.
async fn families(port: u16) -> Families {
    let connects = |ip: IpAddr| async move {
        let address = SocketAddr::new(ip, port);
        let stream = timeout(CONNECT, TcpStream::connect(address)).await;
        // Nobody listens where a connection met itself.
        let local = stream.ok().and_then(Result::ok).map(|it| it.local_addr());
        local.is_some_and(|local| local.is_ok_and(|local| local != address))
    };
    let (v4, v6) = tokio::join!(
        connects(Ipv4Addr::LOCALHOST.into()),
        connects(Ipv6Addr::LOCALHOST.into())
    );
    Families { v4, v6 }
}

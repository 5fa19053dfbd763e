//! Looks at a running server from outside: which ports its processes listen on, and what answers.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until, timeout};

use crate::answer::{Answer, Kind, first_answer, reachable};
use crate::command::Timing;
use crate::processes;
use crate::state::{Families, Remark};

/// How long one answer may take: the first page of an app is compiled when it is asked for.
const ANSWER: Duration = Duration::from_secs(30);
/// How long a port that gives no answer is left alone at most.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// The same for the port that it was given, which is most likely the app's.
const LONGEST_PAUSE_OF_GIVEN: Duration = Duration::from_secs(3);
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
    /// When the port that it was given may be asked again, and how long after that.
    given_at: Instant,
    given_pause: Duration,
    /// Ports that it was not given, and listens on.
    others: BTreeMap<u16, Other>,
    /// Questions to those that are on their way, with since when it listened there.
    asked: JoinSet<(u16, Instant, Option<Answer>)>,
    /// Where it answered last, and how.
    found: Option<Found>,
    /// It answers there still, as far as that can be told without asking.
    open: bool,
    /// That it listens on the port that it was given has been told.
    told: bool,
}

/// A port that it was not given.
#[derive(Clone, Copy, Debug)]
struct Other {
    /// Since when it listens there.
    since: Instant,
    /// When it is asked what it is; `None`: it is being asked, or was, and is no app's.
    ask_at: Option<Instant>,
    /// How long it is left alone after no answer. It may be a database, which each question annoys.
    pause: Duration,
    /// What it answered, where it did.
    answer: Option<Answer>,
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
            given_at: now,
            given_pause: timing.look,
            timing,
            started: now,
            next: now,
            others: BTreeMap::new(),
            asked: JoinSet::new(),
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
        if !listened.contains_key(&self.given) {
            self.given_at = now;
            self.given_pause = self.timing.look;
        }
        self.others.retain(|port, _| listened.contains_key(port));
        for port in listened.keys().filter(|port| **port != self.given) {
            self.others.entry(*port).or_insert(Other {
                since: now,
                ask_at: Some(now + self.timing.settle),
                pause: self.timing.look,
                answer: None,
            });
        }
    }

    /// Asks the other ports whose time has come, and takes in what those say that were asked before.
    /// None is waited for.
    fn ask_others(&mut self, listened: &Listened) {
        let now = Instant::now();
        for (port, other) in &mut self.others {
            if other.ask_at.is_some_and(|at| at <= now) {
                other.ask_at = None;
                let (port, since, addresses) = (*port, other.since, listened[port].clone());
                self.asked
                    .spawn(async move { (port, since, first_answer(addresses, ANSWER).await) });
            }
        }
        while let Some(answered) = self.asked.try_join_next() {
            let Ok((port, since, answer)) = answered else {
                continue;
            };
            // It may not listen there any more, or again: that one has not answered.
            let other = self.others.get_mut(&port);
            let Some(other) = other.filter(|other| other.since == since) else {
                continue;
            };
            other.answer = answer;
            if answer.is_none() {
                other.ask_at = Some(now + other.pause);
                other.pause = (other.pause * 2).min(LONGEST_PAUSE);
            }
        }
    }

    /// Finds where it answers: where it did before, where it was told to, then elsewhere.
    async fn find(&mut self, listened: &Listened) {
        let at_given = self.found.is_some_and(|found| found.port == self.given);
        if let Some(addresses) = listened.get(&self.given) {
            if self.open && at_given {
                return;
            }
            if self.given_at <= Instant::now() {
                if let Some(answer) = first_answer(addresses.iter().copied(), ANSWER).await {
                    return self.answered(self.given, answer.kind, false).await;
                }
                self.given_at = Instant::now() + self.given_pause;
                self.given_pause = (self.given_pause * 2).min(LONGEST_PAUSE_OF_GIVEN);
            }
        }
        if let Some(found) = self.found
            && listened.contains_key(&found.port)
        {
            self.open = true;
            return;
        }
        self.ask_others(listened);
        let app = self.others.iter().find_map(|(port, other)| {
            let kind = other.answer.map(|answer| answer.kind);
            Some((*port, kind.filter(|kind| kind.is_app())?))
        });
        if let Some((port, kind)) = app {
            return self.answered(port, kind, false).await;
        }
        self.open = false;
        if !listened.contains_key(&self.given) {
            self.find_outside().await;
        }
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
        if let Some(answer) = first_answer(loopback(self.given), ANSWER).await {
            self.answered(self.given, answer.kind, true).await;
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
        let settled = |other: &Other| other.since.elapsed() >= self.timing.settle;
        let mut others = self.others.iter();
        if let Some((port, _)) = others.find(|(_, it)| it.answer.is_none() && settled(it)) {
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

fn loopback(port: u16) -> [SocketAddr; 2] {
    let ips: [IpAddr; 2] = [Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()];
    ips.map(|ip| SocketAddr::new(ip, port))
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

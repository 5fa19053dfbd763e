//! Servers that run already, whoever started them: where they listen, and from which folder.
//!
//! A server belongs to a folder when its process works there or below. Where it has gone elsewhere
//! (some change to `/`), what counts is the folder of those who started it, as far as they are of
//! its own process group: a shell or an editor further up may have been opened anywhere. What a
//! process has started itself says nothing about it: an editor's server listens, too, and has shells
//! in every checkout.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;

use crate::answer::{Answer, Kind, first_answer, reachable};
use crate::processes::{self, About, Table};

/// How long a server has to answer. One that compiles its first page takes longer, and counts as a
/// server that was not asked yet.
const ANSWER: Duration = Duration::from_millis(1500);
/// The most octets of a command that are shown.
const COMMAND: usize = 200;

/// A port that a process of this user listens on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listening {
    /// The port.
    pub port: u16,
    /// The addresses that it listens on, with this port.
    pub addresses: BTreeSet<SocketAddr>,
    /// The process.
    pub pid: u32,
    /// The folder that it works in, where the system tells.
    pub folder: Option<PathBuf>,
    /// Its command, cut to what can be shown in a line.
    pub command: String,
}

/// A server that may be the app of a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Where it listens.
    pub listening: Listening,
    /// How it belongs to the folder.
    pub place: Place,
    /// What it answers to `GET /`; `None` while it does not answer.
    pub answer: Option<Answer>,
    /// What speaks for it and against it, for people.
    pub why: String,
    silence: Silence,
}

/// A server that was asked in vain: a database, say, to which our question looks like an attack. It is
/// asked again after twice as many looks each time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Silence {
    /// How often it was asked.
    asked: u32,
    /// In how many looks it is not.
    rest: u32,
}

/// The most looks, to the power of two, in which a server is not asked.
const REST: u32 = 6;

/// How a server belongs to a folder. The first is the surest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// Its process works in that very folder.
    Here,
    /// Its process works so many folders below it.
    Below(usize),
    /// Its process works elsewhere, and was started from there.
    StartedHere,
}

/// The processes of this user at one moment, but us and those that we started, and where they work:
/// what looks into several folders have in common.
#[derive(Debug)]
pub struct Processes {
    table: Table,
    folders: HashMap<u32, PathBuf>,
}

/// The servers that run from `folder`, but from none of the folders in `without`, such as other
/// checkouts below it. The first is the likeliest to be the app. Ourselves and what we have started
/// are left out, and so is any other window of this program.
///
/// Every port that is found is asked for `/` once, all of them at the same time: but for those of
/// `known`, what was found before, whose process still listens there and has answered, or was asked
/// in vain lately. Asking makes a dev server compile its page.
pub async fn find_for(
    processes: &Arc<Processes>,
    folder: &Path,
    without: &[PathBuf],
    known: &[Candidate],
) -> Vec<Candidate> {
    let processes = Arc::clone(processes);
    let folder = folder.to_owned();
    let without = without.to_owned();
    let look = tokio::task::spawn_blocking(move || belonging(&processes, &folder, &without));
    let mut asked = JoinSet::new();
    for (listening, place) in look.await.unwrap_or_default() {
        let same = |known: &&Candidate| {
            known.listening.pid == listening.pid && known.listening.port == listening.port
        };
        let before = known.iter().find(same);
        let mut answer = before.and_then(|known| known.answer);
        let mut silence = before.map_or(Silence::default(), |known| known.silence);
        asked.spawn(async move {
            if answer.is_none() && silence.is_over() {
                let addresses = listening.addresses.iter().copied();
                answer = first_answer(addresses.filter_map(reachable), ANSWER).await;
                silence.asked();
            }
            Candidate {
                silence,
                ..candidate(listening, place, answer)
            }
        });
    }
    let mut candidates = asked.join_all().await;
    candidates.sort_by_key(rank);
    candidates
}

// === impl Silence ===

impl Silence {
    /// Whether it may be asked, at this look.
    fn is_over(&mut self) -> bool {
        let is_over = self.rest == 0;
        self.rest = self.rest.saturating_sub(1);
        is_over
    }

    /// It was asked. A server that has just begun to listen is asked a second time at once.
    fn asked(&mut self) {
        self.rest = (1 << self.asked.min(REST)) - 1;
        self.asked += 1;
    }
}

// === impl Processes ===

impl Processes {
    /// Reads them. `/proc` or its like is read for it, which blocks for some milliseconds.
    pub fn now() -> Self {
        let table = processes::table();
        let folders = strangers(&table).into_iter();
        let folders = folders.filter_map(|pid| Some((pid, processes::folder(pid)?)));
        Self {
            folders: folders.collect(),
            table,
        }
    }
}

fn belonging(processes: &Processes, folder: &Path, without: &[PathBuf]) -> Vec<(Listening, Place)> {
    let real = |path: &Path| path.canonicalize().ok();
    let Some(folder) = real(folder) else {
        return Vec::new();
    };
    // One that the folder itself is below says nothing about it.
    let without = without.iter().filter_map(|path| real(path));
    let without: Vec<_> = without
        .filter(|other| other.starts_with(&folder) && *other != folder)
        .collect();
    let place = |works_in: &PathBuf| {
        let below = works_in.strip_prefix(&folder).ok()?;
        if without.iter().any(|other| works_in.starts_with(other)) {
            return None;
        }
        Some(match below.components().count() {
            0 => Place::Here,
            depth => Place::Below(depth),
        })
    };
    let Processes { table, folders } = processes;
    let places: HashMap<u32, Place> = folders
        .iter()
        .filter_map(|(pid, works_in)| {
            let found = place(works_in).or_else(|| {
                let mut above = starters(table, *pid).into_iter();
                let here = |pid| folders.get(&pid).and_then(place).is_some();
                above.any(here).then_some(Place::StartedHere)
            });
            Some((*pid, found?))
        })
        .collect();
    if places.is_empty() {
        return Vec::new();
    }
    let found = listening(&places.keys().copied().collect()).into_iter();
    found
        .map(|listening| {
            let place = places[&listening.pid];
            (listening, place)
        })
        .collect()
}

/// Those above a process, as far as they are of its group. Where there are no groups, its parent.
fn starters(table: &Table, pid: u32) -> Vec<u32> {
    let mut above = Vec::new();
    let Some(mut standing) = table.get(pid) else {
        return above;
    };
    let group = standing.group;
    while let Some(parent) = table.get(standing.parent) {
        let known = above.contains(&standing.parent) || standing.parent == pid;
        if known || parent.group != group {
            break;
        }
        above.push(standing.parent);
        if group == 0 {
            break;
        }
        standing = parent;
    }
    above
}

/// The processes of this user but us and those that we started.
fn strangers(table: &Table) -> Vec<u32> {
    let me = std::process::id();
    let ours = table.below(me);
    let all = processes::ours().into_iter();
    all.filter(|pid| *pid != me && !ours.contains(pid))
        .collect()
}

/// What the processes in `of` listen on.
fn listening(of: &HashSet<u32>) -> Vec<Listening> {
    let mut found: BTreeMap<(u16, u32), BTreeSet<SocketAddr>> = BTreeMap::new();
    for socket in processes::listening(of) {
        let addresses = found
            .entry((socket.address.port(), socket.pid))
            .or_default();
        addresses.insert(socket.address);
    }
    let listening = found
        .into_iter()
        .filter_map(|((port, pid), addresses)| {
            let about = processes::about(pid).filter(|about| !is_this_program(about))?;
            Some(Listening {
                port,
                addresses,
                pid,
                command: shortened(&about.arguments),
                folder: about.folder,
            })
        })
        .collect();
    each_once(listening)
}

/// A socket that a process has handed on to those it started is one socket, and the first has it. Two
/// that share a port and no address are two servers.
fn each_once(mut listening: Vec<Listening>) -> Vec<Listening> {
    let mut seen = HashSet::new();
    listening.retain(|it| seen.insert((it.port, it.addresses.clone())));
    listening
}

/// A process of this program: another window, or a supervisor.
fn is_this_program(about: &About) -> bool {
    let ours = std::env::current_exe().ok();
    let name = about.executable.as_ref().and_then(|path| path.file_stem());
    let name = name.and_then(|name| name.to_str());
    let named = name.is_some_and(|name| name == "tripledash" || name == "tripledash-desktop");
    named || (ours.is_some() && ours == about.executable)
}

fn shortened(arguments: &[String]) -> String {
    let mut words = arguments.iter();
    let program = words.next().map(|word| {
        let name = Path::new(word).file_name();
        name.and_then(|name| name.to_str())
            .unwrap_or(word)
            .to_owned()
    });
    let words: Vec<String> = program.into_iter().chain(words.cloned()).collect();
    let mut command = words.join(" ").replace(char::is_control, " ");
    if command.len() > COMMAND {
        command.truncate(command.floor_char_boundary(COMMAND));
        command.push('…');
    }
    command
}

fn candidate(listening: Listening, place: Place, answer: Option<Answer>) -> Candidate {
    let folder = match place {
        Place::Here => "works in this folder".to_owned(),
        Place::Below(1) => "works one folder below".to_owned(),
        Place::Below(depth) => format!("works {depth} folders below"),
        Place::StartedHere => "was started from this folder".to_owned(),
    };
    let answers = match answer.map(|answer| (answer.kind, answer.status)) {
        Some((Kind::Page, status)) => format!("answers {status} with a page"),
        Some((Kind::Secure, _)) => "wants TLS".to_owned(),
        Some((Kind::Other, status)) => format!("answers {status}, and no page"),
        Some((Kind::WebSockets, _)) => "takes only WebSockets, as for hot reloading".to_owned(),
        Some((Kind::Debugger, _)) => "is a debugger".to_owned(),
        None if !listening
            .addresses
            .iter()
            .any(|it| reachable(*it).is_some()) =>
        {
            "does not listen on loopback".to_owned()
        }
        None => format!("gave no answer to HTTP in {} ms", ANSWER.as_millis()),
    };
    let why = format!(
        "process {} {folder}; port {} {answers}",
        listening.pid, listening.port
    );
    Candidate {
        listening,
        place,
        answer,
        why,
        silence: Silence::default(),
    }
}

/// The likelier first: what is an app's at all, then what answers a page, then the nearer folder, then
/// the port that looks chosen rather than given by the system.
fn rank(candidate: &Candidate) -> impl Ord + use<> {
    let kind = candidate.answer.map(|answer| answer.kind);
    let port = candidate.listening.port;
    (
        Reverse(kind.is_some_and(Kind::is_app)),
        kind.map_or(Kind::Other, |kind| kind),
        candidate.place,
        // RFC 6335 section 6: the dynamic ports. Linux begins at 32768.
        port >= 32768,
        port,
    )
}

#[cfg(test)]
mod tests;

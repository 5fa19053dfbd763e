//! The processes of this machine: who started whom, and who listens where.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::net::SocketAddr;
use std::path::PathBuf;

#[cfg(target_os = "linux")]
mod linux;
#[cfg(any(not(target_os = "linux"), test))]
mod portable;

#[cfg(target_os = "linux")]
use linux as system;
#[cfg(not(target_os = "linux"))]
use portable as system;

/// Where a process stands among the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Standing {
    /// The process that started it, or that took it over.
    pub(crate) parent: u32,
    /// Its process group; 0 where there are none, or it is not known.
    pub(crate) group: u32,
    /// Its session; 0 where there are none, or it is not known.
    pub(crate) session: u32,
}

/// What is known of one process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct About {
    /// The folder that it works in.
    pub(crate) folder: Option<PathBuf>,
    /// Its executable.
    pub(crate) executable: Option<PathBuf>,
    /// Its arguments, the program first.
    pub(crate) arguments: Vec<String>,
}

/// Every process, at one moment.
#[derive(Debug, Default)]
pub(crate) struct Table(HashMap<u32, Standing>);

/// A listening TCP socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Socket {
    pub(crate) address: SocketAddr,
    pub(crate) pid: u32,
}

/// Every process, at this moment.
pub(crate) fn table() -> Table {
    Table(system::standings())
}

/// The listening sockets of the processes in `of`, in order.
pub(crate) fn listening(of: &HashSet<u32>) -> BTreeSet<Socket> {
    system::listening(of)
}

/// The folder that the process `pid` works in; nothing when it is gone, or nobody's business.
pub(crate) fn folder(pid: u32) -> Option<PathBuf> {
    system::folder(pid)
}

/// What is known of the process `pid`; nothing when it is gone.
pub(crate) fn about(pid: u32) -> Option<About> {
    system::about(pid)
}

/// The processes of this user that have the variable `name` with the value `value` from their start:
/// what came of a process which was given it, wherever it went since.
#[cfg_attr(
    windows,
    expect(dead_code, reason = "a job object holds them together there")
)]
pub(crate) fn marked(name: &str, value: &str) -> HashSet<u32> {
    system::marked(name, value)
}

/// The processes of the user that we run as.
pub(crate) fn ours() -> HashSet<u32> {
    system::ours()
}

// === impl Table ===

impl Table {
    pub(crate) fn get(&self, pid: u32) -> Option<Standing> {
        self.0.get(&pid).copied()
    }

    /// Every process below `root`, which is not one of them.
    pub(crate) fn below(&self, root: u32) -> HashSet<u32> {
        let mut children: HashMap<u32, Vec<u32>> = HashMap::new();
        for (pid, standing) in &self.0 {
            children.entry(standing.parent).or_default().push(*pid);
        }
        let mut found = HashSet::new();
        let mut open = vec![root];
        while let Some(pid) = open.pop() {
            for child in children.get(&pid).into_iter().flatten() {
                // On Windows a parent's id may be given anew, and so the tree have a ring.
                if *child != root && found.insert(*child) {
                    open.push(*child);
                }
            }
        }
        found
    }

    /// Every process of a session.
    pub(crate) fn in_session(&self, session: u32) -> impl Iterator<Item = u32> {
        let members = self.0.iter();
        members.filter_map(move |(pid, standing)| (standing.session == session).then_some(*pid))
    }
}

#[cfg(test)]
#[path = "processes/tests.rs"]
mod tests;

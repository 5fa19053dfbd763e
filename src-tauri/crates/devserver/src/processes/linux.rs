//! Processes and their sockets from `/proc`.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::ffi::OsStr;
use std::path::PathBuf;

use procfs::net::{TcpState, tcp, tcp6};
use procfs::process::{FDTarget, Process, all_processes};

use super::{About, Socket, Standing};

// What ends while it is read is as good as ended before: errors of one process leave it out.

pub(super) fn standings() -> HashMap<u32, Standing> {
    let Ok(processes) = all_processes() else {
        return HashMap::new();
    };
    let stats = processes.filter_map(|process| process.ok()?.stat().ok());
    // A zombie has ended, and waits only for its parent to ask how.
    let stats = stats.filter(|stat| stat.state != 'Z');
    stats
        .filter_map(|stat| {
            let standing = Standing {
                parent: u32::try_from(stat.ppid).ok()?,
                group: u32::try_from(stat.pgrp).ok()?,
                session: u32::try_from(stat.session).ok()?,
            };
            Some((u32::try_from(stat.pid).ok()?, standing))
        })
        .collect()
}

pub(super) fn listening(of: &HashSet<u32>) -> BTreeSet<Socket> {
    let entries = [tcp(), tcp6()].into_iter().flatten().flatten();
    let addresses: HashMap<u64, _> = entries
        .filter(|entry| entry.state == TcpState::Listen)
        .map(|entry| (entry.inode, entry.local_address))
        .collect();
    let mut sockets = BTreeSet::new();
    for pid in of {
        let Some(Ok(process)) = i32::try_from(*pid).ok().map(Process::new) else {
            continue;
        };
        let Ok(descriptors) = process.fd() else {
            continue;
        };
        for descriptor in descriptors.flatten() {
            if let FDTarget::Socket(inode) = descriptor.target
                && let Some(address) = addresses.get(&inode)
            {
                let (address, pid) = (*address, *pid);
                sockets.insert(Socket { address, pid });
            }
        }
    }
    sockets
}

pub(super) fn folder(pid: u32) -> Option<PathBuf> {
    std::fs::read_link(format!("/proc/{pid}/cwd")).ok()
}

pub(super) fn about(pid: u32) -> Option<About> {
    let process = Process::new(i32::try_from(pid).ok()?).ok()?;
    Some(About {
        folder: process.cwd().ok(),
        executable: process.exe().ok(),
        arguments: process.cmdline().ok()?,
    })
}

pub(super) fn ours() -> HashSet<u32> {
    let user = rustix::process::getuid().as_raw();
    let Ok(processes) = all_processes() else {
        return HashSet::new();
    };
    let ours = processes.filter_map(Result::ok);
    ours.filter(|process| process.uid().is_ok_and(|uid| uid == user))
        .filter_map(|process| u32::try_from(process.pid()).ok())
        .collect()
}

pub(super) fn marked(name: &str, value: &str) -> HashSet<u32> {
    let is_marked = |pid: &u32| {
        let process = i32::try_from(*pid).ok().map(Process::new);
        let variables = process.and_then(|process| process.ok()?.environ().ok());
        let found = variables.and_then(|mut variables| variables.remove(OsStr::new(name)));
        found.is_some_and(|found| found == value)
    };
    ours().into_iter().filter(is_marked).collect()
}

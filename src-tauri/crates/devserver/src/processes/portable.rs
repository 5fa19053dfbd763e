//! Processes and their sockets where there is no `/proc`.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::PathBuf;

use listeners::{Protocol, SocketState};
use sysinfo::{Pid, ProcessRefreshKind, ProcessesToUpdate, System, UpdateKind};

use super::{About, Socket, Standing};

pub(super) fn standings() -> HashMap<u32, Standing> {
    let Some(system) = read(ProcessesToUpdate::All, ProcessRefreshKind::nothing()) else {
        return HashMap::new();
    };
    let processes = system.processes().iter();
    processes
        // sysinfo lists Linux threads as processes.
        .filter(|(_, process)| process.thread_kind().is_none())
        .map(|(pid, process)| {
            let standing = Standing {
                parent: process.parent().map_or(0, Pid::as_u32),
                group: group(*pid),
                session: process.session_id().map_or(0, Pid::as_u32),
            };
            (pid.as_u32(), standing)
        })
        .collect()
}

pub(super) fn listening(of: &HashSet<u32>) -> BTreeSet<Socket> {
    let all = listeners::get_all().unwrap_or_default().into_iter();
    all.filter(|listener| {
        listener.protocol == Protocol::TCP && listener.state == SocketState::Listen
    })
    .filter(|listener| of.contains(&listener.process.pid))
    .map(|listener| Socket {
        address: listener.socket,
        pid: listener.process.pid,
    })
    .collect()
}

pub(super) fn folder(pid: u32) -> Option<PathBuf> {
    let pid = Pid::from_u32(pid);
    let wanted = ProcessRefreshKind::nothing().with_cwd(UpdateKind::Always);
    let system = read(ProcessesToUpdate::Some(&[pid]), wanted)?;
    system.process(pid)?.cwd().map(Into::into)
}

pub(super) fn about(pid: u32) -> Option<About> {
    let pid = Pid::from_u32(pid);
    let wanted = ProcessRefreshKind::nothing()
        .with_cwd(UpdateKind::Always)
        .with_exe(UpdateKind::Always)
        .with_cmd(UpdateKind::Always);
    let system = read(ProcessesToUpdate::Some(&[pid]), wanted)?;
    let process = system.process(pid)?;
    let arguments = process.cmd().iter();
    Some(About {
        folder: process.cwd().map(Into::into),
        executable: process.exe().map(Into::into),
        arguments: arguments
            .map(|word| word.to_string_lossy().into_owned())
            .collect(),
    })
}

pub(super) fn ours() -> HashSet<u32> {
    let wanted = ProcessRefreshKind::nothing().with_user(UpdateKind::Always);
    let Some(system) = read(ProcessesToUpdate::All, wanted) else {
        return HashSet::new();
    };
    let me = system.process(Pid::from_u32(std::process::id()));
    let Some(user) = me.and_then(|me| me.user_id()) else {
        return HashSet::new();
    };
    let processes = system.processes().iter();
    processes
        .filter(|(_, process)| process.thread_kind().is_none() && process.user_id() == Some(user))
        .map(|(pid, _)| pid.as_u32())
        .collect()
}

pub(super) fn marked(name: &str, value: &str) -> HashSet<u32> {
    let wanted = ProcessRefreshKind::nothing().with_environ(UpdateKind::Always);
    let Some(system) = read(ProcessesToUpdate::All, wanted) else {
        return HashSet::new();
    };
    let mark = format!("{name}={value}");
    let processes = system.processes().iter();
    processes
        .filter(|(_, process)| process.thread_kind().is_none())
        .filter(|(_, process)| process.environ().iter().any(|found| *found == *mark))
        .map(|(pid, _)| pid.as_u32())
        .collect()
}

fn read(which: ProcessesToUpdate<'_>, what: ProcessRefreshKind) -> Option<System> {
    let mut system = System::new().ok()?;
    system.refresh_processes_specifics(which, true, what);
    Some(system)
}

#[cfg(unix)]
fn group(pid: Pid) -> u32 {
    use nix::unistd::{Pid, getpgid};
    // The system's own processes are in none, nor is one whose leader is outside a container's
    // namespace: 0, which rustix takes for impossible.
    let pid = i32::try_from(pid.as_u32()).ok().filter(|pid| *pid > 0);
    let group = pid.and_then(|pid| getpgid(Some(Pid::from_raw(pid))).ok());
    group.map_or(0, |group| group.as_raw().unsigned_abs())
}

#[cfg(not(unix))]
fn group(_pid: Pid) -> u32 {
    0
}

//! A supervisor on Unix: a socket for its standard input, through which its reports come back.

use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream as Socket;
use std::process::{ExitStatus, Stdio};

use rustix::process::{Pid, Signal};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::net::UnixStream;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::process::{Child, Command};

use super::Told;
use crate::processes;
use crate::supervise::{MARK, Report};

#[derive(Debug)]
pub(super) struct Connection {
    reports: Lines<BufReader<OwnedReadHalf>>,
    orders: OwnedWriteHalf,
}

pub(super) fn connect(mut command: Command) -> io::Result<(Child, Connection)> {
    // Both ends are closed in every other process that we start: the supervisor must see the end of
    // it when we are gone, whoever else runs.
    let (ours, theirs) = Socket::pair()?;
    ours.set_nonblocking(true)?;
    command.stdin(Stdio::from(OwnedFd::from(theirs)));
    let child = command.spawn()?;
    let (reports, orders) = UnixStream::from_std(ours)?.into_split();
    let reports = BufReader::new(reports).lines();
    Ok((child, Connection { reports, orders }))
}

// === impl Connection ===

impl Connection {
    pub(super) async fn order(&mut self, line: &[u8]) -> io::Result<()> {
        self.orders.write_all(line).await
    }

    pub(super) async fn finish(&mut self) {
        // It may have ended by itself meanwhile.
        let _ = self.orders.shutdown().await;
    }

    pub(super) async fn report(&mut self) -> Option<Report> {
        let line = self.reports.next_line().await.ok()??;
        serde_json::from_str(&line).ok()
    }
}

/// What a supervisor's end means. One that did not end by itself has left its command running, which
/// then is for us to end.
pub(super) async fn last_word(status: ExitStatus, supervisor: u32, mark: &str) -> Told {
    if status.success() {
        return Told::Gone;
    }
    let mark = mark.to_owned();
    let ending = tokio::task::spawn_blocking(move || {
        // What it started is in its session still, or has its mark.
        let left = processes::table();
        let left = left.in_session(supervisor);
        let left = left.chain(processes::marked(MARK, &mark));
        for pid in left.filter_map(|pid| Pid::from_raw(i32::try_from(pid).ok()?)) {
            let _ = rustix::process::kill_process(pid, Signal::KILL);
        }
    });
    // An error: the runtime ends, and takes us with it.
    let _ = ending.await;
    Told::Lost
}

//! The supervisor on Unix: on Linux the subreaper, so that a process which forks away from the command
//! becomes a child of ours and can be found and ended.
//!
//! Elsewhere a process whose parent has ended is found by our session, which is no other's while we
//! live, and one that leaves that as well by the mark that it inherited, as far as the system lets its
//! variables be read. The command leads a group of its own, as it would in a terminal; nothing is
//! found by that group, whose id may be a stranger's once it is empty.

use std::collections::BTreeSet;
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream as Socket;
use std::os::unix::process::CommandExt;
use std::process::ExitCode;
use std::time::Duration;

use rustix::process::{Pid, Signal, WaitOptions};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::UnixStream;
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until};

use super::{MARK, Order, Report, shell};
use crate::processes;

/// How often processes are looked for that came after the last look.
const LOOK: Duration = Duration::from_millis(100);
/// How often, where there is no subreaper, it is seen whether what a command left behind goes on.
const BACKGROUND_LOOK: Duration = Duration::from_secs(1);
/// How long processes are killed again and again before they are given up: what a SIGKILL does not
/// end hangs in the kernel, or is another user's.
const GIVE_UP: Duration = Duration::from_secs(5);

pub(super) async fn run() -> ExitCode {
    // Fails only for the leader of a group, which is as far from the terminal's as a session is.
    let _ = rustix::process::setsid();
    #[cfg(target_os = "linux")]
    if rustix::process::set_child_subreaper(Some(rustix::process::getpid())).is_err() {
        return ExitCode::FAILURE;
    }
    let Ok(connection) = connection() else {
        // Standard input is no socket: somebody typed the hidden argument.
        return ExitCode::from(2);
    };
    let mut connection = BufReader::new(connection);
    let mut line = String::new();
    if connection.read_line(&mut line).await.is_err() {
        return ExitCode::FAILURE;
    }
    let Ok(order) = serde_json::from_str::<Order>(&line) else {
        return ExitCode::from(2);
    };
    match Watch::start(connection, &order).await {
        Some(mut watch) => match watch.until_nothing_is_left(order.grace).await {
            Ok(()) => ExitCode::SUCCESS,
            Err(_) => ExitCode::FAILURE,
        },
        None => ExitCode::SUCCESS,
    }
}

fn connection() -> std::io::Result<UnixStream> {
    let socket = Socket::from(std::io::stdin().as_fd().try_clone_to_owned()?);
    // Asking for the peer fails for a file or a terminal, which from_std would take.
    socket.peer_addr()?;
    socket.set_nonblocking(true)?;
    UnixStream::from_std(socket)
}

/// A running command, and all that came of it.
struct Watch {
    connection: BufReader<UnixStream>,
    /// The command's shell.
    shell: Pid,
    /// What all that came of the command has in [`MARK`].
    mark: String,
    /// The shell has been waited for: its id may be another's by now.
    left: bool,
    ended: tokio::signal::unix::Signal,
    asked: [tokio::signal::unix::Signal; 3],
}

// === impl Watch ===

impl Watch {
    async fn start(mut connection: BufReader<UnixStream>, order: &Order) -> Option<Self> {
        // Before the command starts, so that no end of it goes unheard.
        let listen = |kind| signal(kind).ok();
        let ended = listen(SignalKind::child())?;
        let asked = [
            listen(SignalKind::terminate())?,
            listen(SignalKind::interrupt())?,
            listen(SignalKind::hangup())?,
        ];
        let shell = match shell(order).process_group(0).spawn() {
            Ok(shell) => Pid::from_raw(i32::try_from(shell.id()).ok()?)?,
            Err(error) => {
                let why = error.to_string();
                say(&mut connection, &Report::NotStarted { why }).await;
                return None;
            }
        };
        Some(Self {
            connection,
            shell,
            mark: order.mark.clone(),
            left: false,
            ended,
            asked,
        })
    }

    /// Ends once every process that came of the command has.
    async fn until_nothing_is_left(&mut self, grace: Duration) -> Result<(), GaveUp> {
        let mut looks = interval(BACKGROUND_LOOK);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut octet = [0; 1];
        loop {
            if self.reap().await {
                return Ok(());
            }
            let [terminate, interrupt, hangup] = &mut self.asked;
            tokio::select! {
                _ = self.ended.recv() => {}
                // Nothing is ever sent after the order: this is the end, or an error, which is one.
                _ = self.connection.read(&mut octet) => break,
                _ = terminate.recv() => break,
                _ = interrupt.recv() => break,
                _ = hangup.recv() => break,
                // Without a subreaper, processes that are not our children end unheard.
                _ = looks.tick(), if self.left && cfg!(not(target_os = "linux")) => {}
            }
        }
        self.end(grace).await
    }

    /// Asks every process to end, and kills those that have not when `grace` is over.
    async fn end(&mut self, grace: Duration) -> Result<(), GaveUp> {
        let mut asked = BTreeSet::new();
        let mut looks = interval(LOOK);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let kill_at = Instant::now() + grace;
        let give_up_at = kill_at + GIVE_UP;
        loop {
            if self.reap().await {
                return Ok(());
            }
            let kill = Instant::now() >= kill_at;
            let descendants = self.descendants();
            if Instant::now() >= give_up_at {
                let pids = descendants.iter().map(|pid| pid.as_raw_pid() as u32);
                let pids = pids.collect();
                say(&mut self.connection, &Report::Remain { pids }).await;
                return Err(GaveUp);
            }
            for pid in descendants {
                if kill {
                    let _ = rustix::process::kill_process(pid, Signal::KILL);
                } else if asked.insert(pid.as_raw_pid()) {
                    let _ = rustix::process::kill_process(pid, Signal::TERM);
                    // A stopped process hears nothing until it goes on.
                    let _ = rustix::process::kill_process(pid, Signal::CONT);
                }
            }
            tokio::select! {
                _ = self.ended.recv() => {}
                _ = looks.tick() => {}
                () = sleep_until(kill_at), if !kill => {}
            }
        }
    }

    /// Takes note of the processes that have ended; true when none is left.
    async fn reap(&mut self) -> bool {
        loop {
            match rustix::process::wait(WaitOptions::NOHANG) {
                Ok(Some((pid, status))) if pid == self.shell && !self.left => {
                    self.left = true;
                    let report = Report::Left {
                        code: status.exit_status(),
                        signal: status.terminating_signal(),
                    };
                    say(&mut self.connection, &report).await;
                }
                Ok(Some(_)) => {}
                Ok(None) => return false,
                Err(rustix::io::Errno::INTR) => {}
                // No child is left.
                Err(_) => return cfg!(target_os = "linux") || self.descendants().is_empty(),
            }
        }
    }

    /// Every process that came of the command and is still there.
    fn descendants(&self) -> Vec<Pid> {
        let table = processes::table();
        let mut pids: BTreeSet<u32> = table.below(std::process::id()).into_iter().collect();
        // On Linux all of them are below us. Elsewhere one whose parent has ended is not.
        if cfg!(not(target_os = "linux")) {
            pids.extend(table.in_session(std::process::id()));
            pids.extend(processes::marked(MARK, &self.mark));
        }
        let pids = pids.into_iter().filter(|pid| *pid != std::process::id());
        pids.filter_map(|pid| Pid::from_raw(i32::try_from(pid).ok()?))
            .collect()
    }
}

/// Processes remain that no signal ends.
struct GaveUp;

async fn say(connection: &mut BufReader<UnixStream>, report: &Report) {
    let mut line = serde_json::to_vec(report).expect("a report has only numbers and strings");
    line.push(b'\n');
    // Whoever asked may be gone, which the next read tells.
    let _ = connection.get_mut().write_all(&line).await;
}

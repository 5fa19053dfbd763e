//! Programs that the bench starts, each in a process group of its own, and ends.

use std::ffi::OsStr;
use std::fs::File;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};

use crate::cpu::{Clocks, tree};
use crate::failure::{Doing as _, Failure};
use crate::keeper::{Notes, kill, kill_group};

/// How long a program may take to listen.
const READY: Duration = Duration::from_secs(30);
/// How long a program may take to end by itself.
const GENTLY: Duration = Duration::from_secs(5);

/// A running program. What is left of it, of its group and of its descendants is killed when it is
/// dropped.
#[derive(Debug)]
pub(crate) struct Started {
    pub(crate) child: Child,
    pub(crate) id: u32,
    notes: Notes,
}

/// A command whose output goes to a log file.
pub(crate) fn command(program: impl AsRef<OsStr>, log: &Path) -> Result<Command, Failure> {
    let log = File::create(log).doing(log.display())?;
    let mut command = Command::new(program);
    command
        .stdin(Stdio::null())
        .stdout(log.try_clone().doing("a log file")?)
        .stderr(log);
    Ok(command)
}

impl Started {
    pub(crate) fn spawn(mut command: Command, notes: &Notes) -> Result<Self, Failure> {
        let name = command
            .as_std()
            .get_program()
            .to_string_lossy()
            .into_owned();
        let child = command
            .process_group(0)
            .spawn()
            .doing(format_args!("starting {name}"))?;
        let id = child.id().ok_or("a program ended at once")?;
        let started = Self {
            child,
            id,
            notes: notes.clone(),
        };
        started.notes.started(id)?;
        Ok(started)
    }

    /// Waits until something listens.
    pub(crate) async fn listens(&mut self, address: SocketAddr) -> Result<(), Failure> {
        let attempts = async {
            while TcpStream::connect(address).await.is_err() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::select! {
            () = attempts => Ok(()),
            ended = self.child.wait() => {
                let status = ended.map_or_else(|error| error.to_string(), |it| it.to_string());
                Err(format!("it ended before it listened: {status}").into())
            }
            () = tokio::time::sleep(READY) => Err("it does not listen".into()),
        }
    }

    pub(crate) fn clocks(&self) -> Result<Clocks, Failure> {
        Clocks::of_tree(self.id)
    }

    pub(crate) fn processes(&self) -> Vec<u32> {
        tree(self.id)
    }

    /// Asks it to end, and sees to it that it does.
    pub(crate) async fn end(mut self) {
        if let Some(group) = i32::try_from(self.id).ok().and_then(Pid::from_raw) {
            // Fails when the whole group is gone, which is what is wanted.
            let _ = kill_process_group(group, Signal::TERM);
        }
        // What does not end in time is killed by the drop.
        let _ = tokio::time::timeout(GENTLY, self.child.wait()).await;
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        // One that was waited for has left its id to whoever comes next, and nothing but its group.
        if self.child.id().is_some() {
            kill(self.id);
        } else {
            kill_group(self.id);
        }
        self.notes.ended(self.id);
    }
}

/// A port that was free a moment ago.
pub(crate) fn free_port() -> Result<u16, Failure> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).doing("a free port")?;
    Ok(listener.local_addr().doing("a free port")?.port())
}

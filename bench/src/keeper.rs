//! What the bench starts does not outlive it, but for a program that it was killed in the act of
//! starting.
//!
//! What it starts is killed where it is dropped. A bench that is killed drops nothing, so it starts
//! itself once more beside it, as the keeper of what runs:
//!
//! - Over a pipe the keeper hears the id of every program that is started and ended. The pipe is
//!   closed when the bench has ended, however that came.
//! - What runs then is killed with its descendants, and the run's folder is removed.
//! - It is in a process group of its own: what ends the bench's whole group leaves it.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, Write as _};
use std::os::fd::OwnedFd;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, PidfdFlags, Signal, kill_process_group, pidfd_open, pidfd_send_signal};

use crate::cpu::tree;
use crate::failure::{Doing as _, Failure};

/// How long a killed process may take to be gone.
const GONE: Duration = Duration::from_secs(5);

/// The running keeper. Waits for its end when it is dropped, which is after the last [`Notes`].
#[derive(Debug)]
pub(crate) struct Keeper {
    child: Child,
    notes: Option<Notes>,
}

/// What the keeper is told.
#[derive(Debug, Clone)]
pub(crate) struct Notes(Arc<ChildStdin>);

impl Keeper {
    /// Starts one for a folder that is to be gone when the bench is.
    pub(crate) fn start(folder: &Path) -> Result<Self, Failure> {
        let bench = std::env::current_exe().doing("the bench's own place")?;
        let mut child = Command::new(bench)
            .arg("--keep")
            .arg(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .process_group(0)
            .spawn()
            .doing("starting the keeper")?;
        let pipe = child.stdin.take().ok_or("the keeper has no input")?;
        Ok(Self {
            child,
            notes: Some(Notes(Arc::new(pipe))),
        })
    }

    pub(crate) fn notes(&self) -> Notes {
        self.notes.clone().expect("taken by the drop alone")
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.notes = None;
        // Nobody is left to be told.
        let _ = self.child.wait();
    }
}

impl Notes {
    pub(crate) fn started(&self, id: u32) -> Result<(), Failure> {
        // In one piece: the two halves of a line must not lie about an end between them.
        (&*self.0)
            .write_all(format!("started {id}\n").as_bytes())
            .doing("telling the keeper")
    }

    pub(crate) fn ended(&self, id: u32) {
        // A keeper that is gone kills nobody.
        let _ = (&*self.0).write_all(format!("ended {id}\n").as_bytes());
    }
}

/// The keeper itself: listens to the end, and clears up.
pub(crate) fn keep(told: impl BufRead, folder: &Path) {
    let mut running = BTreeMap::new();
    for line in told.lines().map_while(Result::ok) {
        match line.split_once(' ') {
            Some(("started", id)) => {
                if let Some(process) = id.parse().ok().and_then(Process::find) {
                    running.insert(id.to_owned(), process);
                }
            }
            Some(("ended", id)) => {
                running.remove(id);
            }
            // Told by ourselves alone, and whole but for a last line that was cut off.
            _ => {}
        }
    }
    // An id whose process has ended may be somebody else's by now.
    for process in running.values().filter(|process| !process.has_ended()) {
        kill(process.id);
    }
    // Fails where the bench itself has removed it.
    let _ = fs::remove_dir_all(folder);
}

/// Kills a process, its group and its descendants, and waits until they are gone.
pub(crate) fn kill(id: u32) {
    let processes: Vec<Process> = tree(id).into_iter().filter_map(Process::find).collect();
    kill_group(id);
    for process in &processes {
        // The same: those of the group are killed already. Others have left it.
        let _ = pidfd_send_signal(&process.handle, Signal::KILL);
    }
    for process in &processes {
        process.wait(GONE);
    }
}

/// Kills what is left of a process's group. Its id is nobody else's for as long as there is any.
pub(crate) fn kill_group(id: u32) {
    if let Some(group) = pid(id) {
        // Fails when the whole group is gone, which is what is wanted.
        let _ = kill_process_group(group, Signal::KILL);
    }
}

/// A process and a handle of it, which never comes to mean another.
#[derive(Debug)]
struct Process {
    id: u32,
    handle: OwnedFd,
}

impl Process {
    /// `None`: there is none.
    fn find(id: u32) -> Option<Self> {
        let handle = pidfd_open(pid(id)?, PidfdFlags::empty()).ok()?;
        Some(Self { id, handle })
    }

    fn has_ended(&self) -> bool {
        self.wait(Duration::ZERO)
    }

    /// Whether it ends within a time.
    fn wait(&self, longest: Duration) -> bool {
        let longest = Timespec::try_from(longest).expect("seconds");
        let mut handles = [PollFd::new(&self.handle, PollFlags::IN)];
        poll(&mut handles, Some(&longest)).is_ok_and(|ended| ended > 0)
    }
}

fn pid(id: u32) -> Option<Pid> {
    Pid::from_raw(i32::try_from(id).ok()?)
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::ExitStatusExt as _;

    use super::*;

    /// A shell with a child that has left its group, and the ids of both.
    fn family() -> (Child, [u32; 2]) {
        let mut shell = Command::new("sh")
            .args(["-c", "setsid sleep 600 & echo $!; wait"])
            .stdout(Stdio::piped())
            .process_group(0)
            .spawn()
            .expect("a shell is there");
        let mut line = String::new();
        std::io::BufReader::new(shell.stdout.take().expect("piped"))
            .read_line(&mut line)
            .expect("the child's id");
        let ids = [shell.id(), line.trim().parse().expect("a number")];
        (shell, ids)
    }

    fn is_there(id: u32) -> bool {
        Process::find(id).is_some_and(|process| !process.has_ended())
    }

    #[test]
    fn what_runs_when_the_notes_end_is_killed_with_its_descendants() {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("file"), "").expect("a file");
        let (mut kept, kept_ids) = family();
        let (mut ended, ended_ids) = family();
        let notes = format!(
            "started {}\nstarted {}\nended {}\nstart",
            kept_ids[0], ended_ids[0], ended_ids[0]
        );
        keep(notes.as_bytes(), folder.path());
        assert_eq!(kept_ids.map(is_there), [false, false]);
        assert_eq!(ended_ids.map(is_there), [true, true]);
        assert!(!folder.path().exists());
        kill(ended.id());
        assert_eq!(ended_ids.map(is_there), [false, false]);
        for shell in [&mut kept, &mut ended] {
            assert_eq!(shell.wait().expect("its end").signal(), Some(9));
        }
    }

    #[test]
    fn an_id_that_nobody_has_is_no_matter() {
        let mut child = Command::new("true").spawn().expect("true is there");
        child.wait().expect("its end");
        let folder = tempfile::tempdir().expect("a folder");
        keep(
            format!("started {}\nstarted x\n", child.id()).as_bytes(),
            folder.path(),
        );
        assert!(!folder.path().exists());
    }
}

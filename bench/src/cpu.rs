//! The processor time of other processes.
//!
//! Each process has a clock of its own (`clock_getcpuclockid`). It counts nanoseconds and keeps
//! what threads used that have ended since. `/proc/PID/stat` is the same sum in steps of 10 ms, and
//! `schedstat` forgets ended threads.

use std::collections::BTreeSet;
use std::fs;
use std::time::Duration;

use nix::time::{ClockId, clock_getcpuclockid};
use nix::unistd::Pid;

use crate::failure::{Doing as _, Failure};

/// The clocks of a process and its descendants, as they were when this was made.
#[derive(Debug, Clone, Default)]
pub(crate) struct Clocks(Vec<ClockId>);

impl Clocks {
    /// The clocks of the whole tree under a process.
    pub(crate) fn of_tree(root: u32) -> Result<Self, Failure> {
        tree(root)
            .into_iter()
            .map(|id| {
                let id = i32::try_from(id).doing("a process id")?;
                clock_getcpuclockid(Pid::from_raw(id)).doing("asking for a process's clock")
            })
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// What they all show now, together.
    pub(crate) fn read(&self) -> Result<Duration, Failure> {
        self.0.iter().try_fold(Duration::ZERO, |sum, clock| {
            let now = clock.now().doing("reading a process's clock")?;
            Ok(sum + Duration::from(now))
        })
    }
}

/// A process and its descendants.
pub(crate) fn tree(root: u32) -> Vec<u32> {
    let mut found = BTreeSet::from([root]);
    let mut open = vec![root];
    while let Some(id) = open.pop() {
        let threads = fs::read_dir(format!("/proc/{id}/task"))
            .into_iter()
            .flatten();
        for thread in threads.flatten() {
            let children = fs::read_to_string(thread.path().join("children")).unwrap_or_default();
            for child in children.split_whitespace().filter_map(|id| id.parse().ok()) {
                if found.insert(child) {
                    open.push(child);
                }
            }
        }
    }
    found.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_shows_on_the_clock_even_when_its_thread_has_ended() {
        // Ours alone: other tests start children, which may end before they are read.
        let ours = Pid::from_raw(i32::try_from(std::process::id()).expect("ids are small"));
        let clocks = Clocks(vec![clock_getcpuclockid(ours).expect("our own clock")]);
        let before = clocks.read().expect("our own clock");
        let worker =
            std::thread::spawn(|| (0..3_000_000_u64).fold(1, |sum, it| sum ^ it.wrapping_mul(sum)));
        std::hint::black_box(worker.join().expect("the thread ends"));
        assert!(clocks.read().expect("our own clock") > before);
    }

    #[test]
    fn a_tree_has_its_children() {
        let mut child = std::process::Command::new("cat")
            .stdin(std::process::Stdio::piped())
            .spawn()
            .expect("cat is there");
        let found = tree(std::process::id());
        drop(child.stdin.take());
        child.wait().expect("cat ends");
        assert!(found.contains(&child.id()), "{found:?}");
    }
}

//! One run of a program, to its own end or to ours.
//!
//! The program's end is what counts, not that of its pipes: what it leaves behind on purpose (an ssh
//! that stays connected, a filter's own server) may hold them for days.

use std::io::{self, Read};
use std::mem;
use std::process::{Command, ExitStatus};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use process_wrap::std::{ChildWrapper, CommandWrap};

use super::Stop;

/// Output beyond this many bytes is read and dropped.
const KEPT: usize = 32 * 1024 * 1024;
/// How often it is looked whether it has ended or is asked to.
pub(crate) const LOOK: Duration = Duration::from_millis(50);
/// The same once it has closed its pipes: it is about to end.
const SOON: Duration = Duration::from_millis(1);
/// How long it may take to clean up after itself once it was told to end.
const LEAVE: Duration = Duration::from_secs(5);
/// How long what it said is waited for once it has ended.
const REST: Duration = Duration::from_millis(500);
/// The same for what it answered, which is read to its end unless somebody else holds the pipe: half
/// of a list is another list.
const ANSWER: Duration = Duration::from_secs(10);

/// A program that runs, in a process group of its own.
pub(super) struct Running {
    child: Box<dyn ChildWrapper>,
    out: Printed,
    said: Printed,
    /// Closed when stdout is.
    out_ends: Receiver<()>,
    /// Closed when both pipes are.
    both_end: Receiver<()>,
}

/// How a run came to its end.
pub(super) enum Ended {
    /// By itself, and this is what it printed.
    Itself {
        status: ExitStatus,
        out: Vec<u8>,
        said: Vec<u8>,
    },
    /// It was ended at its deadline.
    TooLate,
    /// It was ended because it was asked to stop.
    Stopped,
}

/// What came out of a pipe until now.
type Printed = Arc<Mutex<io::Result<Vec<u8>>>>;

// === impl Running ===

impl Running {
    pub(super) fn start(command: Command) -> io::Result<Self> {
        let mut command = CommandWrap::from(command);
        #[cfg(unix)]
        command.wrap(process_wrap::std::ProcessGroup::leader());
        #[cfg(windows)]
        command.wrap(process_wrap::std::JobObject);
        let mut child = command.spawn()?;
        let (out_open, out_ends) = mpsc::channel();
        let (open, both_end) = mpsc::channel();
        Ok(Self {
            out: read(child.stdout().take(), (out_open, open.clone())),
            said: read(child.stderr().take(), open),
            out_ends,
            both_end,
            child,
        })
    }

    /// Waits until it has ended, and ends it where that takes too long or is asked for.
    pub(super) fn wait(mut self, until: Instant, stop: &Stop) -> io::Result<Ended> {
        let mut soon = SOON;
        let status = loop {
            if let Some(status) = self.child.try_wait()? {
                break status;
            }
            if stop.is_asked() {
                self.end();
                return Ok(Ended::Stopped);
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                self.end();
                return Ok(Ended::TooLate);
            }
            if self.are_closed_within(LOOK.min(left)) {
                pause(soon);
                soon = LOOK.min(soon * 2);
            }
        };
        // What it printed itself is in the pipes by now. Whoever else holds them goes on.
        if !self.are_closed_within(REST) {
            let _ = self.out_ends.recv_timeout(ANSWER);
        }
        let take = |printed: &Printed| mem::replace(&mut *printed.lock(), Ok(Vec::new()));
        Ok(Ended::Itself {
            status,
            out: take(&self.out)?,
            said: take(&self.said).unwrap_or_default(),
        })
    }

    fn are_closed_within(&self, time: Duration) -> bool {
        self.both_end.recv_timeout(time) == Err(RecvTimeoutError::Disconnected)
    }

    /// Ends it with all that it started, kindly first: git takes back a worktree that it has half
    /// made.
    fn end(&mut self) {
        #[cfg(unix)]
        {
            const SIGTERM: i32 = 15;
            // Not waited for before the group was ended: as long as it is not, its id is its own.
            if self.child.signal(SIGTERM).is_ok() {
                self.are_closed_within(LEAVE);
            }
        }
        #[cfg(not(unix))]
        let _ = LEAVE;
        // Also reaps it. It may have ended meanwhile.
        let _ = self.child.kill();
    }
}

/// Reads a pipe on a thread of its own, as long as anybody holds it: one that nobody reads stops git.
/// Then drops `open`.
fn read(pipe: Option<impl Read + Send + 'static>, open: impl Send + 'static) -> Printed {
    let printed: Printed = Arc::new(Mutex::new(Ok(Vec::new())));
    let Some(mut pipe) = pipe else {
        return printed;
    };
    let keeping = Arc::clone(&printed);
    thread::spawn(move || {
        let mut some = [0; 16 * 1024];
        loop {
            let read = pipe.read(&mut some);
            let mut kept = keeping.lock();
            match (read, kept.as_mut()) {
                (Ok(0), _) | (_, Err(_)) => break,
                (Ok(count), Ok(kept)) => {
                    let room = KEPT.saturating_sub(kept.len());
                    kept.extend_from_slice(&some[..count.min(room)]);
                }
                (Err(error), _) if error.kind() == io::ErrorKind::Interrupted => {}
                (Err(error), _) => {
                    *kept = Err(error);
                    break;
                }
            }
        }
        drop(open);
    });
    printed
}

/// Waits for what the system tells nobody of while it also listens to others: a process's end, a
/// lock that comes free.
#[expect(clippy::disallowed_methods, reason = "there is no event to await")]
pub(crate) fn pause(time: Duration) {
    thread::sleep(time);
}

//! A program and its group, ended together.

use std::io;
use std::process::ExitStatus;

use process_wrap::tokio::{ChildWrapper, CommandWrap};
use tokio::process::{ChildStderr, ChildStdout, Command};

/// Ends with its owner: a program that was asked for tenants has nothing to do afterwards.
///
/// `None` once it has ended: the group's id may be a stranger's from then on.
#[derive(Debug)]
pub(super) struct Group(Option<Box<dyn ChildWrapper>>);

impl Group {
    pub(super) fn start(command: Command) -> io::Result<Self> {
        let mut command = CommandWrap::from(command);
        #[cfg(unix)]
        command.wrap(process_wrap::tokio::ProcessGroup::leader());
        #[cfg(windows)]
        command.wrap(process_wrap::tokio::JobObject);
        command.spawn().map(|child| Self(Some(child)))
    }

    pub(super) fn pipes(&mut self) -> (Option<ChildStdout>, Option<ChildStderr>) {
        match &mut self.0 {
            Some(child) => (child.stdout().take(), child.stderr().take()),
            None => (None, None),
        }
    }

    /// Waits for the program's end, and ends what it has left behind in its group, which may hold its
    /// output open for ever.
    pub(super) async fn wait(&mut self) -> io::Result<ExitStatus> {
        let Some(child) = &mut self.0 else {
            return Err(io::Error::other("it was waited for before"));
        };
        let status = child.wait().await;
        self.end();
        status
    }

    fn end(&mut self) {
        if let Some(mut child) = self.0.take() {
            // Nobody is left to be ended, most of the time.
            let _ = child.start_kill();
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.end();
    }
}

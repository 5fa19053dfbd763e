//! A program and all that it starts, ended together.

use std::io;
use std::process::ExitStatus;

use process_wrap::tokio::{ChildWrapper, CommandWrap};
use tokio::process::{ChildStderr, ChildStdout, Command};

/// Ends with its owner: a program that was asked for tenants has nothing to do afterwards.
#[derive(Debug)]
pub(super) struct Group(Box<dyn ChildWrapper>);

impl Group {
    pub(super) fn start(command: Command) -> io::Result<Self> {
        let mut command = CommandWrap::from(command);
        #[cfg(unix)]
        command.wrap(process_wrap::tokio::ProcessGroup::leader());
        #[cfg(windows)]
        command.wrap(process_wrap::tokio::JobObject);
        command.spawn().map(Self)
    }

    pub(super) fn pipes(&mut self) -> (Option<ChildStdout>, Option<ChildStderr>) {
        (self.0.stdout().take(), self.0.stderr().take())
    }

    pub(super) async fn wait(&mut self) -> io::Result<ExitStatus> {
        self.0.wait().await
    }

    pub(super) fn end(&mut self) {
        // Nobody is left to be ended, most of the time.
        let _ = self.0.start_kill();
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.end();
    }
}

//! Our side of a supervisor: start one, hear what it says, and let it go.

use std::ffi::OsString;
use std::io;
use std::path::PathBuf;
use std::process::Stdio;

use tokio::process::{Child, ChildStderr, ChildStdout, Command};

use crate::supervise::{ARGUMENT, Order, Report};

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
use unix as system;
#[cfg(windows)]
use windows as system;

/// The executable that hosts supervisors: one that calls [`supervise::main`](crate::supervise::main)
/// before anything else.
#[derive(Clone, Debug)]
pub struct Host {
    program: PathBuf,
    arguments: Vec<OsString>,
}

/// A running supervisor.
///
/// Dropping it ends all that came of its command, as stopping does, only that nobody hears of it.
#[derive(Debug)]
pub(crate) struct Supervised {
    child: Child,
    connection: system::Connection,
    output: Option<(ChildStdout, ChildStderr)>,
    /// The id of the supervisor's process: all that came of the command is below it.
    pid: u32,
    /// What all that came of the command has in [`MARK`](crate::supervise::MARK).
    mark: String,
    gone: bool,
}

/// What a supervisor tells.
#[derive(Debug)]
pub(crate) enum Told {
    Report(Report),
    /// The supervisor has ended, and by its word nothing is left of the command.
    Gone,
    /// The same, where the command's exit code comes with it.
    #[cfg_attr(unix, expect(dead_code, reason = "a report has told it there"))]
    Ended(Option<i32>),
    /// The supervisor was ended from outside. What it watched over has been killed where it was found.
    Lost,
}

// === impl Host ===

impl Host {
    /// An executable that hosts supervisors, and what comes before the hidden argument.
    pub fn new(program: impl Into<PathBuf>) -> Self {
        Self {
            program: program.into(),
            arguments: vec![ARGUMENT.into()],
        }
    }

    /// The executable that runs now.
    ///
    /// # Errors
    ///
    /// Where the system does not tell which that is.
    pub fn this_executable() -> io::Result<Self> {
        // This name is still good when an update has put another file in the executable's place.
        if cfg!(target_os = "linux") {
            return Ok(Self::new("/proc/self/exe"));
        }
        std::env::current_exe().map(Self::new)
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.args(&self.arguments);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        #[cfg(unix)]
        command.arg0("tripledash");
        // CREATE_NO_WINDOW: else a console window opens for every server.
        #[cfg(windows)]
        command.creation_flags(0x0800_0000);
        command
    }
}

// === impl Supervised ===

impl Supervised {
    /// Starts a supervisor and gives it `order`.
    pub(crate) async fn start(host: &Host, order: &Order) -> io::Result<Self> {
        let mut line = serde_json::to_vec(order).map_err(io::Error::other)?;
        line.push(b'\n');
        let (mut child, mut connection) = system::connect(host.command())?;
        let output = child.stdout.take().zip(child.stderr.take());
        let pid = child.id().unwrap_or_default();
        connection.order(&line).await?;
        Ok(Self {
            child,
            connection,
            output,
            pid,
            mark: order.mark.clone(),
            gone: false,
        })
    }

    /// What the command prints: standard output and standard error. Only the first call has them.
    pub(crate) fn output(&mut self) -> Option<(ChildStdout, ChildStderr)> {
        self.output.take()
    }

    pub(crate) fn pid(&self) -> u32 {
        self.pid
    }

    /// Asks for the end of all that came of the command. What is told after this is how it went.
    pub(crate) async fn stop(&mut self) {
        self.connection.finish().await;
    }

    /// What the supervisor tells next. Dropping the future loses nothing.
    pub(crate) async fn next(&mut self) -> Told {
        if let Some(report) = self.connection.report().await {
            return Told::Report(report);
        }
        let status = self.child.wait().await;
        self.gone = true;
        match status {
            Ok(status) => system::last_word(status, self.pid, &self.mark).await,
            Err(_) => Told::Lost,
        }
    }
}

impl Drop for Supervised {
    fn drop(&mut self) {
        if !self.gone {
            tracing::debug!(pid = self.pid, "left a supervisor to end its command");
        }
    }
}

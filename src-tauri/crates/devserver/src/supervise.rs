//! The supervising process: runs one command, and outlives whoever asked for it just long enough to
//! end everything that the command started.
//!
//! - Its standard input is a connection to the program that wants the command. One line of JSON, an
//!   order, comes through it; after that, its end means: end everything. A program that is
//!   killed cannot say good-bye, but the kernel closes its end of the connection for it.
//! - The command's output does not pass through here: it inherits our standard output and error.
//! - On Unix the connection is a socket, and reports go back through it, one line each. On Windows
//!   it is a pipe, and our exit code is the command's.
//! - It is in a session of its own, so that Ctrl-C in the program's terminal does not reach it.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use serde::{Deserialize, Serialize};

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

/// The hidden first argument that makes an executable a supervisor.
pub const ARGUMENT: &str = "supervise";

/// A variable with an order's mark, which all that comes of its command inherits: by it what got away
/// is found.
pub(crate) const MARK: &str = "TRIPLEDASH_SUPERVISOR";

/// What a supervisor is asked to run.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Order {
    /// A line for the system's shell.
    pub(crate) line: String,
    /// The folder that it runs in.
    pub(crate) folder: PathBuf,
    /// Variables that are set for it, over those that it inherits.
    pub(crate) set: Vec<(String, String)>,
    /// Variables that it does not inherit.
    pub(crate) unset: Vec<String>,
    /// How long processes may take to end by themselves once asked.
    pub(crate) grace: Duration,
    /// What [`MARK`] is set to. No other order ever had it: the id of a process is given anew.
    pub(crate) mark: String,
}

/// What a supervisor says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Report {
    /// The command cannot be run.
    NotStarted {
        /// In the system's words.
        why: String,
    },
    /// The command's shell has ended. Processes that it left behind may go on.
    Left {
        /// Its exit code, if it ended by itself.
        code: Option<i32>,
        /// The signal that ended it, if one did.
        signal: Option<i32>,
    },
    /// Processes that could not be ended; the supervisor gives up on them.
    Remain {
        /// Their ids.
        pids: Vec<u32>,
    },
}

/// Runs as a supervisor, if that is what `args` (with the program's name first) ask for.
///
/// A binary that hosts supervisors calls this before anything else, and leaves with the code that it
/// is given. `None`: this is an ordinary start.
///
/// # Example
///
/// ```
/// let args = ["tripledash", "serve"].map(Into::into);
/// assert!(tripledash_devserver::supervise::main(args).is_none());
/// ```
pub fn main(args: impl IntoIterator<Item = OsString>) -> Option<ExitCode> {
    (args.into_iter().nth(1)? == ARGUMENT).then(run)
}

fn run() -> ExitCode {
    // One thread: it does nothing but wait.
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
    else {
        return ExitCode::FAILURE;
    };
    #[cfg(unix)]
    return runtime.block_on(unix::run());
    #[cfg(windows)]
    return runtime.block_on(windows::run());
}

/// The system's shell, about to run `order`.
fn shell(order: &Order) -> std::process::Command {
    #[cfg(unix)]
    let mut command = {
        let mut command = std::process::Command::new("/bin/sh");
        command.arg("-c").arg(&order.line);
        command
    };
    #[cfg(windows)]
    let mut command = {
        use std::os::windows::process::CommandExt;
        let mut command = std::process::Command::new("cmd");
        // cmd has rules of its own for quotes: with /S it takes off the outer two and nothing else.
        command
            .args(["/D", "/S", "/C"])
            .raw_arg(format!("\"{}\"", order.line));
        command
    };
    command.current_dir(&order.folder);
    for name in &order.unset {
        command.env_remove(name);
    }
    for (name, value) in &order.set {
        command.env(name, value);
    }
    command.env(MARK, &order.mark);
    command.stdin(std::process::Stdio::null());
    command
}

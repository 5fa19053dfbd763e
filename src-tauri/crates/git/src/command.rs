//! The `git` command, with nothing of our own surroundings in it.
//!
//! - Arguments are given one by one, never through a shell.
//! - No `GIT_*` variable of ours but those that say how to find and reach things goes in: a
//!   workbench that was started from a hook would work on the hook's repository otherwise.
//! - It asks nothing: no terminal, no password prompt, no editor.
//! - It takes no optional locks, so that a look of ours never makes the person's own command fail.
//! - Each run has a deadline, and a run that misses it ends with everything it started.

use std::ffi::{OsStr, OsString};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use process_wrap::std::{ChildWrapper, CommandWrap};

/// Output beyond this many bytes is read and dropped.
const KEPT: u64 = 32 * 1024 * 1024;
/// The end of what git said on stderr is kept, up to this many bytes.
const SAID: usize = 2000;
/// How long git may take to clean up after itself once it was told to end.
const LEAVE: Duration = Duration::from_secs(5);

/// How the `git` command is run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Git {
    /// The program, looked up in `PATH` where it has no folder.
    pub program: PathBuf,
    /// Read in place of the person's and the machine's own configuration.
    pub configuration: Option<PathBuf>,
    /// How long a command that only looks may take.
    pub looking: Duration,
    /// How long a command that writes a whole checkout may take.
    pub changing: Duration,
}

/// Why a `git` command gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum GitFailed {
    /// There is no such program.
    #[error("{} was not found in PATH: install git, or add its folder to PATH", program.display())]
    Missing {
        /// What was looked for.
        program: PathBuf,
    },
    /// The program is there, and could not be started or heard.
    #[error("could not run {command}")]
    NotRun {
        /// What was to be run.
        command: String,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// It was ended at its deadline.
    #[error("{command} was ended because it took longer than {} seconds", deadline.as_secs())]
    TooLong {
        /// What was run.
        command: String,
        /// How long it had.
        deadline: Duration,
    },
    /// It ended with an error.
    #[error("{command} was refused: {said}")]
    Refused {
        /// What was run.
        command: String,
        /// What git said on stderr; its end, where that is long.
        said: String,
    },
}

// === impl Git ===

impl Default for Git {
    fn default() -> Self {
        Self {
            program: PathBuf::from("git"),
            configuration: None,
            looking: Duration::from_secs(30),
            changing: Duration::from_mins(10),
        }
    }
}

impl Git {
    /// Runs a command that only looks, and gives its stdout.
    pub(crate) fn look<A: AsRef<OsStr>>(
        &self,
        folder: &Path,
        arguments: &[A],
    ) -> Result<Vec<u8>, GitFailed> {
        self.run(folder, arguments, self.looking)
    }

    /// Runs a command that changes the repository or a checkout.
    pub(crate) fn change<A: AsRef<OsStr>>(
        &self,
        folder: &Path,
        arguments: &[A],
    ) -> Result<(), GitFailed> {
        self.run(folder, arguments, self.changing).map(drop)
    }

    fn run<A: AsRef<OsStr>>(
        &self,
        folder: &Path,
        arguments: &[A],
        deadline: Duration,
    ) -> Result<Vec<u8>, GitFailed> {
        let until = Instant::now() + deadline;
        let named = || {
            let words = arguments.iter().map(|word| word.as_ref().to_string_lossy());
            format!("git {}", words.collect::<Vec<_>>().join(" "))
        };
        let mut command = CommandWrap::from(self.command(folder, arguments));
        #[cfg(unix)]
        command.wrap(process_wrap::std::ProcessGroup::leader());
        #[cfg(windows)]
        command.wrap(process_wrap::std::JobObject);
        let mut child = command.spawn().map_err(|source| match source.kind() {
            io::ErrorKind::NotFound => GitFailed::Missing {
                program: self.program.clone(),
            },
            _ => GitFailed::NotRun {
                command: named(),
                source,
            },
        })?;
        let stdout = read(child.stdout().take());
        let stderr = read(child.stderr().take());
        let (Some(out), Some(said)) = (before(&stdout, until), before(&stderr, until)) else {
            end(child.as_mut(), &stdout, &stderr);
            return Err(GitFailed::TooLong {
                command: named(),
                deadline,
            });
        };
        let not_run = |source| GitFailed::NotRun {
            command: named(),
            source,
        };
        // Both pipes are closed: it has ended, or is about to.
        let status = child.wait().map_err(not_run)?;
        if status.success() {
            return out.map_err(not_run);
        }
        Err(GitFailed::Refused {
            command: named(),
            said: match words(&said.unwrap_or_default()) {
                nothing if nothing.is_empty() => status.to_string(),
                said => said,
            },
        })
    }

    fn command<A: AsRef<OsStr>>(&self, folder: &Path, arguments: &[A]) -> Command {
        let mut command = Command::new(&self.program);
        for (name, _) in std::env::vars_os() {
            if is_of_another_repository(&name) {
                command.env_remove(name);
            }
        }
        if let Some(configuration) = &self.configuration {
            command
                .env("GIT_CONFIG_GLOBAL", configuration)
                .env("GIT_CONFIG_NOSYSTEM", "1");
        }
        command
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("GIT_ASKPASS", "")
            .env("SSH_ASKPASS", "")
            .env("GIT_EDITOR", ":")
            .env("GIT_OPTIONAL_LOCKS", "0")
            // What it says is shown, and in places understood.
            .env("LC_ALL", "C")
            .arg("-C")
            .arg(folder)
            // No code of the repository's: not its hooks, and not a monitor program.
            .args(["-c", "core.hooksPath=/dev/null"])
            .args(["-c", "core.fsmonitor=false"])
            .args(["-c", "advice.detachedHead=false"])
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }
}

/// Whether a variable would lead git elsewhere. Those that say where git, its configuration and its
/// way to other machines are stay.
fn is_of_another_repository(name: &OsStr) -> bool {
    const STAY: [&str; 4] = [
        "GIT_CONFIG_GLOBAL",
        "GIT_CONFIG_SYSTEM",
        "GIT_CONFIG_NOSYSTEM",
        "GIT_EXEC_PATH",
    ];
    const STAY_ALL: [&str; 5] = ["GIT_SSH", "GIT_SSL_", "GIT_HTTP_", "GIT_PROXY_", "GIT_LFS_"];
    let Some(name) = name.to_str().filter(|name| name.starts_with("GIT_")) else {
        return false;
    };
    !STAY.contains(&name) && !STAY_ALL.iter().any(|stay| name.starts_with(stay))
}

/// Reads a pipe to its end on a thread of its own: a pipe that nobody reads stops git.
fn read(pipe: Option<impl Read + Send + 'static>) -> Receiver<io::Result<Vec<u8>>> {
    let (tell, told) = mpsc::sync_channel(1);
    thread::spawn(move || {
        let mut kept = Vec::new();
        let outcome = pipe.map_or(Ok(0), |mut pipe| {
            pipe.by_ref().take(KEPT).read_to_end(&mut kept)?;
            io::copy(&mut pipe, &mut io::sink())
        });
        // Nobody waits any more where the deadline is over.
        let _ = tell.send(outcome.map(|_| kept));
    });
    told
}

/// What was read, or nothing where the deadline comes first.
fn before(told: &Receiver<io::Result<Vec<u8>>>, until: Instant) -> Option<io::Result<Vec<u8>>> {
    let left = until.saturating_duration_since(Instant::now());
    told.recv_timeout(left).ok()
}

/// Ends git with all that it started, kindly first: it takes back a checkout that it has half made.
fn end(
    child: &mut dyn ChildWrapper,
    stdout: &Receiver<io::Result<Vec<u8>>>,
    stderr: &Receiver<io::Result<Vec<u8>>>,
) {
    #[cfg(unix)]
    {
        const SIGTERM: i32 = 15;
        let until = Instant::now() + LEAVE;
        // It may have ended meanwhile.
        let _ = child.signal(SIGTERM);
        let _ = before(stdout, until);
        let _ = before(stderr, until);
    }
    #[cfg(not(unix))]
    let _ = (stdout, stderr, LEAVE);
    // Also reaps it.
    let _ = child.kill();
}

/// The end of what git said, as text.
fn words(said: &[u8]) -> String {
    let text = String::from_utf8_lossy(said);
    let text = text.trim();
    let from = text.len().saturating_sub(SAID);
    let from = (from..).find(|at| text.is_char_boundary(*at));
    text[from.unwrap_or(0)..].to_owned()
}

/// Arguments of different kinds in one list.
pub(crate) fn arguments<const N: usize>(arguments: [&dyn AsRef<OsStr>; N]) -> [OsString; N] {
    arguments.map(|argument| argument.as_ref().to_owned())
}

//! The `git` command, kept away from what is none of its business.
//!
//! - Arguments are given one by one, never through a shell.
//! - No `GIT_*` variable of ours but those that say how to find and reach things goes in: a
//!   workbench that was started from a hook would work on the hook's repository otherwise. Of the
//!   other variables, those stay out that the caller names: what git starts (filters, ssh) sees the
//!   rest.
//! - It asks nothing: no terminal, no password prompt, no editor.
//! - It takes no optional locks, so that a look of ours never makes the person's own command fail.
//! - Each run has a deadline, and a run that misses it, or that is asked to stop, ends with everything
//!   it started, but for what is in a session of its own. One that would leave a mixture of two
//!   things is not ended because somebody asks.

mod running;

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use running::{Ended, Running};
pub(crate) use running::{LOOK, pause};

/// Of what git said on stderr the beginning and the end are kept, up to this many bytes.
const SAID: usize = 2000;

/// How the `git` command is run.
#[derive(Debug, Clone)]
pub struct Git {
    /// The program, looked up in `PATH` where it has no folder.
    pub program: PathBuf,
    /// Read in place of the person's and the machine's own configuration.
    pub configuration: Option<PathBuf>,
    /// How long a command that only looks may take.
    pub looking: Duration,
    /// How long a command that writes a whole checkout may take.
    pub changing: Duration,
    /// Variables of ours that neither git nor what it starts gets to see.
    pub unset: Vec<String>,
    /// Ends it before it is done, but for a worktree that is being taken to another commit.
    pub stop: Stop,
}

/// Says when somebody wants git to end before it is done; never, by default.
#[derive(Clone, Default)]
pub struct Stop(Option<Arc<dyn Fn() -> bool + Send + Sync>>);

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
    /// It was ended, or not even begun, because it was asked to stop.
    #[error("{command} was ended because it was asked to stop")]
    Stopped {
        /// What was run.
        command: String,
    },
    /// It ended with an error.
    #[error("{command} was refused: {said}")]
    Refused {
        /// What was run.
        command: String,
        /// What git said on stderr; its beginning and its end, where that is long.
        said: String,
    },
}

// === impl Stop ===

impl Stop {
    /// Stops once `asked` says so, which is asked many times a second while git runs.
    pub fn when(asked: impl Fn() -> bool + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(asked)))
    }

    pub(crate) fn is_asked(&self) -> bool {
        self.0.as_ref().is_some_and(|asked| asked())
    }
}

impl fmt::Debug for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stop")
            .field("is_asked", &self.is_asked())
            .finish()
    }
}

// === impl Git ===

impl Default for Git {
    fn default() -> Self {
        Self {
            program: PathBuf::from("git"),
            configuration: None,
            looking: Duration::from_secs(30),
            changing: Duration::from_mins(10),
            unset: Vec::new(),
            stop: Stop::default(),
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
        let command = self.command(folder, arguments);
        self.run(command, arguments, self.looking, &self.stop)
    }

    /// The same, and git fetches nothing for it: not even the command for that is run.
    pub(crate) fn look_alone<A: AsRef<OsStr>>(
        &self,
        folder: &Path,
        arguments: &[A],
    ) -> Result<Vec<u8>, GitFailed> {
        let mut command = self.command(folder, arguments);
        command
            .env("GIT_NO_LAZY_FETCH", "1")
            // Of those protocols that are named here, which are none.
            .env("GIT_ALLOW_PROTOCOL", "");
        self.run(command, arguments, self.looking, &self.stop)
    }

    /// Runs a command that changes the repository or a checkout.
    pub(crate) fn change<A: AsRef<OsStr>>(
        &self,
        folder: &Path,
        arguments: &[A],
    ) -> Result<(), GitFailed> {
        let command = self.command(folder, arguments);
        self.run(command, arguments, self.changing, &self.stop)
            .map(drop)
    }

    /// Runs a command that would leave a mixture of two things if it was ended half-way: it is not
    /// ended because somebody asks, only at its deadline.
    pub(crate) fn finish<A: AsRef<OsStr>>(
        &self,
        folder: &Path,
        arguments: &[A],
    ) -> Result<(), GitFailed> {
        let command = self.command(folder, arguments);
        self.run(command, arguments, self.changing, &Stop::default())
            .map(drop)
    }

    /// Runs a command that only looks, and may read the whole checkout or fetch for it: on the
    /// checkout's own index, or another.
    pub(crate) fn look_long<A: AsRef<OsStr>>(
        &self,
        folder: &Path,
        index: Option<&Path>,
        arguments: &[A],
    ) -> Result<Vec<u8>, GitFailed> {
        let mut command = self.command(folder, arguments);
        if let Some(index) = index {
            command.env("GIT_INDEX_FILE", index);
        }
        self.run(command, arguments, self.changing, &self.stop)
    }

    /// The same, and what it prints goes into a file, however much it is.
    pub(crate) fn look_into<A: AsRef<OsStr>>(
        &self,
        folder: &Path,
        into: File,
        arguments: &[A],
    ) -> Result<(), GitFailed> {
        let mut command = self.command(folder, arguments);
        command.stdout(into);
        self.run(command, arguments, self.changing, &self.stop)
            .map(drop)
    }

    fn run<A: AsRef<OsStr>>(
        &self,
        command: Command,
        arguments: &[A],
        deadline: Duration,
        stop: &Stop,
    ) -> Result<Vec<u8>, GitFailed> {
        let until = Instant::now() + deadline;
        let named = || {
            let words = arguments.iter().map(|word| word.as_ref().to_string_lossy());
            format!("git {}", words.collect::<Vec<_>>().join(" "))
        };
        let not_run = |source: io::Error| GitFailed::NotRun {
            command: named(),
            source,
        };
        if stop.is_asked() {
            return Err(GitFailed::Stopped { command: named() });
        }
        let running = Running::start(command);
        let running = running.map_err(|source| match source.kind() {
            io::ErrorKind::NotFound => GitFailed::Missing {
                program: self.program.clone(),
            },
            _ => not_run(source),
        })?;
        match running.wait(until, stop).map_err(not_run)? {
            Ended::Itself { status, out, .. } if status.success() => Ok(out),
            Ended::Itself { status, said, .. } => Err(GitFailed::Refused {
                command: named(),
                said: match words(&said) {
                    nothing if nothing.is_empty() => status.to_string(),
                    said => said,
                },
            }),
            Ended::TooLate => Err(GitFailed::TooLong {
                command: named(),
                deadline,
            }),
            Ended::Stopped => Err(GitFailed::Stopped { command: named() }),
        }
    }

    fn command<A: AsRef<OsStr>>(&self, folder: &Path, arguments: &[A]) -> Command {
        let mut command = Command::new(&self.program);
        for (name, _) in std::env::vars_os() {
            if is_of_another_repository(&name) {
                command.env_remove(name);
            }
        }
        for name in &self.unset {
            command.env_remove(name);
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

/// What git said, as text: what is wrong stands first, and the reason of it often last.
fn words(said: &[u8]) -> String {
    let text = String::from_utf8_lossy(said);
    let text = text.trim();
    if text.len() <= SAID {
        return text.to_owned();
    }
    let first = &text[..text.floor_char_boundary(SAID / 2)];
    let last = &text[text.ceil_char_boundary(text.len() - SAID / 2)..];
    format!("{first}\n…\n{last}")
}

/// Arguments of different kinds in one list.
pub(crate) fn arguments<const N: usize>(arguments: [&dyn AsRef<OsStr>; N]) -> [OsString; N] {
    arguments.map(|argument| argument.as_ref().to_owned())
}

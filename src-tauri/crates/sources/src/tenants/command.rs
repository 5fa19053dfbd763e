//! Tenants that a program prints.

mod group;

use std::io;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join;
use parking_lot::Mutex;
use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::time::timeout;

use super::collect::quote;
use super::{Format, LONGEST, LoadError, Loaded, read_aside};
use crate::Clock;
use group::Group;

/// A program that prints tenants as JSON or CSV. Started without a shell, with the variables of this
/// program but for those that it is not to have.
///
/// It ends with its process group, or on Windows with its job. What leaves that, as daemons do, goes
/// on; and where this program is killed, so that nobody waits for it any more, it goes on to its own
/// end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    argv: Vec<String>,
    folder: PathBuf,
    unset: Vec<String>,
    limit: Duration,
}

/// Why a command gave no tenants.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each field is what the message says it is")]
pub enum CommandError {
    /// There is nothing to start.
    #[error("the command is empty, wanted a program and its arguments")]
    Empty,
    /// It did not start.
    #[error("{command} did not start: {why}")]
    NotStarted {
        command: String,
        why: String,
        #[source]
        source: io::Error,
    },
    /// It ended, and not well.
    #[error("{command} ended with {status}{}", after(said))]
    Failed {
        command: String,
        status: ExitStatus,
        /// The last lines that it wrote to its standard error.
        said: String,
    },
    /// It took too long, and was ended with its group.
    #[error("{command} did not end within {} s{}", limit.as_secs_f32(), after(said))]
    TimedOut {
        command: String,
        limit: Duration,
        said: String,
    },
    /// It printed more than tenants could be, and was ended.
    #[error("{command} printed more than {} MiB", LONGEST >> 20)]
    TooMuch { command: String },
    /// Its output cannot be read to its end.
    #[error("the output of {command} cannot be read: {why}")]
    Output { command: String, why: String },
}

/// How long the output may stay open when the program has ended.
const GRACE: Duration = Duration::from_secs(2);
/// How much of what it said of a failure is kept, in octets and lines.
const SAID: usize = 8 << 10;
const LINES: usize = 8;

// === impl Command ===

impl Command {
    /// Runs in `folder`, where a relative program is also looked for, for at most 30 s.
    pub fn new(argv: Vec<String>, folder: PathBuf) -> Self {
        Self {
            argv,
            folder,
            unset: Vec::new(),
            limit: Duration::from_secs(30),
        }
    }

    /// Does not hand on a variable of this program.
    #[must_use]
    pub fn without(mut self, variable: impl Into<String>) -> Self {
        self.unset.push(variable.into());
        self
    }

    /// Runs for at most `limit`.
    #[must_use]
    pub fn within(mut self, limit: Duration) -> Self {
        self.limit = limit;
        self
    }

    /// The command as one line, shortened.
    pub fn shown(&self) -> String {
        let quoted = |word: &String| match word.contains(char::is_whitespace) || word.is_empty() {
            true => format!("{word:?}"),
            false => word.clone(),
        };
        let words: Vec<_> = self.argv.iter().map(quoted).collect();
        let line = words.join(" ");
        match line.char_indices().nth(80) {
            Some((end, _)) => format!("{}…", &line[..end]),
            None => line,
        }
    }

    pub(super) async fn load(&self, clock: Clock) -> Result<Loaded, LoadError> {
        let printed = self.run().await.map_err(Box::new)?;
        let read = read_aside(printed, Format::Any, self.shown(), clock()).await;
        read.map_err(|unusable| LoadError::Unusable {
            name: self.shown(),
            unusable,
        })
    }

    async fn run(&self) -> Result<Vec<u8>, CommandError> {
        let command = self.shown();
        let mut group = self.start()?;
        let said = Arc::new(Mutex::new(Vec::new()));
        // Whatever comes of it, the group ends where `group` does.
        let running = timeout(self.limit, self.attend(&mut group, &said));
        let Ok(attended) = running.await else {
            return Err(CommandError::TimedOut {
                command,
                limit: self.limit,
                said: last_lines(&said.lock()),
            });
        };
        let (status, printed) = attended?;
        if status.success() {
            Ok(printed)
        } else {
            let said = last_lines(&said.lock());
            Err(CommandError::Failed {
                command,
                status,
                said,
            })
        }
    }

    fn start(&self) -> Result<Group, CommandError> {
        let (program, arguments) = self.argv.split_first().ok_or(CommandError::Empty)?;
        let path = Path::new(program);
        // Which folder a relative program is looked for in differs between systems.
        let path = if path.components().count() > 1 {
            self.folder.join(path)
        } else {
            path.to_owned()
        };
        let mut command = tokio::process::Command::new(path);
        command
            .args(arguments)
            .current_dir(&self.folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        for name in &self.unset {
            command.env_remove(name);
        }
        Group::start(command).map_err(|source| CommandError::NotStarted {
            command: self.shown(),
            why: match source.kind() {
                io::ErrorKind::NotFound if !self.folder.is_dir() => {
                    format!("the folder {} is not there", self.folder.display())
                }
                io::ErrorKind::NotFound => format!("there is no program {}", quote(program)),
                io::ErrorKind::PermissionDenied => {
                    format!("{} may not be run", quote(program))
                }
                _ => source.to_string(),
            },
            source,
        })
    }

    async fn attend(
        &self,
        group: &mut Group,
        said: &Arc<Mutex<Vec<u8>>>,
    ) -> Result<(ExitStatus, Vec<u8>), CommandError> {
        let output = |error: io::Error| CommandError::Output {
            command: self.shown(),
            why: error.to_string(),
        };
        let (stdout, stderr) = group.pipes();
        let mut reading = std::pin::pin!(join(whole(stdout), tail(stderr, said)));
        let (status, read) = tokio::select! {
            // It may close its output and go on.
            read = &mut reading => match read {
                (Ok(None), _) => (None, read),
                _ => (Some(group.wait().await), read),
            },
            status = group.wait() => {
                let Ok(read) = timeout(GRACE, reading).await else {
                    return Err(CommandError::Output {
                        command: self.shown(),
                        why: "it ended, and something that it started still holds it open".to_owned(),
                    });
                };
                (Some(status), read)
            }
        };
        let (printed, _) = read;
        match (printed.map_err(output)?, status) {
            (Some(printed), Some(status)) => Ok((status.map_err(output)?, printed)),
            _ => Err(CommandError::TooMuch {
                command: self.shown(),
            }),
        }
    }
}

/// All of an output; `None` where that is too much.
async fn whole(pipe: Option<impl AsyncRead + Unpin>) -> io::Result<Option<Vec<u8>>> {
    let mut printed = Vec::new();
    if let Some(pipe) = pipe {
        let most = u64::try_from(LONGEST + 1).unwrap_or(u64::MAX);
        pipe.take(most).read_to_end(&mut printed).await?;
    }
    Ok((printed.len() <= LONGEST).then_some(printed))
}

/// The end of what it says.
async fn tail(pipe: Option<impl AsyncRead + Unpin>, said: &Mutex<Vec<u8>>) {
    let Some(mut pipe) = pipe else { return };
    let mut buffer = vec![0; SAID];
    // An error here says no more than the end does.
    while let Ok(read @ 1..) = pipe.read(&mut buffer).await {
        let mut said = said.lock();
        said.extend_from_slice(&buffer[..read]);
        let surplus = said.len().saturating_sub(SAID);
        said.drain(..surplus);
    }
}

/// The last lines as one message can have them: no colours, no cursor.
fn last_lines(said: &[u8]) -> String {
    let text = String::from_utf8_lossy(said);
    let clean = |line: &str| {
        let line = anstream::adapter::strip_str(line).to_string();
        let line: String = line.chars().filter(|c| !c.is_control()).collect();
        line.trim_end().to_owned()
    };
    let mut lines: Vec<String> = text
        .lines()
        .map(clean)
        .filter(|line| !line.is_empty())
        .collect();
    lines.drain(..lines.len().saturating_sub(LINES));
    lines.join("\n")
}

fn after(said: &str) -> String {
    match said {
        "" => ", and said nothing".to_owned(),
        said => format!(", and said: {said}"),
    }
}

// === impl CommandError ===

impl CommandError {
    /// What would mend it, where that can be told.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Empty => "like \"command\": [\"node\", \"scripts/tenants.mjs\"]".to_owned(),
            Self::NotStarted { .. } => {
                "it is started without a shell, in the workspace's folder: name the program and each argument by itself"
                    .to_owned()
            }
            Self::Failed { command, .. } => format!("run it in a terminal: {command}"),
            Self::TimedOut { .. } => {
                "it must end by itself; a program that waits for input gets none".to_owned()
            }
            Self::TooMuch { .. } | Self::Output { .. } => {
                "it must print the tenants as JSON or CSV, and end".to_owned()
            }
        })
    }
}

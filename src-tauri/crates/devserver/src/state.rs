//! What a dev server is doing, in words.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::log::Line;

/// What a dev server is doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// The command that comes before it runs.
    Setup,
    /// Its command runs, and it does not answer (any more).
    Starting {
        /// What there is to say about that.
        remark: Option<Remark>,
    },
    /// It answers.
    Ready {
        /// The port that it answers on.
        port: u16,
        /// The loopback families that it listens in.
        families: Families,
        /// It wants TLS: its addresses begin with `https`.
        secure: bool,
        /// How long it took, from the start of its command.
        after: Duration,
        /// What there is to say about it all the same.
        remark: Option<Remark>,
    },
    /// Its processes were asked to end.
    Stopping,
    /// It ran, and has ended. Nothing of it is left.
    Exited(Last),
    /// It never answered, and has ended. Nothing of it is left.
    Failed {
        /// What was found, and what to do.
        reason: String,
        /// How it ended, where it had started at all.
        last: Option<Last>,
    },
}

/// How a command ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Last {
    /// With what code or by which signal.
    pub ended: Ended,
    /// It was stopped by us, whatever `ended` says.
    pub stopped: bool,
    /// When.
    pub at: SystemTime,
    /// The last lines that it printed.
    pub lines: Vec<Arc<Line>>,
    /// Processes of it that could not be ended: of another user, or stuck in the system.
    pub remain: Vec<u32>,
}

/// How a process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ended {
    /// By itself, with this code.
    Code(i32),
    /// By this signal.
    Signal(i32),
    /// Nobody knows: its supervisor was ended from outside.
    Unknown,
}

/// The loopback addresses that a server listens on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Families {
    /// 127.0.0.1.
    pub v4: bool,
    /// ::1.
    pub v6: bool,
}

/// Something that a person should know about a server that runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remark {
    /// It is late: nothing of it listens.
    Silent {
        /// The port that it was given.
        port: u16,
        /// How long it had for that.
        after: Duration,
    },
    /// It listens, and does not answer HTTP.
    NoAnswer {
        /// The port that it listens on.
        port: u16,
    },
    /// Somebody else listens on the port that it was given.
    Taken {
        /// That port.
        port: u16,
        /// Their process.
        by: u32,
    },
    /// It answers on another port than it was given.
    Elsewhere {
        /// The port that it was given.
        given: u16,
    },
    /// It answers on another port than before.
    Moved {
        /// The port before.
        from: u16,
    },
    /// It listened, and does not any more.
    Closed {
        /// The port that it listened on.
        port: u16,
    },
    /// The command has ended, and left processes that go on.
    Background,
    /// What answers is no process of its command, and of another user.
    Outsider,
}

// === impl State ===

impl State {
    /// It has ended, and no other state follows.
    pub fn is_final(&self) -> bool {
        matches!(self, Self::Exited(_) | Self::Failed { .. })
    }

    /// The port that it answers on.
    pub fn port(&self) -> Option<u16> {
        match self {
            Self::Ready { port, .. } => Some(*port),
            Self::Setup
            | Self::Starting { .. }
            | Self::Stopping
            | Self::Exited(_)
            | Self::Failed { .. } => None,
        }
    }
}

// === impl Ended ===

impl Ended {
    pub(crate) fn new(code: Option<i32>, signal: Option<i32>) -> Self {
        match (code, signal) {
            (Some(code), _) => Self::Code(code),
            (None, Some(signal)) => Self::Signal(signal),
            (None, None) => Self::Unknown,
        }
    }

    pub(crate) fn is_success(self) -> bool {
        self == Self::Code(0)
    }

    /// What shells and systems mean by it, where that is agreed on.
    pub(crate) fn meaning(self) -> Option<&'static str> {
        match self {
            Self::Code(126) => Some("the shell found the command and may not run it"),
            Self::Code(127 | 9009) => {
                Some("the shell did not find the command: is it installed, and in PATH?")
            }
            Self::Code(137) | Self::Signal(9) => {
                Some("killed from outside, by the system where memory ran out")
            }
            Self::Code(_) | Self::Signal(_) | Self::Unknown => None,
        }
    }
}

impl fmt::Display for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code(code) => write!(f, "code {code}"),
            Self::Signal(signal) => write!(f, "signal {signal}"),
            Self::Unknown => f.write_str("no word of how"),
        }
    }
}

// === impl Families ===

impl fmt::Display for Families {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match (self.v4, self.v6) {
            (true, true) => "127.0.0.1 and ::1",
            (true, false) => "127.0.0.1",
            (false, true) => "::1",
            (false, false) => "neither 127.0.0.1 nor ::1",
        })
    }
}

// === impl Remark ===

impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Silent { port, after } => write!(
                f,
                "after {} s it listens nowhere; it was given port {port}, in {{port}} and in PORT: see its log",
                after.as_secs()
            ),
            Self::NoAnswer { port } => {
                write!(
                    f,
                    "listens on port {port} and does not answer HTTP there yet"
                )
            }
            Self::Taken { port, by } => write!(
                f,
                "port {port} was taken by process {by} before the server listened on it: stop and start it again"
            ),
            Self::Elsewhere { given } => write!(
                f,
                "it was given port {given} and listens elsewhere: put {{port}} into its command, or let it read PORT"
            ),
            Self::Moved { from } => write!(f, "it listened on port {from} before"),
            Self::Closed { port } => {
                write!(
                    f,
                    "it listened on port {port} and does not any more; its command still runs"
                )
            }
            Self::Background => f.write_str(
                "its command has ended and left processes that go on; they end when it is stopped",
            ),
            Self::Outsider => f.write_str(
                "what answers is no process that its command started: a container, as it seems",
            ),
        }
    }
}

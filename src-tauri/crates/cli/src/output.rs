//! What the command writes: answers to standard output, everything else to standard error.
//!
//! A reader that went away (`tripledash check | head -1`) is not an error.

use std::fmt::Display;
use std::io::{IsTerminal as _, Write as _};

use serde::Serialize;
use tripledash_core::told;

/// How a command ends: 0 good, 1 the answer is no, 2 misuse. (What clap refuses ends with 2 too.)
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    Good,
    No,
    Misuse,
}

/// Writes an answer and a line end.
pub(crate) fn answer(text: impl Display) {
    let mut out = std::io::stdout().lock();
    // The reader may have gone; there is nobody left to tell.
    let _ = writeln!(out, "{text}").and_then(|()| out.flush());
}

/// Writes an answer as one line of JSON.
pub(crate) fn answer_json(value: &impl Serialize) {
    answer(
        serde_json::to_string(value).expect("our own types have string keys and no failing fields"),
    );
}

/// Writes a remark for the person.
pub(crate) fn remark(text: impl Display) {
    let mut out = std::io::stderr().lock();
    // As above: nobody left to tell.
    let _ = writeln!(out, "{text}");
}

/// Writes how far something is over what was said of it before; only to a terminal. An empty text
/// takes it away.
pub(crate) fn progress(text: impl Display) {
    let mut out = std::io::stderr().lock();
    if out.is_terminal() {
        // As above: nobody left to tell.
        let _ = write!(out, "\r\u{1b}[2K{text}").and_then(|()| out.flush());
    }
}

/// Writes why the answer is no, with everything that led to it.
pub(crate) fn error(error: &dyn std::error::Error) -> Ending {
    refuse(told(error))
}

/// Writes why the answer is no.
pub(crate) fn refuse(text: impl Display) -> Ending {
    remark(format_args!("{}: {text}", Paint::stderr().red("error")));
    Ending::No
}

/// Colours, where a terminal shows them and `NO_COLOR` is not set.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Paint(bool);

impl Paint {
    pub(crate) fn stdout() -> Self {
        Self(std::io::stdout().is_terminal() && wanted())
    }

    pub(crate) fn stderr() -> Self {
        Self(std::io::stderr().is_terminal() && wanted())
    }

    pub(crate) fn red(self, text: &str) -> String {
        self.with("31", text)
    }

    pub(crate) fn yellow(self, text: &str) -> String {
        self.with("33", text)
    }

    pub(crate) fn green(self, text: &str) -> String {
        self.with("32", text)
    }

    pub(crate) fn faint(self, text: &str) -> String {
        self.with("2", text)
    }

    pub(crate) fn bold(self, text: &str) -> String {
        self.with("1", text)
    }

    fn with(self, code: &str, text: &str) -> String {
        if self.0 {
            format!("\u{1b}[{code}m{text}\u{1b}[0m")
        } else {
            text.to_owned()
        }
    }
}

fn wanted() -> bool {
    let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    !no_color && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
}

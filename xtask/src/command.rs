//! Other programs: found on the path, called, listened to.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use crate::{Failure, root};

/// The cargo that called us, in the repository's root.
pub(crate) fn cargo<A: AsRef<OsStr>>(arguments: impl IntoIterator<Item = A>) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments).current_dir(root());
    command
}

/// A program in the repository's root.
pub(crate) fn program<A: AsRef<OsStr>>(
    name: &str,
    arguments: impl IntoIterator<Item = A>,
) -> Command {
    let mut command = Command::new(name);
    command.args(arguments).current_dir(root());
    command
}

/// The full path of a program that the shell would find.
pub(crate) fn find(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
}

/// How a person would type it.
pub(crate) fn spelled(command: &Command) -> String {
    let program = Path::new(command.get_program())
        .file_name()
        .unwrap_or_default();
    let words = std::iter::once(program).chain(command.get_args());
    words
        .map(|word| word.to_string_lossy().into_owned())
        .collect::<Vec<_>>()
        .join(" ")
}

/// Calls a program on our own terminal and waits for it.
pub(crate) fn call(mut command: Command) -> Result<(), Failure> {
    let line = spelled(&command);
    let status = command
        .status()
        .map_err(|error| format!("cannot start `{line}`: {error}"))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("`{line}` ended with {status}").into())
    }
}

/// Becomes a program: its signals are ours, and so is its exit code. Where a process cannot do so,
/// calls it.
pub(crate) fn turn_into(command: Command) -> Result<(), Failure> {
    #[cfg(unix)]
    {
        use std::os::unix::process::CommandExt as _;
        let mut command = command;
        let error = command.exec();
        Err(format!("cannot start `{}`: {error}", spelled(&command)).into())
    }
    #[cfg(not(unix))]
    call(command)
}

/// What a program writes to its standard output, or `None` when it says no.
pub(crate) fn answer(mut command: Command) -> Option<String> {
    let output = command.stderr(Stdio::null()).output().ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Calls a program, shows every line as it comes and gives each one to `listen`.
///
/// Returns whether the program ended well.
pub(crate) fn listen(mut command: Command, mut listen: impl FnMut(&str)) -> Result<bool, Failure> {
    let line = spelled(&command);
    if std::io::stdout().is_terminal() {
        command
            .env("CARGO_TERM_COLOR", "always")
            .env("FORCE_COLOR", "1");
    }
    let (reader, writer) =
        std::io::pipe().map_err(|error| format!("cannot make a pipe: {error}"))?;
    let copy = writer
        .try_clone()
        .map_err(|error| format!("cannot make a pipe: {error}"))?;
    let mut child = command
        .stdin(Stdio::null())
        .stdout(writer)
        .stderr(copy)
        .spawn()
        .map_err(|error| format!("cannot start `{line}`: {error}"))?;
    // The command keeps its ends of the pipe: let go of them, or the reader never sees the end.
    drop(command);
    let (tell, lines) = mpsc::channel();
    std::thread::spawn(move || {
        each_line(reader, |text| {
            // Nobody listens any more once the program has ended.
            let _ = tell.send(text.to_owned());
        });
    });
    let mut ended = None;
    loop {
        match lines.recv_timeout(Duration::from_millis(250)) {
            Ok(text) => {
                let mut out = std::io::stdout().lock();
                // A closed terminal must not stop the run: the exit code still tells.
                let _ = writeln!(out, "{text}");
                listen(&plain(&text));
            }
            // Quiet after its end: what still holds the pipe is a child that it left behind.
            Err(RecvTimeoutError::Timeout) if ended.is_some() => break,
            Err(RecvTimeoutError::Timeout) => {
                ended = child
                    .try_wait()
                    .map_err(|error| format!("lost `{line}`: {error}"))?;
            }
            Err(RecvTimeoutError::Disconnected) => break,
        }
    }
    let status = child
        .wait()
        .map_err(|error| format!("lost `{line}`: {error}"))?;
    Ok(status.success())
}

fn each_line(reader: impl Read, mut show: impl FnMut(&str)) {
    let mut reader = BufReader::new(reader);
    let mut line = Vec::new();
    while reader
        .read_until(b'\n', &mut line)
        .is_ok_and(|read| read > 0)
    {
        show(String::from_utf8_lossy(&line).trim_end_matches(['\n', '\r']));
        line.clear();
    }
}

/// The line without its colours.
fn plain(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest = line.chars();
    while let Some(char) = rest.next() {
        if char == '\u{1b}' {
            for code in rest.by_ref() {
                if code.is_ascii_alphabetic() {
                    break;
                }
            }
        } else {
            out.push(char);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_taken_out() {
        assert_eq!(
            plain("\u{1b}[32m  3 passed\u{1b}[39m (1s)"),
            "  3 passed (1s)"
        );
    }

    #[test]
    fn a_line_without_an_end_is_a_line() {
        let mut seen = Vec::new();
        each_line("one\r\ntwo".as_bytes(), |line| seen.push(line.to_owned()));
        assert_eq!(seen, ["one", "two"]);
    }
}

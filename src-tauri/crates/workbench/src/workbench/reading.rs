//! Reading a workspace file, and what is wrong with one that cannot be read.

use std::io;
use std::path::Path;

use tripledash_core::Severity;
use tripledash_core::workspace::{LONGEST, Problem};

use crate::FILE;
use crate::file::read_workspace;

/// Reads a workspace file, or says what is in the way.
pub(super) fn read(file: &Path) -> Result<String, Box<Problem>> {
    let bytes = read_workspace(file).map_err(|error| Box::new(unreadable(&error)))?;
    String::from_utf8(bytes).map_err(|error| {
        let good = error.utf8_error().valid_up_to();
        let before = String::from_utf8_lossy(&error.as_bytes()[..good]).into_owned();
        let mut problem = problem(
            "bytes that are no UTF-8",
            "UTF-8 text",
            "the file is not UTF-8",
        );
        problem.line = before.matches('\n').count() + 1;
        problem.column = before
            .rsplit('\n')
            .next()
            .map_or(0, |line| line.chars().count())
            + 1;
        Box::new(problem)
    })
}

fn unreadable(error: &io::Error) -> Problem {
    match error.kind() {
        io::ErrorKind::NotFound => {
            let mut problem = problem(
                "no file",
                "a workspace file",
                "the file is gone; the last good state is shown",
            );
            problem.hint = Some("put it back, or open another folder".to_owned());
            problem
        }
        io::ErrorKind::FileTooLarge => {
            let wanted = format!("a file of at most {LONGEST} octets");
            problem("a longer file", &wanted, &error.to_string())
        }
        _ => problem(
            &error.to_string(),
            "a readable file",
            "the file cannot be read",
        ),
    }
}

/// A problem with the file as a whole.
pub(super) fn problem(found: &str, wanted: &str, message: &str) -> Problem {
    Problem {
        severity: Severity::Error,
        file: FILE.to_owned(),
        line: 1,
        column: 1,
        found: found.to_owned(),
        wanted: wanted.to_owned(),
        message: message.to_owned(),
        hint: None,
    }
}

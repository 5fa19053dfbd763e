//! `tripledash check`: everything that is wrong with a workspace file, at once.

use serde::Serialize;
use tripledash_core::Severity;
use tripledash_core::workspace::Problem;

use crate::arguments::Check;
use crate::output::{self, Ending, Paint};
use crate::workspace;

/// The answer as JSON.
#[derive(Debug, Serialize)]
struct Report<'a> {
    file: &'a str,
    errors: usize,
    warnings: usize,
    problems: &'a [Problem],
}

pub(crate) fn check(check: &Check) -> Ending {
    let read = match workspace::read(&check.folder) {
        Ok(read) => read,
        Err(error) => return output::error(&error),
    };
    let errors = read
        .problems
        .iter()
        .filter(|problem| problem.severity == Severity::Error)
        .count();
    let warnings = read.problems.len() - errors;
    if check.json {
        output::answer_json(&Report {
            file: &read.file,
            errors,
            warnings,
            problems: &read.problems,
        });
    } else {
        let paint = Paint::stdout();
        for problem in &read.problems {
            output::answer(workspace::line(problem, paint));
        }
        output::answer(summary(&read.file, errors, warnings));
    }
    if errors == 0 {
        Ending::Good
    } else {
        Ending::No
    }
}

fn summary(file: &str, errors: usize, warnings: usize) -> String {
    let count = |count: usize, word: &str| match count {
        0 => format!("no {word}s"),
        1 => format!("1 {word}"),
        _ => format!("{count} {word}s"),
    };
    match (errors, warnings) {
        (0, 0) => format!("{file} is good"),
        (0, _) => format!("{file} is good, with {}", count(warnings, "warning")),
        _ => format!(
            "{file} has {} and {}",
            count(errors, "error"),
            count(warnings, "warning")
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_summary_counts_in_words() {
        assert_eq!(summary("a", 0, 0), "a is good");
        assert_eq!(summary("a", 0, 1), "a is good, with 1 warning");
        assert_eq!(summary("a", 2, 0), "a has 2 errors and no warnings");
    }
}

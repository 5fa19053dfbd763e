//! How many tests ran, read from what the test programs write.

/// Tests that passed and tests that failed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
}

impl Tally {
    pub(crate) fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }

    /// What one line of a test program's output adds.
    ///
    /// - cargo: `test result: ok. 12 passed; 1 failed; 0 ignored; …`
    /// - vitest: `      Tests  1 failed | 34 passed (35)`
    /// - Playwright: `  5 passed (3.1s)`, `  1 failed`, `  1 flaky`
    pub(crate) fn of_line(line: &str) -> Self {
        let line = line.trim();
        let counts = if let Some(rest) = line.strip_prefix("test result:") {
            rest.split_once(". ").map_or(rest, |(_, counts)| counts)
        } else if let Some(rest) = line.strip_prefix("Tests  ") {
            rest
        } else if is_playwright(line) {
            line
        } else {
            return Self::default();
        };
        let mut tally = Self::default();
        for piece in counts.split([';', '|']) {
            let mut words = piece.split_whitespace();
            let Some(count) = words.next().and_then(|word| word.parse::<u64>().ok()) else {
                continue;
            };
            match words.next() {
                Some("passed") => tally.passed += count,
                // A test that needed a second try is not a test that holds.
                Some("failed" | "flaky") => tally.failed += count,
                _ => {}
            }
        }
        tally
    }
}

/// Playwright writes a count and a word, and after `passed` the time in brackets.
fn is_playwright(line: &str) -> bool {
    let words: Vec<&str> = line.split(' ').collect();
    match words.as_slice() {
        [count, "failed" | "flaky"] => count.parse::<u64>().is_ok(),
        [count, "passed", time] => count.parse::<u64>().is_ok() && time.starts_with('('),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_count_are_read_and_others_are_not() {
        let cases = [
            (
                "test result: ok. 12 passed; 0 failed; 3 ignored; 0 measured; 0 filtered out; finished in 0.1s",
                (12, 0),
            ),
            (
                "test result: FAILED. 1 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out",
                (1, 2),
            ),
            ("      Tests  34 passed (34)", (34, 0)),
            ("      Tests  1 failed | 34 passed (35)", (34, 1)),
            (" Test Files  3 passed (3)", (0, 0)),
            ("  5 passed (3.1s)", (5, 0)),
            ("  1 failed", (0, 1)),
            ("  1 flaky", (0, 1)),
            ("12 passed, 0 failed", (0, 0)),
            ("3 passed the gate today", (0, 0)),
        ];
        for (line, (passed, failed)) in cases {
            assert_eq!(Tally::of_line(line), Tally { passed, failed }, "{line}");
        }
    }
}

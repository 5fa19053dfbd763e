//! Field lines that were judged before: a browser says mostly the same with each request.

use std::fmt;

use super::head::MAX_FIELDS;

/// The longest line that is kept, in bytes: so that what is kept stays small.
const LONGEST: usize = 4 * 1024;
/// How many lines of the last head may be missing from the next, one after the other.
const AHEAD: usize = 3;

/// One connection's field lines that are in order and say nothing of framing, in the order in
/// which they came last. What a line is judged to be depends on nothing but its bytes.
#[derive(Default)]
pub(crate) struct Known {
    /// With their ends.
    lines: Vec<Vec<u8>>,
    /// The one that most likely comes next.
    next: usize,
}

impl Known {
    /// Begins with another head.
    pub(super) fn rewind(&mut self) {
        self.next = 0;
    }

    /// The length of the line that `bytes` begin with, where it is known.
    pub(super) fn find(&mut self, bytes: &[u8]) -> Option<usize> {
        let near = self.lines.iter().enumerate().skip(self.next).take(AHEAD);
        for (at, line) in near {
            if bytes.starts_with(line) {
                self.next = at + 1;
                return Some(line.len());
            }
        }
        None
    }

    /// Keeps the line that came in place of the one that was likely.
    pub(super) fn keep(&mut self, line: &[u8]) {
        if line.len() > LONGEST {
            return;
        }
        if let Some(old) = self.lines.get_mut(self.next) {
            old.clear();
            old.extend_from_slice(line);
        } else if self.lines.len() < MAX_FIELDS {
            self.lines.push(line.to_vec());
        } else {
            return;
        }
        self.next += 1;
    }
}

// Not the lines, which are nobody's to tell.
impl fmt::Debug for Known {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Known")
            .field("lines", &self.lines.len())
            .finish_non_exhaustive()
    }
}

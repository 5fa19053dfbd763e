//! Octets as they come from a pipe, cut into the lines that a person would see in a terminal.
//!
//! - A line ends with a line feed. What a carriage return overwrites is not kept: of a progress bar
//!   only its last state is.
//! - Colours and other control sequences are taken out.
//! - However long a line is, no more than the bound of it is ever held.

use std::mem;

#[derive(Debug)]
pub(super) struct Lines {
    bound: usize,
    /// What came since the last line feed, or since the last carriage return that something follows.
    open: Vec<u8>,
    /// How many octets of the open line were over the bound.
    cut: u64,
    /// A carriage return came last: what follows overwrites the line, unless it is a line feed.
    returned: bool,
}

// === impl Lines ===

impl Lines {
    pub(super) fn new(bound: usize) -> Self {
        Self {
            bound,
            open: Vec::new(),
            cut: 0,
            returned: false,
        }
    }

    /// Takes in `octets`, and gives every line that they complete to `line`.
    pub(super) fn take(&mut self, octets: &[u8], mut line: impl FnMut(String)) {
        for piece in octets.split_inclusive(|octet| matches!(octet, b'\n' | b'\r')) {
            match piece {
                [text @ .., b'\n'] => {
                    self.append(text);
                    line(self.close());
                }
                [text @ .., b'\r'] => {
                    self.append(text);
                    self.returned = true;
                }
                text => self.append(text),
            }
        }
    }

    /// The open line, if there is text in it: where the output ends or pauses.
    pub(super) fn rest(&mut self) -> Option<String> {
        (!self.open.is_empty()).then(|| self.close())
    }

    fn append(&mut self, text: &[u8]) {
        if text.is_empty() {
            return;
        }
        if mem::take(&mut self.returned) {
            self.open.clear();
            self.cut = 0;
        }
        // Control sequences count: they are taken out at the end of the line.
        let room = self.bound.saturating_sub(self.open.len());
        let (kept, cut) = text.split_at(room.min(text.len()));
        self.open.extend_from_slice(kept);
        self.cut += cut.len() as u64;
    }

    fn close(&mut self) -> String {
        self.returned = false;
        let octets = mem::take(&mut self.open);
        // In this order: taking out sequences takes octets that are no UTF-8 for some of them.
        let lossy = String::from_utf8_lossy(&octets);
        // Most lines have nothing to take out, and are not looked at letter by letter for it.
        let mut text = if lossy.contains(|letter: char| letter.is_ascii_control()) {
            anstream::adapter::strip_str(&lossy).to_string()
        } else {
            lossy.into_owned()
        };
        text.truncate(text.trim_end().len());
        match mem::take(&mut self.cut) {
            0 => {}
            cut => text.push_str(&format!(" … ({cut} more octets were cut off)")),
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(bound: usize, pieces: &[&[u8]]) -> Vec<String> {
        let mut lines = Lines::new(bound);
        let mut found = Vec::new();
        for piece in pieces {
            lines.take(piece, |line| found.push(line));
        }
        found.extend(lines.rest());
        found
    }

    #[test]
    fn lines_end_with_a_line_feed() {
        assert_eq!(lines(99, &[b"a\nb\r\n\nc"]), ["a", "b", "", "c"]);
    }

    #[test]
    fn a_carriage_return_overwrites() {
        assert_eq!(lines(99, &[b"10%\r50%\r100%\ndone\n"]), ["100%", "done"]);
        assert_eq!(lines(99, &[b"10%\r", b"\n"]), ["10%"]);
        assert_eq!(lines(99, &[b"10%\r", b"20%"]), ["20%"]);
    }

    #[test]
    fn colours_and_titles_are_taken_out() {
        let text = b"\x1b[1m\x1b[38;5;2m ready\x1b[22m\x1b[39m in \x1b]8;;http://a.example\x1b\\link\x1b]8;;\x1b\\\x07\n";
        assert_eq!(lines(200, &[text]), [" ready in link"]);
    }

    #[test]
    fn what_is_no_utf8_is_replaced() {
        assert_eq!(lines(99, &[b"caf\xe9 \xff\n"]), ["caf\u{fffd} \u{fffd}"]);
    }

    #[test]
    fn a_long_line_is_cut_and_says_so() {
        let long = [b'x'; 50];
        let expected = format!("{} … (90 more octets were cut off)", "x".repeat(10));
        assert_eq!(
            lines(10, &[&long, &long, b"\nshort\n"]),
            [&expected, "short"]
        );
    }

    #[test]
    fn where_pipes_cut_makes_no_difference() {
        let text = "10%\r\x1b[32mgr\u{fc}n\x1b[0m\r\n\nrest\rmore".as_bytes();
        let whole = lines(99, &[text]);
        assert_eq!(whole, ["gr\u{fc}n", "", "more"]);
        for at in 0..text.len() {
            let (one, other) = text.split_at(at);
            assert_eq!(lines(99, &[one, other]), whole, "cut at {at}");
        }
    }
}

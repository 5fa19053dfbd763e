//! Where something stands in a text.

use std::cell::OnceCell;

use memchr::memchr_iter;

/// Lines of a text, found when first asked: most texts have no problem to place.
#[derive(Debug)]
pub(super) struct Lines<'t> {
    text: &'t str,
    /// Where every so many lines start: of a text that is nothing but line ends, all would take
    /// eight times the text.
    starts: OnceCell<Vec<usize>>,
}

const EVERY: usize = 256;

impl<'t> Lines<'t> {
    pub(super) fn of(text: &'t str) -> Self {
        Self {
            text,
            starts: OnceCell::new(),
        }
    }

    /// Line and column, from 1, the column in characters.
    pub(super) fn position(&self, offset: usize) -> (usize, usize) {
        let starts = self.starts();
        let known = starts.partition_point(|start| *start <= offset) - 1;
        let (mut line, mut start) = (known * EVERY + 1, starts[known]);
        let behind = &self.text.as_bytes()[start..offset.clamp(start, self.text.len())];
        if let Some(last) = memchr::memrchr(b'\n', behind) {
            line += memchr_iter(b'\n', behind).count();
            start += last + 1;
        }
        let before = self.text.get(start..offset);
        (line, before.map_or(1, |before| before.chars().count() + 1))
    }

    /// The offset of a line and a column in octets, both from 1, as `serde_json` counts them.
    pub(super) fn offset(&self, line: usize, column: usize) -> usize {
        let line = line.saturating_sub(1);
        let known = self.starts().get(line / EVERY).copied();
        let start = known.and_then(|known| match line % EVERY {
            0 => Some(known),
            more => {
                let mut ends = memchr_iter(b'\n', &self.text.as_bytes()[known..]);
                ends.nth(more - 1).map(|at| known + at + 1)
            }
        });
        let mut at = (start.unwrap_or(0) + column.saturating_sub(1)).min(self.text.len());
        while !self.text.is_char_boundary(at) {
            at -= 1;
        }
        at
    }

    fn starts(&self) -> &[usize] {
        self.starts.get_or_init(|| {
            let behind = memchr_iter(b'\n', self.text.as_bytes()).map(|at| at + 1);
            let behind = behind.skip(EVERY - 1).step_by(EVERY);
            std::iter::once(0).chain(behind).collect()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_of_a_long_text_are_those_that_a_person_counts() {
        // Lines of 0 to 4 letters of two octets, well over what is remembered of them.
        let lines: Vec<String> = (0..3 * EVERY + 7).map(|n| "é".repeat(n % 5)).collect();
        let text = lines.join("\n");
        let places = Lines::of(&text);
        let mut offset = 0;
        for (number, line) in (1..).zip(&lines) {
            assert_eq!(places.position(offset), (number, 1));
            let end = offset + line.len();
            assert_eq!(places.position(end), (number, line.chars().count() + 1));
            assert_eq!(places.offset(number, 1), offset);
            assert_eq!(places.offset(number, line.len() + 1), end);
            offset = end + 1;
        }
        assert!(places.starts().len() < 5);
        // Inside a letter, and behind the end.
        assert_eq!(places.offset(2, 2), 1);
        assert_eq!(places.position(text.len() + 9), (lines.len(), 1));
    }
}

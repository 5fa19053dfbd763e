//! Fields that come again: a page's requests say mostly the same of themselves, and so do the
//! answers to them.
//!
//! A trace keeps thousands of messages, longer than any cache of the processor holds. What many of
//! them share is written once, stays near, and is not given back to the allocator piece by piece.

use std::mem;

use super::{HeaderLines, HeaderLinesBuilder};

/// How many messages are remembered. Those of a page differ by what they fetch, and by tenant.
const MESSAGES: usize = 16;
/// The longest that is remembered, in bytes: so that what is remembered stays small.
const LONGEST: usize = 4 * 1024;

/// The fields of the last few messages that differed.
#[derive(Debug, Default)]
pub(crate) struct Repeated {
    draft: HeaderLinesBuilder,
    messages: Vec<HeaderLines>,
    /// The one that makes room for the next.
    oldest: usize,
}

impl Repeated {
    /// The fields that `write` adds: those of an earlier message, where they are the same.
    pub(crate) fn share(&mut self, write: impl FnOnce(&mut HeaderLinesBuilder)) -> HeaderLines {
        self.draft.clear();
        write(&mut self.draft);
        if self.draft.size() > LONGEST {
            return mem::take(&mut self.draft).build();
        }
        let same = self.messages.iter().find(|lines| self.draft.is(lines));
        if let Some(same) = same {
            return same.clone();
        }
        let lines = self.draft.clone().build();
        if self.messages.len() < MESSAGES {
            self.messages.push(lines.clone());
        } else {
            self.messages[self.oldest] = lines.clone();
            self.oldest = (self.oldest + 1) % MESSAGES;
        }
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn share(repeated: &mut Repeated, lines: &[(&str, &str)]) -> HeaderLines {
        repeated.share(|draft| {
            for (name, value) in lines {
                draft.push(name, |text| text.extend_from_slice(value.as_bytes()));
            }
        })
    }

    #[test]
    fn what_is_the_same_is_shared_and_nothing_else() {
        let mut repeated = Repeated::default();
        let long = "x".repeat(LONGEST);
        let messages: [&[(&str, &str)]; 6] = [
            &[("a", "bc"), ("d", "")],
            &[("ab", "c"), ("d", "")],
            &[("a", "bcd"), ("", "")],
            &[("a", "bc")],
            &[],
            &[("a", &long)],
        ];
        for (first, one) in messages.iter().enumerate() {
            for (second, other) in messages.iter().enumerate() {
                let (one, other) = (share(&mut repeated, one), share(&mut repeated, other));
                assert_eq!(one == other, first == second);
                let kept = first == second && first < 5;
                assert_eq!(one.is_shared_with(&other), kept, "{first} {second}");
            }
        }
    }

    #[test]
    fn only_so_many_are_remembered() {
        let mut repeated = Repeated::default();
        let values: Vec<String> = (0..=MESSAGES).map(|number| number.to_string()).collect();
        let lines: Vec<HeaderLines> = values
            .iter()
            .map(|value| share(&mut repeated, &[("n", value)]))
            .collect();
        assert_eq!(repeated.messages.len(), MESSAGES);
        let again = |repeated: &mut Repeated, place: usize| {
            share(repeated, &[("n", &values[place])]).is_shared_with(&lines[place])
        };
        assert!(again(&mut repeated, MESSAGES));
        assert!(again(&mut repeated, 1));
        assert!(!again(&mut repeated, 0));
    }
}

//! Fields that come again: a page's requests say mostly the same of themselves, and so do the
//! answers to them.
//!
//! A trace keeps thousands of messages, longer than any cache of the processor holds. What many of
//! them share is written once, stays near, and is not given back to the allocator piece by piece.
//! Most of it is not even written: a message that came once more is known before anything is looked
//! for in it. What a trace shows as it came is compared with what was shown, and what it leaves
//! something out of by a keyed hash. Nothing of what is left out is kept here either.

use std::hash::{BuildHasher as _, RandomState};
use std::mem;

use http::{HeaderMap, HeaderName, HeaderValue};

use super::{HeaderLines, HeaderLinesBuilder};
use crate::redact::Secrets;

/// How many messages are remembered. Those of a page differ by what they fetch, and by tenant.
const MESSAGES: usize = 16;
/// The longest that is remembered, in bytes: so that what is remembered stays small.
const LONGEST: usize = 4 * 1024;

/// The fields of the last few messages that differed.
#[derive(Debug, Default)]
pub(crate) struct Repeated {
    draft: HeaderLinesBuilder,
    /// Not to be guessed, so that nobody can make two messages look the same.
    keys: RandomState,
    messages: Vec<Message>,
    /// The one that makes room for the next.
    oldest: usize,
}

#[derive(Debug)]
struct Message {
    /// The bytes of all values: what tells most messages apart.
    size: usize,
    /// What came, in the order of `lines`.
    fields: Box<[Field]>,
    /// What was looked for in it.
    secrets: Secrets,
    lines: HeaderLines,
}

/// A field that came.
#[derive(Debug)]
struct Field {
    name: HeaderName,
    came: Came,
}

/// How its value came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Came {
    /// As it is shown.
    AsShown,
    /// Otherwise, by a number that tells nothing of it: there may be a secret in it.
    Otherwise(u64),
}

impl Repeated {
    /// The fields as a trace keeps them: those of an earlier message, where they are the same.
    pub(crate) fn share(&mut self, headers: &HeaderMap, secrets: &Secrets) -> HeaderLines {
        let size = headers.values().map(HeaderValue::len).sum();
        // The newest first: a `Date` is true for a second.
        let (newest, older) = self.messages.split_at(self.oldest);
        let mut known = newest.iter().rev().chain(older.iter().rev());
        if let Some(known) =
            known.find(|known| known.size == size && known.is(headers, secrets, &self.keys))
        {
            return known.lines.clone();
        }
        self.draft.clear();
        secrets.write_lines(headers, &mut self.draft);
        if self.draft.size() > LONGEST {
            return mem::take(&mut self.draft).build();
        }
        let mut same = self.messages.iter_mut();
        if let Some(same) = same.find(|message| self.draft.is(&message.lines)) {
            // Only what is left out has changed, such as a cookie's value.
            same.size = size;
            same.fields = fields(headers, &same.lines, &self.keys);
            same.secrets.clone_from(secrets);
            return same.lines.clone();
        }
        let lines = self.draft.clone().build();
        self.remember(Message {
            size,
            fields: fields(headers, &lines, &self.keys),
            secrets: secrets.clone(),
            lines: lines.clone(),
        });
        lines
    }

    fn remember(&mut self, message: Message) {
        if self.messages.len() < MESSAGES {
            self.messages.push(message);
        } else {
            self.messages[self.oldest] = message;
            self.oldest = (self.oldest + 1) % MESSAGES;
        }
    }
}

impl Message {
    /// Whether it came so, and the same is left out of it.
    fn is(&self, headers: &HeaderMap, secrets: &Secrets, keys: &RandomState) -> bool {
        if headers.len() != self.fields.len() || self.secrets != *secrets {
            return false;
        }
        let known = self.fields.iter().zip(self.lines.values());
        headers
            .iter()
            .zip(known)
            .all(|((name, value), (field, shown))| {
                *name == field.name
                    && match field.came {
                        Came::AsShown => value.as_bytes() == shown,
                        Came::Otherwise(hash) => keys.hash_one(value.as_bytes()) == hash,
                    }
            })
    }
}

/// The fields of which `lines` were made.
fn fields(headers: &HeaderMap, lines: &HeaderLines, keys: &RandomState) -> Box<[Field]> {
    let field = |((name, value), shown): ((&HeaderName, &HeaderValue), &[u8])| Field {
        name: name.clone(),
        came: match value.as_bytes() {
            value if value == shown => Came::AsShown,
            value => Came::Otherwise(keys.hash_one(value)),
        },
    };
    headers.iter().zip(lines.values()).map(field).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn share(repeated: &mut Repeated, lines: &[(&str, &str)], secrets: &Secrets) -> HeaderLines {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
            headers.append(name, HeaderValue::from_str(value).unwrap());
        }
        let shared = repeated.share(&headers, secrets);
        assert_eq!(shared, secrets.lines(&headers));
        shared
    }

    #[test]
    fn what_is_the_same_is_shared_and_nothing_else() {
        let mut repeated = Repeated::default();
        let secrets = Secrets::default();
        let long = "x".repeat(LONGEST);
        let messages: [&[(&str, &str)]; 8] = [
            &[("a", "bc"), ("d", "")],
            &[("ab", "c"), ("d", "")],
            &[("d", ""), ("a", "bc")],
            &[("a", "b:c"), ("d", "")],
            &[("a", "bcd"), ("a", "")],
            &[("a", "bc")],
            &[],
            &[("a", &long)],
        ];
        for (first, one) in messages.iter().enumerate() {
            for (second, other) in messages.iter().enumerate() {
                let one = share(&mut repeated, one, &secrets);
                let other = share(&mut repeated, other, &secrets);
                assert_eq!(one == other, first == second);
                let kept = first == second && first < 7;
                assert_eq!(one.is_shared_with(&other), kept, "{first} {second}");
            }
        }
    }

    #[test]
    fn what_is_left_out_makes_no_difference_and_is_not_kept() {
        let mut repeated = Repeated::default();
        let secrets = Secrets::default();
        let mut cookie = |value: &str| share(&mut repeated, &[("cookie", value)], &secrets);
        let first = cookie("sid=one-secret");
        for value in ["sid=two-secrets", "sid=[redacted]", "sid=one-secret"] {
            assert!(cookie(value).is_shared_with(&first));
        }
        assert!(!cookie("other=one-secret").is_shared_with(&first));
        // Every field of it is shown, as text or as numbers, and none has what a trace leaves out.
        let kept = format!("{repeated:?}");
        let numbers = format!("{:?}", "one-secret".as_bytes());
        assert!(kept.contains("sid=[redacted]"), "{kept}");
        for secret in ["one-secret", numbers.trim_matches(['[', ']'])] {
            assert!(!kept.contains(secret), "{kept}");
        }
    }

    #[test]
    fn what_is_looked_for_makes_a_difference() {
        let mut repeated = Repeated::default();
        let mut secrets = Secrets::default();
        let before = share(&mut repeated, &[("x-a", "s3cret-token")], &secrets);
        secrets.add_text("s3cret-token");
        let after = share(&mut repeated, &[("x-a", "s3cret-token")], &secrets);
        assert_eq!(
            (before.get("x-a"), after.get("x-a")),
            (Some("s3cret-token"), Some("[redacted]"))
        );
    }

    #[test]
    fn only_so_many_are_remembered() {
        let mut repeated = Repeated::default();
        let secrets = Secrets::default();
        let values: Vec<String> = (0..=MESSAGES).map(|number| number.to_string()).collect();
        let lines: Vec<HeaderLines> = values
            .iter()
            .map(|value| share(&mut repeated, &[("n", value)], &secrets))
            .collect();
        assert_eq!(repeated.messages.len(), MESSAGES);
        let again = |repeated: &mut Repeated, place: usize| {
            share(repeated, &[("n", &values[place])], &secrets).is_shared_with(&lines[place])
        };
        assert!(again(&mut repeated, MESSAGES));
        assert!(again(&mut repeated, 1));
        assert!(!again(&mut repeated, 0));
    }
}

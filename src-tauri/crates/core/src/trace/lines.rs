//! Header fields as a trace keeps them: in wire order, and in one text, since thousands are kept.

use std::fmt;
use std::sync::Arc;

use serde::{Serialize, Serializer};

/// Header fields as sent or received, secrets redacted, in wire order.
///
/// ```
/// use tripledash_core::trace::HeaderLines;
///
/// let lines: HeaderLines = [("host", "acme.localhost"), ("accept", "*/*")].into_iter().collect();
/// assert_eq!(lines.get("Accept"), Some("*/*"));
/// assert_eq!(lines.iter().next(), Some(("host", "acme.localhost")));
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct HeaderLines(Option<Arc<Lines>>);

#[derive(PartialEq, Eq)]
struct Lines {
    text: Box<str>,
    /// Where each field's name and value end in `text`.
    ends: Box<[(u32, u32)]>,
    /// Which lengths the names have, by [`length_bit`].
    lengths: u64,
}

/// Fields being put together.
#[derive(Debug, Clone, Default)]
pub(crate) struct HeaderLinesBuilder {
    // Known to be text once all is in: to look at each value by itself takes longer.
    text: Vec<u8>,
    ends: Vec<(u32, u32)>,
}

impl HeaderLines {
    /// Names and values.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&str, &str)> + ExactSizeIterator {
        let (text, ends) = self.parts();
        (0..ends.len()).map(move |place| {
            let start = place.checked_sub(1).map_or(0, |before| ends[before].1);
            let (name, value) = ends[place];
            (piece(text, start, name), piece(text, name, value))
        })
    }

    /// The values alone.
    pub(super) fn values(&self) -> impl ExactSizeIterator<Item = &[u8]> {
        let (text, ends) = self.parts();
        let value = |&(start, end): &(u32, u32)| &text.as_bytes()[start as usize..end as usize];
        ends.iter().map(value)
    }

    /// The first value of a field.
    pub fn get(&self, name: &str) -> Option<&str> {
        // Diagnostics ask for fields that are hardly ever there.
        let Lines {
            text,
            ends,
            lengths,
        } = self.0.as_deref()?;
        if lengths & length_bit(name.len()) == 0 {
            return None;
        }
        // Nearly all names are in lower case, on either side.
        let same = |known: &str| known == name || known.eq_ignore_ascii_case(name);
        let mut start = 0;
        for &(named, end) in &**ends {
            if (named - start) as usize == name.len() && same(piece(text, start, named)) {
                return Some(piece(text, named, end));
            }
            start = end;
        }
        None
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.parts().1.is_empty()
    }

    /// How many bytes they take besides the value itself, were they not shared.
    pub(crate) fn weight(&self) -> usize {
        let (text, ends) = self.parts();
        text.len() + size_of_val(ends)
    }

    fn parts(&self) -> (&str, &[(u32, u32)]) {
        let lines = self.0.as_deref();
        lines.map_or(("", &[]), |lines| (&lines.text, &lines.ends))
    }

    #[cfg(test)]
    pub(super) fn is_shared_with(&self, other: &Self) -> bool {
        self.0.as_ref().map(Arc::as_ptr) == other.0.as_ref().map(Arc::as_ptr)
    }
}

/// A bit for each length, and one for all that are longer than names are.
fn length_bit(length: usize) -> u64 {
    1 << length.min(63)
}

fn piece(text: &str, start: u32, end: u32) -> &str {
    &text[start as usize..end as usize]
}

impl HeaderLinesBuilder {
    /// Room for so many fields of so many bytes in all.
    pub(crate) fn with_capacity(fields: usize, bytes: usize) -> Self {
        Self {
            text: Vec::with_capacity(bytes),
            ends: Vec::with_capacity(fields),
        }
    }

    /// Adds a field, whose value `write` appends: text as a whole. Once there are 4 GiB of them, no
    /// more are kept.
    pub(crate) fn push(&mut self, name: &str, write: impl FnOnce(&mut Vec<u8>)) {
        let start = self.text.len();
        self.text.extend_from_slice(name.as_bytes());
        let named = self.text.len();
        write(&mut self.text);
        match (u32::try_from(named), u32::try_from(self.text.len())) {
            (Ok(name), Ok(value)) => self.ends.push((name, value)),
            _ => self.text.truncate(start),
        }
    }

    /// Takes all fields out again.
    pub(super) fn clear(&mut self) {
        self.text.clear();
        self.ends.clear();
    }

    /// How many bytes there are so far.
    pub(super) fn size(&self) -> usize {
        self.text.len() + size_of_val(&*self.ends)
    }

    /// Whether it would build just these.
    pub(super) fn is(&self, lines: &HeaderLines) -> bool {
        let (text, ends) = lines.parts();
        text.as_bytes() == self.text && ends == self.ends
    }

    pub(crate) fn build(self) -> HeaderLines {
        if self.ends.is_empty() {
            return HeaderLines::default();
        }
        let text = String::from_utf8(self.text).expect("each name and each value is text");
        let mut lengths = 0;
        let mut start = 0;
        for &(named, end) in &self.ends {
            lengths |= length_bit((named - start) as usize);
            start = end;
        }
        HeaderLines(Some(Arc::new(Lines {
            text: text.into(),
            lengths,
            ends: self.ends.into(),
        })))
    }
}

impl<N: AsRef<str>, V: AsRef<str>> FromIterator<(N, V)> for HeaderLines {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(lines: I) -> Self {
        let mut builder = HeaderLinesBuilder::with_capacity(0, 0);
        for (name, value) in lines {
            let value = value.as_ref().as_bytes();
            builder.push(name.as_ref(), |text| text.extend_from_slice(value));
        }
        builder.build()
    }
}

impl fmt::Debug for HeaderLines {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl Serialize for HeaderLines {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_goes_in_comes_out(lines in proptest::collection::vec(("[a-z-]{0,9}", "\\PC{0,9}"), 0..6)) {
            let kept: HeaderLines = lines.iter().map(|(name, value)| (name, value)).collect();
            let out: Vec<_> = kept.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
            prop_assert_eq!(serde_json::to_value(&kept).unwrap(), serde_json::to_value(&out).unwrap());
            for (name, _) in kept.iter() {
                let first = lines.iter().find(|(other, _)| other == name).map(|(_, value)| &**value);
                prop_assert_eq!(kept.get(&name.to_uppercase()), first);
            }
            prop_assert_eq!(kept.get("no-such-name"), None);
            prop_assert_eq!(out, lines);
        }
    }
}

//! The field lines of one head, and those that were judged before: a browser says mostly the same
//! with each request.

use std::fmt;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};
use tripledash_core::route::MAX_HEADERS;

use super::head::MAX_FIELDS;

/// The longest line that is kept, in bytes: so that what is kept stays small.
const LONGEST: usize = 4 * 1024;
/// How many lines of the last head may be missing from the next, one after the other.
const AHEAD: usize = 3;

/// One connection's field lines that are in order and say nothing of framing, in the order in
/// which they came last. What a line is judged to be depends on nothing but its bytes.
///
/// They take at most [`MAX_HEADERS`] bytes, and their names and values as much again.
#[derive(Default)]
pub(crate) struct KnownLines {
    lines: Vec<Line>,
    /// How much memory their bytes take.
    size: usize,
    /// Whether anybody reads fields.
    attended: bool,
    /// The one that most likely comes next.
    next: usize,
    /// The fields of the head that is being read.
    fields: Vec<Located>,
}

/// Where a field stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Field {
    /// Where its name begins.
    begin: usize,
    /// Where its name ends.
    colon: usize,
    /// Where its value begins, without blanks.
    from: usize,
    /// Where its value ends, without blanks.
    to: usize,
}

/// Where a head's field is found.
#[derive(Clone, Copy)]
enum Located {
    /// In a line that came before.
    Line(usize),
    /// In the head itself.
    Head(Field),
}

struct Line {
    /// With its end.
    bytes: Vec<u8>,
    /// Where it stands in these.
    field: Field,
    is_host: bool,
    /// Once it came again, its name and value.
    read: Option<(HeaderName, HeaderValue)>,
}

/// A line that was judged before.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found {
    /// With its end, in bytes.
    pub(super) length: usize,
    pub(super) is_host: bool,
}

impl Field {
    /// The field of a line whose name has `size` bytes.
    pub(super) fn of(line: &[u8], size: usize) -> Self {
        let value = &line[size + 1..];
        let from = line.len() - value.trim_ascii_start().len();
        Self {
            begin: 0,
            colon: size,
            from,
            to: from + value.trim_ascii().len(),
        }
    }

    fn moved(self, by: usize) -> Self {
        Self {
            begin: self.begin + by,
            colon: self.colon + by,
            from: self.from + by,
            to: self.to + by,
        }
    }
}

impl Line {
    /// Its name and value, in memory of their own.
    fn read(&mut self) -> Option<&(HeaderName, HeaderValue)> {
        if self.read.is_none() {
            let Field {
                colon, from, to, ..
            } = self.field;
            let name = HeaderName::from_bytes(&self.bytes[..colon]).ok()?;
            let value = HeaderValue::from_bytes(&self.bytes[from..to]).ok()?;
            self.read = Some((name, value));
        }
        self.read.as_ref()
    }
}

impl KnownLines {
    /// Says whether anybody reads fields. If not, neither they nor their values are kept.
    pub(super) fn attend(&mut self, attended: bool) {
        self.attended = attended;
        if !attended {
            self.fields = Vec::new();
            for line in &mut self.lines {
                line.read = None;
            }
        }
    }

    /// Begins with another head.
    pub(super) fn rewind(&mut self) {
        self.next = 0;
        self.fields.clear();
    }

    /// Appends the fields of the last head, which is `head`, in their order. `None`: one of them is
    /// none in the words of [`http`].
    pub(crate) fn append(&mut self, head: &Bytes, headers: &mut HeaderMap) -> Option<()> {
        headers.reserve(self.fields.len());
        for place in &self.fields {
            let (name, value) = match *place {
                Located::Line(at) => self.lines[at].read()?.clone(),
                Located::Head(Field {
                    begin,
                    colon,
                    from,
                    to,
                }) => (
                    HeaderName::from_bytes(&head[begin..colon]).ok()?,
                    HeaderValue::from_maybe_shared(head.slice(from..to)).ok()?,
                ),
            };
            headers.append(name, value);
        }
        Some(())
    }

    /// Takes note of a field whose line begins at `begin`.
    pub(super) fn note(&mut self, field: Field, begin: usize) {
        self.push(Located::Head(field.moved(begin)));
    }

    fn push(&mut self, place: Located) {
        // A head that has more is refused.
        if self.attended && self.fields.len() < MAX_FIELDS {
            self.fields.push(place);
        }
    }

    /// The line that `bytes` begin with, where it is known.
    pub(super) fn find(&mut self, bytes: &[u8]) -> Option<Found> {
        let near = self.lines.iter().enumerate().skip(self.next).take(AHEAD);
        for (at, line) in near {
            if bytes.starts_with(&line.bytes) {
                let found = Found {
                    length: line.bytes.len(),
                    is_host: line.is_host,
                };
                // No line that comes after it in this head takes its place.
                self.next = at + 1;
                self.push(Located::Line(at));
                return Some(found);
            }
        }
        None
    }

    /// Keeps the line that came in place of the one that was likely.
    pub(super) fn keep(&mut self, line: &[u8], field: Field, is_host: bool) {
        if line.len() > LONGEST || self.next >= MAX_FIELDS {
            return;
        }
        let old = self.lines.get_mut(self.next);
        let room = old.as_ref().map_or(0, |old| old.bytes.capacity());
        if self.size + line.len().saturating_sub(room) > MAX_HEADERS {
            return;
        }
        let kept = if let Some(old) = old {
            old.bytes.clear();
            old.bytes.reserve_exact(line.len());
            old.bytes.extend_from_slice(line);
            old.field = field;
            old.is_host = is_host;
            old.read = None;
            old
        } else {
            self.lines.push_mut(Line {
                bytes: line.to_vec(),
                field,
                is_host,
                read: None,
            })
        };
        self.size = self.size - room + kept.bytes.capacity();
        self.next += 1;
    }
}

// Not the lines, which are nobody's to tell.
impl fmt::Debug for KnownLines {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KnownLines")
            .field("lines", &self.lines.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;

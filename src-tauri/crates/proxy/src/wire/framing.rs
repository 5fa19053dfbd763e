//! Where a request's body ends, as its head says (RFC 9112 section 6.3).

use std::ops::Range;

use memchr::memchr;

use super::Violation;
use crate::fields::digits;

/// How a body is framed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Framing {
    None,
    Sized(u64),
    Chunked,
    /// There is none, and what follows depends on the answer.
    Switch,
}

/// What a head said of its body so far.
#[derive(Debug, Default)]
pub(super) struct Said {
    length: Option<u64>,
    coding: Coding,
    /// A part of the head to be written over with spaces.
    pub(super) mend: Option<Range<usize>>,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Coding {
    #[default]
    None,
    Chunked,
    /// Some other one, and then `chunked`.
    OtherThenChunked,
    /// The last one so far is not `chunked`.
    Other,
}

impl Said {
    /// Takes note of a `Content-Length` whose value begins at `begin`.
    pub(super) fn length(&mut self, value: &[u8], begin: usize) -> Result<(), Violation> {
        for member in value.split(|byte| *byte == b',') {
            let length = digits(member.trim_ascii()).ok_or(Violation::Length)?;
            if *self.length.get_or_insert(length) != length {
                return Err(Violation::Lengths);
            }
        }
        if let Some(comma) = memchr(b',', value) {
            if self.mend.is_some() {
                // Nobody sends two lists of lengths.
                return Err(Violation::Length);
            }
            self.mend = Some(begin + comma..begin + value.len());
        }
        Ok(())
    }

    /// Takes note of a `Transfer-Encoding`.
    pub(super) fn codings(&mut self, value: &[u8]) -> Result<(), Violation> {
        for coding in value.split(|byte| *byte == b',') {
            let chunked = coding.trim_ascii().eq_ignore_ascii_case(b"chunked");
            self.coding = match (self.coding, chunked) {
                (Coding::None, true) => Coding::Chunked,
                (Coding::Other, true) => Coding::OtherThenChunked,
                (Coding::None | Coding::Other, false) => Coding::Other,
                (Coding::Chunked | Coding::OtherThenChunked, _) => {
                    return Err(Violation::NotChunkedLast);
                }
            };
        }
        Ok(())
    }

    /// What it comes to, in a request of HTTP/1.0 or one that `switches`.
    pub(super) fn framing(&self, is_1_0: bool, switches: bool) -> Result<Framing, Violation> {
        if is_1_0 && self.coding != Coding::None {
            return Err(Violation::CodingBefore11);
        }
        match (self.coding, self.length.unwrap_or(0)) {
            (Coding::Other, _) => Err(Violation::NotChunkedLast),
            (Coding::OtherThenChunked, _) => Err(Violation::Coding),
            (Coding::Chunked, _) => Ok(Framing::Chunked),
            (Coding::None, 0) if switches => Ok(Framing::Switch),
            (Coding::None, 0) => Ok(Framing::None),
            (Coding::None, length) => Ok(Framing::Sized(length)),
        }
    }
}

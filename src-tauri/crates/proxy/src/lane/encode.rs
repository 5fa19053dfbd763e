//! Responses in the words of HTTP/1.1 (RFC 9112), as hyper has them.

use bytes::Bytes;
use http::response::Parts;
use http::{HeaderMap, StatusCode, header};
use http_body::Body as HttpBody;
use hyper::ext::ReasonPhrase;

use super::out::Out;
use crate::fields::{digits, members};

/// Digits of the greatest `u64`.
const DIGITS: usize = 20;

/// How one response is written.
#[derive(Debug)]
pub(super) struct Encode {
    length: Length,
    framing: Framing,
    /// Whether there cannot be a body, as opposed to one of no bytes.
    bare: bool,
    /// Whether it is told that the connection ends after it.
    close: bool,
    last: bool,
}

/// What the head says of the body's length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Length {
    Untold,
    /// What the response's own field says: that of an answer to HEAD is not of the body it has.
    Declared,
    Known(u64),
    Chunked,
}

/// How the end of the body is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Framing {
    /// By a count of what is left of it.
    Sized(u64),
    Chunked,
}

/// A body that ended so many bytes before its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the response's body ended {0} bytes before its end")]
pub(crate) struct Short(u64);

// === impl Encode ===

impl Encode {
    /// Decides how a response is framed. `to_head`: it answers a HEAD. `last`: the connection ends
    /// after it.
    pub(super) fn new(parts: &Parts, body: &impl HttpBody, to_head: bool, last: bool) -> Self {
        let exact = if body.is_end_stream() {
            Some(0)
        } else {
            body.size_hint().exact()
        };
        let empty = matches!(
            parts.status,
            StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED
        );
        let bare = to_head || empty;
        let length = match exact {
            _ if to_head && parts.headers.contains_key(header::CONTENT_LENGTH) => Length::Declared,
            _ if empty => Length::Untold,
            None | Some(0) if to_head => Length::Untold,
            Some(exact) => Length::Known(exact),
            None => length_of(&parts.headers).map_or(Length::Chunked, Length::Known),
        };
        let framing = match length {
            _ if bare => Framing::Sized(0),
            Length::Known(length) => Framing::Sized(length),
            _ => Framing::Chunked,
        };
        Self {
            length,
            framing,
            bare,
            close: last,
            last: last || says_close(&parts.headers),
        }
    }

    /// Whether the connection ends after it.
    pub(super) fn is_last(&self) -> bool {
        self.last
    }

    /// Whether nothing of the body is to be written any more.
    pub(super) fn is_whole(&self) -> bool {
        self.framing == Framing::Sized(0)
    }

    /// Writes the head. `date` is told where the response tells none of its own.
    pub(super) fn head(&self, parts: &Parts, date: &str, out: &mut Vec<u8>) {
        status_line(parts, out);
        let mut dated = false;
        for (name, value) in &parts.headers {
            match *name {
                header::DATE => dated = true,
                header::CONTENT_LENGTH if self.length != Length::Declared => continue,
                // Framing is ours to tell.
                header::TRANSFER_ENCODING => continue,
                header::TRAILER if self.bare => continue,
                header::CONNECTION if self.close => continue,
                _ => {}
            }
            let (name, value) = (name.as_str().as_bytes(), value.as_bytes());
            // Once for all four, which then are no more than copies.
            out.reserve(name.len() + value.len() + 4);
            out.extend_from_slice(name);
            out.extend_from_slice(b": ");
            out.extend_from_slice(value);
            out.extend_from_slice(b"\r\n");
        }
        if self.close {
            out.extend_from_slice(b"connection: close\r\n");
        }
        match self.length {
            Length::Untold | Length::Declared => {}
            Length::Known(length) => {
                out.extend_from_slice(b"content-length: ");
                number(length, 10, out);
                out.extend_from_slice(b"\r\n");
            }
            Length::Chunked => out.extend_from_slice(b"transfer-encoding: chunked\r\n"),
        }
        if !dated {
            out.extend_from_slice(b"date: ");
            out.extend_from_slice(date.as_bytes());
            out.extend_from_slice(b"\r\n");
        }
        out.extend_from_slice(b"\r\n");
    }

    /// Writes a part of the body, or as much of it as was promised.
    pub(super) fn data(&mut self, mut data: Bytes, out: &mut Out) {
        match &mut self.framing {
            Framing::Sized(left) => {
                data.truncate(usize::try_from(*left).unwrap_or(usize::MAX));
                *left -= data.len() as u64;
                out.data(data);
            }
            // An empty one would be the last.
            Framing::Chunked if data.is_empty() => {}
            Framing::Chunked => {
                number(data.len() as u64, 16, out.text());
                out.text().extend_from_slice(b"\r\n");
                out.data(data);
                out.text().extend_from_slice(b"\r\n");
            }
        }
    }

    /// Writes the body's end. Trailer fields are told to nobody who did not ask for them, and who
    /// does is hyper's.
    pub(super) fn end(&mut self, out: &mut Out) -> Result<(), Short> {
        match self.framing {
            Framing::Sized(0) => {}
            Framing::Sized(left) => return Err(Short(left)),
            Framing::Chunked => {
                out.text().extend_from_slice(b"0\r\n\r\n");
                self.framing = Framing::Sized(0);
            }
        }
        Ok(())
    }
}

fn status_line(parts: &Parts, out: &mut Vec<u8>) {
    let reason = parts.extensions.get::<ReasonPhrase>();
    if parts.status == StatusCode::OK && reason.is_none() {
        out.extend_from_slice(b"HTTP/1.1 200 OK\r\n");
        return;
    }
    out.extend_from_slice(b"HTTP/1.1 ");
    out.extend_from_slice(parts.status.as_str().as_bytes());
    out.push(b' ');
    let reason = reason.map(ReasonPhrase::as_bytes);
    let usual = || parts.status.canonical_reason().unwrap_or("<none>");
    out.extend_from_slice(reason.unwrap_or_else(|| usual().as_bytes()));
    out.extend_from_slice(b"\r\n");
}

/// What a response says of its length, where it says it once and well.
fn length_of(headers: &HeaderMap) -> Option<u64> {
    let mut lines = headers.get_all(header::CONTENT_LENGTH).iter();
    let (line, None) = (lines.next()?, lines.next()) else {
        return None;
    };
    digits(line.as_bytes())
}

/// Whether a response says that the connection ends after it.
fn says_close(headers: &HeaderMap) -> bool {
    members(headers, &header::CONNECTION).any(|option| option.eq_ignore_ascii_case(b"close"))
}

/// Writes a number in the digits of a base of at most 16.
fn number(number: u64, base: u64, out: &mut Vec<u8>) {
    let mut digits = [0; DIGITS];
    let mut at = DIGITS;
    let mut left = number;
    loop {
        at -= 1;
        digits[at] = b"0123456789ABCDEF"[(left % base) as usize];
        left /= base;
        if left == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[at..]);
}

#[cfg(test)]
mod tests;

//! Chunked transfer coding (RFC 9112 section 7.1), both ways: a response's taken apart, a request's
//! put together.

use bytes::{Buf as _, Bytes, BytesMut};
use http::header::{
    AUTHORIZATION, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE,
    HOST, MAX_FORWARDS, SET_COOKIE, TE, TRAILER, TRANSFER_ENCODING,
};
use http::{HeaderMap, HeaderName, HeaderValue};
use memchr::memchr;

use crate::fields::members;

/// The longest line that tells a chunk's size, extensions included.
const MAX_LINE: usize = 8 * 1024;
/// Bytes of trailer fields.
const MAX_TRAILERS: usize = 16 * 1024;
/// Trailer fields.
const MAX_FIELDS: usize = 64;

/// Fields that must be known before the body, and so are none behind it (RFC 9110 section 6.5.1).
const NEVER_BEHIND: [HeaderName; 12] = [
    AUTHORIZATION,
    CACHE_CONTROL,
    CONTENT_ENCODING,
    CONTENT_LENGTH,
    CONTENT_RANGE,
    CONTENT_TYPE,
    HOST,
    MAX_FORWARDS,
    SET_COOKIE,
    TE,
    TRAILER,
    TRANSFER_ENCODING,
];

/// A chunked body that is being read.
#[derive(Debug, Default)]
pub(super) struct Chunked(At);

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum At {
    /// Before the line that tells a size.
    #[default]
    Size,
    /// Before so many more bytes of a chunk.
    Data(u64),
    /// Before the line's end behind a chunk.
    Behind,
    /// Before the trailer fields, or the empty line that stands for none.
    Trailers,
    End,
}

/// The next thing in a body.
#[derive(Debug)]
pub(super) enum Part {
    Data(Bytes),
    Trailers(HeaderMap),
    End,
}

/// Why a chunked body cannot be read on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ChunkError {
    #[error("a size that is none")]
    Size,
    #[error("a line that does not end in CR LF")]
    Line,
    #[error("a chunk that goes on past its size")]
    Behind,
    #[error("a line of more than {MAX_LINE} bytes")]
    LongLine,
    #[error("trailer fields that cannot be read")]
    Trailers,
}

impl Chunked {
    pub(super) fn is_at_end(&self) -> bool {
        self.0 == At::End
    }

    /// The next part in what was read; `None`: more must come.
    pub(super) fn read(&mut self, unread: &mut BytesMut) -> Result<Option<Part>, ChunkError> {
        loop {
            match self.0 {
                At::Size => match line(unread)? {
                    None => return Ok(None),
                    Some(line) => {
                        let size = size(&line)?;
                        self.0 = if size == 0 {
                            At::Trailers
                        } else {
                            At::Data(size)
                        };
                    }
                },
                At::Data(_) if unread.is_empty() => return Ok(None),
                At::Data(left) => {
                    let most = usize::try_from(left).unwrap_or(usize::MAX);
                    let data = unread.split_to(most.min(unread.len())).freeze();
                    self.0 = match left - data.len() as u64 {
                        0 => At::Behind,
                        left => At::Data(left),
                    };
                    return Ok(Some(Part::Data(data)));
                }
                At::Behind => match unread.as_ref() {
                    [b'\r', b'\n', ..] => {
                        unread.advance(2);
                        self.0 = At::Size;
                    }
                    [] | [b'\r'] => return Ok(None),
                    _ => return Err(ChunkError::Behind),
                },
                At::Trailers => {
                    let Some(fields) = trailers(unread)? else {
                        return Ok(None);
                    };
                    self.0 = At::End;
                    if !fields.is_empty() {
                        return Ok(Some(Part::Trailers(fields)));
                    }
                }
                At::End => return Ok(Some(Part::End)),
            }
        }
    }
}

/// The next line, without its end.
fn line(unread: &mut BytesMut) -> Result<Option<BytesMut>, ChunkError> {
    let Some(end) = memchr(b'\n', unread) else {
        return if unread.len() > MAX_LINE {
            Err(ChunkError::LongLine)
        } else {
            Ok(None)
        };
    };
    if end > MAX_LINE {
        return Err(ChunkError::LongLine);
    }
    let mut line = unread.split_to(end + 1);
    if !line.ends_with(b"\r\n") {
        return Err(ChunkError::Line);
    }
    line.truncate(end - 1);
    if memchr(b'\r', &line).is_some() {
        return Err(ChunkError::Line);
    }
    Ok(Some(line))
}

/// What a line says: some servers write spaces behind the size, and extensions mean nothing to us.
fn size(line: &[u8]) -> Result<u64, ChunkError> {
    let end = memchr(b';', line).unwrap_or(line.len());
    let space = line[..end].iter().rev();
    let space = space
        .take_while(|byte| matches!(byte, b' ' | b'\t'))
        .count();
    let digits = &line[..end - space];
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_hexdigit) {
        return Err(ChunkError::Size);
    }
    let digits = std::str::from_utf8(digits).map_err(|_| ChunkError::Size)?;
    u64::from_str_radix(digits, 16).map_err(|_| ChunkError::Size)
}

/// The trailer fields, once all of them are there.
fn trailers(unread: &mut BytesMut) -> Result<Option<HeaderMap>, ChunkError> {
    let mut fields = [httparse::EMPTY_HEADER; MAX_FIELDS];
    let (length, headers) = match httparse::parse_headers(unread, &mut fields) {
        Ok(httparse::Status::Complete((length, fields))) if length <= MAX_TRAILERS => {
            (length, map(fields))
        }
        Ok(httparse::Status::Partial) if unread.len() <= MAX_TRAILERS => return Ok(None),
        Ok(_) | Err(_) => return Err(ChunkError::Trailers),
    };
    unread.advance(length);
    headers.map(Some)
}

fn map(fields: &[httparse::Header<'_>]) -> Result<HeaderMap, ChunkError> {
    let mut headers = HeaderMap::with_capacity(fields.len());
    for field in fields {
        let name = HeaderName::from_bytes(field.name.as_bytes());
        let value = HeaderValue::from_bytes(field.value);
        let (Ok(name), Ok(value)) = (name, value) else {
            return Err(ChunkError::Trailers);
        };
        headers.append(name, value);
    }
    Ok(headers)
}

/// Those of a body's trailer fields that its head announced: nobody on the way expects another.
pub(super) fn announced<'a>(
    trailers: &'a HeaderMap,
    names: &'a [HeaderName],
) -> impl Iterator<Item = (&'a HeaderName, &'a HeaderValue)> {
    let may = |name: &HeaderName| names.contains(name) && !NEVER_BEHIND.contains(name);
    trailers.iter().filter(move |(name, _)| may(name))
}

/// The names of trailer fields that a head announces.
pub(super) fn announces(headers: &HeaderMap) -> Vec<HeaderName> {
    members(headers, &TRAILER)
        .filter_map(|name| HeaderName::from_bytes(name).ok())
        .collect()
}

#[cfg(test)]
mod tests;

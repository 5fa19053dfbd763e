//! The heads of both messages: a request's written, a response's read (RFC 9112 sections 2 to 6).

use std::fmt::Write as _;
use std::mem::MaybeUninit;

use bytes::{Buf as _, BufMut as _, Bytes, BytesMut};
use http::header::{CONNECTION, CONTENT_LENGTH, TRANSFER_ENCODING};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode, Version};
use httparse::ParserConfig;
use hyper::ext::ReasonPhrase;
use memchr::memchr;

use crate::fields::{InvalidLength, length, members, settle_length};

/// Fields that a response may have.
const MAX_FIELDS: usize = 100;
/// How long a response's head may be.
const MAX_HEAD: usize = 256 * 1024;
/// So many bytes tell `HTTP/1.1 200` from anything else.
const TELLING: usize = 16;

/// A response's head that was read.
#[derive(Debug)]
pub(crate) struct Head {
    pub(super) response: Response<()>,
    pub(super) framing: Framing,
    /// Whether another request may follow on the connection.
    pub(super) keep: bool,
}

/// How a response's body ends (RFC 9112 section 6.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Framing {
    Empty,
    Sized(u64),
    Chunked,
    /// With the connection.
    Close,
}

/// Why a head cannot be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HeadError {
    #[error("the response's head is not HTTP/1")]
    NotHttp(#[from] httparse::Error),
    #[error("the response's {0} cannot be read")]
    Field(&'static str),
    #[error(transparent)]
    Length(#[from] InvalidLength),
    #[error("the response is HTTP/1.0 and has a Transfer-Encoding (RFC 9112, section 6.1)")]
    CodingBefore11,
    #[error("the response has a transfer coding other than \"chunked\" (RFC 9112, section 6.1)")]
    Coding,
    #[error("the response's head has more than {MAX_FIELDS} fields")]
    TooManyFields,
    #[error("the response's head has more than {MAX_HEAD} bytes")]
    TooLarge,
}

/// Reads heads off a connection, interim ones and then the final one.
#[derive(Debug, Default)]
pub(super) struct Heads {
    /// Bytes that were looked through without a whole head in them.
    looked: usize,
}

impl HeadError {
    pub(super) fn is_too_large(&self) -> bool {
        matches!(self, Self::TooManyFields | Self::TooLarge)
    }
}

impl Heads {
    /// The next head in what was read; `None`: more must come.
    pub(super) fn read(
        &mut self,
        unread: &mut BytesMut,
        method: &Method,
    ) -> Result<Option<Head>, HeadError> {
        if self.looked == 0 {
            // Empty lines before a response are passed over, as most readers do.
            let blank = unread
                .iter()
                .take_while(|byte| matches!(byte, b'\r' | b'\n'));
            let blank = blank.count();
            unread.advance(blank);
        }
        // A head ends with a line, so one that comes byte by byte is not read anew for each.
        let ends = self.looked < TELLING || memchr(b'\n', &unread[self.looked..]).is_some();
        if !ends || unread.is_empty() {
            self.looked = unread.len();
        } else if let Some(head) = parse(unread, method)? {
            self.looked = 0;
            return Ok(Some(head));
        } else {
            self.looked = unread.len();
        }
        if unread.len() > MAX_HEAD {
            return Err(HeadError::TooLarge);
        }
        Ok(None)
    }

    /// Whether what was read when the connection ended could still have become a head.
    pub(super) fn end(&mut self, unread: &mut BytesMut, method: &Method) -> Result<(), HeadError> {
        self.looked = 0;
        self.read(unread, method).map(|_| ())
    }
}

fn parse(unread: &mut BytesMut, method: &Method) -> Result<Option<Head>, HeadError> {
    let mut fields = [const { MaybeUninit::uninit() }; MAX_FIELDS];
    let mut read = httparse::Response::new(&mut []);
    let parsed =
        ParserConfig::default().parse_response_with_uninit_headers(&mut read, unread, &mut fields);
    let length = match parsed {
        Ok(httparse::Status::Complete(length)) => length,
        Ok(httparse::Status::Partial) => return Ok(None),
        Err(httparse::Error::TooManyHeaders) => return Err(HeadError::TooManyFields),
        Err(error) => return Err(error.into()),
    };
    let mut response = Response::new(());
    let status = read.code.and_then(|code| StatusCode::from_u16(code).ok());
    *response.status_mut() = status.ok_or(HeadError::Field("status"))?;
    *response.version_mut() = match read.version {
        Some(0) => Version::HTTP_10,
        _ => Version::HTTP_11,
    };
    if let Some(reason) = read.reason
        && Some(reason) != response.status().canonical_reason()
    {
        let reason = ReasonPhrase::try_from(reason.as_bytes());
        let reason = reason.map_err(|_| HeadError::Field("reason"))?;
        response.extensions_mut().insert(reason);
    }
    if length > MAX_HEAD {
        return Err(HeadError::TooLarge);
    }
    *response.headers_mut() = headers(&unread[..length], read.headers)?;
    let framing = framing(&response, method)?;
    unread.advance(length);
    let keep = stays_open(&response) && !is_ambiguous(&response);
    // Of any other answer, the length that is told is that of the body which it turns out to have.
    if method == Method::HEAD && !response.status().is_informational() {
        settle_length(response.headers_mut())?;
    }
    Ok(Some(Head {
        response,
        framing,
        keep,
    }))
}

/// The fields of a head. Their values are slices of one copy, so that what is read next has the
/// buffer to itself.
fn headers(head: &[u8], fields: &[httparse::Header<'_>]) -> Result<HeaderMap, HeadError> {
    let copy = Bytes::copy_from_slice(head);
    let mut headers = HeaderMap::with_capacity(fields.len());
    for field in fields {
        let name = HeaderName::from_bytes(field.name.as_bytes());
        let name = name.map_err(|_| HeadError::Field("field names"))?;
        let from = field.value.as_ptr() as usize - head.as_ptr() as usize;
        let value = HeaderValue::from_maybe_shared(copy.slice(from..from + field.value.len()));
        let value = value.map_err(|_| HeadError::Field("field values"))?;
        headers.append(name, value);
    }
    Ok(headers)
}

fn framing(response: &Response<()>, method: &Method) -> Result<Framing, HeadError> {
    let status = response.status();
    let headers = response.headers();
    let bare = status.is_informational()
        || matches!(status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED)
        || method == Method::HEAD;
    if bare {
        return Ok(Framing::Empty);
    }
    let mut codings = members(headers, &TRANSFER_ENCODING).peekable();
    if codings.peek().is_some() {
        if response.version() == Version::HTTP_10 {
            return Err(HeadError::CodingBefore11);
        }
        // Any other would reach the browser with nothing left to say so.
        let chunked = codings
            .next()
            .is_some_and(|coding| coding.eq_ignore_ascii_case(b"chunked"));
        return if chunked && codings.next().is_none() {
            Ok(Framing::Chunked)
        } else {
            Err(HeadError::Coding)
        };
    }
    Ok(match length(headers)? {
        Some(0) => Framing::Empty,
        Some(length) => Framing::Sized(length),
        None => Framing::Close,
    })
}

/// Whether the upstream lets another request follow (RFC 9112 section 9.3).
fn stays_open(response: &Response<()>) -> bool {
    let mut keep = response.version() == Version::HTTP_11;
    for option in members(response.headers(), &CONNECTION) {
        if option.eq_ignore_ascii_case(b"close") {
            return false;
        }
        keep |= option.eq_ignore_ascii_case(b"keep-alive");
    }
    keep
}

/// Whether bytes may follow that the upstream takes for this response and we take for the next: two
/// framings at once (RFC 9112 section 6.3), or a body where there is none.
fn is_ambiguous(response: &Response<()>) -> bool {
    let headers = response.headers();
    let coded = headers.contains_key(TRANSFER_ENCODING);
    match response.status() {
        StatusCode::NO_CONTENT => {
            coded || members(headers, &CONTENT_LENGTH).any(|length| length != b"0")
        }
        StatusCode::NOT_MODIFIED => coded,
        _ => coded && headers.contains_key(CONTENT_LENGTH),
    }
}

/// Writes a request's head. `length`: what `Content-Length` says, where the headers do not say how
/// the body is framed.
pub(super) fn write(out: &mut BytesMut, request: &http::request::Parts, length: Option<u64>) {
    let path = request
        .uri
        .path_and_query()
        .map_or("/", |path| path.as_str());
    // A colon, a space, CR and LF.
    let field = |(name, value): (&HeaderName, &HeaderValue)| name.as_str().len() + value.len() + 4;
    out.reserve(request.headers.iter().map(field).sum::<usize>() + path.len() + 64);
    out.put_slice(request.method.as_str().as_bytes());
    out.put_slice(b" ");
    out.put_slice(path.as_bytes());
    out.put_slice(b" HTTP/1.1\r\n");
    fields(out, request.headers.iter());
    if let Some(length) = length {
        // Memory grows; there is no other way to fail.
        let _ = write!(out, "content-length: {length}\r\n");
    }
    out.put_slice(b"\r\n");
}

/// Writes field lines.
pub(super) fn fields<'a>(
    out: &mut BytesMut,
    fields: impl Iterator<Item = (&'a HeaderName, &'a HeaderValue)>,
) {
    for (name, value) in fields {
        out.put_slice(name.as_str().as_bytes());
        out.put_slice(b": ");
        out.put_slice(value.as_bytes());
        out.put_slice(b"\r\n");
    }
}

#[cfg(test)]
mod tests;

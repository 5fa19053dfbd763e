//! The head of one request, line by line (RFC 9112 sections 2 to 6).
//!
//! Where the RFC lets a recipient choose, this is the choice:
//!
//! - Lines end in CR LF and nothing else; empty ones before the first are passed over.
//! - A target is visible ASCII. Browsers percent-encode all other bytes.
//! - `Content-Length` twice, or as a list, counts as once where all of it is the same number
//!   (section 6.3); the list is cut down to its first member.
//! - `Content-Length` with `Transfer-Encoding`: the latter alone counts (section 6.3), but both
//!   must be valid. hyper closes the connection after the answer.
//! - The one transfer coding is `chunked`. After another it is 501, before another 400.

use std::ops::Range;

use http::Uri;
use memchr::memchr;
use tripledash_core::route::{MAX_HEADERS, MAX_TARGET};

use super::bytes::{clean, is_path, is_query, is_token};
use super::framing::{Framing, Said};
use super::known::{Field, KnownLines};
use super::{Plain, Violation};

/// Header fields that a request may have; browsers send some twenty. It is also what hyper reads
/// without asking for memory.
pub(crate) const MAX_FIELDS: usize = 100;
/// The longest method; `UPDATEREDIRECTREF` is the longest that is registered.
pub(crate) const MAX_METHOD: usize = 32;
/// How much of a head that is too large is read to find out whom to tell.
pub(crate) const MAX_HEAD: usize = 256 * 1024;
/// Empty lines before a request; section 2.2 asks for one at least.
const MAX_BLANKS: usize = 4;

/// A head that is being read.
#[derive(Debug, Default)]
pub(crate) struct Head {
    /// Bytes of whole lines that were judged.
    judged: usize,
    /// Bytes that were looked through, in which no further line ends.
    looked: usize,
    blanks: usize,
    begun: bool,
    /// A limit that was passed. The rest is still read, to find out whom to tell.
    over: Option<Violation>,
    is_1_0: bool,
    connect: bool,
    upgrade: bool,
    star: bool,
    fields: usize,
    fields_from: usize,
    hosts: u16,
    body: Said,
    /// Where the target of a GET or HEAD stands, unless something about the request is not plain.
    plain: Option<Plain>,
}

/// What follows a whole head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Read {
    /// The head's length.
    pub(crate) length: usize,
    pub(crate) body: Framing,
    /// A part of the head to be written over with spaces.
    pub(crate) mend: Option<Range<usize>>,
    /// The target stands for `*`.
    pub(crate) star: bool,
    /// The request, where it is plain.
    pub(crate) plain: Option<Plain>,
}

/// What a field line says to whoever looks for the head's end and the body's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Says {
    Nothing,
    /// That there is one more `Host`.
    Host,
    More,
}

impl Head {
    /// Whether none of its bytes was seen.
    pub(crate) fn is_untouched(&self) -> bool {
        self.looked == 0
    }

    /// Reads on. `bytes` begin where the head begins, each time; `None`: it is not whole yet.
    pub(crate) fn read(
        &mut self,
        bytes: &[u8],
        known: &mut KnownLines,
    ) -> Result<Option<Read>, Violation> {
        let window = &bytes[..bytes.len().min(MAX_HEAD)];
        loop {
            // Only where a line begins that none of was looked at.
            if self.begun
                && self.looked == self.judged
                && let Some(found) = known.find(&window[self.judged..])
            {
                self.count_field();
                self.hosts = self.hosts.saturating_add(found.is_host.into());
                self.judged += found.length;
                self.looked = self.judged;
                continue;
            }
            let Some(at) = memchr(b'\n', &window[self.looked..]) else {
                break;
            };
            let end = self.looked + at;
            let begin = self.judged;
            let line = &window[begin..end];
            let text = line.strip_suffix(b"\r").unwrap_or(line);
            clean(text)?;
            if text.len() == line.len() {
                return Err(Violation::BareLf);
            }
            self.judged = end + 1;
            self.looked = self.judged;
            if !self.begun {
                self.first_line(text, begin)?;
                known.rewind();
            } else if text.is_empty() {
                return self.end().map(Some);
            } else {
                let (field, says) = self.field(text, begin)?;
                known.note(field, begin);
                if says != Says::More {
                    known.keep(&window[begin..self.judged], field, says == Says::Host);
                }
            }
        }
        // Bytes that can be no part of a head are not waited with; TLS is known by its first.
        // Of those seen before, only the last may have been the half of a line's end.
        let new = self.looked.saturating_sub(1).max(self.judged);
        let rest = &window[new..];
        clean(rest.strip_suffix(b"\r").unwrap_or(rest))?;
        self.looked = window.len();
        if window.len() == MAX_HEAD {
            let large = if self.begun {
                Violation::FieldsTooLarge
            } else {
                Violation::TargetTooLong
            };
            return Err(self.over.unwrap_or(large));
        }
        Ok(None)
    }

    fn first_line(&mut self, line: &[u8], begin: usize) -> Result<(), Violation> {
        if line.is_empty() {
            self.blanks += 1;
            return if self.blanks > MAX_BLANKS {
                Err(Violation::RequestLine)
            } else {
                Ok(())
            };
        }
        self.begun = true;
        self.fields_from = self.judged;
        let method = &line[..memchr(b' ', line).ok_or(Violation::RequestLine)?];
        let rest = &line[method.len() + 1..];
        let target = &rest[..memchr(b' ', rest).ok_or(Violation::RequestLine)?];
        let version = &rest[target.len() + 1..];
        if !method.iter().all(|byte| is_token(*byte)) || method.is_empty() {
            return Err(Violation::Method);
        }
        match version {
            b"HTTP/1.1" => {}
            b"HTTP/1.0" => self.is_1_0 = true,
            [b'H', b'T', b'T', b'P', b'/', major, b'.', minor]
                if major.is_ascii_digit() && minor.is_ascii_digit() =>
            {
                return Err(Violation::Version);
            }
            _ => return Err(Violation::RequestLine),
        }
        if method.len() > MAX_METHOD {
            return Err(Violation::MethodTooLong);
        }
        self.connect = method == b"CONNECT";
        if target.len() > MAX_TARGET {
            self.over = Some(Violation::TargetTooLong);
            return Ok(());
        }
        check_target(method, target)?;
        if matches!(method, b"GET" | b"HEAD") && target.starts_with(b"/") && !self.is_1_0 {
            let from = begin + method.len() + 1;
            self.plain = Some(Plain {
                is_head: method == b"HEAD",
                target: from..from + target.len(),
            });
        }
        self.star = method == b"OPTIONS" && is_authority_alone(target);
        Ok(())
    }

    /// Judges a field: where it stands in its line, and what it would say another time.
    fn field(&mut self, line: &[u8], begin: usize) -> Result<(Field, Says), Violation> {
        if matches!(line[0], b' ' | b'\t') {
            return Err(Violation::Fold);
        }
        let size = line.iter().position(|byte| !is_token(*byte));
        let size = size.ok_or(Violation::NoColon)?;
        match line[size] {
            b':' if size > 0 => {}
            b' ' | b'\t' if memchr(b':', line).is_some() => {
                return Err(Violation::SpaceBeforeColon);
            }
            _ if memchr(b':', line).is_none() => return Err(Violation::NoColon),
            _ => return Err(Violation::Name),
        }
        self.count_field();
        let field = Field::of(line, size);
        let name = &line[..size];
        let value = &line[size + 1..];
        // Told apart by length first: nearly every field is none of these.
        match size {
            4 if name.eq_ignore_ascii_case(b"host") => {
                self.hosts = self.hosts.saturating_add(1);
                return Ok((field, Says::Host));
            }
            2 if name.eq_ignore_ascii_case(b"te") => self.plain = None,
            6 if name.eq_ignore_ascii_case(b"expect") => {
                self.plain = None;
                if !value.trim_ascii().eq_ignore_ascii_case(b"100-continue") {
                    self.over.get_or_insert(Violation::Expectation);
                }
            }
            7 if name.eq_ignore_ascii_case(b"upgrade") => {
                self.plain = None;
                self.upgrade = true;
            }
            10 if name.eq_ignore_ascii_case(b"connection")
                && !value.trim_ascii().eq_ignore_ascii_case(b"keep-alive") =>
            {
                self.plain = None;
            }
            14 if name.eq_ignore_ascii_case(b"content-length") => {
                self.plain = None;
                self.body.length(value, begin + size + 1)?;
            }
            17 if name.eq_ignore_ascii_case(b"transfer-encoding") => {
                self.plain = None;
                self.body.codings(value)?;
            }
            _ => return Ok((field, Says::Nothing)),
        }
        Ok((field, Says::More))
    }

    fn count_field(&mut self) {
        self.fields += 1;
        if self.fields > MAX_FIELDS {
            self.over.get_or_insert(Violation::TooManyFields);
        }
    }

    fn end(&mut self) -> Result<Read, Violation> {
        match self.hosts {
            1 => {}
            0 if self.is_1_0 => {}
            0 => return Err(Violation::NoHost),
            hosts => return Err(Violation::ManyHosts(hosts)),
        }
        let switches = self.connect || self.upgrade && !self.is_1_0;
        let body = self.body.framing(self.is_1_0, switches)?;
        if self.connect && body != Framing::Switch {
            return Err(Violation::TunnelBody);
        }
        if self.judged - self.fields_from > MAX_HEADERS {
            self.over.get_or_insert(Violation::FieldsTooLarge);
        }
        match self.over {
            Some(over) => Err(over),
            None => Ok(Read {
                length: self.judged,
                body,
                mend: self.body.mend.take(),
                star: self.star,
                plain: self.plain.take(),
            }),
        }
    }
}

/// RFC 9112 section 3.2: origin-form, and where the method or a proxy's client has it, another.
fn check_target(method: &[u8], target: &[u8]) -> Result<(), Violation> {
    if target.first() == Some(&b'/') && method != b"CONNECT" {
        let query = memchr(b'?', target).unwrap_or(target.len());
        let (path, query) = target.split_at(query);
        let odd = path.iter().find(|byte| !is_path(**byte));
        let odd = odd.or_else(|| query.iter().find(|byte| !is_query(**byte)));
        return odd.map_or(Ok(()), |byte| Err(Violation::TargetByte(*byte)));
    }
    if target == b"*" {
        return if method == b"OPTIONS" {
            Ok(())
        } else {
            Err(Violation::Target)
        };
    }
    if let Some(byte) = target
        .iter()
        .find(|byte| !(0x21..=0x7e).contains(*byte) || **byte == b'#')
    {
        return Err(Violation::TargetByte(*byte));
    }
    let uri = Uri::try_from(target).map_err(|_| Violation::Target)?;
    // CONNECT alone has a target in authority-form, and no other.
    let whole = uri.authority().is_some() && uri.scheme().is_some() != (method == b"CONNECT");
    if whole {
        Ok(())
    } else {
        Err(Violation::Target)
    }
}

/// Whether a target in absolute-form has no path, which `http::Uri` does not tell from `/`.
/// RFC 9112 section 3.2.4: with OPTIONS "the last proxy on the request chain MUST send a
/// request-target of "*"".
fn is_authority_alone(target: &[u8]) -> bool {
    let slashes = target.windows(3).position(|three| three == b"://");
    slashes.is_some_and(|at| {
        !target[at + 3..]
            .iter()
            .any(|byte| matches!(byte, b'/' | b'?'))
    })
}

#[cfg(test)]
mod tests;

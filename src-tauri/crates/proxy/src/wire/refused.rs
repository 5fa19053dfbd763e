//! What can be made out of a head that is refused: enough to tell whom, and in which form.

use http::header::{HOST, HeaderName, HeaderValue};
use http::{HeaderMap, Method, Uri};

use super::Violation;

/// Fields that are looked at.
const FIELDS: usize = 128;
/// How much of a target is told.
const TARGET: usize = 1024;

/// A request that is answered before anyone read it.
#[derive(Debug)]
pub(crate) struct Refused {
    pub(crate) violation: Violation,
    /// GET where it cannot be made out.
    pub(crate) method: Method,
    /// The target's beginning, for a person.
    pub(crate) target: String,
    /// The authority that the request names, where it names exactly one.
    pub(crate) authority: Option<String>,
    /// The fields that can be made out.
    pub(crate) headers: HeaderMap,
    is_1_0: bool,
}

impl Refused {
    pub(crate) fn new(violation: Violation, head: &[u8]) -> Self {
        let mut lines = head
            .split(|byte| *byte == b'\n')
            .map(|line| line.strip_suffix(b"\r").unwrap_or(line))
            .skip_while(|line| line.is_empty());
        let first = lines.next().unwrap_or_default();
        let mut words = first
            .split(|byte| *byte == b' ')
            .filter(|word| !word.is_empty());
        let method = words.next().and_then(|word| Method::from_bytes(word).ok());
        let target = words.next().unwrap_or_default();
        let is_1_0 = words.next() == Some(b"HTTP/1.0");
        let mut headers = HeaderMap::new();
        let fields = lines.take_while(|line| !line.is_empty()).take(FIELDS);
        for (name, value) in fields.filter_map(field) {
            headers.append(name, value);
        }
        let absolute = Uri::try_from(target).ok();
        let absolute = absolute.as_ref().and_then(Uri::authority);
        let mut hosts = headers.get_all(HOST).iter();
        let authority = match (absolute, hosts.next(), hosts.next()) {
            (Some(authority), ..) => Some(authority.to_string()),
            (None, Some(host), None) => host.to_str().ok().map(str::to_owned),
            _ => None,
        };
        Self {
            violation,
            method: method.unwrap_or(Method::GET),
            target: shown(target),
            authority,
            headers,
            is_1_0,
        }
    }

    /// A head in order that stands for this one, so that its answer takes its turn among the
    /// others, has no body for HEAD, and ends the connection.
    pub(crate) fn stand_in(&self) -> Vec<u8> {
        let method = if self.method == Method::HEAD {
            "HEAD"
        } else {
            "GET"
        };
        let minor = u8::from(!self.is_1_0);
        format!("{method} / HTTP/1.{minor}\r\nhost: refused.invalid\r\nconnection: close\r\n\r\n")
            .into_bytes()
    }
}

fn field(line: &[u8]) -> Option<(HeaderName, HeaderValue)> {
    let colon = memchr::memchr(b':', line)?;
    let name = HeaderName::from_bytes(line[..colon].trim_ascii()).ok()?;
    let value = HeaderValue::from_bytes(line[colon + 1..].trim_ascii()).ok()?;
    Some((name, value))
}

/// The beginning of a target, without what would not show.
fn shown(target: &[u8]) -> String {
    let mut text: String = String::from_utf8_lossy(&target[..target.len().min(TARGET)])
        .chars()
        .map(|c| {
            if c.is_control() {
                char::REPLACEMENT_CHARACTER
            } else {
                c
            }
        })
        .collect();
    if target.len() > TARGET {
        text.push('…');
    }
    text
}

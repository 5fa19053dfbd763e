//! Fields that belong to one connection (RFC 9110 section 7.6.1), and the count of our own hops.
//!
//! "Intermediaries MUST parse a received Connection header field before a message is forwarded
//! and, for each connection-option in this field, remove any header or trailer field(s) from the
//! message with the same name as the connection-option". A message may have several `Connection`
//! lines; all of them count.

use std::borrow::Cow;

use http::header::{CONNECTION, HOST};
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::edit::{Edit, Stage};
use crate::redact::Secrets;

/// Names the preview hosts that a request has come through already, in order.
pub const HOPS: HeaderName = HeaderName::from_static("x-tripledash-hops");

/// How often one request may come through us. An app may ask another preview for something; more
/// turns than this are a loop.
pub const MAX_HOPS: usize = 5;

/// Fields that are hop-by-hop whether `Connection` names them or not.
const HOP_BY_HOP: [&str; 8] = [
    "connection",
    "keep-alive",
    "proxy-connection",
    "proxy-authenticate",
    "proxy-authorization",
    "te",
    "transfer-encoding",
    "upgrade",
];

const WHY: &str = "belongs to one connection only (RFC 9110, section 7.6.1)";

/// What nearly every message says of its connection.
const KEEP_ALIVE: HeaderValue = HeaderValue::from_static("keep-alive");

/// Removes `Connection: keep-alive`, where it is the only hop-by-hop field that there is: `found`
/// has the [`bit`] of each. [`kept_alive`] tells of it.
pub(crate) fn strip_keep_alive(headers: &mut HeaderMap, found: u8) -> bool {
    if found != bit(CONNECTION.as_str()) {
        return false;
    }
    let mut lines = headers.get_all(CONNECTION).iter();
    if lines.next() != Some(&KEEP_ALIVE) || lines.next().is_some() {
        return false;
    }
    headers.remove(CONNECTION);
    true
}

/// The edit that [`strip_keep_alive`] makes.
pub(crate) fn kept_alive(stage: Stage, secrets: &Secrets) -> Vec<Edit> {
    let mut headers = HeaderMap::new();
    headers.insert(CONNECTION, KEEP_ALIVE);
    strip_hop_by_hop(&mut headers, stage, secrets)
}

/// Removes every hop-by-hop field, and says which.
pub fn strip_hop_by_hop(headers: &mut HeaderMap, stage: Stage, secrets: &Secrets) -> Vec<Edit> {
    let mut edits = Vec::new();
    let found = found(headers);
    if found == 0 {
        return edits;
    }
    for name in named(headers) {
        let field = name.as_str().to_owned();
        strip(headers, &name, field.into(), stage, secrets, &mut edits);
    }
    for (place, field) in HOP_BY_HOP.into_iter().enumerate() {
        if found & 1 << place != 0 {
            let name = HeaderName::from_static(field);
            strip(headers, &name, field.into(), stage, secrets, &mut edits);
        }
    }
    edits
}

/// Which of [`HOP_BY_HOP`] there are, a bit for each. Found in one pass: most messages have none of
/// them, or one.
fn found(headers: &HeaderMap) -> u8 {
    let bits = headers.keys().map(|name| bit(name.as_str()));
    bits.fold(0, |all, bit| all | bit)
}

/// A bit for each of [`HOP_BY_HOP`], in their order; none for any other name.
pub(crate) fn bit(name: &str) -> u8 {
    match name {
        "connection" => 1,
        "keep-alive" => 1 << 1,
        "proxy-connection" => 1 << 2,
        "proxy-authenticate" => 1 << 3,
        "proxy-authorization" => 1 << 4,
        "te" => 1 << 5,
        "transfer-encoding" => 1 << 6,
        "upgrade" => 1 << 7,
        _ => 0,
    }
}

/// The fields that `Connection` names, besides those that go anyway, and `Host`: a request without
/// it is none, so it is never one connection's own.
fn named(headers: &HeaderMap) -> Vec<HeaderName> {
    let lines = headers.get_all(CONNECTION).iter();
    lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(','))
        .map(str::trim)
        .filter(|option| {
            let known = |name: &&str| name.eq_ignore_ascii_case(option);
            !HOP_BY_HOP.iter().any(known) && !known(&HOST.as_str())
        })
        .filter_map(|option| HeaderName::from_bytes(option.as_bytes()).ok())
        .collect()
}

fn strip(
    headers: &mut HeaderMap,
    name: &HeaderName,
    field: Cow<'static, str>,
    stage: Stage,
    secrets: &Secrets,
    edits: &mut Vec<Edit>,
) {
    let lines = headers.get_all(name).iter();
    let lines: Vec<String> = lines.map(|line| secrets.field(name, line)).collect();
    if headers.remove(name).is_some() {
        edits.push(Edit {
            stage,
            field,
            before: Some(lines.join(", ")),
            after: None,
            why: WHY.into(),
        });
    }
}

/// The hosts in a request's hop counter, oldest first.
pub fn hops(headers: &HeaderMap) -> Vec<String> {
    headers
        .get_all(HOPS)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(','))
        .map(|hop| hop.trim().to_owned())
        .filter(|hop| !hop.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_connection_line_counts() {
        let mut headers = HeaderMap::new();
        headers.append("connection", HeaderValue::from_static("keep-alive, X-One"));
        headers.append("connection", HeaderValue::from_static("x-two"));
        for name in ["x-one", "x-two", "x-three", "te", "transfer-encoding"] {
            headers.append(HeaderName::from_static(name), HeaderValue::from_static("v"));
        }
        let edits = strip_hop_by_hop(&mut headers, Stage::Request, &Secrets::default());
        assert_eq!(headers.keys().collect::<Vec<_>>(), ["x-three"]);
        assert_eq!(edits.len(), 5);
        assert_eq!(edits[2].before.as_deref(), Some("keep-alive, X-One, x-two"));
        let fields: Vec<&str> = edits.iter().map(|edit| &*edit.field).collect();
        assert_eq!(
            fields,
            ["x-one", "x-two", "connection", "te", "transfer-encoding"]
        );
    }

    #[test]
    fn each_has_the_bit_of_its_place() {
        for (place, name) in HOP_BY_HOP.into_iter().enumerate() {
            assert_eq!(bit(name), 1 << place, "{name}");
        }
        assert_eq!(bit("host"), 0);
    }

    #[test]
    fn only_keep_alive_alone_goes_the_short_way() {
        for (fields, wanted) in [
            (&[("connection", "keep-alive"), ("accept", "*/*")][..], true),
            (&[("connection", "keep-alive, te")], false),
            (&[("connection", "close")], false),
            (&[("accept", "*/*")], false),
            (
                &[("connection", "keep-alive"), ("connection", "x-one")],
                false,
            ),
        ] {
            assert_eq!(strips_alone(fields), wanted, "{fields:?}");
        }
        for field in &HOP_BY_HOP[1..] {
            let fields = [("connection", "keep-alive"), (*field, "v")];
            assert!(!strips_alone(&fields), "{field}");
        }
    }

    /// Both ways come to the same.
    fn strips_alone(fields: &[(&'static str, &'static str)]) -> bool {
        let mut headers = HeaderMap::new();
        for (name, value) in fields {
            let name = HeaderName::from_static(name);
            headers.append(name, HeaderValue::from_static(value));
        }
        let mut slow = headers.clone();
        let edits = strip_hop_by_hop(&mut slow, Stage::Request, &Secrets::default());
        let found = found(&headers);
        let alone = strip_keep_alive(&mut headers, found);
        if alone {
            let told = kept_alive(Stage::Request, &Secrets::default());
            assert_eq!((&headers, edits), (&slow, told));
        }
        alone
    }
}

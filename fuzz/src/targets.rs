//! The targets, one a file.

pub(crate) mod address;
pub(crate) mod authority;
pub(crate) mod cookie;
pub(crate) mod destination;
pub(crate) mod inject;
pub(crate) mod pattern;
pub(crate) mod policy;
pub(crate) mod redact;
pub(crate) mod redirect;
pub(crate) mod respond;
pub(crate) mod wire;
pub(crate) mod workspace;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock};

use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri};
use tripledash_core::Snapshot;
use tripledash_core::address::BaseDomain;
use tripledash_core::response::{ResponseEdits, edit_response};
use tripledash_core::route::{Forward, RequestHead, Route, route};
use tripledash_core::workspace::parse;

const WORKSPACE: &str = r#"{
  "name": "shop",
  "prefix": ["tenant"],
  "tenants": [{ "id": "acme", "domains": ["shop.acme.example"] }, { "id": "globex" }],
  "previews": [
    { "name": "main", "upstream": "http://localhost:3000" },
    { "name": "remote", "upstream": "https://app.example", "host": "{tenant}.app.example" }
  ]
}"#;

/// The workspace that most targets ask.
static SNAPSHOT: LazyLock<Arc<Snapshot>> =
    LazyLock::new(|| snapshot(WORKSPACE).expect("our own workspace is good"));

/// The text of an input. Its lines are its fields.
fn text(input: &[u8]) -> std::borrow::Cow<'_, str> {
    String::from_utf8_lossy(input)
}

fn snapshot(text: &str) -> Option<Arc<Snapshot>> {
    let workspace = parse(text, "tripledash.json").workspace?;
    Some(Arc::new(Snapshot {
        generation: 1,
        workspace: Arc::new(workspace),
        base: BaseDomain::local(7333),
        environment: Arc::new(BTreeMap::new()),
        unlocked: Arc::new(BTreeSet::new()),
        certificates: Arc::default(),
    }))
}

/// A request for a page of a preview host.
fn forward(labels: &str, path: &str, snapshot: &Arc<Snapshot>) -> Option<Box<Forward>> {
    let host = format!("{labels}.tripledash.localhost:7333");
    let mut headers = HeaderMap::new();
    headers.insert("host", HeaderValue::from_str(&host).ok()?);
    let uri: Uri = path.parse().ok()?;
    let head = RequestHead {
        method: &Method::GET,
        uri: &uri,
        headers: Cow::Borrowed(&headers),
        peer: None,
        upgrade: false,
    };
    match route(&head, snapshot) {
        Route::Forward(forward) => Some(forward),
        Route::Workbench | Route::Refuse(_) => None,
    }
}

/// What becomes of lines of one field in a response of `acme` on `preview`.
fn edited(
    preview: &str,
    status: u16,
    name: &HeaderName,
    lines: &[HeaderValue],
) -> (Vec<HeaderValue>, ResponseEdits) {
    let forward = forward(&format!("acme---{preview}"), "/", &SNAPSHOT).unwrap();
    let mut headers = HeaderMap::new();
    for line in lines {
        headers.append(name.clone(), line.clone());
    }
    let status = StatusCode::from_u16(status).unwrap();
    let edits = edit_response(status, &mut headers, &forward.response);
    let lines = headers.get_all(name).iter().cloned().collect();
    (lines, edits)
}

/// The lines of an input as values of a field.
fn values(input: &[u8]) -> Vec<HeaderValue> {
    let lines = input.split(|byte| *byte == b'\n');
    // Upstreams' fields come without blanks around them (RFC 9110 section 5.5).
    lines
        .take(8)
        .filter_map(|line| HeaderValue::from_bytes(line.trim_ascii()).ok())
        .collect()
}

/// Undoes percent-encoding, as often as there is any.
fn decoded(text: &str) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    loop {
        let mut out = Vec::with_capacity(bytes.len());
        let mut at = 0;
        while at < bytes.len() {
            let pair = bytes
                .get(at + 1..at + 3)
                .and_then(|pair| std::str::from_utf8(pair).ok());
            let byte = pair
                .filter(|pair| bytes[at] == b'%' && pair.bytes().all(|b| b.is_ascii_hexdigit()))
                .and_then(|pair| u8::from_str_radix(pair, 16).ok());
            out.push(byte.unwrap_or(bytes[at]));
            at += if byte.is_some() { 3 } else { 1 };
        }
        if out.len() == bytes.len() {
            return out;
        }
        bytes = out;
    }
}

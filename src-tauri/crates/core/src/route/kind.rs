//! What a request is for, told from its head alone.

use http::header::{ACCEPT, SEC_WEBSOCKET_PROTOCOL, UPGRADE};
use http::{HeaderMap, HeaderName, Method};

use super::RequestHead;
use super::present::Present;
use crate::hop;
use crate::request::SEC_FETCH_DEST;
use crate::trace::Kind;

const RSC: HeaderName = HeaderName::from_static("rsc");
const NEXT_ACTION: HeaderName = HeaderName::from_static("next-action");

/// What a router of Next.js accepts.
const FLIGHT: &[u8] = b"text/x-component";

/// The length of the longest extension that [`is_asset`] knows.
const LONGEST_EXTENSION: usize = "webmanifest".len();

/// Paths of development servers' update sockets. Next.js moved its own, so both are known.
const HMR: [&str; 4] = [
    "/_next/webpack-hmr",
    "/_next/hmr",
    "/__webpack_hmr",
    "/@vite/",
];

/// Whether a path ends in the extension of an asset.
pub fn has_asset_extension(path: &str) -> bool {
    let path = path.as_bytes();
    let end = memchr::memchr2(b'?', b'#', path).unwrap_or(path.len());
    ends_as_asset(&path[..end])
}

/// The same for a path without a query.
fn ends_as_asset(path: &[u8]) -> bool {
    let last = |byte: u8, text: &[u8]| text.iter().rposition(|other| *other == byte);
    let name = last(b'/', path).map_or(path, |slash| &path[slash + 1..]);
    last(b'.', name).is_some_and(|dot| dot > 0 && is_asset(&name[dot + 1..]))
}

/// Whether a file name's extension is one of what a page loads and a router should leave alone.
fn is_asset(extension: &[u8]) -> bool {
    let mut lower = [0; LONGEST_EXTENSION];
    let Some(lower) = lower.get_mut(..extension.len()) else {
        return false;
    };
    lower.copy_from_slice(extension);
    lower.make_ascii_lowercase();
    matches!(
        &*lower,
        b"avif"
            | b"bmp"
            | b"css"
            | b"cur"
            | b"eot"
            | b"gif"
            | b"ico"
            | b"jpeg"
            | b"jpg"
            | b"js"
            | b"map"
            | b"mjs"
            | b"mp3"
            | b"mp4"
            | b"ogg"
            | b"otf"
            | b"pdf"
            | b"png"
            | b"svg"
            | b"ttf"
            | b"wasm"
            | b"wav"
            | b"webm"
            | b"webmanifest"
            | b"webp"
            | b"woff"
            | b"woff2"
            | b"zip"
    )
}

/// Tells a request's kind.
///
/// `Sec-Fetch-Dest` decides where a browser sent it; else the path, and what is accepted.
pub fn kind_of(head: &RequestHead<'_>) -> Kind {
    of(head, Present::of(&head.headers))
}

/// The same, where it is known which fields there are.
pub(super) fn of(head: &RequestHead<'_>, present: Present) -> Kind {
    let path = head.uri.path();
    let value = |name: HeaderName| text(&head.headers, &name);
    let upgrades = present.hop_by_hop & hop::bit(UPGRADE.as_str()) != 0;
    let to_socket = || value(UPGRADE).is_some_and(|to| to.eq_ignore_ascii_case("websocket"));
    if head.upgrade || upgrades && to_socket() {
        let vite = value(SEC_WEBSOCKET_PROTOCOL).is_some_and(|protocol| protocol.contains("vite-"));
        let hmr = vite || HMR.iter().any(|prefix| path.starts_with(prefix));
        return if hmr { Kind::Hmr } else { Kind::Websocket };
    }
    if present.has(Present::ROUTER) && (value(RSC).is_some() || value(NEXT_ACTION).is_some()) {
        return Kind::Rsc;
    }
    let accepted = head.headers.get(ACCEPT);
    // Whether all of it is text is asked only where its beginning does not say enough.
    let accept = || accepted.and_then(|accept| accept.to_str().ok());
    let is_flight = accepted.is_some_and(|accept| accept.as_bytes().starts_with(FLIGHT));
    if is_flight && accept().is_some() {
        return Kind::Rsc;
    }
    if path.starts_with("/_next/data/") {
        return Kind::Data;
    }
    if HMR
        .iter()
        .any(|prefix| path.starts_with(prefix) && *prefix != "/@vite/")
    {
        return Kind::Hmr;
    }
    let asset = ends_as_asset(path.as_bytes())
        || path.starts_with("/_next/static/")
        || path.starts_with("/_next/image");
    match value(SEC_FETCH_DEST) {
        Some("document" | "iframe" | "frame" | "embed" | "object") => return Kind::Document,
        Some("empty") if asset => return Kind::Asset,
        Some("empty") => return Kind::Api,
        Some(_) => return Kind::Asset,
        None => {}
    }
    if asset {
        return Kind::Asset;
    }
    let accept = accept().unwrap_or_default();
    if path == "/api" || path.starts_with("/api/") || accept.starts_with("application/json") {
        return Kind::Api;
    }
    let reads = matches!(*head.method, Method::GET | Method::HEAD);
    if accept.contains("text/html") || reads && (accept.is_empty() || accept.contains("*/*")) {
        return Kind::Document;
    }
    Kind::Other
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

#[cfg(test)]
mod tests {
    use http::{HeaderValue, Uri};
    use std::borrow::Cow;

    use super::*;

    #[test]
    fn kinds() {
        for (method, path, fields, wanted) in [
            ("GET", "/", &[][..], Kind::Document),
            (
                "GET",
                "/about",
                &[("sec-fetch-dest", "iframe")],
                Kind::Document,
            ),
            ("GET", "/logo.png", &[], Kind::Asset),
            ("GET", "/logo.PNG?v=2", &[], Kind::Asset),
            ("GET", "/.png", &[], Kind::Document),
            ("GET", "/_next/static/chunks/a", &[], Kind::Asset),
            ("GET", "/a", &[("sec-fetch-dest", "style")], Kind::Asset),
            ("GET", "/about?_rsc=1", &[("rsc", "1")], Kind::Rsc),
            (
                "POST",
                "/about",
                &[("next-action", "ab"), ("sec-fetch-dest", "empty")],
                Kind::Rsc,
            ),
            (
                "GET",
                "/about",
                &[("accept", "text/x-component")],
                Kind::Rsc,
            ),
            ("GET", "/_next/data/b/about.json", &[], Kind::Data),
            ("GET", "/api/cart", &[], Kind::Api),
            ("GET", "/cart", &[("accept", "application/json")], Kind::Api),
            (
                "POST",
                "/login",
                &[("accept", "text/html,*/*")],
                Kind::Document,
            ),
            ("POST", "/hook", &[], Kind::Other),
            (
                "GET",
                "/_next/hmr?id=1",
                &[("upgrade", "websocket")],
                Kind::Hmr,
            ),
            (
                "GET",
                "/_next/webpack-hmr",
                &[("upgrade", "websocket")],
                Kind::Hmr,
            ),
            (
                "GET",
                "/?token=x",
                &[
                    ("upgrade", "websocket"),
                    ("sec-websocket-protocol", "vite-hmr"),
                ],
                Kind::Hmr,
            ),
            (
                "GET",
                "/ticker",
                &[("upgrade", "websocket")],
                Kind::Websocket,
            ),
        ] {
            let mut headers = HeaderMap::new();
            for (name, value) in fields {
                headers.insert(
                    HeaderName::from_static(name),
                    HeaderValue::from_static(value),
                );
            }
            let method: Method = method.parse().unwrap();
            let uri: Uri = path.parse().unwrap();
            let head = RequestHead {
                method: &method,
                uri: &uri,
                headers: Cow::Borrowed(&headers),
                peer: None,
                upgrade: false,
            };
            assert_eq!(kind_of(&head), wanted, "{method} {path} {fields:?}");
        }
    }
}

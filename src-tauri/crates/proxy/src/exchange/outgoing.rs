//! The request as the upstream gets it.

use std::mem;
use std::sync::Arc;

use http::header::{CONNECTION, CONTENT_LENGTH, EXPECT, TE, TRANSFER_ENCODING};
use http::request::Parts;
use http::{HeaderValue, Method, Request, Uri};
use http_body::Body as _;
use tripledash_core::edit::{Edit, Stage};
use tripledash_core::route::{self, Forward};
use tripledash_core::trace::Started;
use tripledash_core::upstream::Scheme;
use tripledash_core::{ExchangeId, Timestamp};

use crate::body::Body;
use crate::upstream::{Destination, Tls};

/// Settles what concerns our two connections, and not what the request means:
///
/// - `Expect: 100-continue` is answered by us (RFC 9110 section 10.1.1), when the upstream's
///   connection takes the body.
/// - `TE: trailers` is said anew where the browser said it, so that trailers come through.
/// - `Content-Length` is left to the framing, which is made from the body.
pub(super) fn settle(forward: &mut Forward, trailers: bool) {
    if let Some(expect) = forward.headers.remove(EXPECT) {
        forward.edits.push(Edit {
            stage: Stage::Request,
            field: "expect".into(),
            before: Some(String::from_utf8_lossy(expect.as_bytes()).into_owned()),
            after: None,
            why: "answered here, with 100 Continue once the body is wanted".into(),
        });
    }
    if trailers && !forward.headers.contains_key(CONNECTION) {
        forward.edits.retain(|edit| edit.field != "te");
        forward
            .headers
            .insert(TE, HeaderValue::from_static("trailers"));
        forward
            .headers
            .insert(CONNECTION, HeaderValue::from_static("te"));
    }
    forward.headers.remove(CONTENT_LENGTH);
}

/// The event that tells of the plan.
///
/// It takes the plan's own account of itself, which nothing needs after it.
pub(super) fn started(
    id: ExchangeId,
    at: Timestamp,
    forward: &mut Forward,
    method: &Method,
) -> Started {
    Started {
        id,
        at,
        kind: forward.kind,
        method: method.clone(),
        origin: Arc::clone(&forward.origin),
        path: forward.told_path(),
        resolution: Arc::clone(&forward.resolution),
        rules: Arc::clone(&forward.rules),
        predicted: forward.predicted.take(),
        upstream: Some(forward.told_target()),
        edits: mem::take(&mut forward.edits),
        request_headers: forward.request_lines(),
    }
}

/// The request itself, its target in origin-form. It takes the plan's header fields.
pub(super) fn request(
    forward: &mut Forward,
    came: &Parts,
    body: Body,
) -> Result<Request<Body>, http::Error> {
    let uri = match came.uri.path_and_query() {
        // It was read once, and is a slice of what came.
        Some(path) if Arc::ptr_eq(&forward.path, &forward.upstream.target.path) => {
            Uri::from(path.clone())
        }
        _ => forward.target_path().parse().map_err(http::Error::from)?,
    };
    // Nothing else says that a body comes whose length is not known.
    let chunked = !body.is_end_stream() && body.size_hint().exact().is_none();
    let mut request = Request::new(body);
    *request.method_mut() = came.method.clone();
    *request.uri_mut() = uri;
    *request.headers_mut() = mem::take(&mut forward.headers);
    if chunked {
        let chunked = HeaderValue::from_static("chunked");
        request.headers_mut().insert(TRANSFER_ENCODING, chunked);
    }
    Ok(request)
}

/// Where the request goes.
pub(super) fn destination(upstream: &route::Upstream) -> Destination<'_> {
    let tls = match upstream.scheme {
        Scheme::Http => None,
        Scheme::Https => Some(Tls {
            server_name: host_of(&upstream.target.host),
            trust: &upstream.trust,
        }),
    };
    Destination {
        host: &upstream.host,
        port: upstream.port,
        tls,
    }
}

/// The host of the `Host` sent; it equals the name that TLS asks for.
fn host_of(authority: &str) -> &str {
    match authority.strip_prefix('[') {
        Some(address) => address.split(']').next().unwrap_or(address),
        None => authority.split(':').next().unwrap_or(authority),
    }
}

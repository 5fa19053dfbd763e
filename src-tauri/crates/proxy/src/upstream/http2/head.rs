//! The head of a request as HTTP/2 has it.

use http::header::{CONNECTION, CONTENT_LENGTH, HOST, HeaderMap, TE, TRANSFER_ENCODING, UPGRADE};
use http::request::Parts;
use http::uri::{Authority, PathAndQuery, Scheme};
use http::{HeaderName, HeaderValue, Method, Request, Uri, Version};
use http_body::Body as _;

use crate::body::Body;
use crate::fields::members;

/// Fields that say something about one connection; HTTP/2 has other ways (RFC 9113 section 8.2.2).
const CONNECTION_ONLY: [HeaderName; 5] = [
    CONNECTION,
    TRANSFER_ENCODING,
    UPGRADE,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
];

/// The head of a request whose own target is in origin-form.
pub(super) fn of(parts: &Parts, body: &Body) -> Result<Request<()>, http::Error> {
    let mut headers = parts.headers.clone();
    let host = headers.remove(HOST);
    let authority = host.as_ref().map_or(&b""[..], HeaderValue::as_bytes);
    let path = parts.uri.path_and_query().cloned();
    let uri = Uri::builder()
        .scheme(Scheme::HTTPS)
        .authority(Authority::try_from(authority)?)
        .path_and_query(path.unwrap_or_else(|| PathAndQuery::from_static("/")))
        .build()?;
    strip(&mut headers);
    if let Some(length) = length(&parts.method, body) {
        headers.insert(CONTENT_LENGTH, length.into());
    }
    let mut head = Request::new(());
    *head.method_mut() = parts.method.clone();
    *head.uri_mut() = uri;
    *head.version_mut() = Version::HTTP_2;
    *head.headers_mut() = headers;
    Ok(head)
}

fn strip(headers: &mut HeaderMap) {
    let listed: Vec<HeaderName> = members(headers, &CONNECTION)
        .filter_map(|name| HeaderName::from_bytes(name).ok())
        .filter(|name| *name != TE)
        .collect();
    for name in listed.into_iter().chain(CONNECTION_ONLY) {
        headers.remove(name);
    }
    let trailers = headers
        .get_all(TE)
        .iter()
        .all(|line| line.as_bytes().eq_ignore_ascii_case(b"trailers"));
    if !trailers {
        headers.remove(TE);
    }
}

/// What `Content-Length` says, where there is something to say.
fn length(method: &Method, body: &Body) -> Option<u64> {
    let expected = [Method::POST, Method::PUT, Method::PATCH].contains(method);
    if body.is_end_stream() {
        return expected.then_some(0);
    }
    body.size_hint().exact()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(fields: &[(&'static str, &str)]) -> Request<()> {
        let mut request = Request::builder().uri("/a?b=1");
        for (name, value) in fields {
            request = request.header(*name, *value);
        }
        let (parts, ()) = request.body(()).unwrap().into_parts();
        of(&parts, &Body::empty()).unwrap()
    }

    #[test]
    fn host_becomes_the_authority() {
        let head = head(&[("host", "acme.app.example:8443"), ("accept", "a/b")]);
        assert_eq!(head.uri(), "https://acme.app.example:8443/a?b=1");
        assert_eq!(head.headers().len(), 1);
    }

    #[test]
    fn what_concerns_one_connection_is_left_out() {
        let head = head(&[
            ("host", "a.example"),
            ("connection", "te, x-hop"),
            ("x-hop", "1"),
            ("te", "trailers"),
            ("transfer-encoding", "chunked"),
            ("keep-alive", "timeout=5"),
            ("proxy-connection", "keep-alive"),
            ("upgrade", "h2c"),
        ]);
        assert_eq!(head.headers().len(), 1);
        assert_eq!(head.headers()["te"], "trailers");
    }

    #[test]
    fn other_transfer_codings_are_not_offered() {
        assert!(head(&[("host", "a"), ("te", "gzip")]).headers().is_empty());
    }

    #[test]
    fn authority_that_is_none_is_refused() {
        let (parts, ()) = Request::builder()
            .header("host", "a b")
            .body(())
            .unwrap()
            .into_parts();
        assert!(of(&parts, &Body::empty()).is_err());
    }
}

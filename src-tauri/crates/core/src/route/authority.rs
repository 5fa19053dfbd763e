//! Which authority a request is for.

use http::header::HOST;

use super::RequestHead;
use crate::host::Authority;

/// The authority, or what is wrong with it.
///
/// RFC 9112 section 3.2: "A server MUST respond with a 400 (Bad Request) status code to any
/// HTTP/1.1 request message that lacks a Host header field and to any request message that
/// contains more than one Host header field line". Section 3.2.2: an absolute-form target decides
/// over `Host`.
pub(super) fn of(head: &RequestHead<'_>) -> Result<Authority, String> {
    let mut hosts = head.headers.get_all(HOST).iter();
    let (first, more) = (hosts.next(), hosts.count());
    if more > 0 {
        return Err(format!(
            "the request has {} Host fields, wanted exactly one",
            more + 1
        ));
    }
    let host = match first {
        Some(host) => Some(
            host.to_str()
                .map_err(|_| format!("the Host field {host:?} is not ASCII"))?,
        ),
        None => None,
    };
    let text = match (head.uri.authority(), host) {
        // "A server MUST respond with a 400 (Bad Request) status code to any HTTP/1.1 request
        // message that ... contains ... a Host header field with an invalid field value", whoever
        // decides. HTTP/1.0 has none at all.
        (Some(authority), Some(host)) => {
            host.parse::<Authority>()
                .map_err(|error| error.to_string())?;
            authority.as_str()
        }
        (Some(authority), None) => authority.as_str(),
        (None, Some(host)) => host,
        (None, None) => return Err("the request has no Host field, wanted exactly one".to_owned()),
    };
    text.parse()
        .map_err(|error: crate::host::InvalidAuthority| error.to_string())
}

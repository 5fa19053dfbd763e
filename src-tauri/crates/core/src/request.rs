//! A request as it comes in, before anything is made of it.

use std::borrow::Cow;
use std::net::IpAddr;

use http::{HeaderMap, HeaderName, Method, Uri};

/// What a browser wants the response for.
pub(crate) const SEC_FETCH_DEST: HeaderName = HeaderName::from_static("sec-fetch-dest");

/// A request's head, as it came.
#[derive(Debug, Clone)]
pub struct RequestHead<'a> {
    /// The method.
    pub method: &'a Method,
    /// The request target in origin form or absolute form.
    pub uri: &'a Uri,
    /// The header fields. Whoever plans the request takes those that are owned, and copies others.
    pub headers: Cow<'a, HeaderMap>,
    /// Who asks.
    pub peer: Option<IpAddr>,
    /// Whether the request asks to upgrade the connection.
    pub upgrade: bool,
}

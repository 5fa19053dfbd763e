//! The script that pages carry inside the workbench's panes.

use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderValue, Method, Response, StatusCode, header};
use tripledash_core::address::BaseDomain;

use crate::body::Body;

/// Where every preview host serves the script.
pub const PATH: &str = tripledash_core::response::AGENT_PATH;

const SCRIPT: &[u8] = include_bytes!("../assets/agent.js");

/// The header that lets a browser give each origin a process of its own, so that one busy pane
/// does not freeze its siblings.
pub(crate) const ORIGIN_AGENT_CLUSTER: header::HeaderName =
    header::HeaderName::from_static("origin-agent-cluster");

/// Answers a request for [`PATH`].
pub(crate) fn serve(method: &Method) -> Response<Body> {
    if !matches!(*method, Method::GET | Method::HEAD) {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
        let allow = HeaderValue::from_static("GET, HEAD");
        response.headers_mut().insert(header::ALLOW, allow);
        return response;
    }
    let mut response = Response::new(Body::from(Bytes::from_static(SCRIPT)));
    let headers = response.headers_mut();
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("text/javascript; charset=utf-8"),
    );
    // It changes with us, and the next version may listen on this very port.
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(ORIGIN_AGENT_CLUSTER, HeaderValue::from_static("?1"));
    response
}

/// The tag that loads the script, with a page's own nonce where it has one.
pub(crate) fn tag(base: &BaseDomain, nonce: Option<&str>) -> String {
    let origin = base.origin();
    let nonce = nonce.map_or_else(String::new, |nonce| format!(" nonce=\"{nonce}\""));
    format!("<script src=\"{PATH}\" data-workbench=\"{origin}\"{nonce}></script>")
}

//! Policies about frames and transport that a pane cannot live with.

use http::header::{HeaderName, STRICT_TRANSPORT_SECURITY, X_FRAME_OPTIONS};
use http::{HeaderMap, HeaderValue};

use super::remove;
use crate::edit::Edit;

const ORIGIN_AGENT_CLUSTER: HeaderName = HeaderName::from_static("origin-agent-cluster");

pub(super) fn edit(headers: &mut HeaderMap, edits: &mut Vec<Edit>) {
    remove(headers, &X_FRAME_OPTIONS, "a pane is a frame", edits);
    remove(
        headers,
        &STRICT_TRANSPORT_SECURITY,
        "local names are served over http",
        edits,
    );
}

/// Asks for a process of its own where the browser can give one, so that a busy pane does not
/// freeze the others.
pub(super) fn keep_apart(headers: &mut HeaderMap, edits: &mut Vec<Edit>) {
    if headers.contains_key(&ORIGIN_AGENT_CLUSTER) {
        return;
    }
    headers.insert(ORIGIN_AGENT_CLUSTER, HeaderValue::from_static("?1"));
    let why = "a busy pane should not freeze its neighbours";
    edits.push(super::edit(
        "origin-agent-cluster",
        None,
        Some("?1".to_owned()),
        why,
    ));
}

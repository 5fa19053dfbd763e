//! What a response needs before a pane may have it.
//!
//! An upstream answers for its own host. In a pane that answer would lead out of the tenant, drop
//! the login, or refuse to be framed. So, and only so far:
//!
//! - addresses of this preview become addresses of its panes (`location`);
//! - cookies lose what a local http host cannot keep (`cookie`);
//! - framing and transport policies are loosened (`framing`, `csp`);
//! - documents are told to take the agent's script tag, which the proxy puts in.
//!
//! Each change is an [`Edit`]. `RSC`, `Next-*` and `_rsc` are never touched: Next validates them.

mod address;
mod bytes;
mod coding;
pub mod cookie;
mod csp;
mod framing;
mod link;
mod location;
mod matcher;
mod refresh;

use std::sync::Arc;

pub use self::coding::ContentCoding;
use http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_TYPE, ETAG,
    HeaderName,
};
use http::{HeaderMap, HeaderValue, Method, StatusCode};

use crate::compare;
use crate::edit::{Edit, Stage};
use crate::hop;
use crate::host::Authority;
use crate::redact::Secrets;
use crate::request::RequestHead;
use crate::resolve::ResolvedPreview;
use crate::trace::{HeaderLines, UpstreamTarget};
use crate::upstream::UpstreamOrigin;
use crate::workspace::Snapshot;

/// Digests of the body's bytes (RFC 9530, and what was before it), in headers and in trailers.
pub const DIGESTS: [&str; 4] = ["content-digest", "repr-digest", "digest", "content-md5"];

/// What the response to one request is edited with. Owns all that it needs.
#[derive(Debug, Clone)]
pub struct ResponseContext {
    snapshot: Arc<Snapshot>,
    preview: ResolvedPreview,
    upstream: UpstreamOrigin,
    host_sent: Option<Authority>,
    pane: Authority,
    head: bool,
    destination: Destination,
    upgrade: bool,
    secrets: Secrets,
}

/// What a browser wants the response for, from `Sec-Fetch-Dest`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Destination {
    /// Not said.
    Unsaid,
    Document,
    Frame,
    Other,
}

/// The script tag to put first in a document's head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScriptTag {
    /// The page's own nonce, where its policy asks for one.
    pub nonce: Option<String>,
    /// The content codings of the page, in the order they were applied: to undo, and do again.
    pub codings: Vec<ContentCoding>,
}

/// What [`edit_response`] did, and what it leaves to the proxy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResponseEdits {
    /// Every change, in the order made, secrets redacted.
    pub edits: Vec<Edit>,
    /// The app's own rewrite, cleaned to a path.
    pub actual: Option<String>,
    /// The script tag to put in; the fields about the body's length and identity are mended already.
    pub inject: Option<ScriptTag>,
    /// Where a pane is sent outside of this workspace: answer a page that offers a window instead.
    pub foreign_redirect: Option<String>,
}

/// Edits a response head in place.
pub fn edit_response(
    status: StatusCode,
    headers: &mut HeaderMap,
    context: &ResponseContext,
) -> ResponseEdits {
    let actual = compare::actual_rewrite(|name| headers.get(name)?.to_str().ok());
    let mut edits = Vec::new();
    // A switched connection keeps the fields that switched it.
    if status != StatusCode::SWITCHING_PROTOCOLS {
        edits.extend(hop::strip_hop_by_hop(
            headers,
            Stage::Response,
            &context.secrets,
        ));
    }
    let foreign = location::edit(headers, context, &mut edits);
    let foreign_redirect =
        foreign.filter(|_| status.is_redirection() && context.destination == Destination::Frame);
    cookie::edit(headers, &mut edits);
    framing::edit(headers, &mut edits);
    let nonce = csp::edit(headers, &mut edits);
    let document = is_html(headers) && context.destination != Destination::Other;
    if document {
        framing::keep_apart(headers, &mut edits);
    }
    let inject = (document && may_inject(status, headers, context))
        .then(|| coding::codings(headers))
        .flatten()
        .map(|codings| ScriptTag { nonce, codings });
    if inject.is_some() {
        make_room(headers, &mut edits);
    }
    for edit in &mut edits {
        edit.redact(&context.secrets);
    }
    ResponseEdits {
        edits,
        actual: actual.map(|path| context.secrets.clean(&path).into_owned()),
        inject,
        foreign_redirect,
    }
}

fn is_html(headers: &HeaderMap) -> bool {
    let kind = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let essence = kind.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("text/html")
}

/// Whether the browser saves it to a file (RFC 6266 section 4.2): that is no page of a pane.
fn is_download(headers: &HeaderMap) -> bool {
    let disposition = headers.get(CONTENT_DISPOSITION).map(text);
    disposition.is_some_and(|disposition| {
        let kind = disposition.split(';').next().unwrap_or_default().trim();
        kind.eq_ignore_ascii_case("attachment")
    })
}

fn may_inject(status: StatusCode, headers: &HeaderMap, context: &ResponseContext) -> bool {
    let bodiless = status.is_informational()
        || status.is_redirection()
        || matches!(
            status,
            StatusCode::NO_CONTENT | StatusCode::RESET_CONTENT | StatusCode::PARTIAL_CONTENT
        );
    if bodiless || context.head || context.upgrade || is_download(headers) {
        return false;
    }
    !headers
        .get_all(CACHE_CONTROL)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(','))
        .any(|directive| directive.trim().eq_ignore_ascii_case("no-transform"))
}

/// Mends the fields that a longer body makes untrue.
fn make_room(headers: &mut HeaderMap, edits: &mut Vec<Edit>) {
    edits.push(edit(
        "body",
        None,
        Some("<script src=\"/__tripledash/agent.js\">".to_owned()),
        "lets panes follow each other",
    ));
    let of_the_body = [CONTENT_LENGTH, ACCEPT_RANGES].into_iter();
    for name in of_the_body.chain(DIGESTS.map(HeaderName::from_static)) {
        remove(
            headers,
            &name,
            "the script tag makes the body longer",
            edits,
        );
    }
    let strong = headers
        .get(ETAG)
        .and_then(|tag| tag.to_str().ok())
        .filter(|tag| !tag.starts_with("W/"));
    let Some(strong) = strong.map(str::to_owned) else {
        return;
    };
    let weak = format!("W/{strong}");
    if let Ok(value) = HeaderValue::from_str(&weak) {
        headers.insert(ETAG, value);
        edits.push(edit(
            "etag",
            Some(strong),
            Some(weak),
            "the body is the same in meaning, no longer byte for byte",
        ));
    }
}

fn edit(
    field: impl Into<std::borrow::Cow<'static, str>>,
    before: Option<String>,
    after: Option<String>,
    why: impl Into<std::borrow::Cow<'static, str>>,
) -> Edit {
    Edit {
        stage: Stage::Response,
        field: field.into(),
        before,
        after,
        why: why.into(),
    }
}

fn text(value: &HeaderValue) -> String {
    String::from_utf8_lossy(value.as_bytes()).into_owned()
}

/// Removes every line of a field.
fn remove(headers: &mut HeaderMap, name: &HeaderName, why: &'static str, edits: &mut Vec<Edit>) {
    let lines: Vec<String> = headers.get_all(name).iter().map(text).collect();
    if headers.remove(name).is_some() {
        edits.push(edit(
            name.as_str().to_owned(),
            Some(lines.join(", ")),
            None,
            why,
        ));
    }
}

// === impl ResponseContext ===

impl ResponseContext {
    pub(crate) fn new(
        head: &RequestHead<'_>,
        pane: &Authority,
        preview: ResolvedPreview,
        upstream: &UpstreamOrigin,
        target: &UpstreamTarget,
        snapshot: &Arc<Snapshot>,
    ) -> Self {
        let destination = match head
            .headers
            .get("sec-fetch-dest")
            .and_then(|value| value.to_str().ok())
        {
            None => Destination::Unsaid,
            Some("document") => Destination::Document,
            Some("iframe" | "frame") => Destination::Frame,
            Some(_) => Destination::Other,
        };
        Self {
            snapshot: Arc::clone(snapshot),
            preview,
            upstream: upstream.clone(),
            host_sent: target.host.parse().ok(),
            pane: pane.clone(),
            head: *head.method == Method::HEAD,
            destination,
            upgrade: head.upgrade,
            secrets: Secrets::default(),
        }
    }

    pub(crate) fn with_secrets(mut self, secrets: &Secrets) -> Self {
        self.secrets = secrets.clone();
        self
    }

    /// The pane's origin: the preview host that was asked.
    pub fn pane_origin(&self) -> String {
        format!("http://{}", self.pane)
    }

    /// Response fields as a trace keeps them.
    pub fn response_lines(&self, headers: &HeaderMap) -> HeaderLines {
        self.secrets.lines(headers)
    }
}

#[cfg(test)]
mod tests;

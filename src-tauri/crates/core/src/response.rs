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

pub(crate) mod address;
mod bytes;
mod coding;
pub mod cookie;
mod cors;
mod csp;
mod framing;
mod link;
pub(crate) mod location;
mod matcher;
mod present;
pub(crate) mod refresh;
mod validator;

use std::sync::Arc;

pub use self::coding::ContentCoding;
use self::present::Present;
pub use self::validator::unmarked_tags;
use http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_TYPE, HeaderName,
    IF_NONE_MATCH,
};
use http::{HeaderMap, HeaderValue, Method, StatusCode};

use crate::compare;
use crate::edit::{Edit, Edits, Stage};
use crate::hop;
use crate::redact::Secrets;
use crate::request::{RequestHead, SEC_FETCH_DEST};
use crate::route::Site;
use crate::trace::HeaderLines;
use crate::workspace::Snapshot;

/// Where every preview host serves the agent's script.
pub const AGENT_PATH: &str = "/__tripledash/agent.js";

/// Digests of the body's bytes (RFC 9530, and what was before it), in headers and in trailers.
pub const DIGESTS: [&str; 4] = ["content-digest", "repr-digest", "digest", "content-md5"];

/// What the response to one request is edited with. Owns all that it needs.
#[derive(Debug, Clone)]
pub struct ResponseContext {
    snapshot: Arc<Snapshot>,
    site: Arc<Site>,
    head: bool,
    destination: Destination,
    upgrade: bool,
    /// The request's `If-None-Match`, where a tag that we weakened may be in it.
    condition: Option<HeaderValue>,
    /// The request's `Origin` as it came and as it was sent, where that is another.
    origin: Option<(String, String)>,
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
    pub edits: Edits,
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
    let present = Present::of(headers);
    let actual = present
        .has(Present::REWRITE)
        .then(|| compare::actual_rewrite(|name| headers.get(name)?.to_str().ok()))
        .flatten();
    let mut edits = Vec::new();
    let mut kept_alive = false;
    // A switched connection keeps the fields that switched it.
    if status != StatusCode::SWITCHING_PROTOCOLS {
        kept_alive = hop::strip_keep_alive(headers, present.hop_by_hop);
        if !kept_alive {
            edits = hop::strip_hop_by_hop(headers, Stage::Response, &context.secrets);
        }
    }
    let mut foreign = None;
    if present.has(Present::ADDRESSES) {
        foreign = location::edit(headers, context, &mut edits);
    }
    let foreign_redirect =
        foreign.filter(|_| status.is_redirection() && context.destination == Destination::Frame);
    if present.has(Present::COOKIES) {
        cookie::edit(headers, &mut edits);
    }
    if present.has(Present::FRAMING) {
        framing::edit(headers, &mut edits);
    }
    if present.has(Present::CROSS_ORIGIN) {
        cors::edit(headers, context, &mut edits);
    }
    let document = context.destination != Destination::Other && is_html(headers);
    // The head of an answer to HEAD is edited as that of GET is (RFC 9110 section 9.3.2).
    let codings = (document && takes_script(status, headers, context))
        .then(|| coding::codings(headers))
        .flatten();
    let mut nonce = None;
    if present.has(Present::POLICY) {
        let address = codings.as_ref().map(|_| context.agent_address());
        let agent = address.as_deref().map(|address| csp::Agent {
            address,
            fresh_nonce: csp::nonce::fresh,
        });
        nonce = csp::edit(headers, agent.as_ref(), &mut edits);
    }
    if document {
        framing::keep_apart(headers, &mut edits);
    }
    let mut inject = None;
    if let Some(codings) = codings {
        make_room(headers, context, &mut edits);
        inject = (!context.head).then_some(ScriptTag { nonce, codings });
    }
    if let (StatusCode::NOT_MODIFIED, Some(asked)) = (status, &context.condition) {
        validator::weaken_again(headers, asked, &mut edits);
    }
    for edit in &mut edits {
        edit.redact(&context.secrets);
    }
    ResponseEdits {
        edits: Edits {
            shared: kept_alive.then(|| Arc::clone(&context.site.kept_alive)),
            own: edits,
        },
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

fn takes_script(status: StatusCode, headers: &HeaderMap, context: &ResponseContext) -> bool {
    let bodiless = status.is_informational()
        || status.is_redirection()
        || matches!(
            status,
            StatusCode::NO_CONTENT | StatusCode::RESET_CONTENT | StatusCode::PARTIAL_CONTENT
        );
    if bodiless || context.upgrade || is_download(headers) {
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
fn make_room(headers: &mut HeaderMap, context: &ResponseContext, edits: &mut Vec<Edit>) {
    if !context.head {
        edits.push(edit(
            "body",
            None,
            Some(format!("<script src=\"{AGENT_PATH}\">")),
            "lets panes follow each other",
        ));
    }
    let of_the_body = [CONTENT_LENGTH, ACCEPT_RANGES].into_iter();
    for name in of_the_body.chain(DIGESTS.map(HeaderName::from_static)) {
        remove(
            headers,
            &name,
            "the script tag makes the body longer",
            edits,
        );
    }
    let why = "the body is the same in meaning, no longer byte for byte";
    validator::weaken(headers, why, edits);
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
    pub(crate) fn new(head: &RequestHead<'_>, site: Arc<Site>, snapshot: &Arc<Snapshot>) -> Self {
        let destination = match head
            .headers
            .get(SEC_FETCH_DEST)
            .and_then(|value| value.to_str().ok())
        {
            None => Destination::Unsaid,
            Some("document") => Destination::Document,
            Some("iframe" | "frame") => Destination::Frame,
            Some(_) => Destination::Other,
        };
        Self {
            snapshot: Arc::clone(snapshot),
            site,
            head: *head.method == Method::HEAD,
            destination,
            upgrade: head.upgrade,
            condition: head
                .headers
                .get(IF_NONE_MATCH)
                .filter(|list| validator::is_marked(list.as_bytes()))
                .cloned(),
            origin: None,
            secrets: Secrets::default(),
        }
    }

    pub(crate) fn with_secrets(mut self, secrets: &Secrets) -> Self {
        self.secrets = secrets.clone();
        self
    }

    /// Takes note of what became of the request's `Origin`.
    pub(crate) fn with_origin_sent(
        mut self,
        came: &HeaderValue,
        sent: Option<&HeaderValue>,
    ) -> Self {
        if let Some(sent) = sent
            && came != sent
        {
            self.origin = Some((text(came), text(sent)));
        }
        self
    }

    /// Where the agent's script is for this pane.
    fn agent_address(&self) -> String {
        format!("http://{}{AGENT_PATH}", self.site.pane)
    }

    /// The pane's origin: the preview host that was asked.
    pub fn pane_origin(&self) -> &str {
        &self.site.origin
    }

    /// Response fields as a trace keeps them.
    pub fn response_lines(&self, headers: &HeaderMap) -> HeaderLines {
        self.lines(headers)
    }

    /// The fields of either message as a trace keeps them.
    pub(crate) fn lines(&self, headers: &HeaderMap) -> HeaderLines {
        self.site.lines(headers, &self.secrets)
    }
}

#[cfg(test)]
mod tests;

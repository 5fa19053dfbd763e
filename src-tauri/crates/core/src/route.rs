//! The data plane's one question: what to do with this request?
//!
//! [`route`] reads the host, finds preview and tenant, asks the rules, and answers with everything
//! that must be done: where to connect, the header fields to send, every [`Edit`] with its reason,
//! and what the response must be edited with. It does no input or output, so that `explain` gives
//! the very answer that the proxy acts on.

mod authority;
mod fields;
mod kind;
mod origin;
mod outgoing;
mod plan;
mod refusal;

use std::sync::Arc;
use std::time::Duration;

use http::{HeaderMap, Method};

pub use self::kind::{has_asset_extension, kind_of};
pub(crate) use self::origin::is_guarded;
pub use self::refusal::Refusal;
use crate::edit::Edit;
use crate::host::{Authority, Host};
use crate::redact::Secrets;
pub use crate::request::RequestHead;
use crate::resolve::{Resolved, resolve};
use crate::response::ResponseContext;
use crate::trace::{HeaderLines, Kind, Resolution, RuleVerdict, UpstreamTarget};
use crate::upstream::{Scheme, Trust};
use crate::workspace::Snapshot;

/// The longest request target that is forwarded, in bytes.
pub const MAX_TARGET: usize = 16 * 1024;
/// The most bytes of header fields that are forwarded.
pub const MAX_HEADERS: usize = 64 * 1024;

/// What to do with a request.
#[derive(Debug, Clone)]
pub enum Route {
    /// It is for the base domain: the page or its API.
    Workbench,
    /// Send it upstream.
    Forward(Box<Forward>),
    /// Answer it with a page that says why not.
    Refuse(Box<Refusal>),
}

/// How a request is sent upstream.
#[derive(Debug, Clone)]
pub struct Forward {
    /// How the host was read.
    pub resolution: Resolution,
    /// The whole URL as asked.
    pub url: String,
    /// Path and query as asked.
    pub path: String,
    /// What the request is for.
    pub kind: Kind,
    /// What every rule said, in the file's order.
    pub rules: Vec<RuleVerdict>,
    /// The path that a `by: "app"` rule predicts.
    pub predicted: Option<String>,
    /// Where to connect, and what to ask there.
    pub upstream: Upstream,
    /// The fields to send: `Host` first, hop-by-hop ones removed, those of an upgrade put back.
    /// A `Content-Length` is as it came; framing is for whoever writes the message.
    pub headers: HeaderMap,
    /// Every change, in the order made, secrets redacted.
    pub edits: Vec<Edit>,
    /// What the response is edited with.
    pub response: ResponseContext,
    /// What a trace must not keep.
    pub secrets: Secrets,
}

/// Where a request goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upstream {
    /// In the clear or over TLS.
    pub scheme: Scheme,
    /// The name or address to connect to. Names under `localhost` never go to DNS.
    pub host: Host,
    /// The port to connect to.
    pub port: u16,
    /// Which certificates it may show, where it is spoken to over TLS.
    pub trust: Trust,
    /// How long to wait for the response's head; `None`: as long as the proxy does by itself.
    pub timeout: Option<Duration>,
    /// The same as the trace shows it; its `host` is also the server name of TLS.
    pub target: UpstreamTarget,
}

/// Decides what to do with a request.
///
/// The checks run in a fixed order, and the first that fails answers: sizes (414, 431), the
/// authority (400), whether it is ours (421), the preview (404), its configuration (503), the
/// method (405), loops (508).
pub fn route(head: &RequestHead<'_>, snapshot: &Arc<Snapshot>) -> Route {
    match decide(head, snapshot) {
        Ok(route) => route,
        Err(refusal) => Route::Refuse(refusal),
    }
}

fn decide(head: &RequestHead<'_>, snapshot: &Arc<Snapshot>) -> Result<Route, Box<Refusal>> {
    let path = head.uri.path_and_query().map_or("/", |path| path.as_str());
    let path = if path.is_empty() { "/" } else { path };
    let kind = kind_of(head);
    let asked = |authority: Option<&Authority>| match authority {
        // RFC 9110 section 7.1: what `*` stands for is the authority alone.
        Some(authority) if path == "*" => format!("http://{authority}"),
        Some(authority) => format!("http://{authority}{path}"),
        None => path.to_owned(),
    };
    if path.len() > MAX_TARGET {
        return Err(Refusal::target_too_long(path.len(), MAX_TARGET, kind));
    }
    let size: usize = head
        .headers
        .iter()
        .map(|(name, value)| name.as_str().len() + value.len() + 4)
        .sum();
    if size > MAX_HEADERS {
        return Err(Refusal::fields_too_large(size, MAX_HEADERS, kind));
    }
    let authority =
        authority::of(head).map_err(|reason| Refusal::malformed(reason, asked(None), kind))?;
    let url = asked(Some(&authority));
    let resolved = resolve(&authority.host, snapshot);
    let resolution = Resolution::from(&resolved);
    let preview = match resolved {
        Resolved::Workbench => return Ok(Route::Workbench),
        Resolved::Elsewhere => {
            return Err(Refusal::elsewhere(&authority, path, snapshot, url, kind));
        }
        Resolved::Unknown { reason, near } => {
            return Err(Refusal::unknown(
                &authority, path, &reason, &near, snapshot, url, resolution, kind,
            ));
        }
        Resolved::Preview(preview) => preview,
    };
    // RFC 9112 section 3.2.4: `OPTIONS *` asks the upstream as a whole, and is sent on so.
    if !path.starts_with('/') && !(path == "*" && *head.method == Method::OPTIONS) {
        return Err(Refusal::malformed(
            format!("the request target {path:?} is no path"),
            url,
            kind,
        ));
    }
    let asked = plan::Asked {
        head,
        authority,
        path,
        url,
        kind,
        resolution,
        preview,
    };
    plan::forward(asked, snapshot).map(|forward| Route::Forward(Box::new(forward)))
}

// === impl Forward ===

impl Forward {
    /// The fields sent, as a trace keeps them.
    pub fn request_lines(&self) -> HeaderLines {
        self.secrets.lines(&self.headers)
    }

    /// Where the request goes, as a trace keeps it.
    pub fn told_target(&self) -> UpstreamTarget {
        let target = &self.upstream.target;
        UpstreamTarget {
            path: self.secrets.clean(&target.path).into_owned(),
            ..target.clone()
        }
    }

    /// Path and query to ask for.
    pub fn target_path(&self) -> &str {
        &self.upstream.target.path
    }
}

#[cfg(test)]
mod tests;

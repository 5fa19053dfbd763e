//! The data plane's one question: what to do with this request?
//!
//! [`route`] reads the host, finds preview and tenant, asks the rules, and answers with everything
//! that must be done: where to connect, the header fields to send, every [`Edit`](crate::Edit) with
//! its reason, and what the response must be edited with. It does no input or output, so that
//! `explain` gives the very answer that the proxy acts on.

mod authority;
mod fields;
mod kind;
mod origin;
mod outgoing;
mod plan;
mod present;
mod refusal;
mod ruling;
mod site;
mod sites;
mod unconfigured;

use std::borrow::Cow;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use http::{HeaderMap, Method};

pub use self::kind::{has_asset_extension, kind_of};
pub(crate) use self::origin::is_guarded;
use self::present::Present;
pub use self::refusal::Refusal;
pub(crate) use self::site::Site;
pub use self::sites::Sites;
use crate::edit::Edits;
use crate::host::Host;
use crate::redact::Secrets;
pub use crate::request::RequestHead;
use crate::resolve::{Resolved, resolve_at};
use crate::response::ResponseContext;
use crate::trace::{self, HeaderLines, Kind, Repeated, Resolution, RuleVerdict, UpstreamTarget};
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
    pub resolution: Arc<Resolution>,
    /// The origin asked.
    pub origin: Arc<str>,
    /// Path and query as asked.
    pub path: Arc<str>,
    /// What the request is for.
    pub kind: Kind,
    /// What every rule said, in the file's order.
    pub rules: Arc<[RuleVerdict]>,
    /// The path that a `by: "app"` rule predicts.
    pub predicted: Option<Arc<str>>,
    /// Where to connect, and what to ask there.
    pub upstream: Upstream,
    /// The fields to send: `Host` first, hop-by-hop ones removed, those of an upgrade put back.
    /// A `Content-Length` is as it came; framing is for whoever writes the message.
    pub headers: HeaderMap,
    /// Every change, in the order made, secrets redacted.
    pub edits: Edits,
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
    pub target: Arc<UpstreamTarget>,
}

/// Decides what to do with a request.
///
/// The checks run in a fixed order, and the first that fails answers: sizes (414, 431), the
/// authority (400), whether it is ours (421), the preview (404), its configuration (503), the
/// method (405), loops (508).
pub fn route(head: &RequestHead<'_>, snapshot: &Arc<Snapshot>) -> Route {
    route_among(&mut Sites::default(), &mut head.clone(), snapshot)
}

/// The same, remembering what the hosts asked for before decide.
///
/// A request that is sent on takes the head's fields; any other leaves them.
pub fn route_among(
    sites: &mut Sites,
    head: &mut RequestHead<'_>,
    snapshot: &Arc<Snapshot>,
) -> Route {
    decide(sites, head, snapshot).unwrap_or_else(Route::Refuse)
}

fn decide(
    sites: &mut Sites,
    head: &mut RequestHead<'_>,
    snapshot: &Arc<Snapshot>,
) -> Result<Route, Box<Refusal>> {
    let path = head.uri.path_and_query().map_or("/", |path| path.as_str());
    let path = if path.is_empty() { "/" } else { path };
    let present = Present::of(&head.headers);
    let kind = kind::of(head, present);
    check_sizes(path, present, kind)?;
    sites.follow(snapshot);
    let (site, place) = match sites.site(head, path, snapshot) {
        Some((site, place)) => (site, Some(place)),
        None => match find(head, path, kind, snapshot, &sites.repeated)? {
            Some(site) => {
                let site = Arc::new(site);
                let place = sites.remember_site(head, &site, path, snapshot);
                (site, place)
            }
            None => return Ok(Route::Workbench),
        },
    };
    // RFC 9112 section 3.2.4: `OPTIONS *` asks the upstream as a whole, and is sent on so.
    let is_asked = path.starts_with('/') || path == "*" && *head.method == Method::OPTIONS;
    if !is_asked {
        return Err(Refusal::malformed(
            format!("the request target {path:?} is no path"),
            format!("{}{path}", site.origin),
            kind,
        ));
    }
    let mut asked = plan::Asked {
        head,
        path,
        kind,
        present,
        site,
        place,
    };
    plan::forward(&mut asked, sites, snapshot).map(|forward| Route::Forward(Box::new(forward)))
}

fn check_sizes(path: &str, present: Present, kind: Kind) -> Result<(), Box<Refusal>> {
    if path.len() > MAX_TARGET {
        return Err(Refusal::target_too_long(path.len(), MAX_TARGET, kind));
    }
    if present.size > MAX_HEADERS {
        return Err(Refusal::fields_too_large(present.size, MAX_HEADERS, kind));
    }
    Ok(())
}

/// The site that a request is for; `None`: the workbench.
fn find(
    head: &RequestHead<'_>,
    path: &str,
    kind: Kind,
    snapshot: &Snapshot,
    repeated: &Arc<Mutex<Repeated>>,
) -> Result<Option<Site>, Box<Refusal>> {
    let authority =
        authority::of(head).map_err(|reason| Refusal::malformed(reason, path.to_owned(), kind))?;
    // RFC 9110 section 7.1: what `*` stands for is the authority alone.
    let url = match path {
        "*" => format!("http://{authority}"),
        _ => format!("http://{authority}{path}"),
    };
    let resolved = resolve_at(&authority.host, path, snapshot);
    let resolution = Resolution::from(&resolved);
    match resolved {
        Resolved::Workbench => Ok(None),
        Resolved::Elsewhere => Err(Refusal::elsewhere(&authority, path, snapshot, url, kind)),
        Resolved::Unknown { reason, near } => Err(Refusal::unknown(
            &authority, path, &reason, &near, snapshot, url, resolution, kind,
        )),
        Resolved::Preview(preview) => {
            let asked = site::Asked {
                url,
                kind,
                resolution,
            };
            Site::new(authority, preview, head.peer, &asked, snapshot, repeated).map(Some)
        }
    }
}

// === impl Forward ===

impl Forward {
    /// The fields sent, as a trace keeps them.
    pub fn request_lines(&self) -> HeaderLines {
        self.response.lines(&self.headers)
    }

    /// Where the request goes, as a trace keeps it.
    pub fn told_target(&self) -> Arc<UpstreamTarget> {
        let target = &self.upstream.target;
        match self.secrets.clean(&target.path) {
            Cow::Borrowed(_) => Arc::clone(target),
            Cow::Owned(clean) => Arc::new(UpstreamTarget {
                path: clean.into(),
                ..UpstreamTarget::clone(target)
            }),
        }
    }

    /// Path and query as asked, as a trace keeps them.
    pub fn told_path(&self) -> Arc<str> {
        match self.secrets.clean(&self.path) {
            Cow::Borrowed(_) => Arc::clone(&self.path),
            Cow::Owned(clean) => clean.into(),
        }
    }

    /// The whole URL as asked.
    pub fn url(&self) -> String {
        trace::url(&self.origin, &self.path)
    }

    /// Path and query to ask for.
    pub fn target_path(&self) -> &str {
        &self.upstream.target.path
    }
}

#[cfg(test)]
mod tests;

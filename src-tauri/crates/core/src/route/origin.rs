//! `Origin` and `Referer`: what the pane's own address becomes for an upstream.

use http::header::{ORIGIN, REFERER};
use http::{HeaderName, HeaderValue};

use super::outgoing::Outgoing;
use crate::host::Authority;
use crate::resolve::{Resolved, resolve_at};
use crate::workspace::Snapshot;

/// What the pane's origin is changed to.
pub(super) enum OriginPolicy {
    /// A loopback upstream sees the browser's own addresses.
    Keep,
    /// A development server answers its own scripts and sockets only to itself.
    DevelopmentServer { origin: String },
    /// Any other upstream sees the address that its own visitors have.
    Upstream { origin: String },
}

/// Paths that Next.js guards by `Origin` during development.
pub(crate) fn is_guarded(path: &str) -> bool {
    path.starts_with("/_next/") || path.starts_with("/__nextjs")
}

pub(super) fn apply(
    outgoing: &mut Outgoing,
    pane: &str,
    policy: &OriginPolicy,
    snapshot: &Snapshot,
) {
    match policy {
        OriginPolicy::Keep => {}
        OriginPolicy::DevelopmentServer { origin } => {
            let why = "the development server guards this path, and lets only its own origin in";
            replace(outgoing, &ORIGIN, pane, origin, why);
        }
        OriginPolicy::Upstream { origin } => {
            for name in [ORIGIN, REFERER] {
                let why = "the upstream knows the pane's page by this address";
                replace(outgoing, &name, pane, origin, why);
                sibling(outgoing, &name, snapshot);
            }
        }
    }
}

/// Changes a field that holds the origin of another preview host, if that host has an address of
/// its own: the upstream's rules for other sites then see the sites that they were made for.
fn sibling(outgoing: &mut Outgoing, name: &HeaderName, snapshot: &Snapshot) {
    let Some(value) = outgoing
        .headers
        .get(name)
        .and_then(|value| value.to_str().ok())
    else {
        return;
    };
    let Some(rest) = value.strip_prefix("http://") else {
        return;
    };
    let (authority, tail) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let Some(origin) = known_by(authority, tail, snapshot) else {
        return;
    };
    if let Ok(value) = HeaderValue::from_str(&format!("{origin}{tail}")) {
        let why = "another preview host, by the address that its upstream has";
        outgoing.set(name, value, why);
    }
}

/// The origin that a preview host stands for elsewhere. A loopback one is nobody's elsewhere.
fn known_by(authority: &str, path: &str, snapshot: &Snapshot) -> Option<String> {
    let authority: Authority = authority.parse().ok()?;
    if authority.port_or(80) != snapshot.base.port {
        return None;
    }
    let Resolved::Preview(preview) = resolve_at(&authority.host, path, snapshot) else {
        return None;
    };
    let upstream = preview.upstream(snapshot).ok()?;
    if upstream.host().is_loopback() {
        return None;
    }
    let host = preview.host_sent(snapshot).ok()?;
    Some(format!("{}://{host}", upstream.scheme))
}

/// Changes a field that holds the pane's own origin. Any other origin is somebody else's, and
/// the upstream must be able to tell.
fn replace(
    outgoing: &mut Outgoing,
    name: &HeaderName,
    pane: &str,
    origin: &str,
    why: &'static str,
) {
    let Some(value) = outgoing
        .headers
        .get(name)
        .and_then(|value| value.to_str().ok())
    else {
        return;
    };
    let Some(rest) = value
        .strip_prefix(pane)
        .filter(|rest| rest.is_empty() || rest.starts_with('/'))
    else {
        return;
    };
    if let Ok(value) = HeaderValue::from_str(&format!("{origin}{rest}")) {
        outgoing.set(name, value, why);
    }
}

//! `Origin` and `Referer`: what the pane's own address becomes for an upstream.

use http::header::{ORIGIN, REFERER};
use http::{HeaderName, HeaderValue};

use super::outgoing::Outgoing;

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

pub(super) fn apply(outgoing: &mut Outgoing, pane: &str, policy: &OriginPolicy) {
    match policy {
        OriginPolicy::Keep => {}
        OriginPolicy::DevelopmentServer { origin } => {
            let why = "the development server guards this path, and lets only its own origin in";
            replace(outgoing, &ORIGIN, pane, origin, why);
        }
        OriginPolicy::Upstream { origin } => {
            let why = "the upstream knows the pane's page by this address";
            replace(outgoing, &ORIGIN, pane, origin, why);
            replace(outgoing, &REFERER, pane, origin, why);
        }
    }
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

//! What is wrong with an exchange, found without being asked.
//!
//! Each diagnostic is one file: what it looks at, and why that means something. All of them read
//! finished exchanges only, so they see what the person sees in the trace and can name it as
//! evidence. A diagnostic that fires on healthy traffic is worse than none: where a sign has an
//! innocent reading, it needs a second one.

mod asset_caught;
mod cache_shared;
mod cookie_domain;
mod deployment_protection;
mod hmr_blocked;
mod label_over_budget;
mod memory;
mod prefix_on_vercel_app;
mod redirect_leaves;
mod rewrite_differs;
mod rewrite_external;
mod rule_gave_up;
mod tenant_ignored;
mod tenant_unlisted;
mod upstream_refused;

use self::memory::Memory;
use crate::compare::{Reason, clean_path};
use crate::diagnostic::{Diagnostic, Severity};
use crate::trace::{Comparison, Exchange, Kind};
use crate::workspace::{Preview, Snapshot, Tenancy};

/// Every code that an exchange may be given, with its title.
pub const ALL: &[(&str, &str)] = &[
    (
        "asset-caught-by-rewrite",
        "An asset is caught by the tenant rewrite",
    ),
    (
        "cache-shared-across-tenants",
        "Two tenants were given one cached page",
    ),
    ("cookie-domain-dropped", "A cookie's domain was dropped"),
    (
        "deployment-protection",
        "The preview is behind deployment protection",
    ),
    (
        "hmr-blocked",
        "The development server refuses its update socket",
    ),
    ("label-over-budget", "The host has a label over 63 octets"),
    (
        "prefix-on-vercel-app",
        "A prefix does not work on vercel.app",
    ),
    ("redirect-leaves-tenant", "A redirect leaves the tenant"),
    ("rewrite-differs", "The app rewrites other than predicted"),
    (
        "rewrite-external",
        "The app rewrites to itself as to another server",
    ),
    ("rule-gave-up", "A rule takes too many steps"),
    ("tenant-ignored", "The app ignores the tenant"),
    ("tenant-unlisted", "The tenant is not in the workspace"),
    ("upstream-refused", "The upstream cannot be reached"),
];

/// Finds what is wrong. Remembers, within bounds, what each preview has told before.
#[derive(Debug, Default)]
pub struct Diagnoser {
    memory: Memory,
}

/// What one diagnostic may look at.
struct Seen<'a> {
    exchange: &'a Exchange,
    snapshot: &'a Snapshot,
    memory: &'a Memory,
    /// Whether the upstream answered with a whole page: most diagnostics ask.
    is_page: bool,
}

type Check = fn(&Seen<'_>) -> Option<Diagnostic>;

/// In the order in which a person would ask: is it there, may I, is it mine, is it right.
const CHECKS: &[Check] = &[
    upstream_refused::check,
    deployment_protection::check,
    hmr_blocked::check,
    tenant_ignored::check,
    rewrite_differs::check,
    rewrite_external::check,
    rule_gave_up::check,
    asset_caught::check,
    redirect_leaves::check,
    prefix_on_vercel_app::check,
    label_over_budget::check,
    tenant_unlisted::check,
    cache_shared::check,
    cookie_domain::check,
];

// === impl Diagnoser ===

impl Diagnoser {
    /// One that has seen nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Looks at an exchange that is over, or at a plan that was never sent.
    pub fn observe(&mut self, exchange: &Exchange, snapshot: &Snapshot) -> Vec<Diagnostic> {
        let seen = Seen {
            exchange,
            snapshot,
            memory: &self.memory,
            is_page: is_page(exchange),
        };
        let found = CHECKS.iter().filter_map(|check| check(&seen)).collect();
        let is_page = seen.is_page;
        self.memory.remember(exchange, is_page, snapshot);
        found
    }

    /// A comparison that one exchange alone cannot make: silence about a predicted rewrite counts
    /// as a difference on a 2xx HTML document of an upstream that has told of rewrites before.
    /// `None` where the exchange's own comparison stands. Ask before [`Self::observe`].
    pub fn compare(&self, exchange: &Exchange) -> Option<(Comparison, Reason)> {
        let preview = exchange.preview()?;
        if exchange.predicted.is_none()
            || exchange.actual.is_some()
            || !self.memory.has_told(preview)
            || !is_page(exchange)
            || !predicts_a_change(exchange)
        {
            return None;
        }
        Some((Comparison::Different, Reason::UntoldByOneThatTells))
    }
}

// === what several diagnostics ask ===

impl<'a> Seen<'a> {
    fn preview(&self) -> Option<&'a Preview> {
        self.snapshot
            .workspace
            .previews
            .get(self.exchange.preview()?)
    }

    /// Whether the tenants are in the path.
    fn in_path(&self) -> bool {
        self.snapshot.workspace.tenancy == Tenancy::Path
    }

    /// Whether the upstream runs on this machine.
    fn is_local(&self) -> bool {
        let origin = self
            .exchange
            .upstream
            .as_ref()
            .map(|upstream| &*upstream.origin);
        origin
            .and_then(|origin| origin.parse::<crate::upstream::UpstreamOrigin>().ok())
            .is_some_and(|origin| origin.host().is_loopback())
    }

    /// The port of the upstream.
    fn port(&self) -> Option<u16> {
        let origin: crate::upstream::UpstreamOrigin =
            self.exchange.upstream.as_ref()?.origin.parse().ok()?;
        Some(origin.port())
    }

    /// The host of the URL as asked, without its port.
    fn host(&self) -> Option<crate::host::Host> {
        let (_, authority) = self.exchange.origin.split_once("://")?;
        authority
            .parse::<crate::host::Authority>()
            .ok()
            .map(|authority| authority.host)
    }
}

/// The path of a page as every tenant has it, cleaned: without the segments that name the tenant.
fn page_path(exchange: &Exchange, snapshot: &Snapshot) -> String {
    clean_path(&exchange.path_within(&snapshot.workspace))
}

/// Whether this is something that a person opened, and not what a page loads by itself: a finding
/// about an address is told once a page, not once a file.
fn is_opened(exchange: &Exchange) -> bool {
    matches!(exchange.kind, Kind::Document | Kind::Api | Kind::Other)
}

const HTML: &str = "text/html";

/// Whether the upstream answered with a whole page.
fn is_page(exchange: &Exchange) -> bool {
    let good = exchange
        .status
        .is_some_and(|status| (200..300).contains(&status));
    if !good || !exchange.from_upstream || exchange.kind == Kind::Asset {
        return false;
    }
    exchange
        .response_header("content-type")
        .and_then(|kind| kind.trim_start().get(..HTML.len()))
        .is_some_and(|kind| kind.eq_ignore_ascii_case(HTML))
}

/// Whether the prediction is another path than the one asked for; else there is nothing to tell.
fn predicts_a_change(exchange: &Exchange) -> bool {
    let sent = exchange
        .upstream
        .as_ref()
        .map_or(&*exchange.path, |upstream| &*upstream.path);
    exchange
        .predicted
        .as_deref()
        .is_some_and(|predicted| predicted != clean_path(sent))
}

fn found(
    code: &'static str,
    severity: Severity,
    message: impl Into<String>,
    evidence: Vec<String>,
    fix: Option<String>,
) -> Option<Diagnostic> {
    Some(Diagnostic {
        code: code.into(),
        severity,
        message: message.into(),
        evidence,
        fix,
    })
}

#[cfg(test)]
pub(crate) mod testing;

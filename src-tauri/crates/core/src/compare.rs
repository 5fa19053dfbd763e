//! The rewrite that a rule predicts against the one that the app tells of.

use std::borrow::Cow;

use crate::percent::encoded_byte;
use crate::trace::{Comparison, Exchange, Kind, RuleBy};

/// The header by which Next.js tells a middleware's rewrite, on any response.
pub const REWRITE_HEADER: &str = "x-middleware-rewrite";
/// The header by which Next.js tells it to its own router, on flight responses only.
pub const FLIGHT_REWRITE_HEADER: &str = "x-nextjs-rewritten-path";

/// Cleans the app's rewrite to a path: origin, query, fragment, `_next/data` wrapping and
/// trailing slash are dropped.
///
/// ```
/// use tripledash_core::compare::clean_path;
///
/// assert_eq!(clean_path("/acme/about?_rsc=1x2"), "/acme/about");
/// assert_eq!(clean_path("http://localhost:4168/acme/"), "/acme");
/// assert_eq!(clean_path("/_next/data/b1/acme/about.json"), "/acme/about");
/// assert_eq!(clean_path("/"), "/");
/// ```
pub fn clean_path(rewrite: &str) -> String {
    let path = match rewrite.split_once("://") {
        // No scheme has a slash.
        _ if rewrite.starts_with('/') => rewrite,
        Some((scheme, rest)) if !scheme.contains('/') => {
            rest.find('/').map_or("/", |slash| &rest[slash..])
        }
        _ => rewrite,
    };
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let path = crate::pattern::without_data(path);
    let trimmed = path.trim_end_matches('/');
    if trimmed.is_empty() {
        "/".to_owned()
    } else {
        trimmed.to_owned()
    }
}

/// The app's own rewrite, cleaned, from its response headers.
pub fn actual_rewrite<'a>(header: impl Fn(&str) -> Option<&'a str>) -> Option<String> {
    let told = header(REWRITE_HEADER).or_else(|| header(FLIGHT_REWRITE_HEADER))?;
    Some(clean_path(told))
}

/// Judges an answered exchange, and says why.
///
/// An app that told nothing may still have rewritten: only where it has told of a rewrite before
/// does its silence mean anything, and that is for a diagnostic that remembers, not for one
/// exchange. So silence is `Unknown` here.
pub fn compare(exchange: &Exchange) -> (Comparison, Cow<'static, str>) {
    let judged = |comparison, reason: &'static str| (comparison, Cow::Borrowed(reason));
    if !exchange.from_upstream {
        return judged(Comparison::Unknown, "the app did not answer");
    }
    if exchange.kind == Kind::Websocket
        || exchange.kind == Kind::Hmr
        || exchange.status == Some(101)
    {
        return match (&exchange.predicted, &exchange.actual) {
            (None, None) => judged(
                Comparison::None,
                "nothing was predicted and the app told of no rewrite",
            ),
            _ => judged(Comparison::Unknown, "an upgrade does not tell of a rewrite"),
        };
    }
    let app_rules = || exchange.rules.iter().filter(|rule| rule.by == RuleBy::App);
    match (&exchange.predicted, &exchange.actual) {
        (Some(predicted), Some(actual)) if same(predicted, actual) => (
            Comparison::Same,
            format!("the app rewrote to {actual}, as predicted").into(),
        ),
        (Some(predicted), Some(actual)) => (
            Comparison::Different,
            format!("the app rewrote to {actual}, and {predicted} was predicted").into(),
        ),
        (None, Some(actual)) if app_rules().next().is_some() => (
            Comparison::Different,
            format!("the app rewrote to {actual}, and no rule predicts a rewrite").into(),
        ),
        (None, Some(actual)) => (
            Comparison::Unknown,
            format!("the app rewrote to {actual}, and the workspace has no rule that predicts")
                .into(),
        ),
        (Some(_), None)
            if exchange
                .status
                .is_some_and(|status| (300..400).contains(&status)) =>
        {
            judged(Comparison::Unknown, "a redirect does not tell of a rewrite")
        }
        (Some(predicted), None) => (
            Comparison::Unknown,
            format!("{predicted} was predicted, and the response tells of no rewrite").into(),
        ),
        (None, None) => judged(
            Comparison::None,
            "nothing was predicted and the app told of no rewrite",
        ),
    }
}

/// Whether two cleaned paths are the same, percent-encoding aside.
fn same(predicted: &str, actual: &str) -> bool {
    predicted == actual || decoded(predicted) == decoded(actual)
}

fn decoded(path: &str) -> Vec<u8> {
    let bytes = path.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        match encoded_byte(&bytes[at..]) {
            // An encoded slash is not a slash.
            Some(byte) if byte != b'/' => {
                out.push(byte);
                at += 3;
            }
            _ => {
                out.push(bytes[at]);
                at += 1;
            }
        }
    }
    out
}

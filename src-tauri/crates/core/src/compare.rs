//! The rewrite that a rule predicts against the one that the app tells of.

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

/// Why a comparison came out so. It is put into words when somebody reads it, and most are never
/// read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "its words say it")]
pub enum Reason {
    NoAnswerYet,
    NoAnswer,
    NotTheApp,
    Upgrade,
    Redirect,
    Nothing,
    AsPredicted,
    OtherThanPredicted,
    NoRuleMatches,
    NoRulePredicts,
    Untold,
    UntoldByOneThatTells,
}

impl Reason {
    /// The words for it.
    pub(crate) fn words(self, exchange: &Exchange) -> String {
        let actual = exchange.actual.as_deref().unwrap_or_default();
        let predicted = exchange.predicted.as_deref().unwrap_or_default();
        match self {
            Self::NoAnswerYet => "no answer yet".to_owned(),
            Self::NoAnswer => "there was no answer".to_owned(),
            Self::NotTheApp => "the app did not answer".to_owned(),
            Self::Upgrade => "an upgrade does not tell of a rewrite".to_owned(),
            Self::Redirect => "a redirect does not tell of a rewrite".to_owned(),
            Self::Nothing => "nothing was predicted and the app told of no rewrite".to_owned(),
            Self::AsPredicted => format!("the app rewrote to {actual}, as predicted"),
            Self::OtherThanPredicted => {
                format!("the app rewrote to {actual}, and {predicted} was predicted")
            }
            Self::NoRuleMatches => {
                format!("the app rewrote to {actual}, and no rule predicts a rewrite")
            }
            Self::NoRulePredicts => {
                format!("the app rewrote to {actual}, and the workspace has no rule that predicts")
            }
            Self::Untold => {
                format!("{predicted} was predicted, and the response tells of no rewrite")
            }
            Self::UntoldByOneThatTells => format!(
                "{predicted} was predicted, and the app, which tells of its rewrites, told of none"
            ),
        }
    }
}

/// Judges an answered exchange, and says why.
///
/// An app that told nothing may still have rewritten: only where it has told of a rewrite before
/// does its silence mean anything, and that is for a diagnostic that remembers, not for one
/// exchange. So silence is `Unknown` here.
pub fn compare(exchange: &Exchange) -> (Comparison, Reason) {
    if !exchange.from_upstream {
        return (Comparison::Unknown, Reason::NotTheApp);
    }
    let upgrade = matches!(exchange.kind, Kind::Websocket | Kind::Hmr);
    if upgrade || exchange.status == Some(101) {
        return match (&exchange.predicted, &exchange.actual) {
            (None, None) => (Comparison::None, Reason::Nothing),
            _ => (Comparison::Unknown, Reason::Upgrade),
        };
    }
    let app_rules = || exchange.rules.iter().filter(|rule| rule.by == RuleBy::App);
    match (&exchange.predicted, &exchange.actual) {
        (Some(predicted), Some(actual)) if same(predicted, actual) => {
            (Comparison::Same, Reason::AsPredicted)
        }
        (Some(_), Some(_)) => (Comparison::Different, Reason::OtherThanPredicted),
        (None, Some(_)) if app_rules().next().is_some() => {
            (Comparison::Different, Reason::NoRuleMatches)
        }
        (None, Some(_)) => (Comparison::Unknown, Reason::NoRulePredicts),
        (Some(_), None)
            if exchange
                .status
                .is_some_and(|status| (300..400).contains(&status)) =>
        {
            (Comparison::Unknown, Reason::Redirect)
        }
        (Some(_), None) => (Comparison::Unknown, Reason::Untold),
        (None, None) => (Comparison::None, Reason::Nothing),
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

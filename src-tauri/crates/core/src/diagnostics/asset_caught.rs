//! An image, font or script whose path a tenant rewrite has changed.
//!
//! `/logo.png` becomes `/acme/logo.png`, which no public folder has. The sign: the extension of an
//! asset, a rewrite, and a 404 or an HTML page in place of the file.

use super::{Seen, found};
use crate::compare::{REWRITE_HEADER, clean_path};
use crate::diagnostic::{Diagnostic, Severity};
use crate::edit::Stage;
use crate::pattern::{Mode, Pattern};
use crate::route::has_asset_extension;
use crate::trace::{RuleBy, RuleVerdict};

/// Asked for by browsers themselves; that one of them is missing says nothing about the page.
const UNASKED: [&str; 3] = [
    "/favicon.ico",
    "/apple-touch-icon.png",
    "/apple-touch-icon-precomposed.png",
];

/// What a matcher leaves alone with this: every path whose last segment has a dot.
const FILES: &str = ".*\\..*";

pub(super) fn check(seen: &Seen<'_>) -> Option<Diagnostic> {
    let exchange = seen.exchange;
    if !exchange.from_upstream || !matches!(exchange.method.as_str(), "GET" | "HEAD") {
        return None;
    }
    let missing = exchange.status == Some(404);
    let kind = exchange.response_header("content-type");
    let page =
        kind.is_some_and(|kind| kind.starts_with("text/html")) && exchange.status == Some(200);
    if !(missing || page) {
        return None;
    }
    let path = exchange.path.split('?').next().unwrap_or_default();
    if missing && UNASKED.contains(&path) || !has_asset_extension(path) {
        return None;
    }
    let rule = |by| {
        exchange
            .rules
            .iter()
            .find(|rule| rule.by == by && rule.matched)
    };
    let ours = exchange
        .request_edits
        .iter()
        .find(|edit| edit.stage == Stage::Request && edit.field == "path");
    let (to, line, rule) = match (&exchange.actual, ours) {
        (Some(actual), _) if *actual != clean_path(path) => (
            actual.clone(),
            format!("{REWRITE_HEADER}: {actual}"),
            rule(RuleBy::App),
        ),
        (_, Some(edit)) => {
            let to = edit.after.clone().unwrap_or_default();
            (
                to.clone(),
                format!("{}: {path} to {to}", edit.why),
                rule(RuleBy::Proxy),
            )
        }
        _ => return None,
    };
    let mut evidence = vec![
        line,
        format!("status: {}", exchange.status.unwrap_or_default()),
    ];
    evidence.extend(kind.map(|kind| format!("content-type: {kind}")));
    let message = format!(
        "{path} is a file, and the tenant rewrite turned it into {to}, where there is none. The matcher is too wide."
    );
    found(
        "asset-caught-by-rewrite",
        Severity::Error,
        message,
        evidence,
        fix(rule, path),
    )
}

/// The rule's own source, with files left out of it.
fn fix(rule: Option<&RuleVerdict>, path: &str) -> Option<String> {
    let reference = "/((?!api|_next/static|_next/image|favicon.ico).*)";
    let source = rule.map_or(reference, |rule| rule.source.as_str());
    let by = rule.map_or(RuleBy::App, |rule| rule.by);
    let narrowed = if source.contains("(?!") {
        source.replacen("(?!", &format!("(?!{FILES}|"), 1)
    } else {
        reference.replacen("(?!", &format!("(?!{FILES}|"), 1)
    };
    // Never hand out a line that does not do what it is for.
    let pattern = Pattern::parse(&narrowed, Mode::from(by)).ok()?;
    if pattern.matches(path).is_some() || pattern.matches("/about").is_none() {
        return None;
    }
    let quoted = serde_json::to_string(&narrowed).ok()?;
    Some(match by {
        RuleBy::App => format!("matcher: [{quoted}],"),
        RuleBy::Proxy => format!("\"source\": {quoted}"),
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::Scene;

    #[test]
    fn fires_on_a_rewritten_file_that_is_not_there() {
        let logo = |status, fields: &[(&str, &str)]| {
            Scene::new("acme---main", "/logo.png").answered(status, fields)
        };
        let rewrite = ("x-middleware-rewrite", "/acme/logo.png");
        let html = ("content-type", "text/html; charset=utf-8");
        for (status, fields, wanted) in [
            (404, &[rewrite, html][..], true),
            (404, &[rewrite], true),
            (200, &[rewrite, html], true),
            (200, &[rewrite, ("content-type", "image/png")], false),
            (304, &[rewrite], false),
            (404, &[html], false),
        ] {
            let codes = logo(status, fields).codes();
            assert_eq!(
                codes,
                if wanted {
                    vec!["asset-caught-by-rewrite"]
                } else {
                    vec![]
                },
                "{status} {fields:?}"
            );
        }
        let found = logo(404, &[rewrite, html]).diagnoses();
        let fix = "matcher: [\"/((?!.*\\\\..*|api|_next/static|_next/image|favicon.ico).*)\"],";
        assert_eq!(found[0].fix.as_deref(), Some(fix));
        assert_eq!(found[0].evidence[0], "x-middleware-rewrite: /acme/logo.png");
    }

    #[test]
    fn silent_on_pages_and_on_what_browsers_ask_unasked() {
        let rewrite = |to| [("x-middleware-rewrite", to), ("content-type", "text/html")];
        let about = Scene::new("acme---main", "/about").answered(404, &rewrite("/acme/about"));
        assert_eq!(about.codes(), Vec::<String>::new());
        let icon = Scene::new("acme---main", "/apple-touch-icon.png")
            .answered(404, &rewrite("/acme/apple-touch-icon.png"));
        assert_eq!(icon.codes(), Vec::<String>::new());
    }
}

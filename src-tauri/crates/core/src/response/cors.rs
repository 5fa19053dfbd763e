//! Answers to cross-origin requests: an upstream names the origins that it knows, and the browser
//! compares them with the one that it has.
//!
//! Where the request's `Origin` was changed on its way up, the same change is undone here. Any
//! other origin of the upstream's own becomes the preview host's; strangers' stay.

use http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, HeaderName, VARY};
use http::{HeaderMap, HeaderValue};

use super::bytes::{characters, shown, value};
use super::{ResponseContext, location};
use crate::edit::Edit;

const TIMING_ALLOW_ORIGIN: HeaderName = HeaderName::from_static("timing-allow-origin");

const WHY_SENT: &str = "the page's own origin, which the upstream knows by another address";

pub(super) fn edit(headers: &mut HeaderMap, context: &ResponseContext, edits: &mut Vec<Edit>) {
    let mut changed = false;
    for name in [ACCESS_CONTROL_ALLOW_ORIGIN, TIMING_ALLOW_ORIGIN] {
        changed |= field(headers, &name, context, edits);
    }
    if changed {
        vary(headers, edits);
    }
}

fn field(
    headers: &mut HeaderMap,
    name: &HeaderName,
    context: &ResponseContext,
    edits: &mut Vec<Edit>,
) -> bool {
    if !headers.contains_key(name) {
        return false;
    }
    let count = edits.len();
    let lines: Vec<HeaderValue> = headers.get_all(name).iter().cloned().collect();
    headers.remove(name);
    for line in lines {
        let before = characters(&line);
        let mut reason = None;
        let origins: Vec<String> = before
            .split(',')
            .map(|origin| match local(origin.trim(), context) {
                Some((local, why)) => {
                    reason = Some(why);
                    local
                }
                None => origin.trim().to_owned(),
            })
            .collect();
        let after = origins.join(", ");
        let edited = reason.and_then(|why| Some((value(&after)?, why)));
        match edited {
            Some((value, why)) => {
                let (before, after) = (Some(shown(&before)), Some(shown(&after)));
                edits.push(super::edit(name.as_str().to_owned(), before, after, why));
                headers.append(name.clone(), value);
            }
            None => {
                headers.append(name.clone(), line);
            }
        }
    }
    edits.len() != count
}

/// What the browser knows an origin by, and why; `None` where that is the same.
fn local(origin: &str, context: &ResponseContext) -> Option<(String, String)> {
    match &context.origin {
        Some((asked, sent)) if sent == origin => Some((asked.clone(), WHY_SENT.to_owned())),
        _ => location::origin_of(origin, context),
    }
}

/// The answer now depends on who asks, which a cache must know.
fn vary(headers: &mut HeaderMap, edits: &mut Vec<Edit>) {
    let lines: Vec<String> = headers.get_all(VARY).iter().map(characters).collect();
    let known = |name: &str| name == "*" || name.eq_ignore_ascii_case("origin");
    if lines
        .iter()
        .flat_map(|line| line.split(','))
        .any(|name| known(name.trim()))
    {
        return;
    }
    headers.append(VARY, HeaderValue::from_static("origin"));
    let before = (!lines.is_empty()).then(|| shown(&lines.join(", ")));
    let after = before
        .as_ref()
        .map_or_else(|| "origin".to_owned(), |before| format!("{before}, origin"));
    let why = "the allowed origin is given as the browser knows it";
    edits.push(super::edit("vary", before, Some(after), why));
}

//! From a rule's destination to the path that it leads to.

use std::borrow::Cow;
use std::fmt;

use super::RequestView;
use crate::compare::clean_path;
use crate::pattern::{self, Params};
use crate::template::{Piece, Template};
use crate::trace::{ParamValue, RuleBy};

/// Where a rule leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The path.
    pub path: String,
    /// The query. An app's rewrite is compared without one, so it has none there.
    pub query: Option<String>,
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path)?;
        match &self.query {
            Some(query) => write!(f, "?{query}"),
            None => Ok(()),
        }
    }
}

/// Makes the target, or says why the destination cannot be made for this request.
pub(super) fn target(
    template: &Template,
    by: RuleBy,
    params: &Params,
    view: &RequestView<'_>,
) -> Result<Target, String> {
    let text = fill(template, params, view)?;
    let text = text.split('#').next().unwrap_or_default();
    let (path, query) = match query_mark(text) {
        Some(at) => (&text[..at], Some(&text[at + 1..])),
        None => (text, None),
    };
    let made = pattern::compile(path, params).map_err(|error| error.to_string())?;
    if !made.starts_with('/') {
        return Err(format!("its destination makes {made:?}, which is no path"));
    }
    Ok(match by {
        RuleBy::App => Target {
            path: clean_path(&made),
            query: None,
        },
        RuleBy::Proxy => Target {
            path: made,
            query: merged(path, query, params, view.query),
        },
    })
}

/// Puts in our own `{variables}` and `$n`, escaped so that path-to-regexp takes them literally.
fn fill(template: &Template, params: &Params, view: &RequestView<'_>) -> Result<String, String> {
    let mut text = String::with_capacity(template.as_str().len() + 32);
    for piece in template.pieces() {
        let (name, shown) = match piece {
            Piece::Literal(literal) => {
                unnamed(literal, params, &mut text)?;
                continue;
            }
            Piece::Variable { name, .. } => (Cow::Borrowed(name.as_str()), format!("{{{name}}}")),
            Piece::Environment { name, .. } => {
                (format!("env:{name}").into(), format!("${{env:{name}}}"))
            }
        };
        let value = (view.value)(&name).ok_or_else(|| {
            format!("its destination needs {shown}, which this request does not have")
        })?;
        text.push_str(&pattern::escape(&value));
    }
    Ok(text)
}

/// Replaces `$1`, `$2`, … by what the unnamed groups captured.
fn unnamed(literal: &str, params: &Params, out: &mut String) -> Result<(), String> {
    let mut rest = literal;
    while let Some(at) = rest.find('$') {
        out.push_str(&rest[..at]);
        let digits = rest[at + 1..]
            .bytes()
            .take(2)
            .take_while(u8::is_ascii_digit)
            .count();
        let place: usize = rest[at + 1..at + 1 + digits].parse().unwrap_or(0);
        rest = &rest[at + 1 + digits..];
        let Some(index) = place.checked_sub(1) else {
            out.push('$');
            out.push_str(&"0".repeat(digits));
            continue;
        };
        match params.get(&index.to_string()) {
            Some(ParamValue::One(value)) => out.push_str(&pattern::escape(value)),
            Some(ParamValue::Many(values)) => out.push_str(&pattern::escape(&values.join("/"))),
            None => {
                return Err(format!(
                    "its destination needs ${place}, and no such group captured anything"
                ));
            }
        }
    }
    out.push_str(rest);
    Ok(())
}

/// Where the query begins. A question mark after a group, or after the last parameter of a
/// segment, is a modifier.
fn query_mark(text: &str) -> Option<usize> {
    text.char_indices()
        .filter(|(_, char)| *char == '?')
        .map(|(at, _)| at)
        .find(|at| {
            let (before, after) = (&text[..*at], &text[at + 1..]);
            let name = before.trim_end_matches(|c: char| c.is_ascii_alphanumeric() || c == '_');
            let parameter =
                name.len() < before.len() && name.ends_with(':') && !name.ends_with("\\:");
            let ends = after.is_empty() || after.starts_with('/');
            !(before.ends_with(['}', ')', '\\']) || parameter && ends)
        })
}

/// The query that `rewrites()` makes: the request's own, the destination's over it, and, where
/// the destination's path takes no parameter, all parameters.
fn merged(path: &str, query: Option<&str>, params: &Params, own: Option<&str>) -> Option<String> {
    let mut added: Vec<(String, String)> = Vec::new();
    for pair in query
        .unwrap_or_default()
        .split('&')
        .filter(|pair| !pair.is_empty())
    {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        added.push((name.to_owned(), substituted(value, params)));
    }
    let taken = pattern::names(path).unwrap_or_default();
    let named = || {
        params
            .iter()
            .filter(|(name, _)| !name.starts_with(|c: char| c.is_ascii_digit()))
    };
    if !named().any(|(name, _)| taken.contains(name)) {
        for (name, value) in named() {
            if added.iter().all(|(known, _)| known != name) {
                match value {
                    ParamValue::One(value) => added.push((name.clone(), encoded(value))),
                    ParamValue::Many(values) => {
                        added.extend(values.iter().map(|value| (name.clone(), encoded(value))));
                    }
                }
            }
        }
    }
    let kept = own.unwrap_or_default().split('&').filter(|pair| {
        let name = pair.split('=').next().unwrap_or_default();
        !pair.is_empty() && added.iter().all(|(known, _)| known != name)
    });
    let added = added
        .iter()
        .map(|(name, value)| format!("{name}={value}").into());
    let pairs: Vec<Cow<'_, str>> = kept.map(Cow::Borrowed).chain(added).collect();
    (!pairs.is_empty()).then(|| pairs.join("&"))
}

/// Puts `:name` into a query's value; a name that was not captured stays as it is.
fn substituted(text: &str, params: &Params) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(':') {
        out.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        let length = after
            .bytes()
            .take_while(|b| b.is_ascii_alphanumeric() || *b == b'_')
            .count();
        let (name, tail) = after.split_at(length);
        match params.get(name) {
            Some(value) => {
                out.push_str(&match value {
                    ParamValue::One(value) => encoded(value),
                    ParamValue::Many(values) => encoded(&values.join("/")),
                });
                rest = tail.strip_prefix(['*', '+', '?']).unwrap_or(tail);
            }
            None => {
                out.push(':');
                out.push_str(name);
                rest = tail;
            }
        }
    }
    out.push_str(rest);
    // What `fill` escaped was for the path's grammar, which a query does not have.
    out.replace('\\', "")
}

/// Keeps a captured value from ending its pair; it is percent-encoded already where it must be.
fn encoded(value: &str) -> String {
    value
        .replace('&', "%26")
        .replace('+', "%2B")
        .replace('#', "%23")
}

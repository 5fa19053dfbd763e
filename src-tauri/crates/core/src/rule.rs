//! Rules: which one wins for a request, and why the others did not.
//!
//! The first rule of each kind that matches wins. Every other says why it did not, because "which
//! rule fired?" is the question that rewriting proxies leave open.

mod condition;
mod destination;

use http::HeaderMap;

use self::condition::NotHeld;
pub use self::destination::Target;
use crate::pattern::{GaveUp, Params};
use crate::percent::encoded_byte;
use crate::trace::{RuleBy, RuleVerdict};
use crate::workspace::Rule;

/// How many rules of a kind may give up on one request before the rest are not asked, so that a
/// list of costly rules is no worse than two of them.
const MOST_GIVE_UPS: usize = 2;

/// A request as rules see it: as it came for `by: "proxy"`, as it will be sent for `by: "app"`.
pub struct RequestView<'a> {
    /// The path, without its query.
    pub path: &'a str,
    /// The query, without its question mark.
    pub query: Option<&'a str>,
    /// The header fields.
    pub headers: &'a HeaderMap,
    /// The value of `Host`.
    pub host: &'a str,
    /// What a `{variable}` of a destination stands for.
    pub value: &'a dyn Fn(&str) -> Option<String>,
}

impl std::fmt::Debug for RequestView<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RequestView")
            .field("path", &self.path)
            .field("host", &self.host)
            .finish_non_exhaustive()
    }
}

/// What the rules of one kind said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evaluation {
    /// What each said, in the file's order.
    pub verdicts: Vec<RuleVerdict>,
    /// The rule that won.
    pub winner: Option<Winner>,
    /// What conditions captured of cookies and credentials.
    pub secrets: Vec<String>,
}

/// The rule that won, and where it leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Winner {
    /// Its place in the workspace file.
    pub index: usize,
    /// Where to; `None` says "leave alone".
    pub target: Option<Target>,
}

/// Asks the rules of one kind about a request.
pub fn evaluate(rules: &[Rule], by: RuleBy, view: &RequestView<'_>) -> Evaluation {
    let mut verdicts = Vec::new();
    let mut winner: Option<Winner> = None;
    let mut secrets = Vec::new();
    let mut give_ups = 0;
    for (index, rule) in rules.iter().enumerate().filter(|(_, rule)| rule.by == by) {
        let judged = match &winner {
            Some(winner) => Judged {
                reason: format!("not asked: rule {} had matched", winner.index),
                ..Judged::default()
            },
            None if give_ups >= MOST_GIVE_UPS => Judged {
                reason: format!("not asked: {give_ups} rules before it gave up"),
                ..Judged::default()
            },
            None => judge(rule, view, &mut secrets),
        };
        let Judged {
            reason,
            params,
            target,
            gave_up,
        } = judged;
        give_ups += usize::from(gave_up);
        let matched = target.is_some();
        if let Some(target) = target {
            winner = Some(Winner { index, target });
        }
        let source = rule.source.as_str().to_owned();
        verdicts.push(RuleVerdict {
            index,
            by,
            source,
            matched,
            reason,
            params,
            gave_up,
        });
    }
    Evaluation {
        verdicts,
        winner,
        secrets,
    }
}

/// What one rule says.
#[derive(Default)]
struct Judged {
    reason: String,
    /// What its `source` captured.
    params: Params,
    /// Where it leads, if it matches.
    target: Option<Option<Target>>,
    /// Whether it took too many steps to tell.
    gave_up: bool,
}

fn judge(rule: &Rule, view: &RequestView<'_>, secrets: &mut Vec<String>) -> Judged {
    let path = view.path;
    let params = match capture(rule, path) {
        Ok(Some(params)) => params,
        Ok(None) => {
            return Judged {
                reason: format!("the path {path} does not match"),
                ..Judged::default()
            };
        }
        Err(gave_up) => {
            return Judged {
                reason: format!("{gave_up} at the path {path}, so it counts as no match"),
                gave_up: true,
                ..Judged::default()
            };
        }
    };
    let mut all = params.clone();
    match condition::hold(&rule.has, &rule.missing, view, secrets) {
        Ok(found) => all.extend(found),
        Err(NotHeld { reason, gave_up }) => {
            return Judged {
                reason,
                params,
                target: None,
                gave_up,
            };
        }
    }
    let (reason, target) = match &rule.destination {
        None => (
            format!("the path {path} matches, and the rule leaves it alone"),
            Some(None),
        ),
        Some(template) => match destination::target(template, rule.by, &all, view) {
            Ok(target) => (
                format!("the path {path} matches, and leads to {target}"),
                Some(Some(target)),
            ),
            Err(reason) => (format!("the path {path} matches, but {reason}"), None),
        },
    };
    Judged {
        reason,
        params,
        target,
        gave_up: false,
    }
}

/// Next asks a matcher twice: for the path as it came, and for the decoded one.
fn capture(rule: &Rule, path: &str) -> Result<Option<Params>, GaveUp> {
    let found = rule.source.try_matches(path)?;
    if found.is_some() || rule.by == RuleBy::Proxy || !path.contains('%') {
        return Ok(found);
    }
    match decoded(path) {
        Some(decoded) => rule.source.try_matches(&decoded),
        None => Ok(None),
    }
}

/// Percent-decodes as `decodeURIComponent` does: all or nothing.
fn decoded(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] == b'%' {
            out.push(encoded_byte(&bytes[at..])?);
            at += 3;
        } else {
            out.push(bytes[at]);
            at += 1;
        }
    }
    String::from_utf8(out).ok()
}

#[cfg(test)]
mod tests;

//! Content-Security-Policy: two directives go, the agent's script is let in, all else stays.
//!
//! - `frame-ancestors` and `upgrade-insecure-requests` go from every policy that is enforced. One
//!   that only reports blocks nothing, and is left alone.
//! - A document takes the agent from its own origin. Where a policy allows that, or has a nonce
//!   to copy, nothing changes. Where it does not, the narrowest source is added: the script's
//!   exact address, which touches no other script; or, under `'strict-dynamic'`, which heeds no
//!   addresses, a nonce made for this one response. Never a nonce otherwise: it would switch off
//!   `'unsafe-inline'`.

use http::header::CONTENT_SECURITY_POLICY;
use http::{HeaderMap, HeaderValue};

use super::bytes::{characters, shown, value};
use crate::edit::Edit;

pub(super) mod nonce;
mod policy;

use policy::{Policy, Script};

/// Directives that a pane cannot live with, and why.
const UNWANTED: [(&str, &str); 2] = [
    (
        "frame-ancestors",
        "frame-ancestors removed: a pane is a frame of the workbench",
    ),
    (
        "upgrade-insecure-requests",
        "upgrade-insecure-requests removed: local names are served over http",
    ),
];

const ADDRESS: &str = "the agent's own address added: no other script gains by it";
const NONCE: &str = "a nonce for the agent added: under 'strict-dynamic' no address counts";

/// Where a document loads the agent from, and how a nonce is made that nobody can guess.
pub(super) struct Agent<'a> {
    pub(super) address: &'a str,
    pub(super) fresh_nonce: fn() -> String,
}

/// Edits every policy, and returns the nonce that the agent's script needs, where it needs one.
/// Without an agent only what cannot stay is removed.
pub(super) fn edit(
    headers: &mut HeaderMap,
    agent: Option<&Agent<'_>>,
    edits: &mut Vec<Edit>,
) -> Option<String> {
    if !headers.contains_key(CONTENT_SECURITY_POLICY) {
        return None;
    }
    let lines: Vec<HeaderValue> = headers
        .get_all(CONTENT_SECURITY_POLICY)
        .iter()
        .cloned()
        .collect();
    let texts: Vec<String> = lines.iter().map(characters).collect();
    let mut policies: Vec<Vec<Policy<'_>>> = texts
        .iter()
        .map(|text| text.split(',').map(Policy::parse).collect())
        .collect();
    for policy in policies.iter_mut().flatten() {
        for (name, why) in UNWANTED {
            policy.remove(name, why);
        }
    }
    let nonce = agent.and_then(|agent| let_in(&mut policies, agent));
    if policies
        .iter()
        .flatten()
        .all(|policy| policy.reasons.is_empty())
    {
        return nonce;
    }
    headers.remove(CONTENT_SECURITY_POLICY);
    for ((line, before), policies) in lines.into_iter().zip(&texts).zip(policies) {
        let mut reasons: Vec<&str> = Vec::new();
        for why in policies.iter().flat_map(|policy| &policy.reasons) {
            if !reasons.contains(why) {
                reasons.push(why);
            }
        }
        if reasons.is_empty() {
            headers.append(CONTENT_SECURITY_POLICY, line);
            continue;
        }
        let after: Vec<String> = policies.iter().filter_map(Policy::text).collect();
        let after = after.join(", ");
        edits.push(super::edit(
            "content-security-policy",
            Some(shown(before)),
            (!after.is_empty()).then(|| shown(&after)),
            reasons.join("; "),
        ));
        if let Some(after) = value(&after).filter(|after| !after.is_empty()) {
            headers.append(CONTENT_SECURITY_POLICY, after);
        }
    }
    nonce
}

/// Lets the agent's script through every policy, and returns the nonce that it then needs.
fn let_in(policies: &mut [Vec<Policy<'_>>], agent: &Agent<'_>) -> Option<String> {
    let scripts = || policies.iter().flatten().filter_map(Policy::script);
    let has = |script: &Script<'_>, nonce: &str| script.nonces().any(|found| found == nonce);
    // One tag has one nonce: that of the page, if it satisfies each policy that hears to nothing
    // else. Lending it to another policy would let more scripts through there than before.
    let own = scripts()
        .flat_map(|script| script.nonces().collect::<Vec<_>>())
        .find(|nonce| scripts().all(|script| !script.is_strict() || has(&script, nonce)))
        .map(str::to_owned);
    let strict = scripts().any(|script| script.is_strict());
    let nonce = own.or_else(|| strict.then(|| (agent.fresh_nonce)()));
    for policy in policies.iter_mut().flatten() {
        let Some(script) = policy.script() else {
            continue;
        };
        if nonce.as_deref().is_some_and(|nonce| has(&script, nonce)) {
            continue;
        }
        match (&nonce, script.is_strict()) {
            (Some(nonce), true) => policy.add(&format!("'nonce-{nonce}'"), NONCE),
            _ if script.allows_own_origin() => {}
            _ => policy.add(agent.address, ADDRESS),
        }
    }
    nonce
}

#[cfg(test)]
mod tests;

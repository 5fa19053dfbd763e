//! `Content-Security-Policy` lines.

use http::HeaderValue;
use http::header::CONTENT_SECURITY_POLICY;

use super::{edited, values};

pub(crate) fn run(input: &[u8]) {
    let lines: Vec<HeaderValue> = values(input)
        .into_iter()
        .filter(|line| line.to_str().is_ok())
        .collect();
    let (after, edits) = edited("main", 200, &CONTENT_SECURITY_POLICY, &lines);
    let kept: Vec<String> = directives(&lines)
        .into_iter()
        .filter(|directive| !is_unwanted(directive))
        .collect();
    assert_eq!(directives(&after), kept, "two directives go, and no other");
    let told = edits
        .edits
        .iter()
        .any(|edit| edit.field == "content-security-policy");
    if !told {
        assert_eq!(after, lines, "no change without an edit");
    }
    let (again, _) = edited("main", 200, &CONTENT_SECURITY_POLICY, &after);
    assert_eq!(again, after, "once is enough");
    if let Some(nonce) = edits.inject.and_then(|tag| tag.nonce) {
        assert!(
            nonce
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"+/-_=".contains(&byte)),
            "{nonce:?}"
        );
    }
}

/// Every directive with its words, in order.
fn directives(lines: &[HeaderValue]) -> Vec<String> {
    let policies = lines
        .iter()
        .flat_map(|line| line.to_str().unwrap().split(','));
    policies
        .flat_map(|policy| policy.split(';'))
        .map(|directive| {
            directive
                .split_ascii_whitespace()
                .collect::<Vec<_>>()
                .join(" ")
        })
        .filter(|directive| !directive.is_empty())
        .collect()
}

fn is_unwanted(directive: &str) -> bool {
    let name = directive.split(' ').next().unwrap_or_default();
    ["frame-ancestors", "upgrade-insecure-requests"]
        .iter()
        .any(|unwanted| name.eq_ignore_ascii_case(unwanted))
}

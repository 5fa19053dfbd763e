//! Content-Security-Policy: two directives go, all else stays, and the nonce is read.

use http::header::CONTENT_SECURITY_POLICY;
use http::{HeaderMap, HeaderValue};

use super::text;
use crate::edit::Edit;

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

/// Edits every policy, and returns the nonce that scripts need, where there is one.
pub(super) fn edit(headers: &mut HeaderMap, edits: &mut Vec<Edit>) -> Option<String> {
    let lines: Vec<String> = headers
        .get_all(CONTENT_SECURITY_POLICY)
        .iter()
        .map(text)
        .collect();
    if lines.is_empty() {
        return None;
    }
    let nonce = lines
        .iter()
        .flat_map(|line| line.split(','))
        .find_map(nonce);
    let loosened: Vec<Option<(String, String)>> = lines.iter().map(|line| loosen(line)).collect();
    if loosened.iter().all(Option::is_none) {
        return nonce;
    }
    headers.remove(CONTENT_SECURITY_POLICY);
    for (before, loosened) in lines.into_iter().zip(loosened) {
        let after = match loosened {
            None => before,
            Some((after, why)) => {
                let shown = (!after.is_empty()).then(|| after.clone());
                edits.push(super::edit(
                    "content-security-policy",
                    Some(before),
                    shown,
                    why,
                ));
                after
            }
        };
        match HeaderValue::from_str(&after) {
            Ok(value) if !after.is_empty() => {
                headers.append(CONTENT_SECURITY_POLICY, value);
            }
            _ => {}
        }
    }
    nonce
}

/// The line without the unwanted directives, and why; `None` where it has none of them.
fn loosen(line: &str) -> Option<(String, String)> {
    let mut reasons: Vec<&str> = Vec::new();
    let policies: Vec<String> = line
        .split(',')
        .map(|policy| {
            let kept: Vec<&str> = policy
                .split(';')
                .map(str::trim)
                .filter(|directive| !directive.is_empty())
                .filter(
                    |directive| match UNWANTED.iter().find(|(name, _)| is(directive, name)) {
                        Some((_, why)) => {
                            if !reasons.contains(why) {
                                reasons.push(why);
                            }
                            false
                        }
                        None => true,
                    },
                )
                .collect();
            kept.join("; ")
        })
        .filter(|policy| !policy.is_empty())
        .collect();
    (!reasons.is_empty()).then(|| (policies.join(", "), reasons.join("; ")))
}

fn is(directive: &str, name: &str) -> bool {
    directive
        .split_ascii_whitespace()
        .next()
        .is_some_and(|first| first.eq_ignore_ascii_case(name))
}

/// The nonce of the directive that decides over script elements.
fn nonce(policy: &str) -> Option<String> {
    let directives: Vec<&str> = policy.split(';').map(str::trim).collect();
    let decides = ["script-src-elem", "script-src", "default-src"]
        .iter()
        .find_map(|name| directives.iter().find(|directive| is(directive, name)))?;
    let nonce = decides.split_ascii_whitespace().find_map(|source| {
        let inner = source.strip_prefix('\'')?.strip_suffix('\'')?;
        let (scheme, nonce) = inner.split_at_checked(6)?;
        scheme.eq_ignore_ascii_case("nonce-").then_some(nonce)
    })?;
    // It is written into a document: nothing but the base64 alphabets may pass.
    let safe = |byte: u8| byte.is_ascii_alphanumeric() || b"+/-_=".contains(&byte);
    (!nonce.is_empty() && nonce.bytes().all(safe)).then(|| nonce.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edited(policy: &str) -> (Option<String>, Option<String>, usize) {
        let mut headers = HeaderMap::new();
        headers.insert(
            CONTENT_SECURITY_POLICY,
            HeaderValue::from_str(policy).unwrap(),
        );
        let mut edits = Vec::new();
        let nonce = edit(&mut headers, &mut edits);
        (
            headers.get(CONTENT_SECURITY_POLICY).map(text),
            nonce,
            edits.len(),
        )
    }

    #[test]
    fn only_two_directives_go() {
        for (policy, after, edits) in [
            ("default-src 'self'", Some("default-src 'self'"), 0),
            ("frame-ancestors 'none'", None, 1),
            (
                "default-src 'self'; frame-ancestors 'none'; img-src *",
                Some("default-src 'self'; img-src *"),
                1,
            ),
            (
                "Upgrade-Insecure-Requests; img-src *, frame-ancestors 'self'",
                Some("img-src *"),
                1,
            ),
            ("frame-src 'none'", Some("frame-src 'none'"), 0),
        ] {
            let (value, _, count) = edited(policy);
            assert_eq!((value.as_deref(), count), (after, edits), "{policy}");
        }
    }

    #[test]
    fn nonces() {
        for (policy, wanted) in [
            ("script-src 'self' 'nonce-abc+/='", Some("abc+/=")),
            ("default-src 'nonce-x'", Some("x")),
            ("script-src-elem 'nonce-y'; script-src 'nonce-x'", Some("y")),
            ("script-src 'self'; default-src 'nonce-x'", None),
            ("script-src 'nonce-a\"b'", None),
            ("style-src 'nonce-x'", None),
        ] {
            assert_eq!(edited(policy).1.as_deref(), wanted, "{policy}");
        }
    }
}

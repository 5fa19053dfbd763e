use super::super::text;
use super::*;

const ADDRESS: &str = "http://acme---main.tripledash.localhost:7333/__tripledash/agent.js";

fn edited_lines(lines: &[&str], inject: bool) -> (Vec<String>, Option<String>, Vec<Edit>) {
    let mut headers = HeaderMap::new();
    for line in lines {
        let line = HeaderValue::from_str(line).unwrap();
        headers.append(CONTENT_SECURITY_POLICY, line);
    }
    let mut edits = Vec::new();
    let agent = Agent {
        address: ADDRESS,
        fresh_nonce: || "fresh".to_owned(),
    };
    let nonce = edit(&mut headers, inject.then_some(&agent), &mut edits);
    let lines = headers.get_all(CONTENT_SECURITY_POLICY);
    (lines.iter().map(text).collect(), nonce, edits)
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
        (
            " ;;frame-ancestors\t'none';FRAME-ANCESTORS *;; img-src  * ;",
            Some("img-src  *"),
            1,
        ),
        ("frame-src 'none'", Some("frame-src 'none'"), 0),
        (
            "x-frame-ancestors 'none'",
            Some("x-frame-ancestors 'none'"),
            0,
        ),
        (";;  ;", Some(";;  ;"), 0),
    ] {
        let (lines, _, made) = edited_lines(&[policy], false);
        assert_eq!(lines.first().map(String::as_str), after, "{policy}");
        assert_eq!(made.len(), edits, "{policy}");
    }
}

#[test]
fn lines_are_edited_one_by_one() {
    let lines = [
        "img-src *",
        "frame-ancestors 'none'",
        "frame-ancestors *, font-src *",
    ];
    let (after, _, edits) = edited_lines(&lines, true);
    assert_eq!(after, ["img-src *", "font-src *"]);
    assert_eq!((edits.len(), edits[0].after.as_deref()), (2, None));
}

#[test]
fn a_policy_that_only_reports_is_left_alone() {
    let mut headers = HeaderMap::new();
    let name = "content-security-policy-report-only";
    headers.insert(
        name,
        HeaderValue::from_static("frame-ancestors 'none'; script-src 'none'"),
    );
    let before = headers.clone();
    let agent = Agent {
        address: ADDRESS,
        fresh_nonce: || "fresh".to_owned(),
    };
    assert_eq!(edit(&mut headers, Some(&agent), &mut Vec::new()), None);
    assert_eq!(headers, before);
}

#[test]
fn the_agent_gets_through_without_a_change() {
    for (policy, nonce) in [
        ("img-src 'none'", None),
        ("script-src 'self'", None),
        ("script-src *", None),
        ("default-src HTTP:", None),
        ("default-src 'none'; script-src 'SELF'", None),
        ("script-src-elem 'self'; script-src 'none'", None),
        ("script-src 'self' 'unsafe-inline'; script-src 'none'", None),
        ("script-src 'self' 'nonce-abc+/='", Some("abc+/=")),
        ("default-src 'nonce-x'", Some("x")),
        ("script-src-elem 'nonce-y'; script-src 'nonce-x'", Some("y")),
        ("script-src 'Nonce-x' 'strict-dynamic'", Some("x")),
        (
            "script-src 'nonce-x', script-src 'strict-dynamic' 'nonce-y' 'nonce-x'",
            Some("x"),
        ),
        (
            "script-src 'nonce-x' 'self', script-src 'strict-dynamic' 'nonce-y'",
            Some("y"),
        ),
        ("script-src 'self'; style-src 'nonce-x'", None),
    ] {
        let (lines, found, edits) = edited_lines(&[policy], true);
        assert_eq!(lines, [policy]);
        assert_eq!((found.as_deref(), edits.len()), (nonce, 0), "{policy}");
    }
}

#[test]
fn where_it_would_not_the_narrowest_source_is_added() {
    for (policy, after, nonce) in [
        ("script-src 'none'", "script-src {agent}", None),
        (
            "default-src 'NONE'; img-src *",
            "default-src {agent}; img-src *",
            None,
        ),
        ("script-src", "script-src {agent}", None),
        (
            "script-src 'unsafe-inline' https://cdn.example",
            "script-src 'unsafe-inline' https://cdn.example {agent}",
            None,
        ),
        (
            "script-src 'sha256-AAAA='",
            "script-src 'sha256-AAAA=' {agent}",
            None,
        ),
        (
            "script-src 'nonce-a\"b'",
            "script-src 'nonce-a\"b' {agent}",
            None,
        ),
        (
            "script-src 'strict-dynamic' 'sha256-AAAA=' 'self'",
            "script-src 'strict-dynamic' 'sha256-AAAA=' 'self' 'nonce-fresh'",
            Some("fresh"),
        ),
        (
            "script-src 'none'; script-src 'self'",
            "script-src {agent}; script-src 'self'",
            None,
        ),
        (
            "script-src 'nonce-x', default-src https:",
            "script-src 'nonce-x', default-src https: {agent}",
            Some("x"),
        ),
        (
            "script-src 'nonce-x', script-src 'nonce-y' 'strict-dynamic'",
            "script-src 'nonce-x' {agent}, script-src 'nonce-y' 'strict-dynamic'",
            Some("y"),
        ),
        (
            "script-src 'nonce-x' 'strict-dynamic', script-src 'nonce-y' 'strict-dynamic'",
            "script-src 'nonce-x' 'strict-dynamic' 'nonce-fresh', script-src 'nonce-y' 'strict-dynamic' 'nonce-fresh'",
            Some("fresh"),
        ),
    ] {
        let (lines, found, edits) = edited_lines(&[policy], true);
        let wanted = after.replace("{agent}", ADDRESS);
        assert_eq!(lines, std::slice::from_ref(&wanted));
        assert_eq!(found.as_deref(), nonce, "{policy}");
        assert_eq!(
            (edits.len(), edits[0].after.as_deref()),
            (1, Some(wanted.as_str()))
        );
        // Edited again, it stays.
        assert!(edited_lines(&[&wanted], false).2.is_empty());
    }
}

#[test]
fn a_body_without_the_agent_needs_no_source() {
    let (lines, nonce, edits) = edited_lines(&["script-src 'none'"], false);
    assert_eq!(
        (lines[0].as_str(), nonce, edits.len()),
        ("script-src 'none'", None, 0)
    );
}

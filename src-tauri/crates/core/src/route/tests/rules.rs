//! What the rules of a workspace make of a request.

use super::ask;

#[test]
fn rules_rewrite_and_predict() {
    for (label, path, sent_path, predicted, matched) in [
        ("acme---main", "/", "/", Some("/acme"), vec![3]),
        (
            "acme---main",
            "/about/",
            "/about/",
            Some("/acme/about"),
            vec![3],
        ),
        (
            "acme---main",
            "/about?x=1",
            "/about?x=1",
            Some("/acme/about"),
            vec![3],
        ),
        (
            "acme---main",
            "/_next/data/b1/about.json",
            "/_next/data/b1/about.json",
            Some("/acme/about"),
            vec![3],
        ),
        (
            "acme---main",
            "/OLD/a/b?x=1",
            "/new/a/b?x=1",
            Some("/acme/new/a/b"),
            vec![0, 3],
        ),
        (
            "acme---main",
            "/find/shoes?what=x&y=2",
            "/search?y=2&what=shoes",
            Some("/acme/search"),
            vec![1, 3],
        ),
        (
            "acme---main",
            "/beta/x",
            "/beta/x",
            Some("/acme/beta/x"),
            vec![3],
        ),
        (
            "acme---main",
            "/api/cart",
            "/api/cart",
            Some("/fallback/api/cart"),
            vec![4],
        ),
        ("main", "/about", "/about", Some("/fallback/about"), vec![4]),
    ] {
        let forward = ask(label, path).forward();
        assert_eq!(&*forward.upstream.target.path, sent_path, "{label}{path}");
        assert_eq!(forward.predicted.as_deref(), predicted, "{label}{path}");
        let found: Vec<usize> = forward
            .rules
            .iter()
            .filter(|rule| rule.matched)
            .map(|rule| rule.index)
            .collect();
        assert_eq!(found, matched, "{label}{path}: {:#?}", forward.rules);
        assert_eq!(
            forward.edits.iter().any(|edit| edit.field == "path"),
            sent_path != path,
            "{label}{path}"
        );
        assert_eq!(forward.rules.len(), 5);
    }
    let beta = ask("acme---main", "/beta/x")
        .with("cookie", "beta=1")
        .forward();
    assert_eq!(&*beta.upstream.target.path, "/b/x");
}

#[test]
fn every_rule_says_why() {
    let forward = ask("main", "/beta/x").forward();
    let reasons: Vec<&str> = forward
        .rules
        .iter()
        .map(|rule| rule.reason.as_str())
        .collect();
    for (reason, words) in reasons.iter().zip([
        "the path /beta/x does not match",
        "the path /beta/x does not match",
        "it wants the cookie beta, which the request does not have",
        "its destination needs {tenant}, which this request does not have",
        "matches, and leads to /fallback/beta/x",
    ]) {
        assert!(reason.contains(words), "{reason}");
    }
    let other = ask("main", "/beta/x")
        .with("cookie", "beta=secret")
        .forward();
    assert!(
        !other.rules[2].reason.contains("secret"),
        "{}",
        other.rules[2].reason
    );
}

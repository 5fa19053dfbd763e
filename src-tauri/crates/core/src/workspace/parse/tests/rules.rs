//! Prefixes and rules.

use super::*;

#[test]
fn prefixes() {
    let prefix = |prefix: &str| format!(r#"{{"name": "w", "prefix": {prefix}}}"#);
    assert!(only(&prefix(r#"["tenant", "tenant"]"#)).contains("a second time"));
    assert!(only(&prefix(r#"["port"]"#)).contains("stand for something else"));
    assert!(only(&prefix(r#"["a b"]"#)).contains("prefix[0]: found \"a b\""));
    let parsed = parse(
        r#"{"name": "w", "prefix": ["city"], "tenants": [{"id": "a"}]}"#,
        "t.json",
    );
    assert_eq!(parsed.problems[0].severity, Severity::Warning);
    assert!(parsed.workspace.is_some());
}

#[test]
fn rules() {
    let rule = |fields: &str| format!(r#"{{"name": "w", "rules": [{{{fields}}}]}}"#);
    for (fields, words) in [
        (r#""source": "/""#, "found no \"by\""),
        (
            r#""by": "me", "source": "/""#,
            "found \"me\", wanted \"proxy\" or \"app\"",
        ),
        (
            r#""by": "app", "source": "about""#,
            "wanted a pattern that starts with /",
        ),
        (r#""by": "app", "source": "/(""#, "rules[0].source"),
        (
            r#""by": "app", "source": "/", "destination": "https://a.dev/""#,
            "stays on its preview's upstream",
        ),
        (
            r#""by": "app", "source": "/", "destination": "/{tenat}""#,
            "(did you mean {tenant}?)",
        ),
        (
            r#""by": "app", "source": "/", "destination": "/${env:A}""#,
            "a variable of the request",
        ),
        (
            r#""by": "app", "source": "/", "has": [{"type": "headr", "key": "a"}]"#,
            "(did you mean \"header\"?)",
        ),
        (
            r#""by": "app", "source": "/", "has": [{"type": "header"}]"#,
            "rules[0].has[0]: found no \"key\"",
        ),
        (
            r#""by": "app", "source": "/", "missing": [{"type": "host"}]"#,
            "found no \"value\"",
        ),
        (
            r#""by": "app", "source": "/", "has": [{"type": "query", "key": "a", "value": "("}]"#,
            "has[0].value",
        ),
    ] {
        let problem = only(&rule(fields));
        assert!(problem.contains(words), "{fields}: {problem}");
    }
}

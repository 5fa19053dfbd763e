//! Previews, and the variables that they ask for.

use std::collections::BTreeMap;

use super::*;

#[test]
fn previews() {
    for (fields, words) in [
        (r#""branch": "x""#, "found no \"upstream\""),
        (
            r#""upstream": "ftp://a""#,
            "found the scheme \"ftp\", wanted http or https",
        ),
        (r#""upstream": "http://a/b""#, "\"/b\" after the host"),
        (
            r#""upstream": "http://{tenant}.a.dev/{preview}""#,
            "\"/x\" after the host",
        ),
        (
            r#""upstream": "http://localhost:{port}""#,
            "found {port}, wanted a port number",
        ),
        (
            r#""upstream": "http://{branch}.dev""#,
            "unknown variable {branch}",
        ),
        (
            r#""upstream": "http://{tenant.dev""#,
            "a } that closes the brace",
        ),
        (
            r#""upstream": "http://a", "host": "http://b.dev/""#,
            "(\"b.dev\" would do)",
        ),
        (
            r#""upstream": "http://a", "host": "${KEY}""#,
            "wanted ${env:NAME}",
        ),
        (
            r#""upstream": "http://a", "access": "readonly""#,
            "(did you mean \"read-only\"?)",
        ),
        (
            r#""upstream": "http://a", "headers": {"Host": "b"}"#,
            "(use the preview's \"host\")",
        ),
        (
            r#""upstream": "http://a", "headers": {"x": "é"}"#,
            "wanted a header's value in ASCII",
        ),
        (
            r#""upstream": "http://a", "headers": {"a b": "b"}"#,
            "wanted a header's name",
        ),
        (
            r#""upstream": "http://a", "headers": {"x": "a\nb"}"#,
            "the control character '\\n'",
        ),
        (
            r#""upstream": "http://a", "headers": {"x-a": "1", "X-A": "2"}"#,
            "the header \"x-a\" a second time",
        ),
        (
            r#""upstream": "http://a", "headers": {"x": "{tenent}"}"#,
            "(did you mean {tenant}?)",
        ),
        (
            r#""upstream": "http://a", "tenants": {"b": "c"}"#,
            "null to leave it out",
        ),
    ] {
        let problems = problems(&with_preview(fields));
        assert!(
            problems.iter().any(|problem| problem.contains(words)),
            "{fields}: {problems:#?}"
        );
    }
    let json_header = with_preview(r#""upstream": "http://a", "headers": {"x": "{\"a\": 1}"}"#);
    assert!(parse(&json_header, "t.json").workspace.is_some());
}

#[test]
fn unset_variables_are_warned_of_where_they_stand() {
    let text = with_preview(
        "\n\"upstream\": \"http://a\", \"headers\": {\"x\": \"${env:KEY}${env:KEY}\"}",
    );
    let parsed = parse(&text, "t.json");
    let warnings = parsed.unset_variables(&BTreeMap::new());
    assert_eq!(warnings.len(), 1);
    assert_eq!((warnings[0].line, warnings[0].column), (2, 43));
    assert!(
        warnings[0]
            .message
            .contains("KEY is not set, so the preview \"main\" cannot answer")
    );
    assert!(
        parsed
            .unset_variables(&BTreeMap::from([("KEY".to_owned(), String::new())]))
            .is_empty()
    );
    let workspace = parsed.workspace.unwrap();
    assert_eq!(workspace.unset_variables(&BTreeMap::new(), "main"), ["KEY"]);
}

#[test]
fn an_override_of_an_unlisted_tenant_is_a_warning() {
    let text = r#"{"name": "w", "tenants": [{"id": "acme"}],
        "previews": [{"name": "main", "upstream": "http://a", "tenants": {"amce": null}}]}"#;
    let parsed = parse(text, "t.json");
    assert!(parsed.workspace.is_some());
    assert!(
        parsed.problems[0]
            .to_string()
            .contains("warning: previews[0].tenants: found the tenant \"amce\"")
    );
    assert_eq!(
        parsed.problems[0].hint.as_deref(),
        Some("did you mean \"acme\"?")
    );
}

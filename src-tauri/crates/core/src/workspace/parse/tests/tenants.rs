//! Tenants, few and many.

use std::fmt::Write as _;

use super::*;

#[test]
fn tenants() {
    for (fields, words) in [
        (r#""name": "Acme""#, "found no \"id\""),
        (
            r#""id": 7"#,
            "tenants[0].id: found the number 7, wanted a string",
        ),
        (
            r#""id": "café""#,
            "no split could find the parts again (\"cafe\" would do)",
        ),
        (r#""id": "xn""#, "starts with xn--"),
        (r#""id": "a---b""#, "has --- inside"),
        (r#""id": "a-""#, "hyphen at its edge"),
        (
            r#""id": "a", "color": "red""#,
            "found \"red\", wanted a colour like #e5484d",
        ),
        (r#""id": "a", "locale": "pt_BR""#, "(\"pt-BR\" would do)"),
        (
            r#""id": "a", "domains": ["https://a.com"]"#,
            "wanted a domain name without scheme and port",
        ),
        (
            r#""id": "a", "domains": ["127.0.0.1"]"#,
            "a domain name, not an address",
        ),
        (r#""id": "a", "domains": "a.com""#, "wanted an array"),
        (
            r#""id": "a", "tags": [1]"#,
            "tenants[0].tags[0]: found the number 1, wanted a string",
        ),
        (
            r#""id": "a", "name": " ""#,
            "wanted a text that is not empty",
        ),
        (
            r#""id": "a", "id": "b""#,
            "found \"id\" a second time, wanted each key once (first at 1:",
        ),
    ] {
        let problem = only(&with_tenant(fields));
        assert!(problem.contains(words), "{fields}: {problem}");
    }
    let long = format!(r#""id": "{}""#, "a".repeat(64));
    assert!(only(&with_tenant(&long)).contains("found 64 octets, wanted at most 63"));
}

#[test]
fn fifty_thousand_tenants() {
    let mut text = String::from(r#"{"name": "w", "tenants": ["#);
    for number in 0..50_000 {
        let comma = if number == 0 { "" } else { "," };
        write!(text, "{comma}\n{{\"id\": \"t{number}\", \"domains\": [\"t{number}.example\"], \"tags\": [\"a\"]}}").unwrap();
    }
    text.push_str("]}");
    assert_eq!(
        parse(&text, "t.json").workspace.unwrap().tenants.len(),
        50_000
    );
    // One line, all wrong: neither the position nor the count of problems may cost a square.
    let wrong = text.replace('\n', "").replace("\"id\": \"t", "\"id\": \"T");
    let parsed = parse(&wrong, "t.json");
    assert_eq!(parsed.problems.len(), 100);
    assert!(
        parsed.problems[99]
            .hint
            .as_deref()
            .unwrap()
            .contains("more problems")
    );
}

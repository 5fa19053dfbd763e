use std::collections::BTreeMap;
use std::fmt::Write as _;

use proptest::prelude::*;

use super::super::Access;
use super::*;
use crate::diagnostic::Severity;
use crate::trace::RuleBy;

/// The example of the design, word for word but for what later versions will support.
const WHOLE: &str = include_str!("whole.json");

fn problems(text: &str) -> Vec<String> {
    parse(text, "t.json")
        .problems
        .iter()
        .map(ToString::to_string)
        .collect()
}

/// The one problem of a file whose only other content is good.
fn only(text: &str) -> String {
    let problems = problems(text);
    assert_eq!(problems.len(), 1, "{problems:#?}");
    problems.into_iter().next().unwrap()
}

fn with_preview(fields: &str) -> String {
    format!(r#"{{"name": "w", "previews": [{{"name": "main", {fields}}}]}}"#)
}

fn with_tenant(fields: &str) -> String {
    format!(r#"{{"name": "w", "tenants": [{{{fields}}}]}}"#)
}

#[test]
fn the_whole_format() {
    let parsed = parse(WHOLE, "tripledash.json");
    assert!(parsed.problems.is_empty(), "{:#?}", parsed.problems);
    let workspace = parsed.workspace.unwrap();
    assert_eq!(workspace.name, "acme-platform");
    assert_eq!(
        workspace.tenants.keys().collect::<Vec<_>>(),
        ["acme", "globex"]
    );
    let acme = &workspace.tenants["acme"];
    assert_eq!(
        (acme.name.as_str(), acme.color.as_deref()),
        ("Acme", Some("#e5484d"))
    );
    assert_eq!(
        (&acme.domains[..], &acme.tags[..]),
        (
            &["shop.acme.com".to_owned()][..],
            &["retail".to_owned()][..]
        )
    );
    assert_eq!(
        workspace.previews.keys().collect::<Vec<_>>(),
        ["main", "feature", "production"]
    );
    assert_eq!(workspace.previews["production"].access, Access::ReadOnly);
    let feature = &workspace.previews["feature"];
    assert_eq!(feature.tenants["acme"].as_deref(), Some("acme-prod"));
    assert_eq!(feature.tenants["globex"], None);
    assert_eq!(feature.headers[0].0, "x-vercel-protection-bypass");
    assert_eq!(workspace.pages[1].tenants["globex"], "/products/7");
    assert_eq!(workspace.rules[0].by, RuleBy::App);
    assert_eq!(
        workspace.rules[0].destination.as_ref().unwrap().as_str(),
        "/{tenant}/$1"
    );
    assert_eq!(workspace.rules[1].destination, None);
    assert_eq!(
        workspace
            .environment_names()
            .into_iter()
            .collect::<Vec<_>>(),
        ["VERCEL_AUTOMATION_BYPASS_SECRET"]
    );
}

#[test]
fn the_smallest_file() {
    let workspace = parse(r#"{"name": "w"}"#, "t.json").workspace.unwrap();
    assert_eq!(workspace, Workspace::empty("w"));
}

#[test]
fn all_faults_are_told_at_once_in_the_order_of_the_file() {
    let text = r##"{
  "nmae": "w",
  "tenants": [
    { "id": "Acme" },
    { "id": "globex", "colour": "#fff" },
    { "id": "globex" }
  ],
  "previews": [
    { "name": "main", "upstream": "localhost:3000/x" },
    { "upstream": "http://localhost:3000", "host": "{tenat}.localhost" }
  ],
  "pages": [{ "name": "Home", "path": "home" }]
}"##;
    assert_eq!(
        problems(text),
        [
            "t.json:2:3: error: the file: found the unknown key \"nmae\", wanted one of $schema, name, prefix, \
             tenants, previews, pages, tenancy, rules (did you mean \"name\"?)",
            "t.json:4:13: error: tenants[0].id: \"Acme\" has 'A', wanted lower-case letters, digits and hyphens \
             (\"acme\" would do)",
            "t.json:5:23: error: tenants[1]: found the unknown key \"colour\", wanted one of id, name, color, \
             domains, locale, tags (did you mean \"color\"?)",
            "t.json:6:13: error: tenants[2].id: found the tenant \"globex\" a second time, wanted each once \
             (first at 5:13)",
            "t.json:9:35: error: previews[0].upstream: found \"localhost:3000/x\", wanted an origin like \
             http://localhost:3000: it has no scheme, wanted http:// or https:// before the host \
             (\"http://localhost:3000\" would do)",
            "t.json:10:5: error: previews[1]: found no \"name\", wanted the key \"name\"",
            "t.json:10:53: error: previews[1].host: found the unknown variable {tenat}, wanted one of {tenant}, \
             {preview}, {domain}, {port} (did you mean {tenant}?)",
            "t.json:12:39: error: pages[0].path: found \"home\", wanted a path that starts with one / \
             (\"/home\" would do)",
        ]
    );
}

#[test]
fn json_faults_in_words() {
    for (text, wanted) in [
        (
            "",
            "t.json:1:1: error: the file is empty, wanted an object like { \"name\": \"my-app\" }",
        ),
        (
            "[]",
            "t.json:1:1: error: the file: found an array, wanted an object",
        ),
        (
            "{\"name\": \"w\"}}",
            "t.json:1:14: error: this is not JSON: found \"}\", wanted nothing after the end of the first object",
        ),
        (
            "{\n  \"name\": \"w\",\n}",
            "t.json:2:14: error: found a trailing comma, wanted no comma after the last item (remove this comma)",
        ),
        (
            "{ // why\n \"name\": \"w\"}",
            "t.json:1:3: error: found a comment, wanted JSON without comments (JSON has no comments: remove this one)",
        ),
        (
            "/* why */ {\"name\": \"w\"}",
            "t.json:1:1: error: found a comment, wanted JSON without comments (JSON has no comments: remove this one)",
        ),
        (
            "{'name': \"w\"}",
            "t.json:1:2: error: found 'name', wanted a string in double quotes (write \" instead of ')",
        ),
        (
            "{name: \"w\"}",
            "t.json:1:2: error: found name, wanted a key in double quotes (write \"name\")",
        ),
        (
            "{\"name\": \"w\" \"rules\": []}",
            "t.json:1:14: error: found \"\\\"rules\\\"\", wanted a comma before it (put a comma between the two)",
        ),
        (
            "\u{feff}{\"name\": \"w\"}",
            "t.json:1:1: error: the file starts with a byte order mark, which JSON must not (save it as UTF-8 \
             without BOM)",
        ),
    ] {
        assert_eq!(only(text), wanted, "{text}");
    }
    for text in [
        "{",
        "[",
        "{\"name\"",
        "{\"name\":",
        "{\"name\": \"w",
        "{\"name\": w}",
        "nul",
        "{\"a\": 0x1}",
        "\"\\q\"",
    ] {
        let problems = problems(text);
        assert!(
            !problems.is_empty() && problems[0].contains("error"),
            "{text}: {problems:?}"
        );
    }
}

#[test]
fn a_file_that_is_too_long_is_refused_unread() {
    let text = " ".repeat((64 << 20) + 1);
    assert_eq!(
        only(&text),
        "t.json:1:1: error: the file is too long: found 67108865 octets, wanted at most 67108864"
    );
}

#[test]
fn slips_of_json_do_not_hide_what_else_is_wrong() {
    let text = "{\n  // the name\n  \"name\": \"\",\n  \"tenants\": [{ \"id\": \"a b\" },],\n}";
    let lines: Vec<_> = parse(text, "t.json")
        .problems
        .iter()
        .map(|p| (p.line, p.column))
        .collect();
    assert_eq!(lines, [(2, 3), (3, 11), (4, 23), (4, 30), (4, 32)]);
}

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
            r#""git": ".", "dev": "npm run dev""#,
            "preview sources are not supported by this version",
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
fn what_later_versions_support_is_refused_in_words() {
    for text in [
        r#"{"name": "w", "tenants": {"file": "tenants.csv"}}"#,
        r#"{"name": "w", "tenants": {"command": ["x"]}}"#,
        r#"{"name": "w", "tenancy": {"kind": "path"}}"#,
        r#"{"name": "w", "previews": [{"vercel": {"project": "p"}}]}"#,
    ] {
        assert!(
            only(text).contains("not supported by this version"),
            "{text}"
        );
    }
}

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

proptest! {
    #[test]
    fn no_text_panics(text in "\\PC{0,200}") {
        let _ = parse(&text, "t.json");
    }

    #[test]
    fn no_mangled_file_panics(from in 0..WHOLE.len(), to in 0..WHOLE.len(), put in "[\\[\\]{}\",:/*a0é\n]{0,4}") {
        let (from, to) = (from.min(to), from.max(to));
        if let (Some(head), Some(tail)) = (WHOLE.get(..from), WHOLE.get(to..)) {
            let parsed = parse(&format!("{head}{put}{tail}"), "t.json");
            prop_assert_eq!(parsed.workspace.is_none(), parsed.has_errors());
        }
    }
}

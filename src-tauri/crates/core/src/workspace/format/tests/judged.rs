//! Documents that both readers judge.

use super::*;

fn with_preview(fields: &str) -> String {
    format!(
        r#"{{"name": "w", "previews": [{{"name": "main", "upstream": "http://a.example", {fields}}}]}}"#
    )
}

fn with_source(fields: &str) -> String {
    format!(r#"{{"name": "w", "previews": [{{{fields}}}]}}"#)
}

fn with_tenants(value: &str) -> String {
    format!(r#"{{"name": "w", "tenants": {value}}}"#)
}

fn with_rule(fields: &str) -> String {
    format!(r#"{{"name": "w", "rules": [{{"by": "app", "source": "/a", {fields}}}]}}"#)
}

#[test]
fn good_documents_are_taken_by_both() {
    let mut good = vec![
        RICH.to_owned(),
        WHOLE.to_owned(),
        r#"{"name": "w"}"#.to_owned(),
        r#"{"name": "w", "prefix": [], "previews": [], "pages": [], "rules": []}"#.to_owned(),
    ];
    good.extend(
        [
            "[]",
            r#"[{"id": "a"}]"#,
            r#"[{"id": "a0123456789012345678901234567890123456789012345678901234567890b"}]"#,
            r#"[{"id": "xnx", "domains": ["münchen.example", "A.Example."]}]"#,
            r#"{"file": "tenants.csv"}"#,
            r#"{"url": "https://a.example/tenants?x=1", "headers": {"Authorization": "Bearer ${env:A}"}, "refresh": "5m"}"#,
            r#"{"url": "${env:ALL}"}"#,
            r#"{"command": ["node", "tenants.js"], "refresh": "24h"}"#,
        ]
        .map(with_tenants),
    );
    good.extend(
        [
            r#""host": "{tenant}.localhost:3000""#,
            r#""host": "[::1]:{port}""#,
            r#""host": "${env:HOST}""#,
            r#""headers": {"X_!#$%&'*+.^`|~": "{ not a variable }"}"#,
            r#""headers": {"hosts": "", "te-st": "a"}"#,
            r#""timeout": 86400, "access": "full""#,
            r#""tenants": {"no label at all": null}"#,
            r#""tls": {"insecure": true}"#,
        ]
        .map(with_preview),
    );
    good.extend(
        [
            r#""name": "a", "upstream": "HTTPS://A.Example:443/""#,
            r#""name": "a", "upstream": "${env:UP}""#,
            r#""name": "a", "upstream": "ftp${env:UP}""#,
            r#""name": "a", "upstream": "https://{tenant}.{domain}:8443""#,
            r#""git": "/absolute/folder", "copy": ["config/**/*.json", "a..b", "..."]"#,
            r#""vercel": {"project": "prj_1"}"#,
            r#""template": "http://{tenant}---{branch}.a.example", "git": ".""#,
        ]
        .map(with_source),
    );
    good.extend(
        [
            r#""destination": null"#,
            r#""destination": "/{tenant}/$1?a={not b}""#,
            r#""has": [], "missing": []"#,
            r#""has": [{"type": "cookie", "key": "a"}]"#,
            r#""has": [{"type": "query", "key": "a", "value": ""}]"#,
        ]
        .map(with_rule),
    );
    for text in good {
        let parsed = parse(&text, "t.json");
        assert!(parsed.workspace.is_some(), "{text}: {:#?}", parsed.problems);
        assert_eq!(objections(&json(&text)), [""; 0], "{text}");
    }
}

#[test]
fn bad_documents_are_refused_by_both() {
    let mut bad: Vec<String> = [
        "null",
        "[]",
        "1",
        r#""w""#,
        "{}",
        r#"{"name": ""}"#,
        r#"{"name": "  "}"#,
        r#"{"name": null}"#,
        r#"{"name": "w", "$schema": 1}"#,
        r#"{"name": "w", "prefix": null}"#,
        r#"{"name": "w", "prefix": "tenant"}"#,
        r#"{"name": "w", "prefix": ["1"]}"#,
        r#"{"name": "w", "prefix": ["a b"]}"#,
        r#"{"name": "w", "prefix": ["port"]}"#,
        r#"{"name": "w", "prefix": ["tenant", "tenant"]}"#,
        r#"{"name": "w", "tenancy": "path"}"#,
        r#"{"name": "w", "tenancy": {}}"#,
        r#"{"name": "w", "tenancy": {"kind": "subdomain"}}"#,
        r#"{"name": "w", "pages": [{"name": "a"}]}"#,
        r#"{"name": "w", "pages": [{"name": "a", "path": "a"}]}"#,
        r#"{"name": "w", "pages": [{"name": "a", "path": "//a"}]}"#,
        r#"{"name": "w", "pages": [{"name": "a", "path": "/", "tenants": {"a": null}}]}"#,
        r#"{"name": "w", "rules": [{"source": "/"}]}"#,
        r#"{"name": "w", "rules": [{"by": "app"}]}"#,
        r#"{"name": "w", "rules": [{"by": "me", "source": "/"}]}"#,
        r#"{"name": "w", "rules": [{"by": "app", "source": "a"}]}"#,
    ]
    .map(str::to_owned)
    .into();
    bad.extend(
        [
            "null",
            "{}",
            "1",
            r#""tenants.csv""#,
            r#"["acme"]"#,
            r#"[{"name": "a"}]"#,
            r#"[{"id": ""}]"#,
            r#"[{"id": "A"}]"#,
            r#"[{"id": "a---b"}]"#,
            r#"[{"id": "-a"}]"#,
            r#"[{"id": "a-"}]"#,
            r#"[{"id": "xn"}]"#,
            r#"[{"id": "xn--a"}]"#,
            r#"[{"id": "ü"}]"#,
            r#"[{"id": "a01234567890123456789012345678901234567890123456789012345678901b"}]"#,
            r#"[{"id": "a", "color": "red"}]"#,
            r##"[{"id": "a", "color": "#fff"}]"##,
            r#"[{"id": "a", "domains": "a.example"}]"#,
            r#"[{"id": "a", "domains": ["https://a.example"]}]"#,
            r#"[{"id": "a", "domains": ["a.example:80"]}]"#,
            r#"[{"id": "a", "domains": [""]}]"#,
            r#"[{"id": "a", "locale": "en_US"}]"#,
            r#"[{"id": "a", "locale": "1"}]"#,
            r#"[{"id": "a", "tags": [""]}]"#,
            r#"[{"id": "a", "name": null}]"#,
            r#"{"file": "a", "url": "https://a.example"}"#,
            r#"{"file": ""}"#,
            r#"{"file": "a", "refresh": "5m"}"#,
            r#"{"url": "https://a.example", "refresh": 5}"#,
            r#"{"url": "https://a.example", "refresh": "5 minutes"}"#,
            r#"{"url": "https://a.example", "headers": {"host": "a"}}"#,
            r#"{"command": "node tenants.js"}"#,
            r#"{"command": []}"#,
            r#"{"command": [""]}"#,
        ]
        .map(with_tenants),
    );
    bad.extend(
        [
            r#""host": """#,
            r#""host": "http://a""#,
            r#""headers": []"#,
            r#""headers": {"": "a"}"#,
            r#""headers": {"a b": "a"}"#,
            r#""headers": {"HOST": "a"}"#,
            r#""headers": {"Transfer-Encoding": "a"}"#,
            r#""headers": {"a": "ü"}"#,
            r#""headers": {"a": 1}"#,
            r#""headers": {"a": null}"#,
            r#""access": "readonly""#,
            r#""access": null"#,
            r#""tenants": {"a": "b"}"#,
            r#""tenants": {"a": {}}"#,
            r#""tenants": {"a": {"id": "B"}}"#,
            r#""tls": true"#,
            r#""tls": {"ca": ""}"#,
            r#""tls": {"insecure": 1}"#,
            r#""timeout": 0"#,
            r#""timeout": 86401"#,
            r#""timeout": 1.5"#,
            r#""timeout": "5s""#,
        ]
        .map(with_preview),
    );
    bad.extend(
        [
            "",
            r#""name": "a""#,
            r#""upstream": "http://a""#,
            r#""name": "a", "upstream": """#,
            r#""name": "a", "upstream": "localhost:3000""#,
            r#""name": "a", "upstream": "ftp://a""#,
            r#""name": "A", "upstream": "http://a""#,
            r#""git": 1"#,
            r#""setup": "npm ci""#,
            r#""git": ".", "name": "a""#,
            r#""git": ".", "upstream": "http://a""#,
            r#""git": ".", "copy": ["../secrets"]"#,
            r#""git": ".", "copy": ["/etc/passwd"]"#,
            r#""git": ".", "copy": [""]"#,
            r#""git": ".", "copy": ".env""#,
            r#""git": ".", "vercel": {"project": "a"}"#,
            r#""vercel": "my-app""#,
            r#""vercel": {}"#,
            r#""vercel": {"project": ""}"#,
            r#""template": "https://a.example""#,
            r#""template": "{branch}.a.example""#,
            r#""template": "https://{branch}.a.example", "dev": "npm run dev""#,
        ]
        .map(with_source),
    );
    bad.extend(
        [
            r#""destination": 1"#,
            r#""destination": "a""#,
            r#""destination": "https://a.example""#,
            r#""has": {}"#,
            r#""has": [{"key": "a"}]"#,
            r#""has": [{"type": "header"}]"#,
            r#""has": [{"type": "body", "key": "a"}]"#,
            r#""has": [{"type": "host"}]"#,
            r#""has": [{"type": "host", "key": "a", "value": "b"}]"#,
            r#""has": [{"type": "header", "key": ""}]"#,
            r#""missing": [{"type": "header", "key": "a", "value": 1}]"#,
        ]
        .map(with_rule),
    );
    for text in bad {
        let parsed = parse(&text, "t.json");
        assert!(parsed.workspace.is_none(), "the parser takes {text}");
        assert!(is_refused(&json(&text)), "the schema takes {text}");
    }
}

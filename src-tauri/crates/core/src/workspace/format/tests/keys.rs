//! The same keys, everywhere. The parser is asked for its own by an unknown one.

use std::collections::BTreeSet;

use super::*;

/// A document for every object of the format, with `{}` where its keys go.
const OBJECTS: [(&str, &str); 17] = [
    ("", "{}"),
    ("Tenant", r#"{"name": "w", "tenants": [{}]}"#),
    (
        "TenantsIn",
        r#"{"name": "w", "tenants": {"file": "a", {}}}"#,
    ),
    (
        "TenantsAt",
        r#"{"name": "w", "tenants": {"url": "https://a.example", {}}}"#,
    ),
    (
        "TenantsBy",
        r#"{"name": "w", "tenants": {"command": ["a"], {}}}"#,
    ),
    (
        "NamedPreview",
        r#"{"name": "w", "previews": [{"name": "a", {}}]}"#,
    ),
    (
        "GitSource",
        r#"{"name": "w", "previews": [{"git": ".", {}}]}"#,
    ),
    (
        "VercelSource",
        r#"{"name": "w", "previews": [{"vercel": {"project": "a"}, {}}]}"#,
    ),
    (
        "TemplateSource",
        r#"{"name": "w", "previews": [{"template": "https://{branch}.a", {}}]}"#,
    ),
    (
        "VercelProject",
        r#"{"name": "w", "previews": [{"vercel": {}}]}"#,
    ),
    (
        "Tls",
        r#"{"name": "w", "previews": [{"git": ".", "tls": {}}]}"#,
    ),
    (
        "OtherId",
        r#"{"name": "w", "previews": [{"git": ".", "tenants": {"a": {}}}]}"#,
    ),
    ("Page", r#"{"name": "w", "pages": [{}]}"#),
    ("Tenancy", r#"{"name": "w", "tenancy": {}}"#),
    ("Rule", r#"{"name": "w", "rules": [{}]}"#),
    (
        "FieldCondition",
        r#"{"name": "w", "rules": [{"by": "app", "source": "/", "has": [{}]}]}"#,
    ),
    (
        "HostCondition",
        r#"{"name": "w", "rules": [{"by": "app", "source": "/", "has": [{"type": "host", "value": "a", {}}]}]}"#,
    ),
];

/// The document with a key that nobody knows.
fn with_unknown(document: &str) -> String {
    let unknown = r#""not-a-key": 1"#;
    if document.contains(", {}}") {
        document.replacen("{}", unknown, 1)
    } else {
        document.replacen("{}", &format!("{{{unknown}}}"), 1)
    }
}

fn keys_of_parser(document: &str) -> BTreeSet<String> {
    let parsed = parse(&with_unknown(document), "t.json");
    let unknown =
        |problem: &&crate::workspace::Problem| problem.found == "the unknown key \"not-a-key\"";
    let problem = parsed.problems.iter().find(unknown);
    let problem = problem.unwrap_or_else(|| panic!("{document}: {:#?}", parsed.problems));
    let keys = problem.wanted.strip_prefix("one of ").unwrap();
    keys.split(", ").map(str::to_owned).collect()
}

fn keys_of_schema(name: &str) -> BTreeSet<String> {
    let object = match name {
        "" => &*SCHEMA,
        name => &SCHEMA["definitions"][name],
    };
    let properties = object["properties"].as_object();
    properties
        .unwrap_or_else(|| panic!("{name}"))
        .keys()
        .cloned()
        .collect()
}

#[test]
fn parser_and_schema_know_the_same_keys() {
    for (name, document) in OBJECTS {
        let mut parser = keys_of_parser(document);
        if name == "HostCondition" {
            // The parser reads every condition by the same keys, and then says that a host has
            // none; `judged` holds the schema to that.
            assert!(parser.remove("key"));
        }
        assert_eq!(parser, keys_of_schema(name), "{name}");
    }
}

#[test]
fn no_object_of_the_schema_is_left_out() {
    let definitions = SCHEMA["definitions"].as_object().unwrap();
    let with_keys = definitions
        .iter()
        .filter(|(_, of)| of.get("properties").is_some());
    let names: BTreeSet<&str> = with_keys.map(|(name, _)| name.as_str()).collect();
    let listed: BTreeSet<&str> = OBJECTS
        .iter()
        .map(|(name, _)| *name)
        .filter(|name| !name.is_empty())
        .collect();
    assert_eq!(names, listed);
}

#[test]
fn an_unknown_key_is_refused_by_both_everywhere() {
    for (_, document) in OBJECTS {
        let text = with_unknown(document);
        assert!(is_refused(&json(&text)), "{text}");
        assert!(parse(&text, "t.json").workspace.is_none(), "{text}");
    }
}

#[test]
fn the_rich_document_has_every_key_there_is() {
    fn keys(value: &Value, found: &mut BTreeSet<String>) {
        match value {
            Value::Object(map) => {
                found.extend(map.keys().cloned());
                map.values().for_each(|value| keys(value, found));
            }
            Value::Array(array) => array.iter().for_each(|value| keys(value, found)),
            _ => {}
        }
    }
    let mut found = BTreeSet::new();
    keys(&json(RICH), &mut found);
    // How tenants are listed elsewhere stands in `judged`.
    found.extend(["file", "url", "command", "refresh"].map(str::to_owned));
    for (name, _) in OBJECTS {
        let missing: Vec<_> = keys_of_schema(name).difference(&found).cloned().collect();
        assert_eq!(missing, [""; 0], "{name}");
    }
}

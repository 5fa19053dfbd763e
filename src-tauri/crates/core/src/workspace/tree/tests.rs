use jsonc_parser::{CollectOptions, parse_to_ast};
use proptest::prelude::*;

use super::super::syntax::options;
use super::{Tree, Value, strict};

const WHOLE: &str = include_str!("../parse/whole.json");

/// What the JSON parser makes of a text, as a tree of ours.
fn parsed(text: &str) -> Option<Tree<'_>> {
    let parsed = parse_to_ast(text, &CollectOptions::default(), &options(false)).ok()?;
    Some(Tree::of(text, &parsed.value?))
}

/// Whatever the strict reader takes is what the JSON parser takes, at the same places.
fn agrees(text: &str) {
    if let Some(tree) = strict(text) {
        assert_eq!(Some(tree), parsed(text), "{text}");
    }
}

/// Both take a text.
fn both(text: &str) {
    let tree = strict(text);
    assert!(tree.is_some(), "{text}");
    assert_eq!(tree, parsed(text), "{text}");
}

#[test]
fn json_is_read_without_the_json_parser() {
    both(WHOLE);
    both(&WHOLE.replace(['\n', ' '], ""));
    both(&WHOLE.replace('\n', "\r\n\t"));
    for value in [
        "null",
        "true",
        "false",
        "0",
        "-0",
        "12",
        "-1.50",
        "1e9",
        "2.5E-3",
        "[]",
        "{}",
        " [ ] ",
        "{ }",
        r#""""#,
        r#""é – 日""#,
        r#""\" \\ \/ \b \f \n \r \t""#,
        r#""\u00e9\ud83d\ude00""#,
        r#"{"a\"b": [1, {"c": null}], "a\"b": 2}"#,
        "\"a\tb\"",
    ] {
        both(value);
        both(&format!("{{\"a\": [{value}, {value}], \"b\": {value}}}\n"));
    }
}

#[test]
fn anything_else_is_left_to_the_json_parser() {
    for text in [
        "",
        " ",
        "{",
        "[",
        "\"",
        "\"\\",
        "\"\\\"",
        "[1",
        "[1,",
        "[1,]",
        "[,]",
        "[1 2]",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{a: 1}",
        "{1: 1}",
        "{'a': 1}",
        "['a']",
        "// a\n1",
        "1 // a",
        "[1 /* a */]",
        "01",
        "-",
        "-a",
        "1.",
        ".5",
        "+1",
        "1e",
        "1e+",
        "0x1",
        "NaN",
        "Infinity",
        "-Infinity",
        "nul",
        "nulla",
        "truefalse",
        "True",
        "1 2",
        "[]]",
        "{}}",
        "\"\\x41\"",
        "\"\\u12\"",
        "\"\\ud800\"",
        "\"\\\n\"",
        "\u{feff}1",
        "[1,\u{a0}2]",
        "[1,\u{b}2]",
        "\"a\\n\u{1}\"",
    ] {
        assert_eq!(strict(text), None, "{text}");
    }
    let deep = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    both(&deep(64));
    assert_eq!(strict(&deep(65)), None);
}

#[test]
fn values_know_where_they_stand() {
    let text = r#" {"a": [true, "x\ty"], "b": -1, "c": null} "#;
    let tree = strict(text).unwrap();
    let object = tree.root().as_object().unwrap();
    let written = |value: Value<'_>| text[value.range().start..value.range().end].to_owned();
    assert_eq!(object.len(), 3);
    let properties: Vec<_> = object.properties().collect();
    assert_eq!(written(tree.root()), text.trim());
    assert_eq!(properties[0].name().as_str(), "a");
    assert_eq!(properties[0].name().range().start, 2);
    let elements: Vec<_> = properties[0]
        .value()
        .as_array()
        .unwrap()
        .elements()
        .collect();
    assert_eq!(elements[0].as_boolean(), Some(true));
    assert_eq!(elements[1].as_text().unwrap().as_str(), "x\ty");
    assert_eq!(written(elements[1]), r#""x\ty""#);
    assert_eq!(properties[1].value().as_number(), Some("-1"));
    assert!(properties[2].value().is_null());
}

/// Pieces of JSON, and of what is nearly JSON, in any order.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "{", "}", "[", "]", ",", ":", " ", "\n", "\"a\"", "\"b\\n\"", "\"", "\\", "1", "-", "0",
        ".5", "e1", "true", "null", "'a'", "a", "é", "\u{a0}", "//", "/*", "*/", "\\u0041", "\t",
    ]);
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn never_disagrees_with_the_json_parser(text in pieces()) {
        agrees(&text);
        agrees(&format!("[{text}]"));
        agrees(&format!("{{\"a\":{text}}}"));
        agrees(&format!("\"{text}\""));
    }

    #[test]
    fn never_disagrees_about_a_broken_file(at in 0..WHOLE.len(), cut in 0..3_usize, put in pieces()) {
        prop_assume!(WHOLE.is_char_boundary(at));
        let rest = WHOLE[at..].char_indices().nth(cut).map_or("", |(end, _)| &WHOLE[at + end..]);
        agrees(&format!("{}{put}{rest}", &WHOLE[..at]));
    }

    #[test]
    fn reads_whatever_is_written_as_json(value in json()) {
        both(&value.to_string());
        both(&serde_json::to_string_pretty(&value).unwrap());
    }
}

fn json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<f64>().prop_map(Into::into),
        any::<String>().prop_map(Into::into),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Into::into),
            prop::collection::vec((any::<String>(), inner), 0..6)
                .prop_map(|fields| serde_json::Value::Object(fields.into_iter().collect())),
        ]
    })
}

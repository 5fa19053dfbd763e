use proptest::prelude::*;
use serde::Deserialize;

use super::*;

/// Verdicts of the npm package, made by `make.mjs` beside it.
const TABLE: &str = include_str!("../../../../../tests/fixtures/path-to-regexp/table.json");

#[derive(Deserialize)]
struct Table {
    version: String,
    paths: Vec<String>,
    patterns: Vec<Row>,
    destinations: Vec<Destination>,
}

#[derive(Deserialize)]
struct Row {
    mode: String,
    source: String,
    error: Option<String>,
    #[serde(default)]
    matches: BTreeMap<String, BTreeMap<String, Value>>,
}

#[derive(Deserialize)]
struct Destination {
    destination: String,
    params: BTreeMap<String, Value>,
    path: Option<String>,
}

#[derive(Deserialize, Clone)]
#[serde(untagged)]
enum Value {
    One(String),
    Many(Vec<String>),
}

fn params(values: &BTreeMap<String, Value>) -> Params {
    let value = |value: &Value| match value {
        Value::One(text) => ParamValue::One(text.clone()),
        Value::Many(texts) => ParamValue::Many(texts.clone()),
    };
    values
        .iter()
        .map(|(name, found)| (name.clone(), value(found)))
        .collect()
}

/// Sources that the package takes and we refuse, each on purpose: a named group would shift the
/// numbering of the captures, and makes the package itself throw at the first match.
const REFUSED: [&str; 1] = ["/:a(?<name>x)"];

fn table() -> Table {
    serde_json::from_str(TABLE).expect("make.mjs writes good JSON")
}

#[test]
fn every_verdict_is_that_of_the_npm_package() {
    let table = table();
    assert!(table.version.starts_with("6."));
    let (mut checked, mut wrong) = (0, Vec::new());
    for row in &table.patterns {
        let mode = if row.mode == "app" {
            Mode::App
        } else {
            Mode::Proxy
        };
        let (mode_name, source) = (&row.mode, &row.source);
        let pattern = match Pattern::parse(source, mode) {
            Ok(pattern) if row.error.is_none() => pattern,
            Ok(_) => {
                wrong.push(format!(
                    "{mode_name} {source}: accepted, refused there: {:?}",
                    row.error
                ));
                continue;
            }
            Err(error) => {
                if row.error.is_none() && !REFUSED.contains(&source.as_str()) {
                    wrong.push(format!(
                        "{mode_name} {source}: refused, accepted there: {error}"
                    ));
                }
                continue;
            }
        };
        for path in &table.paths {
            checked += 1;
            let wanted = row.matches.get(path).map(params);
            let found = pattern.matches(path);
            if found != wanted {
                wrong.push(format!(
                    "{mode_name} {source} on {path}: {found:?}, there {wanted:?}"
                ));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong[..wrong.len().min(60)].join("\n")
    );
    assert!(checked > 20_000, "{checked} verdicts");
}

#[test]
fn every_destination_is_that_of_the_npm_package() {
    for row in table().destinations {
        let found = compile(&row.destination, &params(&row.params)).ok();
        assert_eq!(found, row.path, "{}", row.destination);
    }
}

#[test]
fn refusals_say_where() {
    for (source, at, words) in [
        ("/a/:", 3, "no parameter name"),
        ("/a/(", 3, "not closed"),
        ("/a/()", 3, "empty group"),
        ("/a/(b(c))", 5, "capturing group"),
        ("/a/(?b)", 4, "cannot start with"),
        ("/:a:b", 3, "no text between them"),
        ("/a{b", 4, "the end where } was wanted"),
        ("/a\\", 2, "backslash"),
    ] {
        let error = Pattern::parse(source, Mode::Proxy).unwrap_err();
        assert_eq!(error.at, at, "{error}");
        assert!(error.reason.contains(words), "{error}");
    }
}

#[test]
fn a_pattern_that_backtracks_without_end_is_given_up() {
    let pattern = Pattern::parse("/((?:a+)+(?!b)c)", Mode::Proxy).unwrap();
    assert_eq!(pattern.matches(&format!("/{}", "a".repeat(200))), None);
}

#[test]
fn costly_sources_are_found_and_mended_without_a_request() {
    for (source, instead) in [
        ("/((?:a+)+(?!b)c)", Some("/((?:a)+(?!b)c)")),
        (
            "/shop/:id((?!x)(?:[a-z]+-?)+)/end",
            Some("/shop/:id((?!x)(?:[a-z]-?)+)/end"),
        ),
        // An alternative that is there twice is in no quantifier.
        ("/((?:a|a)*(?!b)c)", None),
    ] {
        for mode in [Mode::App, Mode::Proxy] {
            let pattern = Pattern::parse(source, mode).unwrap();
            let costly = pattern.costly().unwrap_or_else(|| panic!("{source}"));
            assert_eq!(
                pattern.try_matches(&costly.example),
                Err(GaveUp),
                "{source}"
            );
            assert_eq!(costly.instead.as_deref(), instead, "{source}");
        }
    }
    for source in [
        "/((?!api|_next/static|_next/image|favicon.ico).*)",
        "/((?!api/|_next/|_static/|_vercel|[\\w-]+\\.\\w+).*)",
        "/:path*",
        "/:a-:b-:c",
        // Nothing looks around, so nothing backtracks.
        "/((?:a+)+c)",
        "/((?!api).*)/:path*",
    ] {
        for mode in [Mode::App, Mode::Proxy] {
            assert_eq!(
                Pattern::parse(source, mode).unwrap().costly(),
                None,
                "{source}"
            );
        }
    }
    let value = ValuePattern::parse("(x+x+)+(?!z)y").unwrap();
    assert_eq!(
        value.costly().unwrap().instead.as_deref(),
        Some("(x+x+)(?!z)y")
    );
    assert_eq!(
        ValuePattern::parse("(?<shop>.*)\\.example")
            .unwrap()
            .costly(),
        None
    );
}

#[test]
fn the_longest_path_stays_under_the_limit() {
    // What a sound pattern can be asked at most: a lookahead at each of 16 KiB.
    let pattern = Pattern::parse("/((?:(?!x).)+)", Mode::App).unwrap();
    let path = format!("/{}", "a".repeat(16 * 1024));
    assert!(pattern.try_matches(&path).unwrap().is_some());
}

#[test]
fn what_would_fill_the_memory_is_refused() {
    for source in ["/((?:a{1000}){1000})", "/((?!b)(?:\\S{1000}){1000})"] {
        let error = Pattern::parse(source, Mode::Proxy).unwrap_err();
        assert!(error.reason.contains("not a regular expression"), "{error}");
    }
    let long = format!("/({})", "a|".repeat(20_000) + "b");
    let error = Pattern::parse(&long, Mode::Proxy).unwrap_err();
    assert!(error.reason.contains("at most 16384"), "{error}");
}

#[test]
fn values_are_matched_as_next_joins_them() {
    for (source, value, wanted) in [
        ("1", "1", true),
        ("1", "11", false),
        ("a|b", "ax", true),
        ("a|b", "xb", true),
        ("(?<name>.*)", "anything", true),
        ("[\\w-]+", "a-b", true),
    ] {
        assert_eq!(
            ValuePattern::parse(source)
                .unwrap()
                .matches(value)
                .is_some(),
            wanted,
            "{source} {value}"
        );
    }
    assert!(ValuePattern::parse("(").is_err());
}

proptest! {
    #[test]
    fn no_source_panics(source in "[/:a-c(){}?*+|\\\\\\[\\]^$.!<=>0-9,-]{0,24}", path in "/[a-c/.-]{0,12}") {
        for mode in [Mode::App, Mode::Proxy] {
            if let Ok(pattern) = Pattern::parse(&source, mode) {
                pattern.matches(&path);
            }
        }
        if let Ok(value) = ValuePattern::parse(&source) {
            value.matches(&path);
        }
        let _ = compile(&source, &Params::new()).is_ok();
    }

    #[test]
    fn an_escaped_value_is_taken_literally(value in "[ -~]{0,24}") {
        prop_assert_eq!(compile(&escape(&value), &Params::new()).unwrap(), value);
    }

    #[test]
    fn a_literal_path_matches_itself_only(path in "(/[a-z0-9_~-]{1,8}){1,4}", other in "(/[a-z0-9_~-]{1,8}){1,4}") {
        let pattern = Pattern::parse(&path, Mode::Proxy).unwrap();
        prop_assert_eq!(pattern.matches(&other).is_some(), path == other);
        prop_assert!(pattern.matches(&path).is_some());
    }
}

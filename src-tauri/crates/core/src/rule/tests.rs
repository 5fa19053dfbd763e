use http::{HeaderMap, HeaderName, HeaderValue};

use super::*;

fn view<'a>(
    path: &'a str,
    headers: &'a HeaderMap,
    value: &'a dyn Fn(&str) -> Option<String>,
) -> RequestView<'a> {
    let (path, query) = match path.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (path, None),
    };
    RequestView {
        path,
        query,
        headers,
        host: "Acme.Example.com:3000",
        value,
    }
}

fn rules(text: &str) -> Vec<Rule> {
    let whole = format!(
        r#"{{ "name": "w", "previews": [{{ "name": "main", "upstream": "http://localhost:3000" }}], "rules": [{text}] }}"#
    );
    crate::testing::snapshot(&whole).workspace.rules.clone()
}

fn leads(
    rule: &str,
    path: &str,
    fields: &[(&'static str, &'static str)],
) -> Result<String, String> {
    let mut headers = HeaderMap::new();
    for (name, value) in fields {
        headers.append(
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        );
    }
    let value = |name: &str| (name == "tenant").then(|| "a:cme".to_owned());
    let rules = rules(rule);
    let by = rules[0].by;
    let told = evaluate(&rules, by, &view(path, &headers, &value));
    match told.winner {
        Some(winner) => Ok(winner
            .target
            .map_or("leave".to_owned(), |target| target.to_string())),
        None => Err(told.verdicts[0].reason.clone()),
    }
}

#[test]
fn conditions() {
    let rule = |condition: &str| {
        format!(r#"{{ "by": "proxy", "source": "/:p*", "destination": "/x/:p*", {condition} }}"#)
    };
    let has = |entry: &str| rule(&format!("\"has\": [{entry}]"));
    let missing = |entry: &str| rule(&format!("\"missing\": [{entry}]"));
    for (rule, path, fields, wanted) in [
        (
            has(r#"{ "type": "header", "key": "X-A" }"#),
            "/p",
            &[("x-a", "1")][..],
            true,
        ),
        (
            has(r#"{ "type": "header", "key": "X-A" }"#),
            "/p",
            &[],
            false,
        ),
        (
            has(r#"{ "type": "header", "key": "x-a" }"#),
            "/p",
            &[("x-a", "")],
            false,
        ),
        (
            has(r#"{ "type": "header", "key": "x-a", "value": "1, 2" }"#),
            "/p",
            &[("x-a", "1"), ("x-a", "2")],
            true,
        ),
        (
            has(r#"{ "type": "header", "key": "x-a", "value": "1" }"#),
            "/p",
            &[("x-a", "11")],
            false,
        ),
        (
            has(r#"{ "type": "cookie", "key": "a", "value": "1" }"#),
            "/p",
            &[("cookie", "b=2; a=1")],
            true,
        ),
        (
            has(r#"{ "type": "cookie", "key": "a" }"#),
            "/p",
            &[("cookie", "aa=1")],
            false,
        ),
        (
            has(r#"{ "type": "cookie", "key": "__Host-a", "value": "1" }"#),
            "/p",
            &[("cookie", "tripledash-__Host-a=1")],
            true,
        ),
        (
            has(r#"{ "type": "query", "key": "a", "value": "x y" }"#),
            "/p?a=1&a=x+y",
            &[],
            true,
        ),
        (has(r#"{ "type": "query", "key": "a" }"#), "/p", &[], false),
        (
            has(r#"{ "type": "host", "value": "acme.example.com" }"#),
            "/p",
            &[],
            true,
        ),
        (
            has(r#"{ "type": "host", "value": "example.com" }"#),
            "/p",
            &[],
            false,
        ),
        (
            missing(r#"{ "type": "header", "key": "x-a" }"#),
            "/p",
            &[],
            true,
        ),
        (
            missing(r#"{ "type": "header", "key": "x-a" }"#),
            "/p",
            &[("x-a", "1")],
            false,
        ),
        (
            missing(r#"{ "type": "header", "key": "x-a", "value": "2" }"#),
            "/p",
            &[("x-a", "1")],
            true,
        ),
    ] {
        let told = leads(&rule, path, fields);
        assert_eq!(told.is_ok(), wanted, "{rule} {path} {fields:?}: {told:?}");
    }
}

#[test]
fn what_a_condition_captures_is_a_parameter() {
    let rule = r#"{ "by": "proxy", "source": "/:p", "destination": "/:shop/:p",
        "has": [{ "type": "host", "value": "(?<shop>[a-z]+)\\.example\\.com" }] }"#;
    assert_eq!(leads(rule, "/p", &[]).as_deref(), Ok("/acme/p"));
}

#[test]
fn destinations() {
    for (source, destination, path, wanted) in [
        ("/:a", "/x/:a", "/1", Ok("/x/1")),
        ("/:a", "/x", "/1", Ok("/x?a=1")),
        ("/:a", "/x", "/1?b=2", Ok("/x?b=2&a=1")),
        ("/:a", "/x?y=:a", "/1", Ok("/x?y=1&a=1")),
        ("/:a", "/x/:a?y=2", "/1?y=1&z=3", Ok("/x/1?z=3&y=2")),
        ("/:a*", "/x?y=:a*", "/1/2", Ok("/x?y=1/2&a=1&a=2")),
        ("/b/:a?", "/x/:a?", "/b", Ok("/x")),
        ("/:a?", "/x/:a?/y", "/1", Ok("/x/1/y")),
        ("/(.*)", "/$1/$1", "/1?q", Ok("/1/1?q")),
        ("/(a)?/b", "/$1", "/b", Err("$1")),
        ("/(.*)", "/$2", "/1", Err("$2")),
        ("/(.*)", "/cost$", "/1", Ok("/cost$")),
        ("/(.*)", "/{tenant}/$1", "/a:b", Ok("/a:cme/a:b")),
        ("/(.*)", "/$1", "/a(b)%7Bc%7D*", Ok("/a(b)%7Bc%7D*")),
        ("/:a*", "/x/:a", "/1/2", Err(":a*")),
        ("/:a", "/x/:b", "/1", Err(":b")),
        ("/:a", "/x#y", "/1", Ok("/x?a=1")),
    ] {
        let rule =
            format!(r#"{{ "by": "proxy", "source": {source:?}, "destination": {destination:?} }}"#);
        match (leads(&rule, path, &[]), wanted) {
            (Ok(found), Ok(wanted)) => assert_eq!(found, wanted, "{source} {destination} {path}"),
            (Err(reason), Err(words)) => assert!(reason.contains(words), "{reason}"),
            (found, wanted) => {
                panic!("{source} {destination} {path}: {found:?}, wanted {wanted:?}")
            }
        }
    }
}

#[test]
fn an_app_rule_predicts_a_bare_path() {
    for (destination, path, wanted) in [
        ("/{tenant}/:p*", "/a/b/", "/a:cme/a/b"),
        ("/{tenant}/:p*", "/", "/a:cme"),
        ("/x/:p*?y=1", "/a", "/x/a"),
    ] {
        let rule =
            format!(r#"{{ "by": "app", "source": "/:p*", "destination": {destination:?} }}"#);
        assert_eq!(
            leads(&rule, path, &[]).as_deref(),
            Ok(wanted),
            "{destination} {path}"
        );
    }
}

#[test]
fn an_app_rule_is_asked_about_the_decoded_path_too() {
    let rule = r#"{ "by": "app", "source": "/a b", "destination": "/x" }"#;
    assert_eq!(leads(rule, "/a%20b", &[]).as_deref(), Ok("/x"));
    let rule = r#"{ "by": "proxy", "source": "/a b", "destination": "/x" }"#;
    assert!(leads(rule, "/a%20b", &[]).is_err());
    // A sign is no digit.
    let rule = r#"{ "by": "app", "source": "/(a.b)", "destination": "/x" }"#;
    assert!(leads(rule, "/a%2eb", &[]).is_ok());
    assert!(leads(rule, "/a%+2b", &[]).is_err());
}

#[test]
fn the_first_match_of_a_kind_wins_and_the_rest_say_so() {
    let rules = rules(
        r#"{ "by": "app", "source": "/a", "destination": "/1" },
           { "by": "proxy", "source": "/:p", "destination": "/2/:p" },
           { "by": "app", "source": "/:p", "destination": "/3/:p" },
           { "by": "app", "source": "/:p*", "destination": "/4" }"#,
    );
    let headers = HeaderMap::new();
    let told = evaluate(&rules, RuleBy::App, &view("/b", &headers, &|_| None));
    let winner = told.winner.unwrap();
    assert_eq!(
        (winner.index, winner.target.unwrap().path.as_str()),
        (2, "/3/b")
    );
    let verdicts: Vec<_> = told
        .verdicts
        .iter()
        .map(|verdict| (verdict.index, verdict.matched))
        .collect();
    assert_eq!(verdicts, [(0, false), (2, true), (3, false)]);
    assert_eq!(told.verdicts[2].reason, "not asked: rule 2 had matched");
}

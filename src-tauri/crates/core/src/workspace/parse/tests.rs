use proptest::prelude::*;

use super::super::Access;
use super::*;
use crate::diagnostic::Severity;
use crate::trace::RuleBy;

mod json;
mod previews;
mod rules;
mod sources;
mod tenants;

/// The example of the design, word for word.
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

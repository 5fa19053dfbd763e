//! Destinations: one, then a path, then values.

use http::HeaderMap;
use tripledash_core::pattern::{Params, compile, escape};
use tripledash_core::rule::{RequestView, evaluate};
use tripledash_core::trace::{ParamValue, RuleBy};

use super::{snapshot, text};

pub(crate) fn run(input: &[u8]) {
    let text = text(input);
    let mut lines = text.split('\n');
    let destination = lines.next().unwrap_or_default();
    let path = lines.next().unwrap_or("/a/b");
    let value = lines.next().unwrap_or_default();

    assert_eq!(
        compile(&escape(value), &Params::new()).as_deref(),
        Ok(value),
        "a value is literal"
    );
    let one = Params::from([("a".to_owned(), ParamValue::One(value.to_owned()))]);
    assert_eq!(
        compile("/:a", &one),
        Ok(format!("/{value}")),
        "a value is not read again"
    );

    let quoted = serde_json_string(destination);
    let rule = |by: &str| {
        format!(r#"{{ "by": "{by}", "source": "/:a/:rest*", "destination": {quoted} }}"#)
    };
    let workspace = format!(
        r#"{{ "name": "w", "previews": [{{ "name": "main", "upstream": "http://localhost:1" }}],
           "rules": [{}, {}] }}"#,
        rule("proxy"),
        rule("app")
    );
    let Some(snapshot) = snapshot(&workspace) else {
        return;
    };
    let (path, query) = match path.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (path, None),
    };
    let headers = HeaderMap::new();
    let view = RequestView {
        path,
        query,
        headers: &headers,
        host: "acme---main.tripledash.localhost:7333",
        value: &|name| (name != "missing").then(|| value.to_owned()),
    };
    for by in [RuleBy::Proxy, RuleBy::App] {
        let told = evaluate(&snapshot.workspace.rules, by, &view);
        assert_eq!(told.verdicts.len(), 1);
        let winner = told.winner.and_then(|winner| winner.target);
        assert_eq!(winner.is_some(), told.verdicts[0].matched);
        let Some(target) = winner else { continue };
        assert!(target.path.starts_with('/'), "{target:?}");
        if by == RuleBy::App {
            assert_eq!(target.query, None);
        }
    }
}

/// A text as JSON writes it.
fn serde_json_string(text: &str) -> String {
    let mut out = String::from("\"");
    for char in text.chars() {
        match char {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            control if u32::from(control) < 0x20 => {
                out.push_str(&format!("\\u{:04x}", u32::from(control)));
            }
            other => out.push(other),
        }
    }
    out.push('"');
    out
}

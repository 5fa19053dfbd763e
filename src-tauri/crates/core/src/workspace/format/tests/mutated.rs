//! Good documents with one thing changed anywhere: neither reader may be alone with its verdict on
//! what a schema can see.

use proptest::prelude::*;

use super::*;

/// One change.
#[derive(Debug, Clone)]
enum Change {
    Replace(Value),
    Remove,
    Add(&'static str, Value),
}

fn value() -> impl Strategy<Value = Value> {
    let texts = prop_oneof![
        "[ -~]{0,12}",
        Just("acme".to_owned()),
        Just("/a".to_owned()),
        Just("http://a.example".to_owned()),
        Just("https://{branch}.a.example".to_owned()),
        Just("${env:A}".to_owned()),
        "[a-zA-Zü\\-.:/@*#{}$_ ]{0,10}",
    ];
    let plain = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-2i64..90_000).prop_map(Value::from),
        Just(Value::from(0.5)),
        texts.prop_map(Value::from),
    ];
    plain.prop_recursive(2, 6, 3, |inner| {
        let keys = prop_oneof![
            Just("id"),
            Just("name"),
            Just("git"),
            Just("url"),
            Just("kind"),
            Just("x")
        ];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::btree_map(keys.prop_map(str::to_owned), inner, 0..3)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

fn change() -> impl Strategy<Value = Change> {
    const KEYS: &[&str] = &[
        "name",
        "id",
        "git",
        "vercel",
        "template",
        "branches",
        "upstream",
        "branch",
        "setup",
        "key",
        "value",
        "tls",
        "file",
        "url",
        "command",
        "refresh",
        "kind",
        "tenants",
        "destination",
        "x",
    ];
    prop_oneof![
        3 => value().prop_map(Change::Replace),
        1 => Just(Change::Remove),
        2 => (prop::sample::select(KEYS), value()).prop_map(|(key, value)| Change::Add(key, value)),
    ]
}

/// Every place in a document, as a JSON pointer.
fn places(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                let key = key.replace('~', "~0").replace('/', "~1");
                places(value, &format!("{at}/{key}"), found);
            }
        }
        Value::Array(array) => {
            for (index, value) in array.iter().enumerate() {
                places(value, &format!("{at}/{index}"), found);
            }
        }
        _ => {}
    }
}

fn apply(document: &mut Value, place: &str, change: &Change) {
    match change {
        Change::Replace(value) => *document.pointer_mut(place).unwrap() = value.clone(),
        Change::Add(key, value) => {
            if let Some(map) = document.pointer_mut(place).and_then(Value::as_object_mut) {
                map.insert((*key).to_owned(), value.clone());
            }
        }
        Change::Remove => {
            let Some((parent, last)) = place.rsplit_once('/') else {
                return;
            };
            match document.pointer_mut(parent) {
                Some(Value::Object(map)) => {
                    map.remove(&last.replace("~1", "/").replace("~0", "~"));
                }
                Some(Value::Array(array)) => {
                    array.remove(last.parse().unwrap());
                }
                _ => {}
            }
        }
    }
}

fn seeds() -> Vec<Value> {
    let elsewhere = [
        r#"{"name": "w", "tenants": {"file": "tenants.csv"}, "previews": [{"git": "."}]}"#,
        r#"{"name": "w", "tenants": {"url": "https://a.example", "headers": {"a": "b"}, "refresh": "5m"}}"#,
        r#"{"name": "w", "tenants": {"command": ["node", "a.js"], "refresh": "90s"}}"#,
    ];
    [RICH, WHOLE]
        .into_iter()
        .chain(elsewhere)
        .map(json)
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn one_change_is_judged_alike(seed in 0usize..5, at in any::<prop::sample::Index>(), change in change()) {
        let mut document = seeds().swap_remove(seed);
        let mut all = Vec::new();
        places(&document, "", &mut all);
        let place = at.get(&all).clone();
        apply(&mut document, &place, &change);

        let parsed = parsed(&document);
        let refused = is_refused(&document);
        if refused {
            prop_assert!(
                parsed.has_errors(),
                "the schema refuses what the parser takes: {:?} in {document}",
                objections(&document)
            );
        }
        let structural = parsed.problems.iter().find(|problem| is_structural(&problem.found, &problem.wanted));
        if let Some(problem) = structural {
            prop_assert!(refused, "the schema takes what the parser refuses: {problem} in {document}");
        }
    }
}

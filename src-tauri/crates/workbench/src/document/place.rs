//! Edits at any place of the document, told by its path.

use jsonc_parser::cst::{CstInputValue, CstNode, CstObject};
use serde::Deserialize;
use serde_json::Value;

use super::blank::keep_blank_lines;
use super::compact::compact_value;
use super::edit::{Uneditable, add_fields, input, parse};
use super::layout::Layout;

/// One step of a path: an object's key, or an array's place from 0.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(untagged)]
pub enum Step {
    /// A place in an array.
    Index(usize),
    /// A key of an object.
    Key(String),
}

/// One edit of the document.
#[derive(Debug, Clone, PartialEq)]
pub struct PlaceEdit {
    /// Where: `["previews", 1, "host"]`. An array's length as the last step adds an element.
    pub path: Vec<Step>,
    /// What stands there by the editor's knowledge, `None` for nothing. Where it is something else
    /// by now, nothing is edited.
    pub before: Option<Value>,
    /// What is to stand there; `None` takes it out.
    pub after: Option<Value>,
}

/// Makes one edit.
pub(crate) fn edit_at(text: &str, edit: &PlaceEdit) -> Result<String, Uneditable> {
    let (root, object) = parse(text)?;
    let (last, way) = edit.path.split_last().ok_or_else(|| nowhere(&[]))?;
    let mut parent: CstNode = object.into();
    for (depth, step) in way.iter().enumerate() {
        parent = child(&parent, step).ok_or_else(|| nowhere(&edit.path[..=depth]))?;
    }
    let there = child(&parent, last);
    let found = there.as_ref().and_then(CstNode::to_serde_value);
    if !is_same(found.as_ref(), edit.before.as_ref()) {
        return Err(Uneditable::Changed {
            place: spelled(&edit.path),
        });
    }
    match (there, &edit.after) {
        (Some(node), Some(after)) => {
            replace(&parent, last, &node, after).ok_or_else(|| nowhere(&edit.path))?;
        }
        (Some(node), None) => remove(&parent, last, node),
        (None, Some(after)) => add(&parent, last, after).ok_or_else(|| nowhere(&edit.path))?,
        (None, None) => {}
    }
    Ok(keep_blank_lines(text, &root.to_string()))
}

/// Makes one edit, whatever stood there.
pub(crate) fn set_at(
    text: &str,
    path: Vec<Step>,
    after: Option<Value>,
) -> Result<String, Uneditable> {
    let before = serde_json::from_str::<Value>(text)
        .ok()
        .and_then(|document| {
            let mut way = path.iter();
            way.try_fold(&document, |value, step| match step {
                Step::Key(key) => value.get(key),
                Step::Index(at) => value.get(at),
            })
            .cloned()
        });
    let edit = PlaceEdit {
        path,
        before,
        after,
    };
    edit_at(text, &edit)
}

/// The value at a step, where there is one.
fn child(parent: &CstNode, step: &Step) -> Option<CstNode> {
    match step {
        Step::Key(key) => parent.as_object()?.get(key)?.value(),
        Step::Index(at) => parent.as_array()?.elements().into_iter().nth(*at),
    }
}

fn replace(parent: &CstNode, step: &Step, node: &CstNode, after: &Value) -> Option<()> {
    let layout = Layout::beside(Some(node), compact_value(after), || input(after));
    match (&layout, step) {
        // In an array's element's place, the tree builder would indent it as the array is.
        (Layout::Spread(_), Step::Index(at)) => {
            let array = parent.as_array()?;
            layout.put(|value| Some(array.insert(*at, value)))?;
            node.clone().remove();
        }
        _ => {
            layout.put(|value| put(node, value))?;
        }
    }
    Some(())
}

/// Whether two values are the same, numbers by what they are: `1.0` is `1` to whoever read it as a
/// browser does.
fn is_same(one: Option<&Value>, other: Option<&Value>) -> bool {
    let both = |one: &Value, other: &Value| is_same(Some(one), Some(other));
    match (one, other) {
        (Some(Value::Number(one)), Some(Value::Number(other))) => {
            one == other || one.as_f64().is_some() && one.as_f64() == other.as_f64()
        }
        (Some(Value::Array(one)), Some(Value::Array(other))) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| both(one, other))
        }
        (Some(Value::Object(one)), Some(Value::Object(other))) => {
            let same = |(key, one): (&String, &Value)| {
                other.get(key).is_some_and(|other| both(one, other))
            };
            one.len() == other.len() && one.iter().all(same)
        }
        (one, other) => one == other,
    }
}

/// Puts a value in a node's place.
fn put(node: &CstNode, value: CstInputValue) -> Option<CstNode> {
    if let Some(object) = node.as_object() {
        return object.replace_with(value);
    }
    if let Some(array) = node.as_array() {
        return array.replace_with(value);
    }
    if let Some(text) = node.as_string_lit() {
        return text.replace_with(value);
    }
    if let Some(number) = node.as_number_lit() {
        return number.replace_with(value);
    }
    if let Some(boolean) = node.as_boolean_lit() {
        return boolean.replace_with(value);
    }
    node.as_null_keyword()?.replace_with(value)
}

fn remove(parent: &CstNode, step: &Step, node: CstNode) {
    match step {
        Step::Key(key) => {
            let property = parent.as_object().and_then(|object| object.get(key));
            if let Some(property) = property {
                property.remove();
            }
        }
        Step::Index(_) => node.remove(),
    }
}

fn add(parent: &CstNode, step: &Step, value: &Value) -> Option<()> {
    match step {
        Step::Key(key) => {
            let object: CstObject = parent.as_object()?;
            add_fields(object, &[(key.clone(), value.clone())]);
        }
        Step::Index(at) => {
            let array = parent.as_array()?;
            let elements = array.elements();
            if *at != elements.len() {
                return None;
            }
            if elements.is_empty() && value.is_object() {
                array.ensure_multiline();
            }
            let layout = Layout::beside(elements.last(), compact_value(value), || input(value));
            layout.put(|value| Some(array.append(value)))?;
        }
    }
    Some(())
}

fn nowhere(path: &[Step]) -> Uneditable {
    Uneditable::Nowhere {
        place: spelled(path),
    }
}

/// `previews[1].host`.
fn spelled(path: &[Step]) -> String {
    let mut text = String::new();
    for step in path {
        match step {
            Step::Index(at) => text.push_str(&format!("[{at}]")),
            Step::Key(key) if text.is_empty() => text.push_str(key),
            Step::Key(key) => text.push_str(&format!(".{key}")),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    const TEXT: &str = r#"{
  "name": "w",
  "previews": [
    { "name": "main", "upstream": "http://localhost:3000" },
    { "git": ".", "dev": "vite" }
  ],
  "pages": []
}
"#;

    fn path(steps: Value) -> Vec<Step> {
        serde_json::from_value(steps).unwrap()
    }

    fn edited(
        steps: Value,
        before: Option<Value>,
        after: Option<Value>,
    ) -> Result<String, Uneditable> {
        let path = path(steps);
        edit_at(
            TEXT,
            &PlaceEdit {
                path,
                before,
                after,
            },
        )
    }

    #[test]
    fn every_place_can_be_edited_and_the_rest_stays() {
        for (steps, before, after, line) in [
            (
                json!(["previews", 1, "host"]),
                None,
                Some(json!("{tenant}.localhost:{port}")),
                r#"    { "git": ".", "dev": "vite", "host": "{tenant}.localhost:{port}" }"#,
            ),
            (
                json!(["previews", 1, "dev"]),
                Some(json!("vite")),
                Some(json!("next dev")),
                r#"    { "git": ".", "dev": "next dev" }"#,
            ),
            (
                json!(["previews", 0, "tenants"]),
                None,
                Some(json!({ "acme": { "id": "a" }, "beta": null })),
                r#""upstream": "http://localhost:3000", "tenants": { "acme": { "id": "a" }, "beta": null } },"#,
            ),
            (
                json!(["pages", 0]),
                None,
                Some(json!({ "name": "Home", "path": "/" })),
                r#"    { "name": "Home", "path": "/" }"#,
            ),
            (
                json!(["tenancy"]),
                None,
                Some(json!({ "kind": "path" })),
                r#"  "tenancy": {"#,
            ),
        ] {
            let text = edited(steps.clone(), before, after).unwrap();
            assert!(text.contains(line), "{steps}: {text}");
            let kept = TEXT
                .lines()
                .filter(|kept| text.lines().any(|now| now == *kept));
            assert!(kept.count() >= TEXT.lines().count() - 2, "{text}");
        }
    }

    #[test]
    fn what_spreads_is_indented_as_its_neighbours_are() {
        let long = "x".repeat(100);
        let before = json!({ "git": ".", "dev": "vite" });
        let after = json!({ "git": ".", "setup": long });
        let text = edited(json!(["previews", 1]), Some(before), Some(after.clone())).unwrap();
        let wanted = TEXT.replace(
            r#"    { "git": ".", "dev": "vite" }"#,
            &format!("    {{\n      \"git\": \".\",\n      \"setup\": \"{long}\"\n    }}"),
        );
        assert_eq!(text, wanted);
        // And once more, in the place of one that is spread already, and of the first.
        let path = path(json!(["previews", 1]));
        let again = PlaceEdit {
            path,
            before: Some(after),
            after: Some(json!({ "git": "." })),
        };
        let text = edit_at(&text, &again).unwrap();
        assert!(
            text.ends_with("    {\n      \"git\": \".\"\n    }\n  ],\n  \"pages\": []\n}\n"),
            "{text}"
        );
        let first = json!({ "name": "main", "upstream": "http://localhost:3000" });
        let text = edited(
            json!(["previews", 0]),
            Some(first),
            Some(json!({ "git": long })),
        );
        let line = "  \"previews\": [\n    {\n      \"git\": \"xxx";
        assert!(text.as_ref().unwrap().contains(line), "{text:?}");
        assert!(
            text.as_ref()
                .unwrap()
                .contains("\n    },\n    { \"git\": \".\""),
            "{text:?}"
        );
    }

    #[test]
    fn a_number_is_the_same_however_it_is_written() {
        let text = TEXT.replace("\"pages\": []", "\"x\": [1.0, { \"y\": 1e2 }]");
        let edit = |before: Value| {
            let edit = PlaceEdit {
                path: path(json!(["x"])),
                before: Some(before),
                after: None,
            };
            edit_at(&text, &edit)
        };
        assert!(edit(json!([1, { "y": 100 }])).is_ok());
        assert!(edit(json!([1, { "y": 101 }])).is_err());
        assert!(edit(json!([1, { "y": 100 }, 2])).is_err());
    }

    #[test]
    fn what_is_taken_out_is_gone() {
        let text = edited(
            json!(["previews", 0]),
            Some(json!({ "name": "main", "upstream": "http://localhost:3000" })),
            None,
        );
        let document: Value = serde_json::from_str(&text.unwrap()).unwrap();
        assert_eq!(document["previews"], json!([{ "git": ".", "dev": "vite" }]));
        let text = edited(json!(["name"]), Some(json!("w")), None).unwrap();
        assert!(!text.contains("\"w\""));
    }

    #[test]
    fn an_edit_that_knows_another_document_is_refused() {
        let changed = edited(json!(["name"]), Some(json!("v")), Some(json!("x")));
        assert_eq!(
            changed.unwrap_err().to_string(),
            "name is another by now: look at it again"
        );
        let nowhere = edited(json!(["rules", 3, "by"]), None, Some(json!("app")));
        assert!(matches!(nowhere, Err(Uneditable::Nowhere { place }) if place == "rules"));
        let gap = edited(json!(["pages", 1]), None, Some(json!({})));
        assert!(matches!(gap, Err(Uneditable::Nowhere { .. })));
    }

    fn value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i32>().prop_map(Value::from),
            "[ -~\u{e9}\n\"\\\\]{0,30}".prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 20, 4, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                proptest::collection::btree_map("[a-z]{1,6}", inner, 0..4)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_put_is_what_stands_there(value in value(), other in value()) {
            let at = PlaceEdit { path: path(json!(["previews", 0, "x"])), before: None, after: Some(value.clone()) };
            let text = edit_at(TEXT, &at).unwrap();
            let document: Value = serde_json::from_str(&text).unwrap();
            prop_assert_eq!(&document["previews"][0]["x"], &value);
            let again = PlaceEdit { path: at.path.clone(), before: Some(value), after: Some(other.clone()) };
            let text = edit_at(&text, &again).unwrap();
            let document: Value = serde_json::from_str(&text).unwrap();
            prop_assert_eq!(&document["previews"][0]["x"], &other);
        }
    }
}

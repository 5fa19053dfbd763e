//! Parser and schema are two readers of one format. These tests keep them one.

use std::sync::LazyLock;

use jsonschema::Validator;
use serde_json::Value;

use super::schema_json;
use crate::workspace::{Parsed, parse};

mod judged;
mod keys;
mod mutated;

/// Every key and every kind of value that there is, and no fault.
const RICH: &str = include_str!("tests/rich.json");
const WHOLE: &str = include_str!("../parse/whole.json");

static SCHEMA: LazyLock<Value> = LazyLock::new(|| serde_json::from_str(&schema_json()).unwrap());

static VALIDATOR: LazyLock<Validator> = LazyLock::new(|| {
    let built = jsonschema::draft7::options().build(&SCHEMA);
    built.unwrap()
});

/// Whether the schema refuses a document.
fn is_refused(document: &Value) -> bool {
    !VALIDATOR.is_valid(document)
}

/// What the schema says against a document.
fn objections(document: &Value) -> Vec<String> {
    VALIDATOR
        .iter_errors(document)
        .map(|error| error.to_string())
        .collect()
}

fn parsed(document: &Value) -> Parsed {
    parse(&serde_json::to_string(document).unwrap(), "t.json")
}

/// Whether a parser's words tell of a fault that a schema can see: a key that is unknown or
/// missing, or a value of the wrong type.
fn is_structural(found: &str, wanted: &str) -> bool {
    let missing = found.starts_with("no \"") && wanted.starts_with("the key ");
    let types = ["an array", "an object", "a string", "true or false"];
    missing
        || found.starts_with("the unknown key ")
        || types.contains(&wanted)
        || wanted.starts_with("an array of tenants, or an object")
        || wanted.starts_with("{ \"id\"")
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn the_schema_keeps_to_its_own_draft() {
    assert!(jsonschema::draft7::meta::is_valid(&SCHEMA));
    assert_eq!(SCHEMA["$schema"], "http://json-schema.org/draft-07/schema#");
}

#[test]
fn nothing_in_the_schema_leads_to_another_address() {
    fn walk(value: &Value) {
        match value {
            Value::Object(map) => {
                let refers = map.get("$ref").and_then(Value::as_str);
                assert!(refers.is_none_or(|to| to.starts_with("#/definitions/")));
                map.values().for_each(walk);
            }
            Value::Array(array) => array.iter().for_each(walk),
            _ => {}
        }
    }
    walk(&SCHEMA);
    assert_eq!(SCHEMA["$id"], super::ID);
}

#[test]
fn every_key_says_what_it_is_for() {
    let definitions = SCHEMA["definitions"].as_object().unwrap().values();
    for object in definitions.chain([&*SCHEMA]) {
        let properties = object["properties"].as_object();
        for (key, property) in properties.into_iter().flatten() {
            let words = property["description"].as_str().unwrap_or_default();
            assert!(words.ends_with(['.', '`']), "{key}: {words:?}");
        }
    }
}

#[test]
fn every_example_is_one() {
    let definitions = SCHEMA["definitions"].as_object().unwrap();
    let mut tried = 0;
    let mut try_all = |of: &Value| {
        let examples = of["examples"].as_array().into_iter().flatten();
        for example in examples.chain(of.get("default")) {
            let mut alone = of.clone();
            alone["definitions"] = SCHEMA["definitions"].clone();
            let validator = jsonschema::draft7::new(&alone).unwrap();
            assert!(validator.is_valid(example), "{example}");
            tried += 1;
        }
    };
    for object in definitions.values().chain([&*SCHEMA]) {
        try_all(object);
        let properties = object["properties"].as_object().into_iter().flatten();
        properties.for_each(|(_, property)| try_all(property));
    }
    assert!(tried > 50, "{tried}");
}

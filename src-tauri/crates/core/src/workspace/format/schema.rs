//! The JSON Schema as it is written beside a workspace file.
//!
//! Draft 7: VS Code's JSON server, which most editors share, implements it whole. Of later drafts
//! it takes a part, and says so with a warning on top of every file that names one.

use std::borrow::Cow;

use schemars::generate::SchemaSettings;
use schemars::transform::{Transform, transform_subschemas};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::Value;

use super::WorkspaceFile;
use super::previews::Headers;
use super::text::{HeaderName, HeaderValue};
use crate::workspace::previews::OURS;

/// Names the schema. It is no address: nothing is ever fetched for it, and nobody can put
/// something else there.
pub const ID: &str = "urn:uuid:315add4c-d415-4fae-ad81-df5deea0657e";

/// The schema of `tripledash.json`, as text. Its `$comment` ends in the version that made it.
pub fn schema_json() -> String {
    let settings = SchemaSettings::draft07()
        .with_transform(NoNull)
        .with_transform(Reflow);
    let mut schema = settings
        .into_generator()
        .into_root_schema_for::<WorkspaceFile>();
    schema.insert("$id".to_owned(), ID.into());
    let made_by = concat!("Made by Tripledash ", env!("CARGO_PKG_VERSION"));
    schema.insert("$comment".to_owned(), made_by.into());
    // The same text whatever order another package of the build has serde_json keep.
    let mut schema = schema.to_value();
    schema.sort_all_objects();
    let schema = Schema::try_from(schema).expect("a schema stays one");
    let text = serde_json::to_string_pretty(&schema).expect("a schema has string keys");
    text + "\n"
}

/// A key that may be left out is not one that may be null: an `Option` says both.
#[derive(Debug, Clone)]
struct NoNull;

impl Transform for NoNull {
    fn transform(&mut self, schema: &mut Schema) {
        let properties = schema.get_mut("properties").and_then(Value::as_object_mut);
        for property in properties.into_iter().flat_map(|all| all.values_mut()) {
            without_null(property);
        }
        transform_subschemas(self, schema);
    }
}

fn without_null(property: &mut Value) {
    let null = |kind: &Value| kind == "null" || *kind == serde_json::json!({ "type": "null" });
    let Some(property) = property.as_object_mut() else {
        return;
    };
    if let Some(kinds) = property.get_mut("type").and_then(Value::as_array_mut) {
        kinds.retain(|kind| !null(kind));
        if let [only] = &mut kinds[..] {
            let only = only.take();
            property.insert("type".to_owned(), only);
        }
    }
    if let Some(Value::Array(mut kinds)) = property.remove("anyOf") {
        kinds.retain(|kind| !null(kind));
        // In draft 7 nothing beside `$ref` counts.
        let key = if kinds.len() == 1 { "allOf" } else { "anyOf" };
        property.insert(key.to_owned(), kinds.into());
    }
}

/// Documentation is broken into lines for a source file; an editor breaks them as it needs.
#[derive(Debug, Clone)]
struct Reflow;

impl Transform for Reflow {
    fn transform(&mut self, schema: &mut Schema) {
        if let Some(Value::String(text)) = schema.get_mut("description") {
            let paragraphs = text.split("\n\n");
            let flowing: Vec<String> = paragraphs.map(|lines| lines.replace('\n', " ")).collect();
            *text = flowing.join("\n\n");
        }
        transform_subschemas(self, schema);
    }
}

// === impl JsonSchema ===

impl JsonSchema for Headers {
    fn schema_name() -> Cow<'static, str> {
        "Headers".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "description": "Header fields by name.",
            "propertyNames": generator.subschema_for::<HeaderName>(),
            "additionalProperties": generator.subschema_for::<HeaderValue>(),
            "examples": [
                { "x-vercel-protection-bypass": "${env:VERCEL_AUTOMATION_BYPASS_SECRET}" },
            ],
        })
    }
}

impl JsonSchema for HeaderName {
    fn schema_name() -> Cow<'static, str> {
        "HeaderName".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let ours: Vec<String> = OURS.iter().map(|name| any_case(name)).collect();
        json_schema!({
            "type": "string",
            "description": "The name of a header field that is not the proxy's own to set.",
            // RFC 9110 section 5.6.2.
            "pattern": format!("^(?!(?:{})$)[!#$%&'*+.^_`|~0-9A-Za-z-]+$", ours.join("|")),
            "patternErrorMessage":
                "wanted the name of a header, and none that the proxy sets itself (Host is the preview's \"host\")",
        })
    }
}

/// A pattern for a name in any case: JSON Schema's patterns have no flags.
fn any_case(name: &str) -> String {
    let both = |letter: char| match letter {
        'a'..='z' => format!("[{letter}{}]", letter.to_ascii_uppercase()),
        other => other.to_string(),
    };
    name.chars().map(both).collect()
}

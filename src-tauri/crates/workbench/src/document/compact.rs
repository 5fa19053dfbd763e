//! JSON on one line, as a person writes it.

use serde_json::Value;

/// Writes an object on one line, in the order given, with spaces where a person puts them:
/// `{ "id": "acme", "tags": ["retail", "eu"] }`.
pub(crate) fn compact(fields: &[(String, Value)]) -> String {
    let mut text = String::new();
    write_object(
        fields.iter().map(|(name, value)| (name.as_str(), value)),
        &mut text,
    );
    text
}

/// Writes any value on one line.
pub(crate) fn compact_value(value: &Value) -> String {
    let mut text = String::new();
    write(value, &mut text);
    text
}

fn write_object<'a>(fields: impl Iterator<Item = (&'a str, &'a Value)>, text: &mut String) {
    let mut any = false;
    for (name, value) in fields {
        text.push_str(if any { ", " } else { "{ " });
        any = true;
        text.push_str(&Value::from(name).to_string());
        text.push_str(": ");
        write(value, text);
    }
    text.push_str(if any { " }" } else { "{}" });
}

fn write(value: &Value, text: &mut String) {
    match value {
        Value::Object(fields) => write_object(
            fields.iter().map(|(name, value)| (name.as_str(), value)),
            text,
        ),
        Value::Array(elements) => {
            text.push('[');
            for (place, element) in elements.iter().enumerate() {
                if place > 0 {
                    text.push_str(", ");
                }
                write(element, text);
            }
            text.push(']');
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            text.push_str(&value.to_string());
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::compact;

    #[test]
    fn reads_like_hand_written_json() {
        let fields = [
            ("id".to_owned(), json!("acme")),
            ("color".to_owned(), json!(["a \"b\"", 1])),
            ("none".to_owned(), json!({})),
            ("some".to_owned(), json!({ "nil": null })),
        ];
        assert_eq!(
            compact(&fields),
            r#"{ "id": "acme", "color": ["a \"b\"", 1], "none": {}, "some": { "nil": null } }"#
        );
        assert_eq!(compact(&[]), "{}");
    }
}

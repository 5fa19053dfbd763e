//! Edits of the two lists that the window edits in place.

use jsonc_parser::ParseOptions;
use jsonc_parser::cst::{CstArray, CstInputValue, CstObject, CstObjectProp, CstRootNode};
use serde_json::Value;
use thiserror::Error;

use super::blank::keep_blank_lines;
use super::compact;
use super::layout::Layout;

/// One of the workspace's lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum List {
    /// `tenants`, told apart by `id`.
    Tenants,
    /// `previews`, told apart by `name`.
    Previews,
}

impl List {
    /// The list's key in the file.
    fn key(self) -> &'static str {
        match self {
            Self::Tenants => "tenants",
            Self::Previews => "previews",
        }
    }

    /// The field that names an element.
    pub(crate) fn id(self) -> &'static str {
        match self {
            Self::Tenants => "id",
            Self::Previews => "name",
        }
    }

    /// What one element is called.
    fn element(self) -> &'static str {
        match self {
            Self::Tenants => "tenant",
            Self::Previews => "preview",
        }
    }
}

/// A field's new value; `None` takes the field out.
pub type FieldChange = (String, Option<Value>);

/// Why a text cannot be edited so.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Uneditable {
    /// The text is no JSON object.
    #[error("{reason}: mend tripledash.json first")]
    Broken {
        /// What is wrong with it.
        reason: String,
    },
    /// The list is written in a form that has no elements to edit, such as a file's name.
    #[error("\"{list}\" is not a list in this file, so it cannot be edited here")]
    NotAList {
        /// `tenants` or `previews`.
        list: &'static str,
    },
    /// No such place.
    #[error("there is no {place} in this file, so it cannot be edited")]
    Nowhere {
        /// The way to it, as far as it leads nowhere.
        place: String,
    },
    /// Somebody else edited it.
    #[error("{place} is another by now: look at it again")]
    Changed {
        /// The way to it.
        place: String,
    },
    /// No such element.
    #[error("no {element} named \"{id}\"")]
    Unknown {
        /// `tenant` or `preview`.
        element: &'static str,
        /// The name asked for.
        id: String,
    },
}

/// Adds an element at the end of a list, laid out as its neighbours are.
pub(crate) fn append(
    text: &str,
    list: List,
    element: &[(String, Value)],
) -> Result<String, Uneditable> {
    let (root, object) = parse(text)?;
    let not_a_list = Uneditable::NotAList { list: list.key() };
    let array = object.array_value_or_create(list.key()).ok_or(not_a_list)?;
    if array.elements().is_empty() {
        array.ensure_multiline();
    }
    let layout = Layout::beside(array.elements().last(), compact(element), || {
        let fields = element.iter();
        let fields = fields.map(|(name, value)| (name.clone(), input(value)));
        CstInputValue::Object(fields.collect())
    });
    layout.put(|value| Some(array.append(value)));
    Ok(keep_blank_lines(text, &root.to_string()))
}

/// Changes fields of one element. A new name is carried to whatever refers to the tenant.
pub(crate) fn patch(
    text: &str,
    list: List,
    id: &str,
    changes: &[FieldChange],
) -> Result<String, Uneditable> {
    let (root, object) = parse(text)?;
    let element = find(&object, list, id)?;
    let mut new = Vec::new();
    for (name, value) in changes {
        match (element.get(name), value) {
            (Some(field), Some(value)) => {
                if field.value().and_then(|old| old.to_serde_value()).as_ref() != Some(value) {
                    field.set_value(input(value));
                }
            }
            (Some(field), None) => field.remove(),
            (None, Some(value)) => new.push((name.clone(), value.clone())),
            (None, None) => {}
        }
        if list == List::Tenants && name == list.id() {
            let Some(new_id) = value.as_ref().and_then(Value::as_str) else {
                continue;
            };
            for reference in references(&object, id) {
                if let Some(literal) = reference.name().and_then(|name| name.as_string_lit()) {
                    literal.set_raw_value(Value::from(new_id).to_string());
                }
            }
        }
    }
    add_fields(element, &new);
    Ok(keep_blank_lines(text, &root.to_string()))
}

/// Adds fields behind the others of an object, on the same line where they all are on one.
pub(super) fn add_fields(object: CstObject, fields: &[(String, Value)]) {
    let text = object.to_string();
    if fields.is_empty() {
        return;
    }
    if text.contains('\n') {
        for (name, value) in fields {
            object.append(name, input(value));
        }
        return;
    }
    let added = compact(fields);
    let inner = text.strip_suffix('}').unwrap_or(&text).trim_end();
    let all = if inner == "{" {
        added
    } else {
        let end = &text[inner.len()..];
        let added = added.strip_prefix("{ ").unwrap_or(&added);
        let added = added.strip_suffix(" }").unwrap_or(added);
        format!("{inner}, {added}{end}")
    };
    Layout::Line(all).put(|value| object.replace_with(value));
}

/// Takes one element out, and for a tenant whatever refers to it.
pub(crate) fn remove(text: &str, list: List, id: &str) -> Result<String, Uneditable> {
    let (root, object) = parse(text)?;
    find(&object, list, id)?.remove();
    if list == List::Tenants {
        for reference in references(&object, id) {
            reference.remove();
        }
    }
    Ok(keep_blank_lines(text, &root.to_string()))
}

pub(super) fn parse(text: &str) -> Result<(CstRootNode, CstObject), Uneditable> {
    let strict = ParseOptions {
        allow_comments: false,
        allow_loose_object_property_names: false,
        allow_trailing_commas: false,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
    };
    let root = CstRootNode::parse(text, &strict).map_err(|error| Uneditable::Broken {
        reason: error.to_string(),
    })?;
    let object = root.object_value().ok_or_else(|| Uneditable::Broken {
        reason: "the file holds no JSON object".to_owned(),
    })?;
    Ok((root, object))
}

fn array(object: &CstObject, list: List) -> Result<Option<CstArray>, Uneditable> {
    match object.get(list.key()) {
        None => Ok(None),
        Some(field) => match field.array_value() {
            Some(array) => Ok(Some(array)),
            None => Err(Uneditable::NotAList { list: list.key() }),
        },
    }
}

fn find(object: &CstObject, list: List, id: &str) -> Result<CstObject, Uneditable> {
    array(object, list)?
        .into_iter()
        .flat_map(|array| array.elements())
        .filter_map(|element| element.as_object())
        .find(|element| text_of(element, list.id()).as_deref() == Some(id))
        .ok_or_else(|| Uneditable::Unknown {
            element: list.element(),
            id: id.to_owned(),
        })
}

fn text_of(object: &CstObject, name: &str) -> Option<String> {
    object
        .get(name)?
        .value()?
        .as_string_lit()?
        .decoded_value()
        .ok()
}

/// The entries of `pages[].tenants` and `previews[].tenants` that are about a tenant.
fn references(object: &CstObject, tenant: &str) -> Vec<CstObjectProp> {
    ["pages", "previews"]
        .iter()
        .filter_map(|key| object.get(key)?.array_value())
        .flat_map(|array| array.elements())
        .filter_map(|element| element.as_object()?.get("tenants")?.object_value())
        .filter_map(|tenants| tenants.get(tenant))
        .collect()
}

pub(super) fn input(value: &Value) -> CstInputValue {
    match value {
        Value::Null => CstInputValue::Null,
        Value::Bool(bool) => CstInputValue::Bool(*bool),
        Value::Number(number) => CstInputValue::Number(number.to_string()),
        Value::String(text) => CstInputValue::String(text.clone()),
        Value::Array(elements) => CstInputValue::Array(elements.iter().map(input).collect()),
        Value::Object(fields) => CstInputValue::Object(
            fields
                .iter()
                .map(|(name, value)| (name.clone(), input(value)))
                .collect(),
        ),
    }
}

#[cfg(test)]
mod tests;

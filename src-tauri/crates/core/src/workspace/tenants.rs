//! `tenants`: who the app serves.

use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

use indexmap::IndexMap;
use jsonc_parser::common::Range;

use super::reader::{Place, Reader, describe, quote};
use super::tree::{Text, Value};
use super::{Tenant, TenantUse};
use crate::host::MAX_LABEL;
use crate::label::check_label;
use crate::nearest::likely;
use crate::tenant::{self, InvalidField};

mod elsewhere;

pub(super) use elsewhere::elsewhere;

const KEYS: [&str; 6] = ["id", "name", "color", "domains", "locale", "tags"];

pub(super) fn tenants(
    value: Value<'_>,
    place: &Place<'_>,
    reader: &mut Reader<'_>,
) -> IndexMap<String, Tenant> {
    let Some(array) = reader.array(value, place) else {
        return IndexMap::new();
    };
    let count = array.len();
    let mut tenants = IndexMap::with_capacity(count);
    let mut seen = Seen {
        ids: HashMap::with_capacity(count),
        domains: HashMap::with_capacity(count),
    };
    for (index, element) in array.elements().enumerate() {
        if let Some(tenant) = tenant(element, &place.item(index), &mut seen, reader) {
            // A second one of the same id was told of; the first stays.
            tenants.entry(tenant.id.clone()).or_insert(tenant);
        }
    }
    tenants
}

/// The tenants that other parts of the file may name.
#[derive(Debug, Clone, Copy)]
pub(super) enum Known<'a> {
    /// The file lists them.
    Listed(&'a IndexMap<String, Tenant>),
    /// They are listed elsewhere, and not known while the file is read.
    Elsewhere,
}

/// Where each name stood first.
pub(super) type First<'v> = HashMap<Cow<'v, str>, usize>;

/// Where each id and domain stood first.
struct Seen<'v> {
    ids: First<'v>,
    domains: First<'v>,
}

fn tenant<'v>(
    value: Value<'v>,
    place: &Place<'_>,
    seen: &mut Seen<'v>,
    reader: &mut Reader<'_>,
) -> Option<Tenant> {
    let object = reader.object(value, place)?;
    let fields = reader.fields(object, place, &KEYS);
    let id = reader
        .required(&fields, "id", place)
        .and_then(|value| id(value, &place.key("id"), reader));
    if let Some(id) = id {
        once(
            &mut seen.ids,
            id.as_str(),
            id.range(),
            &place.key("id"),
            "tenant",
            reader,
        );
    }
    let name = fields
        .get("name")
        .and_then(|value| reader.text(value, &place.key("name")));
    let color = fields
        .get("color")
        .and_then(|value| color(value, &place.key("color"), reader));
    let locale = fields
        .get("locale")
        .and_then(|value| locale(value, &place.key("locale"), reader));
    let domains = match fields.get("domains") {
        Some(value) => domains(value, &place.key("domains"), &mut seen.domains, reader),
        None => Vec::new(),
    };
    let tags = match fields.get("tags") {
        Some(value) => texts(value, &place.key("tags"), reader),
        None => Vec::new(),
    };
    let id = id?.as_str().to_owned();
    let name = name.map_or_else(|| id.clone(), |name| name.as_str().to_owned());
    Some(Tenant {
        id,
        name,
        color,
        domains,
        locale,
        tags,
    })
}

/// A string that can be one part of a preview host.
pub(super) fn id<'v>(
    value: Value<'v>,
    place: &Place<'_>,
    reader: &mut Reader<'_>,
) -> Option<Text<'v>> {
    let string = reader.string(value, place)?;
    if let Err(invalid) = check_label(string.as_str()) {
        let message = format!("{place}: {} {}", quote(&invalid.text), invalid.fault);
        let hint = invalid
            .proposal
            .map(|proposal| format!("{proposal:?} would do"));
        let wanted = "lower-case letters, digits and single or double hyphens";
        reader.tell(
            crate::Severity::Error,
            string.range().start,
            &quote(&invalid.text),
            wanted,
            message,
            hint,
        );
        return None;
    }
    if string.as_str().len() > MAX_LABEL {
        let found = format!("{} octets", string.as_str().len());
        reader.error(
            string.range(),
            place,
            &found,
            &format!("at most {MAX_LABEL}, the limit of a host's label"),
            None,
        );
        return None;
    }
    Some(string)
}

/// Tells of a name that stood in the file before.
pub(super) fn once<'v>(
    seen: &mut First<'v>,
    name: impl Into<Cow<'v, str>>,
    range: Range,
    place: &Place<'_>,
    what: &str,
    reader: &mut Reader<'_>,
) -> bool {
    match seen.entry(name.into()) {
        Entry::Occupied(known) => {
            let (line, column) = reader.position(*known.get());
            let found = format!("the {what} {} a second time", quote(known.key()));
            reader.error(
                range,
                place,
                &found,
                "each once",
                Some(format!("first at {line}:{column}")),
            );
            false
        }
        Entry::Vacant(new) => {
            new.insert(range.start);
            true
        }
    }
}

fn color(value: Value<'_>, place: &Place<'_>, reader: &mut Reader<'_>) -> Option<String> {
    let string = reader.string(value, place)?;
    let color = tenant::color(string.as_str());
    color
        .map_err(|invalid| refuse(string, place, invalid, reader))
        .ok()
}

fn locale(value: Value<'_>, place: &Place<'_>, reader: &mut Reader<'_>) -> Option<String> {
    let string = reader.string(value, place)?;
    tenant::check_locale(string.as_str())
        .map_err(|invalid| refuse(string, place, invalid, reader))
        .ok()?;
    Some(string.as_str().to_owned())
}

fn refuse(string: Text<'_>, place: &Place<'_>, invalid: InvalidField, reader: &mut Reader<'_>) {
    let found = quote(&invalid.found);
    reader.error(string.range(), place, &found, &invalid.wanted, invalid.hint);
}

fn domains<'v>(
    value: Value<'v>,
    place: &Place<'_>,
    seen: &mut First<'v>,
    reader: &mut Reader<'_>,
) -> Vec<String> {
    let Some(array) = reader.array(value, place) else {
        return Vec::new();
    };
    let mut domains = Vec::with_capacity(array.len());
    for (index, element) in array.elements().enumerate() {
        let place = place.item(index);
        let Some(string) = reader.string(element, &place) else {
            continue;
        };
        match tenant::domain(string.as_str()) {
            Ok(name) => {
                let as_written = if name == string.as_str() {
                    Cow::Borrowed(string.as_str())
                } else {
                    Cow::Owned(name.clone())
                };
                match seen.entry(as_written) {
                    Entry::Occupied(known) => {
                        let (line, column) = reader.position(*known.get());
                        let found = format!("the domain {} a second time", quote(&name));
                        let hint = format!("first at {line}:{column}");
                        reader.warn(
                            string.range(),
                            &place,
                            &found,
                            "one tenant for each domain",
                            Some(hint),
                        );
                    }
                    Entry::Vacant(new) => {
                        new.insert(string.range().start);
                    }
                }
                domains.push(name);
            }
            Err(invalid) => refuse(string, &place, invalid, reader),
        }
    }
    domains
}

pub(super) fn texts(value: Value<'_>, place: &Place<'_>, reader: &mut Reader<'_>) -> Vec<String> {
    let Some(array) = reader.array(value, place) else {
        return Vec::new();
    };
    let mut texts = Vec::with_capacity(array.len());
    for (index, element) in array.elements().enumerate() {
        if let Some(string) = reader.text(element, &place.item(index)) {
            texts.push(string.as_str().to_owned());
        }
    }
    texts
}

/// An object whose keys name tenants, each with its value; unlisted ones are warned of.
pub(super) fn by_tenant<'v>(
    value: Value<'v>,
    place: &Place<'_>,
    tenants: Known<'_>,
    reader: &mut Reader<'_>,
) -> Vec<(String, Value<'v>)> {
    let Some(object) = reader.object(value, place) else {
        return Vec::new();
    };
    let mut seen = HashMap::new();
    let mut found = Vec::with_capacity(object.len());
    for property in object.properties() {
        let id = property.name().as_str();
        let range = property.name().range();
        if !once(&mut seen, id, range, place, "tenant", reader) {
            continue;
        }
        match tenants {
            Known::Listed(tenants) if !tenants.contains_key(id) => {
                // Bounded both ways: a look at every tenant for every slip would cost a square.
                let known = tenants.keys().map(String::as_str).take(2_000);
                let near = if reader.is_full() {
                    None
                } else {
                    likely(id, known)
                };
                let hint = near.map(|near| format!("did you mean {near:?}?"));
                let found = format!("the tenant {}", quote(id));
                reader.warn(range, place, &found, "a tenant that the file lists", hint);
            }
            Known::Listed(_) => {}
            Known::Elsewhere => {
                let (line, column) = reader.position(range.start);
                reader.tenant_uses.push(TenantUse {
                    id: id.to_owned(),
                    place: place.to_string(),
                    line,
                    column,
                });
            }
        }
        found.push((id.to_owned(), property.value()));
    }
    found
}

/// A string that is one of a few words.
pub(super) fn word<'w>(
    value: Value<'_>,
    place: &Place<'_>,
    words: &[&'w str],
    reader: &mut Reader<'_>,
) -> Option<&'w str> {
    let found = value.as_text().map(|string| string.as_str());
    let word = found.and_then(|found| words.iter().find(|word| **word == found));
    if word.is_none() {
        let wanted = words
            .iter()
            .map(|word| format!("{word:?}"))
            .collect::<Vec<_>>()
            .join(" or ");
        let near = found.and_then(|found| likely(found, words.iter().copied()));
        let hint = near.map(|near| format!("did you mean {near:?}?"));
        reader.error(value.range(), place, &describe(value), &wanted, hint);
    }
    word.copied()
}

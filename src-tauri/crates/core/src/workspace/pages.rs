//! `pages`: paths by name, for every tenant.

use std::collections::{BTreeMap, HashMap};

use super::Page;
use super::reader::{Place, Reader, quote};
use super::tenants::{First, Known, by_tenant, once};
use super::tree::Value;

const KEYS: [&str; 3] = ["name", "path", "tenants"];

pub(super) fn pages(
    value: Value<'_>,
    place: &Place<'_>,
    tenants: Known<'_>,
    reader: &mut Reader<'_>,
) -> Vec<Page> {
    let Some(array) = reader.array(value, place) else {
        return Vec::new();
    };
    let mut seen = HashMap::new();
    let mut pages = Vec::with_capacity(array.len());
    for (index, element) in array.elements().enumerate() {
        pages.extend(page(
            element,
            &place.item(index),
            tenants,
            &mut seen,
            reader,
        ));
    }
    pages
}

fn page<'v>(
    value: Value<'v>,
    place: &Place<'_>,
    tenants: Known<'_>,
    seen: &mut First<'v>,
    reader: &mut Reader<'_>,
) -> Option<Page> {
    let object = reader.object(value, place)?;
    let fields = reader.fields(object, place, &KEYS);
    let name = reader
        .required(&fields, "name", place)
        .and_then(|value| reader.text(value, &place.key("name")));
    if let Some(name) = name {
        once(
            seen,
            name.as_str(),
            name.range(),
            &place.key("name"),
            "page",
            reader,
        );
    }
    let main = reader
        .required(&fields, "path", place)
        .and_then(|value| path(value, &place.key("path"), reader));
    let mut own = BTreeMap::new();
    if let Some(value) = fields.get("tenants") {
        let place = place.key("tenants");
        for (tenant, value) in by_tenant(value, &place, tenants, reader) {
            if let Some(path) = path(value, &place.key(&tenant), reader) {
                own.insert(tenant, path);
            }
        }
    }
    Some(Page {
        name: name?.as_str().to_owned(),
        path: main?,
        tenants: own,
    })
}

/// A path with an optional query.
fn path(value: Value<'_>, place: &Place<'_>, reader: &mut Reader<'_>) -> Option<String> {
    let string = reader.string(value, place)?;
    // Two slashes would start an authority: another host.
    if !string.as_str().starts_with('/') || string.as_str().starts_with("//") {
        let hint = (!string.as_str().contains("//"))
            .then(|| format!("{:?} would do", format!("/{}", string.as_str())));
        reader.error(
            string.range(),
            place,
            &quote(string.as_str()),
            "a path that starts with one /",
            hint,
        );
        return None;
    }
    Some(string.as_str().to_owned())
}

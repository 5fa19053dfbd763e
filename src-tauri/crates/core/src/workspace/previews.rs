//! `previews`: the deployments that the tenants can be seen on, and where more of them are found.

use std::collections::HashMap;

use indexmap::IndexMap;

use super::reader::{Fields, Place, Reader};
use super::tenants::{First, Known, id, once};
use super::tree::Value;
use super::variables::Scope;
use super::{Asker, Preview, PreviewPlace, PreviewSource, Upstream};

mod headers;
mod origin;
mod shape;
mod source;

#[cfg(any(test, feature = "schema"))]
pub(super) use headers::OURS;
pub(super) use headers::headers;

/// The keys of a preview that the file names.
const KEYS: [&str; 9] = [
    "name", "branch", "upstream", "host", "headers", "access", "tenants", "tls", "timeout",
];

/// What every preview of the file is read against.
#[derive(Clone, Copy)]
pub(super) struct Context<'c> {
    pub(super) prefix: &'c [String],
    pub(super) tenants: Known<'c>,
}

/// What `previews` holds.
#[derive(Debug, Default)]
pub(super) struct Previews {
    pub(super) named: IndexMap<String, Preview>,
    pub(super) sources: Vec<PreviewSource>,
}

pub(super) fn previews(
    value: Value<'_>,
    place: &Place<'_>,
    context: Context<'_>,
    reader: &mut Reader<'_>,
) -> Previews {
    let mut previews = Previews::default();
    let Some(array) = reader.array(value, place) else {
        return previews;
    };
    let mut seen = HashMap::new();
    for (at, element) in array.elements().enumerate() {
        let place = place.item(at);
        let Some(object) = reader.object(element, &place) else {
            continue;
        };
        let (line, column) = reader.position(object.range().start);
        if let Some(kind) = source::kind(object) {
            let found = source::source(object, kind, at, &place, context, reader);
            if let Some(source) = found {
                reader.preview_places.push(PreviewPlace {
                    name: None,
                    source: Some(previews.sources.len()),
                    line,
                    column,
                });
                previews.sources.push(source);
            }
            continue;
        }
        let fields = reader.fields(object, &place, &KEYS);
        if let Some(preview) = named(&fields, &place, context, &mut seen, reader) {
            reader.preview_places.push(PreviewPlace {
                name: Some(preview.name.clone()),
                source: None,
                line,
                column,
            });
            previews
                .named
                .entry(preview.name.clone())
                .or_insert(preview);
        }
    }
    previews
}

/// A preview that the file names.
fn named<'v>(
    fields: &Fields<'v>,
    place: &Place<'_>,
    context: Context<'_>,
    seen: &mut First<'v>,
    reader: &mut Reader<'_>,
) -> Option<Preview> {
    let name = reader
        .required(fields, "name", place)
        .and_then(|value| id(value, &place.key("name"), reader));
    if let Some(name) = name {
        let place = place.key("name");
        once(seen, name.as_str(), name.range(), &place, "preview", reader);
    }
    let branch = fields
        .get("branch")
        .and_then(|value| reader.text(value, &place.key("branch")));
    let asker = Asker::Preview(name.map_or("", |name| name.as_str()).to_owned());
    let mut names: Vec<&str> = context.prefix.iter().map(String::as_str).collect();
    names.extend(["preview", "domain"]);
    // Without a branch, {branch} could never have a value.
    names.extend(branch.map(|_| "branch"));
    let scope = Scope {
        names: &names,
        asker: Some(&asker),
        literal_braces: false,
    };
    let upstream = reader
        .required(fields, "upstream", place)
        .and_then(|value| origin::upstream(value, &place.key("upstream"), scope, reader));
    let of = shape::Of {
        asker: &asker,
        names: &names,
        upstream: upstream.as_ref(),
    };
    let shape = shape::shape(fields, place, of, context, reader);
    Some(Preview {
        name: name?.as_str().to_owned(),
        branch: branch.map(|branch| branch.as_str().to_owned()),
        upstream: Upstream::At(upstream?),
        ..shape
    })
}

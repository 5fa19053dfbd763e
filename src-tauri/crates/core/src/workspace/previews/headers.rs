//! `headers`: fields that are added to what goes upstream.

use std::collections::HashMap;

use http::HeaderName;

use super::super::reader::{Place, Reader, quote};
use super::super::tenants::once;
use super::super::tree::Value;
use super::super::variables::{Scope, template};
use crate::template::Template;

/// Fields that we set ourselves, or that belong to one connection (RFC 9110 section 7.6.1).
pub(in super::super) const OURS: [&str; 11] = [
    "host",
    "connection",
    "content-length",
    "transfer-encoding",
    "te",
    "trailer",
    "upgrade",
    "keep-alive",
    "proxy-connection",
    "via",
    "expect",
];

pub(in super::super) fn headers(
    value: Value<'_>,
    place: &Place<'_>,
    scope: Scope<'_>,
    reader: &mut Reader<'_>,
) -> Vec<(String, Template)> {
    let Some(object) = reader.object(value, place) else {
        return Vec::new();
    };
    let mut seen = HashMap::new();
    let mut headers = Vec::with_capacity(object.len());
    for property in object.properties() {
        let written = property.name().as_str();
        let range = property.name().range();
        let Ok(name) = HeaderName::from_bytes(written.as_bytes()) else {
            reader.error(range, place, &quote(written), "a header's name", None);
            continue;
        };
        if OURS.contains(&name.as_str()) {
            let hint =
                (name == http::header::HOST).then(|| "use the preview's \"host\"".to_owned());
            reader.error(
                range,
                place,
                &format!("the header {written:?}"),
                "one that is not ours to set",
                hint,
            );
            continue;
        }
        if !once(
            &mut seen,
            name.as_str().to_owned(),
            range,
            place,
            "header",
            reader,
        ) {
            continue;
        }
        let place = place.key(written);
        let Some(string) = reader.string(property.value(), &place) else {
            continue;
        };
        if !string.as_str().is_ascii() {
            let wanted = "a header's value in ASCII";
            reader.error(
                string.range(),
                &place,
                &quote(string.as_str()),
                wanted,
                None,
            );
            continue;
        }
        if let Some(template) = template(string, &place, scope, reader) {
            headers.push((name.as_str().to_owned(), template));
        }
    }
    headers
}

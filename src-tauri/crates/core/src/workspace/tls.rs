//! `tls` and `timeout`: how a preview's upstream is verified, and how long it is waited for.

use std::time::Duration;

use jsonc_parser::ast::Value;
use jsonc_parser::common::{Range, Ranged};

use super::problem::CertificateUse;
use super::reader::{Place, Reader, describe};
use super::{Template, Tls};
use crate::upstream::Scheme;

/// The longest wait that can be asked for, in seconds: a day.
const LONGEST: u64 = 86_400;

/// The preview that is read, as far as its TLS depends on it.
#[derive(Clone, Copy)]
pub(super) struct Of<'a> {
    pub(super) name: &'a str,
    pub(super) upstream: Option<&'a Template>,
}

pub(super) fn tls(
    value: &Value<'_>,
    place: &Place<'_>,
    of: Of<'_>,
    reader: &mut Reader<'_>,
) -> Option<Tls> {
    let object = reader.object(value, place)?;
    let fields = reader.fields(object, place, &["ca", "insecure"]);
    let ca = fields
        .get("ca")
        .and_then(|value| Some((value, reader.text(value, &place.key("ca"))?)));
    let insecure = fields
        .get("insecure")
        .and_then(|value| flag(value, &place.key("insecure"), reader));
    if of.upstream.and_then(scheme) == Some(Scheme::Http) {
        let wanted = "an upstream with https://: there is no TLS in the clear";
        let range = Range {
            end: object.range.start,
            ..object.range
        };
        reader.warn(range, place, "tls", wanted, None);
    } else if let (Some(true), Some(property)) = (insecure, fields.property("insecure")) {
        let place = place.key("insecure");
        let wanted = "a certificate that is verified: whoever stands between can read and change \
                      everything";
        let hint = "with its authority's file, \"tls\": { \"ca\": \"certs/dev-ca.pem\" } verifies \
                    it";
        reader.warn(
            property.range,
            &place,
            "true",
            wanted,
            Some(hint.to_owned()),
        );
        if let Some((_, ca)) = ca {
            let wanted = "one of the two: nothing is verified, so no authority is asked";
            let found = "\"ca\" beside \"insecure\"";
            reader.warn(ca.range, &place, found, wanted, None);
        }
    }
    let ca = ca.map(|(value, ca)| {
        let (line, column) = reader.position(value.range().start);
        reader.certificate_uses.push(CertificateUse {
            path: ca.value.to_string(),
            preview: of.name.to_owned(),
            line,
            column,
        });
        ca.value.to_string()
    });
    Some(Tls {
        ca,
        insecure: insecure == Some(true),
    })
}

/// The scheme, where no variable decides it.
fn scheme(upstream: &Template) -> Option<Scheme> {
    let (scheme, _) = upstream.as_str().split_once("://")?;
    [Scheme::Http, Scheme::Https]
        .into_iter()
        .find(|known| known.as_str().eq_ignore_ascii_case(scheme))
}

fn flag(value: &Value<'_>, place: &Place<'_>, reader: &mut Reader<'_>) -> Option<bool> {
    let Some(flag) = value.as_boolean_lit() else {
        reader.error(
            value.range(),
            place,
            &describe(value),
            "true or false",
            None,
        );
        return None;
    };
    Some(flag.value)
}

pub(super) fn timeout(
    value: &Value<'_>,
    place: &Place<'_>,
    reader: &mut Reader<'_>,
) -> Option<Duration> {
    let seconds = value
        .as_number_lit()
        .and_then(|number| number.value.parse().ok())
        .filter(|seconds| (1..=LONGEST).contains(seconds));
    if seconds.is_none() {
        let wanted = format!("whole seconds from 1 to {LONGEST}");
        reader.error(value.range(), place, &describe(value), &wanted, None);
    }
    seconds.map(Duration::from_secs)
}

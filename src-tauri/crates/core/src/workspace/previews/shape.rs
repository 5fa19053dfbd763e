//! What a named preview and a source of previews may both say.

use std::collections::BTreeMap;

use super::super::reader::{Fields, Place, Reader, describe};
use super::super::tenants::{Known, by_tenant, id, word};
use super::super::tls;
use super::super::tree::Value;
use super::super::variables::Scope;
use super::super::{Absence, Access, Asker, Preview, Template, Upstream};
use super::headers::headers;
use super::{Context, origin};

/// The keys that [`shape`] reads.
pub(super) const KEYS: [&str; 6] = ["host", "headers", "access", "tenants", "tls", "timeout"];

/// What the keys are read for.
#[derive(Clone, Copy)]
pub(super) struct Of<'a> {
    /// Who asks for variables and certificates.
    pub(super) asker: &'a Asker,
    /// The names that have values in its texts, but for `{port}`.
    pub(super) names: &'a [&'a str],
    /// Where it leads, where that is known.
    pub(super) upstream: Option<&'a Template>,
}

/// Reads all of a preview but its name, its branch and its upstream.
pub(super) fn shape(
    fields: &Fields<'_>,
    place: &Place<'_>,
    of: Of<'_>,
    context: Context<'_>,
    reader: &mut Reader<'_>,
) -> Preview {
    let with_port: Vec<&str> = of.names.iter().copied().chain(["port"]).collect();
    let scope = Scope {
        names: &with_port,
        asker: Some(of.asker),
        literal_braces: false,
    };
    let host = fields
        .get("host")
        .and_then(|value| origin::host(value, &place.key("host"), scope, reader));
    let in_headers = Scope {
        literal_braces: true,
        ..scope
    };
    let headers = match fields.get("headers") {
        Some(value) => headers(value, &place.key("headers"), in_headers, reader),
        None => Vec::new(),
    };
    let access = fields
        .get("access")
        .and_then(|value| word(value, &place.key("access"), &["full", "read-only"], reader));
    let tenants = match fields.get("tenants") {
        Some(value) => overrides(value, &place.key("tenants"), context.tenants, reader),
        None => BTreeMap::new(),
    };
    let of = tls::Of {
        asker: of.asker,
        upstream: of.upstream,
    };
    let tls = fields
        .get("tls")
        .and_then(|value| tls::tls(value, &place.key("tls"), of, reader));
    let timeout = fields
        .get("timeout")
        .and_then(|value| tls::timeout(value, &place.key("timeout"), reader));
    Preview {
        name: String::new(),
        branch: None,
        upstream: Upstream::Absent(Absence {
            reason: String::new(),
            fix: String::new(),
        }),
        host,
        headers,
        access: match access {
            Some("read-only") => Access::ReadOnly,
            _ => Access::Full,
        },
        tenants,
        tls: tls.unwrap_or_default(),
        timeout,
        source: None,
    }
}

fn overrides(
    value: Value<'_>,
    place: &Place<'_>,
    tenants: Known<'_>,
    reader: &mut Reader<'_>,
) -> BTreeMap<String, Option<String>> {
    let mut overrides = BTreeMap::new();
    for (tenant, value) in by_tenant(value, place, tenants, reader) {
        let place = place.key(&tenant);
        let renamed = if value.is_null() {
            None
        } else {
            let Some(object) = value.as_object() else {
                let found = describe(value);
                reader.error(
                    value.range(),
                    &place,
                    &found,
                    "{ \"id\": \"…\" }, or null to leave it out",
                    None,
                );
                continue;
            };
            let fields = reader.fields(object, &place, &["id"]);
            let Some(value) = reader.required(&fields, "id", &place) else {
                continue;
            };
            let Some(id) = id(value, &place.key("id"), reader) else {
                continue;
            };
            Some(id.as_str().to_owned())
        };
        overrides.insert(tenant, renamed);
    }
    overrides
}

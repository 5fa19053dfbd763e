//! `previews`: the deployments that the tenants can be seen on.

use std::collections::{BTreeMap, HashMap};

use http::HeaderName;
use indexmap::IndexMap;

use super::reader::{Fields, Place, Reader, quote};
use super::tenants::{First, by_tenant, id, once, word};
use super::tls;
use super::tree::{Text, Value};
use super::variables::{Scope, template};
use super::{Access, Preview, Template, Tenant};
use crate::host::Authority;
use crate::upstream::UpstreamOrigin;

const KEYS: [&str; 14] = [
    "name", "branch", "upstream", "host", "headers", "access", "tenants", "tls", "timeout", "git",
    "setup", "dev", "copy", "vercel",
];
/// Keys by which a preview is found or started rather than named: designed and not built.
const SOURCES: [&str; 5] = ["git", "setup", "dev", "copy", "vercel"];

/// What every preview of the file is read against.
#[derive(Clone, Copy)]
pub(super) struct Context<'c> {
    pub(super) prefix: &'c [String],
    pub(super) tenants: &'c IndexMap<String, Tenant>,
}

pub(super) fn previews(
    value: Value<'_>,
    place: &Place<'_>,
    context: Context<'_>,
    reader: &mut Reader<'_>,
) -> IndexMap<String, Preview> {
    let Some(array) = reader.array(value, place) else {
        return IndexMap::new();
    };
    let mut seen = HashMap::new();
    let mut previews = IndexMap::with_capacity(array.len());
    for (index, element) in array.elements().enumerate() {
        if let Some(preview) = preview(element, &place.item(index), context, &mut seen, reader) {
            previews.entry(preview.name.clone()).or_insert(preview);
        }
    }
    previews
}

fn preview<'v>(
    value: Value<'v>,
    place: &Place<'_>,
    context: Context<'_>,
    seen: &mut First<'v>,
    reader: &mut Reader<'_>,
) -> Option<Preview> {
    let object = reader.object(value, place)?;
    let fields = reader.fields(object, place, &KEYS);
    if sources(&fields, place, reader) {
        return None;
    }
    let name = reader
        .required(&fields, "name", place)
        .and_then(|value| id(value, &place.key("name"), reader));
    if let Some(name) = name {
        once(
            seen,
            name.as_str(),
            name.range(),
            &place.key("name"),
            "preview",
            reader,
        );
    }
    let branch = fields
        .get("branch")
        .and_then(|value| reader.text(value, &place.key("branch")));

    let mut names: Vec<&str> = context.prefix.iter().map(String::as_str).collect();
    names.extend(["preview", "domain"]);
    // Without a branch, {branch} could never have a value.
    names.extend(branch.map(|_| "branch"));
    let scope = Scope {
        names: &names,
        preview: Some(name.map_or("", |name| name.as_str())),
        literal_braces: false,
    };
    let upstream = reader
        .required(&fields, "upstream", place)
        .and_then(|value| upstream(value, &place.key("upstream"), scope, reader));

    let with_port: Vec<&str> = names.iter().copied().chain(["port"]).collect();
    let scope = Scope {
        names: &with_port,
        ..scope
    };
    let host = fields
        .get("host")
        .and_then(|value| host(value, &place.key("host"), scope, reader));
    let headers = match fields.get("headers") {
        Some(value) => headers(
            value,
            &place.key("headers"),
            Scope {
                literal_braces: true,
                ..scope
            },
            reader,
        ),
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
        name: name.map_or("", |name| name.as_str()),
        upstream: upstream.as_ref(),
    };
    let tls = fields
        .get("tls")
        .and_then(|value| tls::tls(value, &place.key("tls"), of, reader));
    let timeout = fields
        .get("timeout")
        .and_then(|value| tls::timeout(value, &place.key("timeout"), reader));
    Some(Preview {
        name: name?.as_str().to_owned(),
        branch: branch.map(|branch| branch.as_str().to_owned()),
        upstream: upstream?,
        host,
        headers,
        access: if access == Some("read-only") {
            Access::ReadOnly
        } else {
            Access::Full
        },
        tenants,
        tls: tls.unwrap_or_default(),
        timeout,
    })
}

/// Tells of the first key of a preview source. Whether there is one.
fn sources(fields: &Fields<'_>, place: &Place<'_>, reader: &mut Reader<'_>) -> bool {
    let Some(property) = SOURCES.iter().find_map(|key| fields.property(key)) else {
        return false;
    };
    let found = format!("the key {:?}", property.name().as_str());
    let wanted = "a name and an upstream: preview sources are not supported by this version";
    let hint = "start the dev server yourself and give its address as the upstream".to_owned();
    reader.error(property.name().range(), place, &found, wanted, Some(hint));
    true
}

/// A template with every variable filled with something plausible, so that its shape can be
/// checked; `None` where the environment decides the shape.
fn filled(template: &Template) -> Option<String> {
    let fill = |name: &str| match name {
        "port" => Some("1".to_owned()),
        "domain" => Some("domain.example".to_owned()),
        environment if environment.starts_with("env:") => None,
        _ => Some("x".to_owned()),
    };
    template.render(&fill).ok()
}

fn upstream(
    value: Value<'_>,
    place: &Place<'_>,
    scope: Scope<'_>,
    reader: &mut Reader<'_>,
) -> Option<Template> {
    let string = reader.text(value, place)?;
    if string.as_str().contains("{port}") {
        let hint =
            "write the port itself here; {port} stands for it in host and headers".to_owned();
        reader.error(string.range(), place, "{port}", "a port number", Some(hint));
        return None;
    }
    let template = template(string, place, scope, reader)?;
    if let Some(Err(invalid)) = filled(&template).map(|filled| filled.parse::<UpstreamOrigin>()) {
        let hint = proposed_upstream(string.as_str());
        wrong_shape(
            string,
            place,
            "an origin like http://localhost:3000",
            &invalid.reason,
            hint,
            reader,
        );
        return None;
    }
    Some(template)
}

/// `http://localhost:3000` for `localhost:3000/path`.
fn proposed_upstream(text: &str) -> Option<String> {
    if text.contains('{') {
        return None;
    }
    let with_scheme = if text.contains("://") {
        text.to_owned()
    } else {
        format!("http://{text}")
    };
    let url = url::Url::parse(&with_scheme).ok()?;
    let origin = url.origin().ascii_serialization();
    origin.parse::<UpstreamOrigin>().is_ok().then_some(origin)
}

fn host(
    value: Value<'_>,
    place: &Place<'_>,
    scope: Scope<'_>,
    reader: &mut Reader<'_>,
) -> Option<Template> {
    let string = reader.text(value, place)?;
    let template = template(string, place, scope, reader)?;
    if let Some(Err(invalid)) = filled(&template).map(|filled| filled.parse::<Authority>()) {
        let hint = string
            .as_str()
            .split_once("://")
            .map(|(_, rest)| rest.trim_end_matches('/').to_owned());
        wrong_shape(
            string,
            place,
            "host[:port], as a browser sends it",
            &invalid.reason,
            hint,
            reader,
        );
        return None;
    }
    Some(template)
}

fn wrong_shape(
    string: Text<'_>,
    place: &Place<'_>,
    wanted: &str,
    reason: &str,
    proposal: Option<String>,
    reader: &mut Reader<'_>,
) {
    let found = quote(string.as_str());
    let message = format!("{place}: found {found}, wanted {wanted}: {reason}");
    let hint = proposal.map(|proposal| format!("{proposal:?} would do"));
    reader.tell(
        crate::Severity::Error,
        string.range().start,
        &found,
        wanted,
        message,
        hint,
    );
}

/// Fields that we set ourselves, or that belong to one connection (RFC 9110 section 7.6.1).
const OURS: [&str; 11] = [
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

fn headers(
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

fn overrides(
    value: Value<'_>,
    place: &Place<'_>,
    tenants: &IndexMap<String, Tenant>,
    reader: &mut Reader<'_>,
) -> BTreeMap<String, Option<String>> {
    let mut overrides = BTreeMap::new();
    for (tenant, value) in by_tenant(value, place, tenants, reader) {
        let place = place.key(&tenant);
        let renamed = if value.is_null() {
            None
        } else {
            let Some(object) = value.as_object() else {
                let found = super::reader::describe(value);
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

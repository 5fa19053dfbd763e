//! `upstream` and `host`: where requests go, and the name that they ask for there.

use super::super::reader::{Place, Reader, quote};
use super::super::tree::{Text, Value};
use super::super::variables::{Scope, template};
use crate::host::Authority;
use crate::template::Template;
use crate::upstream::UpstreamOrigin;

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

pub(super) fn upstream(
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

pub(super) fn host(
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

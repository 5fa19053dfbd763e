//! `tenants` that are not listed in the file, but in another one, at an endpoint or by a program.

use std::time::Duration;

use super::super::previews::headers;
use super::super::reader::{Fields, Place, Reader, describe, quote};
use super::super::source::{TenantSource, TenantsFrom};
use super::super::tree::Value;
use super::super::variables::{Scope, template};
use super::super::{Asker, Template};
use super::texts;

/// The ways to list them. Each is the key that tells it.
const KINDS: [&str; 3] = ["file", "url", "command"];

/// Reads where the tenants are listed; `None` where they are listed here.
pub(in super::super) fn elsewhere(
    value: Value<'_>,
    place: &Place<'_>,
    reader: &mut Reader<'_>,
) -> Option<Option<TenantSource>> {
    let object = value.as_object()?;
    let kind = KINDS.into_iter().find(|kind| {
        object
            .properties()
            .any(|property| property.name().as_str() == *kind)
    });
    let Some(kind) = kind else {
        let wanted = "an array of tenants, or an object with \"file\", \"url\" or \"command\"";
        reader.error(
            value.range(),
            place,
            "an object without these",
            wanted,
            None,
        );
        return Some(None);
    };
    reader.source(object.range(), &Asker::Tenants);
    let known: &[&str] = match kind {
        "url" => &["url", "headers", "refresh"],
        "command" => &["command", "refresh"],
        _ => &["file"],
    };
    let fields = reader.fields(object, place, known);
    let from = match kind {
        "url" => url(&fields, place, reader),
        "command" => command(&fields, place, reader),
        _ => file(&fields, place, reader),
    };
    let refresh = fields
        .get("refresh")
        .and_then(|value| interval(value, &place.key("refresh"), reader));
    Some(from.map(|from| TenantSource { from, refresh }))
}

fn file(fields: &Fields<'_>, place: &Place<'_>, reader: &mut Reader<'_>) -> Option<TenantsFrom> {
    let text = reader.text(fields.get("file")?, &place.key("file"))?;
    Some(TenantsFrom::File(text.as_str().to_owned()))
}

fn url(fields: &Fields<'_>, place: &Place<'_>, reader: &mut Reader<'_>) -> Option<TenantsFrom> {
    let asker = Asker::Tenants;
    let scope = Scope {
        names: &[],
        asker: Some(&asker),
        literal_braces: true,
    };
    let headers = match fields.get("headers") {
        Some(value) => headers(value, &place.key("headers"), scope, reader),
        None => Vec::new(),
    };
    let place = place.key("url");
    let text = reader.text(fields.get("url")?, &place)?;
    let url = template(text, &place, scope, reader)?;
    if let Some(reason) = no_endpoint(&url) {
        let wanted = "an address like https://api.example/tenants";
        reader.error(text.range(), &place, &quote(text.as_str()), wanted, reason);
        return None;
    }
    Some(TenantsFrom::Url { url, headers })
}

/// What keeps an address from being asked, where the environment does not decide it.
fn no_endpoint(url: &Template) -> Option<Option<String>> {
    let filled = url.render(&|_| Some("x".to_owned())).ok()?;
    match url::Url::parse(&filled) {
        // A variable may hold the whole address.
        Err(_) if url.as_str().starts_with("${") => None,
        Err(error) => Some(Some(error.to_string())),
        Ok(found) if !matches!(found.scheme(), "http" | "https") => Some(None),
        Ok(found) if !found.username().is_empty() || found.password().is_some() => Some(Some(
            "a name and a password belong into \"headers\"".to_owned(),
        )),
        Ok(_) => None,
    }
}

fn command(fields: &Fields<'_>, place: &Place<'_>, reader: &mut Reader<'_>) -> Option<TenantsFrom> {
    let place = place.key("command");
    let value = fields.get("command")?;
    let words = texts(value, &place, reader);
    if words.is_empty() && value.as_array().is_some() {
        let hint = "[\"node\", \"tenants.js\"]: no shell takes it apart".to_owned();
        let wanted = "a program and its arguments";
        reader.error(value.range(), &place, "an empty array", wanted, Some(hint));
    }
    (!words.is_empty()).then_some(TenantsFrom::Command(words))
}

/// `90s`, `5m`, `2h`: at least ten seconds, at most a day.
fn interval(value: Value<'_>, place: &Place<'_>, reader: &mut Reader<'_>) -> Option<Duration> {
    const LEAST: u64 = 10;
    const MOST: u64 = 86_400;
    let seconds = value.as_text().and_then(|text| {
        let text = text.as_str();
        let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
        let factor = match unit {
            "s" => 1,
            "m" => 60,
            "h" => 3_600,
            _ => return None,
        };
        number.parse::<u64>().ok()?.checked_mul(factor)
    });
    let good = seconds.filter(|seconds| (LEAST..=MOST).contains(seconds));
    if good.is_none() {
        let wanted = "a time from 10s to 24h, like 90s, 5m or 2h";
        reader.error(value.range(), place, &describe(value), wanted, None);
    }
    good.map(Duration::from_secs)
}

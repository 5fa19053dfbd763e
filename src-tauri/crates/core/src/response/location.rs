//! Addresses in response fields: back to the preview host.

use http::header::{CONTENT_LOCATION, HeaderName, LINK, LOCATION, REFRESH};
use http::{HeaderMap, HeaderValue};

use super::matcher::{Owner, owner};
use super::{ResponseContext, text};
use crate::address::PreviewAddress;
use crate::edit::Edit;
use crate::host::Authority;
use crate::resolve::{Resolved, resolve};

const ACTION_REDIRECT: HeaderName = HeaderName::from_static("x-action-redirect");
const DATA_REDIRECT: HeaderName = HeaderName::from_static("x-nextjs-redirect");

/// What becomes of one address.
enum Verdict {
    /// It stays.
    Kept,
    /// It leads out of the workspace, and stays.
    Foreign,
    /// It becomes another, for this reason.
    Changed(String, String),
}

/// Edits every field that holds addresses. Returns where `Location` leads, if that is outside of
/// the workspace.
pub(super) fn edit(
    headers: &mut HeaderMap,
    context: &ResponseContext,
    edits: &mut Vec<Edit>,
) -> Option<String> {
    let mut foreign = None;
    if let Some(location) = headers.get(LOCATION) {
        let location = text(location);
        if matches!(judge(&location, context), Verdict::Foreign) {
            foreign = Some(if location.starts_with("//") {
                format!("{}:{location}", context.upstream.scheme)
            } else {
                location
            });
        }
    }
    let whole = |value: &str, context: &ResponseContext| match judge(value.trim(), context) {
        Verdict::Changed(after, why) => Some((after, why)),
        Verdict::Kept | Verdict::Foreign => None,
    };
    for name in [LOCATION, CONTENT_LOCATION, DATA_REDIRECT] {
        each(headers, &name, context, edits, whole);
    }
    each(headers, &ACTION_REDIRECT, context, edits, action);
    each(headers, &REFRESH, context, edits, refresh);
    each(headers, &LINK, context, edits, link);
    foreign
}

fn each(
    headers: &mut HeaderMap,
    name: &HeaderName,
    context: &ResponseContext,
    edits: &mut Vec<Edit>,
    change: impl Fn(&str, &ResponseContext) -> Option<(String, String)>,
) {
    if !headers.contains_key(name) {
        return;
    }
    let lines: Vec<HeaderValue> = headers.get_all(name).iter().cloned().collect();
    headers.remove(name);
    for line in lines {
        let before = text(&line);
        let changed = change(&before, context)
            .and_then(|(after, why)| Some((HeaderValue::from_str(&after).ok()?, after, why)));
        match changed {
            Some((value, after, why)) => {
                edits.push(super::edit(
                    name.as_str().to_owned(),
                    Some(before),
                    Some(after),
                    why,
                ));
                headers.append(name.clone(), value);
            }
            None => {
                headers.append(name.clone(), line);
            }
        }
    }
}

/// `x-action-redirect: URL;push`.
fn action(value: &str, context: &ResponseContext) -> Option<(String, String)> {
    let (url, kind) = value
        .rsplit_once(';')
        .filter(|(_, kind)| matches!(*kind, "push" | "replace"))
        .unzip();
    let Verdict::Changed(after, why) = judge(url.unwrap_or(value).trim(), context) else {
        return None;
    };
    Some((
        kind.map_or(after.clone(), |kind| format!("{after};{kind}")),
        why,
    ))
}

/// `Refresh: 5; url=URL`.
fn refresh(value: &str, context: &ResponseContext) -> Option<(String, String)> {
    let at = value.to_ascii_lowercase().find("url=")? + 4;
    let (before, url) = value.split_at(at);
    let quote = url.chars().next().filter(|c| matches!(c, '"' | '\''));
    let bare = url.trim_matches(['"', '\'']).trim();
    let Verdict::Changed(after, why) = judge(bare, context) else {
        return None;
    };
    let quote = quote.map(String::from).unwrap_or_default();
    Some((format!("{before}{quote}{after}{quote}"), why))
}

/// `Link: <URL>; rel=preload, <URL>; …`.
fn link(value: &str, context: &ResponseContext) -> Option<(String, String)> {
    let mut out = String::with_capacity(value.len());
    let mut reason = None;
    let mut rest = value;
    while let Some((before, after)) = rest.split_once('<') {
        let Some((url, tail)) = after.split_once('>') else {
            break;
        };
        out.push_str(before);
        match judge(url.trim(), context) {
            Verdict::Changed(changed, why) => {
                out.push_str(&format!("<{changed}>"));
                reason = Some(why);
            }
            Verdict::Kept | Verdict::Foreign => out.push_str(&format!("<{url}>")),
        }
        rest = tail;
    }
    out.push_str(rest);
    Some((out, reason?))
}

fn judge(url: &str, context: &ResponseContext) -> Verdict {
    let (scheme, after) = match (url.strip_prefix("//"), url.split_once("://")) {
        // It takes the scheme of whoever reads it: the upstream's, as the app means it.
        (Some(after), _) => (context.upstream.scheme.as_str(), after),
        (None, Some((scheme, after))) if scheme.eq_ignore_ascii_case("http") => ("http", after),
        (None, Some((scheme, after))) if scheme.eq_ignore_ascii_case("https") => ("https", after),
        (None, _) => return Verdict::Kept,
    };
    let end = after.find(['/', '?', '#', '\\']).unwrap_or(after.len());
    let (authority, tail) = after.split_at(end);
    let Ok(authority) = authority.parse::<Authority>() else {
        return Verdict::Foreign;
    };
    let default_port = if scheme == "https" { 443 } else { 80 };
    match owner(&authority, default_port, context) {
        Owner::Ours => ours(url, &authority, tail, context),
        Owner::Same => {
            let why =
                format!("{authority} is the Host sent; the browser knows it as the pane's own");
            Verdict::Changed(format!("{}{tail}", context.pane_origin()), why)
        }
        Owner::Bare => {
            let why = format!(
                "{authority} is the upstream's own address; the pane stays on its preview host"
            );
            Verdict::Changed(format!("{}{tail}", context.pane_origin()), why)
        }
        Owner::Parts(parts) => fitted(parts, tail, context),
        Owner::Foreign => Verdict::Foreign,
    }
}

/// An address of ours, as an app makes it that got our own host: the session is put back.
fn ours(url: &str, authority: &Authority, tail: &str, context: &ResponseContext) -> Verdict {
    let Resolved::Preview(mut resolved) = resolve(&authority.host, &context.snapshot) else {
        return Verdict::Kept;
    };
    if resolved.session.is_none() {
        resolved.session.clone_from(&context.preview.session);
    }
    let address = resolved.address(&context.snapshot.workspace);
    let after = format!("{}{tail}", origin(&address, context));
    if after == url {
        return Verdict::Kept;
    }
    Verdict::Changed(after, "the pane's own session and port".to_owned())
}

/// An address that fits the preview's host template.
fn fitted(
    found: std::collections::BTreeMap<String, String>,
    tail: &str,
    context: &ResponseContext,
) -> Verdict {
    let workspace = &context.snapshot.workspace;
    let mut resolved = context.preview.clone();
    let before = resolved.tenant.clone();
    resolved.parts.extend(found);
    resolved.tenant = resolved.parts.get("tenant").cloned();
    // Only a part that the template does not name can be missing: then the address is nobody's.
    if !resolved.parts.is_empty() && resolved.parts.len() != workspace.prefix.len() {
        return Verdict::Foreign;
    }
    let address = resolved.address(workspace);
    let why = match (&before, &resolved.tenant) {
        (Some(before), Some(after)) if before != after => {
            format!("the upstream's address of {after}, another tenant than {before}")
        }
        (None, Some(after)) => format!("the upstream's address of the tenant {after}"),
        _ => "the upstream's address of this tenant".to_owned(),
    };
    Verdict::Changed(format!("{}{tail}", origin(&address, context)), why)
}

/// The origin of a preview address, on the port that the pane was asked on.
fn origin(address: &PreviewAddress, context: &ResponseContext) -> String {
    let host = address.host(&context.snapshot.base);
    match context.pane.port {
        Some(port) if port != 80 => format!("http://{host}:{port}"),
        _ => format!("http://{host}"),
    }
}

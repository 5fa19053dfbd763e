//! Addresses in response fields: back to the preview host.

use std::collections::BTreeMap;
use std::ops::Range;

use http::header::{CONTENT_LOCATION, HeaderName, LINK, LOCATION, REFRESH};
use http::{HeaderMap, HeaderValue};

use super::address::{Absolute, Split, relative, split, trimmed};
use super::bytes::{characters, shown, value};
use super::matcher::{Owner, owner};
use super::{ResponseContext, link, refresh};
use crate::address::PreviewAddress;
use crate::edit::Edit;
use crate::host::Authority;
use crate::resolve::{Resolved, resolve};
use crate::tenancy::{self, Reading};
use crate::upstream::Scheme;

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
        let location = shown(&characters(location));
        foreign = leads_out(&location, context);
    }
    for name in [LOCATION, CONTENT_LOCATION, DATA_REDIRECT] {
        each(headers, &name, context, edits, whole);
    }
    each(headers, &ACTION_REDIRECT, context, edits, |value| {
        Some(action(value)).into_iter().collect()
    });
    each(headers, &REFRESH, context, edits, |value| {
        refresh::address(value).into_iter().collect()
    });
    each(headers, &LINK, context, edits, link::targets);
    foreign
}

/// The whole address, where it is outside of the workspace.
fn leads_out(location: &str, context: &ResponseContext) -> Option<String> {
    let address = trimmed(location);
    if !matches!(judge(&address, context), Verdict::Foreign) {
        return None;
    }
    let Split::Absolute(absolute) = split(&address, context.site.upstream.scheme) else {
        return None;
    };
    // It takes the scheme of whoever reads it: the upstream's, as the app means it.
    let scheme = absolute.scheme.unwrap_or(context.site.upstream.scheme);
    let authority = absolute.authority.as_ref()?;
    Some(absolute.moved_to(&format!("{scheme}://{authority}")))
}

/// Edits the addresses that `find` finds in each line of a field.
fn each(
    headers: &mut HeaderMap,
    name: &HeaderName,
    context: &ResponseContext,
    edits: &mut Vec<Edit>,
    find: impl Fn(&str) -> Vec<Range<usize>>,
) {
    if !headers.contains_key(name) {
        return;
    }
    let lines: Vec<HeaderValue> = headers.get_all(name).iter().cloned().collect();
    headers.remove(name);
    for line in lines {
        let before = characters(&line);
        let changed = change(&before, &find(&before), context)
            .and_then(|(after, why)| Some((value(&after)?, after, why)));
        match changed {
            Some((value, after, why)) => {
                edits.push(super::edit(
                    name.as_str().to_owned(),
                    Some(shown(&before)),
                    Some(shown(&after)),
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

/// The value with every address that needs it changed, and why; `None` where none does.
fn change(
    value: &str,
    addresses: &[Range<usize>],
    context: &ResponseContext,
) -> Option<(String, String)> {
    let mut out = String::new();
    let mut reason = None;
    let mut kept = 0;
    for range in addresses {
        let address = trimmed(&value[range.clone()]);
        if let Verdict::Changed(after, why) = judge(&address, context) {
            out.push_str(&value[kept..range.start]);
            out.push_str(&after);
            kept = range.end;
            reason = Some(why);
        }
    }
    out.push_str(&value[kept..]);
    Some((out, reason?))
}

/// A value that is an address from end to end.
fn whole(value: &str) -> Vec<Range<usize>> {
    Some(0..value.len()).into_iter().collect()
}

/// Where the address stands in `x-action-redirect: URL;push`.
pub(crate) fn action(value: &str) -> Range<usize> {
    let kind = value
        .rfind(';')
        .filter(|at| matches!(value[at + 1..].trim(), "push" | "replace"));
    0..kind.unwrap_or(value.len())
}

/// What an origin (`http://host:port`) of the upstream is for the browser, and why; `None` where
/// it is nobody's here, or is the browser's own already.
pub(super) fn origin_of(origin: &str, context: &ResponseContext) -> Option<(String, String)> {
    let Split::Absolute(Absolute {
        scheme: Some(_),
        tail: "",
        ..
    }) = split(origin, context.site.upstream.scheme)
    else {
        return None;
    };
    match judge(origin, context) {
        Verdict::Changed(after, why) => Some((after, why)),
        Verdict::Kept | Verdict::Foreign => None,
    }
}

fn judge(address: &str, context: &ResponseContext) -> Verdict {
    let absolute = match split(address, context.site.upstream.scheme) {
        Split::Relative | Split::Other => return Verdict::Kept,
        // On a page of the upstream's scheme that is a path; on a pane's it may be a host.
        Split::SameScheme(rest) if context.site.upstream.scheme != Scheme::Http => {
            let why = "a path on a page over https; panes are served over http".to_owned();
            return Verdict::Changed(relative(rest).into_owned(), why);
        }
        Split::SameScheme(_) => return Verdict::Kept,
        Split::Absolute(absolute) => absolute,
    };
    let Some(authority) = &absolute.authority else {
        return Verdict::Foreign;
    };
    let scheme = absolute.scheme.unwrap_or(context.site.upstream.scheme);
    let pane = |mut why: String| {
        why.extend(of_another(absolute.tail, context));
        let to = context.pane_origin().to_owned();
        Verdict::Changed(absolute.moved_to(&to), why)
    };
    match owner(authority, scheme.default_port(), context) {
        Owner::Ours => ours(address, authority, &absolute, context),
        Owner::Same => pane(format!(
            "{authority} is the Host sent; the browser knows it as the pane's own"
        )),
        Owner::Bare => pane(format!(
            "{authority} is the upstream's own address; the pane stays on its preview host"
        )),
        Owner::Parts(parts) => fitted(parts, &absolute, context),
        Owner::Foreign => Verdict::Foreign,
    }
}

/// The words for a path that is another tenant's, where the tenants are in the path.
fn of_another(path: &str, context: &ResponseContext) -> Option<String> {
    let workspace = &context.snapshot.workspace;
    let own = context.site.preview.tenant.as_deref();
    let preview = workspace.previews.get(&context.site.preview.preview)?;
    let Reading::Tenant { id, .. } = tenancy::read(path, preview, workspace) else {
        return None;
    };
    match own {
        Some(own) if own == id => None,
        Some(own) => Some(format!(
            "; its path is that of {id}, another tenant than {own}"
        )),
        None => Some(format!("; its path is that of the tenant {id}")),
    }
}

/// An address of ours, as an app makes it that got our own host: the session is put back.
fn ours(
    address: &str,
    authority: &Authority,
    absolute: &Absolute<'_>,
    context: &ResponseContext,
) -> Verdict {
    let Resolved::Preview(mut resolved) = resolve(&authority.host, &context.snapshot) else {
        return Verdict::Kept;
    };
    if resolved.session.is_none() {
        resolved.session.clone_from(&context.site.preview.session);
    }
    let to = origin(&resolved.address(&context.snapshot.workspace), context);
    let after = absolute.moved_to(&to);
    if after == address {
        return Verdict::Kept;
    }
    Verdict::Changed(after, "the pane's own session and port".to_owned())
}

/// An address that fits the preview's host template.
fn fitted(
    found: BTreeMap<String, String>,
    absolute: &Absolute<'_>,
    context: &ResponseContext,
) -> Verdict {
    let workspace = &context.snapshot.workspace;
    let mut resolved = context.site.preview.clone();
    let before = resolved.tenant.clone();
    resolved.parts.extend(found);
    resolved.tenant = resolved.parts.get("tenant").cloned();
    // Only a part that the template does not name can be missing: then the address is nobody's.
    if !resolved.parts.is_empty() && resolved.parts.len() != workspace.prefix.len() {
        return Verdict::Foreign;
    }
    let to = origin(&resolved.address(workspace), context);
    let why = match (&before, &resolved.tenant) {
        (Some(before), Some(after)) if before != after => {
            format!("the upstream's address of {after}, another tenant than {before}")
        }
        (None, Some(after)) => format!("the upstream's address of the tenant {after}"),
        _ => "the upstream's address of this tenant".to_owned(),
    };
    Verdict::Changed(absolute.moved_to(&to), why)
}

/// The origin of a preview address, on the port that the pane was asked on.
fn origin(address: &PreviewAddress, context: &ResponseContext) -> String {
    let host = address.host(&context.snapshot.base);
    match context.site.pane.port {
        Some(port) if port != 80 => format!("http://{host}:{port}"),
        _ => format!("http://{host}"),
    }
}

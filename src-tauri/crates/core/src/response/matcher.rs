//! Whose address is this? The host template, read backwards.

use std::collections::BTreeMap;

use super::ResponseContext;
use crate::host::{Authority, Host};
use crate::label::{SEPARATOR, check_label};
use crate::template::Piece;

/// Whom an authority belongs to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Owner {
    /// A preview host of ours already.
    Ours,
    /// This preview's upstream, by the very Host that was sent.
    Same,
    /// This preview's upstream, for these prefix parts.
    Parts(BTreeMap<String, String>),
    /// This preview's upstream, without saying for whom.
    Bare,
    /// Somebody else.
    Foreign,
}

/// Tells whom an authority belongs to. `default_port` is that of the address's scheme.
pub(super) fn owner(authority: &Authority, default_port: u16, context: &ResponseContext) -> Owner {
    if authority
        .host
        .strip_base(&context.snapshot.base.host)
        .is_some()
    {
        return Owner::Ours;
    }
    let forms = forms(authority, default_port, context);
    let sent = context.host_sent.as_ref().map(ToString::to_string);
    if sent.is_some_and(|sent| forms.contains(&sent)) {
        return Owner::Same;
    }
    if let Some(parts) = forms.iter().find_map(|form| parts(form, context)) {
        return Owner::Parts(parts);
    }
    if is_bare(authority, default_port, context) {
        return Owner::Bare;
    }
    Owner::Foreign
}

/// The spellings under which a template may know an authority: as written, without a port that
/// goes without saying, and with one that was not said.
fn forms(authority: &Authority, default_port: u16, context: &ResponseContext) -> Vec<String> {
    let host = authority.host.to_string();
    let port = authority.port_or(default_port);
    let mut forms = vec![authority.to_string()];
    if authority.port.is_none() {
        forms.push(format!("{host}:{port}"));
    } else if port == default_port || port == context.upstream.port() {
        forms.push(host);
    }
    forms
}

/// The upstream by its plain name: for a loopback one, by any name of this machine.
fn is_bare(authority: &Authority, default_port: u16, context: &ResponseContext) -> bool {
    let upstream = &context.upstream;
    let same_port = authority.port_or(default_port) == upstream.port();
    if upstream.host().is_loopback() {
        let machine = match &authority.host {
            Host::Name(name) => name.as_str() == "localhost" || authority.host == *upstream.host(),
            Host::V4(address) => address.is_loopback() || address.is_unspecified(),
            Host::V6(address) => address.is_loopback() || address.is_unspecified(),
        };
        return machine && same_port;
    }
    authority.host == *upstream.host() && (same_port || authority.port.is_none())
}

/// The prefix parts that make the preview's Host equal to `form`.
fn parts(form: &str, context: &ResponseContext) -> Option<BTreeMap<String, String>> {
    let workspace = &context.snapshot.workspace;
    let preview = workspace.previews.get(&context.preview.preview)?;
    let mut found = BTreeMap::new();
    match &preview.host {
        Some(template) => {
            if !fits(template.pieces(), form, context, &mut found) {
                return None;
            }
        }
        None => {
            let bare = context.upstream.authority.to_string();
            let prefix = form.strip_suffix(&bare)?.strip_suffix(SEPARATOR)?;
            let pieces: Vec<&str> = prefix.split(SEPARATOR).collect();
            if pieces.len() != workspace.prefix.len()
                || pieces.iter().any(|piece| check_label(piece).is_err())
            {
                return None;
            }
            found.extend(
                workspace
                    .prefix
                    .iter()
                    .cloned()
                    .zip(pieces.into_iter().map(str::to_owned)),
            );
        }
    }
    if let Some(tenant) = found.get_mut("tenant") {
        let ours = preview
            .tenants
            .iter()
            .find(|(_, theirs)| theirs.as_deref() == Some(tenant.as_str()));
        if let Some((ours, _)) = ours {
            tenant.clone_from(ours);
        }
    }
    Some(found)
}

/// Fits a text to a template: fixed variables are text, prefix parts are any label.
fn fits(
    pieces: &[Piece],
    text: &str,
    context: &ResponseContext,
    found: &mut BTreeMap<String, String>,
) -> bool {
    let Some((piece, rest)) = pieces.split_first() else {
        return text.is_empty();
    };
    let mut literal = |literal: &str| match text.strip_prefix(literal) {
        Some(text) => fits(rest, text, context, found),
        None => false,
    };
    let name = match piece {
        Piece::Literal(text) => return literal(&text.to_ascii_lowercase()),
        Piece::Environment { name, .. } => {
            let value = context
                .preview
                .value(&format!("env:{name}"), &context.snapshot);
            return value.is_some_and(|value| literal(&value));
        }
        Piece::Variable { name, .. } => name,
    };
    let workspace = &context.snapshot.workspace;
    if name == "domain" {
        return workspace.tenants.values().any(|tenant| {
            let Some(text) = tenant
                .domains
                .first()
                .and_then(|domain| text.strip_prefix(domain.as_str()))
            else {
                return false;
            };
            let mut tried = found.clone();
            let agrees = tried
                .insert("tenant".to_owned(), tenant.id.clone())
                .is_none_or(|before| before == tenant.id);
            let fit = agrees && fits(rest, text, context, &mut tried);
            if fit {
                *found = tried;
            }
            fit
        });
    }
    if !workspace.prefix.contains(name) {
        let value = context.preview.value(name, &context.snapshot);
        return value.is_some_and(|value| literal(&value));
    }
    if let Some(value) = found.get(name).cloned() {
        return text
            .strip_prefix(value.as_str())
            .is_some_and(|text| fits(rest, text, context, found));
    }
    let longest = text
        .bytes()
        .take_while(|b| b.is_ascii_alphanumeric() || *b == b'-')
        .count();
    (1..=longest).any(|end| {
        let (value, after) = text.split_at(end);
        if check_label(value).is_err() {
            return false;
        }
        let mut tried = found.clone();
        tried.insert(name.clone(), value.to_owned());
        let fit = fits(rest, after, context, &mut tried);
        if fit {
            *found = tried;
        }
        fit
    })
}

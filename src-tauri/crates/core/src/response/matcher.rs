//! Whose address is this? The host template, read backwards.

use std::collections::BTreeMap;

use super::ResponseContext;
use crate::host::{Authority, Host};
use crate::label::{SEPARATOR, check_label};
use crate::remote::tenant_of_domain;
use crate::workspace::{Preview, Template, Tenancy, Workspace};

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
    let sent = context.site.host_sent.as_ref().map(ToString::to_string);
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
    } else if port == default_port || port == context.site.upstream.port() {
        forms.push(host);
    }
    forms
}

/// The upstream by its plain name: for a loopback one, by any name of this machine.
fn is_bare(authority: &Authority, default_port: u16, context: &ResponseContext) -> bool {
    let upstream = &context.site.upstream;
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
    let preview = workspace.previews.get(&context.site.preview.preview)?;
    let own = preview
        .host
        .is_none()
        .then(|| upstream_of_a_tenant(preview, workspace));
    let mut found: BTreeMap<String, String> = match preview.host.as_ref().or(own.flatten().as_ref())
    {
        Some(template) => {
            let fixed = |name: &str| {
                let asked_for =
                    workspace.prefix.iter().any(|part| part == name) || name == "domain";
                if asked_for {
                    None
                } else {
                    context.site.preview.value(name, &context.snapshot)
                }
            };
            let mut values = template.capture(form, &fixed)?;
            let domain = values.remove("domain");
            values.retain(|name, _| workspace.prefix.contains(name));
            if let Some(domain) = domain {
                let (owner, _) = tenant_of_domain(&domain, workspace)?;
                values.insert("tenant".to_owned(), preview.name_of(&owner.id).to_owned());
            }
            values
        }
        None if workspace.tenancy == Tenancy::Path => return None,
        None => {
            let bare = context.site.upstream.authority.to_string();
            let prefix = form.strip_suffix(&bare)?.strip_suffix(SEPARATOR)?;
            let pieces: Vec<&str> = prefix.split(SEPARATOR).collect();
            if pieces.len() != workspace.prefix.len() {
                return None;
            }
            workspace
                .prefix
                .iter()
                .cloned()
                .zip(pieces.into_iter().map(str::to_owned))
                .collect()
        }
    };
    if found.values().any(|part| check_label(part).is_err()) {
        return None;
    }
    if let Some(tenant) = found.get_mut("tenant") {
        *tenant = preview.tenant_called(tenant).to_owned();
    }
    Some(found)
}

/// The authority of an upstream that each tenant has its own of, such as `https://{domain}`.
fn upstream_of_a_tenant(preview: &Preview, workspace: &Workspace) -> Option<Template> {
    let (_, authority) = preview.upstream.template()?.as_str().split_once("://")?;
    let template: Template = authority.trim_end_matches('/').parse().ok()?;
    let is_part = |name: &str| workspace.prefix.iter().any(|part| part == name);
    let names_one = template
        .variables()
        .any(|name| name == "domain" || is_part(name));
    names_one.then_some(template)
}

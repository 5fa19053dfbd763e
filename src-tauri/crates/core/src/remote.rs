//! Addresses outside this machine: what a teammate can open, and what a pasted one names here.

use url::Url;

use crate::address::PreviewAddress;
use crate::budget::{AddressProblem, remote_label_problem, vercel_app_problem, with_path};
use crate::host::Host;
use crate::label::SEPARATOR;
use crate::nearest::nearest;
use crate::resolve::{Resolved, ResolvedPreview, count_mismatch, name, resolve_at};
use crate::template::Template;
use crate::tenancy::named_by;
use crate::upstream::UpstreamOrigin;
use crate::workspace::{Preview, Snapshot, Tenancy, Tenant, Workspace};

/// A remote URL, or why there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remote {
    /// What a teammate can open.
    pub url: Option<String>,
    /// Why there is none.
    pub reason: Option<String>,
    /// What to know about it.
    pub problems: Vec<AddressProblem>,
}

// === impl Remote ===

impl Remote {
    pub(crate) fn none(reason: impl Into<String>) -> Self {
        Self {
            url: None,
            reason: Some(reason.into()),
            problems: Vec::new(),
        }
    }
}

/// What a teammate can open: the same prefix before the upstream's own host, or at the start of its
/// path. A session is dropped,
/// since nothing outside knows it; a loopback upstream has no such address.
pub fn remote_url(resolved: &ResolvedPreview, snapshot: &Snapshot, path: &str) -> Remote {
    let upstream = match resolved.upstream(snapshot) {
        Ok(upstream) => upstream,
        Err(error) => return Remote::none(error.to_string()),
    };
    if upstream.host().is_loopback() {
        return Remote::none(format!(
            "the upstream {upstream} is on this machine: nobody else can open it"
        ));
    }
    let prefix = resolved
        .upstream_prefix(&snapshot.workspace)
        .filter(|_| !resolved.names_the_tenant(snapshot));
    let origin = match (prefix, upstream.host()) {
        (None, _) => upstream.to_string(),
        (Some(_), Host::V4(_) | Host::V6(_)) => {
            return Remote::none(format!(
                "the upstream {upstream} is an address, and a prefix needs a name"
            ));
        }
        (Some(prefix), Host::Name(_)) => format!(
            "{}://{prefix}{SEPARATOR}{}",
            upstream.scheme, upstream.authority
        ),
    };
    let host = origin
        .split_once("://")
        .map_or("", |(_, authority)| authority);
    let host = host.split(':').next().unwrap_or_default().to_owned();
    if let Some(problem) = remote_label_problem(&host) {
        return Remote {
            url: None,
            reason: Some(problem.message.clone()),
            problems: vec![problem],
        };
    }
    match with_path(&origin, &resolved.path_prefix(&snapshot.workspace), path) {
        Some(url) => Remote {
            url: Some(url),
            reason: None,
            problems: vercel_app_problem(&host).into_iter().collect(),
        },
        None => Remote::none(format!("{origin} is no address that a browser opens")),
    }
}

/// Reads any URL: a preview host of ours whatever its port, else the preview whose upstream it is.
///
/// ```
/// # use tripledash_core::{remote::resolve_url, resolve::Resolved, workspace::parse};
/// # use std::sync::Arc;
/// # let text = r#"{ "name": "w", "tenants": [{ "id": "acme" }],
/// #   "previews": [{ "name": "feature", "upstream": "https://my-app-git-feature.acme.dev" }] }"#;
/// # let snapshot = tripledash_core::Snapshot {
/// #     generation: 1,
/// #     workspace: Arc::new(parse(text, "t.json").workspace.unwrap()),
/// #     base: tripledash_core::address::BaseDomain::local(7333),
/// #     environment: Arc::default(),
/// #     unlocked: Arc::default(),
/// #     certificates: Arc::default(),
/// # };
/// // A workspace whose preview "feature" has the upstream https://my-app-git-feature.acme.dev:
/// let url = "https://acme---my-app-git-feature.acme.dev/about".parse()?;
/// let Resolved::Preview(found) = resolve_url(&url, &snapshot) else { panic!() };
/// assert_eq!((found.tenant.as_deref(), found.preview.as_str()), (Some("acme"), "feature"));
/// # Ok::<(), url::ParseError>(())
/// ```
pub fn resolve_url(url: &Url, snapshot: &Snapshot) -> Resolved {
    let Some(Ok(host)) = url.host_str().map(str::parse::<Host>) else {
        return Resolved::Unknown {
            reason: "the URL has no host".to_owned(),
            near: Vec::new(),
        };
    };
    match resolve_at(&host, url.path(), snapshot) {
        Resolved::Elsewhere => resolve_remote(url, &host, snapshot),
        ours => ours,
    }
}

/// Finds the preview whose upstream a URL is at, and the tenant that its host names. Among several
/// the one on the URL's port is taken, then the first in the file.
fn resolve_remote(url: &Url, host: &Host, snapshot: &Snapshot) -> Resolved {
    let workspace = &snapshot.workspace;
    let port = url.port_or_known_default();
    let mut best: Option<(u8, Resolved)> = None;
    for preview in workspace.previews.values() {
        for (upstream_port, resolved) in readings(host, preview, snapshot) {
            let resolved = match resolved {
                Resolved::Preview(found) => named_by(found, url.path(), workspace),
                other => other,
            };
            let known = u8::from(matches!(resolved, Resolved::Preview(_)));
            let rank = 2 * known + u8::from(port.is_some() && port == upstream_port);
            if best.as_ref().is_none_or(|(other, _)| rank > *other) {
                best = Some((rank, resolved));
            }
        }
    }
    best.map_or_else(
        || {
            let first = host.labels().next().unwrap_or_default();
            let first = first.rsplit(SEPARATOR).next().unwrap_or_default();
            let near = nearest(first, workspace.previews.keys().map(String::as_str), 3);
            let reason = match tenant_of_domain(&host.to_string(), workspace) {
                Some((tenant, _)) => format!(
                    "{host} is a domain of the tenant {}, and no preview of this workspace leads to it: one with the \
                     upstream \"https://{{domain}}\" would",
                    tenant.id
                ),
                None => format!("no preview of this workspace has its upstream at {host}"),
            };
            Resolved::Unknown { reason, near }
        },
        |(_, resolved)| resolved,
    )
}

/// Every way in which a host can be one of a preview's, with the upstream's port.
fn readings(host: &Host, preview: &Preview, snapshot: &Snapshot) -> Vec<(Option<u16>, Resolved)> {
    let workspace = &snapshot.workspace;
    let text = host.to_string();
    let mut readings = Vec::new();
    // A host template says best what the app's own host names.
    if let Some(template) = &preview.host {
        let port = bare(preview, snapshot).map(|upstream| upstream.port());
        let port = written_port(template).or(port);
        readings.extend(captured(template, &text, preview, snapshot).map(|found| (port, found)));
    }
    match bare(preview, snapshot) {
        Some(upstream) => {
            let upstream_host = upstream.host().to_string();
            let same = text == upstream_host
                || (host.is_loopback_itself() && upstream.host().is_loopback_itself());
            let prefix = text
                .strip_suffix(&upstream_host)
                .and_then(|rest| rest.strip_suffix(SEPARATOR))
                .filter(|_| workspace.tenancy == Tenancy::Host);
            let parts: Option<Vec<String>> = match prefix {
                Some(prefix) => Some(prefix.split(SEPARATOR).map(str::to_owned).collect()),
                None => same.then(Vec::new),
            };
            readings.extend(
                parts.map(|parts| (Some(upstream.port()), named(parts, preview, workspace))),
            );
        }
        None => {
            let upstream = preview
                .upstream
                .template()
                .and_then(|template| template.as_str().split_once("://"));
            if let Some((scheme, rest)) = upstream
                && let Ok(template) = rest.trim_end_matches('/').parse::<Template>()
            {
                let port = written_port(&template).or(match scheme {
                    "https" => Some(443),
                    _ => Some(80),
                });
                readings.extend(
                    captured(&template, &text, preview, snapshot).map(|found| (port, found)),
                );
            }
        }
    }
    readings
}

/// The port that stands in a template of an authority.
fn written_port(template: &Template) -> Option<u16> {
    let (_, digits) = template.as_str().rsplit_once(':')?;
    digits.parse().ok()
}

/// The upstream's origin where no part of a prefix has a say in it.
fn bare(preview: &Preview, snapshot: &Snapshot) -> Option<UpstreamOrigin> {
    let without_prefix = ResolvedPreview {
        preview: preview.name.clone(),
        tenant: None,
        upstream_tenant: None,
        session: None,
        parts: std::collections::BTreeMap::new(),
        listed: true,
    };
    without_prefix.upstream(snapshot).ok()
}

/// Reads a host by a template: its parts, or the tenant whose domain it is. Ports are left out.
fn captured(
    template: &Template,
    host: &str,
    preview: &Preview,
    snapshot: &Snapshot,
) -> Option<Resolved> {
    let workspace = &snapshot.workspace;
    let fixed = |name: &str| match name {
        "preview" => Some(preview.name.clone()),
        "branch" => preview.branch.clone(),
        "port" => bare(preview, snapshot).map(|upstream| upstream.port().to_string()),
        other => snapshot
            .environment
            .get(other.strip_prefix("env:")?)
            .cloned(),
    };
    let values = template.capture(host, &fixed).or_else(|| {
        // The URL's port was taken off; put the template's own back.
        let port = template.as_str().rsplit_once(':')?.1;
        let port = if port == "{port}" {
            fixed("port")?
        } else {
            port.to_owned()
        };
        template.capture(&format!("{host}:{port}"), &fixed)
    })?;
    let owner = match values.get("domain") {
        Some(domain) => Some(tenant_of_domain(domain, workspace)?.0),
        None => None,
    };
    if workspace.tenancy == Tenancy::Path {
        // The path says who is asked for.
        return Some(named(Vec::new(), preview, workspace));
    }
    let part = |name: &String| match (values.get(name), owner) {
        (Some(value), _) => Some(value.clone()),
        // Its own id: there is nothing to translate back.
        (None, Some(owner)) if name == "tenant" => Some(preview.name_of(&owner.id).to_owned()),
        (None, _) => None,
    };
    let parts: Vec<String> = workspace.prefix.iter().filter_map(part).collect();
    if owner.is_some() && parts.is_empty() {
        return None;
    }
    Some(named(parts, preview, workspace))
}

/// The tenant that a domain is of, and the domain as it is listed: the very name first, then the
/// same with or without `www.`, which is one site to whoever types it.
pub(crate) fn tenant_of_domain<'w>(
    domain: &str,
    workspace: &'w Workspace,
) -> Option<(&'w Tenant, &'w str)> {
    let listed = |wanted: &dyn Fn(&str) -> bool| {
        workspace.tenants.values().find_map(|tenant| {
            let domain = tenant.domains.iter().find(|domain| wanted(domain))?;
            Some((tenant, domain.as_str()))
        })
    };
    let bare = |domain: &'_ str| domain.strip_prefix("www.").unwrap_or(domain).to_owned();
    listed(&|listed| listed == domain).or_else(|| {
        let domain = bare(domain);
        listed(&|listed| listed.strip_prefix("www.").unwrap_or(listed) == domain)
    })
}

/// Gives parts as the upstream knows them the names that the workspace has for them.
fn named(mut parts: Vec<String>, preview: &Preview, workspace: &Workspace) -> Resolved {
    if !parts.is_empty() && parts.len() != workspace.prefix.len() {
        let reason = count_mismatch(&parts, &workspace.prefix);
        return Resolved::Unknown {
            reason,
            near: vec![preview.name.clone()],
        };
    }
    let at = workspace.prefix.iter().position(|name| name == "tenant");
    if let Some(part) = at.and_then(|at| parts.get_mut(at)) {
        *part = preview.tenant_called(part).to_owned();
    }
    let address = PreviewAddress {
        parts,
        preview: preview.name.clone(),
        session: None,
    };
    match address.check() {
        Ok(()) => name(address, workspace),
        Err(error) => Resolved::Unknown {
            reason: error.to_string(),
            near: vec![preview.name.clone()],
        },
    }
}

impl Host {
    /// `localhost` or a loopback address: names for one and the same machine and its ports.
    fn is_loopback_itself(&self) -> bool {
        match self {
            Self::Name(name) => name.as_str() == "localhost",
            Self::V4(_) | Self::V6(_) => self.is_loopback(),
        }
    }
}

#[cfg(test)]
mod tests;

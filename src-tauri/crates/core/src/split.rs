//! Takes a pasted address apart: a preview's URL with or without a tenant before it, or a dev
//! server. It is the first thing that a new user does, so it reads what people really paste: with
//! or without a scheme, in quotes or angle brackets, a bare port.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::Serialize;
use url::Url;

use crate::address::BaseDomain;
use crate::host::{Authority, Host};
use crate::label::{SEPARATOR, check_label, propose};
use crate::remote::resolve_url;
use crate::resolve::{Resolved, ResolvedPreview};
use crate::tenancy::{Reading, read_with, within};
use crate::workspace::{Snapshot, Workspace};

/// A pasted address in its pieces.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Split {
    /// The tenant that the address names.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub tenant: Option<String>,
    /// The preview: one of the workspace where it is known, else a name for a new one.
    pub preview: String,
    /// What follows the preview's label in its host; `None` for a dev server.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub suffix: Option<String>,
    /// The origin without the tenant: what a new preview's `upstream` would be.
    pub upstream: String,
    /// Path, query and fragment, without the segments that name the tenant.
    pub path: String,
    /// What kind of address it is.
    pub kind: SplitKind,
}

/// What was pasted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum SplitKind {
    /// A tenant before a preview's own host.
    TenantPreview,
    /// A preview's own host.
    Preview,
    /// A server on this machine or in this network.
    DevServer,
}

/// A pasted text that is no address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is no address: {reason}")]
pub struct UnreadableAddress {
    /// The offending text.
    pub text: String,
    /// What was found, and what was wanted.
    pub reason: String,
}

/// Takes a pasted address apart, with the previews of the workspace at hand.
///
/// # Errors
///
/// Says what the text lacks.
pub fn split(text: &str, snapshot: &Snapshot) -> Result<Split, UnreadableAddress> {
    let unreadable = |reason: String| UnreadableAddress {
        text: text.trim().chars().take(300).collect(),
        reason,
    };
    let url = url_of(text).map_err(unreadable)?;
    if url.port() == Some(0) {
        return Err(unreadable("port 0 cannot be connected to".to_owned()));
    }
    let host = url
        .host_str()
        .ok_or_else(|| "it has no host".to_owned())
        .and_then(|host| host.parse::<Host>().map_err(|error| error.reason))
        .map_err(unreadable)?;
    let path = path_of(&url);
    match resolve_url(&url, snapshot) {
        // On this machine every app has the same host: only the port tells them apart.
        Resolved::Preview(found) if is_on_another_port(&url, &host, &found, snapshot) => {}
        Resolved::Preview(found) => {
            // A known preview's own upstream; where only the pasted host can say it, that.
            let upstream = found
                .upstream(snapshot)
                .map_or_else(|_| origin(&url, &host), |upstream| upstream.to_string());
            let kind = match (
                host.is_loopback() && host.strip_base(&snapshot.base.host).is_none(),
                &found.tenant,
            ) {
                (true, _) => SplitKind::DevServer,
                (false, Some(_)) => SplitKind::TenantPreview,
                (false, None) => SplitKind::Preview,
            };
            let suffix = upstream_suffix(&upstream);
            let path = found.path_within(&path, snapshot).into_owned();
            return Ok(Split {
                tenant: found.tenant,
                preview: found.preview,
                suffix,
                upstream,
                path,
                kind,
            });
        }
        Resolved::Workbench => {
            return Err(unreadable(
                "it is the workbench's own address, wanted your app's".to_owned(),
            ));
        }
        // Under our base domain nothing but a known preview can be meant.
        Resolved::Unknown { reason, .. } if host.strip_base(&snapshot.base.host).is_some() => {
            return Err(unreadable(reason));
        }
        Resolved::Unknown { .. } | Resolved::Elsewhere => {}
    }
    let mut found = unknown(&url, &host, path, snapshot).map_err(unreadable)?;
    if let Reading::Tenant { id, .. } =
        read_with(&found.path, &BTreeMap::new(), &snapshot.workspace)
    {
        found.tenant = Some(id.to_owned());
        found.path = within(&found.path, snapshot.workspace.prefix.len()).into_owned();
    }
    Ok(found)
}

/// Whether a URL on this machine has another port than the upstream of the preview found for it.
fn is_on_another_port(
    url: &Url,
    host: &Host,
    found: &ResolvedPreview,
    snapshot: &Snapshot,
) -> bool {
    host.is_loopback()
        && host.strip_base(&snapshot.base.host).is_none()
        && found
            .upstream(snapshot)
            .is_ok_and(|upstream| url.port_or_known_default() != Some(upstream.port()))
}

/// Takes a pasted address apart for a workspace that is only to be made.
///
/// ```
/// use tripledash_core::address::BaseDomain;
/// use tripledash_core::split::{SplitKind, split_new};
///
/// let base = BaseDomain::local(7333);
/// let found = split_new("https://acme---my-app-git-feature.acme.dev/about?x=1", &base)?;
/// assert_eq!(found.tenant.as_deref(), Some("acme"));
/// assert_eq!(found.preview, "my-app-git-feature");
/// assert_eq!(found.suffix.as_deref(), Some("acme.dev"));
/// assert_eq!(found.upstream, "https://my-app-git-feature.acme.dev");
/// assert_eq!(found.path, "/about?x=1");
/// assert_eq!(found.kind, SplitKind::TenantPreview);
/// # Ok::<(), tripledash_core::split::UnreadableAddress>(())
/// ```
///
/// # Errors
///
/// Says what the text lacks.
pub fn split_new(text: &str, base: &BaseDomain) -> Result<Split, UnreadableAddress> {
    let snapshot = Snapshot {
        generation: 0,
        workspace: Arc::new(Workspace::empty("")),
        base: base.clone(),
        environment: Arc::default(),
        unlocked: Arc::default(),
        certificates: Arc::default(),
    };
    split(text, &snapshot)
}

/// Reads an address whose preview the workspace does not have.
fn unknown(url: &Url, host: &Host, path: String, snapshot: &Snapshot) -> Result<Split, String> {
    let labels: Vec<&str> = host.labels().collect();
    let Some((first, rest)) = labels.split_first() else {
        return dev_server(None, url, host, path, snapshot);
    };
    if host.is_loopback() {
        // `acme.localhost` and `acme---main.localhost` are both the server behind `localhost`.
        let tenant = match (rest, first.split_once(SEPARATOR)) {
            ([], _) => None,
            (_, Some((tenant, _))) => Some(tenant),
            (_, None) => Some(*first),
        };
        return dev_server(
            tenant,
            url,
            &"localhost".parse::<Host>().map_err(|error| error.reason)?,
            path,
            snapshot,
        );
    }
    let (tenant, preview) = match first.rsplit_once(SEPARATOR) {
        Some((prefix, preview)) => (
            Some(tenant_among(prefix, &snapshot.workspace.prefix)),
            preview,
        ),
        None => (None, *first),
    };
    if let Some(Err(invalid)) = tenant.map(check_label) {
        return Err(format!("the tenant before --- {invalid}"));
    }
    if preview.is_empty() {
        return Err("nothing stands behind ---, wanted the preview's host".to_owned());
    }
    let suffix = (!rest.is_empty()).then(|| rest.join("."));
    let upstream_host = match &suffix {
        Some(suffix) => format!("{preview}.{suffix}"),
        None => preview.to_owned(),
    };
    let upstream_host: Host = upstream_host
        .parse()
        .map_err(|error: crate::host::InvalidHost| error.reason)?;
    let name = match check_label(preview) {
        Ok(()) => preview.to_owned(),
        Err(invalid) => invalid
            .proposal
            .ok_or_else(|| format!("the preview {preview:?} {}", invalid.fault))?,
    };
    Ok(Split {
        tenant: tenant.map(str::to_owned),
        preview: free_name(&name, snapshot),
        suffix,
        upstream: origin(url, &upstream_host),
        path,
        kind: if tenant.is_some() {
            SplitKind::TenantPreview
        } else {
            SplitKind::Preview
        },
    })
}

/// The tenant among the parts before a preview: where the workspace's prefix has as many, by its
/// name there, else the one next to the preview.
fn tenant_among<'a>(prefix: &'a str, names: &[String]) -> &'a str {
    let parts: Vec<&str> = prefix.split(SEPARATOR).collect();
    let named = names
        .iter()
        .position(|name| name == "tenant")
        .filter(|_| parts.len() == names.len());
    match named {
        Some(at) => parts[at],
        None => parts.last().copied().unwrap_or(prefix),
    }
}

fn dev_server(
    tenant: Option<&str>,
    url: &Url,
    host: &Host,
    path: String,
    snapshot: &Snapshot,
) -> Result<Split, String> {
    if let Some(Err(invalid)) = tenant.map(check_label) {
        return Err(format!("the tenant {invalid}"));
    }
    // 0.0.0.0 is where a server listens, not where one connects to.
    let unspecified = matches!(host, Host::V4(v4) if v4.is_unspecified())
        || matches!(host, Host::V6(v6) if v6.is_unspecified());
    let localhost: Host = "localhost"
        .parse()
        .map_err(|error: crate::host::InvalidHost| error.reason)?;
    let upstream = origin(url, if unspecified { &localhost } else { host });
    let name = propose(&format!(
        "local-{}",
        url.port_or_known_default().unwrap_or(80)
    ))
    .unwrap_or_default();
    let preview = if snapshot.workspace.previews.contains_key("local") {
        free_name(&name, snapshot)
    } else {
        "local".to_owned()
    };
    let tenant = tenant.map(str::to_owned);
    Ok(Split {
        tenant,
        preview,
        suffix: None,
        upstream,
        path,
        kind: SplitKind::DevServer,
    })
}

/// The name itself, or with the first number that makes it new.
fn free_name(name: &str, snapshot: &Snapshot) -> String {
    let taken: BTreeSet<&str> = snapshot
        .workspace
        .previews
        .keys()
        .map(String::as_str)
        .collect();
    let numbered = (2..).map(|number: u32| format!("{name}-{number}"));
    std::iter::once(name.to_owned())
        .chain(numbered)
        .find(|name| !taken.contains(name.as_str()))
        .unwrap_or_default()
}

/// The URL that a person means.
fn url_of(text: &str) -> Result<Url, String> {
    let text = text.trim().trim_matches(['"', '\'', '`', '<', '>']).trim();
    if text.is_empty() {
        return Err(
            "it is empty, wanted a preview's URL or a dev server like localhost:3000".to_owned(),
        );
    }
    if text.contains(char::is_whitespace) {
        return Err("it has spaces inside, wanted one address".to_owned());
    }
    let port = text.strip_prefix(':').unwrap_or(text);
    if let Ok(port @ 1..) = port.parse::<u16>() {
        return Url::parse(&format!("http://localhost:{port}/")).map_err(|error| error.to_string());
    }
    let url = match text.split_once("://") {
        Some((scheme, _)) if !["http", "https"].contains(&scheme.to_ascii_lowercase().as_str()) => {
            return Err(format!("found the scheme {scheme}, wanted http or https"));
        }
        Some(_) => Url::parse(text),
        None => {
            let authority = text.split(['/', '?', '#']).next().unwrap_or_default();
            let scheme = match authority.parse::<Authority>() {
                Ok(Authority {
                    host: Host::Name(name),
                    port: None,
                }) if !name.as_str().ends_with("localhost") => "https",
                _ => "http",
            };
            // A single word could be anything; an address has a dot, a port or is localhost.
            if !authority.contains(['.', ':']) && !authority.eq_ignore_ascii_case("localhost") {
                return Err(
                    "it is one word, wanted a host like my-app.acme.dev or localhost:3000"
                        .to_owned(),
                );
            }
            Url::parse(&format!("{scheme}://{text}"))
        }
    };
    let url = url.map_err(|error| error.to_string())?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err("it has a user name or password, wanted only scheme, host and path".to_owned());
    }
    Ok(url)
}

fn path_of(url: &Url) -> String {
    let mut path = url.path().to_owned();
    for (mark, part) in [('?', url.query()), ('#', url.fragment())] {
        if let Some(part) = part {
            path.push(mark);
            path.push_str(part);
        }
    }
    path
}

/// A URL's scheme and port with another host.
fn origin(url: &Url, host: &Host) -> String {
    match url.port() {
        Some(port) => format!("{}://{host}:{port}", url.scheme()),
        None => format!("{}://{host}", url.scheme()),
    }
}

/// What follows the first label of an upstream that is not on this machine.
fn upstream_suffix(upstream: &str) -> Option<String> {
    let url = Url::parse(upstream).ok()?;
    let host: Host = url.host_str()?.parse().ok()?;
    if host.is_loopback() {
        return None;
    }
    host.name()?
        .split_once('.')
        .map(|(_, suffix)| suffix.to_owned())
}

#[cfg(test)]
mod tests;

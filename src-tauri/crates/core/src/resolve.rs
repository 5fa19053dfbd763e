//! Which preview, tenant and session a host names, and what its templates' variables stand for.

use std::collections::BTreeMap;

use crate::address::{InvalidAddress, PreviewAddress};
use crate::host::Host;
use crate::label::SEPARATOR;
use crate::nearest::nearest;
use crate::template::{AbsentVariable, Template};
use crate::tenancy;
use crate::trace::Resolution;
use crate::upstream::{InvalidUpstream, UpstreamOrigin};
use crate::workspace::{Absence, Preview, Snapshot, Tenancy, Upstream, Workspace};

/// How many near names an answer offers.
const NEAR: usize = 3;

/// What a host names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resolved {
    /// The base domain: the workbench.
    Workbench,
    /// A preview of the workspace.
    Preview(ResolvedPreview),
    /// Under the base domain, and no preview of the workspace.
    Unknown {
        /// Why.
        reason: String,
        /// The nearest preview names, best first.
        near: Vec<String>,
    },
    /// Not under the base domain: not ours to answer (421, RFC 9110 section 15.5.20).
    Elsewhere,
}

/// A preview host, read with the workspace at hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResolvedPreview {
    /// The preview's name, a key of the workspace's previews.
    pub preview: String,
    /// The part named `tenant`: as in the host, or the tenant that the path names.
    pub tenant: Option<String>,
    /// What this preview calls that tenant: `{tenant}` in its templates.
    pub upstream_tenant: Option<String>,
    /// The session's name.
    pub session: Option<String>,
    /// Every prefix part by its name; empty without a prefix.
    pub parts: BTreeMap<String, String>,
    /// Whether the workspace lists the tenant. True without one.
    pub listed: bool,
}

/// Why a preview's upstream cannot be told.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoUpstream {
    /// A variable of a template has no value for this request.
    #[error("the preview {preview} needs {{{}}}, which has no value here", variable.name)]
    Absent {
        /// The preview.
        preview: String,
        /// The variable.
        variable: AbsentVariable,
    },
    /// It leads to each tenant's own domain, and there is none here.
    #[error("{}", no_domain(preview, tenant.as_deref()))]
    NoDomain {
        /// The preview.
        preview: String,
        /// The tenant, where the address names one.
        tenant: Option<String>,
    },
    /// It leads nowhere now.
    #[error("{}", absence.reason)]
    Nowhere {
        /// The preview.
        preview: String,
        /// Why, and what to do.
        absence: Absence,
    },
    /// With every variable put in, it is still no origin.
    #[error("the upstream of {preview} cannot be used")]
    Invalid {
        /// The preview.
        preview: String,
        /// What came out.
        #[source]
        source: InvalidUpstream,
    },
}

fn no_domain(preview: &str, tenant: Option<&str>) -> String {
    match tenant {
        Some(tenant) => {
            format!("the preview {preview} is each tenant's own site, and {tenant} has no domain")
        }
        None => {
            format!(
                "the preview {preview} is each tenant's own site, and the address names no tenant"
            )
        }
    }
}

/// Reads a host against a workspace.
///
/// An unknown preview is never guessed: serving the wrong branch without a word is the worst
/// answer. An unlisted tenant is no error: any prefix reaches the deployment.
pub fn resolve(host: &Host, snapshot: &Snapshot) -> Resolved {
    let workspace = &snapshot.workspace;
    match PreviewAddress::parse(host, &snapshot.base) {
        Ok(address) => name(address, workspace),
        Err(InvalidAddress::Elsewhere { .. }) => Resolved::Elsewhere,
        Err(InvalidAddress::BaseDomain { .. }) => Resolved::Workbench,
        Err(error) => {
            let first = host.labels().next().unwrap_or_default();
            let piece = first.rsplit(SEPARATOR).next().unwrap_or_default();
            unknown(error.to_string(), piece.trim_matches('-'), workspace)
        }
    }
}

/// Reads a host and, where the workspace has its tenants there, the path of a request to it.
///
/// ```
/// # use tripledash_core::{resolve::{Resolved, resolve_at}, workspace::parse};
/// # use std::sync::Arc;
/// # let text = r#"{ "name": "w", "tenants": [{ "id": "houston" }], "tenancy": { "kind": "path" },
/// #   "previews": [{ "name": "main", "upstream": "http://localhost:3000" }] }"#;
/// # let snapshot = tripledash_core::Snapshot {
/// #     generation: 1,
/// #     workspace: Arc::new(parse(text, "t.json").workspace.unwrap()),
/// #     base: tripledash_core::address::BaseDomain::local(7333),
/// #     environment: Arc::default(),
/// #     unlocked: Arc::default(),
/// #     certificates: Arc::default(),
/// # };
/// // A workspace with "tenancy": { "kind": "path" } and the tenant "houston":
/// let tenant = |path| match resolve_at(&"main.tripledash.localhost".parse().unwrap(), path, &snapshot) {
///     Resolved::Preview(preview) => preview.tenant,
///     _ => None,
/// };
/// assert_eq!(tenant("/houston/events").as_deref(), Some("houston"));
/// assert_eq!(tenant("/films"), None);
/// ```
pub fn resolve_at(host: &Host, path: &str, snapshot: &Snapshot) -> Resolved {
    match resolve(host, snapshot) {
        Resolved::Preview(preview) => tenancy::named_by(preview, path, &snapshot.workspace),
        other => other,
    }
}

/// Gives an address's pieces the names that the workspace has for them.
pub fn name(address: PreviewAddress, workspace: &Workspace) -> Resolved {
    let Some(preview) = workspace.previews.get(&address.preview) else {
        let reason = if workspace.previews.is_empty() {
            format!(
                "no preview is called {:?}: this workspace has no previews yet",
                address.preview
            )
        } else {
            format!(
                "no preview of this workspace is called {:?}",
                address.preview
            )
        };
        return unknown(reason, &address.preview, workspace);
    };
    let (found, wanted) = (address.parts.len(), workspace.prefix.len());
    if found != 0 && workspace.tenancy == Tenancy::Path {
        let reason = format!(
            "the host names {}, and the tenants of this workspace are in the path: /{}",
            address.parts.join(SEPARATOR),
            address.parts.join("/")
        );
        return unknown(reason, &address.preview, workspace);
    }
    if found != 0 && found != wanted {
        return unknown(
            count_mismatch(&address.parts, &workspace.prefix),
            &address.preview,
            workspace,
        );
    }
    placed(preview, address.parts, address.session, workspace)
}

/// A preview with its prefix's parts in their order, as many as it has or none.
pub(crate) fn placed(
    preview: &Preview,
    parts: Vec<String>,
    session: Option<String>,
    workspace: &Workspace,
) -> Resolved {
    let parts: BTreeMap<String, String> = workspace.prefix.iter().cloned().zip(parts).collect();
    let tenant = parts.get("tenant").cloned();
    let upstream_tenant = match tenant
        .as_deref()
        .and_then(|tenant| preview.tenants.get(tenant))
    {
        None => tenant.clone(),
        Some(Some(id)) => Some(id.clone()),
        Some(None) => {
            let tenant = tenant.unwrap_or_default();
            let reason = format!(
                "the preview {:?} leaves out the tenant {tenant:?}",
                preview.name
            );
            return unknown(reason, &preview.name, workspace);
        }
    };
    let listed = tenant
        .as_deref()
        .is_none_or(|tenant| workspace.tenants.contains_key(tenant));
    Resolved::Preview(ResolvedPreview {
        preview: preview.name.clone(),
        tenant,
        upstream_tenant,
        session,
        parts,
        listed,
    })
}

fn unknown(reason: String, preview: &str, workspace: &Workspace) -> Resolved {
    Resolved::Unknown {
        reason,
        near: nearest(preview, workspace.previews.keys().map(String::as_str), NEAR),
    }
}

/// `found 2 prefix parts (a, b), wanted 1 (tenant)`.
pub(crate) fn count_mismatch(found: &[String], wanted: &[String]) -> String {
    let part = |count: usize| if count == 1 { "part" } else { "parts" };
    let wanted = match wanted {
        [] => "none: the workspace has no prefix".to_owned(),
        names => format!("{} ({})", names.len(), names.join(", ")),
    };
    format!(
        "found {} prefix {} ({}), wanted {wanted}",
        found.len(),
        part(found.len()),
        found.join(", ")
    )
}

// === impl Resolved ===

impl From<&Resolved> for Resolution {
    fn from(resolved: &Resolved) -> Self {
        match resolved {
            Resolved::Workbench => Self::Workbench,
            Resolved::Preview(preview) => preview.into(),
            Resolved::Unknown { reason, near } => Self::Unknown {
                reason: reason.clone(),
                near: near.clone(),
            },
            Resolved::Elsewhere => Self::Unknown {
                reason: "the host is not under the base domain".to_owned(),
                near: Vec::new(),
            },
        }
    }
}

impl From<&ResolvedPreview> for Resolution {
    fn from(resolved: &ResolvedPreview) -> Self {
        Self::Preview {
            tenant: resolved.tenant.clone(),
            preview: resolved.preview.clone(),
            session: resolved.session.clone(),
            parts: resolved.parts.clone(),
        }
    }
}

// === impl NoUpstream ===

impl NoUpstream {
    /// What mends it, in one sentence.
    pub fn fix(&self) -> Option<String> {
        match self {
            Self::Absent { variable, .. } => Some(match variable.name.strip_prefix("env:") {
                Some(name) => {
                    format!("{name}=… in .env.local beside tripledash.json, or in the environment")
                }
                None => format!("open an address that has a {}", variable.name),
            }),
            Self::NoDomain { tenant, .. } => Some(match tenant {
                Some(tenant) => {
                    format!("list {tenant}'s own domain: \"domains\": [\"shop.example.com\"]")
                }
                None => "open the address of a tenant that has a domain".to_owned(),
            }),
            Self::Nowhere { absence, .. } => Some(absence.fix.clone()),
            Self::Invalid { .. } => Some("correct \"upstream\" in tripledash.json".to_owned()),
        }
    }
}

// === impl ResolvedPreview ===

impl ResolvedPreview {
    /// The address that leads here. Where the tenants are in the path it names none:
    /// [`Self::path_prefix`] does.
    pub fn address(&self, workspace: &Workspace) -> PreviewAddress {
        let parts = workspace
            .prefix
            .iter()
            .filter(|_| workspace.tenancy == Tenancy::Host)
            .filter_map(|name| self.parts.get(name));
        PreviewAddress {
            parts: parts.cloned().collect(),
            preview: self.preview.clone(),
            session: self.session.clone(),
        }
    }

    /// The prefix of a host as the upstream knows it, parts joined by `---`; `None` without one.
    pub fn upstream_prefix(&self, workspace: &Workspace) -> Option<String> {
        let parts = self.upstream_parts(workspace);
        let in_host = workspace.tenancy == Tenancy::Host && !parts.is_empty();
        in_host.then(|| parts.join(SEPARATOR))
    }

    /// The prefix's parts as the upstream knows them.
    pub(crate) fn upstream_parts(&self, workspace: &Workspace) -> Vec<&str> {
        let part = |name: &String| match (name.as_str(), &self.upstream_tenant) {
            ("tenant", Some(tenant)) => Some(tenant),
            _ => self.parts.get(name),
        };
        let parts = workspace.prefix.iter().filter_map(part);
        parts.map(String::as_str).collect()
    }

    /// The value of a template's variable for this request: `tenant` and every named part,
    /// `preview`, `branch`, `domain`, `port` and `env:NAME`.
    pub fn value(&self, variable: &str, snapshot: &Snapshot) -> Option<String> {
        if variable == "port" {
            return Some(self.upstream(snapshot).ok()?.port().to_string());
        }
        self.value_without_port(variable, snapshot)
    }

    fn value_without_port(&self, variable: &str, snapshot: &Snapshot) -> Option<String> {
        let workspace = &snapshot.workspace;
        if let Some(name) = variable.strip_prefix("env:") {
            return snapshot.environment.get(name).cloned();
        }
        match variable {
            "tenant" => self.upstream_tenant.clone(),
            "preview" => Some(self.preview.clone()),
            "branch" => self.preview_in(workspace)?.branch.clone(),
            "domain" => workspace
                .tenants
                .get(self.tenant.as_ref()?)?
                .domains
                .first()
                .cloned(),
            part => self.parts.get(part).cloned(),
        }
    }

    /// The upstream's origin for this request, every variable put in.
    ///
    /// # Errors
    ///
    /// A variable without a value, or a value that makes no origin.
    pub fn upstream(&self, snapshot: &Snapshot) -> Result<UpstreamOrigin, NoUpstream> {
        let preview = || self.preview.clone();
        let found = self
            .preview_in(&snapshot.workspace)
            .ok_or_else(|| NoUpstream::Absent {
                preview: preview(),
                variable: AbsentVariable {
                    name: "preview".to_owned(),
                },
            })?;
        let template = match &found.upstream {
            Upstream::At(template) => template,
            Upstream::Absent(absence) => {
                return Err(NoUpstream::Nowhere {
                    preview: preview(),
                    absence: absence.clone(),
                });
            }
        };
        let text = template
            .render(&|variable| self.value_without_port(variable, snapshot))
            .map_err(|variable| match variable.name.as_str() {
                "domain" => NoUpstream::NoDomain {
                    preview: preview(),
                    tenant: self.tenant.clone(),
                },
                _ => NoUpstream::Absent {
                    preview: preview(),
                    variable,
                },
            })?;
        text.parse().map_err(|source| NoUpstream::Invalid {
            preview: preview(),
            source,
        })
    }

    /// The `Host` to send upstream for this request.
    ///
    /// - a `host` template, where all its variables have values;
    /// - without a prefix, or where the upstream is the tenant's own already, such as
    ///   `https://{domain}`: the upstream's authority;
    /// - a loopback upstream: the host as it came, less the session label, with our port;
    /// - otherwise `{prefix}---{upstream authority}`, which is what a teammate's browser sends.
    ///
    /// # Errors
    ///
    /// The upstream cannot be told, or an environment variable of the template is not set.
    pub fn host_sent(&self, snapshot: &Snapshot) -> Result<String, NoUpstream> {
        let upstream = self.upstream(snapshot)?;
        let template = self
            .preview_in(&snapshot.workspace)
            .and_then(|preview| preview.host.as_ref());
        if let Some(template) = template {
            match template.render(&|variable| self.value(variable, snapshot)) {
                Ok(host) => return Ok(host),
                // Nothing but the environment can mend this one, so no guess stands in for it.
                Err(variable) if variable.name.starts_with("env:") => {
                    return Err(NoUpstream::Absent {
                        preview: self.preview.clone(),
                        variable,
                    });
                }
                Err(_) => {}
            }
        }
        let prefix = self
            .upstream_prefix(&snapshot.workspace)
            .filter(|_| !self.names_the_tenant(snapshot));
        Ok(match prefix {
            None => upstream.authority.to_string(),
            Some(prefix) if upstream.host().is_loopback() => {
                let host = format!("{prefix}{SEPARATOR}{}.{}", self.preview, snapshot.base.host);
                snapshot.base.authority_of(&host)
            }
            Some(prefix) => format!("{prefix}{SEPARATOR}{}", upstream.authority),
        })
    }

    /// Whether the upstream is the tenant's own already, so that no prefix belongs before it.
    pub(crate) fn names_the_tenant(&self, snapshot: &Snapshot) -> bool {
        let preview = self.preview_in(&snapshot.workspace);
        let mut variables = preview
            .into_iter()
            .filter_map(|preview| preview.upstream.template())
            .flat_map(Template::variables);
        variables.any(|name| name == "domain" || self.parts.contains_key(name))
    }

    fn preview_in<'w>(&self, workspace: &'w Workspace) -> Option<&'w Preview> {
        workspace.previews.get(&self.preview)
    }
}

#[cfg(test)]
mod tests;

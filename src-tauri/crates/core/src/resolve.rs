//! Which preview, tenant and session a host names, and what its templates' variables stand for.

mod preview;
mod upstream;

use std::collections::BTreeMap;

use crate::address::{InvalidAddress, PreviewAddress};
use crate::host::Host;
use crate::label::SEPARATOR;
use crate::nearest::nearest;
use crate::tenancy;
use crate::trace::Resolution;
use crate::workspace::{Preview, Snapshot, Tenancy, Workspace};

pub use self::preview::ResolvedPreview;
pub use self::upstream::NoUpstream;

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

#[cfg(test)]
mod tests;

//! A preview that a host names, and what its templates' variables stand for.

use std::collections::BTreeMap;

use crate::address::PreviewAddress;
use crate::label::SEPARATOR;
use crate::trace::Resolution;
use crate::workspace::{Preview, Snapshot, Tenancy, Workspace};

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

    pub(super) fn value_without_port(&self, variable: &str, snapshot: &Snapshot) -> Option<String> {
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

    pub(super) fn preview_in<'w>(&self, workspace: &'w Workspace) -> Option<&'w Preview> {
        workspace.previews.get(&self.preview)
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

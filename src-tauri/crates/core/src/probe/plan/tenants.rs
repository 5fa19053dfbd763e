//! As whom to ask.

use std::sync::Arc;

use indexmap::IndexMap;

use super::{InvalidPlan, NOBODY, Tenant};
use crate::label::check_label;
use crate::workspace::{self, Snapshot};

/// The domain of the tenant that does not exist: `.invalid` is nobody's (RFC 2606 section 2).
const NOBODYS_DOMAIN: &str = "no-such-tenant.invalid";
/// How many tenants are asked as, unless they are named.
const TENANTS: usize = 2;
/// How many may be named: each is asked as in every form.
pub(super) const MOST_TENANTS: usize = 8;
/// How many are looked at for those to ask as: a workspace may have tens of thousands.
const LOOKED_AT: usize = 1000;

/// The workspace with nothing but the preview and the tenants that are asked as.
pub(super) fn reduced(snapshot: &Snapshot, preview: &str, named: &[String]) -> Snapshot {
    let mut snapshot = snapshot.clone();
    let workspace = Arc::make_mut(&mut snapshot.workspace);
    workspace.previews.retain(|name, _| name == preview);
    // In the path it is looked for as well, and only there if the Host is not read.
    workspace.tenancy = workspace::Tenancy::Host;
    // Among the first are those that are taken where none is named.
    let looked_at = if named.is_empty() { LOOKED_AT } else { 0 };
    let first = workspace.tenants.iter().take(looked_at);
    let named = named
        .iter()
        .filter_map(|id| workspace.tenants.get_key_value(id));
    let mut tenants: IndexMap<String, workspace::Tenant> = first
        .chain(named)
        .map(|(id, tenant)| (id.clone(), tenant.clone()))
        .collect();
    let nobody = workspace::Tenant {
        id: NOBODY.to_owned(),
        name: NOBODY.to_owned(),
        color: None,
        domains: vec![NOBODYS_DOMAIN.to_owned()],
        locale: None,
        tags: Vec::new(),
    };
    tenants.insert(NOBODY.to_owned(), nobody);
    workspace.tenants = Arc::new(tenants);
    snapshot
}

/// As whom to ask.
pub(super) fn tenants(
    workspace: &workspace::Workspace,
    preview: &workspace::Preview,
    named: &[String],
) -> Result<Vec<Tenant>, InvalidPlan> {
    let tenant = |id: &str| {
        let listed = workspace.tenants.get(id);
        let upstream_id = match preview.tenants.get(id) {
            Some(None) => return None,
            Some(Some(other)) => other.clone(),
            None => id.to_owned(),
        };
        Some(Tenant {
            id: id.to_owned(),
            upstream_id,
            name: listed.map_or(id, |tenant| &tenant.name).to_owned(),
            domains: listed
                .map(|tenant| tenant.domains.clone())
                .unwrap_or_default(),
        })
    };
    let mut found: Vec<Tenant> = Vec::new();
    for id in named {
        check_label(id)?;
        let left_out = || InvalidPlan::LeftOut {
            preview: preview.name.clone(),
            tenant: id.clone(),
        };
        let tenant = tenant(id).ok_or_else(left_out)?;
        if !found.contains(&tenant) {
            found.push(tenant);
        }
    }
    if found.len() > MOST_TENANTS {
        return Err(InvalidPlan::TooManyTenants { found: found.len() });
    }
    if found.is_empty() {
        // Those that have a domain can be asked as in every form.
        let all = workspace
            .tenants
            .keys()
            .take(LOOKED_AT)
            .filter_map(|id| tenant(id));
        let (with, without): (Vec<_>, Vec<_>) = all.partition(|tenant| !tenant.domains.is_empty());
        found = with.into_iter().chain(without).take(TENANTS).collect();
    }
    if found.is_empty() {
        return Err(InvalidPlan::NoTenants);
    }
    Ok(found)
}

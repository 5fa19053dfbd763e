//! The workspace as the window shows it.

mod budget;
mod sources;
mod tenants;
mod variables;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tripledash_core::trace::RuleBy;
use tripledash_core::workspace::{Access, Problem};
use tripledash_core::{Snapshot, workspace};

use crate::gather::found::Detail;
use crate::health::{Health, Status};
use crate::recent::Recent;

pub use self::budget::OverBudget;
pub use self::sources::{
    Checkout, Commit, Deployment, DeploymentState, Distance, Server, ServerState, Serving, Source,
    SourceKind, SourceStatus, TenantList, TenantListKind, Trust, TrustedCommand,
};
pub(crate) use self::sources::{sources, tenant_list};
pub use self::tenants::{Tenant, Tenants};
pub(crate) use self::variables::variables;
pub use self::variables::{Variable, VariableSource};

/// The whole workspace, as it is now.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct WorkspaceState {
    /// Counts up with every change of what requests see.
    pub generation: u64,
    /// Counts up with every change of anything here: of two states, the one with more is newer.
    pub revision: u64,
    /// The workspace's own name.
    pub name: String,
    /// Where it lives.
    pub origin: Origin,
    /// Names of the prefix's parts, usually `["tenant"]`.
    pub prefix: Vec<String>,
    /// Where a request names its tenant.
    pub tenancy: TenancyKind,
    /// How the tenants are listed.
    pub tenant_list: TenantList,
    /// Where more previews are found, in the file's order.
    pub sources: Vec<Source>,
    /// What the workspace runs, where it runs anything.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub trust: Option<Trust>,
    /// Tenants in the file's order. Shared, because there may be tens of thousands.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<Tenant<'static>>))]
    pub tenants: Tenants,
    /// Previews in the file's order.
    pub previews: Vec<Preview>,
    /// Where tenants do not fit previews: their addresses would be too long.
    #[cfg_attr(feature = "openapi", schema(value_type = OverBudget))]
    #[serde(serialize_with = "budget::inner")]
    pub over_budget: Arc<OverBudget>,
    /// Named pages in the file's order.
    pub pages: Vec<Page>,
    /// Rules in the file's order.
    pub rules: Vec<Rule>,
    /// The variables that the workspace asks for, by name. Their values are never told.
    pub variables: Vec<Variable>,
    /// What is wrong with the file as it is now. Where one is an error, everything above is the
    /// last good state.
    pub problems: Vec<Problem>,
    /// The number of the edit that can be undone, if there is one.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub last_edit: Option<u64>,
    /// The base domain with its port.
    pub base: String,
    /// Workspaces opened lately, newest first.
    pub recent: Vec<Recent>,
}

/// Where a request names its tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum TenancyKind {
    /// In the host.
    Host,
    /// In the path, as its first segment.
    Path,
}

impl WorkspaceState {
    /// Whether all is as it was but for the previews, what of the tenants does not fit them, where
    /// they and the tenants are found, and the counts of changes: all that changes while nobody
    /// edits anything.
    pub fn is_same_but_for_previews(&self, before: &Self) -> bool {
        let Self {
            generation: _,
            revision: _,
            previews: _,
            over_budget: _,
            sources: _,
            tenant_list: _,
            name,
            origin,
            prefix,
            tenancy,
            trust,
            tenants,
            pages,
            rules,
            variables,
            problems,
            last_edit,
            base,
            recent,
        } = self;
        *name == before.name
            && *origin == before.origin
            && *prefix == before.prefix
            && *tenancy == before.tenancy
            && *trust == before.trust
            && *pages == before.pages
            && *rules == before.rules
            && *variables == before.variables
            && *problems == before.problems
            && *last_edit == before.last_edit
            && *base == before.base
            && *recent == before.recent
            && *tenants == before.tenants
    }
}

/// Where a workspace lives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Origin {
    /// How it came to be open.
    pub kind: OriginKind,
    /// Its folder; empty for a draft with nothing in it yet.
    pub folder: String,
    /// Its file; empty for a draft with nothing in it yet.
    pub file: String,
}

/// How a workspace came to be open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum OriginKind {
    /// The demo that comes with Tripledash.
    Demo,
    /// Started in the window, and kept in our data folder until it is saved somewhere.
    Draft,
    /// A folder of the person's own.
    Folder,
}

/// One preview, with its state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Preview {
    /// Names it in addresses.
    pub name: String,
    /// The branch it was built from.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub branch: Option<String>,
    /// What that is called where another has the same name, with its remote before it.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub title: Option<String>,
    /// Which of the workspace's sources found it; none where the file names it.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub source: Option<usize>,
    /// Its last commit.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub commit: Option<Commit>,
    /// How its branch and the one that it follows differ.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub distance: Option<Distance>,
    /// Where its branch is checked out.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub checkout: Option<Checkout>,
    /// Its dev server.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub server: Option<Server>,
    /// Its deployment.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub deployment: Option<Deployment>,
    /// The upstream as written; none while the preview leads nowhere.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub upstream: Option<String>,
    /// The generation since which its requests are what they are: where they go, and with which
    /// `Host`, header fields and tenants' ids. What was loaded before is not what is there. None where
    /// it never led anywhere.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub requests_since: Option<u64>,
    /// The `Host` to send, as written.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub host: Option<String>,
    /// Whether unsafe methods are forwarded.
    pub access: PreviewAccess,
    /// Whether the upstream was last seen to answer.
    pub status: Status,
    /// Why it is down.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub status_reason: Option<String>,
    /// Whether a person let unsafe methods through for this run.
    pub unlocked: bool,
    /// Whether its upstream's certificate is not verified.
    pub insecure: bool,
    /// `${env:…}` names that are not set; none of a preview that is held back.
    pub missing_variables: Vec<String>,
    /// What it would send of the environment, such as `sends TOKEN to https://a.example`: it is held
    /// back, and leads nowhere, until the folder is trusted with that.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub untrusted: Option<String>,
    /// Tenants that it leaves out.
    pub excluded_tenants: Vec<String>,
}

/// Whether unsafe methods reach a preview.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum PreviewAccess {
    /// Every method is forwarded.
    Full,
    /// Only safe methods are forwarded.
    ReadOnly,
}

/// A page that every tenant has, by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Page {
    /// What a person calls it.
    pub name: String,
    /// Path and query.
    pub path: String,
    /// Paths of tenants that differ.
    pub tenants: BTreeMap<String, String>,
}

/// One rewrite rule, in short.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Rule {
    /// Its place in the file, from 0.
    pub index: usize,
    /// Who carries it out.
    pub by: RuleBy,
    /// Its `source` as written.
    pub source: String,
    /// Its `destination` as written.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub destination: Option<String>,
}

/// The previews, of whose health and details nothing is said yet.
pub(crate) fn previews(snapshot: &Snapshot) -> Vec<Preview> {
    snapshot
        .workspace
        .previews
        .values()
        .map(|preview| Preview {
            name: preview.name.clone(),
            branch: preview.branch.clone(),
            source: preview.source,
            commit: None,
            distance: None,
            checkout: None,
            server: None,
            deployment: None,
            upstream: preview.upstream.template().map(ToString::to_string),
            host: preview.host.as_ref().map(ToString::to_string),
            access: match preview.access {
                Access::Full => PreviewAccess::Full,
                Access::ReadOnly => PreviewAccess::ReadOnly,
            },
            status: Status::Unknown,
            status_reason: None,
            unlocked: snapshot.unlocked.contains(&preview.name),
            insecure: preview.is_unverified(),
            missing_variables: snapshot
                .workspace
                .missing_variables(snapshot, &preview.name),
            untrusted: None,
            title: None,
            requests_since: None,
            excluded_tenants: preview
                .tenants
                .iter()
                .filter(|(_, other)| other.is_none())
                .map(|(id, _)| id.clone())
                .collect(),
        })
        .collect()
}

pub(crate) fn put_details(previews: &mut [Preview], details: &HashMap<String, Detail>) {
    for preview in previews {
        let Some(detail) = details.get(&preview.name) else {
            continue;
        };
        preview.title.clone_from(&detail.title);
        preview.commit.clone_from(&detail.commit);
        preview.distance.clone_from(&detail.distance);
        preview.checkout.clone_from(&detail.checkout);
        preview.server.clone_from(&detail.server);
        preview.deployment.clone_from(&detail.deployment);
        preview.untrusted.clone_from(&detail.held);
        if detail.held.is_some() {
            preview.missing_variables.clear();
        }
    }
}

pub(crate) fn put_health(previews: &mut [Preview], health: &Health) {
    for preview in previews {
        let seen = health.of(&preview.name);
        preview.status = seen.status;
        preview.status_reason = seen.reason;
    }
}

pub(crate) fn pages(workspace: &workspace::Workspace) -> Vec<Page> {
    workspace
        .pages
        .iter()
        .map(|page| Page {
            name: page.name.clone(),
            path: page.path.clone(),
            tenants: page.tenants.clone(),
        })
        .collect()
}

pub(crate) fn rules(workspace: &workspace::Workspace) -> Vec<Rule> {
    workspace
        .rules
        .iter()
        .enumerate()
        .map(|(index, rule)| Rule {
            index,
            by: rule.by,
            source: rule.source.as_str().to_owned(),
            destination: rule.destination.as_ref().map(ToString::to_string),
        })
        .collect()
}

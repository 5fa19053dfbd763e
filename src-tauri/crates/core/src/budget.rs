//! What an address may be, checked while it is typed, and the address itself.
//!
//! - the preview host's first label is at most 63 octets (RFC 1035 section 2.3.4): the limit that
//!   binds, because tenant and preview share it;
//! - the whole host is at most 253;
//! - hyphens in third and fourth place are reserved (RFC 5891 section 4.2.3.1): a warning;
//! - on `.vercel.app` the prefix does not reach the deployment: a warning;
//! - a tenant outside ASCII is refused, with an ASCII id that would do.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::address::PreviewAddress;
use crate::diagnostic::Severity;
use crate::host::MAX_LABEL;
use crate::nearest::likely;
use crate::remote::{Remote, remote_url};
use crate::resolve::{NoUpstream, Resolved, ResolvedPreview, name, placed};
use crate::tenancy::join;
use crate::workspace::{Snapshot, Tenancy, Workspace};

mod limits;
mod over;

pub use limits::check_address;
pub(crate) use limits::{remote_label_problem, vercel_app_problem};
pub use over::{OverBudget, over_budget};

/// How many octets of the first label are used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Budget {
    /// The label's octets.
    pub used: usize,
    /// What a label may have: 63.
    pub limit: usize,
    /// How many octets too many; 0 where it fits.
    pub over: usize,
    /// The label itself: `acme---main`.
    pub label: String,
}

/// One thing to know about an address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct AddressProblem {
    /// `error`: there is no such address.
    pub severity: Severity,
    /// A stable name, such as `label-over-budget`.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub code: &'static str,
    /// What is wrong, in one sentence.
    pub message: String,
    /// What would mend it.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub fix: Option<String>,
}

/// Everything there is to say about one address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct BuiltAddress {
    /// What opens it here; `None` with any error.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub url: Option<String>,
    /// What opens it on a teammate's machine.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub remote_url: Option<String>,
    /// Why there is no remote URL.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub remote_reason: Option<String>,
    /// What stands before the page's own path in the URL, where the tenants are in the path:
    /// `/houston`. Empty where they are in the host.
    pub path_prefix: String,
    /// The preview host without a port, even where it is too long to be used.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub host: Option<String>,
    /// The first label's octets.
    pub budget: Budget,
    /// Errors first.
    pub problems: Vec<AddressProblem>,
}

/// What an address is wanted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AddressRequest<'a> {
    /// The tenant; `None` with no `parts`: the tenant-less host.
    pub tenant: Option<&'a str>,
    /// Prefix parts by name, where the prefix has others than `tenant`.
    pub parts: Option<&'a BTreeMap<String, String>>,
    /// The preview's name.
    pub preview: &'a str,
    /// The session's name.
    pub session: Option<&'a str>,
    /// Path, query and fragment as a person types them; empty means `/`.
    pub path: &'a str,
}

// === impl Budget ===

impl Budget {
    /// Counts a label.
    ///
    /// ```
    /// use tripledash_core::budget::Budget;
    ///
    /// let budget = Budget::of("acme---main");
    /// assert_eq!((budget.used, budget.limit, budget.over), (11, 63, 0));
    /// assert_eq!(Budget::of(&"a".repeat(70)).over, 7);
    /// ```
    pub fn of(label: &str) -> Self {
        let used = label.len();
        Self {
            used,
            limit: MAX_LABEL,
            over: used.saturating_sub(MAX_LABEL),
            label: label.to_owned(),
        }
    }
}

// === impl AddressProblem ===

impl AddressProblem {
    fn error(code: &'static str, message: String, fix: Option<String>) -> Self {
        Self {
            severity: Severity::Error,
            code,
            message,
            fix,
        }
    }

    fn warning(code: &'static str, message: String, fix: Option<String>) -> Self {
        Self {
            severity: Severity::Warning,
            code,
            message,
            fix,
        }
    }
}

// === impl BuiltAddress ===

impl BuiltAddress {
    /// Whether anything keeps the address from being used.
    pub fn has_errors(&self) -> bool {
        self.problems
            .iter()
            .any(|problem| problem.severity == Severity::Error)
    }
}

/// The address of a tenant on a preview; see [`build`] for prefixes with other parts.
pub fn build_address(
    snapshot: &Snapshot,
    tenant: Option<&str>,
    preview: &str,
    session: Option<&str>,
    path: &str,
) -> BuiltAddress {
    build(
        snapshot,
        AddressRequest {
            tenant,
            parts: None,
            preview,
            session,
            path,
        },
    )
}

/// Builds an address and says everything that is wrong with it. It is built as far as it can be, so
/// that a person who types sees what becomes of it.
pub fn build(snapshot: &Snapshot, request: AddressRequest<'_>) -> BuiltAddress {
    let workspace = &snapshot.workspace;
    let mut problems = Vec::new();
    let parts = prefix_parts(snapshot, &request, &mut problems);
    let named = PreviewAddress {
        parts,
        preview: request.preview.to_owned(),
        session: request.session.map(str::to_owned),
    };
    problems.extend(check_address(&named, snapshot));
    let (address, resolved) = match workspace.tenancy {
        Tenancy::Host => (named.clone(), name(named, workspace)),
        Tenancy::Path => in_path(named, workspace),
    };
    let budget = Budget::of(&address.label());
    let host = address.host(&snapshot.base);
    let resolved = match resolved {
        Resolved::Preview(preview) => Some(preview),
        Resolved::Workbench | Resolved::Unknown { .. } | Resolved::Elsewhere => None,
    };
    let prefix = match &resolved {
        Some(resolved) => resolved.path_prefix(workspace),
        None => String::new(),
    };
    problems.extend(path_problem(&prefix, request.path));
    problems.extend(
        resolved
            .as_ref()
            .and_then(|resolved| no_domain(resolved, snapshot)),
    );
    let remote = match &resolved {
        Some(resolved) => remote_url(resolved, snapshot, request.path),
        None => Remote::none("there is no such preview address"),
    };
    problems.extend(remote.problems);
    problems.sort_by_key(|problem| problem.severity != Severity::Error);
    let usable = problems
        .iter()
        .all(|problem| problem.severity != Severity::Error);
    BuiltAddress {
        url: usable
            .then(|| with_path(&address.origin(&snapshot.base), &prefix, request.path))
            .flatten(),
        path_prefix: prefix,
        remote_url: remote.url.filter(|_| usable),
        remote_reason: remote.reason,
        host: Some(host),
        budget,
        problems,
    }
}

/// The address on the host that every tenant has, and what it comes to with the parts in the path.
fn in_path(named: PreviewAddress, workspace: &Workspace) -> (PreviewAddress, Resolved) {
    let address = PreviewAddress {
        parts: Vec::new(),
        ..named.clone()
    };
    let complete = named.parts.is_empty() || named.parts.len() == workspace.prefix.len();
    let resolved = match workspace.previews.get(&named.preview) {
        Some(preview) if complete => placed(preview, named.parts, named.session, workspace),
        _ => name(address.clone(), workspace),
    };
    (address, resolved)
}

/// A preview that is each tenant's own site, for a tenant that has none.
fn no_domain(resolved: &ResolvedPreview, snapshot: &Snapshot) -> Option<AddressProblem> {
    let error = resolved.upstream(snapshot).err()?;
    let NoUpstream::NoDomain { .. } = &error else {
        return None;
    };
    let message = format!("{error}: the address answers with a page that says so");
    Some(AddressProblem::warning("no-domain", message, error.fix()))
}

/// A path that names the tenant once more.
fn path_problem(prefix: &str, path: &str) -> Option<AddressProblem> {
    let rest = path.strip_prefix(prefix).filter(|_| !prefix.is_empty())?;
    if !rest.is_empty() && !rest.starts_with(['/', '?', '#']) {
        return None;
    }
    let message = format!(
        "the path starts with {prefix}, which the tenant puts before it already: it is there twice"
    );
    let rest = if rest.starts_with('/') { rest } else { "/" };
    let fix = Some(format!("leave it out: {rest}"));
    Some(AddressProblem::warning("tenant-twice", message, fix))
}

/// The prefix's parts in order. A part that is not given is told of.
fn prefix_parts(
    snapshot: &Snapshot,
    request: &AddressRequest<'_>,
    problems: &mut Vec<AddressProblem>,
) -> Vec<String> {
    let prefix = &snapshot.workspace.prefix;
    problems.extend(unknown_parts(prefix, request));
    let given = |name: &str| {
        let tenant = if name == "tenant" {
            request.tenant
        } else {
            None
        };
        tenant
            .map(str::to_owned)
            .or_else(|| request.parts?.get(name).cloned())
    };
    let found: Vec<String> = prefix.iter().filter_map(|name| given(name)).collect();
    if found.is_empty() && request.tenant.is_none() {
        return found;
    }
    if request.tenant.is_some() && !prefix.iter().any(|name| name == "tenant") {
        let message = match &prefix[..] {
            [] => "the workspace has no prefix, so no address can name a tenant".to_owned(),
            names => format!(
                "the prefix has no part called tenant, only {}",
                names.join(", ")
            ),
        };
        let fix = Some("\"prefix\": [\"tenant\"]".to_owned());
        problems.push(AddressProblem::error("no-tenant-part", message, fix));
    }
    let missing: Vec<&str> = prefix
        .iter()
        .map(String::as_str)
        .filter(|name| given(name).is_none())
        .collect();
    if !missing.is_empty() {
        let (count, names) = (prefix.len(), prefix.join(", "));
        let are = if missing.len() == 1 { "is" } else { "are" };
        let missing = missing.join(" and ");
        let message =
            format!("the prefix has {count} parts ({names}), and {missing} {are} missing");
        let fix = format!("give {missing} a value");
        problems.push(AddressProblem::error("missing-part", message, Some(fix)));
    }
    found
}

/// Values for parts that the prefix does not have.
fn unknown_parts(
    prefix: &[String],
    request: &AddressRequest<'_>,
) -> impl Iterator<Item = AddressProblem> {
    let given = request.parts.into_iter().flat_map(BTreeMap::keys);
    let unknown = given.filter(|name| !prefix.contains(name));
    unknown.map(move |name| {
        let message = match prefix {
            [] => format!("the workspace has no prefix, so no address has a part called {name:?}"),
            names => format!(
                "the prefix has no part called {name:?}, only {}",
                names.join(", ")
            ),
        };
        let near = likely(name, prefix.iter().map(String::as_str));
        let fix = near.map(|near| format!("did you mean {near}?"));
        AddressProblem::error("unknown-part", message, fix)
    })
}

/// Puts a typed path behind an origin and the segments that name a tenant, encoded as a browser does
/// it. The path is read on its own first: no `..` of it leads out of the tenant.
pub(crate) fn with_path(origin: &str, prefix: &str, path: &str) -> Option<String> {
    let slash = if path.starts_with('/') { "" } else { "/" };
    let mut url = url::Url::parse(&format!("{origin}{slash}{path}")).ok()?;
    if !prefix.is_empty() {
        let whole = join(prefix, url.path()).into_owned();
        url.set_path(&whole);
    }
    Some(url.to_string())
}

#[cfg(test)]
mod tests;

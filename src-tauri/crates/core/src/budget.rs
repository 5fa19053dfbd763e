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
use crate::host::{MAX_LABEL, MAX_NAME};
use crate::label::{InvalidLabel, LabelFault, SEPARATOR, check_label, has_reserved_hyphens};
use crate::nearest::likely;
use crate::remote::{Remote, remote_url};
use crate::resolve::{Resolved, name};
use crate::workspace::{Preview, Snapshot};

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
    let mut problems = Vec::new();
    let parts = prefix_parts(snapshot, &request, &mut problems);
    let address = PreviewAddress {
        parts,
        preview: request.preview.to_owned(),
        session: request.session.map(str::to_owned),
    };
    problems.extend(check_address(&address, snapshot));
    let budget = Budget::of(&address.label());
    let host = address.host(&snapshot.base);

    let resolved = match name(address.clone(), &snapshot.workspace) {
        Resolved::Preview(preview) => Some(preview),
        Resolved::Workbench | Resolved::Unknown { .. } | Resolved::Elsewhere => None,
    };
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
            .then(|| with_path(&address.origin(&snapshot.base), request.path))
            .flatten(),
        remote_url: remote.url.filter(|_| usable),
        remote_reason: remote.reason,
        host: Some(host),
        budget,
        problems,
    }
}

/// The prefix's parts in order. A part that is not given is told of.
fn prefix_parts(
    snapshot: &Snapshot,
    request: &AddressRequest<'_>,
    problems: &mut Vec<AddressProblem>,
) -> Vec<String> {
    let prefix = &snapshot.workspace.prefix;
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
        let message = format!(
            "the prefix has {count} parts ({names}), and {} is missing",
            missing.join(", ")
        );
        problems.push(AddressProblem::error("missing-part", message, None));
    }
    found
}

/// Checks an address against the limits of hosts and against the workspace.
pub fn check_address(address: &PreviewAddress, snapshot: &Snapshot) -> Vec<AddressProblem> {
    let workspace = &snapshot.workspace;
    let mut problems = Vec::new();
    let names = workspace
        .prefix
        .iter()
        .map(String::as_str)
        .chain(std::iter::repeat("part"));
    for (part, name) in address.parts.iter().zip(names) {
        if let Err(invalid) = check_label(part) {
            problems.push(invalid_part(name, &invalid));
        }
    }
    if let Some(Err(invalid)) = address.session.as_deref().map(check_label) {
        problems.push(invalid_part("session", &invalid));
    }
    if let Some(session) = address
        .session
        .as_deref()
        .filter(|session| session.len() > MAX_LABEL)
    {
        let over = session.len() - MAX_LABEL;
        let message = format!(
            "the session {session} is {over} octets over the {MAX_LABEL} that a label may have"
        );
        problems.push(AddressProblem::error("label-over-budget", message, None));
    }
    match workspace.previews.get(&address.preview) {
        None => {
            let near = likely(
                &address.preview,
                workspace.previews.keys().map(String::as_str),
            );
            let message = format!(
                "no preview of this workspace is called {:?}",
                address.preview
            );
            let all = || {
                workspace
                    .previews
                    .keys()
                    .map(String::as_str)
                    .collect::<Vec<_>>()
                    .join(", ")
            };
            let fix = match near {
                Some(near) => Some(format!("did you mean {near}?")),
                None if workspace.previews.is_empty() => None,
                None => Some(format!("its previews are {}", all())),
            };
            problems.push(AddressProblem::error("unknown-preview", message, fix));
        }
        Some(preview) => problems.extend(check_tenant(address, preview, snapshot)),
    }
    problems.extend(check_lengths(address, snapshot));
    let label = address.label();
    // A first piece xn is an error already; anything else in these places works and is reserved.
    if has_reserved_hyphens(&label) {
        let message = format!(
            "{label} has hyphens in its third and fourth place, which are reserved for encoded names: some \
             resolvers, certificates and hosts refuse it"
        );
        let fix = address
            .parts
            .first()
            .map(|part| format!("use an id of more than two letters instead of {part}"));
        problems.push(AddressProblem::warning("reserved-hyphens", message, fix));
    }
    problems
}

fn check_tenant(
    address: &PreviewAddress,
    preview: &Preview,
    snapshot: &Snapshot,
) -> Option<AddressProblem> {
    let workspace = &snapshot.workspace;
    let at = workspace.prefix.iter().position(|name| name == "tenant")?;
    let tenant = address.parts.get(at)?;
    if preview.tenants.get(tenant) == Some(&None) {
        let message = format!(
            "the preview {} leaves out the tenant {tenant}",
            preview.name
        );
        return Some(AddressProblem::error("tenant-left-out", message, None));
    }
    if workspace.tenants.contains_key(tenant) || check_label(tenant).is_err() {
        return None;
    }
    let message =
        format!("the workspace does not list the tenant {tenant}; the address works all the same");
    let near = likely(tenant, workspace.tenants.keys().map(String::as_str));
    let fix = near.map(|near| format!("did you mean {near}?"));
    Some(AddressProblem::warning("tenant-unlisted", message, fix))
}

fn check_lengths(address: &PreviewAddress, snapshot: &Snapshot) -> Option<AddressProblem> {
    let budget = Budget::of(&address.label());
    if budget.over > 0 {
        let Budget {
            used,
            limit,
            over,
            label,
        } = budget;
        let message = format!(
            "{label} has {used} octets, {over} over the {limit} that a host's first label may have"
        );
        return Some(AddressProblem::error(
            "label-over-budget",
            message,
            shorter(address, over, snapshot),
        ));
    }
    let host = address.host(&snapshot.base);
    let over = host.len().checked_sub(MAX_NAME + 1)? + 1;
    let message = format!(
        "the host has {} octets, {over} over the {MAX_NAME} that a host may have",
        host.len()
    );
    Some(AddressProblem::error(
        "host-too-long",
        message,
        Some("use a shorter session name".to_owned()),
    ))
}

/// What would bring a label back under its limit: another name of the same deployment, or how
/// short the preview's name must be.
fn shorter(address: &PreviewAddress, over: usize, snapshot: &Snapshot) -> Option<String> {
    let previews = &snapshot.workspace.previews;
    let preview = previews.get(&address.preview);
    let room = address
        .preview
        .len()
        .checked_sub(over)
        .filter(|room| *room > 0);
    let Some(room) = room else {
        return Some(
            "even a preview of one letter would not fit: use shorter prefix parts".to_owned(),
        );
    };
    let same = |other: &&Preview| {
        let one_deployment = preview.is_some_and(|preview| {
            other.upstream == preview.upstream
                || (other.branch.is_some() && other.branch == preview.branch)
        });
        other.name.len() <= room && one_deployment
    };
    let others: Vec<&str> = previews
        .values()
        .filter(same)
        .map(|other| other.name.as_str())
        .collect();
    if !others.is_empty() {
        return Some(format!(
            "the same deployment is also called {}",
            others.join(", ")
        ));
    }
    let proposal = address
        .preview
        .get(..room)
        .unwrap_or_default()
        .trim_end_matches('-');
    Some(format!(
        "give the preview a name of at most {room} octets, such as {proposal}: an alias, or its commit's own URL"
    ))
}

fn invalid_part(name: &str, invalid: &InvalidLabel) -> AddressProblem {
    let code = match invalid.fault {
        LabelFault::NotAscii => "not-ascii",
        LabelFault::Encoded => "reserved-prefix",
        LabelFault::Empty => "empty-part",
        LabelFault::Character(_) | LabelFault::Separator | LabelFault::EdgeHyphen => "invalid-part",
    };
    let fix = invalid
        .proposal
        .as_ref()
        .map(|proposal| format!("the id {proposal} would do"));
    AddressProblem::error(code, format!("the {name} {invalid}"), fix)
}

/// Puts a typed path behind an origin, encoded as a browser does it.
pub(crate) fn with_path(origin: &str, path: &str) -> Option<String> {
    let slash = if path.starts_with('/') { "" } else { "/" };
    Some(
        url::Url::parse(&format!("{origin}{slash}{path}"))
            .ok()?
            .to_string(),
    )
}

/// The part of a remote label's budget that [`remote_url`] checks.
pub(crate) fn remote_label_problem(host: &str) -> Option<AddressProblem> {
    let budget = Budget::of(host.split('.').next().unwrap_or_default());
    if budget.over == 0 {
        return None;
    }
    let Budget {
        used,
        limit,
        over,
        label,
    } = budget;
    let message = format!(
        "{label} has {used} octets, {over} over the {limit} that a host's first label may have"
    );
    let fix =
        "use the deployment's commit URL or a short alias as the upstream: both leave more room"
            .to_owned();
    Some(AddressProblem::warning(
        "remote-label-over-budget",
        message,
        Some(fix),
    ))
}

/// The warning about the suffix on which a prefix reaches nothing.
pub(crate) fn vercel_app_problem(host: &str) -> Option<AddressProblem> {
    if !host.ends_with(".vercel.app") || !host.contains(SEPARATOR) {
        return None;
    }
    let message = format!(
        "{host} is under .vercel.app, where a prefix before --- does not reach the deployment"
    );
    let fix = "set a Preview Deployment Suffix of your own, and use the preview's URL under it"
        .to_owned();
    Some(AddressProblem::warning(
        "prefix-on-vercel-app",
        message,
        Some(fix),
    ))
}

#[cfg(test)]
mod tests;

//! The checks themselves: each limit with its own message and, where there is one, its fix.

use super::{AddressProblem, Budget};
use crate::address::PreviewAddress;
use crate::host::{MAX_LABEL, MAX_NAME};
use crate::label::{InvalidLabel, LabelFault, SEPARATOR, check_label, has_reserved_hyphens};
use crate::nearest::likely;
use crate::workspace::{Preview, Snapshot, Tenancy, Workspace};

/// How many other names of a deployment are offered.
const OTHERS: usize = 3;

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
    let in_path = workspace.tenancy == Tenancy::Path;
    let on_host = match in_path {
        true => &PreviewAddress {
            parts: Vec::new(),
            ..address.clone()
        },
        false => address,
    };
    problems.extend(check_lengths(on_host, snapshot));
    let label = on_host.label();
    // A first piece xn is an error already; anything else in these places works and is reserved.
    if has_reserved_hyphens(&label) {
        let message = format!(
            "{label} has hyphens in its third and fourth place, which are reserved for encoded names: some \
             resolvers, certificates and hosts refuse it"
        );
        let first = on_host.parts.first().zip(workspace.prefix.first());
        let fix = first.map(|(part, name)| match name.as_str() {
            "tenant" => format!("use an id of more than two letters instead of {part}"),
            name => format!(
                "let another part than {name} come first in \"prefix\", or write {part} with more than two letters"
            ),
        });
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
    let message = match workspace.tenancy {
        Tenancy::Host => format!(
            "the workspace does not list the tenant {tenant}; the address works all the same"
        ),
        Tenancy::Path => format!(
            "the workspace does not list the tenant {tenant}; the address works all the same, and in the trace \
             /{tenant} is a page like any other"
        ),
    };
    // A look at every one of 50,000 tenants would be felt while typing.
    let near = likely(
        tenant,
        workspace.tenants.keys().map(String::as_str).take(2_000),
    );
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
            shorter(address, over, &snapshot.workspace),
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

/// What would bring a label back under its limit: another name of the same deployment, one of the
/// same branch, or how short the preview's name must be.
pub(super) fn shorter(
    address: &PreviewAddress,
    over: usize,
    workspace: &Workspace,
) -> Option<String> {
    let preview = workspace.previews.get(&address.preview);
    let room = address
        .preview
        .len()
        .checked_sub(over)
        .filter(|room| *room > 0);
    let Some(room) = room else {
        let shorter = match &workspace.prefix[..] {
            [only] if only == "tenant" => "give the tenant a shorter id",
            _ => "use shorter prefix parts",
        };
        return Some(format!(
            "even a preview of one letter would not fit: {shorter}"
        ));
    };
    if let Some(preview) = preview {
        let names = |fits: &dyn Fn(&Preview) -> bool| {
            let others = workspace.previews.values();
            let names: Vec<&str> = others
                .filter(|other| other.name.len() <= room && fits(other))
                .take(OTHERS)
                .map(|other| other.name.as_str())
                .collect();
            (!names.is_empty()).then(|| names.join(", "))
        };
        // Two that lead nowhere now are not the same for that.
        let at = preview.upstream.template();
        if let Some(names) = names(&|other| at.is_some() && other.upstream.template() == at) {
            return Some(format!("the same deployment is also called {names}"));
        }
        if let Some(branch) = &preview.branch
            && let Some(names) = names(&|other| other.branch.as_ref() == Some(branch))
        {
            return Some(format!("the branch {branch} can also be seen on {names}"));
        }
    }
    let such_as = whole_words(&address.preview, room)
        .filter(|proposal| !workspace.previews.contains_key(*proposal))
        .map(|proposal| format!(", such as {proposal}"))
        .unwrap_or_default();
    let octets = if room == 1 { "octet" } else { "octets" };
    Some(match preview.and_then(|preview| preview.source) {
        None => format!(
            "give the preview a name of at most {room} {octets}{such_as}: an alias, or its commit's own URL"
        ),
        Some(_) => format!(
            "name a preview of your own in tripledash.json, with at most {room} {octets}{such_as}: an alias \
             of the deployment, or its commit's own URL"
        ),
    })
}

/// The words of a name that fit in `room` octets, where at least one does.
fn whole_words(name: &str, room: usize) -> Option<&str> {
    let fits = name.get(..room)?;
    let is_whole = name[room..].starts_with('-');
    let end = if is_whole { room } else { fits.rfind('-')? };
    Some(fits[..end].trim_end_matches('-')).filter(|words| !words.is_empty())
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

/// The part of a remote label's budget that a remote URL is checked against.
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

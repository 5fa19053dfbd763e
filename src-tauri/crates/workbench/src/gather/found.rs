//! The previews that the sources come to, each with what the window shows of it.

mod branches;

use std::collections::BTreeMap;

use indexmap::IndexMap;
use tripledash_core::workspace::{Found, PreviewSource, SourceKind, TemplateSource, Upstream};
use tripledash_core::{Timestamp, Workspace};
use tripledash_git::{Branch, BranchKind, Head};
use tripledash_sources::previews::{self, Listing};

use self::branches::OfGit;
use super::{GitReading, Look, Looks, Reading, deployments};
use crate::globs::Globs;
use crate::servers::{ServerKey, Servers};
use crate::state::{Checkout, Commit, Deployment, Distance, Server};

/// What is known of a preview beside what requests need.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Detail {
    /// What its branch is called, where another has the same name.
    pub(crate) title: Option<String>,
    pub(crate) commit: Option<Commit>,
    pub(crate) distance: Option<Distance>,
    pub(crate) checkout: Option<Checkout>,
    pub(crate) server: Option<Server>,
    pub(crate) deployment: Option<Deployment>,
    /// What starts and stops its dev server.
    pub(crate) key: Option<ServerKey>,
    /// What it would send, where nobody has agreed to that.
    pub(crate) held: Option<String>,
}

/// A preview that was found, and what is known of it.
pub(crate) type Known = (Found, Detail);

/// The previews that the sources come to now, in the file's order.
pub(crate) fn found(
    workspace: &Workspace,
    looks: &Looks,
    servers: &Servers,
    environment: &BTreeMap<String, String>,
) -> Vec<Known> {
    let mut all = Vec::new();
    for (index, (source, look)) in workspace.sources.iter().zip(&looks.previews).enumerate() {
        match (&source.kind, &look.reading) {
            (SourceKind::Git(git), Some(Reading::Git(reading))) => {
                let one = OfGit {
                    index,
                    source,
                    git,
                    reading,
                    servers,
                };
                all.extend(one.found());
            }
            (SourceKind::Template(template), Some(Reading::Git(reading))) => {
                all.extend(of_template(index, source, template, reading));
            }
            (SourceKind::Vercel(_), Some(Reading::Deployments(listing))) => {
                all.extend(deployments::found(index, source, listing, environment));
            }
            _ => {}
        }
    }
    all
}

/// The checkout's own branch, or the start of its commit's id.
pub(crate) fn head(look: &Look) -> Option<String> {
    match &look.reading {
        Some(Reading::Git(reading)) => Some(match &reading.branches.head {
            Head::Branch { name } | Head::Unborn { name } => name.clone(),
            Head::Detached { commit } => short(commit).to_owned(),
        }),
        _ => None,
    }
}

fn short(commit: &str) -> &str {
    commit.get(..7).unwrap_or(commit)
}

/// The branches of a repository at the addresses that a template gives them.
pub(crate) fn at_template(
    source: &PreviewSource,
    template: &TemplateSource,
    reading: &GitReading,
) -> Listing {
    let globs = Globs::new(&source.branches);
    let names = by_name(reading).into_keys();
    let names = names.filter(|name| globs.match_any(name));
    let names = names.map(str::to_owned).collect();
    previews::Template::new(template.upstream.clone(), names).listing()
}

/// The branches by their names, newest first, as an address has them. Of several of one name there is one
/// address: the local one stands for them, else the newest.
fn by_name(reading: &GitReading) -> IndexMap<&str, &Branch> {
    let mut found: IndexMap<&str, &Branch> = IndexMap::new();
    for branch in &reading.branches.branches {
        let one = found.entry(&branch.name).or_insert(branch);
        if branch.kind == BranchKind::Local {
            *one = branch;
        }
    }
    found
}

/// The previews of a template's branches, each with what the repository says of the branch.
fn of_template(
    index: usize,
    source: &PreviewSource,
    template: &TemplateSource,
    reading: &GitReading,
) -> Vec<Known> {
    let branches = by_name(reading);
    let listing = at_template(source, template, reading);
    let one = |listed: previews::Found| {
        let branch = listed.branch?;
        let upstream = listed.upstream?.parse();
        let known = branches.get(branch.as_str())?;
        let detail = Detail {
            commit: Some(commit(known)),
            distance: distance(known),
            ..Detail::default()
        };
        let found = Found {
            source: index,
            title: branch.clone(),
            reference: known.reference.clone(),
            branch: Some(branch),
            upstream: Upstream::At(upstream.expect("a template stays one with a name put in")),
            headers: Vec::new(),
        };
        Some((found, detail))
    };
    listing.found.into_iter().filter_map(one).collect()
}

fn commit(branch: &Branch) -> Commit {
    Commit {
        id: branch.commit.short.clone(),
        subject: branch.commit.subject.clone(),
        author: Some(branch.commit.author.clone()),
        at: Some(Timestamp(branch.commit.time.saturating_mul(1_000_000))),
    }
}

fn distance(branch: &Branch) -> Option<Distance> {
    use tripledash_git::Distance as Read;
    let upstream = branch.upstream.as_ref()?;
    if !matches!(branch.kind, BranchKind::Local) {
        return None;
    }
    let (ahead, behind) = match upstream.distance {
        Read::Known { ahead, behind } => (Some(ahead), Some(behind)),
        Read::Far | Read::Gone => (None, None),
    };
    let name = &upstream.branch;
    Some(Distance {
        upstream: match &upstream.remote {
            Some(remote) => format!("{remote}/{name}"),
            None => name.clone(),
        },
        ahead,
        behind,
        gone: upstream.distance == Read::Gone,
    })
}

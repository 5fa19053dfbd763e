//! The previews that the sources come to, each with what the window shows of it.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use tripledash_core::slug::Slug;
use tripledash_core::workspace::{
    Absence, Found, GitSource, PreviewSource, SourceKind, TemplateSource, Upstream,
};
use tripledash_core::{Timestamp, Workspace};
use tripledash_git::{Branch, BranchKind, Head};
use tripledash_sources::previews::{self, Listing};

use super::{GitReading, Look, Looks, Reading, deployments};
use crate::globs::Globs;
use crate::servers::{ServerKey, Servers};
use crate::state::{Checkout, Commit, Deployment, Distance, Server, ServerState};

/// What is known of a preview beside what requests need.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Detail {
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

/// One git source, as its previews are made.
struct OfGit<'a> {
    index: usize,
    source: &'a PreviewSource,
    git: &'a GitSource,
    reading: &'a GitReading,
    servers: &'a Servers,
}

impl OfGit<'_> {
    fn found(&self) -> Vec<Known> {
        let globs = Globs::new(&self.source.branches);
        let branches = self.reading.branches.branches.iter();
        let shown = branches.filter(|branch| branch.is_head || globs.match_any(&branch.name));
        let mut shown: Vec<&Branch> = shown.collect();
        // Whoever asks for a branch by its name means the one that has nothing but its name.
        shown.sort_by_key(|branch| branch.title != branch.name);
        let mut all: Vec<Known> = shown.iter().map(|branch| self.branch(branch)).collect();
        if let Head::Detached { commit } = &self.reading.branches.head {
            all.insert(0, self.detached(commit));
        }
        all
    }

    fn branch(&self, branch: &Branch) -> Known {
        let key = ServerKey {
            repository: self.reading.common_dir.clone(),
            app: self.reading.prefix.clone(),
            reference: branch.reference.clone(),
        };
        let worktree = branch.worktree.as_deref();
        let (upstream, server) = self.serve(&key, &branch.title, branch.is_head, worktree);
        let found = Found {
            source: self.index,
            branch: Some(branch.name.clone()),
            title: branch.title.clone(),
            reference: branch.reference.clone(),
            upstream,
            headers: Vec::new(),
        };
        let detail = Detail {
            commit: Some(commit(branch)),
            distance: distance(branch),
            checkout: branch
                .worktree
                .as_deref()
                .map(|folder| self.checkout(folder, branch.is_head)),
            server: Some(server),
            deployment: None,
            key: Some(key),
            held: None,
        };
        (found, detail)
    }

    /// The working copy, which has a commit checked out and no branch.
    fn detached(&self, commit: &str) -> Known {
        let key = ServerKey {
            repository: self.reading.common_dir.clone(),
            app: self.reading.prefix.clone(),
            reference: commit.to_owned(),
        };
        let root = self.reading.root.as_deref();
        let (upstream, server) = self.serve(&key, short(commit), true, root);
        let found = Found {
            source: self.index,
            branch: None,
            title: short(commit).to_owned(),
            reference: commit.to_owned(),
            upstream,
            headers: Vec::new(),
        };
        let detail = Detail {
            checkout: root.map(|folder| self.checkout(folder, true)),
            // What was started for a branch, and serves this now, can be stopped.
            key: self.servers.shown(&key).is_some().then_some(key),
            server: Some(Server {
                can_start: false,
                ..server
            }),
            ..Detail::default()
        };
        (found, detail)
    }

    /// Where a branch is served, and by what.
    fn serve(
        &self,
        key: &ServerKey,
        title: &str,
        is_head: bool,
        folder: Option<&std::path::Path>,
    ) -> (Upstream, Server) {
        let can_start = self.git.dev.is_some();
        let own = self
            .servers
            .shown(key)
            .map(|own| Server { can_start, ..own });
        let adopted = folder.and_then(|folder| self.reading.adopted.get(folder));
        let server = match (own, adopted) {
            (Some(own), None) => own,
            (Some(own), Some(_)) if !own.state.is_over() => own,
            (_, Some(adopted)) => Server {
                state: ServerState::Ready,
                port: Some(adopted.port),
                message: Some(format!("started elsewhere: {}", adopted.why)),
                adopted: true,
                can_start: false,
                has_log: false,
            },
            (None, None) => Server {
                state: ServerState::Stopped,
                port: None,
                message: None,
                adopted: false,
                can_start,
                has_log: false,
            },
        };
        let secure = match adopted {
            Some(adopted) if server.adopted => adopted.secure,
            _ => self.servers.is_secure(key),
        };
        let upstream = match (server.state, server.port) {
            (ServerState::Ready, Some(port)) => {
                let scheme = if secure { "https" } else { "http" };
                let origin = format!("{scheme}://localhost:{port}");
                Upstream::At(origin.parse().expect("an origin has no braces"))
            }
            _ => Upstream::Absent(self.absence(key, title, &server, is_head)),
        };
        (upstream, server)
    }

    /// Why a branch is not served now.
    fn absence(&self, key: &ServerKey, title: &str, server: &Server, is_head: bool) -> Absence {
        let why = match server.state {
            ServerState::Stopped => "does not run",
            ServerState::Preparing => "is being prepared: its checkout is made",
            ServerState::Setup => "is being prepared: its setup runs",
            ServerState::Starting => "starts, and does not answer yet",
            ServerState::Ready => "has no port",
            ServerState::Stopping => "is stopping",
            ServerState::Exited => "has ended",
            ServerState::Failed => "could not be started",
        };
        let said = server.message.as_ref();
        let said = said.map_or(String::new(), |said| format!(": {said}"));
        let fix = match server.state {
            ServerState::Preparing | ServerState::Setup | ServerState::Starting => {
                "wait a moment: this page is loaded again when it answers".to_owned()
            }
            _ if server.can_start => {
                // Another branch has the name that is in a title with a remote's.
                let asked = match key.reference.strip_prefix("refs/heads/") {
                    Some(local) => local.to_owned(),
                    None => Slug::of(title).into_string(),
                };
                format!("start it in the workbench, or run: tripledash start {asked}")
            }
            _ if is_head => {
                "start it in its folder: a server that runs there is found by itself".to_owned()
            }
            _ => {
                let at = self.source.at;
                format!(
                    "give previews[{at}] a \"dev\" command, such as npm run dev -- --port {{port}}"
                )
            }
        };
        Absence {
            reason: format!("the dev server of {title} {why}{said}"),
            fix,
        }
    }

    fn checkout(&self, folder: &std::path::Path, working_copy: bool) -> Checkout {
        let changes = self.reading.changes.get(folder);
        Checkout {
            folder: folder.display().to_string(),
            working_copy,
            changed: changes.map(|changes| changes.changed + changes.conflicts),
            untracked: changes.map(|changes| changes.untracked),
        }
    }
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

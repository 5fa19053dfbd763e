//! The branches of a repository, each with the dev server that runs of it.

use std::collections::BTreeSet;
use std::path::Path;

use tripledash_core::slug::Slug;
use tripledash_core::workspace::{Absence, Found, GitSource, PreviewSource, Upstream};
use tripledash_git::{Branch, Head};

use super::{Detail, Known, commit, distance, short};
use crate::gather::GitReading;
use crate::globs::Globs;
use crate::servers::{ServerKey, Servers};
use crate::state::{Checkout, Server, ServerState};

/// One git source, as its previews are made.
pub(super) struct OfGit<'a> {
    pub(super) index: usize,
    pub(super) source: &'a PreviewSource,
    pub(super) git: &'a GitSource,
    pub(super) reading: &'a GitReading,
    pub(super) servers: &'a Servers,
}

impl OfGit<'_> {
    pub(super) fn found(&self) -> Vec<Known> {
        let globs = Globs::new(&self.source.branches);
        // What runs is shown, or nobody could stop it: though the file asks for other branches by now,
        // or its branch was deleted.
        let mut running: BTreeSet<&ServerKey> = self.running().collect();
        let branches = self.reading.branches.branches.iter();
        let shown = branches.filter(|branch| {
            let runs = running.remove(&self.key(&branch.reference));
            branch.is_head || runs || globs.match_any(&branch.name)
        });
        let mut shown: Vec<&Branch> = shown.collect();
        // Whoever asks for a branch by its name means the one that has nothing but its name.
        shown.sort_by_key(|branch| branch.title != branch.name);
        let mut all: Vec<Known> = shown.iter().map(|branch| self.branch(branch)).collect();
        if let Head::Detached { commit } = &self.reading.branches.head {
            running.remove(&self.key(commit));
            all.insert(0, self.detached(commit));
        }
        all.extend(running.into_iter().map(|key| self.without_branch(key)));
        all
    }

    /// The servers that run of this app.
    fn running(&self) -> impl Iterator<Item = &ServerKey> {
        let running = self.servers.running();
        running.filter(|key| {
            key.repository == self.reading.common_dir && key.app == self.reading.prefix
        })
    }

    fn key(&self, reference: &str) -> ServerKey {
        ServerKey {
            repository: self.reading.common_dir.clone(),
            app: self.reading.prefix.clone(),
            reference: reference.to_owned(),
        }
    }

    /// What a server that runs is of, where no branch is: none any more, none yet, or just a commit.
    fn without_branch(&self, key: &ServerKey) -> Known {
        let reference = &key.reference;
        let local = reference.strip_prefix("refs/heads/");
        let name = local.or_else(|| reference.strip_prefix("refs/remotes/"));
        let title = name.unwrap_or_else(|| short(reference)).to_owned();
        let (upstream, server) = self.serve(key, &title, false, None);
        // Others may have the same commit checked out.
        let is_there = |place: &&Path| {
            let mut heads = self.reading.heads.iter();
            heads.any(|(folder, head)| folder == place && head == reference)
        };
        let folder = self.servers.place(key).filter(is_there);
        let why = match (folder, name) {
            (Some(_), Some(_)) => "its branch has no commit yet",
            (_, None) => "no branch is checked out in its folder",
            (None, Some(_)) => "its branch is gone",
        };
        let why = format!("{why}; its server goes on until you stop it");
        let found = Found {
            source: self.index,
            branch: name.map(str::to_owned),
            title,
            reference: reference.clone(),
            upstream,
            headers: Vec::new(),
        };
        let detail = Detail {
            server: Some(Server {
                can_start: false,
                message: Some(match &server.message {
                    Some(message) => format!("{why}; {message}"),
                    None => why,
                }),
                ..server
            }),
            checkout: folder
                .map(|folder| self.checkout(folder, Some(folder) == self.reading.root.as_deref())),
            key: Some(key.clone()),
            ..Detail::default()
        };
        (found, detail)
    }

    fn branch(&self, branch: &Branch) -> Known {
        let key = self.key(&branch.reference);
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
            title: (branch.title != branch.name).then(|| branch.title.clone()),
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
        let key = self.key(commit);
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
        folder: Option<&Path>,
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

    fn checkout(&self, folder: &Path, working_copy: bool) -> Checkout {
        let changes = self.reading.changes.get(folder);
        Checkout {
            folder: folder.display().to_string(),
            working_copy,
            changed: changes.map(|changes| changes.changed + changes.conflicts),
            untracked: changes.map(|changes| changes.untracked),
        }
    }
}

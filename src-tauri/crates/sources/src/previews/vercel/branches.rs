//! From deployments to branches: the newest of each, and what answers for it.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use tripledash_core::host::Host;

use super::super::{Found, Serving, State, Target, first_label};
use super::wire::{Deployment, Project};

/// What deployments are told apart by.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key {
    Production,
    Environment(String),
    Branch {
        /// The owner of a fork.
        owner: Option<String>,
        name: String,
    },
    /// What somebody deployed from a machine, without a branch.
    Loose,
}

/// One branch.
#[derive(Debug)]
pub(super) struct Branch {
    key: Key,
    newest: Deployment,
    /// The newest that is ready.
    serving: Option<Deployment>,
    aliases: Option<Arc<[String]>>,
}

/// The newest of every branch and what is in production, which comes first, then the newest first. And whether there are more
/// than `most`.
pub(super) fn newest(
    deployments: &[Deployment],
    project: &Project,
    most: usize,
) -> (Vec<Branch>, bool) {
    let production = project.production();
    let unlisted = production
        .iter()
        .filter(|production| deployments.iter().all(|one| one.uid != production.uid));
    let mut ordered: Vec<&Deployment> = deployments
        .iter()
        .chain(unlisted)
        .filter(|one| !one.is_gone())
        .collect();
    ordered.sort_by_key(|one| std::cmp::Reverse(one.millis()));
    let mut branches: Vec<Branch> = Vec::new();
    let mut places: HashMap<Key, usize> = HashMap::new();
    for deployment in ordered {
        let key = key(deployment);
        let at = *places.entry(key.clone()).or_insert_with(|| {
            branches.push(Branch {
                key,
                newest: deployment.clone(),
                serving: None,
                aliases: None,
            });
            branches.len() - 1
        });
        let branch = &mut branches[at];
        if branch.serving.is_none() && serves(deployment, project) {
            branch.serving = Some(deployment.clone());
        }
    }
    branches.sort_by_key(|branch| branch.key != Key::Production);
    let more = branches.len() > most;
    branches.truncate(most);
    (branches, more)
}

/// How many branches there are.
pub(super) fn count(deployments: &[Deployment]) -> usize {
    deployments.iter().map(key).collect::<HashSet<_>>().len()
}

/// Whether a page has nothing new, and nothing older can have changed either.
pub(super) fn are_known(page: &[Deployment], known: &[Deployment]) -> bool {
    if known.iter().any(|one| one.state().is_passing()) {
        return false;
    }
    let by_id: HashMap<_, _> = known.iter().map(|one| (one.uid.as_str(), one)).collect();
    page.iter()
        .all(|one| by_id.get(one.uid.as_str()) == Some(&one))
}

fn key(deployment: &Deployment) -> Key {
    let environment = deployment.custom_environment.as_ref();
    if let Some(slug) = environment.and_then(|environment| environment.slug.clone()) {
        return Key::Environment(slug);
    }
    match (deployment.target.as_deref(), deployment.branch()) {
        (Some("production"), _) => Key::Production,
        (Some(other), _) if other != "preview" => Key::Environment(other.to_owned()),
        (_, Some(name)) => Key::Branch {
            owner: deployment.fork().map(str::to_owned),
            name: name.to_owned(),
        },
        (_, None) => Key::Loose,
    }
}

/// Whether requests for the branch reach this deployment, given that no newer one has them.
fn serves(deployment: &Deployment, project: &Project) -> bool {
    if deployment.state() != State::Ready {
        return false;
    }
    match (key(deployment), project.production_id()) {
        // A rollback makes an older one answer.
        (Key::Production, Some(production)) => deployment.uid == production,
        // Never promoted.
        (Key::Production, None) => deployment.ready_substate.as_deref() != Some("STAGED"),
        _ => true,
    }
}

// === impl Branch ===

impl Branch {
    /// Whether it is this deployment that answers.
    pub(super) fn answers(&self, id: &str) -> bool {
        self.serving
            .as_ref()
            .is_some_and(|serving| serving.uid == id)
    }

    /// The deployment whose aliases are of use.
    pub(super) fn wants_aliases(&self) -> Option<&str> {
        let serving = self.serving.as_ref()?;
        serving.has_aliases().then_some(serving.uid.as_str())
    }

    pub(super) fn take_aliases(&mut self, known: &HashMap<String, Arc<[String]>>) {
        let serving = self.serving.as_ref();
        self.aliases = serving.and_then(|serving| known.get(&serving.uid).cloned());
    }

    pub(super) fn found(self, project: &Project) -> Found {
        let mut hosts = self.hosts(project);
        let own = self
            .serving
            .as_ref()
            .and_then(|serving| host(serving.url.as_deref()?));
        hosts.retain(|host| Some(host) != own.as_ref());
        let lasting = (!hosts.is_empty()).then(|| hosts.remove(0));
        hosts.sort_by_key(|host| first_label(host));
        let origin = |host: &String| format!("https://{host}");
        let is_newest = self.answers(&self.newest.uid);
        let inspector = self.newest.inspector_url.clone();
        Found {
            name_parts: self.name_parts(project),
            target: match &self.key {
                Key::Production => Target::Production,
                Key::Environment(slug) => Target::Other(slug.clone()),
                Key::Branch { .. } | Key::Loose => Target::Preview,
            },
            branch: self.newest.branch().map(str::to_owned),
            state: self.newest.state(),
            commit: self.newest.commit(),
            created: self.newest.created(),
            upstream: lasting.as_ref().or(own.as_ref()).map(origin),
            commit_url: own.as_ref().map(origin),
            aliases: hosts,
            serving: self.serving.filter(|_| !is_newest).map(|serving| Serving {
                commit: serving.commit(),
                created: serving.created(),
                id: serving.uid,
            }),
            inspector_url: inspector.filter(|url| url.starts_with("https://")),
            id: self.newest.uid,
        }
    }

    fn name_parts(&self, project: &Project) -> Vec<String> {
        match &self.key {
            Key::Production => vec!["production".to_owned()],
            Key::Environment(slug) => vec![slug.clone()],
            Key::Branch { owner, name } => owner.iter().chain([name]).cloned().collect(),
            Key::Loose => vec![project.name.clone()],
        }
    }

    /// What leads to it and lasts, the best first: a domain of one's own, where a prefix works,
    /// before one of `vercel.app`, where none does; an address of the branch before any other.
    fn hosts(&self, project: &Project) -> Vec<String> {
        let domains = match self.key {
            Key::Production => project.domains(),
            _ => Vec::new(),
        };
        let aliases = self.aliases.iter().flat_map(|aliases| aliases.iter());
        let named = domains.into_iter().chain(aliases.map(String::as_str));
        let mut hosts: Vec<String> = named.filter_map(host).collect();
        let git = format!("{}-git-", project.name);
        hosts.sort_by_key(|host| (host.ends_with(".vercel.app"), !host.starts_with(&git)));
        let mut seen = HashSet::new();
        hosts.retain(|host| seen.insert(host.clone()));
        hosts
    }
}

/// A host that can be connected to: no wildcard, and no URL.
fn host(text: &str) -> Option<String> {
    match text.parse() {
        Ok(Host::Name(name)) => Some(name.as_str().to_owned()),
        _ => None,
    }
}

//! What the API answers, as far as it is used. Everything but an id may be missing, and what is
//! not known here is passed over: the API grows.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::Value;
use tripledash_core::Timestamp;

use super::super::{Commit, State};

/// `GET /v9/projects/{idOrName}`.
#[derive(Debug, Deserialize)]
pub(super) struct Project {
    pub(super) id: String,
    pub(super) name: String,
    /// The newest deployment of each environment, by the environment's name.
    #[serde(default)]
    targets: Option<HashMap<String, Value>>,
}

/// `GET /v6/deployments`.
#[derive(Debug, Deserialize)]
pub(super) struct Page {
    pub(super) deployments: Vec<Value>,
    #[serde(default)]
    pub(super) pagination: Pagination,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Pagination {
    pub(super) next: Option<i64>,
}

/// One of [`Page::deployments`].
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Deployment {
    pub(super) uid: String,
    /// A host; none while files are uploaded.
    pub(super) url: Option<String>,
    /// Milliseconds since the Unix epoch, as the other is.
    created: Option<i64>,
    created_at: Option<i64>,
    ready_state: Option<String>,
    state: Option<String>,
    pub(super) target: Option<String>,
    pub(super) ready_substate: Option<String>,
    /// When, or whether.
    #[serde(default = "unsaid")]
    alias_assigned: Value,
    pub(super) inspector_url: Option<String>,
    #[serde(default)]
    meta: HashMap<String, Value>,
    git_source: Option<GitSource>,
    pub(super) custom_environment: Option<Environment>,
    soft_deleted_by_retention: Option<bool>,
    /// When, as the other is: one that was restored has both.
    deleted: Option<Value>,
    undeleted: Option<Value>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
struct GitSource {
    #[serde(rename = "ref")]
    branch: Option<String>,
    sha: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(super) struct Environment {
    pub(super) slug: Option<String>,
}

/// `GET /v2/deployments/{id}/aliases`.
#[derive(Debug, Deserialize)]
pub(super) struct Aliases {
    pub(super) aliases: Vec<Alias>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Alias {
    pub(super) alias: String,
    pub(super) redirect: Option<String>,
}

/// What comes with any status but 200.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Refusal {
    pub(super) error: Said,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Said {
    pub(super) code: String,
    pub(super) message: String,
    pub(super) invalid_token: bool,
    pub(super) limit: Option<Limit>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Limit {
    /// Seconds since the Unix epoch.
    pub(super) reset: Option<i64>,
}

/// Old deployments do not say whether they have aliases: most have.
fn unsaid() -> Value {
    Value::Bool(true)
}

/// The prefixes of `meta`'s keys: one for each platform that hosts repositories.
const HOSTS: [&str; 3] = ["github", "gitlab", "bitbucket"];

// === impl Project ===

impl Project {
    /// The id of the deployment that is in production now.
    pub(super) fn production_id(&self) -> Option<&str> {
        self.targets
            .as_ref()?
            .get("production")?
            .get("id")?
            .as_str()
    }

    /// That deployment, which may be older than all that are listed.
    pub(super) fn production(&self) -> Option<Deployment> {
        let mut said = self.targets.as_ref()?.get("production")?.clone();
        let keys = said.as_object_mut()?;
        // It has a name of its own for the id here, and may not say what it is under.
        let id = keys.get("id")?.clone();
        keys.insert("uid".to_owned(), id);
        keys.insert("target".to_owned(), "production".into());
        Deployment::deserialize(said).ok()
    }

    /// The domains of production.
    pub(super) fn domains(&self) -> Vec<&str> {
        let production = self
            .targets
            .as_ref()
            .and_then(|targets| targets.get("production"));
        let domains = production.and_then(|production| production.get("alias")?.as_array());
        domains
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect()
    }
}

// === impl Deployment ===

impl Deployment {
    /// <https://vercel.com/docs/rest-api/deployments/list-deployments>, `readyState`.
    pub(super) fn state(&self) -> State {
        match self.ready_state.as_deref().or(self.state.as_deref()) {
            Some("READY") => State::Ready,
            Some("BUILDING" | "INITIALIZING") => State::Building,
            Some("QUEUED") => State::Queued,
            Some("ERROR") => State::Error,
            Some("CANCELED") => State::Canceled,
            _ => State::Unknown,
        }
    }

    pub(super) fn is_gone(&self) -> bool {
        let said = self.ready_state.as_deref().or(self.state.as_deref());
        said == Some("DELETED") || (self.was_deleted() && !self.was_restored())
    }

    fn was_deleted(&self) -> bool {
        let is_dated = self
            .deleted
            .as_ref()
            .is_some_and(|deleted| !deleted.is_null());
        is_dated || self.soft_deleted_by_retention == Some(true)
    }

    /// Whether it was, since it was deleted last.
    fn was_restored(&self) -> bool {
        let moment = |said: &Option<Value>| said.as_ref().and_then(Value::as_i64);
        moment(&self.undeleted).is_some_and(|undeleted| {
            moment(&self.deleted).is_none_or(|deleted| deleted <= undeleted)
        })
    }

    /// Whether there is anything to be told of its aliases.
    pub(super) fn has_aliases(&self) -> bool {
        !matches!(self.alias_assigned, Value::Null | Value::Bool(false))
    }

    /// Milliseconds since the Unix epoch: what deployments are ordered and paged by.
    pub(super) fn millis(&self) -> i64 {
        self.created.or(self.created_at).unwrap_or(0)
    }

    pub(super) fn created(&self) -> Option<Timestamp> {
        let millis = self.created.or(self.created_at)?;
        millis.checked_mul(1000).map(Timestamp)
    }

    pub(super) fn branch(&self) -> Option<&str> {
        let source = self.git_source.as_ref();
        self.said("CommitRef")
            .or_else(|| source.and_then(|source| source.branch.as_deref()))
            .filter(|branch| !branch.is_empty())
    }

    /// The owner of a fork, where it was built from one.
    pub(super) fn fork(&self) -> Option<&str> {
        let owner = self.said("CommitOrg")?;
        let own = self.said("Org")?;
        (!owner.eq_ignore_ascii_case(own)).then_some(owner)
    }

    pub(super) fn commit(&self) -> Option<Commit> {
        let text = |text: &str| Some(line(text)).filter(|line| !line.is_empty());
        let source = self.git_source.as_ref();
        let id = self
            .said("CommitSha")
            .or_else(|| source.and_then(|source| source.sha.as_deref()));
        let author = self
            .said("CommitAuthorLogin")
            .or_else(|| self.said("CommitAuthorName"));
        let commit = Commit {
            id: id.and_then(text),
            message: self.said("CommitMessage").and_then(text),
            author: author.and_then(text),
        };
        let is_known = commit.id.is_some() || commit.message.is_some();
        is_known.then_some(commit)
    }

    /// The value of `githubCommitRef` for `CommitRef`, or of its like.
    fn said(&self, key: &str) -> Option<&str> {
        HOSTS
            .into_iter()
            .find_map(|host| self.meta.get(&format!("{host}{key}"))?.as_str())
    }
}

/// The first line of a text, without control characters, as long as a message can bear.
pub(super) fn line(text: &str) -> String {
    let first = text.trim().lines().next().unwrap_or_default();
    let clean = first.chars().filter(|c| !c.is_control()).take(200);
    clean.collect::<String>().trim().to_owned()
}

//! Previews from where they really live.
//!
//! A [`PreviewSource`] lists deployments of branches: [`Vercel`] those of a project there,
//! [`Template`] the ones that a naming scheme makes. Another platform is another implementation:
//! [`Found`] holds nothing that only one of them has.

mod failure;
mod pace;
mod template;
pub mod vercel;

use std::time::Duration;

use futures_util::future::BoxFuture;
use tripledash_core::Timestamp;

pub use failure::SourceError;
pub use pace::Pace;
pub use template::Template;
pub use vercel::Vercel;

/// Something that knows deployments.
pub trait PreviewSource: std::fmt::Debug + Send + Sync {
    /// What messages call it, like `vercel my-app`.
    fn name(&self) -> String;

    /// The newest deployment of every branch. Dropping the future ends the asking.
    fn list(&self) -> BoxFuture<'_, Result<Listing, SourceError>>;
}

/// What a source knows now.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Listing {
    /// Production first, then branches, the newest first.
    pub found: Vec<Found>,
    /// What a person should know of it: what was cut, what could not be asked.
    pub notes: Vec<String>,
    /// How often it may still be asked, where it says so.
    pub rate: Option<RateLimit>,
}

/// The newest deployment of one branch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The source's own name for the deployment.
    pub id: String,
    /// What it is for.
    pub target: Target,
    /// The branch it was built from.
    pub branch: Option<String>,
    /// What a preview's name is made of, each to be made a slug: a branch; a fork's owner and
    /// branch; `production`.
    pub name_parts: Vec<String>,
    /// How far it is.
    pub state: State,
    /// What it was built from.
    pub commit: Option<Commit>,
    /// When it was asked for.
    pub created: Option<Timestamp>,
    /// The origin to connect to: what answers for the branch now. That of an older deployment
    /// where this one is not ready; `None` where none is.
    pub upstream: Option<String>,
    /// The origin of the very deployment that answers, short, whatever the branch does later.
    pub commit_url: Option<String>,
    /// Every other host that leads to what answers, the shortest first label first.
    pub aliases: Vec<String>,
    /// The deployment that answers, where it is not this one.
    pub serving: Option<Serving>,
    /// Where a person looks into it.
    pub inspector_url: Option<String>,
}

/// An older deployment that still answers for its branch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Serving {
    /// The source's own name for it.
    pub id: String,
    /// What it was built from.
    pub commit: Option<Commit>,
    /// When it was asked for.
    pub created: Option<Timestamp>,
}

/// A commit, as far as the source tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    /// Its whole hash.
    pub id: Option<String>,
    /// The first line of its message.
    pub message: Option<String>,
    /// Who wrote it.
    pub author: Option<String>,
}

/// What a deployment is for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Target {
    /// What customers see.
    Production,
    /// To be looked at.
    Preview,
    /// An environment with a name of its own.
    Other(String),
}

/// How far a deployment is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each name says it")]
pub enum State {
    Queued,
    Building,
    Ready,
    Error,
    Canceled,
    /// The source does not say, or in a word that is not known here.
    Unknown,
}

/// How often a source may be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimit {
    /// In one window, where it says so.
    pub limit: Option<u32>,
    /// In the rest of this window.
    pub remaining: u32,
    /// When the next window begins.
    pub reset: Option<Timestamp>,
}

impl State {
    /// Whether it will be another one soon.
    pub fn is_passing(self) -> bool {
        matches!(self, Self::Queued | Self::Building)
    }
}

impl Found {
    /// Hosts that lead to what answers, the shortest first label first: what to offer where an
    /// address is too long.
    pub fn hosts(&self) -> Vec<&str> {
        let origins = [&self.upstream, &self.commit_url].into_iter().flatten();
        let hosts = origins.filter_map(|origin| Some(origin.split_once("://")?.1));
        let mut hosts: Vec<&str> = hosts
            .chain(self.aliases.iter().map(String::as_str))
            .collect();
        hosts.sort_by_key(|host| (first_label(host), *host));
        hosts.dedup();
        hosts
    }
}

/// Its length.
fn first_label(host: &str) -> usize {
    host.split('.').next().map_or(0, str::len)
}

/// From now on, until a moment; nothing where it has passed.
fn until(moment: Timestamp, now: Timestamp) -> Duration {
    let micros = moment.0.saturating_sub(now.0);
    Duration::from_micros(u64::try_from(micros).unwrap_or(0))
}

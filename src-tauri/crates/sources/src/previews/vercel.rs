//! Deployments of a project on Vercel, by its REST API as it is documented:
//!
//! - [Find a project by id or name](https://vercel.com/docs/rest-api/projects/find-a-project-by-id-or-name):
//!   `GET /v9/projects/{idOrName}`;
//! - [List deployments](https://vercel.com/docs/rest-api/deployments/list-deployments):
//!   `GET /v6/deployments`, newest first, a page of at most 100, the next by `until`
//!   ([pagination](https://vercel.com/docs/rest-api#pagination));
//! - [List deployment aliases](https://vercel.com/docs/rest-api/aliases/list-deployment-aliases):
//!   `GET /v2/deployments/{id}/aliases`;
//! - [errors](https://vercel.com/docs/rest-api/errors) are `{"error": {"code", "message"}}`, and
//!   [rate limits](https://vercel.com/docs/rest-api#rate-limits) come as `X-RateLimit-*` fields.
//!
//! A listing reads back to where it knows everything, and from the start once in a while: what was
//! deleted shows only then. A deployment's aliases are asked for once it has any.

mod ask;
mod branches;
mod wire;

use std::collections::HashMap;
use std::sync::Arc;

use futures_util::StreamExt as _;
use futures_util::future::BoxFuture;
use futures_util::stream;
use parking_lot::Mutex;
use url::Url;

use super::{Listing, PreviewSource, RateLimit, SourceError};
use crate::{Clock, Fetcher, Secret};
use ask::Api;
use branches::Branch;
use wire::{Deployment, Project};

/// Where the API is.
pub const API: &str = "https://api.vercel.com";

/// A project's deployments.
#[derive(Debug)]
pub struct Vercel {
    api: Api,
    project: String,
    bounds: Bounds,
    known: Mutex<Known>,
}

/// How much is asked for one listing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Pages of 100 deployments.
    pub pages: usize,
    /// Branches.
    pub branches: usize,
    /// Deployments whose aliases are asked for; the next listing asks for more.
    pub aliases: usize,
}

/// What earlier listings learned.
#[derive(Debug, Default)]
struct Known {
    /// Newest first.
    deployments: Arc<Vec<Deployment>>,
    /// Whether there are older ones that were never read.
    cut: bool,
    aliases: HashMap<String, Arc<[String]>>,
    listings: u32,
}

/// What was read of deployments.
struct Walked {
    deployments: Vec<Deployment>,
    cut: bool,
    notes: Vec<String>,
}

/// Every so many listings, everything is read anew.
const ANEW: u32 = 20;
/// Aliases that are asked for at one time.
const AT_ONCE: usize = 4;
/// A rate limit that is this near is left for listings.
const SPARE: u32 = 20;

impl Default for Bounds {
    /// 20 pages, 100 branches, 40 deployments' aliases.
    fn default() -> Self {
        Self {
            pages: 20,
            branches: 100,
            aliases: 40,
        }
    }
}

// === impl Vercel ===

impl Vercel {
    /// `project` is a name or an id, `team` a slug or an id (`team_…`); without one, the account
    /// that the token is of.
    pub fn new(
        project: &str,
        team: Option<&str>,
        token: Option<Secret>,
        fetcher: Fetcher,
        clock: Clock,
    ) -> Self {
        let base = Url::parse(API).expect("the API's address is a URL");
        Self {
            api: Api::new(base, project, team, token, fetcher, clock),
            project: project.to_owned(),
            bounds: Bounds::default(),
            known: Mutex::default(),
        }
    }

    /// Asks at another address.
    #[must_use]
    pub fn at(mut self, base: Url) -> Self {
        self.api.base = base;
        self
    }

    /// Asks for more, or for less.
    #[must_use]
    pub fn within(mut self, bounds: Bounds) -> Self {
        self.bounds = bounds;
        self
    }

    async fn listing(&self) -> Result<Listing, SourceError> {
        let mut rate = None;
        let project = self.api.project(&self.project, &mut rate).await?;
        let Walked {
            deployments,
            cut,
            mut notes,
        } = self.walk(&project, &mut rate).await?;
        let deployments = Arc::new(deployments);
        let (mut branches, more) = branches::newest(&deployments, &project, self.bounds.branches);
        if more {
            let most = self.bounds.branches;
            notes.push(format!(
                "there are more branches than the {most} that are shown"
            ));
        } else if cut {
            let most = deployments.len();
            notes.push(format!(
                "only the newest {most} deployments were looked at: branches that were deployed before are missing"
            ));
        }
        self.aliases(&mut branches, &mut rate, &mut notes).await;
        let found = branches
            .into_iter()
            .map(|branch| branch.found(&project))
            .collect();
        let mut known = self.known.lock();
        known.deployments = deployments;
        known.cut = cut;
        known.listings = known.listings.wrapping_add(1);
        Ok(Listing { found, notes, rate })
    }

    /// Reads pages until everything is known, or enough.
    async fn walk(
        &self,
        project: &Project,
        rate: &mut Option<RateLimit>,
    ) -> Result<Walked, SourceError> {
        let (known, known_cut) = {
            let mut known = self.known.lock();
            if known.listings.is_multiple_of(ANEW) {
                known.aliases.clear();
                (Arc::default(), false)
            } else {
                (Arc::clone(&known.deployments), known.cut)
            }
        };
        let mut walked = Walked {
            deployments: Vec::new(),
            cut: false,
            notes: Vec::new(),
        };
        let mut odd = 0;
        let mut until = None;
        for page in 1.. {
            let read = self.api.deployments(&project.id, until, rate).await?;
            odd += read.odd;
            let oldest = read.deployments.iter().map(Deployment::millis).min();
            let is_known = branches::are_known(&read.deployments, &known);
            walked.deployments.extend(read.deployments);
            let next = read
                .next
                .filter(|next| until.is_none_or(|until| *next < until));
            if let (Some(oldest), true) = (oldest, is_known) {
                let older = known
                    .iter()
                    .filter(|deployment| deployment.millis() < oldest);
                walked.deployments.extend(older.cloned());
                walked.cut = known_cut;
                break;
            }
            let Some(next) = next else { break };
            if page >= self.bounds.pages
                || branches::count(&walked.deployments) > self.bounds.branches
            {
                walked.cut = true;
                break;
            }
            until = Some(next);
        }
        if odd > 0 {
            walked
                .notes
                .push(format!("{odd} deployments are not understood and left out"));
        }
        Ok(walked)
    }

    /// Asks for the aliases of what answers.
    async fn aliases(
        &self,
        branches: &mut [Branch],
        rate: &mut Option<RateLimit>,
        notes: &mut Vec<String>,
    ) {
        let mut unknown: Vec<String> = {
            let mut known = self.known.lock();
            known
                .aliases
                .retain(|id, _| branches.iter().any(|branch| branch.answers(id)));
            branches
                .iter()
                .filter_map(Branch::wants_aliases)
                .filter(|id| !known.aliases.contains_key(*id))
                .map(str::to_owned)
                .collect()
        };
        let all = unknown.len();
        let allowed = rate.map_or(usize::MAX, |rate| {
            usize::try_from(rate.remaining.saturating_sub(SPARE)).unwrap_or(usize::MAX)
        });
        unknown.truncate(self.bounds.aliases.min(allowed));
        let mut left = all - unknown.len();
        let mut answers = stream::iter(unknown)
            .map(|id| async move {
                let mut rate = None;
                let answer = self.api.aliases(&id, &mut rate).await;
                (id, answer, rate)
            })
            .buffer_unordered(AT_ONCE);
        let mut failed = None;
        while let Some((id, answer, seen)) = answers.next().await {
            *rate = ask::scarcer(*rate, seen);
            match answer {
                Ok(aliases) => {
                    self.known.lock().aliases.insert(id, aliases.into());
                }
                Err(error) => {
                    left += 1;
                    failed = Some(error);
                }
            }
        }
        drop(answers);
        if let Some(error) = failed {
            notes.push(format!(
                "the short addresses of {left} deployments are missing: {error}"
            ));
        } else if left > 0 {
            notes.push(format!(
                "the short addresses of {left} deployments come with the next listing"
            ));
        }
        let known = self.known.lock();
        for branch in branches {
            branch.take_aliases(&known.aliases);
        }
    }
}

impl PreviewSource for Vercel {
    fn name(&self) -> String {
        self.api.name.clone()
    }

    fn list(&self) -> BoxFuture<'_, Result<Listing, SourceError>> {
        Box::pin(self.listing())
    }
}

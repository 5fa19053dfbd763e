//! What the open workspace's sources come to, gathered while it is open.
//!
//! - Every source is looked into by a task of its own ([`Look`]), which ends when the source is
//!   taken out of the file, changes, or the workspace is closed.
//! - A source that cannot be asked keeps what it said before, and says so.
//! - What they say becomes tenants and previews in one place ([`found`]), from what is known then:
//!   nothing here is changed by hand.

mod deployments;
mod failure;
pub(crate) mod found;
mod git;
pub(crate) mod once;
mod tenants;
mod wanted;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use tokio::sync::{Notify, watch};
use tokio_util::sync::{CancellationToken, DropGuard};
use tripledash_core::Timestamp;
use tripledash_sources::previews::Listing;
use tripledash_sources::refresh::pause;
use tripledash_sources::{Clock, Fetcher};
use url::Url;

use crate::state::SourceStatus;

pub(crate) use self::failure::Failure;
pub(crate) use self::git::GitReading;
pub(crate) use self::tenants::TenantsReading;
pub(crate) use self::wanted::{Wanted, wanted};

/// One source that is looked into for as long as this lives.
#[derive(Debug)]
pub(crate) struct Look {
    /// Tells it from a look into another, or into the same at another time.
    pub(crate) id: u64,
    /// What is looked into.
    pub(crate) wanted: Wanted,
    /// What it said last.
    pub(crate) reading: Option<Reading>,
    /// What was asked then, where that was asked in another way.
    said_by: Option<Wanted>,
    /// When it last said so.
    pub(crate) read_at: Option<Timestamp>,
    /// When that was last told.
    read_told: Option<Timestamp>,
    /// Why it cannot be asked now.
    pub(crate) failure: Option<Failure>,
    /// Asks it again, now.
    again: Arc<Notify>,
    _stop: Option<DropGuard>,
}

/// A look that is to begin.
#[derive(Debug)]
pub(crate) struct Begin<'a> {
    pub(crate) id: u64,
    wanted: &'a Wanted,
    again: Arc<Notify>,
    pub(crate) stop: CancellationToken,
}

/// What it takes to look.
#[derive(Debug)]
pub(crate) struct Means {
    /// Where answers of endpoints are kept.
    pub(crate) cache: PathBuf,
    pub(crate) fetcher: Fetcher,
    /// Where Vercel's API is, if it is not where it always is.
    pub(crate) vercel: Option<Url>,
    /// How many people look.
    pub(crate) watchers: watch::Receiver<usize>,
    pub(crate) clock: Clock,
}

/// Looks into a source, and tells what it says each time that it says something else, until it is
/// dropped.
pub(crate) fn look(
    begin: Begin<'_>,
    means: Means,
    tell: impl Fn(Told) + Send + Sync + 'static,
) -> BoxFuture<'static, ()> {
    let Begin {
        again,
        wanted,
        stop,
        ..
    } = begin;
    match wanted {
        Wanted::Unasked { .. } => Box::pin(std::future::ready(())),
        Wanted::Git {
            folder,
            serves,
            trusted,
        } => {
            let looking = git::Looking {
                folder: folder.clone(),
                serves: *serves,
                trusted: *trusted,
                watchers: means.watchers,
                stop,
            };
            Box::pin(looking.follow(again, tell))
        }
        Wanted::Vercel { source, token, .. } => {
            let asking = deployments::Asking {
                platform: Box::new(deployments::project(source, token, &means)),
                watchers: means.watchers,
                clock: means.clock,
            };
            Box::pin(asking.follow(again, tell))
        }
        Wanted::TenantFile { .. } | Wanted::TenantUrl { .. } | Wanted::TenantCommand { .. } => {
            let listing = tenants::Listing::new(wanted, means);
            match listing {
                Ok(listing) => Box::pin(listing.follow(again, tell)),
                Err(failure) => {
                    tell(Err(failure));
                    Box::pin(std::future::ready(()))
                }
            }
        }
    }
}

/// Ends after a pause, but not before somebody looks: nobody is asked for nobody.
async fn pause_until_looked_at(wait: Option<Duration>, watchers: &mut watch::Receiver<usize>) {
    pause(wait).await;
    if watchers.wait_for(|watchers| *watchers > 0).await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// What a source said.
#[derive(Debug, Clone)]
pub(crate) enum Reading {
    /// The tenants that it lists.
    Tenants(Arc<TenantsReading>),
    /// The branches of its repository.
    Git(Arc<GitReading>),
    /// The deployments of its project.
    Deployments(Arc<Listing>),
}

/// What a look came to.
#[derive(Debug)]
pub(crate) struct News {
    pub(crate) id: u64,
    pub(crate) at: Timestamp,
    pub(crate) told: Told,
}

/// What a source says, or why it cannot be asked.
pub(crate) type Told = Result<Answer, Failure>;

/// What a source says when it is asked.
#[derive(Debug)]
pub(crate) enum Answer {
    /// This.
    Read(Reading),
    /// The same again.
    Same,
}

/// How old what is shown to be good may be before it is told anew that it was read since.
const READ_SHOWN: Duration = Duration::from_secs(60);

/// The looks into the sources of the open workspace.
#[derive(Debug, Default)]
pub(crate) struct Looks {
    /// Into the list of the tenants.
    pub(crate) tenants: Option<Look>,
    /// Into the sources of previews, in the file's order.
    pub(crate) previews: Vec<Look>,
    /// The id of the next one.
    next: u64,
}

// === impl Look ===

impl Look {
    /// How it is doing.
    pub(crate) fn status(&self) -> SourceStatus {
        // What another one said is no answer of this one.
        let heard = self.reading.is_some() && self.said_by.is_none();
        let said = match self.failure {
            Some(_) => self.reading.is_some(),
            None => heard,
        };
        Failure::status(self.failure.as_ref(), said)
    }

    /// Whether it cannot be asked for want of a variable.
    fn is_unset(&self) -> bool {
        matches!(&self.wanted, Wanted::Unasked { failure, .. } if !failure.untrusted)
    }

    /// What said what it has said.
    fn said_by(&self) -> &Wanted {
        self.said_by.as_ref().unwrap_or(&self.wanted)
    }
}

// === impl Looks ===

impl Looks {
    /// Goes on with what is wanted: looks that are wanted still go on, others end, new ones begin
    /// by `begin`. All end with `stop`.
    pub(crate) fn turn_to(
        &mut self,
        tenants: Option<Wanted>,
        previews: Vec<Wanted>,
        stop: &CancellationToken,
        mut begin: impl FnMut(Begin<'_>),
    ) {
        let mut before: Vec<Look> = self.tenants.take().into_iter().collect();
        before.append(&mut self.previews);
        let mut look = |wanted: Wanted| {
            if let Some(at) = before.iter().position(|look| look.wanted == wanted) {
                return before.swap_remove(at);
            }
            let id = self.next;
            self.next += 1;
            let mut look = Look {
                id,
                reading: None,
                said_by: None,
                read_at: None,
                read_told: None,
                failure: wanted.failure(),
                wanted,
                again: Arc::new(Notify::new()),
                _stop: None,
            };
            if look.failure.is_none() {
                let stop = stop.child_token();
                begin(Begin {
                    id,
                    wanted: &look.wanted,
                    again: Arc::clone(&look.again),
                    stop: stop.clone(),
                });
                look._stop = Some(stop.drop_guard());
            }
            // The same place, asked in another way: what it said is better than nothing.
            let mut said = before.iter().filter(|before| before.reading.is_some());
            if let Some(like) = said.find(|before| before.said_by().is_like(&look.wanted)) {
                look.reading.clone_from(&like.reading);
                look.said_by = Some(like.said_by().clone());
                look.read_at = like.read_at;
            }
            look
        };
        let tenants = tenants.map(&mut look);
        let previews = previews.into_iter().map(&mut look).collect();
        self.tenants = tenants;
        self.previews = previews;
    }

    /// Asks every source again, now.
    pub(crate) fn ask_again(&self) {
        for look in self.tenants.iter().chain(&self.previews) {
            look.again.notify_one();
        }
    }

    /// Whether one of them has said nothing yet.
    fn is_waiting(&self) -> bool {
        let mut all = self.tenants.iter().chain(&self.previews);
        all.any(|look| look.reading.is_none() && look.failure.is_none())
    }

    /// Ends all.
    pub(crate) fn clear(&mut self) {
        self.tenants = None;
        self.previews.clear();
    }

    /// The tenants that are listed elsewhere, once they were read.
    pub(crate) fn tenants(&self) -> Option<&TenantsReading> {
        match &self.tenants.as_ref()?.reading {
            Some(Reading::Tenants(read)) => Some(read),
            _ => None,
        }
    }

    /// Takes news of a look. Says whether anything is new: what comes from one that has ended is
    /// not.
    pub(crate) fn hear(&mut self, news: News) -> bool {
        let all = self.tenants.iter_mut().chain(&mut self.previews);
        let Some(look) = all.into_iter().find(|look| look.id == news.id) else {
            return false;
        };
        match news.told {
            Ok(Answer::Same) => {
                look.read_at = Some(news.at);
                let told = look.read_told.map_or(i64::MIN, |Timestamp(at)| at);
                let wait = i64::try_from(READ_SHOWN.as_micros()).unwrap_or(i64::MAX);
                if news.at.0 < told.saturating_add(wait) {
                    return false;
                }
                look.read_told = look.read_at;
            }
            Ok(Answer::Read(reading)) => {
                // An answer that was kept is as old as it was then, and a failure all the same.
                let tenants = match &reading {
                    Reading::Tenants(tenants) => Some(tenants),
                    Reading::Git(_) | Reading::Deployments(_) => None,
                };
                look.read_at = Some(tenants.map_or(news.at, |tenants| tenants.fetched_at));
                look.read_told = look.read_at;
                look.failure = tenants.and_then(|tenants| tenants.stale.clone());
                look.reading = Some(reading);
                look.said_by = None;
            }
            Err(failure) if look.failure.as_ref() == Some(&failure) => return false,
            Err(failure) => look.failure = Some(failure),
        }
        true
    }
}

#[cfg(test)]
mod tests;

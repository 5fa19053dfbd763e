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
mod tenants;
mod wanted;

use std::sync::Arc;

use tokio_util::sync::{CancellationToken, DropGuard};
use tripledash_core::Timestamp;
use tripledash_sources::previews::Listing;

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
    /// When it said so.
    pub(crate) read_at: Option<Timestamp>,
    /// Why it cannot be asked now.
    pub(crate) failure: Option<Failure>,
    _stop: Option<DropGuard>,
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
    pub(crate) told: Result<Reading, Failure>,
}

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

// === impl Looks ===

impl Looks {
    /// Goes on with what is wanted: looks that are wanted still go on, others end, new ones begin
    /// by `begin`.
    pub(crate) fn turn_to(
        &mut self,
        tenants: Option<Wanted>,
        previews: Vec<Wanted>,
        mut begin: impl FnMut(u64, &Wanted, CancellationToken),
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
                read_at: None,
                failure: wanted.failure(),
                wanted,
                _stop: None,
            };
            if look.failure.is_none() {
                let stop = CancellationToken::new();
                begin(id, &look.wanted, stop.clone());
                look._stop = Some(stop.drop_guard());
            }
            // The same place, asked in another way: what it said is better than nothing.
            if let Some(like) = before.iter().find(|like| like.wanted.is_like(&look.wanted)) {
                look.reading.clone_from(&like.reading);
                look.read_at = like.read_at;
            }
            look
        };
        let tenants = tenants.map(&mut look);
        let previews = previews.into_iter().map(&mut look).collect();
        self.tenants = tenants;
        self.previews = previews;
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
            Ok(reading) => {
                look.reading = Some(reading);
                look.read_at = Some(news.at);
                look.failure = None;
            }
            Err(failure) if look.failure.as_ref() == Some(&failure) => return false,
            Err(failure) => look.failure = Some(failure),
        }
        true
    }
}

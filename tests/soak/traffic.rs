//! Many browsers that each do something else every time.

mod kinds;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use tokio::sync::watch;
use tokio::time::Instant;

use crate::browser::soon;
use crate::subject::Subject;

use self::kinds::{KINDS, Site};

/// How many browsers there are.
const BROWSERS: u64 = 24;
/// How long the workspace stays as it is.
const BETWEEN_EDITS: Duration = Duration::from_millis(300);

/// A run of traffic, the same for the same seed but for the order in which things meet.
#[derive(Debug)]
pub(crate) struct Traffic<'a> {
    subject: &'a Subject,
    seed: u64,
}

/// How often each kind was there.
#[derive(Debug, Default)]
pub(crate) struct Done(BTreeMap<&'static str, u64>);

impl<'a> Traffic<'a> {
    pub(crate) fn new(subject: &'a Subject, seed: u64) -> Self {
        Self { subject, seed }
    }

    /// Runs until the time is over and every browser has ended what it was at.
    pub(crate) async fn run(&self, time: Duration) -> Done {
        let site = Arc::new(Site {
            port: self.subject.port,
            token: self.subject.token.clone(),
        });
        let (over, stop) = watch::channel(false);
        let browsers: Vec<_> = (0..BROWSERS)
            .map(|number| {
                let rng = StdRng::seed_from_u64(self.seed.wrapping_mul(1000) + number);
                tokio::spawn(browse(Arc::clone(&site), rng, stop.clone()))
            })
            .collect();
        let end = Instant::now() + time;
        let mut edits = 0;
        while Instant::now() < end {
            edits += 1;
            self.subject.edit(edits);
            tokio::time::sleep(BETWEEN_EDITS.min(time)).await;
        }
        over.send_replace(true);
        let mut done = Done::default();
        for browser in browsers {
            for (kind, count) in soon("a browser's end", browser).await.unwrap().0 {
                *done.0.entry(kind).or_default() += count;
            }
        }
        done.0.insert("edit of the workspace", edits);
        done
    }
}

async fn browse(site: Arc<Site>, mut rng: StdRng, stop: watch::Receiver<bool>) -> Done {
    let mut done = Done::default();
    // Each kind once in an order of its own, then as chance has it.
    let mut first: Vec<usize> = (0..KINDS.len()).collect();
    rand::seq::SliceRandom::shuffle(&mut first[..], &mut rng);
    while !*stop.borrow() {
        let at = first
            .pop()
            .unwrap_or_else(|| rng.random_range(0..KINDS.len()));
        let (name, kind) = KINDS[at];
        let outcome = kind(&site, &mut rng).await;
        assert!(outcome.is_ok(), "{name}: {outcome:?}");
        *done.0.entry(name).or_default() += 1;
    }
    done
}

impl Done {
    pub(crate) fn assert_every_kind_was_there(&self) {
        for (name, _) in KINDS {
            assert!(self.0.contains_key(name), "no {name} in {self}");
        }
    }
}

impl fmt::Display for Done {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all: u64 = self.0.values().sum();
        write!(f, "{all} in all")?;
        for (kind, count) in &self.0 {
            write!(f, "; {count} × {kind}")?;
        }
        Ok(())
    }
}

//! How often a source of previews is asked.

use std::time::Duration;

use tripledash_core::Timestamp;

use super::{Found, Listing, RateLimit, SourceError, until};
use crate::refresh::Schedule;

/// Waits between listings: short while something builds, longer else, and never against a rate
/// limit.
///
/// ```
/// use std::time::Duration;
/// use tripledash_core::Timestamp;
/// use tripledash_sources::previews::{Listing, Pace};
///
/// let mut pace = Pace::default();
/// let wait = pace.next(Ok(&Listing::default()), Timestamp(0));
/// assert_eq!(wait, Some(Duration::from_secs(120)));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pace {
    /// While something builds.
    pub busy: Duration,
    /// While nothing does.
    pub calm: Duration,
    failures: Schedule,
}

/// Below this share of a window's requests, the rest is left to the project's other tools.
const RESERVE: u32 = 10;
/// A source that wants more is asked anyway: its clock may be wrong.
const LONGEST: Duration = Duration::from_secs(3600);
const SHORTEST: Duration = Duration::from_secs(5);

impl Default for Pace {
    /// 30 s and 2 minutes.
    fn default() -> Self {
        Self {
            busy: Duration::from_secs(30),
            calm: Duration::from_secs(120),
            failures: Schedule::new(None),
        }
    }
}

impl Pace {
    /// How long to wait after a listing. `None`: until a person has done something.
    pub fn next(
        &mut self,
        listed: Result<&Listing, &SourceError>,
        now: Timestamp,
    ) -> Option<Duration> {
        match listed {
            Ok(listing) => {
                // No failure is remembered.
                let _ = self.failures.succeeded();
                let passing = |found: &Found| found.state.is_passing();
                let wait = if listing.found.iter().any(passing) {
                    self.busy
                } else {
                    self.calm
                };
                Some(wait.max(held_back(listing.rate, now)))
            }
            Err(error) if error.needs_a_person() => None,
            Err(SourceError::RateLimited { reset, .. }) => {
                let reset = reset.map_or(self.calm, |reset| until(reset, now));
                Some(reset.clamp(SHORTEST, LONGEST))
            }
            Err(_) => self.failures.failed(None),
        }
    }
}

/// How long to wait for more requests to be allowed.
fn held_back(rate: Option<RateLimit>, now: Timestamp) -> Duration {
    let scarce = rate.filter(|rate| rate.remaining <= rate.limit.unwrap_or(0) / RESERVE);
    let reset = scarce.and_then(|rate| rate.reset);
    reset.map_or(Duration::ZERO, |reset| until(reset, now).min(LONGEST))
}

#[cfg(test)]
mod tests;

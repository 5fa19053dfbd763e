//! When to ask again.

use std::time::Duration;

/// Waits between askings: as long as was said, less after a failure at first, more after many.
///
/// ```
/// use std::time::Duration;
/// use tripledash_sources::refresh::Schedule;
///
/// let mut schedule = Schedule::new(Some(Duration::from_secs(300)));
/// assert_eq!(schedule.failed(None), Some(Duration::from_secs(5)));
/// assert_eq!(schedule.failed(None), Some(Duration::from_secs(10)));
/// assert_eq!(schedule.succeeded(), Some(Duration::from_secs(300)));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    every: Option<Duration>,
    failures: u32,
}

const SHORTEST: Duration = Duration::from_secs(5);
const LONGEST: Duration = Duration::from_secs(24 * 3600);
/// A source that is down for long is asked this often, unless it is asked less often anyway.
const PATIENT: Duration = Duration::from_secs(15 * 60);

// === impl Schedule ===

impl Schedule {
    /// Asks as often as `every` says; `None`: once, and again only after failures.
    pub fn new(every: Option<Duration>) -> Self {
        Self { every, failures: 0 }
    }

    /// How long to wait after an answer. `None`: for ever.
    pub fn succeeded(&mut self) -> Option<Duration> {
        self.failures = 0;
        self.every
    }

    /// How long to wait after a failure: 5 s, 10 s, 20 s and so on, never less than the source
    /// itself wants.
    pub fn failed(&mut self, retry_after: Option<Duration>) -> Option<Duration> {
        let most = self.every.map_or(PATIENT, |every| every.max(PATIENT));
        let doubled = SHORTEST.saturating_mul(1 << self.failures.min(16));
        self.failures = self.failures.saturating_add(1);
        let wanted = retry_after.unwrap_or_default().min(LONGEST);
        Some(doubled.min(most).max(wanted))
    }
}

/// Ends after a wait. `None`: never.
pub async fn pause(wait: Option<Duration>) {
    match wait {
        Some(wait) => tokio::time::sleep(wait).await,
        None => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests;

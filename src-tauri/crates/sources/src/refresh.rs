//! When to ask again.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use tokio::sync::Notify;

/// How often a source is asked, as a workspace says it: `30s`, `5m`, `2h`.
///
/// ```
/// use std::time::Duration;
/// use tripledash_sources::refresh::Every;
///
/// assert_eq!("5m".parse::<Every>().unwrap().duration(), Duration::from_secs(300));
/// assert_eq!("120s".parse::<Every>().unwrap().to_string(), "2m");
/// assert!("5".parse::<Every>().is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Every(Duration);

/// A text that does not say how often.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("found {0:?}, wanted a number with a unit from 5s to 24h, like 30s, 5m or 2h")]
pub struct InvalidEvery(String);

/// Waits between askings: as long as was said, less after a failure at first, more after many.
///
/// ```
/// use std::time::Duration;
/// use tripledash_sources::refresh::Schedule;
///
/// let mut schedule = Schedule::new(Some("5m".parse().unwrap()));
/// assert_eq!(schedule.failed(None), Some(Duration::from_secs(5)));
/// assert_eq!(schedule.failed(None), Some(Duration::from_secs(10)));
/// assert_eq!(schedule.succeeded(), Some(Duration::from_secs(300)));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    every: Option<Every>,
    failures: u32,
}

const SHORTEST: Duration = Duration::from_secs(5);
const LONGEST: Duration = Duration::from_secs(24 * 3600);
/// A source that is down for long is asked this often, unless it is asked less often anyway.
const PATIENT: Duration = Duration::from_secs(15 * 60);

// === impl Every ===

impl Every {
    /// A time between two askings, brought within what is asked.
    pub fn within(duration: Duration) -> Self {
        Self(duration.clamp(SHORTEST, LONGEST))
    }

    /// The time between two askings.
    pub fn duration(self) -> Duration {
        self.0
    }
}

impl FromStr for Every {
    type Err = InvalidEvery;

    fn from_str(text: &str) -> Result<Self, InvalidEvery> {
        let invalid = || InvalidEvery(text.to_owned());
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let (number, unit) = text.split_at(digits);
        let unit = match unit {
            "s" => 1,
            "m" => 60,
            "h" => 3600,
            _ => return Err(invalid()),
        };
        let number: u64 = number.parse().map_err(|_| invalid())?;
        let duration = number.checked_mul(unit).map(Duration::from_secs);
        duration
            .filter(|duration| (SHORTEST..=LONGEST).contains(duration))
            .map(Self)
            .ok_or_else(invalid)
    }
}

impl fmt::Display for Every {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.as_secs() {
            seconds if seconds % 3600 == 0 => write!(f, "{}h", seconds / 3600),
            seconds if seconds % 60 == 0 => write!(f, "{}m", seconds / 60),
            seconds => write!(f, "{seconds}s"),
        }
    }
}

// === impl Schedule ===

impl Schedule {
    /// Asks as often as `every` says; `None`: once, and again only after failures.
    pub fn new(every: Option<Every>) -> Self {
        Self { every, failures: 0 }
    }

    /// How long to wait after an answer. `None`: for ever.
    pub fn succeeded(&mut self) -> Option<Duration> {
        self.failures = 0;
        self.every.map(Every::duration)
    }

    /// How long to wait after a failure: 5 s, 10 s, 20 s and so on, never less than the source
    /// itself wants.
    pub fn failed(&mut self, retry_after: Option<Duration>) -> Option<Duration> {
        let most = self.every.map_or(PATIENT, |every| every.0.max(PATIENT));
        let doubled = SHORTEST.saturating_mul(1 << self.failures.min(16));
        self.failures = self.failures.saturating_add(1);
        let wanted = retry_after.unwrap_or_default().min(LONGEST);
        Some(doubled.min(most).max(wanted))
    }

    /// How often it failed since it last did not.
    pub fn failures(&self) -> u32 {
        self.failures
    }
}

/// Takes turns for ever, each after the wait that the one before asked for, or at once when
/// somebody asks through `wake`. A turn that wants no other is followed by one only then.
///
/// Never ends; drop it.
pub async fn repeat(wake: &Notify, mut turn: impl AsyncFnMut() -> Option<Duration>) {
    loop {
        let Some(wait) = turn().await else {
            wake.notified().await;
            continue;
        };
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = wake.notified() => {}
        }
    }
}

#[cfg(test)]
mod tests;

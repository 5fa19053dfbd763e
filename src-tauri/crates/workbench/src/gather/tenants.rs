//! The tenants that are listed outside the workspace file, as long as they are looked at.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use indexmap::IndexMap;
use tokio::sync::Notify;
use tripledash_core::Tenant;
use tripledash_core::workspace::Problem;
use tripledash_sources::refresh::{Schedule, pause};
use tripledash_sources::tenants::{Command, Endpoint, Loaded, TenantSource};
use tripledash_sources::{Clock, Fetcher, Secret};

use super::{Failure, Means, Reading, Wanted};
use crate::watch::Watch;

/// How often an endpoint or a program is asked where the file does not say.
const USUAL: Duration = Duration::from_secs(300);

/// The tenants that a list holds.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TenantsReading {
    pub(crate) tenants: Arc<IndexMap<String, Tenant>>,
    /// What was left out.
    pub(crate) problems: Vec<Problem>,
    /// Why an older answer is shown.
    pub(crate) stale: Option<Failure>,
}

/// How a list of tenants is read.
#[derive(Debug)]
pub(super) struct Listing {
    source: TenantSource,
    /// The file to watch.
    file: Option<PathBuf>,
    schedule: Schedule,
    fetcher: Fetcher,
    clock: Clock,
}

impl Listing {
    /// What it takes to read what is wanted.
    pub(super) fn new(wanted: &Wanted, means: Means) -> Result<Self, Failure> {
        let every = |refresh: &Option<Duration>| Schedule::new(Some(refresh.unwrap_or(USUAL)));
        let (source, file, schedule) = match wanted {
            Wanted::TenantFile { path, shown } => {
                let source = TenantSource::File {
                    path: path.clone(),
                    shown: shown.clone(),
                };
                (source, Some(path.clone()), Schedule::new(None))
            }
            Wanted::TenantUrl {
                url,
                headers,
                refresh,
            } => {
                let headers: Vec<(&str, Secret)> = headers
                    .iter()
                    .map(|(name, value)| (name.as_str(), Secret::new(value.as_str())))
                    .collect();
                let fields = headers.iter().map(|(name, value)| (*name, value));
                let endpoint = Endpoint::new(url, fields, Some(means.cache))
                    .map_err(|error| Failure::of(&error, None))?;
                (
                    TenantSource::Endpoint(Box::new(endpoint)),
                    None,
                    every(refresh),
                )
            }
            Wanted::TenantCommand {
                folder,
                words,
                refresh,
            } => {
                let command = Command::new(words.clone(), folder.clone());
                (TenantSource::Command(command), None, every(refresh))
            }
            Wanted::Git { .. } | Wanted::Vercel { .. } | Wanted::Unasked { .. } => {
                return Err(Failure::new("it lists no tenants", None));
            }
        };
        Ok(Self {
            source,
            file,
            schedule,
            fetcher: means.fetcher,
            clock: means.clock,
        })
    }

    /// Reads the list, and again when it may be another. Never ends.
    pub(super) async fn follow(
        mut self,
        again: Arc<Notify>,
        tell: impl Fn(Result<Reading, Failure>),
    ) {
        let _watch = self.file.as_ref().and_then(|file| {
            let again = Arc::clone(&again);
            Watch::start(std::slice::from_ref(file), move || again.notify_one())
                .inspect_err(
                    |error| tracing::warn!(%error, "changes of the tenants are not noticed"),
                )
                .ok()
        });
        let mut fingerprint = None;
        loop {
            let wait = match self.source.load(&self.fetcher, self.clock).await {
                Ok(loaded) => {
                    let wait = match &loaded.cached {
                        Some(cached) => self.schedule.failed(cached.retry_after),
                        None => self.schedule.succeeded(),
                    };
                    let now = (loaded.fingerprint, loaded.cached.is_some());
                    if fingerprint != Some(now) {
                        fingerprint = Some(now);
                        tell(Ok(Reading::Tenants(Arc::new(loaded.into()))));
                    }
                    wait
                }
                Err(error) => {
                    fingerprint = None;
                    let wait = self.schedule.failed(error.retry_after());
                    tell(Err(Failure::of(&error, error.hint())));
                    wait
                }
            };
            tokio::select! {
                () = pause(wait) => {}
                () = again.notified() => {}
            }
        }
    }
}

impl From<Loaded> for TenantsReading {
    fn from(loaded: Loaded) -> Self {
        let mut problems = loaded.problems;
        if let (Some(last), more @ 1..) = (problems.last_mut(), loaded.unlisted) {
            last.hint = Some(format!("and {more} more problems, not listed"));
        }
        let stale = loaded.cached.map(|cached| {
            let age = words(cached.age);
            Failure::new(
                format!("{}; these are from {age} ago", cached.why),
                cached.hint,
            )
        });
        Self {
            tenants: Arc::new(loaded.tenants),
            problems,
            stale,
        }
    }
}

/// `40 seconds`, `3 hours`: as exactly as a person cares.
fn words(age: Duration) -> String {
    let seconds = age.as_secs();
    let (count, unit) = match seconds {
        0..60 => (seconds, "second"),
        60..3_600 => (seconds / 60, "minute"),
        3_600..86_400 => (seconds / 3_600, "hour"),
        _ => (seconds / 86_400, "day"),
    };
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {unit}{plural}")
}

//! The tenants that are listed outside the workspace file, as long as they are looked at.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use indexmap::IndexMap;
use tokio::sync::Notify;
use tripledash_core::workspace::Problem;
use tripledash_core::{Tenant, Timestamp};
use tripledash_sources::refresh::{Schedule, pause};
use tripledash_sources::tenants::{Command, Endpoint, Loaded, TenantSource};
use tripledash_sources::{Clock, Fetcher, Secret};

use super::{Failure, Means, Reading, Wanted};
use crate::watch::Watch;

/// How often an endpoint or a program is asked where the file does not say.
const USUAL: Duration = Duration::from_secs(300);

/// The variable that may hold this program's own token.
const TOKEN: &str = "TRIPLEDASH_TOKEN";

/// The tenants that a list holds.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TenantsReading {
    pub(crate) tenants: Arc<IndexMap<String, Tenant>>,
    /// What was wrong with others.
    pub(crate) problems: Vec<Problem>,
    /// How many tenants were left out.
    pub(crate) left_out: usize,
    /// When the source said so.
    pub(crate) fetched_at: Timestamp,
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
                ..
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
                // Whoever has it may do with the workbench what its page may.
                let command = Command::new(words.clone(), folder.clone()).without(TOKEN);
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
        let mut told = None;
        loop {
            let wait = match self.source.load(&self.fetcher, self.clock).await {
                Ok(loaded) => {
                    let wait = match &loaded.cached {
                        Some(cached) => self.schedule.failed(cached.retry_after),
                        None => self.schedule.succeeded(),
                    };
                    let why = loaded.cached.as_ref().map(|cached| cached.why.clone());
                    let now = (loaded.fingerprint, why);
                    if told.as_ref() != Some(&now) {
                        told = Some(now);
                        tell(Ok(Reading::Tenants(Arc::new(loaded.into()))));
                    }
                    wait
                }
                Err(error) => {
                    told = None;
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
        Self {
            tenants: Arc::new(loaded.tenants),
            problems: loaded.problems,
            left_out: loaded.left_out,
            fetched_at: loaded.fetched_at,
            stale: loaded
                .cached
                .map(|cached| Failure::new(cached.why, cached.hint)),
        }
    }
}

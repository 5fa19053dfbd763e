//! The tenants that are listed outside the workspace file, as long as they are looked at.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use indexmap::IndexMap;
use tokio::sync::{Notify, watch};
use tokio::time::timeout;
use tripledash_core::workspace::{Problem, Severity};
use tripledash_core::{Tenant, Timestamp};
use tripledash_sources::refresh::{Schedule, pause};
use tripledash_sources::tenants::{Command, Endpoint, LoadError, Loaded, TenantSource};
use tripledash_sources::{Clock, Fetcher, Secret};

use super::{Answer, Failure, Means, Reading, Told, Wanted, pause_until_looked_at};
use crate::git::TOKEN;
use crate::watch::Watch;

/// How often an endpoint or a program is asked where the file does not say.
const USUAL: Duration = Duration::from_secs(300);

/// How often a file is read that cannot be watched.
const UNWATCHED: Duration = Duration::from_secs(30);
/// When a list is late: longer than an endpoint or a program is waited for, so that it is a disk or a
/// share that hangs.
const LATE: Duration = Duration::from_secs(40);

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
    /// How many people look.
    watchers: watch::Receiver<usize>,
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
            watchers: means.watchers,
            clock: means.clock,
        })
    }

    /// Reads the list, and again when it may be another. Never ends.
    pub(super) async fn follow(mut self, again: Arc<Notify>, tell: impl Fn(Told)) {
        let mut watched = Watched::Not;
        let mut told = None;
        loop {
            let (now_watched, loaded) = {
                let mut looking = std::pin::pin!(self.look(watched, &again));
                match timeout(LATE, &mut looking).await {
                    Ok(looked) => looked,
                    Err(_) => {
                        told = None;
                        tell(Err(self.late()));
                        // Another question would wait as well.
                        looking.await
                    }
                }
            };
            watched = now_watched;
            let wait = match loaded {
                Ok(loaded) => {
                    let wait = match &loaded.cached {
                        Some(cached) => self.schedule.failed(cached.retry_after),
                        None => self.schedule.succeeded(),
                    };
                    // One that was kept is as old as it was.
                    let is_new = loaded.cached.is_none();
                    let why = loaded.cached.as_ref().map(|cached| cached.why.clone());
                    let unwatched = watched.problem(&self.source.shown());
                    let now = (loaded.fingerprint, why, unwatched.clone());
                    if told.as_ref() != Some(&now) {
                        told = Some(now);
                        let mut reading = TenantsReading::from(loaded);
                        reading.problems.extend(unwatched);
                        tell(Ok(Answer::Read(Reading::Tenants(Arc::new(reading)))));
                    } else if is_new {
                        tell(Ok(Answer::Same));
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
            let is_unwatched = matches!(watched, Watched::Cannot(_));
            tokio::select! {
                () = self.pause(wait, is_unwatched) => {}
                () = again.notified() => {}
            }
        }
    }

    /// Watches the file, where there is one, and reads the list: in this order, so that no change
    /// falls between the two.
    async fn look(
        &self,
        before: Watched,
        again: &Arc<Notify>,
    ) -> (Watched, Result<Loaded, LoadError>) {
        let watched = match &self.file {
            Some(file) => before.or_anew(file.clone(), Arc::clone(again)).await,
            None => Watched::Not,
        };
        (watched, self.source.load(&self.fetcher, self.clock).await)
    }

    /// Ends when it is to be read again: a file that nobody tells of soon, a list that has to be asked
    /// for not before somebody looks.
    async fn pause(&mut self, wait: Option<Duration>, is_unwatched: bool) {
        if self.file.is_none() {
            pause_until_looked_at(wait, &mut self.watchers).await;
        } else if is_unwatched {
            pause(Some(wait.unwrap_or(UNWATCHED).min(UNWATCHED))).await;
        } else {
            pause(wait).await;
        }
    }

    fn late(&self) -> Failure {
        let (shown, seconds) = (self.source.shown(), LATE.as_secs());
        let fix = "see whether its disk or share answers; it is waited for".to_owned();
        Failure::new(
            format!("{shown} was not read within {seconds} s"),
            Some(fix),
        )
    }
}

/// The watch of a file.
#[derive(Debug)]
enum Watched {
    /// There is none.
    Not,
    By(Watch),
    /// It cannot be made, and why.
    Cannot(String),
}

// === impl Watched ===

impl Watched {
    /// This one while it sees the file, else one that is made anew: a folder that was made again, or a
    /// link that leads elsewhere, has taken the watch with it. Both look at folders, which blocks.
    async fn or_anew(self, file: PathBuf, again: Arc<Notify>) -> Self {
        let making = tokio::task::spawn_blocking(move || {
            let files = [file];
            match self {
                Self::By(watch) if !watch.is_stale(&files) => Self::By(watch),
                Self::By(_) | Self::Not | Self::Cannot(_) => {
                    match Watch::start(&files, move || again.notify_one()) {
                        Ok(watch) => Self::By(watch),
                        Err(error) => Self::Cannot(error.to_string()),
                    }
                }
            }
        });
        // An error: the runtime ends.
        let made = making.await;
        made.unwrap_or_else(|error| Self::Cannot(error.to_string()))
    }

    /// What a person should know of it.
    fn problem(&self, shown: &str) -> Option<Problem> {
        let Self::Cannot(why) = self else {
            return None;
        };
        let seconds = UNWATCHED.as_secs();
        Some(Problem {
            severity: Severity::Warning,
            file: shown.to_owned(),
            line: 1,
            column: 1,
            found: why.clone(),
            wanted: "a folder that can be watched".to_owned(),
            message: format!(
                "changes of the file are seen only every {seconds} s, since its folder cannot be watched: {why}"
            ),
            hint: None,
        })
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

#[cfg(test)]
mod tests {
    use tokio::time::Instant;
    use tripledash_sources::Limits;

    use super::*;

    fn listing(source: TenantSource, file: Option<PathBuf>, watchers: usize) -> Listing {
        let (_gone, watchers) = watch::channel(watchers);
        Listing {
            source,
            file,
            schedule: Schedule::new(None),
            fetcher: Fetcher::new(Limits::default(), None),
            watchers,
            clock: || Timestamp(0),
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_list_that_has_to_be_asked_for_waits_for_somebody_to_look() {
        let asked = |watchers| {
            let command = Command::new(vec!["true".to_owned()], PathBuf::from("/"));
            listing(TenantSource::Command(command), None, watchers)
        };
        let (wait, hour) = (Some(USUAL), Duration::from_secs(3600));
        let nobody = timeout(hour, async { asked(0).pause(wait, false).await }).await;
        assert!(nobody.is_err());
        let begun = Instant::now();
        asked(1).pause(wait, false).await;
        assert_eq!(begun.elapsed(), USUAL);

        // A file costs nobody anything, and one that cannot be watched is read anyway.
        let path = PathBuf::from("/tenants.csv");
        let file = TenantSource::File {
            path: path.clone(),
            shown: "tenants.csv".to_owned(),
        };
        let begun = Instant::now();
        let mut file = listing(file, Some(path), 0);
        file.pause(None, true).await;
        assert_eq!(begun.elapsed(), UNWATCHED);
        file.pause(Some(Duration::from_secs(5)), true).await;
        assert_eq!(begun.elapsed(), UNWATCHED + Duration::from_secs(5));
    }

    #[test]
    fn a_folder_that_cannot_be_watched_is_told() {
        let problem = Watched::Cannot("no inotify watches left".to_owned()).problem("tenants.csv");
        assert_eq!(
            problem.unwrap().to_string(),
            "tenants.csv:1:1: warning: changes of the file are seen only every 30 s, since its folder cannot be \
             watched: no inotify watches left"
        );
        assert_eq!(Watched::Not.problem("tenants.csv"), None);
    }
}

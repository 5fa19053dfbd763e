//! The deployments of a project, as long as they are looked at.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use tokio::sync::{Notify, watch};
use tripledash_core::Timestamp;
use tripledash_core::workspace::{Absence, Found, PreviewSource, Upstream, VercelSource};
use tripledash_sources::previews::{self, Listing, Pace, SourceError, State, Target, Vercel};
use tripledash_sources::refresh::pause;
use tripledash_sources::{Clock, Secret};

use super::found::{Detail, Known};
use super::{Answer, Failure, Means, Reading, Told, pause_until_looked_at};
use crate::state::{Commit, Deployment, DeploymentState, Serving};

/// How a platform is asked.
#[derive(Debug)]
pub(super) struct Asking {
    pub(super) platform: Box<dyn previews::PreviewSource>,
    /// How many people look: nobody is asked for nobody.
    pub(super) watchers: watch::Receiver<usize>,
    pub(super) clock: Clock,
}

impl Asking {
    /// Lists the deployments once, and again while somebody looks. Never ends.
    pub(super) async fn follow(mut self, again: Arc<Notify>, tell: impl Fn(Told)) {
        let mut pace = Pace::default();
        let mut told: Option<Arc<Listing>> = None;
        loop {
            let listed = self.platform.list().await;
            let wait = pace.next(listed.as_ref(), (self.clock)());
            let refused = matches!(listed, Err(SourceError::RateLimited { .. }));
            match listed {
                Ok(listing) => {
                    // What it may still be asked changes each time, and nobody is shown it.
                    let same = |told: &Arc<Listing>| {
                        told.found == listing.found && told.notes == listing.notes
                    };
                    if !told.as_ref().is_some_and(same) {
                        let listing = Arc::new(listing);
                        told = Some(Arc::clone(&listing));
                        tell(Ok(Answer::Read(Reading::Deployments(listing))));
                    } else {
                        tell(Ok(Answer::Same));
                    }
                }
                Err(error) => {
                    told = None;
                    tell(Err(Failure::of(&error, error.hint())));
                }
            }
            let wait = if refused {
                // Asking before it is time makes it longer, whoever wants to know.
                pause(wait).await;
                // Whoever wanted to know meanwhile is answered by the next question.
                let _ = again.notified().now_or_never();
                Some(Duration::ZERO)
            } else {
                wait
            };
            tokio::select! {
                () = pause_until_looked_at(wait, &mut self.watchers) => {}
                () = again.notified() => {}
            }
        }
    }
}

/// The project that a source names.
pub(super) fn project(source: &VercelSource, token: &str, means: &Means) -> Vercel {
    let token = Some(Secret::new(token));
    let (fetcher, clock) = (means.fetcher.clone(), means.clock);
    let vercel = Vercel::new(
        &source.project,
        source.team.as_deref(),
        token,
        fetcher,
        clock,
    );
    match &means.vercel {
        Some(api) => vercel.at(api.clone()),
        None => vercel,
    }
}

/// The previews that a project's deployments are.
pub(super) fn found(
    index: usize,
    source: &PreviewSource,
    listing: &Listing,
    environment: &BTreeMap<String, String>,
) -> Vec<Known> {
    let globs = crate::globs::Globs::new(&source.branches);
    let shown = listing.found.iter().filter(|found| {
        let branch = found.branch.as_deref();
        branch.is_none_or(|branch| globs.match_any(branch))
    });
    let bypass = environment.contains_key(VercelSource::BYPASS);
    shown.map(|found| one(index, found, bypass)).collect()
}

fn one(index: usize, found: &previews::Found, bypass: bool) -> Known {
    let title = found.name_parts.join("-");
    let upstream = found
        .upstream
        .as_deref()
        .and_then(|origin| origin.parse().ok());
    let upstream = match upstream {
        Some(origin) => Upstream::At(origin),
        None => Upstream::Absent(absence(&title, found)),
    };
    let value = format!("${{env:{}}}", VercelSource::BYPASS);
    let headers = match value.parse() {
        Ok(value) if bypass => vec![(VercelSource::BYPASS_HEADER.to_owned(), value)],
        _ => Vec::new(),
    };
    let url = found.commit_url.as_ref().or(found.upstream.as_ref());
    let deployment = Deployment {
        state: state(found.state),
        url: url.cloned().unwrap_or_default(),
        aliases: found.hosts().into_iter().map(str::to_owned).collect(),
        inspector: found.inspector_url.clone(),
        created: found.created,
        production: found.target == Target::Production,
        serving: found.serving.as_ref().map(|serving| Serving {
            commit: commit(serving.commit.as_ref(), serving.created),
            created: serving.created,
        }),
    };
    let of = Found {
        source: index,
        branch: found.branch.clone(),
        // What customers see is first, also where a branch is called so.
        reference: match found.target {
            Target::Production => String::new(),
            Target::Preview | Target::Other(_) => title.clone(),
        },
        title,
        upstream,
        headers,
    };
    let detail = Detail {
        commit: commit(found.commit.as_ref(), found.created),
        deployment: Some(deployment),
        ..Detail::default()
    };
    (of, detail)
}

/// What a deployment that was made at `at` was built from.
fn commit(commit: Option<&previews::Commit>, at: Option<Timestamp>) -> Option<Commit> {
    let commit = commit?;
    let id = commit.id.as_deref().unwrap_or_default();
    Some(Commit {
        id: id.get(..7).unwrap_or(id).to_owned(),
        subject: commit.message.clone().unwrap_or_default(),
        author: commit.author.clone(),
        at,
    })
}

/// Why no deployment of a branch answers.
fn absence(title: &str, found: &previews::Found) -> Absence {
    let (what, fix) = match found.state {
        State::Queued => ("waits to be built", "wait: it is asked for again by itself"),
        State::Building => ("is being built", "wait: it is asked for again by itself"),
        State::Error => ("could not be built", "look at its log, and push again"),
        State::Canceled => ("was canceled", "deploy it again"),
        State::Ready | State::Unknown => ("has no address", "deploy it again"),
    };
    let fix = match &found.inspector_url {
        Some(inspector) => format!("{fix}: {inspector}"),
        None => fix.to_owned(),
    };
    Absence {
        reason: format!("the deployment of {title} {what}"),
        fix,
    }
}

fn state(state: State) -> DeploymentState {
    match state {
        State::Queued => DeploymentState::Queued,
        State::Building => DeploymentState::Building,
        State::Ready => DeploymentState::Ready,
        State::Error => DeploymentState::Failed,
        State::Canceled => DeploymentState::Canceled,
        State::Unknown => DeploymentState::Unknown,
    }
}

#[cfg(test)]
mod tests;

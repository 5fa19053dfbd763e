//! The deployments of a project, as long as they are looked at.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, watch};
use tripledash_core::Timestamp;
use tripledash_core::workspace::{Absence, Found, PreviewSource, Upstream, VercelSource};
use tripledash_sources::previews::{self, Listing, Pace, SourceError, State, Target, Vercel};
use tripledash_sources::refresh::pause;
use tripledash_sources::{Clock, Secret};

use super::found::{Detail, Known};
use super::{Failure, Means, Reading, pause_until_looked_at};
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
    pub(super) async fn follow(
        mut self,
        again: Arc<Notify>,
        tell: impl Fn(Result<Reading, Failure>),
    ) {
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
                        tell(Ok(Reading::Deployments(listing)));
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
mod tests {
    use std::collections::VecDeque;

    use futures_util::future::BoxFuture;
    use parking_lot::Mutex;
    use tokio::sync::mpsc;
    use tokio::task::JoinSet;
    use tokio::time::Instant;
    use tripledash_core::workspace::{Contributed, parse};

    use super::*;

    const FILE: &str = r#"{ "name": "w", "previews": [
        { "vercel": { "project": "shop" }, "branches": ["!dependabot/*"], "headers": { "x-own": "1" } }
    ] }"#;

    fn deployment(branch: &str, state: State, upstream: Option<&str>) -> previews::Found {
        previews::Found {
            id: format!("dpl_{branch}"),
            target: Target::Preview,
            branch: Some(branch.to_owned()),
            name_parts: vec![branch.to_owned()],
            state,
            commit: Some(previews::Commit {
                id: Some("0123456789abcdef".to_owned()),
                message: Some("a new cart".to_owned()),
                author: None,
            }),
            created: None,
            upstream: upstream.map(str::to_owned),
            commit_url: None,
            aliases: Vec::new(),
            serving: None,
            inspector_url: Some("https://vercel.example/shop/1".to_owned()),
        }
    }

    fn listing() -> Listing {
        let production = previews::Found {
            target: Target::Production,
            name_parts: vec!["production".to_owned()],
            ..deployment("main", State::Ready, Some("https://shop.example"))
        };
        Listing {
            found: vec![
                production,
                deployment("main", State::Ready, Some("https://shop-git-main.example")),
                deployment("cart", State::Building, None),
                deployment("dependabot/x", State::Ready, Some("https://x.example")),
            ],
            ..Listing::default()
        }
    }

    /// A platform that tells when it is asked, and answers what it is handed.
    #[derive(Debug)]
    struct Scripted {
        asked: mpsc::UnboundedSender<Instant>,
        answers: Mutex<VecDeque<Result<Listing, SourceError>>>,
    }

    impl previews::PreviewSource for Scripted {
        fn name(&self) -> String {
            "scripted".to_owned()
        }

        fn list(&self) -> BoxFuture<'_, Result<Listing, SourceError>> {
            self.asked.send(Instant::now()).unwrap();
            let answer = self.answers.lock().pop_front();
            Box::pin(async move { answer.unwrap_or_else(|| Ok(Listing::default())) })
        }
    }

    /// Asks a platform that gives these answers, then says when it is asked.
    fn follow(
        answers: impl IntoIterator<Item = Result<Listing, SourceError>>,
        watchers: watch::Receiver<usize>,
        again: Arc<Notify>,
    ) -> (JoinSet<()>, mpsc::UnboundedReceiver<Instant>) {
        let (asked, when) = mpsc::unbounded_channel();
        let answers = Mutex::new(answers.into_iter().collect());
        let asking = Asking {
            platform: Box::new(Scripted { asked, answers }),
            watchers,
            clock: || Timestamp(0),
        };
        let mut task = JoinSet::new();
        task.spawn(asking.follow(again, |_| {}));
        (task, when)
    }

    #[tokio::test(start_paused = true)]
    async fn a_platform_that_was_asked_too_often_is_left_alone_by_everybody() {
        let (_watchers, watched) = watch::channel(1);
        let limited = SourceError::RateLimited {
            source_name: "scripted".to_owned(),
            reset: Some(Timestamp(60_000_000)),
            message: String::new(),
        };
        let again = Arc::new(Notify::new());
        let (_task, mut asked) = follow([Err(limited)], watched, Arc::clone(&again));
        let first = asked.recv().await.unwrap();
        again.notify_one();
        let second = asked.recv().await.unwrap();
        assert_eq!(second - first, Duration::from_secs(60));
        // What was wanted meanwhile is asked then, and from now on at once.
        asked.recv().await.unwrap();
        again.notify_one();
        let then = Instant::now();
        assert_eq!(asked.recv().await.unwrap(), then);
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_is_asked_for_nobody() {
        let (watchers, watched) = watch::channel(0);
        let (_task, mut asked) = follow([], watched, Arc::new(Notify::new()));
        let first = asked.recv().await.unwrap();
        let hour = Duration::from_secs(3600);
        assert!(tokio::time::timeout(hour, asked.recv()).await.is_err());
        watchers.send_replace(1);
        let second = asked.recv().await.unwrap();
        assert_eq!(second - first, hour);
    }

    #[test]
    fn deployments_are_previews_under_their_branches_names() {
        let workspace = parse(FILE, "t.json").workspace.unwrap();
        let known = found(0, &workspace.sources[0], &listing(), &BTreeMap::new());
        let (all, details): (Vec<_>, Vec<_>) = known.into_iter().unzip();
        let deployments: Vec<_> = details
            .iter()
            .map(|detail| {
                let deployment = detail.deployment.as_ref().unwrap();
                (deployment.state, deployment.production)
            })
            .collect();
        assert_eq!(
            deployments,
            [
                (DeploymentState::Ready, true),
                (DeploymentState::Ready, false),
                (DeploymentState::Building, false)
            ]
        );
        assert_eq!(details[2].commit.as_ref().unwrap().id, "0123456");
        let whole = workspace.with(&Contributed {
            tenants: None,
            previews: all,
        });
        let names: Vec<_> = whole.previews.keys().map(String::as_str).collect();
        assert_eq!(names, ["production", "main", "cart"]);
        let Upstream::Absent(absence) = &whole.previews["cart"].upstream else {
            panic!("it is being built");
        };
        assert_eq!(absence.reason, "the deployment of cart is being built");
        assert!(
            absence.fix.ends_with("https://vercel.example/shop/1"),
            "{}",
            absence.fix
        );
    }

    #[test]
    fn an_older_deployment_that_answers_is_told() {
        let workspace = parse(FILE, "t.json").workspace.unwrap();
        let mut cart = deployment("cart", State::Building, Some("https://cart.example"));
        cart.serving = Some(previews::Serving {
            id: "dpl_before".to_owned(),
            commit: Some(previews::Commit {
                id: Some("fedcba9876543210".to_owned()),
                message: Some("the old cart".to_owned()),
                author: None,
            }),
            created: Some(Timestamp(7)),
        });
        let listing = Listing {
            found: vec![cart],
            ..Listing::default()
        };
        let known = found(0, &workspace.sources[0], &listing, &BTreeMap::new());
        let (_, detail) = &known[0];
        let deployment = detail.deployment.clone().unwrap();
        assert_eq!(deployment.state, DeploymentState::Building);
        let serving = deployment.serving.unwrap();
        let commit = serving.commit.unwrap();
        assert_eq!((&*commit.id, &*commit.subject), ("fedcba9", "the old cart"));
        assert_eq!(
            (serving.created, commit.at),
            (Some(Timestamp(7)), Some(Timestamp(7)))
        );
    }

    #[test]
    fn the_secret_is_sent_where_it_is_set() {
        let workspace = parse(FILE, "t.json").workspace.unwrap();
        let fields = |environment: &[(&str, &str)]| {
            let environment = environment
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect();
            let known = found(0, &workspace.sources[0], &listing(), &environment);
            let previews = known.into_iter().map(|(found, _)| found).collect();
            let whole = workspace.with(&Contributed {
                tenants: None,
                previews,
            });
            let headers = &whole.previews["main"].headers;
            headers
                .iter()
                .map(|(name, value)| format!("{name}: {}", value.as_str()))
                .collect::<Vec<_>>()
        };
        assert_eq!(fields(&[]), ["x-own: 1"]);
        // The value itself is nowhere in the workspace: it is put in when a request is sent.
        let secret = (VercelSource::BYPASS, "s3cret");
        assert_eq!(
            fields(&[secret]),
            [
                "x-own: 1",
                "x-vercel-protection-bypass: ${env:VERCEL_AUTOMATION_BYPASS_SECRET}"
            ]
        );
    }
}

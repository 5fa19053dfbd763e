//! The deployments of a project, as long as they are looked at.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, watch};
use tripledash_core::Timestamp;
use tripledash_core::workspace::{Absence, Found, PreviewSource, Upstream, VercelSource};
use tripledash_sources::previews::{self, Listing, Pace, State, Target, Vercel};
use tripledash_sources::refresh::pause;
use tripledash_sources::{Clock, Secret};

use super::found::{Detail, Known};
use super::{Failure, Means, Reading};
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
            tokio::select! {
                () = self.while_looked_at(wait) => {}
                () = again.notified() => {}
            }
        }
    }

    /// Ends after a pause, but not before somebody looks.
    async fn while_looked_at(&mut self, wait: Option<Duration>) {
        pause(wait).await;
        if self
            .watchers
            .wait_for(|watchers| *watchers > 0)
            .await
            .is_err()
        {
            std::future::pending::<()>().await;
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

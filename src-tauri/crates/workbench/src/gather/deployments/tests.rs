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

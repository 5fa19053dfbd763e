//! Deployments on Vercel, as its documentation has them, replayed.

mod forms;
mod paging;
mod refused;
mod replay;

use tripledash_core::Timestamp;
use tripledash_sources::Secret;
use tripledash_sources::previews::{
    Commit, Found, Listing, PreviewSource as _, RateLimit, SourceError, State, Target, Vercel,
};

use crate::support::{Reply, Server, fetcher, soon, then};
use forms::{Form, page, project};
use replay::{TOKEN, replay, source};

async fn list(source: &Vercel) -> Result<Listing, SourceError> {
    soon("a listing", source.list()).await
}

fn on<'l>(listing: &'l Listing, branch: &str) -> &'l Found {
    let mut found = listing
        .found
        .iter()
        .filter(|found| found.branch.as_deref() == Some(branch) && found.target == Target::Preview);
    let first = found
        .next()
        .unwrap_or_else(|| panic!("{branch} is not in {listing:#?}"));
    assert!(found.next().is_none(), "{branch} is there twice");
    first
}

#[tokio::test]
async fn a_documented_page_becomes_branches() {
    let server = replay().await;
    let listing = list(&source(&server)).await.unwrap();
    let names: Vec<_> = listing
        .found
        .iter()
        .map(|found| (found.name_parts.join("|"), found.state))
        .collect();
    let named = |name: &str, state| (name.to_owned(), state);
    assert_eq!(
        names,
        [
            named("production", State::Ready),
            named("feature/checkout", State::Building),
            named("fix/login", State::Error),
            named("someone|main", State::Ready),
            named("my-app", State::Ready),
            named("staging", State::Ready),
            named("old/branch", State::Canceled),
        ]
    );
    assert!(listing.notes.is_empty(), "{:?}", listing.notes);
    assert_eq!(
        listing.rate,
        Some(RateLimit {
            limit: Some(500),
            remaining: 493,
            reset: Some(Timestamp(1_700_000_060_000_000)),
        })
    );
}

#[tokio::test]
async fn a_branch_that_builds_is_answered_for_by_the_deployment_before() {
    let server = replay().await;
    let listing = list(&source(&server)).await.unwrap();
    let checkout = on(&listing, "feature/checkout");
    assert_eq!(checkout.id, "dpl_checkout2");
    assert_eq!(
        checkout.commit,
        Some(Commit {
            id: Some("5a1d0f7c2e8b4a6d9c3f1e0b7a2d4c6e8f0a1b3c".to_owned()),
            message: Some("Checkout: ask for the address once".to_owned()),
            author: Some("octocat".to_owned()),
        })
    );
    assert_eq!(checkout.created, Some(Timestamp(1_699_999_900_000_000)));
    assert_eq!(
        checkout.upstream.as_deref(),
        Some("https://my-app-git-feature-checkout-acme.vercel.app")
    );
    assert_eq!(
        checkout.commit_url.as_deref(),
        Some("https://my-app-2q8ehuj5f-acme.vercel.app")
    );
    let serving = checkout.serving.as_ref().unwrap();
    assert_eq!(serving.id, "dpl_checkout1");
    assert_eq!(
        checkout.inspector_url.as_deref(),
        Some("https://vercel.com/acme/my-app/J1hXN00qjUeoYfpEEf7dnDtpSiVq")
    );
    assert_eq!(
        checkout.hosts(),
        [
            "my-app-2q8ehuj5f-acme.vercel.app",
            "my-app-git-feature-checkout-acme.vercel.app"
        ]
    );
    // It has never been ready.
    let login = on(&listing, "fix/login");
    assert_eq!(
        (&login.upstream, &login.commit_url, &login.serving),
        (&None, &None, &None)
    );
    let commit = login.commit.as_ref().unwrap();
    assert_eq!(commit.author.as_deref(), Some("Grace Hopper"));
}

#[tokio::test]
async fn production_is_what_the_project_says_it_is() {
    let server = replay().await;
    let listing = list(&source(&server)).await.unwrap();
    let production = &listing.found[0];
    assert_eq!(production.target, Target::Production);
    assert_eq!(production.branch.as_deref(), Some("main"));
    // The newest is staged; it was rolled back to the one before.
    assert_eq!(production.id, "dpl_prod2");
    assert_eq!(production.serving.as_ref().unwrap().id, "dpl_prod1");
    // A domain of one's own first; a wildcard leads nowhere by itself.
    assert_eq!(production.upstream.as_deref(), Some("https://acme.dev"));
    assert_eq!(
        production.commit_url.as_deref(),
        Some("https://my-app-prod1abcd-acme.vercel.app")
    );
    assert_eq!(production.aliases, ["my-app.vercel.app"]);
    let staging = listing
        .found
        .iter()
        .find(|found| found.target == Target::Other("staging".into()));
    assert_eq!(
        staging.unwrap().upstream.as_deref(),
        Some("https://staging.acme.dev")
    );
}

#[tokio::test]
async fn what_is_asked_is_what_is_documented() {
    let server = replay().await;
    list(&source(&server)).await.unwrap();
    let mut targets = server.targets();
    assert_eq!(
        targets[..2],
        [
            "/v9/projects/my-app?slug=acme",
            "/v6/deployments?projectId=prj_XLKmu1DyR1eY7zq8UgeRKbA7yVLA&limit=100&slug=acme"
        ]
    );
    let mut aliases = targets.split_off(2);
    aliases.sort();
    assert_eq!(
        aliases,
        [
            "/v2/deployments/dpl_checkout1/aliases?slug=acme",
            "/v2/deployments/dpl_cli/aliases?slug=acme",
            "/v2/deployments/dpl_prod1/aliases?slug=acme",
            "/v2/deployments/dpl_staging/aliases?slug=acme",
        ]
    );
    for asked in server.asked() {
        assert_eq!(
            asked.field("authorization"),
            Some(&*format!("Bearer {TOKEN}"))
        );
        assert_eq!(asked.field("accept"), Some("application/json"));
    }
}

#[tokio::test]
async fn a_team_may_be_named_by_its_id_and_need_not_be_named() {
    for (team, query) in [(Some("team_1a2b3c"), "?teamId=team_1a2b3c"), (None, "")] {
        let server =
            Server::replaying([Reply::json(project()), Reply::json(page(&[], None))]).await;
        let token = Some(Secret::new(TOKEN));
        let source =
            Vercel::new("a b/c", team, token, fetcher(), then).at(server.url("").parse().unwrap());
        assert!(list(&source).await.unwrap().found.is_empty());
        assert_eq!(
            server.targets()[0],
            format!("/v9/projects/a%20b%2Fc{query}")
        );
    }
}

#[tokio::test]
async fn other_hosts_of_repositories_are_understood() {
    let forms = [
        Form::new(1)
            .meta("gitlabCommitRef", "lab")
            .meta("gitlabCommitSha", "abc"),
        Form::new(2)
            .meta("bitbucketCommitRef", "bucket")
            .meta("bitbucketCommitAuthorName", "Ada"),
        Form::new(3).with(
            "gitSource",
            serde_json::json!({"type": "github", "ref": "source", "sha": "def"}),
        ),
        Form::new(4)
            .with("readyState", serde_json::json!("DELETED"))
            .branch("gone"),
        Form::new(5)
            .with("softDeletedByRetention", serde_json::json!(true))
            .branch("gone"),
        Form::new(5)
            .with("deleted", serde_json::json!(forms::NEWEST))
            .with("undeleted", serde_json::json!(forms::NEWEST - 1))
            .branch("gone again"),
        Form::new(5)
            .with("deleted", serde_json::json!(forms::NEWEST))
            .with("undeleted", serde_json::json!(forms::NEWEST + 1))
            .with("softDeletedByRetention", serde_json::json!(true))
            .branch("restored"),
        Form::new(6).state("SOMETHING_NEW").branch("new"),
        Form::new(7)
            .with("url", serde_json::json!(null))
            .branch("uploading")
            .state("QUEUED"),
        Form::new(8)
            .with("url", serde_json::json!("x/../../@evil.example"))
            .branch("odd"),
        Form::new(9)
            .with("uid", serde_json::json!(9))
            .branch("broken"),
    ];
    let server = Server::replaying([Reply::json(project()), Reply::json(page(&forms, None))]).await;
    let listing = list(&source(&server)).await.unwrap();
    assert_eq!(
        on(&listing, "lab").commit.as_ref().unwrap().id.as_deref(),
        Some("abc")
    );
    assert_eq!(on(&listing, "bucket").commit, None);
    assert_eq!(
        on(&listing, "source")
            .commit
            .as_ref()
            .unwrap()
            .id
            .as_deref(),
        Some("def")
    );
    assert_eq!(on(&listing, "new").state, State::Unknown);
    assert_eq!(on(&listing, "uploading").state, State::Queued);
    assert_eq!(on(&listing, "odd").upstream, None);
    assert!(on(&listing, "restored").upstream.is_some());
    assert_eq!(listing.found.len(), 7);
    assert_eq!(
        listing.notes,
        ["1 deployments are not understood and left out"]
    );
}

/// What the project says of its production: of a deployment that has an id and nothing else that a
/// list has, and no target.
fn in_production() -> String {
    serde_json::json!({ "id": "prj_1", "name": "my-app", "targets": { "production": {
        "id": "dpl_old", "alias": ["acme.dev"], "readyState": "READY", "url": "my-app-old-acme.vercel.app",
        "createdAt": forms::NEWEST - 1000, "meta": { "githubCommitRef": "main", "githubCommitMessage": "Lasting" }
    } } })
    .to_string()
}

#[tokio::test]
async fn production_is_there_however_long_ago_it_was_deployed() {
    let branches = [Form::new(1).branch("a"), Form::new(2).branch("b")];
    let aliases = r#"{"aliases": []}"#;
    let server = Server::start(move |asked| {
        let project = asked.target.starts_with("/v9/projects/");
        let deployments = asked.target.starts_with("/v6/deployments");
        Reply::json(match (project, deployments) {
            (true, _) => in_production(),
            (_, true) => page(&branches, None),
            _ => aliases.to_owned(),
        })
    })
    .await;
    let listing = list(&source(&server)).await.unwrap();
    let names: Vec<_> = listing
        .found
        .iter()
        .map(|found| &found.name_parts[0])
        .collect();
    assert_eq!(names, ["production", "a", "b"]);
    let production = &listing.found[0];
    assert_eq!(production.id, "dpl_old");
    assert_eq!(production.upstream.as_deref(), Some("https://acme.dev"));
    assert_eq!(production.branch.as_deref(), Some("main"));
    assert_eq!(production.serving, None);

    // Rolled back to it: the newest that was deployed to production is another, and it answers.
    let newer = [Form::new(1)
        .with("target", serde_json::json!("production"))
        .branch("main")];
    let server = Server::replaying([
        Reply::json(in_production()),
        Reply::json(page(&newer, None)),
        Reply::json(aliases),
    ])
    .await;
    let listing = list(&source(&server)).await.unwrap();
    assert_eq!(listing.found.len(), 1);
    let production = &listing.found[0];
    assert_eq!(production.id, "dpl_1");
    assert_eq!(production.upstream.as_deref(), Some("https://acme.dev"));
    assert_eq!(production.serving.as_ref().unwrap().id, "dpl_old");
}

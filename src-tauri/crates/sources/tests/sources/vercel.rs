//! Deployments on Vercel, as its documentation has them, replayed.

mod forms;
mod replay;

use std::time::Duration;

use tripledash_core::Timestamp;
use tripledash_sources::previews::vercel::Bounds;
use tripledash_sources::previews::{
    Bypass, Commit, Found, Listing, Pace, PreviewSource as _, RateLimit, SourceError, State,
    Target, Vercel,
};
use tripledash_sources::{Fetcher, Limits, Secret};

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
    assert_eq!(listing.notes, [String::new(); 0]);
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

/// Deployments number 0 (the newest) and up, one for each of `branches` in turn.
fn paged(count: usize, branches: usize) -> impl Fn(&crate::support::Asked) -> Reply + Send + Sync {
    move |asked| {
        let url = url::Url::parse(&format!("http://x{}", asked.target)).unwrap();
        if url.path().starts_with("/v9") {
            return Reply::json(project());
        }
        let until = url.query_pairs().find(|(key, _)| key == "until");
        let start = until.map_or(0, |(_, until)| {
            forms::NEWEST - until.parse::<i64>().unwrap()
        });
        let start = usize::try_from(start).unwrap();
        let forms: Vec<_> = (start..count.min(start + 100))
            .map(|n| Form::new(n).branch(&format!("branch-{}", n % branches)))
            .collect();
        let end = start + 100;
        let next = (end < count).then(|| forms::NEWEST - i64::try_from(end).unwrap());
        Reply::json(page(&forms, next))
    }
}

#[tokio::test]
async fn pages_are_read_to_the_last() {
    let server = Server::start(paged(250, 60)).await;
    let listing = list(&source(&server)).await.unwrap();
    assert_eq!(listing.found.len(), 60);
    assert_eq!(on(&listing, "branch-7").id, "dpl_7");
    assert!(listing.notes.is_empty(), "{:?}", listing.notes);
    let untils: Vec<_> = server.targets()[1..]
        .iter()
        .map(|target| {
            target
                .split_once("&until=")
                .map_or("", |(_, rest)| &rest[..13])
                .to_owned()
        })
        .collect();
    assert_eq!(untils, ["", "1699999999900", "1699999999800"]);
}

#[tokio::test]
async fn bounds_are_kept_and_told() {
    let server = Server::start(paged(100_000, 10)).await;
    let listing = list(&source(&server)).await.unwrap();
    assert_eq!((listing.found.len(), server.targets().len()), (10, 21));
    assert_eq!(
        listing.notes,
        [
            "only the newest 2000 deployments were looked at: branches that were deployed before are missing"
        ]
    );
    let server = Server::start(paged(100_000, 1000)).await;
    let bounds = Bounds {
        branches: 150,
        ..Bounds::default()
    };
    let listing = list(&source(&server).within(bounds)).await.unwrap();
    assert_eq!((listing.found.len(), server.targets().len()), (150, 3));
    assert_eq!(
        listing.notes,
        ["there are more branches than the 150 that are shown"]
    );
}

/// A page that names itself as the next one.
#[tokio::test]
async fn paging_in_a_circle_ends() {
    let forms = [Form::new(1)];
    let next = Some(forms::NEWEST);
    let server = Server::replaying([Reply::json(project()), Reply::json(page(&forms, next))]).await;
    let listing = list(&source(&server)).await.unwrap();
    assert_eq!((listing.found.len(), server.targets().len()), (1, 3));
}

#[tokio::test]
async fn a_second_listing_asks_only_for_what_may_be_new() {
    let server = Server::start(paged(250, 60)).await;
    let source = source(&server);
    let first = list(&source).await.unwrap();
    let asked = server.targets().len();
    let second = list(&source).await.unwrap();
    assert_eq!(second, first);
    // The project, and one page.
    assert_eq!(server.targets().len(), asked + 2);
    // Once in a while everything is read anew.
    for _ in 2..20 {
        list(&source).await.unwrap();
    }
    let before = server.targets().len();
    list(&source).await.unwrap();
    assert_eq!(server.targets().len(), before + 4);
}

#[tokio::test]
async fn what_changes_is_seen_by_the_next_listing() {
    let building = Form::new(2).branch("main").state("BUILDING");
    let server = Server::replaying([
        Reply::json(project()),
        Reply::json(page(&[building], None)),
        Reply::json(project()),
        Reply::json(page(
            &[Form::new(1).branch("nav"), Form::new(2).branch("main")],
            None,
        )),
    ])
    .await;
    let source = source(&server);
    let first = list(&source).await.unwrap();
    assert_eq!(on(&first, "main").state, State::Building);
    let second = list(&source).await.unwrap();
    assert_eq!(on(&second, "main").state, State::Ready);
    assert_eq!(on(&second, "nav").id, "dpl_1");
    let mut pace = Pace::default();
    assert_eq!(pace.next(Ok(&first), then()), Some(Duration::from_secs(30)));
    assert_eq!(
        pace.next(Ok(&second), then()),
        Some(Duration::from_secs(120))
    );
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
    assert_eq!(listing.found.len(), 6);
    assert_eq!(
        listing.notes,
        ["1 deployments are not understood and left out"]
    );
}

async fn failing(reply: Reply) -> SourceError {
    let server = Server::replaying([reply]).await;
    let error = list(&source(&server)).await.unwrap_err();
    let shown = format!("{error} {error:?} {:?}", error.hint());
    assert!(!shown.contains(TOKEN), "{shown}");
    error
}

#[tokio::test]
async fn documented_errors_are_told_clearly() {
    let body = |code: &str, message: &str| {
        serde_json::json!({"error": {"code": code, "message": message}}).to_string()
    };
    let invalid =
        r#"{"error": {"code": "forbidden", "message": "Not authorized", "invalidToken": true}}"#;
    for (reply, code, words) in [
        (
            Reply::new(403, invalid),
            "source-unauthorized",
            "vercel acme/my-app does not take the token in VERCEL_TOKEN: Not authorized",
        ),
        (
            Reply::new(401, ""),
            "source-unauthorized",
            "vercel acme/my-app does not take the token in VERCEL_TOKEN",
        ),
        (
            Reply::new(
                403,
                body(
                    "forbidden",
                    "You don't have permission to list the deployment.",
                ),
            ),
            "source-forbidden",
            "the token in VERCEL_TOKEN does not let us see vercel acme/my-app: You don't have permission to list the \
             deployment.",
        ),
        (
            Reply::new(404, body("not_found", "Project not found.")),
            "source-not-found",
            "vercel acme/my-app is not there: Project not found.",
        ),
        (
            Reply::new(
                400,
                body(
                    "bad_request",
                    "Invalid request: `slug` should be string.\n at",
                ),
            ),
            "source-refused",
            "vercel acme/my-app answers 400: Invalid request: `slug` should be string.",
        ),
        (
            Reply::new(500, body("internal_server_error", &format!("echo {TOKEN}"))),
            "source-refused",
            "vercel acme/my-app answers 500: echo [hidden]",
        ),
        (
            Reply::new(502, "<html>"),
            "source-refused",
            "vercel acme/my-app answers 502",
        ),
        (
            Reply::json("{\"id\": 1}"),
            "source-not-understood",
            "vercel acme/my-app answers something that is not understood: invalid type: integer `1`, expected a string at \
             line 1 column 8",
        ),
    ] {
        let error = failing(reply).await;
        assert_eq!((error.code(), error.to_string().as_str()), (code, words));
    }
}

#[tokio::test]
async fn a_rate_limit_says_when_to_ask_again() {
    let body = r#"{"error": {"code": "rate_limited", "message": "The rate limit of 6 exceeded. Try again later",
        "limit": {"remaining": 0, "reset": 1700000090, "resetMs": 1700000090563, "total": 6}}}"#;
    let plain = Reply::new(429, body);
    let with = |name: &str, value: &str| Reply::new(429, "").with(name, value);
    let fields = with("x-ratelimit-limit", "6")
        .with("x-ratelimit-remaining", "0")
        .with("x-ratelimit-reset", "1700000060");
    for (reply, seconds) in [(plain, 90), (fields, 60), (with("retry-after", "45"), 45)] {
        let error = failing(reply).await;
        let SourceError::RateLimited { reset, .. } = &error else {
            panic!("{error:?}");
        };
        assert_eq!(*reset, Some(Timestamp(then().0 + seconds * 1_000_000)));
        let wait = Pace::default().next(Err(&error), then());
        assert_eq!(wait, Some(Duration::from_secs(seconds.unsigned_abs())));
    }
    let told = failing(Reply::new(429, body)).await.to_string();
    assert_eq!(
        told,
        "vercel acme/my-app was asked too often, and may be asked again at 2023-11-14T22:14:50.000000Z: The rate limit of \
         6 exceeded. Try again later"
    );
}

#[tokio::test]
async fn without_a_token_nobody_is_asked() {
    let server = Server::replaying([Reply::json("")]).await;
    let source = |token| {
        Vercel::new("my-app", None, token, fetcher(), then).at(server.url("").parse().unwrap())
    };
    let error = list(&source(None)).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "vercel my-app needs a token, and VERCEL_TOKEN is not set"
    );
    assert!(error.needs_a_person());
    let broken = source(Some(Secret::new("a\nb")));
    let error = list(&broken).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the token in VERCEL_TOKEN has characters that no token has"
    );
    assert!(server.asked().is_empty());
    assert!(!format!("{:?}", source(Some(Secret::new(TOKEN)))).contains(TOKEN));
}

#[tokio::test]
async fn the_token_goes_to_no_other_origin() {
    let other = Server::replaying([Reply::json(project())]).await;
    let server = Server::replaying([Reply::redirect(302, &other.url("/"))]).await;
    // The project is found there, and no deployment is asked for with a token either.
    let _ = list(&source(&server)).await;
    assert!(!other.asked().is_empty());
    assert!(
        other
            .asked()
            .iter()
            .all(|asked| asked.field("authorization").is_none())
    );
}

#[tokio::test]
async fn aliases_that_fail_or_wait_do_not_hide_deployments() {
    let forms: Vec<_> = (0..60)
        .map(|n| Form::new(n).branch(&n.to_string()).aliased())
        .collect();
    let body = page(&forms, None);
    let served = body.clone();
    let server = Server::start(move |asked| match &asked.target[..3] {
        "/v9" => Reply::json(project()),
        "/v6" => Reply::json(served.clone()),
        _ => Reply::json(r#"{"aliases": []}"#),
    })
    .await;
    let waiting = source(&server);
    let listing = list(&waiting).await.unwrap();
    assert_eq!(listing.found.len(), 60);
    assert_eq!(
        listing.notes,
        ["the short addresses of 20 deployments come with the next listing"]
    );
    assert_eq!(list(&waiting).await.unwrap().notes, [String::new(); 0]);
    // Each was asked for once.
    let aliases = |server: &Server| {
        server
            .targets()
            .iter()
            .filter(|target| target.starts_with("/v2"))
            .count()
    };
    assert_eq!(aliases(&server), 60);
    let server = Server::start(move |asked| match &asked.target[..3] {
        "/v9" => Reply::json(project()),
        "/v6" => Reply::json(body.clone()).with("x-ratelimit-remaining", "23"),
        _ => Reply::new(500, ""),
    })
    .await;
    let listing = list(&source(&server)).await.unwrap();
    assert_eq!(listing.found.len(), 60);
    assert_eq!(
        listing.notes,
        ["the short addresses of 60 deployments are missing: vercel acme/my-app answers 500"]
    );
    // The rest of the limit is for listings.
    assert_eq!(aliases(&server), 3);
}

#[tokio::test]
async fn a_silent_api_ends_with_the_deadline_and_can_be_left() {
    let server = Server::replaying([Reply::never()]).await;
    let limits = Limits {
        whole: Duration::from_millis(300),
        ..Limits::default()
    };
    let token = Some(Secret::new(TOKEN));
    let quick = Vercel::new("my-app", None, token, Fetcher::new(limits, None), then)
        .at(server.url("").parse().unwrap());
    let error = list(&quick).await.unwrap_err();
    assert_eq!(error.code(), "source-unreachable");
    let patient = source(&server);
    let asked = server.asked().len();
    tokio::select! {
        _ = patient.list() => panic!("nobody answers"),
        () = soon("the question", async { while server.asked().len() == asked { tokio::task::yield_now().await; } }) => {}
    }
}

#[tokio::test]
async fn the_bypass_is_named() {
    let server = replay().await;
    let bypass = Bypass {
        header: "x-vercel-protection-bypass",
        variable: "VERCEL_AUTOMATION_BYPASS_SECRET",
    };
    assert_eq!(source(&server).bypass(), Some(bypass));
    assert_eq!(source(&server).name(), "vercel acme/my-app");
}

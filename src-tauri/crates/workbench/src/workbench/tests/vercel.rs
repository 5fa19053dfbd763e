//! The deployments of a project, from the platform's answers to what the window shows and requests
//! see.

use std::fs;

use super::answering::Answering;
use super::{Running, until};
use crate::{DeploymentState, SourceStatus, WorkspaceState};

const FILE: &str = r#"{ "name": "shop", "tenants": [{ "id": "acme" }], "previews": [
    { "vercel": { "project": "shop", "team": "acme" } }
] }"#;

const PROJECT: &str = r#"{ "id": "prj_1", "name": "shop", "targets": { "production": {
    "id": "dpl_live", "alias": ["shop.example"], "readyState": "READY", "url": "shop-live-acme.vercel.app",
    "createdAt": 1700000000000, "meta": { "githubCommitRef": "main", "githubCommitMessage": "the first" }
} } }"#;

/// `cart` was ready once, and is being built anew; `login` was never.
const DEPLOYMENTS: &str = r#"{ "pagination": { "next": null }, "deployments": [
    { "uid": "dpl_2", "url": "shop-2-acme.vercel.app", "created": 1700000002000, "readyState": "BUILDING",
      "meta": { "githubCommitRef": "cart", "githubCommitMessage": "a new cart" } },
    { "uid": "dpl_1", "url": "shop-1-acme.vercel.app", "created": 1700000001000, "readyState": "READY",
      "meta": { "githubCommitRef": "cart", "githubCommitMessage": "the old cart" } },
    { "uid": "dpl_0", "url": "shop-0-acme.vercel.app", "created": 1700000000500, "readyState": "ERROR",
      "meta": { "githubCommitRef": "login" } }
] }"#;

const ALIASES: &str = r#"{ "aliases": [{ "alias": "shop-git-cart-acme.vercel.app" }] }"#;

fn answer(target: &str) -> (u16, String) {
    let path = target.split('?').next().unwrap();
    let body = match path {
        "/v9/projects/shop" => PROJECT,
        "/v6/deployments" => DEPLOYMENTS,
        "/v2/deployments/dpl_1/aliases" => ALIASES,
        "/v2/deployments/dpl_live/aliases" => r#"{ "aliases": [] }"#,
        _ => return (404, String::new()),
    };
    (200, body.to_owned())
}

/// Name and upstream of every preview.
fn shown(state: &WorkspaceState) -> Vec<(&str, Option<&str>)> {
    let previews = state.previews.iter();
    previews
        .map(|preview| (preview.name.as_str(), preview.upstream.as_deref()))
        .collect()
}

#[tokio::test]
async fn deployments_are_previews_and_stay_when_they_cannot_be_listed() {
    let api = Answering::start(answer).await;
    let running = Running::with(|start| {
        start.vercel = Some(api.url("/").parse().unwrap());
        let set = [
            ("VERCEL_TOKEN", "t0ken"),
            ("VERCEL_AUTOMATION_BYPASS_SECRET", "s3cret"),
        ];
        let set = set.map(|(name, value)| (name.to_owned(), value.to_owned()));
        start.environment.extend(set);
    });
    let folder = running.folder("shop", FILE);
    let mut states = running.workbench.state();
    running.workbench.open(&folder).unwrap();
    let good = until(&mut states, |now| now.previews.len() == 3).await;
    let expected = [
        ("production", Some("https://shop.example")),
        ("cart", Some("https://shop-git-cart-acme.vercel.app")),
        ("login", None),
    ];
    assert_eq!(shown(&good), expected);
    assert_eq!(good.sources[0].status, SourceStatus::Good);
    let cart = good.previews[1].deployment.clone().unwrap();
    assert_eq!(cart.state, DeploymentState::Building);
    assert_eq!(cart.url, "https://shop-1-acme.vercel.app");
    let serving = cart.serving.unwrap().commit.unwrap();
    assert_eq!(serving.subject, "the old cart");
    let live = good.previews[0].deployment.clone().unwrap();
    assert!(live.production && live.serving.is_none());
    for asked in api.asked() {
        let asked = asked.to_ascii_lowercase();
        assert!(asked.contains("authorization: bearer t0ken\r\n"), "{asked}");
        assert!(asked.contains("slug=acme"), "{asked}");
    }

    // What requests see has the secret's name, and its value beside it.
    let snapshot = running.workbench.snapshot().borrow().clone();
    for (name, preview) in &snapshot.workspace.previews {
        let headers: Vec<_> = preview
            .headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let bypass = (
            "x-vercel-protection-bypass",
            "${env:VERCEL_AUTOMATION_BYPASS_SECRET}",
        );
        assert_eq!(headers, [bypass], "{name}");
    }
    assert_eq!(
        snapshot.environment["VERCEL_AUTOMATION_BYPASS_SECRET"],
        "s3cret"
    );

    // The token is no longer good for it: that is said, and what was found stays.
    api.turn_to(|_| {
        let message = r#"{ "error": { "code": "forbidden", "message": "Not for you" } }"#;
        (403, message.to_owned())
    });
    running.workbench.refresh();
    let stale = until(&mut states, |now| {
        now.sources[0].status != SourceStatus::Good
    })
    .await;
    let source = &stale.sources[0];
    assert_eq!(source.status, SourceStatus::Stale);
    assert_eq!(
        source.message.as_deref(),
        Some("the token in VERCEL_TOKEN does not let us see vercel acme/shop: Not for you")
    );
    assert!(source.fix.is_some());
    assert_eq!(shown(&stale), expected);

    api.turn_to(answer);
    running.workbench.refresh();
    until(&mut states, |now| {
        now.sources[0].status == SourceStatus::Good
    })
    .await;
    running.finish().await;
}

#[tokio::test]
async fn deployments_stay_while_the_token_is_gone_for_a_moment() {
    let api = Answering::start(answer).await;
    let running = Running::with(|start| start.vercel = Some(api.url("/").parse().unwrap()));
    let folder = running.folder("shop", FILE);
    let variables = folder.join(".env.local");
    fs::write(&variables, "VERCEL_TOKEN=t0ken\n").unwrap();
    let mut states = running.workbench.state();
    running.workbench.open(&folder).unwrap();
    let good = until(&mut states, |now| now.previews.len() == 3).await;

    // As an editor does that deletes a file and writes it anew.
    fs::remove_file(&variables).unwrap();
    let stale = until(&mut states, |now| {
        now.sources[0].status != SourceStatus::Good
    })
    .await;
    let source = &stale.sources[0];
    assert_eq!(source.status, SourceStatus::Stale);
    assert_eq!(source.message.as_deref(), Some("VERCEL_TOKEN is not set"));
    assert_eq!(shown(&stale), shown(&good));

    api.turn_to(|target| match target.split('?').next() {
        Some("/v6/deployments") => (200, r#"{ "deployments": [] }"#.to_owned()),
        _ => answer(target),
    });
    fs::write(&variables, "VERCEL_TOKEN=another\n").unwrap();
    let again = until(&mut states, |now| now.previews.len() == 1).await;
    assert_eq!(shown(&again), shown(&good)[..1]);
    assert_eq!(again.sources[0].status, SourceStatus::Good);
    assert!(api.asked().last().unwrap().contains("Bearer another"));
    running.finish().await;
}

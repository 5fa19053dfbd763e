//! Many pages, many branches, many listings.

use std::time::Duration;

use tripledash_sources::previews::vercel::Bounds;
use tripledash_sources::previews::{Pace, State};

use super::forms::{self, Form, page, project};
use super::replay::source;
use super::{list, on};
use crate::support::{Reply, Server, then};

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
    assert!(list(&waiting).await.unwrap().notes.is_empty());
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

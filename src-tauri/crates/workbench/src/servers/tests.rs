//! What is known of servers, whatever runs.

use super::*;

fn key(reference: &str) -> ServerKey {
    ServerKey {
        repository: "/shop/.git".into(),
        app: PathBuf::new(),
        reference: reference.to_owned(),
    }
}

fn news(id: u64, phase: Phase) -> ServerNews {
    ServerNews {
        id,
        phase,
        in_place: None,
        log: None,
        remark: None,
    }
}

#[test]
fn branches_of_one_name_have_servers_of_their_own() {
    let (mut servers, all) = (Servers::default(), CancellationToken::new());
    let (local, remote) = (key("refs/heads/a"), key("refs/remotes/origin/a"));
    assert!(servers.begin(&local, &all).is_some());
    assert!(servers.shown(&remote).is_none());
    assert!(servers.begin(&remote, &all).is_some());
}

#[test]
fn none_is_started_beside_one_that_has_not_ended() {
    let (mut servers, all) = (Servers::default(), CancellationToken::new());
    let (main, old) = (key("refs/heads/main"), key("refs/heads/old"));
    let (id, stop) = servers.begin(&main, &all).unwrap();
    let (gone, _) = servers.begin(&old, &all).unwrap();
    servers.hear(news(gone, Phase::Canceled));
    assert!(!servers.is_ending(&main));

    // As when another workspace is opened.
    servers.clear();
    assert!(stop.is_cancelled());
    assert!(servers.shown(&old).is_none());
    assert!(servers.begin(&main, &all).is_none());
    assert!(servers.is_ending(&main));
    assert!(servers.hear(news(id, Phase::Canceling)));
    assert_eq!(servers.shown(&main).unwrap().state, ServerState::Stopping);
    assert!(servers.hear(news(id, Phase::Canceled)));
    assert!(!servers.is_ending(&main));
    let (again, stop) = servers.begin(&main, &all).unwrap();
    assert!(again != id && !stop.is_cancelled());
}

/// A server of `reference` that runs in a person's checkout.
fn runs_in(servers: &mut Servers, reference: &str, place: &str) -> (u64, CancellationToken) {
    let all = CancellationToken::new();
    let (id, stop) = servers.begin(&key(reference), &all).unwrap();
    let in_place = Some(PathBuf::from(place));
    let phase = Phase::Runs(State::Starting { remark: None });
    assert!(servers.hear(ServerNews {
        in_place,
        ..news(id, phase)
    }));
    (id, stop)
}

#[test]
fn a_server_in_a_persons_checkout_is_of_what_is_checked_out_there() {
    let mut servers = Servers::default();
    let (main, old) = (key("refs/heads/main"), key("refs/heads/old"));
    let (id, stop) = runs_in(&mut servers, &main.reference, "/shop");
    let heads = |servers: &mut Servers, heads: &[(&str, &str)]| {
        let heads: Vec<_> = heads
            .iter()
            .map(|(folder, now)| (PathBuf::from(folder), (*now).to_owned()))
            .collect();
        servers.follow(Path::new("/shop/.git"), Path::new(""), &heads)
    };
    assert!(!heads(
        &mut servers,
        &[("/shop", "refs/heads/main"), ("/other", "refs/heads/old")]
    ));
    assert!(heads(&mut servers, &[("/shop", "refs/heads/old")]));
    assert!(servers.shown(&main).is_none());
    assert_eq!(servers.shown(&old).unwrap().state, ServerState::Starting);

    // What is new of it, and its end, are those of the branch that it is of now.
    assert!(servers.stop(&old) && stop.is_cancelled());
    assert!(servers.hear(news(id, Phase::Canceled)));
    assert_eq!(servers.shown(&old).unwrap().state, ServerState::Stopped);
    assert!(
        !heads(&mut servers, &[("/shop", "refs/heads/main")]),
        "it is over"
    );
}

#[test]
fn checkouts_may_exchange_their_branches_and_a_branch_may_be_served_twice() {
    let mut servers = Servers::default();
    let (a, b) = (key("refs/heads/a"), key("refs/heads/b"));
    let (first, _) = runs_in(&mut servers, &a.reference, "/shop");
    let (second, _) = runs_in(&mut servers, &b.reference, "/other");
    let (repository, app) = (Path::new("/shop/.git"), Path::new(""));
    let exchanged = [
        ("/shop".into(), "refs/heads/b".to_owned()),
        ("/other".into(), "refs/heads/a".to_owned()),
    ];
    assert!(servers.follow(repository, app, &exchanged));
    assert_eq!((servers.all[&a].id, servers.all[&b].id), (second, first));

    // One of a worktree of ours serves the branch already.
    let c = key("refs/heads/c");
    servers.begin(&c, &CancellationToken::new()).unwrap();
    assert!(servers.follow(repository, app, &[("/shop".into(), c.reference)]));
    let shown = servers.shown(&b).unwrap();
    assert_eq!(
        shown.message.as_deref(),
        Some("c is checked out in its folder now")
    );
}

#[test]
fn no_server_is_lost_where_one_of_three_cannot_go() {
    let mut servers = Servers::default();
    let [main, dev, feat] = ["main", "dev", "feat"].map(|name| key(&format!("refs/heads/{name}")));
    let (a, _) = runs_in(&mut servers, &main.reference, "/shop");
    let (b, _) = runs_in(&mut servers, &dev.reference, "/other");
    let (c, _) = servers.begin(&feat, &CancellationToken::new()).unwrap();
    let follow = |servers: &mut Servers, shop: &str, other: &str| {
        let heads = [("/shop", shop), ("/other", other)];
        let heads = heads.map(|(folder, now)| (folder.into(), now.to_owned()));
        servers.follow(Path::new("/shop/.git"), Path::new(""), &heads)
    };
    assert!(follow(&mut servers, &feat.reference, &main.reference));
    let ids = |servers: &Servers| [&main, &dev, &feat].map(|key| servers.all[key].id);
    assert_eq!(ids(&servers), [a, b, c]);
    let message = |servers: &Servers, key| servers.shown(key).unwrap().message;
    assert_eq!(
        message(&servers, &dev).as_deref(),
        Some("main is checked out in its folder now")
    );
    // The same again is no news.
    assert!(!follow(&mut servers, &feat.reference, &main.reference));

    // Once that one has ended, each is where it belongs, and nothing is said of it any more.
    servers.hear(news(c, Phase::Canceled));
    assert!(follow(&mut servers, &feat.reference, &main.reference));
    assert_eq!(servers.all[&feat].id, a);
    assert_eq!(servers.all[&main].id, b);
    assert_eq!(message(&servers, &main), None);
    assert!(!servers.all.contains_key(&dev));
}

#[test]
fn a_commit_that_is_served_already_is_told_of_in_short() {
    let mut servers = Servers::default();
    let (a, b) = (key("refs/heads/a"), key("refs/heads/b"));
    runs_in(&mut servers, &a.reference, "/shop");
    runs_in(&mut servers, &b.reference, "/other");
    let commit = "0123456789012345678901234567890123456789".to_owned();
    let heads = [("/shop".into(), commit.clone()), ("/other".into(), commit)];
    assert!(servers.follow(Path::new("/shop/.git"), Path::new(""), &heads));
    // One of the two is of it now.
    let shown = [a, b].map(|key| servers.shown(&key));
    let [shown] = shown
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .try_into()
        .unwrap();
    assert_eq!(
        shown.message.as_deref(),
        Some("0123456 is checked out in its folder now")
    );
}

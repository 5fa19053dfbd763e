//! What is known of servers, whatever runs.

use super::*;

fn key(reference: &str) -> ServerKey {
    ServerKey {
        repository: "/shop/.git".into(),
        app: PathBuf::new(),
        reference: reference.to_owned(),
    }
}

fn news(key: &ServerKey, id: u64, phase: Phase) -> ServerNews {
    ServerNews {
        key: key.clone(),
        id,
        phase,
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
    servers.hear(news(&old, gone, Phase::Canceled));
    assert!(!servers.is_ending(&main));

    // As when another workspace is opened.
    servers.clear();
    assert!(stop.is_cancelled());
    assert!(servers.shown(&old).is_none());
    assert!(servers.begin(&main, &all).is_none());
    assert!(servers.is_ending(&main));
    assert!(servers.hear(news(&main, id, Phase::Canceling)));
    assert_eq!(servers.shown(&main).unwrap().state, ServerState::Stopping);
    assert!(servers.hear(news(&main, id, Phase::Canceled)));
    assert!(!servers.is_ending(&main));
    let (again, stop) = servers.begin(&main, &all).unwrap();
    assert!(again != id && !stop.is_cancelled());
}

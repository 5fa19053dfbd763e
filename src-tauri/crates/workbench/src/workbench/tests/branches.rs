//! Branches, their checkouts and their dev servers.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::Command;
use std::thread;

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tripledash_devserver::{Host, State};

use super::sources::{GIT, Stranger, git, names, repository};
use super::{Running, until};
use crate::servers::{Phase, ServerKey, ServerNews};
use crate::workbench::ServeError;
use crate::{Preview, ServerState, WorkspaceState};

fn preview<'a>(state: &'a WorkspaceState, name: &str) -> Option<&'a Preview> {
    state.previews.iter().find(|preview| preview.name == name)
}

fn trust(running: &Running) {
    let seen = running.state().trust.unwrap().commands;
    running.workbench.trust(true, &seen).unwrap();
}

#[tokio::test]
async fn branches_of_one_name_are_two_previews_with_servers_of_their_own() {
    let running = Running::new();
    let folder = repository(&running, GIT);
    git(&folder, &["commit", "-q", "--allow-empty", "-m", "theirs"]);
    let remote = "refs/remotes/origin/feature/new";
    git(&folder, &["update-ref", remote, "HEAD"]);
    let mut states = running.workbench.state();
    running.workbench.open(&folder).unwrap();
    let state = until(&mut states, |now| now.previews.len() == 3).await;
    assert_eq!(names(&state), ["feature-new", "main", "origin-feature-new"]);
    // The newest is the remote's, and whoever asks for the branch means the local one.
    let shown: Vec<&str> = state.previews.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(shown.last(), Some(&"origin-feature-new"));
    let title = |name| preview(&state, name).unwrap().title.as_deref();
    assert_eq!(title("feature-new"), None);
    assert_eq!(title("origin-feature-new"), Some("origin/feature/new"));
    for (name, reference, subject) in [
        ("feature-new", "refs/heads/feature/new", "the first"),
        ("origin-feature-new", remote, "theirs"),
    ] {
        let shown = preview(&state, name).unwrap();
        assert_eq!(shown.branch.as_deref(), Some("feature/new"));
        assert_eq!(shown.commit.as_ref().unwrap().subject, subject);
        let key = running.workbench.opened.lock().details[name].key.clone();
        assert_eq!(key.unwrap().reference, reference);
    }
    running.finish().await;
}

#[tokio::test]
async fn a_templates_address_is_there_once_for_a_name() {
    let running = Running::new();
    let text =
        r#"{ "name": "shop", "previews": [{ "template": "https://{branch}.acme.example" }] }"#;
    let folder = repository(&running, text);
    git(&folder, &["commit", "-q", "--allow-empty", "-m", "theirs"]);
    git(
        &folder,
        &["update-ref", "refs/remotes/origin/feature/new", "HEAD"],
    );
    let mut states = running.workbench.state();
    running.workbench.open(&folder).unwrap();
    let state = until(&mut states, |now| !now.previews.is_empty()).await;
    assert_eq!(names(&state), ["feature-new", "main"]);
    let commit = preview(&state, "feature-new").unwrap().commit.clone();
    assert_eq!(commit.unwrap().subject, "the first");
    running.finish().await;
}

#[tokio::test]
async fn changed_files_are_counted_without_trust() {
    for text in [GIT, r#"{ "name": "shop", "previews": [{ "git": "." }] }"#] {
        let running = Running::new();
        let folder = repository(&running, text);
        fs::write(folder.join("tripledash.json"), format!("{text}\n")).unwrap();
        let mut states = running.workbench.state();
        running.workbench.open(&folder).unwrap();
        let state = until(&mut states, |now| preview(now, "main").is_some()).await;
        let checkout = preview(&state, "main").unwrap().checkout.clone().unwrap();
        assert_eq!((checkout.changed, checkout.untracked), (Some(1), Some(0)));
        running.finish().await;
    }
}

#[tokio::test]
async fn a_server_that_runs_already_is_not_started_a_second_time() {
    let running = Running::new();
    let folder = repository(&running, GIT);
    let server = Stranger::start(&folder);
    let _looking = running.workbench.look();
    let mut states = running.workbench.state();
    running.workbench.open(&folder).unwrap();
    until(&mut states, |now| {
        let server = preview(now, "main").and_then(|preview| preview.server.as_ref());
        server.is_some_and(|server| server.adopted)
    })
    .await;
    trust(&running);
    let refused = running.workbench.start_server("main").unwrap_err();
    assert!(matches!(refused, ServeError::Runs { .. }), "{refused:?}");
    let port = server.port;
    assert_eq!(
        refused.to_string(),
        format!("the dev server of \"main\" runs already on port {port}, started elsewhere")
    );
    running.finish().await;
}

#[tokio::test]
async fn a_server_can_be_started_again_only_while_the_file_says_how() {
    let running = Running::with(|start| start.supervisor = Some(Host::new("/no/such/program")));
    let folder = repository(&running, GIT);
    let mut states = running.workbench.state();
    running.workbench.open(&folder).unwrap();
    until(&mut states, |now| now.previews.len() == 2).await;
    trust(&running);
    running.workbench.start_server("main").unwrap();
    let can_start = |now: &WorkspaceState| {
        let server = preview(now, "main")?.server.as_ref()?;
        (server.state == ServerState::Failed).then_some(server.can_start)
    };
    until(&mut states, |now| can_start(now) == Some(true)).await;
    let without = r#"{ "name": "shop", "previews": [{ "git": "." }] }"#;
    fs::write(folder.join("tripledash.json"), without).unwrap();
    until(&mut states, |now| can_start(now) == Some(false)).await;
    running.finish().await;
}

#[tokio::test]
async fn a_server_in_another_worktree_of_a_persons_follows_what_is_checked_out_there() {
    let running = Running::new();
    let folder = repository(&running, GIT);
    let linked = folder.with_file_name("linked");
    let place = linked.to_str().unwrap();
    // Another has the same commit checked out.
    let another = folder.with_file_name("another");
    let detached = ["worktree", "add", "-q", "--detach"];
    git(
        &folder,
        &[&detached[..], &[another.to_str().unwrap()]].concat(),
    );
    git(&folder, &["worktree", "add", "-q", place, "feature/new"]);
    let mut states = running.workbench.state();
    running.workbench.open(&folder).unwrap();
    let state = until(&mut states, |now| now.previews.len() == 2).await;
    let checkout = preview(&state, "feature-new").unwrap().checkout.clone();
    assert_eq!(checkout.unwrap().folder, place);
    {
        let mut opened = running.workbench.opened.lock();
        let key: ServerKey = opened.details["feature-new"].key.clone().unwrap();
        let (id, _) = opened
            .servers
            .begin(&key, &CancellationToken::new())
            .unwrap();
        assert!(opened.servers.hear(ServerNews {
            id,
            phase: Phase::Runs(State::Starting { remark: None }),
            in_place: Some(linked.clone()),
            log: None,
            remark: None,
        }));
    }
    // The row that says that it runs: its branch, where it is checked out, and what there is to say.
    let row = |now: &WorkspaceState| {
        let starts = |preview: &&Preview| {
            let server = preview.server.as_ref();
            server.is_some_and(|server| server.state == ServerState::Starting)
        };
        let mut rows = now.previews.iter().filter(starts);
        let row = rows.next()?;
        assert!(rows.next().is_none(), "it runs once");
        let message = row.server.as_ref()?.message.clone().unwrap_or_default();
        Some((row.branch.clone(), row.checkout.clone(), message))
    };
    let is = |now: &WorkspaceState, branch: Option<&str>, says: &str| {
        row(now).is_some_and(|(of, checkout, message)| {
            let checkout = checkout.is_some_and(|one| one.folder == place && !one.working_copy);
            of.as_deref() == branch && checkout && message.starts_with(says)
        })
    };
    git(&linked, &["checkout", "-q", "--detach"]);
    until(&mut states, |now| is(now, None, "no branch is checked out")).await;
    git(&linked, &["checkout", "-q", "--orphan", "fresh"]);
    let unborn = "its branch has no commit yet";
    until(&mut states, |now| is(now, Some("fresh"), unborn)).await;
    git(&linked, &["checkout", "-q", "-f", "feature/new"]);
    let back = until(&mut states, |now| is(now, Some("feature/new"), "")).await;
    assert_eq!(row(&back).unwrap().2, "");
    running.finish().await;
}

/// Lines that are written into a pipe with a name, and `None` once nobody holds it any more.
#[cfg(unix)]
fn pipe(path: &Path) -> mpsc::UnboundedReceiver<Option<String>> {
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
    let (tell, told) = mpsc::unbounded_channel();
    let path = path.to_owned();
    thread::spawn(move || {
        for line in BufReader::new(File::open(path).unwrap()).lines() {
            let _ = tell.send(Some(line.unwrap()));
        }
        let _ = tell.send(None);
    });
    told
}

#[cfg(unix)]
#[tokio::test]
async fn stop_and_quit_are_heard_while_a_checkout_is_made() {
    use std::os::unix::fs::PermissionsExt as _;
    for quits in [false, true] {
        let running = Running::with(|start| start.supervisor = Some(Host::new("/no/such/program")));
        let folder = repository(&running, GIT);
        let (filter, held) = (
            running.home.path().join("filter"),
            running.home.path().join("held"),
        );
        let mut told = pipe(&held);
        let held = held.display();
        let lines = format!("#!/bin/sh\nexec 3>{held}\necho begun >&3\nsleep 600\n");
        fs::write(&filter, lines).unwrap();
        fs::set_permissions(&filter, fs::Permissions::from_mode(0o755)).unwrap();
        git(
            &folder,
            &["config", "filter.slow.smudge", filter.to_str().unwrap()],
        );
        fs::create_dir_all(folder.join(".git/info")).unwrap();
        fs::write(folder.join(".git/info/attributes"), "* filter=slow\n").unwrap();
        let mut states = running.workbench.state();
        running.workbench.open(&folder).unwrap();
        until(&mut states, |now| now.previews.len() == 2).await;
        trust(&running);
        running.workbench.start_server("feature-new").unwrap();
        assert_eq!(told.recv().await.unwrap().as_deref(), Some("begun"));
        let is = |now: &WorkspaceState, state: ServerState| {
            let server = preview(now, "feature-new").and_then(|preview| preview.server.as_ref());
            server.is_some_and(|server| server.state == state)
        };
        assert!(is(&running.state(), ServerState::Preparing));
        if !quits {
            running.workbench.stop_server("feature-new").unwrap();
            until(&mut states, |now| is(now, ServerState::Stopped)).await;
            assert_eq!(told.recv().await.unwrap(), None);
        }
        running.finish().await;
        if quits {
            assert_eq!(told.recv().await.unwrap(), None);
        }
    }
}

#[tokio::test]
async fn nothing_is_looked_into_any_more_once_all_ends() {
    let running = Running::new();
    let folder = repository(&running, GIT);
    running.workbench.open(&folder).unwrap();
    running.stop.cancel();
    {
        // As when the file is saved meanwhile.
        let mut opened = running.workbench.opened.lock();
        running.workbench.tend(&mut opened);
        assert!(opened.looks.previews.is_empty());
    }
    running.finish().await;
}

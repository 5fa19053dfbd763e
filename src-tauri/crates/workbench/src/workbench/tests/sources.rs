use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::{Running, until};
pub(super) use crate::testing::git;
use crate::{ServerState, SourceStatus, WorkspaceState};

/// A workspace in a repository with the branches `main` and `feature/new`.
pub(super) fn repository(running: &Running, text: &str) -> PathBuf {
    let folder = running.folder("app", text);
    git(&folder, &["init", "-q"]);
    git(&folder, &["add", "-A"]);
    git(&folder, &["commit", "-qm", "the first"]);
    git(&folder, &["branch", "feature/new"]);
    folder
}

pub(super) const GIT: &str = r#"{ "name": "shop", "tenants": [{ "id": "acme" }], "previews": [
    { "git": ".", "dev": "serve --port {port}" }
] }"#;

pub(super) fn names(state: &WorkspaceState) -> Vec<&str> {
    let mut names: Vec<&str> = state
        .previews
        .iter()
        .map(|preview| preview.name.as_str())
        .collect();
    names.sort_unstable();
    names
}

/// A server that is none of ours: the shell that started it is gone. Ended with the test.
pub(super) struct Stranger {
    pid: String,
    pub(super) port: u16,
}

impl Stranger {
    pub(super) fn start(folder: &Path) -> Self {
        let script = "const s = require('http').createServer((q, r) => {
            r.setHeader('content-type', 'text/html'); r.end('<h1>here</h1>'); });
            s.listen(0, '127.0.0.1', () => console.log(s.address().port));";
        let mut shell = Command::new("sh")
            .current_dir(folder)
            .args(["-c", "node -e \"$0\" & echo $!", script])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(shell.stdout.take().unwrap()).lines();
        let mut line = || lines.next().unwrap().unwrap();
        let server = Self {
            pid: line(),
            port: line().parse().unwrap(),
        };
        assert!(shell.wait().unwrap().success());
        server
    }
}

impl Drop for Stranger {
    fn drop(&mut self) {
        let _ = Command::new("kill").args(["-9", &self.pid]).status();
    }
}

#[tokio::test]
async fn branches_are_previews_as_they_come_and_go() {
    let running = Running::new();
    let folder = repository(&running, GIT);
    let mut states = running.workbench.state();
    running.workbench.open(&folder).unwrap();
    let state = until(&mut states, |now| now.previews.len() == 2).await;
    assert_eq!(names(&state), ["feature-new", "main"]);
    assert_eq!(state.sources[0].head.as_deref(), Some("main"));
    let main = |state: &WorkspaceState| {
        let mut previews = state.previews.iter();
        previews
            .find(|preview| preview.name == "main")
            .unwrap()
            .clone()
    };
    let shown = main(&state);
    assert_eq!(shown.commit.unwrap().subject, "the first");
    assert!(shown.checkout.unwrap().working_copy);
    assert_eq!(shown.server.unwrap().state, ServerState::Stopped);
    assert_eq!(shown.upstream, None);

    git(&folder, &["branch", "release/1"]);
    until(&mut states, |now| names(now).contains(&"release-1")).await;
    git(&folder, &["branch", "-D", "-q", "feature/new"]);
    until(&mut states, |now| names(now) == ["main", "release-1"]).await;

    // What is checked out is another branch by now, and a commit of its own.
    git(&folder, &["checkout", "-q", "release/1"]);
    let state = until(&mut states, |now| {
        now.sources[0].head.as_deref() == Some("release/1")
    })
    .await;
    assert!(main(&state).checkout.is_none());
    git(&folder, &["checkout", "-q", "--detach"]);
    let state = until(&mut states, |now| now.previews.len() == 3).await;
    let detached = state
        .previews
        .iter()
        .find(|preview| preview.branch.is_none());
    assert!(detached.unwrap().checkout.as_ref().unwrap().working_copy);
    running.finish().await;
}

#[tokio::test]
async fn a_folder_that_is_no_repository_says_so_until_it_is_one() {
    let running = Running::new();
    let folder = running.folder("app", GIT);
    let mut states = running.workbench.state();
    running.workbench.open(&folder).unwrap();
    let state = until(&mut states, |now| {
        now.sources
            .first()
            .is_some_and(|source| source.status == SourceStatus::Failed)
    })
    .await;
    let message = state.sources[0].message.clone().unwrap();
    assert!(message.contains("git init"), "{message}");
    git(&folder, &["init", "-q"]);
    git(&folder, &["add", "-A"]);
    git(&folder, &["commit", "-qm", "the first"]);
    running.workbench.refresh();
    until(&mut states, |now| names(now) == ["main"]).await;
    running.finish().await;
}

#[tokio::test]
async fn a_server_that_runs_already_is_the_working_copy() {
    let running = Running::new();
    let folder = repository(&running, GIT);
    let server = Stranger::start(&folder);
    let port = server.port;
    let _looking = running.workbench.look();
    let mut states = running.workbench.state();
    running.workbench.open(&folder).unwrap();
    let served = |now: &WorkspaceState, name: &str| {
        let mut previews = now.previews.iter();
        previews.any(|preview| {
            let server = preview.server.as_ref();
            let adopted = server.is_some_and(|server| server.adopted && server.port == Some(port));
            preview.name == name && adopted
        })
    };
    let state = until(&mut states, |now| served(now, "main")).await;
    let main = state
        .previews
        .iter()
        .find(|preview| preview.name == "main")
        .unwrap();
    assert_eq!(main.upstream, Some(format!("http://localhost:{port}")));

    // It serves another branch by now, and is named so.
    git(&folder, &["checkout", "-q", "feature/new"]);
    let state = until(&mut states, |now| served(now, "feature-new")).await;
    assert!(!served(&state, "main"));

    drop(server);
    until(&mut states, |now| !served(now, "feature-new")).await;
    running.finish().await;
}

#[tokio::test]
async fn an_unset_token_is_told_of_and_the_rest_works() {
    let running = Running::new();
    let folder = running.folder(
        "shop",
        r#"{ "name": "shop", "previews": [
            { "vercel": { "project": "shop" } }, { "name": "main", "upstream": "http://localhost:1" }
        ] }"#,
    );
    running.workbench.open(&folder).unwrap();
    let state = running.state();
    assert_eq!(names(&state), ["main"]);
    assert_eq!(state.sources[0].status, SourceStatus::Failed);
    assert_eq!(
        state.sources[0].message.as_deref(),
        Some("VERCEL_TOKEN is not set")
    );
    running.finish().await;
}

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicI64, Ordering};

use tripledash_core::Timestamp;

use super::answering::Answering;
use super::{Running, ids, until};
use crate::{ServerState, SourceStatus, WorkspaceState};

/// Runs git in a folder, whatever this machine's configuration says.
pub(super) fn git(folder: &Path, arguments: &[&str]) {
    let status = Command::new("git")
        .current_dir(folder)
        .args(["-c", "user.name=a", "-c", "user.email=a@b.example"])
        .args([
            "-c",
            "init.defaultBranch=main",
            "-c",
            "commit.gpgsign=false",
        ])
        .args(arguments)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .unwrap();
    assert!(status.success(), "git {arguments:?}");
}

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
async fn tenants_of_a_table_are_shown_and_followed() {
    let running = Running::new();
    let folder = running.folder(
        "shop",
        r#"{ "name": "shop", "tenants": { "file": "tenants.csv" },
             "pages": [{ "name": "Home", "path": "/", "tenants": { "globex": "/g", "nobody": "/n" } }] }"#,
    );
    let table = folder.join("tenants.csv");
    fs::write(&table, "id,name\nacme,Acme\nglobex,Globex\nBad Id,Bad\n").unwrap();
    let mut states = running.workbench.state();
    running.workbench.open(&folder).unwrap();
    let state = until(&mut states, |now| {
        now.tenant_list.status == SourceStatus::Good
    })
    .await;
    assert_eq!(ids(&state), ["acme", "globex"]);
    let told: Vec<_> = state
        .problems
        .iter()
        .map(|problem| (problem.file.as_str(), problem.line))
        .collect();
    assert_eq!(told, [("tenants.csv", 4), ("tripledash.json", 2)]);

    // Saved by another program.
    fs::write(&table, "id\nacme\ninitech\n").unwrap();
    let state = until(&mut states, |now| ids(now) == ["acme", "initech"]).await;
    assert_eq!(state.tenant_list.status, SourceStatus::Good);

    // Gone: those that were there stay, and it is said.
    fs::remove_file(&table).unwrap();
    let state = until(&mut states, |now| {
        now.tenant_list.status == SourceStatus::Stale
    })
    .await;
    assert_eq!(ids(&state), ["acme", "initech"]);
    let message = state.tenant_list.message.clone().unwrap();
    assert!(message.contains("tenants.csv"), "{message}");

    fs::write(&table, "id\nglobex\n").unwrap();
    until(&mut states, |now| ids(now) == ["globex"]).await;
    running.finish().await;
}

#[tokio::test]
async fn a_table_is_followed_when_its_folder_was_made_again() {
    let running = Running::new();
    let text = r#"{ "name": "shop", "tenants": { "file": "data/tenants.csv" } }"#;
    let folder = running.folder("shop", text);
    let data = folder.join("data");
    let write = |ids: &str| fs::write(data.join("tenants.csv"), format!("id\n{ids}\n")).unwrap();
    fs::create_dir(&data).unwrap();
    write("acme");
    let mut states = running.workbench.state();
    running.workbench.open(&folder).unwrap();
    until(&mut states, |now| ids(now) == ["acme"]).await;

    fs::remove_dir_all(&data).unwrap();
    until(&mut states, |now| {
        now.tenant_list.status == SourceStatus::Stale
    })
    .await;
    fs::create_dir(&data).unwrap();
    write("globex");
    until(&mut states, |now| ids(now) == ["globex"]).await;
    write("initech");
    until(&mut states, |now| ids(now) == ["initech"]).await;
    running.finish().await;
}

#[cfg(unix)]
#[tokio::test]
async fn a_table_is_followed_when_the_link_to_it_leads_elsewhere() {
    let running = Running::new();
    let text = r#"{ "name": "shop", "tenants": { "file": "tenants.csv" } }"#;
    let folder = running.folder("shop", text);
    let write = |release: &str, ids: &str| {
        let release = folder.join(release);
        fs::create_dir_all(&release).unwrap();
        fs::write(release.join("list.csv"), format!("id\n{ids}\n")).unwrap();
    };
    write("42", "acme");
    write("43", "globex");
    let link = folder.join("tenants.csv");
    std::os::unix::fs::symlink("42/list.csv", &link).unwrap();
    let mut states = running.workbench.state();
    running.workbench.open(&folder).unwrap();
    until(&mut states, |now| ids(now) == ["acme"]).await;
    // Replaced at one moment, as a release is.
    let new = folder.join("new");
    std::os::unix::fs::symlink("43/list.csv", &new).unwrap();
    fs::rename(&new, &link).unwrap();
    until(&mut states, |now| ids(now) == ["globex"]).await;
    write("43", "initech");
    until(&mut states, |now| ids(now) == ["initech"]).await;
    running.finish().await;
}

#[tokio::test]
async fn a_list_that_was_never_read_is_told_of() {
    let running = Running::new();
    let text = r#"{ "name": "shop", "tenants": { "file": "tenants.csv" } }"#;
    let folder = running.folder("shop", text);
    let mut states = running.workbench.state();
    running.workbench.open(&folder).unwrap();
    let state = until(&mut states, |now| {
        now.tenant_list.status == SourceStatus::Failed
    })
    .await;
    assert!(ids(&state).is_empty());
    assert!(state.tenant_list.message.is_some());
    running.finish().await;
}

/// A second later each time that it is asked.
fn ticking() -> Timestamp {
    static TIME: AtomicI64 = AtomicI64::new(0);
    Timestamp(TIME.fetch_add(1_000_000, Ordering::Relaxed))
}

#[tokio::test]
async fn a_list_that_an_endpoint_said_before_is_told_as_old() {
    let running = Running::with(|start| start.clock = ticking);
    let list = r#"[{ "id": "acme" }, { "id": "globex" }, { "id": "Bad Id" }]"#;
    let endpoint = Answering::start(|_| (200, list.to_owned())).await;
    let text = format!(
        r#"{{ "name": "shop", "tenants": {{ "url": "{}" }} }}"#,
        endpoint.url("/tenants?key=s3cret#x")
    );
    let folder = running.folder("shop", &text);
    let mut states = running.workbench.state();
    running.workbench.open(&folder).unwrap();
    let good = until(&mut states, |now| {
        now.tenant_list.status == SourceStatus::Good
    })
    .await;
    assert_eq!(ids(&good), ["acme", "globex"]);
    assert_eq!(good.tenant_list.left_out, 1);
    assert_eq!(good.tenant_list.text, endpoint.url("/tenants"));
    assert!(good.tenant_list.read_at.is_some());

    endpoint.turn_to(|_| (401, String::new()));
    running.workbench.refresh();
    let stale = until(&mut states, |now| {
        now.tenant_list.status != SourceStatus::Good
    })
    .await;
    assert_eq!(stale.tenant_list.status, SourceStatus::Stale);
    assert_eq!(ids(&stale), ["acme", "globex"]);
    assert_eq!(stale.tenant_list.read_at, good.tenant_list.read_at);
    let message = stale.tenant_list.message.clone().unwrap();
    assert!(
        message.ends_with("wants to know who asks (401)"),
        "{message}"
    );
    assert!(stale.tenant_list.fix.is_some());

    // Why is another by now, and the list the same.
    endpoint.turn_to(|_| (503, String::new()));
    running.workbench.refresh();
    until(&mut states, |now| {
        let message = now.tenant_list.message.as_deref();
        message.is_some_and(|message| message.ends_with("(503)"))
    })
    .await;
    endpoint.turn_to(|_| (200, list.to_owned()));
    running.workbench.refresh();
    until(&mut states, |now| {
        now.tenant_list.status == SourceStatus::Good
    })
    .await;
    running.finish().await;
}

/// A little more than a minute later each time that it is asked.
fn leaping() -> Timestamp {
    static TIME: AtomicI64 = AtomicI64::new(0);
    Timestamp(TIME.fetch_add(61_000_000, Ordering::Relaxed))
}

#[tokio::test]
async fn a_list_that_says_the_same_again_was_read_again() {
    let running = Running::with(|start| start.clock = leaping);
    let endpoint = Answering::start(|_| (200, r#"[{ "id": "acme" }]"#.to_owned())).await;
    let url = endpoint.url("/tenants");
    let text = format!(r#"{{ "name": "shop", "tenants": {{ "url": "{url}" }} }}"#);
    let folder = running.folder("shop", &text);
    let mut states = running.workbench.state();
    running.workbench.open(&folder).unwrap();
    let first = until(&mut states, |now| now.tenant_list.read_at.is_some()).await;
    running.workbench.refresh();
    let again = until(&mut states, |now| {
        now.tenant_list.read_at != first.tenant_list.read_at
    })
    .await;
    assert!(again.tenant_list.read_at > first.tenant_list.read_at);
    assert_eq!(again.tenant_list.status, SourceStatus::Good);
    running.finish().await;
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

//! Over real folders and real file system events: a test awaits a state, with a deadline.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tripledash_core::address::BaseDomain;
use tripledash_core::trace::Event;
use tripledash_core::{Severity, Timestamp};

use super::{CreateError, EditError, OpenError, SaveError, Start, Tasks, UndoError, Workbench};
use crate::{Bounds, List, OriginKind, Status, WorkspaceState};

const FILE: &str = r##"{
  "name": "shop",
  "tenants": [
    { "id": "acme", "color": "#e5484d" },
    { "id": "globex" }
  ],
  "previews": [
    { "name": "main", "upstream": "http://localhost:3000" },
    { "name": "production", "upstream": "https://shop.example", "access": "read-only",
      "headers": { "x-bypass": "${env:BYPASS}" } }
  ]
}
"##;

struct Running {
    workbench: Arc<Workbench>,
    tasks: Tasks,
    stop: CancellationToken,
    _events: mpsc::Sender<Event>,
    home: TempDir,
}

impl Running {
    fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let stop = CancellationToken::new();
        let (sender, events) = mpsc::channel(16);
        let (workbench, tasks) = Workbench::start(Start {
            base: BaseDomain::local(7333),
            data_dir: home.path().join("data"),
            environment: [("PATH".to_owned(), "/bin".to_owned())].into(),
            clock: || Timestamp(0),
            events,
            lost: Box::new(|| 0),
            bounds: Bounds::default(),
            stop: stop.clone(),
        });
        Self {
            workbench,
            tasks,
            stop,
            _events: sender,
            home,
        }
    }

    fn folder(&self, name: &str, text: &str) -> PathBuf {
        let folder = self.home.path().join(name);
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("tripledash.json"), text).unwrap();
        folder.canonicalize().unwrap()
    }

    fn state(&self) -> WorkspaceState {
        WorkspaceState::clone(&self.workbench.state().borrow())
    }

    async fn finish(self) {
        self.stop.cancel();
        timeout(Duration::from_secs(10), self.tasks.join())
            .await
            .unwrap();
    }
}

async fn until<T>(receiver: &mut watch::Receiver<Arc<T>>, wanted: impl Fn(&T) -> bool) -> Arc<T> {
    timeout(
        Duration::from_secs(20),
        receiver.wait_for(|value| wanted(value)),
    )
    .await
    .expect("it did not come in time")
    .unwrap()
    .clone()
}

fn text(folder: &Path) -> String {
    fs::read_to_string(folder.join("tripledash.json")).unwrap()
}

fn ids(state: &WorkspaceState) -> Vec<&str> {
    state
        .tenants
        .iter()
        .map(|tenant| tenant.id.as_str())
        .collect()
}

#[tokio::test]
async fn an_opened_folder_is_shown_and_routed() {
    let running = Running::new();
    let folder = running.folder("shop", FILE);
    running.workbench.open(&folder).unwrap();
    let state = running.state();
    assert_eq!(state.name, "shop");
    assert_eq!(state.origin.kind, OriginKind::Folder);
    assert_eq!(state.origin.folder, folder.display().to_string());
    assert_eq!(ids(&state), ["acme", "globex"]);
    assert_eq!(state.tenants[0].color, "#e5484d");
    assert!(state.tenants[1].color.starts_with('#'));
    assert_eq!(state.base, "tripledash.localhost:7333");
    assert_eq!(state.recent[0].name, "shop");
    assert!(running.workbench.open_recent("shop").is_ok());
    assert!(matches!(
        running.workbench.open_recent("other"),
        Err(OpenError::NotRecent { .. })
    ));
    // Unset variables are a warning, and only that preview lacks them.
    assert_eq!(state.previews[1].missing_variables, ["BYPASS"]);
    assert_eq!(state.problems.len(), 1);
    assert_eq!(state.problems[0].severity, Severity::Warning);
    let snapshot = running.workbench.snapshot().borrow().clone();
    assert_eq!(snapshot.generation, 1);
    assert!(snapshot.workspace.tenants.contains_key("globex"));
    running.finish().await;
}

#[tokio::test]
async fn saves_by_editors_are_seen() {
    let running = Running::new();
    let folder = running.folder("shop", FILE);
    let file = folder.join("tripledash.json");
    running.workbench.open(&folder).unwrap();
    let mut snapshots = running.workbench.snapshot();
    let mut states = running.workbench.state();

    // Written in place.
    fs::write(&file, FILE.replace("globex", "initech")).unwrap();
    until(&mut snapshots, |now| {
        now.workspace.tenants.contains_key("initech")
    })
    .await;

    // Renamed over, under another name for itself.
    let renamed = FILE
        .replace("globex", "umbrella")
        .replace("shop\"", "market\"");
    fs::write(folder.join("new.tmp"), renamed).unwrap();
    fs::rename(folder.join("new.tmp"), &file).unwrap();
    until(&mut snapshots, |now| {
        now.workspace.tenants.contains_key("umbrella")
    })
    .await;

    let state = until(&mut states, |now| now.name == "market").await;
    assert_eq!(state.recent[0].name, "market");

    // Deleted: the last good one stays, and the problem is told.
    fs::remove_file(&file).unwrap();
    let state = until(&mut states, |now| {
        now.problems
            .iter()
            .any(|problem| problem.found == "no file")
    })
    .await;
    assert_eq!(ids(&state), ["acme", "umbrella"]);
    assert!(matches!(
        running.workbench.remove(List::Tenants, "acme"),
        Err(EditError::Gone { .. })
    ));

    // And restored.
    fs::write(&file, FILE.replace("globex", "hooli")).unwrap();
    let state = until(&mut states, |now| ids(now).contains(&"hooli")).await;
    assert_eq!(state.problems.len(), 1);
    running.finish().await;
}

#[tokio::test]
async fn a_broken_save_keeps_the_last_good_state() {
    let running = Running::new();
    let folder = running.folder("shop", FILE);
    running.workbench.open(&folder).unwrap();
    let generation = running.workbench.snapshot().borrow().generation;
    let mut states = running.workbench.state();
    fs::write(
        folder.join("tripledash.json"),
        "{ \"name\": \"shop\",\n  oops }",
    )
    .unwrap();
    let state = until(&mut states, |now| {
        now.problems
            .iter()
            .any(|problem| problem.severity == Severity::Error)
    })
    .await;
    assert_eq!(state.problems[0].line, 2);
    assert_eq!(ids(&state), ["acme", "globex"]);
    assert_eq!(running.workbench.snapshot().borrow().generation, generation);
    assert!(matches!(
        running.workbench.remove(List::Tenants, "acme"),
        Err(EditError::Uneditable(_))
    ));

    fs::write(folder.join("tripledash.json"), FILE).unwrap();
    let state = until(&mut states, |now| now.problems.len() == 1).await;
    assert_eq!(state.generation, generation);
    running.finish().await;
}

#[cfg(unix)]
#[tokio::test]
async fn a_linked_file_is_watched_where_it_lies() {
    let running = Running::new();
    let real = running.folder("real", FILE);
    let folder = running.home.path().join("linked");
    fs::create_dir(&folder).unwrap();
    std::os::unix::fs::symlink(real.join("tripledash.json"), folder.join("tripledash.json"))
        .unwrap();
    running.workbench.open(&folder).unwrap();
    let mut snapshots = running.workbench.snapshot();
    fs::write(
        real.join("tripledash.json"),
        FILE.replace("globex", "initech"),
    )
    .unwrap();
    until(&mut snapshots, |now| {
        now.workspace.tenants.contains_key("initech")
    })
    .await;
    running.workbench.remove(List::Tenants, "initech").unwrap();
    assert!(!text(&real).contains("initech"));
    assert!(folder.join("tripledash.json").is_symlink());
    running.finish().await;
}

#[tokio::test]
async fn dotenv_sets_what_the_environment_does_not() {
    let running = Running::new();
    let folder = running.folder("shop", FILE);
    running.workbench.open(&folder).unwrap();
    let mut snapshots = running.workbench.snapshot();
    fs::write(folder.join(".env.local"), "BYPASS=s3cret\nOTHER=x\n").unwrap();
    let snapshot = until(&mut snapshots, |now| !now.environment.is_empty()).await;
    assert_eq!(
        snapshot.environment.get("BYPASS").map(String::as_str),
        Some("s3cret")
    );
    // Nothing that the workspace does not ask for.
    assert_eq!(snapshot.environment.len(), 1);
    let mut states = running.workbench.state();
    let state = until(&mut states, |now| now.problems.is_empty()).await;
    assert!(state.previews[1].missing_variables.is_empty());
    running.finish().await;
}

#[tokio::test]
async fn an_edit_writes_the_file_and_undo_brings_the_text_back() {
    let running = Running::new();
    let folder = running.folder("shop", FILE);
    running.workbench.open(&folder).unwrap();
    let workbench = &running.workbench;
    workbench
        .add(List::Tenants, &[("id".to_owned(), json!("initech"))])
        .unwrap();
    assert_eq!(
        text(&folder),
        FILE.replace(
            "{ \"id\": \"globex\" }",
            "{ \"id\": \"globex\" },\n    { \"id\": \"initech\" }"
        )
    );
    workbench
        .change(
            List::Tenants,
            "acme",
            &[("name".to_owned(), Some(json!("Acme")))],
        )
        .unwrap();
    assert!(running.state().can_undo);
    workbench.undo().unwrap();
    workbench.undo().unwrap();
    assert_eq!(text(&folder), FILE);
    assert!(!running.state().can_undo);
    assert!(matches!(workbench.undo(), Err(UndoError::Nothing)));
    running.finish().await;
}

#[tokio::test]
async fn our_own_write_makes_one_snapshot() {
    let running = Running::new();
    let folder = running.folder("shop", FILE);
    running.workbench.open(&folder).unwrap();
    let mut snapshots = running.workbench.snapshot();
    let before = snapshots.borrow().generation;
    running.workbench.remove(List::Tenants, "globex").unwrap();
    // The watch sees our write before it sees this one, in the same folder and in this order.
    fs::write(folder.join(".env.local"), "BYPASS=1\n").unwrap();
    let after = until(&mut snapshots, |now| now.environment.contains_key("BYPASS")).await;
    assert_eq!(after.generation, before + 2);
    assert!(running.state().can_undo);
    running.finish().await;
}

#[tokio::test]
async fn an_edit_keeps_what_an_editor_saved_a_moment_ago() {
    let running = Running::new();
    let folder = running.folder("shop", FILE);
    running.workbench.open(&folder).unwrap();
    running.workbench.remove(List::Tenants, "acme").unwrap();
    fs::write(
        folder.join("tripledash.json"),
        FILE.replace("globex", "hooli"),
    )
    .unwrap();
    running
        .workbench
        .change(
            List::Tenants,
            "hooli",
            &[("name".to_owned(), Some(json!("Hooli")))],
        )
        .unwrap();
    let written = text(&folder);
    assert!(
        written.contains("acme") && written.contains("\"Hooli\""),
        "{written}"
    );
    // The editor's save is not ours to undo: one step back, and no further.
    running.workbench.undo().unwrap();
    assert!(matches!(running.workbench.undo(), Err(UndoError::Nothing)));
    running.finish().await;
}

#[tokio::test]
async fn an_edit_that_would_break_the_workspace_is_refused() {
    let running = Running::new();
    let folder = running.folder("shop", FILE);
    running.workbench.open(&folder).unwrap();
    for id in ["acme", "Not A Label", "a---b", ""] {
        let refused = running
            .workbench
            .add(List::Tenants, &[("id".to_owned(), json!(id))])
            .unwrap_err();
        let EditError::Invalid { problems } = refused else {
            panic!("{id}: {refused}");
        };
        assert!(!problems.is_empty());
    }
    assert_eq!(text(&folder), FILE);
    assert!(!running.state().can_undo);
    running.finish().await;
}

#[tokio::test]
async fn only_read_only_previews_are_unlocked_and_only_for_now() {
    let running = Running::new();
    let folder = running.folder("shop", FILE);
    running.workbench.open(&folder).unwrap();
    let workbench = &running.workbench;
    workbench.unlock("production", true).unwrap();
    assert!(running.state().previews[1].unlocked);
    assert!(
        workbench
            .snapshot()
            .borrow()
            .unlocked
            .contains("production")
    );
    assert!(matches!(
        workbench.unlock("main", true),
        Err(EditError::NotReadOnly { .. })
    ));
    assert!(matches!(
        workbench.unlock("gone", true),
        Err(EditError::NoPreview { .. })
    ));
    workbench.unlock("production", false).unwrap();
    assert!(!running.state().previews[1].unlocked);
    assert_eq!(text(&folder), FILE);
    running.finish().await;
}

#[tokio::test]
async fn a_pasted_address_becomes_a_draft_that_moves_when_saved() {
    let running = Running::new();
    let started = running
        .workbench
        .start_from("http://localhost:3000")
        .unwrap();
    let state = running.state();
    assert_eq!(state.origin.kind, OriginKind::Draft);
    assert_eq!(state.previews[0].name, started.preview);
    assert_eq!(state.previews[0].upstream, "http://localhost:3000");
    let draft = PathBuf::from(&state.origin.folder);
    assert!(draft.join("tripledash.json").is_file());
    running
        .workbench
        .add(List::Tenants, &[("id".to_owned(), json!("acme"))])
        .unwrap();

    let home = running.home.path().join("mine");
    assert!(matches!(
        running.workbench.save(&home),
        Err(SaveError::Create(CreateError::Open(
            OpenError::NoFolder { .. }
        )))
    ));
    fs::create_dir(&home).unwrap();
    running.workbench.save(&home).unwrap();
    let state = running.state();
    assert_eq!(state.origin.kind, OriginKind::Folder);
    assert_eq!(ids(&state), ["acme"]);
    assert!(!draft.exists());
    assert_eq!(state.recent.len(), 1);
    // It goes on from there, watch and undo included.
    let mut snapshots = running.workbench.snapshot();
    fs::write(
        home.join("tripledash.json"),
        text(&home).replace("acme", "globex"),
    )
    .unwrap();
    until(&mut snapshots, |now| {
        now.workspace.tenants.contains_key("globex")
    })
    .await;
    running.finish().await;
}

#[tokio::test]
async fn the_first_edit_of_nothing_starts_a_draft() {
    let running = Running::new();
    assert_eq!(running.state().origin.folder, "");
    running
        .workbench
        .add(List::Tenants, &[("id".to_owned(), json!("acme"))])
        .unwrap();
    let state = running.state();
    assert_eq!(state.origin.kind, OriginKind::Draft);
    assert_eq!(ids(&state), ["acme"]);
    assert!(text(Path::new(&state.origin.folder)).contains("\"acme\""));
    running.finish().await;
}

#[tokio::test]
async fn folders_that_cannot_be_opened_say_why() {
    let running = Running::new();
    let open = |name: &str| running.workbench.open(&running.home.path().join(name));
    assert!(matches!(open("nowhere"), Err(OpenError::NoFolder { .. })));
    fs::create_dir(running.home.path().join("empty")).unwrap();
    assert!(matches!(open("empty"), Err(OpenError::NoWorkspace { .. })));
    fs::write(running.home.path().join("file"), "").unwrap();
    assert!(matches!(open("file"), Err(OpenError::Unreadable { .. })));

    let broken = running.folder("broken", "{ \"name\": ");
    running.workbench.open(&broken).unwrap();
    let state = running.state();
    assert_eq!(state.name, "broken");
    assert!(state.tenants.is_empty());
    assert_eq!(state.problems[0].severity, Severity::Error);

    fs::write(broken.join("tripledash.json"), b"{\n \"name\": \"\xff\" }").unwrap();
    running.workbench.open(&broken).unwrap();
    let problem = &running.state().problems[0];
    assert_eq!((problem.line, problem.column), (2, 11));

    let empty = running.home.path().join("empty");
    running.workbench.create(&empty).unwrap();
    assert_eq!(running.state().name, "empty");
    assert!(
        running.state().problems.is_empty(),
        "{:?}",
        running.state().problems
    );
    assert!(matches!(
        running.workbench.create(&empty),
        Err(CreateError::Exists { .. })
    ));
    running.finish().await;
}

#[tokio::test]
async fn previews_of_this_machine_are_tried() {
    let running = Running::new();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let gone = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let closed = gone.local_addr().unwrap().port();
    drop(gone);
    let folder = running.folder(
        "shop",
        &format!(
            r#"{{ "name": "shop", "previews": [
              {{ "name": "up", "upstream": "http://localhost:{port}" }},
              {{ "name": "down", "upstream": "http://127.0.0.1:{closed}" }},
              {{ "name": "away", "upstream": "https://shop.example" }}
            ] }}"#
        ),
    );
    running.workbench.open(&folder).unwrap();
    let mut states = running.workbench.state();
    let state = until(&mut states, |now| {
        now.previews[0].status == Status::Up && now.previews[1].status == Status::Down
    })
    .await;
    assert_eq!(
        state.previews[1].status_reason.as_deref(),
        Some(format!("nothing listens on 127.0.0.1:{closed}").as_str())
    );
    assert_eq!(state.previews[2].status, Status::Unknown);

    // Another upstream is another thing: nothing is known of it.
    running
        .workbench
        .change(
            List::Previews,
            "down",
            &[("upstream".to_owned(), Some(json!("https://shop.example")))],
        )
        .unwrap();
    assert_eq!(running.state().previews[1].status, Status::Unknown);

    // While somebody looks, it is seen to stop.
    let looking = running.workbench.look();
    drop(listener);
    until(&mut states, |now| now.previews[0].status == Status::Down).await;
    drop(looking);
    running.finish().await;
}

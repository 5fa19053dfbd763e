use std::fs;
use std::path::{Path, PathBuf};

use serde_json::json;
use tripledash_core::Severity;

use super::{FILE, Running, ids, text, until};
use crate::workbench::{CreateError, OpenError, SaveError};
use crate::{List, OriginKind};

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
    let colors: Vec<_> = state.tenants.iter().map(|tenant| tenant.color).collect();
    assert_eq!(colors[0], "#e5484d");
    assert!(colors[1].starts_with('#'));
    assert_eq!(state.base, "tripledash.localhost:7333");
    assert_eq!(state.recent[0].name, "shop");
    assert!(running.workbench.open_recent("shop").is_ok());
    assert!(matches!(
        running.workbench.open_recent("other"),
        Err(OpenError::NotRecent { .. })
    ));
    // An unset variable is a warning, and where it would go is asked first.
    let sends = "sends BYPASS to https://shop.example";
    assert_eq!(state.previews[1].untrusted.as_deref(), Some(sends));
    assert_eq!(state.problems.len(), 1);
    assert_eq!(state.problems[0].severity, Severity::Warning);
    let snapshot = running.workbench.snapshot().borrow().clone();
    assert_eq!(snapshot.generation, 1);
    assert!(snapshot.workspace.tenants.contains_key("globex"));
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
    let upstream = state.previews[0].upstream.as_deref();
    assert_eq!(upstream, Some("http://localhost:3000"));
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
    running.workbench.create(&empty, None).unwrap();
    assert_eq!(running.state().name, "empty");
    assert!(
        running.state().problems.is_empty(),
        "{:?}",
        running.state().problems
    );
    assert!(matches!(
        running.workbench.create(&empty, None),
        Err(CreateError::Exists { .. })
    ));
    running.finish().await;
}

#[tokio::test]
async fn drafts_have_folders_of_their_own_and_stay_drafts() {
    let running = Running::new();
    let mut folders = Vec::new();
    for _ in 0..2 {
        running
            .workbench
            .start_from("http://localhost:3000")
            .unwrap();
        folders.push(running.state().origin.folder);
    }
    assert_ne!(folders[0], folders[1]);
    let shop = running.folder("shop", FILE);
    running.workbench.open(&shop).unwrap();
    running.workbench.open(Path::new(&folders[0])).unwrap();
    let state = running.state();
    assert_eq!(state.origin.kind, OriginKind::Draft);
    let recent: Vec<_> = state.recent.iter().map(|one| &one.folder).collect();
    assert_eq!(
        recent,
        [Path::new(&folders[0]), &shop, Path::new(&folders[1])]
    );
    running.finish().await;
}

#[tokio::test]
async fn pasted_text_that_is_no_address_changes_nothing() {
    let running = Running::new();
    let folder = running.folder("shop", FILE);
    running.workbench.open(&folder).unwrap();
    let before = running.state();
    for text in [
        "",
        "no address",
        "http://acme---main.tripledash.localhost:7333/",
    ] {
        assert!(running.workbench.start_from(text).is_err(), "{text}");
    }
    assert_eq!(running.state(), before);
    running.finish().await;
}

#[tokio::test]
async fn a_pasted_dev_server_keeps_the_host_that_its_app_reads() {
    let running = Running::new();
    for (pasted, host) in [
        (
            "http://acme.localhost:3000",
            Some("{tenant}.localhost:3000"),
        ),
        (
            "<ACME.shop.localhost:3000/x?y=z>",
            Some("{tenant}.shop.localhost:3000"),
        ),
        ("https://acme.localhost", Some("{tenant}.localhost")),
        // Its app reads what we send anyway: the host as it came.
        ("http://acme---main.localhost:3000", None),
        ("localhost:3000", None),
        ("https://acme---my-app.vercel.dev", None),
    ] {
        let started = running.workbench.start_from(pasted).unwrap();
        let state = running.state();
        assert!(state.problems.is_empty(), "{pasted}: {:?}", state.problems);
        assert_eq!(state.previews[0].host.as_deref(), host, "{pasted}");
        assert_eq!(state.tenants.len(), usize::from(started.tenant.is_some()));
    }
    running.finish().await;
}

#[tokio::test]
async fn a_saved_draft_leaves_what_else_lies_beside_it() {
    let running = Running::new();
    running.workbench.start_from("localhost:3000").unwrap();
    let draft = PathBuf::from(running.state().origin.folder);
    fs::write(draft.join(".env.local"), "SECRET=kept\n").unwrap();
    let home = running.home.path().join("mine");
    fs::create_dir(&home).unwrap();
    running.workbench.save(&home).unwrap();
    assert!(!draft.join("tripledash.json").exists());
    assert!(draft.join(".env.local").exists());
    running.finish().await;
}

#[tokio::test]
async fn a_host_too_long_for_a_folder_still_starts_a_draft() {
    let running = Running::new();
    let label = "a".repeat(63);
    let host = format!("{label}.{label}.{label}.{}.dev:65535", &label[..57]);
    running.workbench.start_from(&host).unwrap();
    assert_eq!(running.state().previews.len(), 1);
    running.finish().await;
}

#[tokio::test]
async fn a_recent_workspace_that_is_gone_is_not_shown() {
    let running = Running::new();
    let (one, other) = (running.folder("one", FILE), running.folder("other", FILE));
    running.workbench.open(&one).unwrap();
    running.workbench.open(&other).unwrap();
    assert_eq!(running.state().recent.len(), 2);
    fs::remove_file(one.join("tripledash.json")).unwrap();
    running.workbench.open(&other).unwrap();
    // It is looked for apart: it may be on a share that does not answer.
    let mut states = running.workbench.state();
    let state = until(&mut states, |now| now.recent.len() == 1).await;
    assert_eq!(state.recent[0].folder, other);
    running.finish().await;
}

#[tokio::test]
async fn the_last_workspace_is_the_first_that_is_there() {
    let running = Running::new();
    running.workbench.open_last().unwrap();
    assert_eq!(running.state().origin.folder, "");
    let (one, other) = (running.folder("one", FILE), running.folder("other", FILE));
    running.workbench.open(&one).unwrap();
    running.workbench.open(&other).unwrap();
    fs::remove_file(other.join("tripledash.json")).unwrap();
    running.workbench.open_last().unwrap();
    assert_eq!(Path::new(&running.state().origin.folder), one);
    running.finish().await;
}

#[tokio::test]
async fn a_folder_that_answers_late_is_not_opened_over_another() {
    let running = Running::new();
    let (one, other) = (running.folder("one", FILE), running.folder("other", FILE));
    let workbench = &running.workbench;
    let folder = || PathBuf::from(running.state().origin.folder);
    let turn = workbench.turn();
    workbench.open(&other).unwrap();
    let late = workbench.open_in(turn, &one).unwrap_err();
    assert!(matches!(&late, OpenError::Overtaken { folder } if *folder == one));
    assert_eq!(folder(), other);

    // One that was asked for later and is not there takes nothing away.
    let turn = workbench.turn();
    workbench.open(Path::new("/nowhere")).unwrap_err();
    workbench.open_in(turn, &one).unwrap();
    assert_eq!(folder(), one);
    running.finish().await;
}

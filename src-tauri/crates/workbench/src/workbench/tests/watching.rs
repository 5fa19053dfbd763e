use std::fs;

use serde_json::json;
use tokio::net::TcpListener;
use tripledash_core::Severity;

use super::{FILE, Running, ids, text, until};
use crate::workbench::EditError;
use crate::{List, Status, WorkspaceState};

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

#[tokio::test]
async fn a_save_that_is_too_long_keeps_the_last_good_state() {
    let running = Running::new();
    let folder = running.folder("shop", FILE);
    running.workbench.open(&folder).unwrap();
    let mut states = running.workbench.state();
    let long = fs::File::create(folder.join("tripledash.json")).unwrap();
    long.set_len((64 << 20) + 1).unwrap();
    let state = until(&mut states, |now| {
        now.problems
            .iter()
            .any(|problem| problem.message.contains("found 67108865 octets"))
    })
    .await;
    assert_eq!(ids(&state), ["acme", "globex"]);

    fs::write(folder.join("tripledash.json"), FILE).unwrap();
    until(&mut states, |now| now.problems.len() == 1).await;
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
    assert!(running.state().last_edit.is_some());
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

#[tokio::test]
async fn a_folder_deleted_and_made_again_is_seen() {
    let running = Running::new();
    let folder = running.folder("shop", FILE);
    running.workbench.open(&folder).unwrap();
    let mut states = running.workbench.state();
    fs::remove_dir_all(&folder).unwrap();
    until(&mut states, |now| {
        now.problems
            .iter()
            .any(|problem| problem.found == "no file")
    })
    .await;
    for tenant in ["initech", "hooli"] {
        running.folder("shop", &FILE.replace("globex", tenant));
        until(&mut states, |now| ids(now).contains(&tenant)).await;
    }
    running.finish().await;
}

#[cfg(unix)]
#[tokio::test]
async fn a_folder_that_somebody_is_in_is_seen_deleted_and_made_again() {
    let running = Running::new();
    let folder = running.folder("shop", FILE);
    running.workbench.open(&folder).unwrap();
    let mut states = running.workbench.state();
    for tenant in ["initech", "hooli", "umbrella"] {
        // As a shell that waits in it: the deleted folder lives on, and tells nobody of its end.
        let _held = fs::File::open(&folder);
        fs::remove_dir_all(&folder).unwrap();
        running.folder("shop", &FILE.replace("globex", tenant));
        until(&mut states, |now| ids(now).contains(&tenant)).await;
        fs::write(
            folder.join("tripledash.json"),
            FILE.replace("acme", &format!("of-{tenant}")),
        )
        .unwrap();
        until(&mut states, |now| ids(now)[0] == format!("of-{tenant}")).await;
    }
    running.finish().await;
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_folder_that_has_its_file_is_watched_alone() {
    use std::os::unix::fs::MetadataExt as _;

    /// Whether this process watches a folder, as the kernel has it.
    fn is_watched(folder: &std::path::Path) -> bool {
        let inode = format!(" ino:{:x} ", fs::metadata(folder).unwrap().ino());
        let mut descriptors = fs::read_dir("/proc/self/fdinfo").unwrap().flatten();
        // One that was closed meanwhile watches nothing.
        descriptors
            .any(|entry| fs::read_to_string(entry.path()).is_ok_and(|text| text.contains(&inode)))
    }

    let running = Running::new();
    let folder = running.folder("shop", FILE);
    let above = folder.parent().unwrap();
    running.workbench.open(&folder).unwrap();
    assert!(is_watched(&folder) && !is_watched(above));

    // Without its file it might be gone next, without a word.
    let mut states = running.workbench.state();
    fs::remove_file(folder.join("tripledash.json")).unwrap();
    until(&mut states, |now| {
        now.problems
            .iter()
            .any(|problem| problem.found == "no file")
    })
    .await;
    assert!(is_watched(above));
    fs::remove_dir(&folder).unwrap();
    running.folder("shop", &FILE.replace("globex", "initech"));
    until(&mut states, |now| ids(now).contains(&"initech")).await;
    running.finish().await;
}

#[tokio::test]
async fn a_folder_that_takes_anothers_place_is_seen() {
    let running = Running::new();
    let folder = running.folder("shop", FILE);
    let other = running.folder("other", &FILE.replace("globex", "initech"));
    running.workbench.open(&folder).unwrap();
    let mut states = running.workbench.state();
    fs::rename(&folder, running.home.path().join("aside")).unwrap();
    fs::rename(&other, &folder).unwrap();
    until(&mut states, |now| ids(now).contains(&"initech")).await;
    running.folder("shop", &FILE.replace("globex", "hooli"));
    until(&mut states, |now| ids(now).contains(&"hooli")).await;
    running.finish().await;
}

#[cfg(unix)]
#[tokio::test]
async fn a_link_that_leads_elsewhere_is_followed() {
    let running = Running::new();
    let one = running.folder("one", FILE);
    let two = running.folder("two", &FILE.replace("globex", "initech"));
    let folder = running.home.path().join("linked");
    let link = folder.join("tripledash.json");
    fs::create_dir(&folder).unwrap();
    std::os::unix::fs::symlink(one.join("tripledash.json"), &link).unwrap();
    running.workbench.open(&folder).unwrap();
    let mut states = running.workbench.state();
    fs::remove_file(&link).unwrap();
    std::os::unix::fs::symlink(two.join("tripledash.json"), &link).unwrap();
    until(&mut states, |now| ids(now).contains(&"initech")).await;
    fs::remove_file(two.join("tripledash.json")).unwrap();
    until(&mut states, |now| {
        now.problems
            .iter()
            .any(|problem| problem.found == "no file")
    })
    .await;
    running.folder("two", &FILE.replace("globex", "hooli"));
    until(&mut states, |now| ids(now).contains(&"hooli")).await;
    running.finish().await;
}

#[tokio::test]
async fn files_of_certificates_are_read_and_watched() {
    let running = Running::new();
    let folder = running.folder("shop", FILE);
    running.workbench.open(&folder).unwrap();
    let mut snapshots = running.workbench.snapshot();
    let mut states = running.workbench.state();
    let secured = FILE.replace(
        r#""upstream": "http://localhost:3000""#,
        r#""upstream": "https://localhost:3000", "tls": { "ca": "certs/ca.pem" }"#,
    );
    assert_ne!(secured, FILE);
    fs::create_dir(folder.join("certs")).unwrap();
    fs::write(folder.join("tripledash.json"), secured).unwrap();

    // Named and not there yet: one warning, and the reason is in the snapshot.
    let missing = until(&mut snapshots, |now| !now.certificates.is_empty()).await;
    assert!(missing.certificates["certs/ca.pem"].is_err());
    let warned = |now: &WorkspaceState| {
        let mut problems = now.problems.iter();
        problems.any(|problem| problem.message.contains("certs/ca.pem"))
    };
    until(&mut states, |now| warned(now)).await;

    // Put there, in another folder than the workspace's: seen at once.
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    fs::write(folder.join("certs/ca.pem"), made.cert.pem()).unwrap();
    until(&mut snapshots, |now| {
        now.certificates
            .get("certs/ca.pem")
            .is_some_and(Result::is_ok)
    })
    .await;
    until(&mut states, |now| !warned(now)).await;
    running.finish().await;
}

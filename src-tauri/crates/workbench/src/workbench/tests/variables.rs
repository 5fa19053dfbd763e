//! Variables: where each has its value from, and what the keychain keeps.

use super::keychain::{Meanwhile, Operation};
use super::*;
use crate::environment::{Account, KeychainError};
use crate::state::VariableSource;
use crate::workbench::KeepError;
use tripledash_core::told;

const ASKING: &str = r#"{
  "name": "w",
  "tenants": { "url": "http://127.0.0.1:1/${env:LIST}" },
  "previews": [
    { "name": "main", "upstream": "http://localhost:3000", "headers": { "x-a": "${env:KEY} ${env:PATH}" } },
    { "vercel": { "project": "p" }, "headers": { "x-b": "${env:KEY}" } }
  ]
}
"#;

fn sources(state: &WorkspaceState) -> Vec<(&str, VariableSource)> {
    let variables = state.variables.iter();
    variables
        .map(|variable| (variable.name.as_str(), variable.source))
        .collect()
}

fn source(state: &WorkspaceState, name: &str) -> VariableSource {
    let found = sources(state).into_iter().find(|(known, _)| *known == name);
    found.unwrap().1
}

#[tokio::test]
async fn every_variable_says_where_it_is_from_and_who_asks() {
    let running = Running::new();
    let folder = running.folder("w", ASKING);
    fs::write(folder.join(".env.local"), "LIST=tenants\n").unwrap();
    running.workbench.open(&folder).unwrap();
    let state = running.state();
    assert_eq!(
        sources(&state),
        [
            ("KEY", VariableSource::Unset),
            ("LIST", VariableSource::Dotenv),
            ("PATH", VariableSource::Environment),
            ("VERCEL_AUTOMATION_BYPASS_SECRET", VariableSource::Unset),
            ("VERCEL_TOKEN", VariableSource::Unset),
        ]
    );
    let used: Vec<_> = state
        .variables
        .iter()
        .map(|v| v.used_by.join(", "))
        .collect();
    assert_eq!(
        used,
        [
            "preview main, previews[1]",
            "tenants",
            "preview main",
            "previews[1]",
            "previews[1]"
        ]
    );
    running.finish().await;
}

#[tokio::test]
async fn what_the_keychain_keeps_for_the_folder_is_found() {
    let running = Running::new();
    let folder = running.folder("w", ASKING);
    let other = running.folder("other", ASKING);
    let account = Account::new(&folder, "KEY");
    let value = "kept-in-keychain".to_owned();
    running
        .keychain
        .values
        .lock()
        .insert(account.as_str().to_owned(), value);

    let mut snapshots = running.workbench.snapshot();
    running.workbench.open(&folder).unwrap();
    let snapshot = until(&mut snapshots, |now| now.environment.contains_key("KEY")).await;
    assert_eq!(snapshot.environment["KEY"], "kept-in-keychain");
    // What the window sees is told after what requests see.
    let mut states = running.workbench.state();
    let is_kept = |now: &WorkspaceState| source(now, "KEY") == VariableSource::Keychain;
    until(&mut states, is_kept).await;
    // What the process sets is not asked for.
    assert!(
        !running
            .keychain
            .asked
            .lock()
            .contains(&Account::new(&folder, "PATH").as_str().to_owned())
    );

    // Another folder's workspace does not get it.
    running.workbench.open(&other).unwrap();
    assert_eq!(source(&running.state(), "KEY"), VariableSource::Unset);
    assert!(
        !snapshots
            .borrow_and_update()
            .environment
            .contains_key("KEY")
    );
    running.finish().await;
}

#[tokio::test]
async fn a_value_is_kept_and_used_at_once_and_forgotten() {
    let running = Running::new();
    let folder = running.folder("w", ASKING);
    running.workbench.open(&folder).unwrap();
    running.workbench.keep_variable("KEY", "s3cret").unwrap();
    assert_eq!(
        running.keychain.accounts(),
        [Account::new(&folder, "KEY").as_str()]
    );
    let state = running.state();
    assert_eq!(source(&state, "KEY"), VariableSource::Keychain);
    let told = serde_json::to_string(&state).unwrap();
    assert!(!told.contains("s3cret"), "{told}");
    assert_eq!(
        running.workbench.snapshot().borrow().environment["KEY"],
        "s3cret"
    );
    let debug = format!("{:?}", running.workbench.opened.lock().kept);
    assert!(
        debug.contains("KEY") && !debug.contains("s3cret"),
        "{debug}"
    );

    running.workbench.forget_variable("KEY").unwrap();
    assert!(running.keychain.accounts().is_empty());
    assert_eq!(source(&running.state(), "KEY"), VariableSource::Unset);
    assert!(
        !running
            .workbench
            .snapshot()
            .borrow()
            .environment
            .contains_key("KEY")
    );
    running.finish().await;
}

/// Opens another workspace in the midst of what is done with an account.
fn open_meanwhile(running: &Running, operation: Operation, account: &Account, other: &Path) {
    let (workbench, other) = (Arc::clone(&running.workbench), other.to_owned());
    *running.keychain.meanwhile.lock() = Some(Meanwhile {
        operation,
        account: account.as_str().to_owned(),
        happens: Box::new(move || workbench.open(&other).unwrap()),
    });
}

#[tokio::test]
async fn a_value_is_of_the_workspace_that_it_was_kept_for() {
    let running = Running::new();
    let folder = running.folder("w", ASKING);
    let other = running.folder("other", ASKING);
    running.workbench.open(&folder).unwrap();
    let kept = Account::new(&folder, "KEY");
    open_meanwhile(&running, Operation::Set, &kept, &other);
    running.workbench.keep_variable("KEY", "s3cret").unwrap();
    assert_eq!(running.keychain.accounts(), [kept.as_str()]);
    assert_eq!(source(&running.state(), "KEY"), VariableSource::Unset);

    // Nor does one lose its own when another's is forgotten.
    running.workbench.keep_variable("KEY", "another").unwrap();
    running.workbench.open(&folder).unwrap();
    running.workbench.keep_variable("KEY", "s3cret").unwrap();
    open_meanwhile(&running, Operation::Delete, &kept, &other);
    running.workbench.forget_variable("KEY").unwrap();
    let mut snapshots = running.workbench.snapshot();
    let snapshot = until(&mut snapshots, |now| now.environment.contains_key("KEY")).await;
    assert_eq!(snapshot.environment["KEY"], "another");
    running.finish().await;
}

#[tokio::test]
async fn a_look_that_began_before_takes_nothing_back() {
    let running = Running::new();
    let folder = running.folder("w", ASKING);
    for (name, value) in [("KEY", "old"), ("VERCEL_TOKEN", "token")] {
        let account = Account::new(&folder, name).as_str().to_owned();
        let mut values = running.keychain.values.lock();
        values.insert(account, value.to_owned());
    }
    let workbench = Arc::clone(&running.workbench);
    let happens = Box::new(move || workbench.keep_variable("KEY", "new").unwrap());
    *running.keychain.meanwhile.lock() = Some(Meanwhile {
        operation: Operation::Get,
        account: Account::new(&folder, "VERCEL_TOKEN").as_str().to_owned(),
        happens,
    });
    running.workbench.open(&folder).unwrap();
    let mut snapshots = running.workbench.snapshot();
    let is_told = |now: &tripledash_core::Snapshot| now.environment.contains_key("VERCEL_TOKEN");
    let snapshot = until(&mut snapshots, is_told).await;
    assert_eq!(snapshot.environment["KEY"], "new");
    running.finish().await;
}

#[tokio::test]
async fn env_local_goes_before_the_keychain() {
    let running = Running::new();
    let folder = running.folder("w", ASKING);
    running.workbench.open(&folder).unwrap();
    running.workbench.keep_variable("KEY", "kept").unwrap();
    let mut snapshots = running.workbench.snapshot();
    fs::write(folder.join(".env.local"), "KEY=written\n").unwrap();
    let is = |value: &'static str| {
        move |now: &tripledash_core::Snapshot| {
            now.environment.get("KEY").is_some_and(|v| v == value)
        }
    };
    until(&mut snapshots, is("written")).await;
    assert_eq!(
        running.workbench.keep_variable("KEY", "other"),
        Err(KeepError::Set {
            name: "KEY".to_owned(),
            source_of: VariableSource::Dotenv
        })
    );
    // It can be forgotten all the same.
    running.workbench.forget_variable("KEY").unwrap();
    assert!(running.keychain.accounts().is_empty());
    running.finish().await;
}

#[tokio::test]
async fn what_cannot_be_kept_is_refused_in_words() {
    let running = Running::new();
    let folder = running.folder("w", ASKING);
    running.workbench.open(&folder).unwrap();
    let refused =
        |name: &str, value: &str| told(&running.workbench.keep_variable(name, value).unwrap_err());
    assert_eq!(
        refused("NOT_ASKED", "v"),
        "the workspace asks for no variable named \"NOT_ASKED\""
    );
    assert_eq!(refused("KEY", "  "), "the value of KEY is empty");
    assert_eq!(
        refused("KEY", "a\nb"),
        "the value of KEY has a line break or another control character"
    );
    assert_eq!(
        refused("KEY", &"a".repeat(20_000)),
        "the value of KEY is longer than 16384 octets"
    );
    assert_eq!(
        refused("PATH", "v"),
        "PATH is set in the environment that Tripledash was started with, which goes before the keychain: change it there"
    );
    *running.keychain.fault.lock() = Some(KeychainError::Absent);
    assert_eq!(
        refused("KEY", "v"),
        "this system has no keychain: put KEY=… into .env.local beside tripledash.json"
    );
    let reason = "it is locked".to_owned();
    *running.keychain.fault.lock() = Some(KeychainError::Refused { reason });
    assert_eq!(
        refused("KEY", "s3cret"),
        "KEY is not kept; try again, or put KEY=… into .env.local beside tripledash.json: the system's keychain refused: it is locked"
    );
    assert_eq!(source(&running.state(), "KEY"), VariableSource::Unset);
    running.finish().await;
}

#[tokio::test]
async fn a_draft_takes_what_was_kept_along_when_it_is_saved() {
    let running = Running::new();
    let drafts = running.home.path().join("data/drafts");
    fs::create_dir_all(drafts.join("w")).unwrap();
    fs::write(drafts.join("w/tripledash.json"), ASKING).unwrap();
    let draft = drafts.join("w").canonicalize().unwrap();
    running.workbench.open(&draft).unwrap();
    running.workbench.keep_variable("KEY", "s3cret").unwrap();
    let folder = running.home.path().join("mine");
    fs::create_dir(&folder).unwrap();
    let folder = folder.canonicalize().unwrap();
    running.workbench.save(&folder).unwrap();
    assert_eq!(source(&running.state(), "KEY"), VariableSource::Keychain);
    let keychain = Arc::clone(&running.keychain);
    let wanted = [Account::new(&folder, "KEY").as_str().to_owned()];
    timeout(Duration::from_secs(20), async {
        loop {
            let changed = keychain.changed.notified();
            if keychain.accounts() == wanted {
                break;
            }
            changed.await;
        }
    })
    .await
    .unwrap();
    running.finish().await;
}

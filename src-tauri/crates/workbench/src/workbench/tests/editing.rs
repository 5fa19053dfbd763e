use std::fs;
use std::path::Path;

use serde_json::json;

use super::{FILE, Running, ids, text};
use crate::workbench::{EditError, UndoError};
use crate::{List, OriginKind};

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
    assert!(running.state().last_edit.is_some());
    workbench.undo(None).unwrap();
    workbench.undo(None).unwrap();
    assert_eq!(text(&folder), FILE);
    assert_eq!(running.state().last_edit, None);
    assert!(matches!(workbench.undo(None), Err(UndoError::Nothing)));
    running.finish().await;
}

#[tokio::test]
async fn it_is_known_since_when_the_requests_of_a_preview_are_what_they_are() {
    let running = Running::new();
    let folder = running.folder("shop", FILE);
    running.workbench.open(&folder).unwrap();
    let since = || running.state().previews[0].requests_since.unwrap();
    let name = running.state().previews[0].name.clone();
    let change = |key: &str, value: serde_json::Value| {
        let fields = [(key.to_owned(), Some(value))];
        running.workbench.change(List::Previews, &name, &fields)
    };
    let mut before = since();
    for (key, value) in [
        ("host", json!("{tenant}.localhost")),
        ("headers", json!({ "x-a": "1" })),
        ("upstream", json!("http://localhost:3999")),
        ("tenants", json!({ "acme": { "id": "acme-prod" } })),
    ] {
        change(key, value).unwrap();
        assert!(since() > before, "{key}");
        before = since();
    }
    // What a page looks like does not depend on these.
    change("timeout", json!(10)).unwrap();
    change("access", json!("read-only")).unwrap();
    running.workbench.remove(List::Tenants, "globex").unwrap();
    assert_eq!(since(), before);
    running.finish().await;
}

#[tokio::test]
async fn undo_takes_back_the_edit_that_was_meant_and_no_other() {
    let running = Running::new();
    let folder = running.folder("shop", FILE);
    let workbench = &running.workbench;
    workbench.open(&folder).unwrap();
    workbench.remove(List::Tenants, "acme").unwrap();
    let first = running.state().last_edit;
    let after_first = text(&folder);
    workbench.remove(List::Tenants, "globex").unwrap();
    let second = running.state().last_edit;
    let error = workbench.undo(first).unwrap_err();
    assert!(matches!(error, UndoError::NotTheLast), "{error}");
    workbench.undo(second).unwrap();
    assert_eq!(text(&folder), after_first);
    assert_eq!(running.state().last_edit, first);

    // Nor is one taken back that was made after it was.
    workbench.undo(first).unwrap();
    workbench.remove(List::Tenants, "globex").unwrap();
    for edit in [first, second] {
        workbench.undo(edit).unwrap_err();
    }
    running.finish().await;
}

#[tokio::test]
async fn of_two_states_the_newer_one_has_more_revisions() {
    let running = Running::new();
    let folder = running.folder("shop", FILE);
    running.workbench.open(&folder).unwrap();
    let mut states = running.workbench.state();
    let opened = states.borrow_and_update().clone();

    // Also where requests see no change.
    let file = folder.join("tripledash.json");
    fs::write(&file, FILE.replace("\"tenants\"", "\"tenant\"")).unwrap();
    running.workbench.open(&folder).unwrap();
    let broken = running.state();
    assert_ne!(broken.problems, opened.problems);
    assert!(broken.revision > opened.revision);

    // Another workspace's is newer too.
    let other = running.folder("other", FILE);
    running.workbench.open(&other).unwrap();
    assert!(running.state().revision > broken.revision);
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
    running.workbench.undo(None).unwrap();
    assert!(matches!(
        running.workbench.undo(None),
        Err(UndoError::Nothing)
    ));
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
    assert_eq!(running.state().last_edit, None);
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
async fn a_refused_edit_of_nothing_starts_no_draft() {
    let running = Running::new();
    assert!(running.workbench.remove(List::Tenants, "gone").is_err());
    let refused = running
        .workbench
        .add(List::Tenants, &[("id".to_owned(), json!("Not A Label"))]);
    assert!(matches!(refused, Err(EditError::Invalid { .. })));
    assert_eq!(running.state().origin.folder, "");
    assert!(!running.home.path().join("data/drafts").exists());
    running.finish().await;
}

#[tokio::test]
async fn an_unlocked_preview_is_locked_again_when_it_leads_elsewhere() {
    let running = Running::new();
    let folder = running.folder("shop", FILE);
    running.workbench.open(&folder).unwrap();
    let change = |field: &str, value: &str| {
        let changes = [(field.to_owned(), Some(json!(value)))];
        running
            .workbench
            .change(List::Previews, "production", &changes)
            .unwrap();
    };
    running.workbench.unlock("production", true).unwrap();
    change("branch", "main");
    assert!(running.state().previews[1].unlocked);
    change("upstream", "https://other.example");
    assert!(!running.state().previews[1].unlocked);
    running.finish().await;
}

#[tokio::test]
async fn a_save_in_the_midst_of_an_edit_stays_and_the_edit_is_made_in_it() {
    let running = Running::new();
    let folder = running.folder("shop", FILE);
    running.workbench.open(&folder).unwrap();
    let saved = FILE.replace("globex", "hooli");
    let rename = |text: &str| Ok(text.replace("\"shop\"", "\"store\""));
    // An editor saves after the text was read, and before another is written.
    let once = std::cell::Cell::new(true);
    let edited = running.workbench.edit(|text| {
        if once.take() {
            fs::write(folder.join("tripledash.json"), &saved).unwrap();
        }
        rename(text)
    });
    edited.unwrap();
    assert_eq!(text(&folder), rename(&saved).unwrap());
    running.workbench.undo(None).unwrap();
    assert_eq!(text(&folder), saved, "and not what was before it");

    // One that goes on saving is not overwritten either.
    let count = std::cell::Cell::new(0);
    let refused = running.workbench.edit(|text| {
        count.set(count.get() + 1);
        let saved = saved.replace("hooli", &format!("hooli-{}", count.get()));
        fs::write(folder.join("tripledash.json"), saved).unwrap();
        rename(text)
    });
    let refused = refused.unwrap_err().to_string();
    assert_eq!(
        refused,
        "tripledash.json is another by now: look at it again"
    );
    assert!(text(&folder).contains("hooli-2"), "{}", text(&folder));
    running.finish().await;
}

#[tokio::test]
async fn an_edit_does_not_put_one_error_in_the_place_of_another() {
    let running = Running::new();
    let broken = FILE.replace("\"name\": \"shop\"", "\"name\": 5");
    let folder = running.folder("shop", &broken);
    running.workbench.open(&folder).unwrap();
    let edit = |from: &'static str, to: &'static str| {
        let edited = running
            .workbench
            .edit(move |text| Ok(text.replace(from, to).replace(": 5", ": \"shop\"")));
        edited.map(|()| text(&folder))
    };
    let swapped = edit("\"acme\"", "\"A B\"");
    assert!(
        matches!(&swapped, Err(EditError::Invalid { .. })),
        "{swapped:?}"
    );
    assert_eq!(text(&folder), broken);
    assert!(edit("\"acme\"", "\"hooli\"").unwrap().contains("hooli"));
    running.finish().await;
}

#[tokio::test]
async fn tenants_that_do_not_fit_a_preview_are_shown() {
    let running = Running::new();
    let long = "a".repeat(56);
    let folder = running.folder("shop", &FILE.replace("globex", &long));
    running.workbench.open(&folder).unwrap();
    let state = running.state();
    assert_eq!(state.over_budget.count, 1);
    let over = &state.over_budget.previews[0];
    assert_eq!(
        (over.preview.as_str(), over.count, over.over),
        ("production", 1, 6)
    );
    assert_eq!(over.tenants, [long.as_str()]);
    let json = serde_json::to_value(&state).unwrap();
    assert_eq!(json["overBudget"]["previews"][0]["over"], 6);
    running.workbench.remove(List::Tenants, &long).unwrap();
    assert_eq!(running.state().over_budget.count, 0);
    running.finish().await;
}

#[tokio::test]
async fn saving_where_it_is_already_shows_what_is_there() {
    let running = Running::new();
    let folder = running.folder("shop", FILE);
    running.workbench.open(&folder).unwrap();
    fs::write(
        folder.join("tripledash.json"),
        FILE.replace("\"shop\"", "\"store\""),
    )
    .unwrap();
    running.workbench.save(&folder).unwrap();
    assert_eq!(running.state().name, "store");
    running.finish().await;
}

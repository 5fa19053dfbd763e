use std::fs;
use std::sync::atomic::{AtomicI64, Ordering};

use tripledash_core::Timestamp;

use super::answering::Answering;
use super::{Running, ids, until};
use crate::SourceStatus;

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

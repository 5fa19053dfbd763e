//! The real binary: what it prints, and how it ends.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod check;
mod explain;
#[path = "../support/git.rs"]
mod git;
mod init;
mod probe;
mod sources;
mod url;

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

const WORKSPACE: &str = r#"{
  "name": "shop",
  "tenants": [{ "id": "acme" }, { "id": "globex" }],
  "previews": [
    { "name": "main", "upstream": "http://localhost:3000", "host": "{tenant}.localhost:3000" },
    { "name": "feature", "upstream": "https://my-app-git-feature.acme.dev" }
  ],
  "rules": [{ "by": "app", "source": "/((?!api).*)", "destination": "/{tenant}/$1" }]
}"#;

/// Tenants in the path.
const FESTIVAL: &str = r#"{
  "name": "festival",
  "tenancy": { "kind": "path" },
  "tenants": [{ "id": "houston" }, { "id": "chicago" }],
  "previews": [
    { "name": "main", "upstream": "http://localhost:3000" },
    { "name": "feature", "upstream": "https://festival.acme.dev", "tenants": { "houston": { "id": "houston-tx" } } }
  ]
}"#;

/// A preview that is each tenant's own site, and one whose name leaves a tenant too little room.
const DOMAINS: &str = r#"{
  "name": "shop",
  "tenants": [{ "id": "acme", "domains": ["shop.acme.com", "acme.example"] }, { "id": "globex" }],
  "previews": [
    { "name": "production", "upstream": "https://{domain}", "access": "read-only" },
    { "name": "a-branch-whose-name-leaves-a-tenant-of-six-letters-no-room", "upstream": "https://short.acme.dev" },
    { "name": "short", "upstream": "https://short.acme.dev" }
  ]
}"#;
const LONG: &str = "a-branch-whose-name-leaves-a-tenant-of-six-letters-no-room";

fn folder(text: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("tripledash.json"), text).unwrap();
    folder
}

fn tripledash(folder: &Path, words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tripledash"))
        .args(words)
        .current_dir(folder)
        .env("TRIPLEDASH_DATA", folder.join("data"))
        .env("TRIPLEDASH_KEYCHAIN", "off")
        .env_remove("TRIPLEDASH_TOKEN")
        .output()
        .unwrap()
}

/// Exit code, standard output and standard error.
fn said(folder: &Path, words: &[&str]) -> (i32, String, String) {
    let output = tripledash(folder, words);
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (
        output.status.code().unwrap(),
        text(output.stdout),
        text(output.stderr),
    )
}

#[test]
fn completions_are_made_for_every_shell() {
    let folder = tempfile::tempdir().unwrap();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let (code, out, _) = said(folder.path(), &["completions", shell]);
        assert_eq!(code, 0);
        assert!(out.contains("explain"), "{shell}");
    }
}

#[test]
fn the_api_describes_itself() {
    let folder = tempfile::tempdir().unwrap();
    let (code, out, _) = said(folder.path(), &["openapi"]);
    let value: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(code, 0);
    assert!(value["paths"]["/api/v1/workspace"].is_object());
}

#[test]
fn the_schema_is_printed() {
    let folder = tempfile::tempdir().unwrap();
    let (code, answer, _) = said(folder.path(), &["schema"]);
    let schema: Value = serde_json::from_str(&answer).unwrap();
    assert_eq!(
        (code, schema["title"].as_str()),
        (0, Some("Tripledash workspace"))
    );
}

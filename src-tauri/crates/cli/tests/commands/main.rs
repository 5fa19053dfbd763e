//! The real binary: what it prints, and how it ends.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod explain;
mod init;
mod probe;
mod sources;

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

mod url {
    use super::*;

    #[test]
    fn a_tenant_on_a_preview_is_one_line() {
        let folder = folder(WORKSPACE);
        let cases = [
            (
                &["--tenant", "acme", "--preview", "main"][..],
                "http://acme---main.tripledash.localhost:7333/",
            ),
            (
                &["--preview", "main"],
                "http://main.tripledash.localhost:7333/",
            ),
            (
                &[
                    "--tenant",
                    "acme",
                    "--preview",
                    "main",
                    "--session",
                    "admin",
                    "--path",
                    "/a b?q=ü",
                    "--port",
                    "8000",
                ],
                "http://acme---main.admin.tripledash.localhost:8000/a%20b?q=%C3%BC",
            ),
            (
                &["--tenant", "acme", "--preview", "feature", "--remote"],
                "https://acme---my-app-git-feature.acme.dev/",
            ),
        ];
        for (words, url) in cases {
            let (code, out, err) = said(folder.path(), &[&["url"], words].concat());
            assert_eq!(
                (code, out.as_str(), err.as_str()),
                (0, format!("{url}\n").as_str(), ""),
                "{words:?}"
            );
        }
    }

    #[test]
    fn an_unlisted_tenant_is_printed_with_a_warning() {
        let folder = folder(WORKSPACE);
        let (code, out, err) = said(
            folder.path(),
            &["url", "--tenant", "initech", "--preview", "main"],
        );
        assert_eq!(
            (code, out.as_str()),
            (0, "http://initech---main.tripledash.localhost:7333/\n")
        );
        assert!(err.contains("warning") && err.contains("initech"), "{err}");
    }

    #[test]
    fn a_tenant_in_the_path_is_printed_there() {
        let folder = folder(FESTIVAL);
        for (words, url) in [
            (
                &[
                    "--tenant",
                    "houston",
                    "--preview",
                    "main",
                    "--path",
                    "/events",
                ][..],
                "http://main.tripledash.localhost:7333/houston/events",
            ),
            (
                &["--preview", "main", "--path", "/events"],
                "http://main.tripledash.localhost:7333/events",
            ),
            (
                &["--tenant", "houston", "--preview", "feature", "--remote"],
                "https://festival.acme.dev/houston-tx",
            ),
        ] {
            let said = said(folder.path(), &[&["url"], words].concat());
            assert_eq!(said, (0, format!("{url}\n"), String::new()), "{words:?}");
        }
    }

    #[test]
    fn a_tenant_without_a_domain_is_told_of_and_one_over_budget_gets_shorter_names() {
        let folder = folder(DOMAINS);
        let asked = |tenant, preview| {
            said(
                folder.path(),
                &["url", "--tenant", tenant, "--preview", preview],
            )
        };
        let (code, out, err) = asked("globex", "production");
        assert_eq!(
            (code, out.as_str()),
            (0, "http://globex---production.tripledash.localhost:7333/\n")
        );
        assert!(
            err.contains("each tenant's own site, and globex has no domain"),
            "{err}"
        );
        assert_eq!(asked("acme", "production").2, "");
        let (code, out, err) = asked("globex", LONG);
        assert_eq!((code, out.as_str()), (1, ""));
        assert!(
            err.contains("4 over the 63") && err.contains("also called short"),
            "{err}"
        );
    }

    #[test]
    fn what_has_no_address_prints_none() {
        let folder = folder(WORKSPACE);
        let long = "a".repeat(60);
        let cases = [
            (&["--tenant", "acme", "--preview", "mian"][..], "mian"),
            (&["--tenant", long.as_str(), "--preview", "main"], "63"),
            (
                &["--tenant", "acme", "--preview", "main", "--remote"],
                "on this machine",
            ),
        ];
        for (words, about) in cases {
            let (code, out, err) = said(folder.path(), &[&["url"], words].concat());
            assert_eq!((code, out.as_str()), (1, ""), "{words:?}: {err}");
            assert!(err.contains(about), "{words:?}: {err}");
        }
    }

    #[test]
    fn a_broken_workspace_has_no_addresses() {
        let folder = folder("{");
        let (code, out, err) = said(folder.path(), &["url", "--preview", "main"]);
        assert_eq!((code, out.as_str()), (1, ""));
        assert!(err.contains("tripledash.json:1:"), "{err}");
    }

    #[test]
    fn a_missing_word_is_misuse() {
        let folder = folder(WORKSPACE);
        assert_eq!(said(folder.path(), &["url"]).0, 2);
        assert_eq!(said(folder.path(), &["ulr"]).0, 2);
    }
}

mod check {
    use super::*;

    #[test]
    fn a_good_file_is_good() {
        let folder = folder(WORKSPACE);
        assert_eq!(
            said(folder.path(), &["check"]),
            (0, "tripledash.json is good\n".to_owned(), String::new())
        );
    }

    #[test]
    fn every_error_is_told_with_its_place() {
        let folder = folder(
            "{\n  \"nmae\": \"x\",\n  \"previews\": [{ \"name\": \"MAIN\", \"upstream\": 5 }]\n}",
        );
        let (code, out, _) = said(folder.path(), &["check"]);
        assert_eq!(code, 1);
        for place in ["tripledash.json:2:3: error:", "tripledash.json:3:"] {
            assert!(out.contains(place), "{place} in {out}");
        }
        let (code, out, _) = said(folder.path(), &["check", "--json"]);
        let report: Value = serde_json::from_str(&out).unwrap();
        assert_eq!((code, out.lines().count()), (1, 1));
        assert!(report["errors"].as_u64().unwrap() >= 3, "{report}");
        assert_eq!(report["problems"][0]["line"], 2);
    }

    #[test]
    fn an_unset_variable_is_a_warning_and_good() {
        let folder = folder(
            r#"{ "name": "x", "tenants": [], "previews": [{ "name": "main", "upstream": "http://localhost:3000",
                 "headers": { "x-secret": "${env:TRIPLEDASH_TEST_NOT_SET}" } }] }"#,
        );
        let (code, out, _) = said(folder.path(), &["check"]);
        assert_eq!(code, 0, "{out}");
        assert!(
            out.contains("warning") && out.contains("TRIPLEDASH_TEST_NOT_SET"),
            "{out}"
        );
        std::fs::write(
            folder.path().join(".env.local"),
            "TRIPLEDASH_TEST_NOT_SET=1\n",
        )
        .unwrap();
        assert_eq!(
            said(folder.path(), &["check"]).1,
            "tripledash.json is good\n"
        );
    }

    #[test]
    fn tenants_that_do_not_fit_a_preview_are_a_warning_each() {
        let folder = folder(DOMAINS);
        let (code, out, _) = said(folder.path(), &["check"]);
        assert_eq!((code, out.lines().count()), (0, 5), "{out}");
        for words in [
            "tripledash.json:5:5: warning: the preview \"production\": found the tenant globex without a domain",
            "tripledash.json:6:5: warning: the preview \"a-branch",
            "found 2 of 2 tenants over, the longest, globex, by 4 octets, wanted at most 63 octets",
            "the same deployment is also called short",
            "tripledash.json is good, with 2 warnings",
        ] {
            assert!(out.contains(words), "{words} in {out}");
        }
    }

    #[test]
    fn no_file_and_no_folder_are_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        let (code, out, err) = said(folder.path(), &["check"]);
        assert_eq!((code, out.as_str()), (1, ""));
        assert!(err.contains("no tripledash.json"), "{err}");
        let (code, _, err) = said(folder.path(), &["check", "nowhere"]);
        assert_eq!(code, 1);
        assert!(err.contains("nowhere"), "{err}");
    }
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
fn what_is_no_workspace_is_told_in_words() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.txt"), "").unwrap();
    std::fs::create_dir(folder.path().join("empty")).unwrap();
    for (named, wanted) in [
        ("nonexistent", "error: no folder at nonexistent\n"),
        (
            "nonexistent/tripledash.json",
            "error: no folder at nonexistent\n",
        ),
        (
            "a.txt",
            "error: a.txt is a file, wanted the folder that has tripledash.json\n",
        ),
        (
            "empty",
            "error: no tripledash.json in empty: name the folder that has one, or start with `tripledash serve --demo`\n",
        ),
        (
            "tripledash.json",
            "error: no tripledash.json in .: name the folder that has one, or start with `tripledash serve --demo`\n",
        ),
    ] {
        let (code, _, error) = said(folder.path(), &["check", named]);
        assert_eq!((code, error.as_str()), (1, wanted), "{named}");
    }
}

#[test]
fn a_path_to_the_file_stands_for_its_folder() {
    let folder = folder(WORKSPACE);
    let (code, answer, _) = said(folder.path(), &["check", "tripledash.json"]);
    assert_eq!((code, answer.as_str()), (0, "tripledash.json is good\n"));
}

/// A workspace that asks for a variable, checked with the session's D-Bus at an address.
#[cfg(target_os = "linux")]
fn checked_with_bus(address: &str) -> (i32, String) {
    let text = r#"{ "name": "w", "previews": [{ "name": "a", "upstream": "http://a.example",
        "headers": { "x-secret": "${env:TRIPLEDASH_TEST_NOT_SET}" } }] }"#;
    let folder = folder(text);
    let output = Command::new(env!("CARGO_BIN_EXE_tripledash"))
        .arg("check")
        .current_dir(folder.path())
        .env("DBUS_SESSION_BUS_ADDRESS", address)
        .env_remove("TRIPLEDASH_KEYCHAIN")
        .output()
        .unwrap();
    let answer = String::from_utf8(output.stdout).unwrap();
    (output.status.code().unwrap(), answer)
}

#[cfg(target_os = "linux")]
#[test]
fn a_system_without_a_keychain_sets_nothing_and_is_no_error() {
    let (code, answer) = checked_with_bus("unix:path=/nonexistent/bus");
    assert_eq!(code, 0, "{answer}");
    assert!(
        answer.contains("TRIPLEDASH_TEST_NOT_SET is not set"),
        "{answer}"
    );
}

#[cfg(target_os = "linux")]
#[test]
fn a_keychain_that_never_answers_does_not_hold_a_command_up() {
    let place = tempfile::tempdir().unwrap();
    let socket = place.path().join("bus");
    // Connections are taken by the system, and nobody speaks.
    let _silent = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    let (code, answer) = checked_with_bus(&format!("unix:path={}", socket.display()));
    assert_eq!(code, 0, "{answer}");
    assert!(
        answer.contains("TRIPLEDASH_TEST_NOT_SET is not set"),
        "{answer}"
    );
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

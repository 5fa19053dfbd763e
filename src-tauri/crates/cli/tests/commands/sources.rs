//! Workspaces whose tenants and previews are found: the commands ask for them as the window does.

use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use super::git::git;
use super::{folder, tripledash};

const WORKSPACE: &str = r#"{
  "name": "shop",
  "tenants": { "file": "tenants.csv" },
  "previews": [
    { "git": ".", "dev": "npm run dev -- --port {port}" },
    { "template": "https://{branch}.preview.acme.dev" }
  ]
}"#;

/// A repository with the branches `main` and `feature/New_Cart`.
fn shop() -> TempDir {
    let folder = folder(WORKSPACE);
    let tenants = "\u{feff}id;name\r\nacme;\"Acme; the first\"\r\nBad Id;Bad\r\nglobex;\r\n";
    std::fs::write(folder.path().join("tenants.csv"), tenants).unwrap();
    git(folder.path(), &["init", "-q"]);
    git(folder.path(), &["add", "-A"]);
    git(folder.path(), &["commit", "-qm", "first"]);
    git(folder.path(), &["branch", "feature/New_Cart"]);
    folder
}

/// What a command printed: its code, its answer, its remarks.
fn run(folder: &Path, words: &[&str]) -> (Option<i32>, String, String) {
    let output = tripledash(folder, words);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (
        output.status.code(),
        text(&output.stdout),
        text(&output.stderr),
    )
}

#[test]
fn the_address_of_a_branch_that_the_file_does_not_name() {
    let shop = shop();
    let words = [
        "url",
        "--tenant",
        "acme",
        "--preview",
        "feature-new-cart",
        "--path",
        "/x",
    ];
    let (code, out, err) = run(shop.path(), &words);
    assert_eq!(code, Some(0), "{err}");
    assert_eq!(
        out,
        "http://acme---feature-new-cart.tripledash.localhost:7333/x\n"
    );
    assert_eq!(err, "", "the tenant is listed in the table");
    let remote = [&words[..], &["--remote"]].concat();
    let (code, out, err) = run(shop.path(), &remote);
    assert_eq!((code, out.as_str()), (Some(1), ""));
    assert!(err.contains("does not run"), "{err}");
    let (code, out, err) = run(
        shop.path(),
        &[
            "url",
            "--tenant",
            "acme",
            "--preview",
            "main-remote",
            "--remote",
        ],
    );
    assert_eq!(code, Some(0), "{err}");
    assert_eq!(out, "https://acme---main.preview.acme.dev/\n");
    let (code, _, err) = run(shop.path(), &["url", "--preview", "feature-new-card"]);
    assert_eq!(code, Some(1));
    assert!(err.contains("feature-new-cart"), "{err}");
}

#[test]
fn what_a_request_would_come_to() {
    let shop = shop();
    let url = "http://acme---main-remote.tripledash.localhost/cart";
    let (code, out, err) = run(shop.path(), &["explain", url, "--json"]);
    assert_eq!(code, Some(0), "{err}");
    let told: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(told["upstream"]["origin"], "https://main.preview.acme.dev");
    assert_eq!(told["upstream"]["host"], "acme---main.preview.acme.dev");
}

#[test]
fn what_is_wrong_with_sources_is_told_where_they_stand() {
    let shop = shop();
    let (code, out, err) = run(shop.path(), &["check"]);
    assert_eq!(code, Some(0), "{out}{err}");
    assert!(
        out.contains("tenants.csv:3:") && out.contains("\"bad-id\" would do"),
        "{out}"
    );

    // No repository, no table, no token: three warnings, and the rest of the file is good.
    let broken = folder(
        r#"{ "name": "shop", "tenants": { "file": "tenants.csv" }, "previews": [
  { "git": "." },
  { "vercel": { "project": "shop" } }
] }"#,
    );
    let (code, out, err) = run(broken.path(), &["check"]);
    assert_eq!(code, Some(0), "{out}{err}");
    assert!(out.contains("is good, with 3 warnings"), "{out}");
    for (place, words) in [
        ("tripledash.json:1:30", "tenants.csv"),
        ("tripledash.json:2:3", "git init"),
        ("tripledash.json:3:15", "VERCEL_TOKEN is not set"),
    ] {
        let line = out.lines().find(|line| line.starts_with(place));
        assert!(
            out.contains(words) && line.is_some(),
            "{place} {words}: {out}"
        );
    }
}

#[test]
fn a_program_lists_tenants_only_where_it_is_trusted() {
    let text = r#"{ "name": "shop", "tenants": { "command": ["sh", "-c", "touch ran; echo id; echo acme"] },
  "previews": [{ "name": "main", "upstream": "http://localhost:3000" }] }"#;
    let folder = folder(text);
    let (code, out, _) = run(folder.path(), &["check"]);
    assert_eq!(code, Some(0), "{out}");
    assert!(out.contains("this folder is not trusted"), "{out}");
    assert!(!folder.path().join("ran").exists());
    let real = folder.path().canonicalize().unwrap();
    let line = "sh -c 'touch ran; echo id; echo acme'";
    let command = serde_json::json!({ "place": "tenants.command", "line": line, "folder": "." });
    let trusted = serde_json::json!([{ "folder": real, "commands": [command] }]);
    std::fs::create_dir_all(folder.path().join("data")).unwrap();
    std::fs::write(folder.path().join("data/trusted.json"), trusted.to_string()).unwrap();
    let (code, out, err) = run(
        folder.path(),
        &["url", "--tenant", "acme", "--preview", "main"],
    );
    assert_eq!((code, err.as_str()), (Some(0), ""), "{out}");
    assert!(folder.path().join("ran").exists());
}

#[test]
fn tenants_that_are_listed_elsewhere_fit_branches_that_are_found() {
    let shop = shop();
    git(shop.path(), &["branch", "feature/that-has-a-long-name"]);
    let long = "a".repeat(50);
    let tenants = format!("id\nacme\n{long}\n");
    std::fs::write(shop.path().join("tenants.csv"), tenants).unwrap();
    let (code, out, err) = run(shop.path(), &["check"]);
    assert_eq!(code, Some(0), "{out}{err}");
    let line = format!(
        "the preview \"feature-that-has-a-long-name\": found the tenant {long} 18 octets over"
    );
    assert!(out.contains(&line), "{line} in {out}");
}

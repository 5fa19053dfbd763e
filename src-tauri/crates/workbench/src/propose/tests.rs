//! Folders of every kind, and what is made of them.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use tempfile::TempDir;
use tripledash_core::workspace::parse;

use super::{Proposal, look, propose};
use crate::{CreateError, FILE};
use crate::{SCHEMA_FILE, write_workspace};

/// A folder `web` with files in it.
fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = folder.path().join("web").join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        let above = path.parent().unwrap();
        if above.ends_with(".git") {
            // What makes a folder a repository, beside the files.
            for folder in ["objects", "refs"] {
                fs::create_dir_all(above.join(folder)).unwrap();
            }
        }
    }
    fs::create_dir_all(folder.path().join("web")).unwrap();
    folder
}

fn proposed_in(folder: &Path) -> Proposal {
    propose(&look(folder).unwrap())
}

fn proposed(files: &[(&str, &str)]) -> Proposal {
    proposed_in(&folder(files).path().join("web"))
}

fn value(proposal: &Proposal) -> Value {
    serde_json::from_str(&proposal.text).unwrap()
}

fn said(proposal: &Proposal) -> String {
    let notes = proposal
        .notes
        .iter()
        .map(|note| format!("{}: {}", note.about, note.message));
    notes.collect::<Vec<_>>().join("\n")
}

fn package(script: &str) -> String {
    json!({ "name": "@acme/shop", "scripts": { "dev": script, "build": "x" } }).to_string()
}

const GIT: [(&str, &str); 2] = [
    (".git/HEAD", "ref: refs/heads/main\n"),
    (
        ".git/config",
        "[remote \"origin\"]\n\turl = https://u:s3cret@github.com/acme/shop.git\n",
    ),
];

#[test]
fn an_app_in_a_repository() {
    let next = package("next dev -p 3001");
    let files = [
        GIT[0],
        GIT[1],
        ("package.json", &next),
        ("package-lock.json", "{}"),
    ];
    let proposal = proposed(&files);
    assert_eq!(
        proposal.text,
        r#"{
  "$schema": "./tripledash.schema.json",
  "name": "shop",
  "prefix": ["tenant"],
  "tenants": [],
  "previews": [
    { "name": "local", "upstream": "http://localhost:3001" },
    { "git": ".", "setup": "npm ci", "dev": "npm run dev -- --port {port}", "copy": [".env*"] }
  ]
}
"#
    );
    let said = said(&proposal);
    assert!(
        said.contains("on main, from github.com/acme/shop"),
        "{said}"
    );
    assert!(!said.contains("s3cret"), "{said}");
    assert!(
        proposal.next.iter().any(|step| step.contains("trust")),
        "{:?}",
        proposal.next
    );
    assert!(
        proposal
            .next
            .iter()
            .any(|step| step.contains("tripledash probe local --write"))
    );
}

#[test]
fn each_package_manager() {
    for (lock, text, setup, dev) in [
        (
            "pnpm-lock.yaml",
            "",
            "pnpm install --frozen-lockfile",
            "pnpm run dev --port {port}",
        ),
        (
            "yarn.lock",
            "# yarn lockfile v1",
            "yarn install --frozen-lockfile",
            "yarn run dev --port {port}",
        ),
        (
            "yarn.lock",
            "__metadata:\n  version: 8",
            "yarn install --immutable",
            "yarn run dev --port {port}",
        ),
        (
            "bun.lock",
            "{}",
            "bun install --frozen-lockfile",
            "bun run dev --port {port}",
        ),
        (
            "README.md",
            "",
            "npm install",
            "npm run dev -- --port {port}",
        ),
    ] {
        let package = package("next dev");
        let proposal = proposed(&[GIT[0], ("package.json", &package), (lock, text)]);
        let source = &value(&proposal)["previews"][1];
        assert_eq!(
            (source["setup"].as_str(), source["dev"].as_str()),
            (Some(setup), Some(dev))
        );
    }
    let package = r#"{ "packageManager": "pnpm@9.1.0", "scripts": { "dev": "next dev" } }"#;
    let proposal = proposed(&[
        GIT[0],
        ("package.json", package),
        ("package-lock.json", "{}"),
    ]);
    assert_eq!(value(&proposal)["previews"][1]["setup"], "pnpm install");
}

#[test]
fn vite_and_others() {
    let vite = package("vite");
    let config = "export default defineConfig({ server: { port: 4301 } })";
    let proposal = proposed(&[GIT[0], ("package.json", &vite), ("vite.config.ts", config)]);
    let previews = &value(&proposal)["previews"];
    assert_eq!(previews[0]["upstream"], "http://localhost:4301");
    assert_eq!(
        previews[1]["dev"],
        "npm run dev -- --port {port} --strictPort"
    );
    let own = package("node server.js");
    let proposal = proposed(&[GIT[0], ("package.json", &own)]);
    assert_eq!(value(&proposal)["previews"][1]["dev"], "npm run dev");
    assert!(said(&proposal).contains("a guess"));
}

#[test]
fn what_is_not_there_is_left_out_and_said() {
    let proposal = proposed(&[]);
    assert_eq!(value(&proposal)["name"], "web");
    assert_eq!(value(&proposal)["previews"], json!([]));
    assert!(
        said(&proposal).contains("there is no package.json"),
        "{}",
        said(&proposal)
    );
    let proposal = proposed(&[("package.json", "{ \"name\": ")]);
    assert!(
        said(&proposal).contains("package.json cannot be read: EOF"),
        "{}",
        said(&proposal)
    );
    for odd in [
        "[]",
        "{ \"name\": 1, \"scripts\": [], \"workspaces\": 7 }",
        "\u{feff}{}",
        "",
    ] {
        assert_eq!(
            value(&proposed(&[("package.json", odd)]))["previews"],
            json!([]),
            "{odd}"
        );
    }
    let next = package("next dev");
    let proposal = proposed(&[("package.json", &next)]);
    assert_eq!(value(&proposal)["previews"].as_array().unwrap().len(), 1);
    assert!(said(&proposal).contains("not a git repository"));
    assert!(look(Path::new("/no/such/folder")).is_err());
}

#[test]
fn what_the_code_says_of_its_tenants() {
    let next = package("next dev");
    let platforms = "const host = request.headers.get('host')\nif (host.includes('.localhost')) { subdomain = host.split('.')[0] }";
    let env = "ROOT_DOMAIN=localhost:3000\nNEXT_PUBLIC_ROOT_DOMAIN=my-app.com\nSECRET=s3cret\n";
    let files = [
        ("package.json", next.as_str()),
        ("src/middleware.ts", platforms),
        (".env.local", env),
    ];
    let proposal = proposed(&files);
    assert_eq!(
        value(&proposal)["previews"][0]["host"],
        "{tenant}.localhost:{port}"
    );
    let in_git = [&files[..], &GIT[..]].concat();
    let found = value(&proposed(&in_git));
    assert_eq!(found["previews"][1]["git"], ".");
    assert_eq!(found["previews"][1]["host"], "{tenant}.localhost:{port}");
    assert!(said(&proposal).contains("src/middleware.ts takes the first label"));
    assert!(said(&proposal).contains("NEXT_PUBLIC_ROOT_DOMAIN is my-app.com"));
    assert!(!format!("{proposal:?}").contains("s3cret"));
    let reference = "import { getSubdomain } from 'tldts'\nhost.split('---')";
    let proposal = proposed(&[("package.json", &next), ("proxy.ts", reference)]);
    assert_eq!(value(&proposal)["previews"][0].get("host"), None);
    assert!(said(&proposal).contains("proxy.ts splits the host at ---"));
    assert!(said(&proposed(&[("package.json", &next)])).contains("the probe finds out"));
}

#[test]
fn apps_of_a_repository_of_several() {
    let root = r#"{ "name": "mono", "scripts": { "dev": "turbo dev" }, "workspaces": ["apps/*", "!apps/old", "../out"] }"#;
    let web = package("next dev");
    let admin = r#"{ "name": "admin", "scripts": { "dev": "vite --port 4000" } }"#;
    let files = [
        GIT[0],
        ("package.json", root),
        ("package-lock.json", "{}"),
        ("apps/web/package.json", &web),
        ("apps/admin/package.json", admin),
        (
            "apps/worker/package.json",
            r#"{ "scripts": { "dev": "node worker.js" } }"#,
        ),
        ("apps/README.md", ""),
    ];
    let proposal = proposed(&files);
    let previews = value(&proposal)["previews"].clone();
    assert_eq!(
        previews[0],
        json!({ "name": "admin", "upstream": "http://localhost:4000" })
    );
    assert_eq!(
        previews[1],
        json!({ "name": "shop", "upstream": "http://localhost:3000" })
    );
    assert_eq!(
        previews[2]["dev"],
        "npm --prefix apps/admin run dev -- --port {port} --strictPort"
    );
    assert_eq!(previews[2]["copy"], json!([".env*", "apps/admin/.env*"]));
    assert!(said(&proposal).contains("several apps were found"));

    let pnpm = "packages:\n  # where apps are\n  - \"sites/*\"\nother:\n  - no\n";
    let files = [
        GIT[0],
        ("package.json", r#"{ "scripts": { "dev": "turbo dev" } }"#),
        ("pnpm-workspace.yaml", pnpm),
        ("pnpm-lock.yaml", ""),
        ("sites/one/package.json", &web),
    ];
    let folder = folder(&files);
    let proposal = proposed_in(&folder.path().join("web"));
    let previews = value(&proposal)["previews"].clone();
    assert_eq!(previews[0]["name"], "local");
    assert_eq!(
        previews[1]["dev"],
        "pnpm --dir sites/one run dev --port {port}"
    );
    // Opened at the app itself, the repository and its lock file are above.
    let proposal = proposed_in(&folder.path().join("web/sites/one"));
    let previews = value(&proposal)["previews"].clone();
    assert_eq!(previews[1]["git"], "../..");
    assert_eq!(previews[1]["setup"], "pnpm install --frozen-lockfile");
    assert_eq!(
        previews[1]["dev"],
        "pnpm --dir sites/one run dev --port {port}"
    );
}

#[test]
fn worktrees_and_detached_heads() {
    let next = package("next dev");
    let files = [
        ("package.json", next.as_str()),
        (".git", "gitdir: ../main/.git/worktrees/web\n"),
        (
            "../main/.git/worktrees/web/HEAD",
            "4b825dc642cb6eb9a060e54bf8d69288fbee4904\n",
        ),
        ("../main/.git/worktrees/web/commondir", "../..\n"),
        (
            "../main/.git/worktrees/web/gitdir",
            "../../../../web/.git\n",
        ),
        ("../main/.git/HEAD", GIT[0].1),
        ("../main/.git/config", GIT[1].1),
    ];
    let proposal = proposed(&files);
    assert!(
        said(&proposal).contains("at no branch, from github.com/acme/shop"),
        "{}",
        said(&proposal)
    );
    let proposal = proposed(&[("package.json", &next), (".git", "no gitdir")]);
    assert!(said(&proposal).contains("not a git repository"));
}

#[test]
fn the_file_is_a_good_one() {
    let odd = "{ \"name\": \"a \\\"b\\\" \u{1f980}\", \"scripts\": { \"dev\": \"vite\" } }";
    let next = package("next dev");
    let files = [
        vec![],
        vec![("package.json", next.as_str())],
        vec![("package.json", odd)],
        vec![GIT[0], ("package.json", &next), ("pnpm-lock.yaml", "")],
    ];
    for files in files {
        let text = proposed(&files).text;
        let parsed = parse(&text, FILE);
        assert!(parsed.workspace.is_some(), "{text}: {:#?}", parsed.problems);
    }
}

#[test]
fn a_file_that_is_there_stays() {
    let folder = folder(&[]);
    let folder = folder.path().join("web");
    let proposal = proposed_in(&folder);
    let path = write_workspace(&folder, &proposal.text).unwrap();
    assert!(folder.join(SCHEMA_FILE).exists(), "the file names it");
    assert_eq!(fs::read_to_string(&path).unwrap(), proposal.text);
    fs::write(&path, "mine").unwrap();
    let error = write_workspace(&folder, &proposal.text).unwrap_err();
    assert!(matches!(error, CreateError::Exists { .. }), "{error}");
    assert_eq!(fs::read_to_string(&path).unwrap(), "mine");
    let gone = write_workspace(&folder.join("gone"), &proposal.text).unwrap_err();
    assert!(matches!(gone, CreateError::Unwritable { .. }), "{gone}");
}

#[cfg(unix)]
#[test]
fn nothing_that_blocks_is_opened() {
    let folder = folder(&[]);
    let path = folder.path().join("web/package.json");
    let made = std::process::Command::new("mkfifo")
        .arg(&path)
        .status()
        .unwrap();
    assert!(made.success());
    let proposal = proposed_in(&folder.path().join("web"));
    assert!(
        said(&proposal).contains("package.json cannot be read"),
        "{}",
        said(&proposal)
    );
}

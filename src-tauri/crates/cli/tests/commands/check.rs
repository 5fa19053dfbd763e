//! `tripledash check`, and the workspaces that it reads.

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

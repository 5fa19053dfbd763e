//! Tables beside a workspace.

use std::path::Path;

use tripledash_sources::tenants::{LoadError, Loaded, TenantSource};

use crate::support::{fetcher, soon, then};

async fn load(folder: &Path, name: &str) -> Result<Loaded, LoadError> {
    let source = TenantSource::File {
        path: folder.join(name),
        shown: name.to_owned(),
    };
    soon("a file", source.load(&fetcher(), then)).await
}

#[tokio::test]
async fn a_name_tells_the_format_and_else_its_look_does() {
    let folder = tempfile::tempdir().unwrap();
    let json = "[{\"id\": \"acme\"}]";
    for (name, text) in [
        ("tenants.csv", "id\nacme\n"),
        ("tenants.TSV", "id\tname\nacme\tAcme\n"),
        ("tenants.json", json),
        ("tenants.txt", json),
        ("tenants", "\u{feff}id;name\r\nacme;Acme\r\n"),
    ] {
        std::fs::write(folder.path().join(name), text).unwrap();
        let loaded = load(folder.path(), name).await.unwrap();
        assert_eq!(
            loaded.tenants.keys().collect::<Vec<_>>(),
            ["acme"],
            "{name}"
        );
    }
    std::fs::write(folder.path().join("wrong.json"), "id\nacme\n").unwrap();
    let error = load(folder.path(), "wrong.json").await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "wrong.json: it is not JSON: expected value (line 1, column 1)"
    );
    assert_eq!(
        error.hint().as_deref(),
        Some("check it with a JSON validator; comments and trailing commas are not JSON")
    );
}

#[tokio::test]
async fn a_file_that_cannot_be_read_says_why() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("folder.csv")).unwrap();
    let long = std::fs::File::create(folder.path().join("long.csv")).unwrap();
    long.set_len((64 << 20) + 1).unwrap();
    for (name, words) in [
        ("gone.csv", "there is no such file"),
        ("folder.csv", "it is a folder, wanted a file"),
        (
            "long.csv",
            "it is too long: found 67108865 octets, wanted at most 67108864 (64 MiB)",
        ),
    ] {
        let error = load(folder.path(), name).await.unwrap_err();
        assert_eq!(error.to_string(), format!("{name}: {words}"));
        let hint = error.hint().unwrap();
        assert!(
            hint.ends_with(&folder.path().join(name).display().to_string()),
            "{hint}"
        );
    }
}

#[cfg(unix)]
#[tokio::test]
async fn links_are_followed_and_pipes_are_not_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let real = folder.path().join("real");
    std::fs::write(&real, "id\nacme\n").unwrap();
    std::os::unix::fs::symlink(&real, folder.path().join("linked.csv")).unwrap();
    assert_eq!(
        load(folder.path(), "linked.csv")
            .await
            .unwrap()
            .tenants
            .len(),
        1
    );
    std::os::unix::fs::symlink("loop.csv", folder.path().join("loop.csv")).unwrap();
    let error = load(folder.path(), "loop.csv").await.unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("loop.csv: it cannot be read: "),
        "{error}"
    );
    let made = std::process::Command::new("mkfifo")
        .arg(folder.path().join("pipe.csv"))
        .status();
    assert!(made.unwrap().success());
    let error = load(folder.path(), "pipe.csv").await.unwrap_err();
    assert_eq!(error.to_string(), "pipe.csv: it is no regular file");
}

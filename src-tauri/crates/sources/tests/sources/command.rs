//! Tenants that a program prints.
#![cfg(unix)]

use std::path::Path;
use std::time::Duration;

use tokio::io::AsyncReadExt as _;
use tokio::net::unix::pipe::{OpenOptions, Receiver};
use tripledash_sources::tenants::{Command, LoadError, Loaded, TenantSource};

use crate::support::{fetcher, soon, then};

fn command(folder: &Path, argv: &[&str]) -> Command {
    let argv = argv.iter().map(|word| (*word).to_owned()).collect();
    Command::new(argv, folder.to_owned())
}

async fn run(command: Command) -> Result<Loaded, LoadError> {
    let source = TenantSource::Command(command);
    soon("a command", source.load(&fetcher(), then)).await
}

async fn shell(script: &str) -> Result<Loaded, LoadError> {
    run(command(Path::new("/"), &["sh", "-c", script])).await
}

#[tokio::test]
async fn json_and_csv_are_told_by_their_look() {
    for script in [
        "echo '[{\"id\": \"acme\"}]'",
        "echo 'id;name'; echo 'acme;Acme'",
    ] {
        assert_eq!(shell(script).await.unwrap().tenants.len(), 1);
    }
}

#[tokio::test]
async fn it_runs_in_the_folder_without_a_shell_and_without_input() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("list.csv"), "id\nacme\n").unwrap();
    let loaded = run(command(folder.path(), &["cat", "list.csv", "-"]))
        .await
        .unwrap();
    assert_eq!(loaded.tenants.len(), 1);
    // A shell would have made a word of it.
    let error = run(command(folder.path(), &["cat", "*.csv"]))
        .await
        .unwrap_err();
    assert!(error.to_string().contains("*.csv"), "{error}");
    let script = folder.path().join("tenants.sh");
    std::fs::write(&script, "#!/bin/sh\ncat list.csv\n").unwrap();
    let error = run(command(folder.path(), &["./tenants.sh"]))
        .await
        .unwrap_err();
    assert!(
        error
            .to_string()
            .ends_with("\"./tenants.sh\" may not be run"),
        "{error}"
    );
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755)).unwrap();
    assert_eq!(
        run(command(folder.path(), &["./tenants.sh"]))
            .await
            .unwrap()
            .tenants
            .len(),
        1
    );
}

#[tokio::test]
async fn what_does_not_start_says_why() {
    let here = Path::new("/");
    for (folder, argv, words) in [
        (
            here,
            vec![],
            "the command is empty, wanted a program and its arguments",
        ),
        (
            here,
            vec!["no-such-program", "list all"],
            "no-such-program \"list all\" did not start: there is no program \"no-such-program\"",
        ),
        (
            Path::new("/no/such/folder"),
            vec!["true"],
            "true did not start: the folder /no/such/folder is not there",
        ),
    ] {
        let error = run(command(folder, &argv)).await.unwrap_err();
        assert_eq!(error.to_string(), words);
        assert!(error.hint().is_some());
    }
}

#[tokio::test]
async fn a_failure_is_told_with_its_last_words() {
    let error = shell("seq 1 100 >&2; printf '\\033[31mno token\\033[0m\\n' >&2; exit 3")
        .await
        .unwrap_err();
    let told = error.to_string();
    assert!(
        told.contains("ended with exit status: 3, and said: 94\n"),
        "{told}"
    );
    assert!(told.ends_with("100\nno token"), "{told}");
    let error = shell("echo id; kill -9 $$").await.unwrap_err();
    assert!(error.to_string().contains("signal: 9"), "{error}");
    assert!(error.to_string().ends_with("and said nothing"), "{error}");
    let error = shell("exit 0").await.unwrap_err();
    assert!(
        error.to_string().ends_with("it is empty, wanted tenants"),
        "{error}"
    );
}

#[tokio::test]
async fn what_it_says_is_told_without_what_only_a_terminal_understands() {
    let error = shell("printf '\\033]0;a title\\007\\033]8;;https://a.example\\033\\\\no token\\r\\n' >&2; exit 3")
        .await
        .unwrap_err();
    assert!(error.to_string().ends_with("and said: no token"), "{error}");
}

#[tokio::test]
async fn a_variable_that_is_not_handed_on_is_not_there() {
    // `HOME` stands for what is not to be had.
    let script = "echo id; echo \"${HOME-nobody}\"";
    let asked = command(Path::new("/"), &["sh", "-c", script]).without("HOME");
    let loaded = run(asked).await.unwrap();
    assert_eq!(loaded.tenants.keys().collect::<Vec<_>>(), ["nobody"]);
}

#[tokio::test]
async fn megabytes_of_complaints_do_not_stop_it() {
    let loaded = shell("yes complaint | head -c 5000000 >&2; echo id; echo acme").await;
    assert_eq!(loaded.unwrap().tenants.len(), 1);
}

#[tokio::test]
async fn output_without_end_is_stopped() {
    let error = shell("yes tenants").await.unwrap_err();
    assert!(
        error.to_string().ends_with("printed more than 64 MiB"),
        "{error}"
    );
}

/// A process tells that it lives by holding a pipe open.
struct Alive(Receiver);

impl Alive {
    /// Of the process that `HOLD` in a script becomes.
    fn new(script: &str, folder: &Path) -> (Command, Self) {
        let pipe = folder.join("alive");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status();
        assert!(made.unwrap().success());
        let alive = Self(OpenOptions::new().open_receiver(&pipe).unwrap());
        let hold = "sh -c 'exec 3>alive; echo up >&3; sleep 600'";
        let script = script.replace("HOLD", hold);
        (command(folder, &["sh", "-c", &script]), alive)
    }

    async fn started(&mut self) {
        let mut up = [0; 3];
        soon("the process to start", self.0.read_exact(&mut up))
            .await
            .unwrap();
    }

    async fn ended(mut self) {
        let read = soon("the process to end", self.0.read(&mut [0; 16])).await;
        assert_eq!(read.unwrap(), 0);
    }
}

#[tokio::test]
async fn the_deadline_ends_it_with_all_that_it_started() {
    let folder = tempfile::tempdir().unwrap();
    let (command, mut alive) = Alive::new("echo waiting >&2; HOLD & wait", folder.path());
    let limit = Duration::from_secs(2);
    let running = tokio::spawn(run(command.within(limit)));
    alive.started().await;
    tokio::time::pause();
    tokio::time::advance(limit).await;
    tokio::time::resume();
    let error = running.await.unwrap().unwrap_err();
    assert!(
        error
            .to_string()
            .ends_with("did not end within 2 s, and said: waiting"),
        "{error}"
    );
    alive.ended().await;
}

#[tokio::test]
async fn dropping_the_load_ends_it_with_all_that_it_started() {
    let folder = tempfile::tempdir().unwrap();
    let (command, mut alive) = Alive::new("HOLD & wait", folder.path());
    let running = tokio::spawn(run(command));
    alive.started().await;
    running.abort();
    alive.ended().await;
}

#[tokio::test]
async fn what_it_leaves_behind_holds_nobody_up() {
    let folder = tempfile::tempdir().unwrap();
    // The shell ends only once its child lives.
    let script = "HOLD & echo id; echo acme; read -r line < go";
    let go = folder.path().join("go");
    let made = std::process::Command::new("mkfifo").arg(&go).status();
    assert!(made.unwrap().success());
    let (command, mut alive) = Alive::new(script, folder.path());
    let running = tokio::spawn(run(command));
    alive.started().await;
    tokio::fs::write(go, "go\n").await.unwrap();
    assert_eq!(running.await.unwrap().unwrap().tenants.len(), 1);
    alive.ended().await;
}

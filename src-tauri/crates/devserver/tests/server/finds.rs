//! Servers that somebody else started, found by where they listen and where they work.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use tripledash_devserver::{Candidate, Kind, Place, Processes};

use crate::support::{Fixture, ready, within};

/// A server that this test started itself, and not under a supervisor. It is not below us either: a
/// shell in between has ended, as when a terminal starts it.
struct Server {
    port: u16,
    pid: u32,
}

/// A script prints `PORT PID` on a line once it listens.
fn start(folder: &Path, program: &str, arguments: &[&str]) -> Server {
    let mut shell = Command::new("/bin/sh")
        .args(["-c", r#"setsid "$@" & "#, "sh", program])
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(shell.stdout.take().unwrap()).lines();
    let mut numbers = lines.map(Result::unwrap).find_map(|line| {
        let (port, pid) = line.split_once(' ')?;
        Some((port.parse().ok()?, pid.parse().ok()?))
    });
    let (port, pid) = numbers.take().expect("it says where it listens");
    shell.wait().unwrap();
    Server { port, pid }
}

impl Drop for Server {
    fn drop(&mut self) {
        let pid = self.pid.to_string();
        let killed: std::io::Result<Child> = Command::new("kill").args(["-KILL", &pid]).spawn();
        killed.unwrap().wait().unwrap();
    }
}

const PAGE: &str = r#"
const http = require('http');
const [folder] = process.argv.slice(2);
http.createServer((_, answer) => answer.setHeader('content-type', 'text/html').end('<p>hi'))
  .listen(0, 'localhost', function () {
    if (folder) process.chdir(folder);
    console.log(this.address().port, process.pid);
  });
"#;

fn page(folder: &Path, arguments: &[&str]) -> Server {
    std::fs::write(folder.join("page.js"), PAGE).unwrap();
    let script = folder.join("page.js");
    let arguments = [&[script.to_str().unwrap()], arguments].concat();
    start(folder, "node", &arguments)
}

/// The servers of a folder among the processes that there are now.
async fn find_for(folder: &Path, without: &[PathBuf], known: &[Candidate]) -> Vec<Candidate> {
    let processes = tokio::task::spawn_blocking(Processes::now).await;
    let processes = Arc::new(processes.unwrap());
    tripledash_devserver::find_for(&processes, folder, without, known).await
}

fn folder(of: &Fixture, name: &str) -> PathBuf {
    let path = of.path().join(name);
    std::fs::create_dir_all(&path).unwrap();
    path
}

#[tokio::test]
async fn a_server_is_found_by_the_folder_that_it_works_in() {
    let fixture = Fixture::new();
    let app = folder(&fixture, "app");
    let server = page(&app, &[]);
    let found = within("an answer", find_for(&app, &[], &[])).await;
    assert_eq!(found.len(), 1, "{found:?}");
    let found = &found[0];
    assert_eq!(
        (found.listening.port, found.listening.pid),
        (server.port, server.pid)
    );
    assert_eq!(found.place, Place::Here);
    assert_eq!(found.answer.unwrap().kind, Kind::Page);
    assert!(found.listening.command.starts_with("node "));
    assert_eq!(
        found.why,
        format!(
            "process {} works in this folder; port {} answers 200 with a page",
            server.pid, server.port
        )
    );
}

#[tokio::test]
async fn a_server_with_https_is_found() {
    let fixture = Fixture::new();
    fixture.write_secure();
    let server = start(fixture.path(), "node", &["secure.js", "0"]);
    let found = within("an answer", find_for(fixture.path(), &[], &[])).await;
    let answers: Vec<_> = found
        .iter()
        .map(|found| (found.listening.port, found.answer.map(|answer| answer.kind)))
        .collect();
    assert_eq!(answers, [(server.port, Some(Kind::Secure))]);
}

#[tokio::test]
async fn a_link_to_the_folder_is_the_folder() {
    let fixture = Fixture::new();
    let app = folder(&fixture, "app");
    let link = fixture.path().join("link");
    std::os::unix::fs::symlink(&app, &link).unwrap();
    let _server = page(&app, &[]);
    assert_eq!(
        within("an answer", find_for(&link, &[], &[])).await.len(),
        1
    );
}

#[tokio::test]
async fn other_checkouts_below_the_folder_are_not_it() {
    let fixture = Fixture::new();
    let app = folder(&fixture, "app");
    let web = page(&folder(&fixture, "app/packages/web"), &[]);
    let other = folder(&fixture, "app/worktrees/other");
    let _other = page(&other, &[]);
    // Its name only begins as the folder's does.
    let _beside = page(&folder(&fixture, "app-2"), &[]);
    let found = within(
        "an answer",
        find_for(&app, std::slice::from_ref(&other), &[]),
    )
    .await;
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(
        (found[0].listening.port, found[0].place),
        (web.port, Place::Below(2))
    );
    let found = within("an answer", find_for(&other, &[app], &[])).await;
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].place, Place::Here);
}

#[tokio::test]
async fn a_server_that_left_the_folder_belongs_to_who_started_it() {
    let fixture = Fixture::new();
    let app = folder(&fixture, "app");
    std::fs::write(app.join("page.js"), PAGE).unwrap();
    let away = folder(&fixture, "away");
    let line = format!("node page.js {}; true", away.display());
    let server = start(&app, "sh", &["-c", &line]);
    let found = within("an answer", find_for(&app, &[], &[])).await;
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(
        (found[0].listening.pid, found[0].place),
        (server.pid, Place::StartedHere)
    );
}

#[tokio::test]
async fn a_debugger_and_a_port_for_sockets_come_after_the_app() {
    let fixture = Fixture::new();
    let app = folder(&fixture, "app");
    let script = r#"
const http = require('http');
const inspector = require('inspector');
inspector.open(0, '127.0.0.1');
const sockets = http.createServer((_, answer) => answer.writeHead(426).end());
sockets.listen(0, '127.0.0.1', () => {
  http.createServer((_, answer) => answer.writeHead(307, { location: '/all' }).end())
    .listen(0, '127.0.0.1', function () { console.log(this.address().port, process.pid) });
});
"#;
    std::fs::write(app.join("app.js"), script).unwrap();
    let server = start(&app, "node", &["app.js"]);
    let found = within("an answer", find_for(&app, &[], &[])).await;
    let kinds: Vec<_> = found
        .iter()
        .map(|found| found.answer.map(|answer| answer.kind))
        .collect();
    assert_eq!(
        kinds,
        [
            Some(Kind::Page),
            Some(Kind::WebSockets),
            Some(Kind::Debugger)
        ]
    );
    assert_eq!(found[0].listening.port, server.port);
}

#[tokio::test]
async fn our_own_servers_are_not_found() {
    let fixture = Fixture::new();
    let server = fixture.start("python3 serve.py {port}");
    ready(&server).await;
    assert_eq!(
        within("an answer", find_for(fixture.path(), &[], &[])).await,
        []
    );
    server.stop();
    within("the end", server.ended()).await;
}

#[tokio::test]
async fn a_folder_that_is_not_there_has_no_servers() {
    let fixture = Fixture::new();
    let gone = fixture.path().join("gone");
    assert_eq!(within("an answer", find_for(&gone, &[], &[])).await, []);
}

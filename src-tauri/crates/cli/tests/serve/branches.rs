//! Dev servers of branches: started through the API and by `tripledash start`, and none of them left
//! behind.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Instant;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::served::{PATIENCE, Served, command};

const WORKSPACE: &str = r#"{ "name": "shop", "tenants": [{ "id": "acme" }], "previews": [
    { "git": ".", "setup": "echo installed > installed.txt", "dev": "node server.js {port}",
      "copy": [".env*"] }
] }"#;

/// Answers with what its folder holds, and with its own process and that of a child.
const SERVER: &str = r#"
const fs = require('fs');
const child = require('child_process').spawn('sleep', ['1000'], { detached: true });
const read = (name) => fs.existsSync(name) ? fs.readFileSync(name, 'utf8').trim() : null;
require('http').createServer((request, response) => {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ branch: read('name.txt'), env: read('.env.local'),
    installed: read('installed.txt'), host: request.headers.host, pids: [process.pid, child.pid] }));
}).listen(Number(process.argv[2]), '127.0.0.1', () => console.log('listening'));
"#;

fn git(folder: &Path, arguments: &[&str]) {
    let status = Command::new("git")
        .current_dir(folder)
        .args(["-c", "user.name=a", "-c", "user.email=a@b.example"])
        .args([
            "-c",
            "init.defaultBranch=main",
            "-c",
            "commit.gpgsign=false",
        ])
        .args(arguments)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .output()
        .unwrap();
    assert!(status.status.success(), "git {arguments:?}: {status:?}");
}

/// An app with the branches `main`, which is checked out, and `feature/new`.
fn app() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("tripledash.json", WORKSPACE);
    write("server.js", SERVER);
    write("name.txt", "main");
    write(".env.local", "KEY=1");
    write(".gitignore", ".env*\ndata/\ninstalled.txt\n");
    git(folder.path(), &["init", "-q"]);
    git(folder.path(), &["add", "-A"]);
    git(folder.path(), &["commit", "-qm", "first"]);
    git(folder.path(), &["checkout", "-qb", "feature/new"]);
    write("name.txt", "feature");
    git(folder.path(), &["commit", "-qam", "new"]);
    git(folder.path(), &["checkout", "-q", "main"]);
    folder
}

/// One request to the API.
fn api(served: &Served, method: &str, path: &str, body: &Value) -> (u16, Value) {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, served.port)).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let body = body.to_string();
    write!(
        stream,
        "{method} /api/v1{path} HTTP/1.1\r\nHost: tripledash.localhost:{}\r\n\
         Authorization: Bearer {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n{body}",
        served.port,
        served.token,
        body.len()
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, serde_json::from_str(body).unwrap_or(Value::Null))
}

/// The feed, read until a preview is as it is wanted.
fn until(served: &Served, name: &str, wanted: impl Fn(&Value) -> bool) -> Value {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, served.port)).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    write!(
        stream,
        "GET /api/v1/stream?limit=1 HTTP/1.1\r\nHost: tripledash.localhost:{}\r\n\
         Authorization: Bearer {}\r\nConnection: close\r\n\r\n",
        served.port, served.token
    )
    .unwrap();
    let begun = Instant::now();
    for line in BufReader::new(stream).lines() {
        let line = line.expect("the feed goes on");
        assert!(
            begun.elapsed() < PATIENCE,
            "{name} did not come in time: {line}"
        );
        let Ok(line) = serde_json::from_str::<Value>(&line) else {
            continue;
        };
        let previews = match line["kind"].as_str() {
            Some("snapshot" | "workspace") => &line["workspace"]["previews"],
            Some("previews") => &line["previews"],
            _ => continue,
        };
        let mut previews = previews.as_array().unwrap().iter();
        if let Some(found) = previews.find(|preview| preview["name"] == *name && wanted(preview)) {
            return found.clone();
        }
    }
    panic!("the feed has ended");
}

fn is(state: &'static str) -> impl Fn(&Value) -> bool {
    move |preview| {
        let server = &preview["server"];
        assert!(state == "failed" || server["state"] != "failed", "{server}");
        server["state"] == state
    }
}

fn page(served: &Served, name: &str) -> Value {
    let host = format!("acme---{name}.tripledash.localhost:{}", served.port);
    let answer = served.ask(Ipv4Addr::LOCALHOST, &host, "/", "");
    let start = answer.find('{').unwrap_or_else(|| panic!("{answer}"));
    let end = answer.rfind('}').unwrap();
    serde_json::from_str(&answer[start..=end]).unwrap()
}

fn pids(page: &Value) -> Vec<u64> {
    let pids = page["pids"].as_array().unwrap();
    pids.iter().map(|pid| pid.as_u64().unwrap()).collect()
}

/// Waits until processes have ended.
fn gone(pids: &[u64]) {
    for pid in pids {
        // A process that is gone, or waits for its parent to look, has ended.
        let tail = Command::new("tail")
            .args(["--pid", &pid.to_string(), "-f", "/dev/null"])
            .spawn()
            .unwrap();
        assert!(ends(tail), "process {pid} goes on");
    }
}

fn ends(mut child: Child) -> bool {
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        if child.try_wait().unwrap().is_some() {
            return true;
        }
        std::thread::yield_now();
    }
    let _ = child.kill().and_then(|()| child.wait());
    false
}

fn trust(served: &Served) {
    let (_, state) = api(served, "GET", "/workspace", &Value::Null);
    let commands = state["trust"]["commands"].as_array().unwrap();
    let lines: Vec<&Value> = commands.iter().map(|command| &command["line"]).collect();
    let body = json!({ "trusted": true, "commands": lines });
    assert_eq!(api(served, "POST", "/workspace/trust", &body).0, 200);
}

#[test]
fn two_branches_are_served_side_by_side_and_nothing_outlives_a_kill() {
    let served = Served::start(app(), &[]);
    until(&served, "feature-new", is("stopped"));
    let start = |name: &str| {
        let path = format!("/workspace/previews/{name}/start");
        api(&served, "POST", &path, &Value::Null)
    };
    let (status, refused) = start("feature-new");
    assert_eq!((status, refused["code"].as_str()), (403, Some("untrusted")));
    trust(&served);
    assert_eq!(start("feature-new").0, 202);
    assert_eq!(start("main").0, 202);
    assert_eq!(start("main").0, 409);
    until(&served, "feature-new", is("ready"));
    let main = until(&served, "main", is("ready"));
    assert_eq!(main["checkout"]["workingCopy"], true);

    let (feature, main) = (page(&served, "feature-new"), page(&served, "main"));
    assert_eq!(
        (&feature["branch"], &main["branch"]),
        (&json!("feature"), &json!("main"))
    );
    assert_eq!(feature["env"], "KEY=1", "brought along");
    assert_eq!(feature["installed"], "installed", "its setup ran");
    let host = format!("acme---feature-new.tripledash.localhost:{}", served.port);
    assert_eq!(feature["host"], json!(host));
    let (_, log) = api(
        &served,
        "GET",
        "/workspace/previews/feature-new/log",
        &Value::Null,
    );
    let lines = log["lines"].as_array().unwrap();
    assert!(
        lines.iter().any(|line| line["text"] == "listening"),
        "{log}"
    );

    // One is stopped, with all that it started; the other goes on.
    let path = "/workspace/previews/feature-new/stop";
    assert_eq!(api(&served, "POST", path, &Value::Null).0, 202);
    until(&served, "feature-new", is("stopped"));
    gone(&pids(&feature));
    let answer = served.ask(
        Ipv4Addr::LOCALHOST,
        &host,
        "/",
        "Accept: application/json\r\n",
    );
    assert!(
        answer.starts_with("HTTP/1.1 503") && answer.contains("tripledash start feature/new"),
        "{answer}"
    );
    assert_eq!(page(&served, "main")["branch"], "main");

    served.end("-KILL");
    gone(&pids(&main));
}

#[test]
fn a_clean_end_takes_the_servers_along() {
    let served = Served::start(app(), &[]);
    until(&served, "main", is("stopped"));
    trust(&served);
    assert_eq!(
        api(
            &served,
            "POST",
            "/workspace/previews/main/start",
            &Value::Null
        )
        .0,
        202
    );
    until(&served, "main", is("ready"));
    let pids = pids(&page(&served, "main"));
    assert_eq!(served.end("-TERM").status.code(), Some(0));
    gone(&pids);
}

fn tripledash(folder: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tripledash"));
    command
        .args(words)
        .current_dir(folder)
        .env("TRIPLEDASH_DATA", folder.join("data"))
        .env_remove("TRIPLEDASH_TOKEN")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

fn said(output: &Output) -> (String, String) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (text(&output.stdout), text(&output.stderr))
}

#[test]
fn the_command_asks_the_engine_that_has_the_folder_open() {
    let folder = app();
    let path: PathBuf = folder.path().to_owned();
    let served = Served::spawn(command(&path, &["--port", "0", "--json"]), folder);
    until(&served, "main", is("stopped"));
    let run = |words: &[&str]| tripledash(&path, words).output().unwrap();

    let refused = run(&["start", "feature/new"]);
    let (out, err) = said(&refused);
    assert_eq!(
        (refused.status.code(), out.as_str()),
        (Some(1), ""),
        "{err}"
    );
    assert!(
        err.contains("node server.js {port}") && err.contains("--trust"),
        "{err}"
    );
    let unknown = run(&["start", "nobody"]);
    let (_, err) = said(&unknown);
    assert_eq!(unknown.status.code(), Some(1));
    assert!(
        err.contains("there are") && err.contains("feature/new"),
        "{err}"
    );

    let started = run(&["start", "feature/new", "--trust"]);
    let (out, err) = said(&started);
    assert_eq!(started.status.code(), Some(0), "{err}");
    let url = format!("http://feature-new.tripledash.localhost:{}/\n", served.port);
    assert_eq!(out, url, "{err}");
    let page = page(&served, "feature-new");
    assert_eq!(page["branch"], "feature");

    let stopped = run(&["stop", "feature/new"]);
    assert_eq!(stopped.status.code(), Some(0), "{}", said(&stopped).1);
    gone(&pids(&page));
    let again = run(&["stop", "feature/new"]);
    assert_eq!(again.status.code(), Some(1));
    assert_eq!(served.end("-TERM").status.code(), Some(0));
    let folder = app();
    let nobody = tripledash(folder.path(), &["stop", "main"])
        .output()
        .unwrap();
    assert!(said(&nobody).1.contains("no engine has"), "{nobody:?}");
}

#[test]
fn without_an_engine_the_command_is_one() {
    let folder = app();
    let mut command = tripledash(folder.path(), &["start", "main", "--trust"]);
    let mut child = command.stderr(Stdio::null()).spawn().unwrap();
    let mut line = String::new();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    out.read_line(&mut line).unwrap();
    assert!(
        line.starts_with("http://main.tripledash.localhost:"),
        "{line:?}"
    );
    let port: u16 = line
        .trim()
        .trim_end_matches('/')
        .rsplit(':')
        .next()
        .unwrap()
        .parse()
        .unwrap();
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
    write!(
        stream,
        "GET / HTTP/1.1\r\nHost: main.tripledash.localhost:{port}\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let start = answer.find('{').unwrap();
    let page: Value = serde_json::from_str(&answer[start..=answer.rfind('}').unwrap()]).unwrap();
    let interrupted = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .unwrap();
    assert!(interrupted.success());
    assert_eq!(child.wait().unwrap().code(), Some(0));
    gone(&pids(&page));
}

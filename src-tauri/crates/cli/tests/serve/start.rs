//! `tripledash start` and `tripledash stop`, interrupted by real signals.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, ChildStderr, Command, Output};
use std::sync::mpsc;
use std::thread;

use serde_json::Value;

use super::app::{app, app_with, code, gone};
use super::branches::{api, is, page, pids, until};
use super::git::git;
use super::served::{PATIENCE, Served, command, holding, tripledash};

/// Says its process, and never listens.
const DEAF: &str = "echo pid $$; exec sleep 1000";

/// What a command printed: its code, its answer, its remarks.
fn said(output: &Output) -> (Option<i32>, String, String) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (
        output.status.code(),
        text(&output.stdout),
        text(&output.stderr),
    )
}

fn run(folder: &Path, words: &[&str]) -> (Option<i32>, String, String) {
    said(&tripledash(folder, words).output().unwrap())
}

/// A command that goes on, and its remarks as they come.
struct Going {
    child: Option<Child>,
    remarks: mpsc::Receiver<String>,
    heard: Vec<String>,
}

impl Going {
    fn start(folder: &Path, words: &[&str]) -> Self {
        let mut child = tripledash(folder, words).spawn().unwrap();
        let remarks = lines(child.stderr.take().unwrap());
        Self {
            child: Some(child),
            remarks,
            heard: Vec::new(),
        }
    }

    /// Waits for a remark that begins so, and gives the rest of it.
    fn until(&mut self, start: &str) -> String {
        loop {
            let line = self.remarks.recv_timeout(PATIENCE);
            let line = line.unwrap_or_else(|_| panic!("no {start:?} after {:?}", self.heard));
            self.heard.push(line.clone());
            if let Some(rest) = line.strip_prefix(start) {
                return rest.trim().to_owned();
            }
        }
    }

    fn signal(&self, signal: &str) {
        let sent = Command::new("kill")
            .args([signal, &self.child.as_ref().unwrap().id().to_string()])
            .status();
        assert!(sent.unwrap().success());
    }

    /// Waits for the end: its code, its answer, and all its remarks.
    fn end(mut self) -> (Option<i32>, String, String) {
        let mut child = self.child.take().unwrap();
        let out = child.stdout.take();
        let code = code(child);
        let mut answer = String::new();
        if let Some(mut out) = out {
            out.read_to_string(&mut answer).unwrap();
        }
        self.heard.extend(self.remarks.iter());
        (code, answer, self.heard.join("\n"))
    }
}

impl Drop for Going {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            // A test that failed must not leave it behind; it may have ended by itself.
            let _ = child.kill().and_then(|()| child.wait());
        }
    }
}

fn lines(from: ChildStderr) -> mpsc::Receiver<String> {
    let (tell, told) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(from).lines().map_while(Result::ok) {
            // The test may have what it wants.
            let _ = tell.send(line);
        }
    });
    told
}

#[test]
fn the_command_asks_the_engine_that_has_the_folder_open() {
    let folder = app();
    let path = folder.path().to_owned();
    let served = Served::spawn(command(&path, &["--port", "0", "--json"]), folder);
    until(&served, "main", is("stopped"));

    let (code, out, err) = run(&path, &["start", "feature/new"]);
    assert_eq!((code, out.as_str()), (Some(1), ""), "{err}");
    assert!(
        err.contains("node server.js {port}") && err.contains("--trust"),
        "{err}"
    );
    let (code, _, err) = run(&path, &["start", "nobody"]);
    assert_eq!(code, Some(1));
    assert!(
        err.contains("there are") && err.contains("feature/new"),
        "{err}"
    );

    let (code, out, err) = run(&path, &["start", "feature/new", "--trust"]);
    assert_eq!(code, Some(0), "{err}");
    let url = format!("http://feature-new.tripledash.localhost:{}/\n", served.port);
    assert_eq!(out, url, "{err}");
    let may = err.find("From now on").expect("what was trusted is told");
    assert!(
        err[may..].contains("node server.js {port}") && err[may..].contains("echo installed"),
        "{err}"
    );
    // Its file stands for its folder.
    let again = run(&path, &["start", "feature/new", "tripledash.json"]);
    assert_eq!((again.0, again.1.as_str()), (Some(0), url.as_str()));
    assert!(again.2.contains("runs already"), "{}", again.2);
    let (code, out, err) = run(&path, &["url", "--preview", "main", "--tenant", "acme"]);
    assert_eq!((code, err.as_str()), (Some(0), ""));
    assert_eq!(
        out,
        format!("http://acme---main.tripledash.localhost:{}/\n", served.port)
    );
    let page = page(&served, "feature-new");
    assert_eq!(page["branch"], "feature");

    let (code, _, err) = run(&path, &["stop", "feature/new", "tripledash.json"]);
    assert_eq!(code, Some(0), "{err}");
    gone(&pids(&page));
    assert_eq!(run(&path, &["stop", "feature/new"]).0, Some(1));
    assert_eq!(served.end("-TERM").status.code(), Some(0));
    let nobody = run(super::served::folder().path(), &["stop", "main"]);
    assert!(nobody.2.contains("no engine has"), "{nobody:?}");
}

#[test]
fn without_an_engine_the_command_is_one() {
    let folder = app();
    let mut going = Going::start(folder.path(), &["start", "main", "--trust"]);
    let mut line = String::new();
    let out = going.child.as_mut().unwrap().stdout.take();
    let mut out = BufReader::new(out.unwrap());
    out.read_line(&mut line).unwrap();
    assert!(
        line.starts_with("http://main.tripledash.localhost:"),
        "{line:?}"
    );
    let port = line.trim().trim_end_matches('/').rsplit(':').next();
    let port: u16 = port.unwrap().parse().unwrap();
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
    going.signal("-INT");
    assert_eq!(going.end().0, Some(0));
    gone(&pids(&page));
}

#[test]
fn it_is_interrupted_while_the_server_never_answers() {
    for signal in ["-INT", "-TERM", "-HUP"] {
        let folder = app_with(DEAF);
        let mut going = Going::start(folder.path(), &["start", "main", "--trust"]);
        let pid = going.until("pid ").parse().unwrap();
        going.signal(signal);
        let (code, out, err) = going.end();
        assert_eq!((code, out.as_str()), (Some(1), ""), "{signal}: {err}");
        assert!(err.contains("interrupted"), "{signal}: {err}");
        gone(&[pid]);
    }
}

#[test]
fn a_second_signal_ends_at_once() {
    // Whoever asks it to end waits for as long as it may take for that.
    let folder = app_with("trap '' TERM; echo pid $$; while :; do sleep 1; done");
    let mut going = Going::start(folder.path(), &["start", "main", "--trust"]);
    let pid = going.until("pid ").parse().unwrap();
    going.signal("-TERM");
    going.until("Waiting for what runs");
    going.signal("-TERM");
    let (code, _, err) = going.end();
    assert_eq!(code, Some(1), "{err}");
    assert!(err.contains("ended at once"), "{err}");
    gone(&[pid]);
}

#[test]
fn one_that_is_stopped_elsewhere_is_told_of() {
    let folder = app_with(DEAF);
    let path = folder.path().to_owned();
    let served = Served::spawn(command(&path, &["--port", "0", "--json"]), folder);
    until(&served, "main", is("stopped"));
    let mut going = Going::start(&path, &["start", "main", "--trust"]);
    let pid = going.until("pid ").parse().unwrap();
    assert_eq!(run(&path, &["stop", "main"]).0, Some(0));
    let (code, _, err) = going.end();
    assert_eq!(code, Some(1), "{err}");
    assert!(err.contains("it was stopped before it answered"), "{err}");
    gone(&[pid]);

    // One whose branch is deleted meanwhile goes on, and can be stopped by its name.
    let mut going = Going::start(&path, &["start", "feature/new"]);
    let pid = going.until("pid ").parse().unwrap();
    git(&path, &["branch", "-D", "feature/new"]);
    going.until("starting: its branch is gone");
    assert_eq!(run(&path, &["stop", "feature/new"]).0, Some(0));
    let (code, _, err) = going.end();
    assert_eq!(code, Some(1), "{err}");
    assert_eq!(served.end("-TERM").status.code(), Some(0));
    gone(&[pid]);
}

#[test]
fn one_that_is_still_ending_is_waited_for() {
    let slow =
        "trap 'while [ ! -e go ]; do sleep 0.05; done; exit' TERM; node server.js {port} & wait";
    let folder = app_with(slow);
    let path = folder.path().to_owned();
    let served = Served::spawn(command(&path, &["--port", "0", "--json"]), folder);
    until(&served, "main", is("stopped"));
    let first = run(&path, &["start", "main", "--trust"]);
    assert_eq!(first.0, Some(0), "{}", first.2);
    assert_eq!(run(&path, &["stop", "main"]).0, Some(0));
    let mut going = Going::start(&path, &["start", "main"]);
    going.until("waiting for the one before");
    std::fs::write(path.join("go"), "").unwrap();
    let (code, out, err) = going.end();
    assert_eq!((code, &out), (Some(0), &first.1), "{err}");
    let all = pids(&page(&served, "main"));
    assert_eq!(served.end("-TERM").status.code(), Some(0));
    gone(&all);
}

#[test]
fn what_one_printed_before_it_ended_is_shown() {
    let folder = app_with("echo the reason why; exit 3");
    let (code, out, err) = run(folder.path(), &["start", "main", "--trust"]);
    assert_eq!((code, out.as_str()), (Some(1), ""), "{err}");
    let (reason, verdict) = (err.find("the reason why"), err.find("error: "));
    assert!(reason.is_some() && reason < verdict, "{err}");
}

#[test]
fn a_folder_without_a_good_workspace_is_told_in_words() {
    let empty = tempfile::tempdir().unwrap();
    let (code, _, err) = run(empty.path(), &["start", "main"]);
    assert_eq!(code, Some(1));
    assert!(err.contains("no tripledash.json in /"), "{err}");
    let broken = holding(r#"{ "name": 5, "previews": [] }"#);
    let (code, _, err) = run(broken.path(), &["start", "main"]);
    assert_eq!(code, Some(1));
    assert!(
        err.contains("tripledash.json:1:11: error: ") && err.contains("is broken"),
        "{err}"
    );
}

#[test]
fn the_token_is_not_sent_to_whoever_has_a_dead_engines_port() {
    let folder = super::served::folder();
    let path = folder.path();
    let listening = command(path, &["--port", "0", "--json"]);
    let served = Served::spawn(listening, tempfile::tempdir().unwrap());
    let port = served.port;
    let token = served.token.clone();
    served.kill();
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).unwrap();
    let stranger = thread::spawn(move || {
        let (mut socket, _) = listener.accept().unwrap();
        let mut heard = String::new();
        // Whoever asks may hang up.
        let _ = socket.read_to_string(&mut heard);
        heard
    });
    let (code, _, err) = run(path, &["stop", "main"]);
    assert_eq!(code, Some(1));
    assert!(err.contains("no engine has"), "{err}");
    let last = TcpStream::connect((Ipv4Addr::LOCALHOST, port));
    drop(last);
    assert!(!stranger.join().unwrap().contains(&token));
}

#[test]
fn what_cannot_be_started_takes_no_trust() {
    let folder = app();
    let path = folder.path().to_owned();
    git(&path, &["checkout", "-q", "--detach"]);
    let commit = std::fs::read_to_string(path.join(".git/HEAD")).unwrap();
    let served = Served::spawn(command(&path, &["--port", "0", "--json"]), folder);
    let (code, _, err) = run(&path, &["start", &commit[..7], "--trust"]);
    assert_eq!(code, Some(1));
    assert!(err.contains("no branch is checked out there"), "{err}");
    let (_, state) = api(&served, "GET", "/workspace", &Value::Null);
    assert_eq!(state["trust"]["trusted"], false, "{err}");
    assert_eq!(served.end("-TERM").status.code(), Some(0));
}

//! A bench that is interrupted leaves nothing behind: no process, no folder.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use tempfile::TempDir;

/// How long a step may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// A bench in the middle of its rounds.
struct Bench {
    child: Child,
    /// Its lines; at an end when nobody can write any more, whoever it left behind included.
    lines: mpsc::Receiver<String>,
    /// Where it makes its folders.
    place: TempDir,
    /// The proxy that it started.
    proxy: u32,
}

impl Bench {
    fn start() -> Self {
        let place = tempfile::tempdir().unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_tripledash-bench"))
            .args(["--only", "plain hyper", "--rounds", "100000"])
            .args(["--slice", "0.05"])
            .env("TMPDIR", place.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let said = BufReader::new(child.stderr.take().unwrap());
        let (tell, lines) = mpsc::channel();
        thread::spawn(move || {
            for line in said.lines().map_while(Result::ok) {
                // A test that has failed listens no more.
                let _ = tell.send(line);
            }
        });
        let mut bench = Self {
            child,
            lines,
            place,
            proxy: 0,
        };
        while !bench.line().unwrap().contains("round 1/") {}
        let of_proxy = |id: &u32| {
            fs::read_to_string(format!("/proc/{id}/comm"))
                .is_ok_and(|name| name.starts_with("plain-hyper"))
        };
        bench.proxy = children(bench.child.id())
            .into_iter()
            .find(of_proxy)
            .expect("the bench has started a proxy");
        bench
    }

    /// The next line; `None` where all that could write have ended.
    fn line(&self) -> Option<String> {
        match self.lines.recv_timeout(PATIENCE) {
            Ok(line) => Some(line),
            Err(mpsc::RecvTimeoutError::Disconnected) => None,
            Err(mpsc::RecvTimeoutError::Timeout) => panic!("nothing said for {PATIENCE:?}"),
        }
    }

    /// Sends it a signal, to itself alone, and waits until nobody can speak for it any more.
    fn end(&mut self, signal: &str) -> ExitStatus {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args([signal, &id]).status().unwrap();
        assert!(sent.success());
        while self.line().is_some() {}
        self.child.wait().unwrap()
    }

    fn assert_gone(&self) {
        assert!(!is_running(self.proxy), "the proxy runs on");
        assert_eq!(names(self.place.path()), [""; 0]);
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        // A test that failed must not leave behind what it looked for.
        let _ = self.child.kill().and_then(|()| self.child.wait());
        if is_running(self.proxy) {
            let _ = Command::new("kill")
                .args(["-9", &self.proxy.to_string()])
                .status();
        }
    }
}

fn children(id: u32) -> Vec<u32> {
    let text = fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap();
    text.split_whitespace()
        .map(|id| id.parse().unwrap())
        .collect()
}

/// Whether it runs: what has ended and was not asked about yet does not.
fn is_running(id: u32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
    let state = stat.rsplit(") ").next().unwrap_or_default();
    !(state.is_empty() || state.starts_with(['Z', 'X']))
}

fn names(folder: &Path) -> Vec<String> {
    fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect()
}

#[test]
fn interrupted_it_takes_what_it_started_with_it() {
    let mut bench = Bench::start();
    assert_eq!(bench.end("-INT").code(), Some(130));
    bench.assert_gone();
}

#[test]
fn terminated_it_takes_what_it_started_with_it() {
    let mut bench = Bench::start();
    assert_eq!(bench.end("-TERM").code(), Some(143));
    bench.assert_gone();
}

#[test]
fn killed_it_takes_what_it_started_with_it() {
    let mut bench = Bench::start();
    assert_eq!(bench.end("-KILL").code(), None);
    bench.assert_gone();
}

//! `tripledash serve`, over real sockets, ended by a real signal.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

const WORKSPACE: &str = r#"{ "name": "shop", "tenants": [], "previews": [] }"#;

fn command(folder: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tripledash"));
    command
        .arg("serve")
        .args(words)
        .current_dir(folder)
        .env("TRIPLEDASH_DATA", folder.join("data"))
        .env_remove("TRIPLEDASH_TOKEN")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// An engine that listens.
struct Served {
    child: Option<Child>,
    url: String,
    port: u16,
    token: String,
    _folder: TempDir,
}

impl Served {
    fn start(folder: TempDir, words: &[&str]) -> Self {
        let mut child = command(folder.path(), &[&["--port", "0", "--json"], words].concat())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap())
            .read_line(&mut line)
            .unwrap();
        let said: Value =
            serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line:?}"));
        let mut keys: Vec<&str> = said
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect();
        keys.sort_unstable();
        assert_eq!(keys, ["port", "token", "url"]);
        Self {
            child: Some(child),
            url: said["url"].as_str().unwrap().to_owned(),
            port: u16::try_from(said["port"].as_u64().unwrap()).unwrap(),
            token: said["token"].as_str().unwrap().to_owned(),
            _folder: folder,
        }
    }

    fn get(&self, address: impl Into<std::net::IpAddr>, path: &str, token: &str) -> String {
        let mut stream = TcpStream::connect(SocketAddr::new(address.into(), self.port)).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(10)))
            .unwrap();
        write!(
            stream,
            "GET {path} HTTP/1.1\r\nHost: tripledash.localhost:{}\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\r\n",
            self.port
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    /// Sends a signal and waits for the end.
    fn end(mut self, signal: &str) -> Output {
        let child = self.child.take().unwrap();
        let sent = Command::new("kill")
            .args([signal, &child.id().to_string()])
            .status()
            .unwrap();
        assert!(sent.success());
        child.wait_with_output().unwrap()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            // A test that failed must not leave its engine behind; it may have ended by itself.
            let _ = child.kill().and_then(|()| child.wait());
        }
    }
}

fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("tripledash.json"), WORKSPACE).unwrap();
    folder
}

#[test]
fn one_line_then_the_api_in_both_families_then_a_clean_end() {
    let served = Served::start(folder(), &[]);
    assert_eq!(
        served.url,
        format!("http://tripledash.localhost:{}/", served.port)
    );
    let answer = served.get(Ipv4Addr::LOCALHOST, "/api/v1/workspace", &served.token);
    assert!(
        answer.starts_with("HTTP/1.1 200") && answer.contains(r#""name":"shop""#),
        "{answer}"
    );
    if TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).is_ok() {
        let answer = served.get(Ipv6Addr::LOCALHOST, "/api/v1/workspace", &served.token);
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }
    let answer = served.get(
        Ipv4Addr::LOCALHOST,
        "/api/v1/workspace",
        "another-token-altogether",
    );
    assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
    let output = served.end("-TERM");
    assert_eq!(
        output.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert_eq!(output.stdout, b"", "one line and no more");
}

#[test]
fn the_keyboards_interrupt_is_a_clean_end_too() {
    assert_eq!(
        Served::start(folder(), &[]).end("-INT").status.code(),
        Some(0)
    );
}

#[test]
fn a_folder_without_a_workspace_is_served_empty() {
    let served = Served::start(tempfile::tempdir().unwrap(), &[]);
    let answer = served.get(Ipv4Addr::LOCALHOST, "/api/v1/workspace", &served.token);
    assert!(
        answer.starts_with("HTTP/1.1 200") && answer.contains(r#""previews":[]"#),
        "{answer}"
    );
    assert_eq!(served.end("-TERM").status.code(), Some(0));
}

#[test]
fn the_demo_is_served_from_the_data_folder() {
    let served = Served::start(tempfile::tempdir().unwrap(), &["--demo"]);
    let answer = served.get(Ipv4Addr::LOCALHOST, "/api/v1/workspace", &served.token);
    assert!(answer.contains(r#""kind":"demo""#), "{answer}");
    assert_eq!(served.end("-TERM").status.code(), Some(0));
}

#[test]
fn a_taken_port_is_a_no_in_either_family() {
    let folder = folder();
    for address in [
        SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
        (Ipv6Addr::LOCALHOST, 0).into(),
    ] {
        // A machine without IPv6 cannot have it taken there.
        let Ok(other) = TcpListener::bind(address) else {
            continue;
        };
        let port = other.local_addr().unwrap().port().to_string();
        let output = command(folder.path(), &["--port", &port, "--json"])
            .output()
            .unwrap();
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(
            (output.status.code(), output.stdout.as_slice()),
            (Some(1), &b""[..]),
            "{error}"
        );
        assert!(error.contains(&format!("port {port} is taken")), "{error}");
    }
}

#[test]
fn a_folder_that_is_not_there_is_a_no() {
    let folder = folder();
    let output = command(folder.path(), &["nowhere", "--port", "0"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(
        String::from_utf8(output.stderr)
            .unwrap()
            .contains("nowhere")
    );
}

#[test]
fn a_token_from_the_environment_goes_before_the_file() {
    let folder = folder();
    let output = command(folder.path(), &["--port", "0", "--json"])
        .env("TRIPLEDASH_TOKEN", "short")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(
        String::from_utf8(output.stderr)
            .unwrap()
            .contains("TRIPLEDASH_TOKEN")
    );
}

//! A `tripledash serve` that listens.

use std::io::{Read, Write as _};
use std::net::{IpAddr, SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

/// How long an answer may take.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);
const WORKSPACE: &str = r#"{ "name": "shop", "tenants": [], "previews": [] }"#;

/// `tripledash serve`.
pub(crate) fn command(folder: &Path, words: &[&str]) -> Command {
    tripledash(folder, &[&["serve"], words].concat())
}

/// The program with nothing of the person's own.
pub(crate) fn tripledash(folder: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tripledash"));
    command
        .args(words)
        .current_dir(folder)
        .env("TRIPLEDASH_DATA", folder.join("data"))
        .env("TRIPLEDASH_KEYCHAIN", "off")
        .env_remove("TRIPLEDASH_TOKEN")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// An engine that listens.
pub(crate) struct Served {
    child: Option<Child>,
    pub(crate) url: String,
    pub(crate) port: u16,
    pub(crate) token: String,
    _folder: TempDir,
}

impl Served {
    pub(crate) fn start(folder: TempDir, words: &[&str]) -> Self {
        let command = command(folder.path(), &[&["--port", "0", "--json"], words].concat());
        Self::spawn(command, folder)
    }

    /// The same from a command that was changed; it wants `--json`.
    pub(crate) fn spawn(mut command: Command, folder: TempDir) -> Self {
        let mut child = command.spawn().unwrap();
        // Byte by byte: what follows the line must still be there when the engine has ended.
        let line = until("\n", child.stdout.as_mut().unwrap()).unwrap_or_default();
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

    pub(crate) fn get(&self, address: impl Into<IpAddr>, path: &str, token: &str) -> String {
        let host = format!("tripledash.localhost:{}", self.port);
        let fields = format!("Authorization: Bearer {token}\r\n");
        self.ask(address, &host, path, &fields)
    }

    /// One request on a connection of its own, and all that comes back.
    pub(crate) fn ask(
        &self,
        address: impl Into<IpAddr>,
        host: &str,
        path: &str,
        fields: &str,
    ) -> String {
        let mut stream = TcpStream::connect(SocketAddr::new(address.into(), self.port)).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        write!(
            stream,
            "GET {path} HTTP/1.1\r\nHost: {host}\r\n{fields}Connection: close\r\n\r\n"
        )
        .unwrap();
        let mut answer = String::new();
        let read = stream.read_to_string(&mut answer);
        assert!(
            read.is_ok(),
            "{host}{path} {fields}: {read:?} after {answer:?}"
        );
        answer
    }

    /// Sends a signal.
    pub(crate) fn signal(&self, signal: &str) {
        let child = self.child.as_ref().unwrap();
        let sent = Command::new("kill")
            .args([signal, &child.id().to_string()])
            .status()
            .unwrap();
        assert!(sent.success());
    }

    /// Ends it without a word of its own.
    pub(crate) fn kill(self) {
        self.end("-KILL");
    }

    /// Waits for the end.
    pub(crate) fn wait(mut self) -> Output {
        self.child.take().unwrap().wait_with_output().unwrap()
    }

    /// Sends a signal and waits for the end.
    pub(crate) fn end(self, signal: &str) -> Output {
        self.signal(signal);
        self.wait()
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

/// A folder with an empty workspace.
pub(crate) fn folder() -> TempDir {
    holding(WORKSPACE)
}

/// A folder with a workspace.
pub(crate) fn holding(workspace: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("tripledash.json"), workspace).unwrap();
    folder
}

/// Reads a request's head; `None` where the other side closed before its end, as one that only
/// looks whether anybody listens.
pub(crate) fn head(stream: &mut impl Read) -> Option<String> {
    until("\r\n\r\n", stream)
}

fn until(end: &str, stream: &mut impl Read) -> Option<String> {
    let mut read = Vec::new();
    while !read.ends_with(end.as_bytes()) {
        let mut byte = [0];
        stream.read_exact(&mut byte).ok()?;
        read.push(byte[0]);
    }
    Some(String::from_utf8(read).unwrap())
}

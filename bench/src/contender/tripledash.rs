//! The engine: its release binary on a real workspace, recording as it always does.

use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, BufReader};

use super::Place;
use super::peers::version;
use crate::failure::{Doing as _, Failure};
use crate::started::{Started, command};

/// How long the engine may take to say that it listens.
const READY: Duration = Duration::from_secs(30);

/// `tripledash serve`, listening.
#[derive(Debug)]
pub(crate) struct Serving {
    pub(crate) started: Started,
    pub(crate) version: String,
    pub(crate) port: u16,
    pub(crate) token: String,
}

/// Writes a workspace of one tenant and one preview.
pub(crate) fn workspace(folder: &Path, upstream: u16) -> Result<(), Failure> {
    let workspace = json!({
        "name": "bench",
        "tenants": [{ "id": "acme", "name": "Acme" }],
        "previews": [{ "name": "main", "upstream": format!("http://127.0.0.1:{upstream}") }],
    });
    std::fs::create_dir_all(folder).doing(folder.display())?;
    let file = folder.join("tripledash.json");
    std::fs::write(&file, format!("{workspace:#}\n")).doing(file.display())
}

/// Starts it, and says how long it took to say that it listens.
pub(crate) async fn serve(place: &Place, folder: &Path) -> Result<(Serving, Duration), Failure> {
    let binary = place.binaries.join("tripledash");
    let version = version(&binary, &["--version"]).await?;
    let mut command = command(&binary, &place.folder.join("tripledash.log"))?;
    command
        .args(["serve", "--port", "0", "--json"])
        .arg(folder)
        .env("TRIPLEDASH_DATA", place.folder.join("data"))
        .env("TRIPLEDASH_KEYCHAIN", "off")
        .stdout(Stdio::piped());
    let begun = Instant::now();
    let mut started = Started::spawn(command, &place.notes)?;
    let output = started
        .child
        .stdout
        .take()
        .ok_or("the engine has no output")?;
    let mut line = String::new();
    let mut output = BufReader::new(output);
    tokio::time::timeout(READY, output.read_line(&mut line))
        .await
        .doing("waiting for the engine's line")?
        .doing("reading the engine's line")?;
    let took = begun.elapsed();
    let said: Value = serde_json::from_str(&line).doing("the engine's line")?;
    let port = said["port"]
        .as_u64()
        .and_then(|port| u16::try_from(port).ok());
    let serving = Serving {
        started,
        version,
        port: port.ok_or("the engine's line has no port")?,
        token: said["token"].as_str().unwrap_or_default().to_owned(),
    };
    Ok((serving, took))
}

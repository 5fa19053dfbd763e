//! The other proxies.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use tokio::process::Command;

use super::{Contender, Place, configure};
use crate::failure::{Doing as _, Failure};
use crate::started::{Started, command, free_port};

const NGINX: &str = include_str!("../../peers/nginx.conf");
const HAPROXY: &str = include_str!("../../peers/haproxy.cfg");
const CADDY: &str = include_str!("../../peers/Caddyfile");
const HTTP_PROXY: &str = include_str!("../../peers/http-proxy.cjs");

/// Starts a peer. `None`: it is not installed.
pub(super) async fn start(name: &str, place: &Place) -> Result<Option<Contender>, Failure> {
    let port = free_port()?;
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let (port, upstream) = (port.to_string(), place.upstream.port().to_string());
    let folder = place.folder.join(name.replace(' ', "-"));
    std::fs::create_dir_all(&folder).doing(folder.display())?;
    let text = folder.to_string_lossy();
    let values = [
        ("@PORT@", &*port),
        ("@UPSTREAM@", &*upstream),
        ("@FOLDER@", &*text),
    ];
    let log = folder.join("log");
    let with = |program: &Path| command(program, &log);
    let (name, version, command) = match name {
        "plain hyper" => {
            let program = place.binaries.join("plain-hyper-proxy");
            let mut command = with(&program)?;
            command.args([&port, &upstream]);
            (
                "plain hyper",
                "hyper 1 with hyper-util's pooled client".to_owned(),
                command,
            )
        }
        "nginx" => {
            let Some(program) = find("nginx") else {
                return Ok(None);
            };
            let file = configure("nginx.conf", NGINX, &folder, &values)?;
            let mut command = with(&program)?;
            command
                .args(["-e", "stderr", "-g", "daemon off;", "-p"])
                .arg(&folder)
                .arg("-c")
                .arg(file);
            ("nginx", version(&program, &["-v"]).await?, command)
        }
        "haproxy" => {
            let Some(program) = find("haproxy") else {
                return Ok(None);
            };
            let file = configure("haproxy.cfg", HAPROXY, &folder, &values)?;
            let mut command = with(&program)?;
            command.arg("-db").arg("-f").arg(file);
            ("haproxy", version(&program, &["-v"]).await?, command)
        }
        "caddy" => {
            let Some(program) = find("caddy") else {
                return Ok(None);
            };
            let file = configure("Caddyfile", CADDY, &folder, &values)?;
            let mut command = with(&program)?;
            command
                .args(["run", "--adapter", "caddyfile", "--config"])
                .arg(file)
                .env("HOME", &folder)
                .env("XDG_DATA_HOME", &folder)
                .env("XDG_CONFIG_HOME", &folder);
            ("caddy", version(&program, &["version"]).await?, command)
        }
        "http-proxy" => {
            let modules = place.installed.join("node_modules");
            let package = modules.join("http-proxy/package.json");
            let (Some(node), Ok(package)) = (find("node"), std::fs::read_to_string(package)) else {
                return Ok(None);
            };
            let package: serde_json::Value =
                serde_json::from_str(&package).doing("http-proxy's package.json")?;
            let of_node = version(&node, &["--version"]).await?;
            let version = format!(
                "{} on Node {of_node}",
                package["version"].as_str().unwrap_or("?")
            );
            let file = configure("http-proxy.cjs", HTTP_PROXY, &folder, &values)?;
            let mut command = with(&node)?;
            command
                .arg(file)
                .args([&port, &upstream])
                .env("NODE_PATH", modules);
            ("http-proxy", version, command)
        }
        "mitmproxy" => {
            let program = place.installed.join("venv/bin/mitmdump");
            if !program.is_file() {
                return Ok(None);
            }
            let mut command = with(&program)?;
            command
                .arg("-q")
                .args(["--mode", &format!("reverse:http://127.0.0.1:{upstream}")])
                .args(["--listen-host", "127.0.0.1", "--listen-port", &port])
                .args(["--set", "keep_host_header=true", "--set"])
                .arg(format!("confdir={text}"));
            (
                "mitmproxy",
                version(&program, &["--version"]).await?,
                command,
            )
        }
        other => return Err(format!("there is no contender named {other:?}").into()),
    };
    let mut process = Started::spawn(command, &place.notes)?;
    process.listens(address).await.map_err(|failure| {
        let log = std::fs::read_to_string(&log).unwrap_or_default();
        format!("{failure}\n{log}")
    })?;
    Ok(Some(Contender {
        name,
        version,
        address,
        process: Some(process),
    }))
}

/// The first line that a program says of its version, on whichever output.
pub(super) async fn version(program: &Path, arguments: &[&str]) -> Result<String, Failure> {
    let output = Command::new(program)
        .args(arguments)
        .kill_on_drop(true)
        .output()
        .await
        .doing(program.display())?;
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    let line = said.lines().next().unwrap_or_default().trim();
    let line = line.strip_prefix("nginx version: ").unwrap_or(line);
    Ok(line.trim_start_matches("Mitmproxy: ").to_owned())
}

/// A program on the path, or where Debian puts those of the system.
fn find(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .chain([PathBuf::from("/usr/sbin")])
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
}

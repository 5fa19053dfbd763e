//! `cargo xtask bench`: the engine's cost beside other proxies.
//!
//! The measuring is the `tripledash-bench` package's; here its programs are built and, when asked,
//! the peers installed.

use std::fs;
use std::io::Write as _;

use crate::command::{call, cargo, find, program, turn_into};
use crate::{Failure, root, system, target};

/// The bench says the same: one text for both.
pub(crate) const HELP: &str = include_str!("../../bench/help.txt");

/// Peers from the system's packages. Debian starts them as services, on ports of their own.
const PACKAGES: &[&str] = &["nginx-light", "haproxy", "caddy", "python3-venv"];

pub(crate) fn bench(arguments: &[&str]) -> Result<(), Failure> {
    if !cfg!(target_os = "linux") {
        return Err("the bench reads processor time in Linux's way, and runs there only".into());
    }
    let (install, rest): (Vec<&str>, Vec<&str>) =
        arguments.iter().partition(|word| **word == "--install");
    if !install.is_empty() {
        install_peers()?;
    }
    // Apart, so that each has the features that it asks for and no more.
    call(cargo([
        "build",
        "--release",
        "--quiet",
        "--package",
        "tripledash",
    ]))?;
    call(cargo([
        "build",
        "--release",
        "--quiet",
        "--package",
        "tripledash-bench",
    ]))?;
    let binary = target().join("release/tripledash-bench");
    // A signal to us is one to the bench, which ends what it started.
    turn_into(program(&binary.to_string_lossy(), rest))
}

/// Into `target/bench`, but for what only the system's package manager can install.
fn install_peers() -> Result<(), Failure> {
    system::install(PACKAGES)?;
    let folder = target().join("bench");
    let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
    fs::create_dir_all(&folder).map_err(failed)?;
    for file in ["package.json", "package-lock.json"] {
        fs::copy(root().join("bench/peers").join(file), folder.join(file)).map_err(failed)?;
    }
    if find("npm").is_none() {
        return Err("npm is missing: install Node.js 20 or later".into());
    }
    let mut npm = program("npm", ["ci", "--no-audit", "--no-fund"]);
    npm.current_dir(&folder);
    call(npm)?;
    let venv = folder.join("venv");
    if !venv.join("bin/pip").is_file() {
        call(program("python3", ["-m", "venv", &venv.to_string_lossy()]))?;
    }
    let pip = venv.join("bin/pip");
    call(program(
        &pip.to_string_lossy(),
        ["install", "--quiet", "mitmproxy"],
    ))?;
    let mut out = std::io::stdout().lock();
    // A closed terminal changes nothing of what was installed.
    let _ = writeln!(out, "The peers are installed");
    Ok(())
}

//! The UI's side: Node, its packages, its build.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use crate::command::{answer, call, find, program};
use crate::{Failure, root};

const OLDEST_NODE: (u32, u32) = (20, 19);

/// `npm` in a folder of the repository.
pub(crate) fn npm<'a>(folder: &str, arguments: impl IntoIterator<Item = &'a str>) -> Command {
    let mut command = program(if cfg!(windows) { "npm.cmd" } else { "npm" }, arguments);
    command.current_dir(root().join(folder));
    command
}

/// A program that a folder's packages brought along; never one from elsewhere.
pub(crate) fn tool<'a>(folder: &str, arguments: impl IntoIterator<Item = &'a str>) -> Command {
    npm(folder, ["exec", "--no", "--"].into_iter().chain(arguments))
}

/// Installs a folder's packages when its lock file is newer than they are.
pub(crate) fn install(folder: &str) -> Result<(), Failure> {
    let folder_path = root().join(folder);
    let lock = modified(&folder_path.join("package-lock.json"));
    if lock.is_none() {
        return Err(format!("{folder}/package-lock.json is missing").into());
    }
    if modified(&folder_path.join("node_modules/.package-lock.json")) >= lock {
        return Ok(());
    }
    check_node()?;
    println!("Installing the packages of {folder}");
    call(npm(folder, ["ci", "--no-audit", "--no-fund"]))
}

/// Builds the page when a source is newer than the last build.
pub(crate) fn build_ui() -> Result<(), Failure> {
    install("ui")?;
    let ui = root().join("ui");
    let built = modified(&ui.join("dist/index.html"));
    let sources = [
        "src",
        "public",
        "index.html",
        "package-lock.json",
        "vite.config.ts",
    ];
    let newest = sources
        .iter()
        .filter_map(|source| newest(&ui.join(source)))
        .max();
    if built.is_some() && built >= newest {
        return Ok(());
    }
    println!("Building the page");
    call(npm("ui", ["run", "build"]))
}

fn check_node() -> Result<(), Failure> {
    let (major, minor) = OLDEST_NODE;
    let wanted = format!("Node {major}.{minor} or newer is needed, with npm (https://nodejs.org)");
    let version = answer(program("node", ["--version"])).ok_or_else(|| wanted.clone())?;
    if read_version(&version).is_none_or(|found| found < OLDEST_NODE) {
        return Err(format!("{wanted}; found {}", version.trim()).into());
    }
    if find(if cfg!(windows) { "npm.cmd" } else { "npm" }).is_none() {
        return Err(format!("{wanted}; npm was not found").into());
    }
    Ok(())
}

/// Major and minor of `v20.19.1`.
fn read_version(text: &str) -> Option<(u32, u32)> {
    let mut numbers = text
        .trim()
        .trim_start_matches('v')
        .split('.')
        .map(|number| number.parse::<u32>().ok());
    Some((numbers.next()??, numbers.next()??))
}

fn modified(path: &Path) -> Option<SystemTime> {
    path.metadata()
        .and_then(|metadata| metadata.modified())
        .ok()
}

/// The newest change in a file or in a folder and all below it.
fn newest(path: &Path) -> Option<SystemTime> {
    let mut newest = modified(path);
    let mut folders: Vec<PathBuf> = vec![path.to_owned()];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = folder.read_dir() else {
            continue;
        };
        for entry in entries.flatten() {
            let path = entry.path();
            newest = newest.max(modified(&path));
            if path.is_dir() {
                folders.push(path);
            }
        }
    }
    newest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn node_versions_are_compared_by_major_and_minor() {
        assert_eq!(read_version("v20.19.1\n"), Some((20, 19)));
        assert_eq!(read_version("v22.2.0"), Some((22, 2)));
        assert!(read_version("v20.9.0") < Some(OLDEST_NODE));
        assert_eq!(read_version("nightly"), None);
    }
}

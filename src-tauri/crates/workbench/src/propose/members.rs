//! The members of a repository of several packages.

use std::path::Path;

use super::look::read;

/// How many folders are looked at.
const MOST: usize = 200;

/// The folders that patterns such as `apps/*` name, in order, from the folder they are in. A
/// pattern that leaves out is passed over.
pub(super) fn folders(folder: &Path, patterns: &[String]) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for pattern in patterns {
        let pattern = pattern.trim_start_matches("./").trim_end_matches('/');
        let inside = pattern
            .split('/')
            .all(|segment| !matches!(segment, ".." | ""));
        if pattern.starts_with('!') || !inside {
            continue;
        }
        let mut here = match pattern.split_once('*') {
            None => vec![pattern.to_owned()],
            // What stands behind the first star is not read: packages of packages are few.
            Some((before, _)) => below(folder, before),
        };
        here.sort();
        found.extend(
            here.into_iter()
                .filter(|path| folder.join(path).join("package.json").is_file()),
        );
    }
    let mut seen = std::collections::BTreeSet::new();
    found.retain(|path| seen.insert(path.clone()));
    found.truncate(MOST);
    found
}

/// The folders whose path begins so: `apps/`, `packages/app-`.
fn below(folder: &Path, before: &str) -> Vec<String> {
    let (parent, beginning) = before.rsplit_once('/').unwrap_or(("", before));
    let Ok(entries) = std::fs::read_dir(folder.join(parent)) else {
        return Vec::new();
    };
    let names = entries
        .flatten()
        .filter_map(|entry| entry.file_name().into_string().ok());
    names
        .filter(|name| {
            name.starts_with(beginning) && name != "node_modules" && !name.starts_with('.')
        })
        .map(|name| {
            if parent.is_empty() {
                name
            } else {
                format!("{parent}/{name}")
            }
        })
        .collect()
}

/// The patterns of `pnpm-workspace.yaml`: the list under `packages`.
pub(super) fn of_pnpm(folder: &Path) -> Vec<String> {
    let text = read(&folder.join("pnpm-workspace.yaml")).unwrap_or_default();
    let mut patterns = Vec::new();
    let mut inside = false;
    for line in text.lines() {
        let line = line.split(" #").next().unwrap_or_default().trim_end();
        if let Some(item) = line.trim_start().strip_prefix("- ").filter(|_| inside) {
            patterns.push(item.trim().trim_matches(['"', '\'']).to_owned());
        } else if !line.is_empty() && !line.starts_with([' ', '#']) {
            inside = line.starts_with("packages:");
        }
    }
    patterns
}

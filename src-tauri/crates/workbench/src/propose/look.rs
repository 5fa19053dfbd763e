//! Reads a folder for a proposal. Nothing in it is run, and no file is read far.

use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use serde_json::Value;
use thiserror::Error;

use super::hints::Tenancy;
use super::manager::{Lock, PackageManager};
use super::package::{App, Package, PackageJson};
use super::script::Framework;
use super::{Seen, git, members};
use crate::environment;
use crate::file::{name_of, ordinary};

/// How much of a file is read: far more than any that is looked at has.
const MOST: u64 = 1024 * 1024;
/// The lock files, the one that is taken among several first.
const LOCKS: [&str; 6] = [
    "pnpm-lock.yaml",
    "yarn.lock",
    "bun.lock",
    "bun.lockb",
    "package-lock.json",
    "npm-shrinkwrap.json",
];
/// Where a Next.js app finds its tenants, newest name first.
const MIDDLEWARES: [&str; 2] = ["proxy", "middleware"];
/// Files with values for variables; only the names of domains are taken from them.
const VARIABLES: [&str; 4] = [".env", ".env.development", ".env.local", ".env.production"];

/// A folder that cannot be looked at.
#[derive(Debug, Error)]
#[error("cannot look at {}", folder.display())]
pub struct NoFolder {
    /// The folder.
    pub folder: PathBuf,
    #[source]
    source: io::Error,
}

/// Looks at a folder.
///
/// # Errors
///
/// There is no such folder. Whatever is missing or broken in it is part of what is seen.
pub fn look(folder: &Path) -> Result<Seen, NoFolder> {
    let no_folder = |source| NoFolder {
        folder: folder.to_owned(),
        source,
    };
    let folder = folder.canonicalize().map_err(no_folder)?;
    if !folder.is_dir() {
        return Err(no_folder(io::ErrorKind::NotADirectory.into()));
    }
    let (package, json) = package(&folder);
    let repository = git::find(&folder);
    let top = repository.as_ref().map_or(0, |repository| {
        repository
            .inside
            .split('/')
            .filter(|segment| !segment.is_empty())
            .count()
    });
    Ok(Seen {
        folder: name_of(&folder),
        apps: apps(&folder, &json),
        lock: lock(&folder, top, json.manager.as_deref()),
        vercel_project: vercel_project(&folder),
        package,
        repository,
    })
}

/// A file's text; `None` where there is no ordinary file, or none of text.
pub(super) fn read(path: &Path) -> Option<String> {
    let mut text = String::new();
    ordinary(path)
        .ok()?
        .take(MOST)
        .read_to_string(&mut text)
        .ok()?;
    Some(text)
}

fn package(folder: &Path) -> (Package, PackageJson) {
    let path = folder.join("package.json");
    if !path.exists() {
        return (Package::Absent, PackageJson::default());
    }
    let parsed = match read(&path) {
        Some(text) => PackageJson::parse(&text),
        None => Err("it is no text".to_owned()),
    };
    match parsed {
        Ok(json) => (
            Package::Found {
                name: json.name.clone(),
            },
            json,
        ),
        Err(reason) => (Package::Broken { reason }, PackageJson::default()),
    }
}

/// The folder's own app; or where its script only starts those of its members, theirs.
fn apps(folder: &Path, json: &PackageJson) -> Vec<App> {
    let own = app(folder, "", json);
    if own
        .as_ref()
        .is_some_and(|app| app.script.framework != Framework::Other)
    {
        return own.into_iter().collect();
    }
    let mut patterns = json.members.clone();
    patterns.extend(members::of_pnpm(folder));
    let of_members = members::folders(folder, &patterns)
        .into_iter()
        .filter_map(|path| {
            let (_, json) = package(&folder.join(&path));
            app(&folder.join(&path), &path, &json)
        });
    let of_members: Vec<App> = of_members
        .filter(|app| app.script.framework != Framework::Other)
        .collect();
    if of_members.is_empty() {
        own.into_iter().collect()
    } else {
        of_members
    }
}

fn app(folder: &Path, path: &str, json: &PackageJson) -> Option<App> {
    let script = json.script.clone()?;
    Some(App {
        path: path.to_owned(),
        name: json.name.clone(),
        configured: configured(folder, script.framework),
        tenancy: tenancy(folder),
        root_domain: root_domain(folder),
        script,
    })
}

fn lock(folder: &Path, top: usize, field: Option<&str>) -> Option<Lock> {
    let named = field.and_then(PackageManager::of_field);
    for (up, folder) in folder.ancestors().take(top + 1).enumerate() {
        let modern = folder.join(".yarnrc.yml").exists()
            || named == Some(PackageManager::Yarn)
            || read(&folder.join("yarn.lock")).is_some_and(|text| text.contains("__metadata:"));
        let mut found = LOCKS
            .iter()
            .filter(|file| folder.join(file).is_file())
            .filter_map(|file| {
                let manager = PackageManager::of_lock(file, modern)?;
                let file = (*file).to_owned();
                Some(Lock { manager, file, up })
            });
        let found = match named {
            Some(named) => found.find(|lock| lock.manager == named),
            None => found.next(),
        };
        if found.is_some() {
            return found;
        }
    }
    named.map(|manager| Lock {
        manager,
        file: String::new(),
        up: 0,
    })
}

/// The port that the framework's configuration names.
fn configured(folder: &Path, framework: Framework) -> Option<(u16, String)> {
    let (file, section) = match framework {
        Framework::Vite | Framework::Remix => ("vite.config", "server"),
        Framework::Astro => ("astro.config", "server"),
        Framework::Nuxt => ("nuxt.config", "devServer"),
        Framework::Next
        | Framework::Angular
        | Framework::CreateReactApp
        | Framework::Gatsby
        | Framework::Other => return None,
    };
    for ending in ["ts", "js", "mts", "mjs", "cts", "cjs"] {
        let name = format!("{file}.{ending}");
        if let Some(text) = read(&folder.join(&name)) {
            return port_in(&text, section).map(|port| (port, name));
        }
    }
    None
}

/// The number behind `port:` in `section: { … }`.
fn port_in(text: &str, section: &str) -> Option<u16> {
    let code: Vec<&str> = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect();
    let code = code.join("\n");
    let start = code.match_indices(section).find_map(|(at, _)| {
        let rest = code[at + section.len()..].trim_start().strip_prefix(':')?;
        rest.trim_start().strip_prefix('{')
    })?;
    let inside = start.split('}').next()?;
    let named = inside.match_indices("port").find_map(|(at, word)| {
        // Not the end of another word.
        let whole = !inside[..at].ends_with(|c: char| c.is_alphanumeric());
        let rest = inside[at + word.len()..].trim_start().strip_prefix(':');
        rest.filter(|_| whole)
    });
    let digits = named?.trim_start();
    let end = digits
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(digits.len());
    digits[..end].parse().ok().filter(|port| *port != 0)
}

fn tenancy(folder: &Path) -> Option<Tenancy> {
    for name in MIDDLEWARES {
        for within in ["", "src/"] {
            for ending in ["ts", "js", "mts", "mjs", "tsx", "jsx"] {
                let file = format!("{within}{name}.{ending}");
                if let Some(text) = read(&folder.join(&file)) {
                    return Tenancy::of(&file, &text);
                }
            }
        }
    }
    None
}

fn root_domain(folder: &Path) -> Option<(String, String)> {
    let texts = VARIABLES.iter().filter_map(|file| read(&folder.join(file)));
    let all = texts.flat_map(|text| environment::parse(&text));
    all.filter(|(name, _)| name.ends_with("ROOT_DOMAIN"))
        .find(|(_, value)| {
            value.contains('.') && !value.contains("localhost") && !value.contains("://")
        })
}

fn vercel_project(folder: &Path) -> Option<String> {
    let text = read(&folder.join(".vercel/project.json"))?;
    let value: Value = serde_json::from_str(&text).ok()?;
    let name = value
        .get("projectName")
        .or_else(|| value.get("projectId"))?;
    name.as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::port_in;

    #[test]
    fn ports_of_configurations() {
        for (text, port) in [
            (
                "export default { server: { port: 4301, strictPort: true } }",
                Some(4301),
            ),
            ("server: {\n  strictPort: true,\n  port:8080\n}", Some(8080)),
            ("server : {\n  // port: 1\n  port: 8080 }", Some(8080)),
            ("preview: { port: 4000 }, server: { open: true }", None),
            ("server: { port: Number(process.env.PORT) }", None),
            ("server: { port: 70000 }", None),
            ("observer: 1, server: { port: 5000 }", Some(5000)),
        ] {
            assert_eq!(port_in(text, "server"), port, "{text}");
        }
    }
}

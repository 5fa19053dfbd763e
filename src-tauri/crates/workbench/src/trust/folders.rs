//! The trusted folders, kept in `trusted.json` of the data folder.
//!
//! Several engines may run. The list on disk is the truth for all of them.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use tripledash_core::Workspace;

use super::commands;
use crate::file;
use crate::state::{Trust, TrustedCommand};

/// A folder, and what may run in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Trusted {
    folder: PathBuf,
    commands: Vec<TrustedLine>,
}

/// What a person has seen of a command; the rest are words of ours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct TrustedLine {
    place: String,
    line: String,
    folder: Option<String>,
}

/// The trusted folders, as they are on disk.
#[derive(Debug)]
pub(crate) struct TrustedFolders {
    path: PathBuf,
    known: Mutex<Known>,
}

/// What was read, and of which file: its time and its length.
#[derive(Debug, Default)]
struct Known {
    of: Option<(SystemTime, u64)>,
    list: Vec<Trusted>,
}

// === impl TrustedFolders ===

impl TrustedFolders {
    /// The list in our own folder.
    pub(crate) fn load(data_dir: &Path) -> Self {
        Self {
            path: data_dir.join("trusted.json"),
            known: Mutex::default(),
        }
    }

    /// Where the list is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Makes the list where there is none: what is not there cannot be watched without the folder
    /// above ours, and another engine may be the first to write it.
    pub(crate) fn make(&self) -> io::Result<()> {
        if self.path.exists() {
            return Ok(());
        }
        let _lock = self.lock()?;
        match file::create(&self.path, "[]") {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
            Ok(()) | Err(_) => Ok(()),
        }
    }

    /// Keeps other engines from writing until it is dropped.
    fn lock(&self) -> io::Result<File> {
        if let Some(folder) = self.path.parent() {
            fs::create_dir_all(folder)?;
        }
        let lock = File::create(self.path.with_extension("lock"))?;
        if let Err(error) = lock.lock() {
            tracing::debug!(%error, "a file system without locks");
        }
        Ok(lock)
    }

    /// The list as it is now. Another engine may have written it.
    fn has(&self, wanted: &Trusted) -> bool {
        let mut known = self.known.lock();
        let of = fs::metadata(&self.path).ok();
        let of = of.and_then(|of| Some((of.modified().ok()?, of.len())));
        if of.is_none() || known.of != of {
            known.list = read(&self.path);
            known.of = of;
        }
        known.list.contains(wanted)
    }

    /// What a workspace runs in its folder, and whether it may. `None`: it runs nothing.
    pub(crate) fn of(&self, folder: &Path, workspace: &Workspace) -> Option<Trust> {
        let commands = commands(workspace);
        if commands.is_empty() {
            return None;
        }
        let wanted = entry(folder, &commands);
        Some(Trust {
            folder: folder.display().to_string(),
            trusted: self.has(&wanted),
            commands,
        })
    }

    /// Trusts a folder with these commands, or no longer with any.
    pub(crate) fn set(
        &self,
        folder: &Path,
        commands: &[TrustedCommand],
        trusted: bool,
    ) -> io::Result<()> {
        // Held until the end: what another engine writes is read before, or written after.
        let _lock = self.lock()?;
        let mut list = read(&self.path);
        list.retain(|known| known.folder != folder);
        if trusted {
            list.push(entry(folder, commands));
        }
        let text = serde_json::to_string_pretty(&list).expect("paths and lines are text");
        file::replace(&self.path, &text)?;
        self.known.lock().of = None;
        Ok(())
    }
}

/// Reads a list. One that cannot be read trusts nothing; one entry that another version wrote in
/// another form takes no other along.
fn read(path: &Path) -> Vec<Trusted> {
    let Ok(text) = fs::read_to_string(path) else {
        return Vec::new();
    };
    let entries = serde_json::from_str::<Vec<serde_json::Value>>(&text);
    let entries = entries.unwrap_or_else(|error| {
        tracing::warn!(path = %path.display(), %error, "trusted folders are unreadable");
        Vec::new()
    });
    let entries = entries.into_iter();
    entries
        .filter_map(|entry| serde_json::from_value(entry).ok())
        .collect()
}

fn entry(folder: &Path, commands: &[TrustedCommand]) -> Trusted {
    let command = |command: &TrustedCommand| TrustedLine {
        place: command.place.clone(),
        line: command.line.clone(),
        folder: command.folder.clone(),
    };
    Trusted {
        folder: folder.to_owned(),
        commands: commands.iter().map(command).collect(),
    }
}

#[cfg(test)]
mod tests {
    use tripledash_core::workspace::parse;

    use super::*;

    fn workspace(dev: &str) -> Workspace {
        let text = format!(
            r#"{{ "name": "w", "tenants": {{ "command": ["node", "list all.js"] }},
                 "previews": [{{ "git": ".", "setup": "npm ci", "dev": "{dev}" }}] }}"#
        );
        parse(&text, "t.json").workspace.unwrap()
    }

    #[test]
    fn a_folder_is_trusted_with_just_its_commands() {
        let data = tempfile::tempdir().unwrap();
        let folder = Path::new("/srv/app");
        let folders = TrustedFolders::load(data.path());
        let asked = folders.of(folder, &workspace("vite")).unwrap();
        assert!(!asked.trusted);
        let lines: Vec<_> = asked
            .commands
            .iter()
            .map(|command| (command.place.as_str(), command.line.as_str()))
            .collect();
        assert_eq!(
            lines,
            [
                ("tenants.command", "node 'list all.js'"),
                ("previews[0].setup", "npm ci"),
                ("previews[0].dev", "vite")
            ]
        );
        folders.set(folder, &asked.commands, true).unwrap();
        let again = TrustedFolders::load(data.path());
        let trusted = |folder: &str, dev: &str| {
            let trust = again.of(Path::new(folder), &workspace(dev));
            trust.unwrap().trusted
        };
        assert!(trusted("/srv/app", "vite"));
        assert!(!trusted("/srv/app", "vite; curl evil"));
        assert!(!trusted("/srv/other", "vite"));
        folders.set(folder, &asked.commands, false).unwrap();
        let nobody = TrustedFolders::load(data.path());
        assert!(!nobody.of(folder, &workspace("vite")).unwrap().trusted);
    }

    #[test]
    fn a_workspace_without_commands_asks_for_nothing() {
        let data = tempfile::tempdir().unwrap();
        let text =
            r#"{ "name": "w", "tenants": { "file": "t.csv" }, "previews": [{ "git": "." }] }"#;
        let workspace = parse(text, "t.json").workspace.unwrap();
        let folders = TrustedFolders::load(data.path());
        assert_eq!(folders.of(Path::new("/srv/app"), &workspace), None);
    }

    #[test]
    fn where_it_runs_and_what_is_copied_is_trusted_too() {
        let data = tempfile::tempdir().unwrap();
        let folders = TrustedFolders::load(data.path());
        let of = |git: &str, copy: &str| {
            let text = format!(
                r#"{{ "name": "w", "previews": [{{ "git": "{git}", "dev": "vite", "copy": ["{copy}"] }}] }}"#
            );
            let workspace = parse(&text, "t.json").workspace.unwrap();
            folders.of(Path::new("/srv/app"), &workspace).unwrap()
        };
        let seen = of(".", ".env*").commands;
        let copied = seen.iter().find(|seen| seen.place == "previews[0].copy");
        let line = "copies '.env*' into the branch's checkout";
        assert_eq!(copied.unwrap().line, line);
        folders.set(Path::new("/srv/app"), &seen, true).unwrap();
        assert!(of(".", ".env*").trusted);
        assert!(!of("../payments", ".env*").trusted);
        assert!(!of(".", "**").trusted);
        let inside = of("../payments", ".env*").commands;
        assert!(
            inside
                .iter()
                .all(|line| line.folder.as_deref() == Some("../payments"))
        );
    }

    #[test]
    fn what_is_sent_of_the_environment_is_told() {
        let data = tempfile::tempdir().unwrap();
        let folders = TrustedFolders::load(data.path());
        let of = |tenants: &str| {
            let text = format!(r#"{{ "name": "w", "tenants": {tenants} }}"#);
            let workspace = parse(&text, "t.json").workspace.unwrap();
            let trust = folders.of(Path::new("/srv/app"), &workspace);
            trust.map(|trust| trust.commands[0].line.clone())
        };
        assert_eq!(of(r#"{ "url": "https://a.example/tenants" }"#), None);
        assert_eq!(
            of(r#"{ "url": "https://a.example:8443/?k=${env:SECRET}" }"#).unwrap(),
            "sends SECRET to https://a.example:8443"
        );
        assert_eq!(
            of(r#"{ "url": "http://a.example", "headers": { "b": "${env:B} ${env:A}" } }"#)
                .unwrap(),
            "sends A, B to http://a.example"
        );
    }

    #[test]
    fn what_one_engine_takes_back_no_other_brings_back() {
        let data = tempfile::tempdir().unwrap();
        let (one, other) = (
            TrustedFolders::load(data.path()),
            TrustedFolders::load(data.path()),
        );
        let (x, y) = (Path::new("/srv/x"), Path::new("/srv/y"));
        let workspace = workspace("vite");
        let seen = commands(&workspace);
        let trusted = |folders: &TrustedFolders, folder: &Path| {
            folders.of(folder, &workspace).unwrap().trusted
        };
        one.set(x, &seen, true).unwrap();
        assert!(trusted(&one, x) && trusted(&other, x));
        one.set(x, &seen, false).unwrap();
        assert!(!trusted(&other, x));
        other.set(y, &seen, true).unwrap();
        assert!(!trusted(&one, x) && trusted(&one, y));
    }

    #[test]
    fn one_entry_that_is_none_takes_no_other_along() {
        let data = tempfile::tempdir().unwrap();
        let folders = TrustedFolders::load(data.path());
        let (folder, workspace) = (Path::new("/srv/app"), workspace("vite"));
        folders.set(folder, &commands(&workspace), true).unwrap();
        let path = data.path().join("trusted.json");
        let text = fs::read_to_string(&path).unwrap();
        let more = r#"[{ "folder": "/srv/b", "commands": [["tenants.command", "x"]] },"#;
        fs::write(&path, text.replacen('[', more, 1)).unwrap();
        assert!(folders.of(folder, &workspace).unwrap().trusted);
    }

    #[test]
    fn an_unreadable_list_trusts_nothing() {
        let data = tempfile::tempdir().unwrap();
        fs::write(data.path().join("trusted.json"), "{").unwrap();
        let folders = TrustedFolders::load(data.path());
        let trust = folders.of(Path::new("/srv/app"), &workspace("vite"));
        assert!(!trust.unwrap().trusted);
    }

    #[test]
    fn another_team_is_another_receiver() {
        let data = tempfile::tempdir().unwrap();
        let folder = Path::new("/srv/app");
        let folders = TrustedFolders::load(data.path());
        let workspace = |team: &str| {
            let text = format!(
                r#"{{ "name": "w", "previews": [{{ "vercel": {{ "project": "shop", "team": "{team}" }},
                     "headers": {{ "x-key": "${{env:KEY}}" }} }}] }}"#
            );
            parse(&text, "t.json").workspace.unwrap()
        };
        let asked = folders.of(folder, &workspace("acme")).unwrap();
        folders.set(folder, &asked.commands, true).unwrap();
        assert!(folders.of(folder, &workspace("acme")).unwrap().trusted);
        assert!(!folders.of(folder, &workspace("globex")).unwrap().trusted);
    }
}

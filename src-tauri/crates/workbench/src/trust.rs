//! The folders whose commands may run, kept in `trusted.json` of the data folder.
//!
//! A person trusts a folder with just the commands that it has then. When the file says others,
//! because somebody pulled or because a colleague sent another one, it is asked again.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use tripledash_core::Workspace;
use tripledash_core::workspace::{SourceKind, TenantsFrom};

use crate::file;
use crate::state::{Trust, TrustedCommand};

/// A folder, and what may run in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Trusted {
    folder: PathBuf,
    commands: Vec<(String, String)>,
}

/// The trusted folders, in memory and on disk.
#[derive(Debug)]
pub(crate) struct TrustedFolders {
    path: PathBuf,
    list: Vec<Trusted>,
}

/// The commands that a workspace runs, where it runs any.
pub(crate) fn commands(workspace: &Workspace) -> Vec<TrustedCommand> {
    let mut commands = Vec::new();
    let tenants = workspace.tenant_source.as_ref().map(|source| &source.from);
    if let Some(TenantsFrom::Command(words)) = tenants {
        commands.push(TrustedCommand {
            place: "tenants.command".to_owned(),
            line: shown(words),
            when: "at once, and from time to time, to list the tenants".to_owned(),
        });
    }
    for source in &workspace.sources {
        let SourceKind::Git(git) = &source.kind else {
            continue;
        };
        let at = source.at;
        let mut push = |key: &str, line: &Option<String>, when: &str| {
            commands.extend(line.as_ref().map(|line| TrustedCommand {
                place: format!("previews[{at}].{key}"),
                line: line.clone(),
                when: when.to_owned(),
            }));
        };
        let setup = "before a branch's first start, and when its lock file has changed";
        push("setup", &git.setup, setup);
        push("dev", &git.dev, "when you start a branch");
    }
    commands
}

/// Words as a person would type them.
fn shown(words: &[String]) -> String {
    let plain = |word: &str| {
        let plain = |c: char| c.is_alphanumeric() || "-_./=:@%+,".contains(c);
        !word.is_empty() && word.chars().all(plain)
    };
    let quoted = |word: &String| {
        if plain(word) {
            word.clone()
        } else {
            format!("'{}'", word.replace('\'', "'\\''"))
        }
    };
    words.iter().map(quoted).collect::<Vec<_>>().join(" ")
}

// === impl TrustedFolders ===

impl TrustedFolders {
    /// Reads the list. One that cannot be read trusts nothing.
    pub(crate) fn load(data_dir: &Path) -> Self {
        let path = data_dir.join("trusted.json");
        let list = match fs::read_to_string(&path) {
            Ok(text) => serde_json::from_str(&text).unwrap_or_else(|error| {
                tracing::warn!(path = %path.display(), %error, "trusted folders are unreadable");
                Vec::new()
            }),
            Err(_) => Vec::new(),
        };
        Self { path, list }
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
            trusted: self.list.contains(&wanted),
            commands,
        })
    }

    /// Trusts a folder with these commands, or no longer with any.
    pub(crate) fn set(
        &mut self,
        folder: &Path,
        commands: &[TrustedCommand],
        trusted: bool,
    ) -> io::Result<()> {
        let mut list = self.list.clone();
        list.retain(|known| known.folder != folder);
        if trusted {
            list.push(entry(folder, commands));
        }
        let text = serde_json::to_string_pretty(&list).expect("paths and lines are text");
        if let Some(folder) = self.path.parent() {
            fs::create_dir_all(folder)?;
        }
        file::replace(&self.path, &text)?;
        self.list = list;
        Ok(())
    }
}

fn entry(folder: &Path, commands: &[TrustedCommand]) -> Trusted {
    let command = |command: &TrustedCommand| (command.place.clone(), command.line.clone());
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
        let mut folders = TrustedFolders::load(data.path());
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
    fn an_unreadable_list_trusts_nothing() {
        let data = tempfile::tempdir().unwrap();
        fs::write(data.path().join("trusted.json"), "{").unwrap();
        let folders = TrustedFolders::load(data.path());
        let trust = folders.of(Path::new("/srv/app"), &workspace("vite"));
        assert!(!trust.unwrap().trusted);
    }
}

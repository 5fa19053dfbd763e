//! Writing a workspace into a folder: a first one, or the one that is open.

use std::path::{Path, PathBuf};
use std::{fs, io};

use thiserror::Error;
use tripledash_core::Severity;
use tripledash_core::workspace::{Problem, parse};

use super::Workbench;
use super::open::{OpenError, folder_of};
use super::opened::{Opened, Place};
use crate::file::name_of;
use crate::schema::{SCHEMA_FILE, put_schema_beside};
use crate::state::{OriginKind, TrustedCommand};
use crate::{FILE, file, trust};

/// Why a workspace cannot be written into a folder.
#[derive(Debug, Error)]
pub enum CreateError {
    /// The folder cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The folder has a workspace already.
    #[error("{} exists already", file.display())]
    Exists {
        /// The file in the way.
        file: PathBuf,
    },
    /// The text is no workspace.
    #[error("{}", first_message(problems))]
    Invalid {
        /// What is wrong with it.
        problems: Vec<Problem>,
    },
    /// The file cannot be written.
    #[error("cannot write {}", file.display())]
    Unwritable {
        /// The file.
        file: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// Why the open workspace cannot be saved into a folder.
#[derive(Debug, Error)]
pub enum SaveError {
    /// The folder cannot take it.
    #[error(transparent)]
    Create(#[from] CreateError),
    /// There is no text to save.
    #[error("nothing to save: the workspace's file is gone")]
    Nothing,
}

impl Workbench {
    /// Writes a workspace into a folder that has none, and opens it: `text`, or a minimal one.
    pub fn create(&self, folder: &Path, text: Option<String>) -> Result<(), CreateError> {
        let folder = folder_of(folder)?;
        let text = text.unwrap_or_else(|| minimal(&name_of(&folder)));
        let parsed = parse(&text, FILE);
        if parsed.workspace.is_none() {
            let problems = parsed.problems;
            return Err(CreateError::Invalid { problems });
        }
        write_workspace(&folder, &text)?;
        self.open(&folder)?;
        Ok(())
    }

    /// Writes the open workspace into a folder that has none, and goes on from that file. A draft
    /// is moved.
    pub fn save(&self, folder: &Path) -> Result<(), SaveError> {
        let folder = folder_of(folder).map_err(CreateError::from)?;
        let mut opened = self.opened.lock();
        opened.read_again();
        let saved = self.save_locked(&mut opened, folder);
        self.publish(&mut opened);
        saved
    }

    fn save_locked(&self, opened: &mut Opened, folder: PathBuf) -> Result<(), SaveError> {
        let before = opened.place.clone();
        if before.as_ref().is_some_and(|place| place.folder == folder) {
            return Ok(());
        }
        let text = match (&opened.text, &before) {
            (Some(text), _) => text.clone(),
            (None, None) => minimal(&name_of(&folder)),
            (None, Some(_)) => return Err(SaveError::Nothing),
        };
        write_workspace(&folder, &text)?;
        let parsed = parse(&text, FILE);
        opened.accept(text, parsed);
        if before
            .as_ref()
            .is_some_and(|place| place.kind == OriginKind::Draft)
        {
            self.move_kept(opened, &folder);
            take_trust_along(opened, &folder);
        }
        self.settle(
            opened,
            Place {
                kind: OriginKind::Folder,
                folder,
            },
        );
        if let Some(place) = before.filter(|place| place.kind == OriginKind::Draft) {
            opened.recents.forget(&place.folder);
            // It lives on elsewhere now; a draft left behind would only be stale.
            // What a person put beside it is theirs, and keeps the folder.
            match fs::remove_file(place.file()).and_then(|()| fs::remove_dir(&place.folder)) {
                Err(error) if error.kind() != io::ErrorKind::DirectoryNotEmpty => {
                    tracing::warn!(folder = %place.folder.display(), %error, "draft left behind");
                }
                Ok(()) | Err(_) => {}
            }
        }
        Ok(())
    }
}

/// What was made here and sends the environment's variables was not held back as a draft, and is not
/// as a file. Commands come along where they were trusted.
fn take_trust_along(opened: &Opened, folder: &Path) {
    let Some(trust) = opened.trust() else {
        return;
    };
    let runs = |command: &TrustedCommand| command.place != trust::PREVIEWS;
    if !trust.trusted && trust.commands.iter().any(runs) {
        return;
    }
    if let Err(error) = opened.trusted.set(folder, &trust.commands, true) {
        tracing::warn!(%error, folder = %folder.display(), "not trusted as its draft was");
    }
}

/// Writes a workspace file into a folder that has none, with the schema that it names, and gives
/// its path.
///
/// # Errors
///
/// There is a workspace file already, which stays as it is; or none can be written.
pub fn write_workspace(folder: &Path, text: &str) -> Result<PathBuf, CreateError> {
    write_new(folder, text)?;
    put_schema_beside(folder, text);
    Ok(folder.join(FILE))
}

/// Writes a workspace file where there is none.
pub(super) fn write_new(folder: &Path, text: &str) -> Result<(), CreateError> {
    let path = folder.join(FILE);
    file::create(&path, text).map_err(|source| match source.kind() {
        io::ErrorKind::AlreadyExists => CreateError::Exists { file: path },
        _ => CreateError::Unwritable { file: path, source },
    })
}

fn first_message(problems: &[Problem]) -> String {
    let mut problems = problems.iter();
    match problems.find(|problem| problem.severity == Severity::Error) {
        Some(Problem {
            line,
            column,
            message,
            ..
        }) => format!("line {line}, column {column}: {message}"),
        None => "the text is no workspace".to_owned(),
    }
}

/// The least that is a workspace.
pub(super) fn minimal(name: &str) -> String {
    skeleton(name, &[], &[])
}

/// A workspace with tenants and previews, each written on one line.
pub(crate) fn skeleton(name: &str, tenants: &[String], previews: &[String]) -> String {
    let name = serde_json::Value::from(name);
    let list = |lines: &[String]| match lines {
        [] => "[]".to_owned(),
        lines => format!("[\n    {}\n  ]", lines.join(",\n    ")),
    };
    format!(
        "{{\n  \"$schema\": \"./{SCHEMA_FILE}\",\n  \"name\": {name},\n  \"prefix\": [\"tenant\"],\n  \"tenants\": {},\n  \"previews\": {}\n}}\n",
        list(tenants),
        list(previews)
    )
}

//! Opening, writing and saving a workspace.

use std::path::{Path, PathBuf};
use std::{fs, io};

use thiserror::Error;
use tripledash_core::workspace::{Problem, parse};
use tripledash_core::{Severity, Workspace};

use super::Workbench;
use super::opened::{Opened, Place};
use super::reading::{problem, read};
use crate::file::name_of;
use crate::recent::Recent;
use crate::schema::{SCHEMA_FILE, put_schema_beside};
use crate::state::OriginKind;
use crate::watch::Watch;
use crate::{FILE, environment, file};

/// Why a folder cannot be opened.
#[derive(Debug, Error)]
pub enum OpenError {
    /// No such folder.
    #[error("no folder at {}", folder.display())]
    NoFolder {
        /// The folder asked for.
        folder: PathBuf,
    },
    /// There, and of no use to us.
    #[error("cannot read {}", folder.display())]
    Unreadable {
        /// The folder asked for.
        folder: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A folder without a workspace.
    #[error("no tripledash.json in {}", folder.display())]
    NoWorkspace {
        /// The folder asked for.
        folder: PathBuf,
    },
    /// No recent workspace has this name.
    #[error("no recent workspace named \"{name}\"")]
    NotRecent {
        /// The name asked for.
        name: String,
    },
}

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
    /// Opens the workspace in a folder. A broken file is opened too, with its problems.
    pub fn open(&self, folder: &Path) -> Result<(), OpenError> {
        let folder = folder_of(folder)?;
        let kind = if self.is_draft(&folder) {
            OriginKind::Draft
        } else {
            OriginKind::Folder
        };
        self.open_as(Place { kind, folder })
    }

    /// Opens the demo's folder.
    pub fn open_demo(&self, folder: &Path) -> Result<(), OpenError> {
        let folder = folder_of(folder)?;
        // Whoever made the demo's file knows nothing of schemas.
        if let Ok(text) = read(&folder.join(FILE)) {
            put_schema_beside(&folder, &text);
        }
        self.open_as(Place {
            kind: OriginKind::Demo,
            folder,
        })
    }

    /// Opens a recent workspace by its name.
    pub fn open_recent(&self, name: &str) -> Result<(), OpenError> {
        let all = self.opened.lock().recents.all().to_vec();
        let mut named = all.into_iter().filter(|recent| recent.name == name);
        match named.find(Recent::is_there) {
            Some(recent) => self.open(&recent.folder),
            None => Err(OpenError::NotRecent {
                name: name.to_owned(),
            }),
        }
    }

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

    pub(super) fn open_as(&self, place: Place) -> Result<(), OpenError> {
        let mut opened = self.opened.lock();
        self.open_locked(&mut opened, place)
    }

    pub(super) fn open_locked(&self, opened: &mut Opened, place: Place) -> Result<(), OpenError> {
        match fs::metadata(place.file()) {
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(OpenError::NoWorkspace {
                    folder: place.folder,
                });
            }
            Err(source) => {
                return Err(OpenError::Unreadable {
                    folder: place.folder,
                    source,
                });
            }
        }
        let again = opened
            .place
            .as_ref()
            .is_some_and(|now| now.folder == place.folder);
        if !again {
            opened.history.clear();
            opened.unlocked.clear();
            opened.servers.clear();
            opened.show(Workspace::empty(&name_of(&place.folder)));
            self.health.forget_all();
            if opened.place.is_some() {
                // What another workspace's tenants were sent says nothing about this one's.
                self.recorder.clear();
            }
        }
        match read(&place.file()) {
            Ok(text) => {
                if opened.text.as_ref() != Some(&text) {
                    opened.history.clear();
                }
                let parsed = parse(&text, FILE);
                opened.accept(text, parsed);
            }
            Err(problem) => opened.lose(*problem),
        }
        self.settle(opened, place);
        self.publish(opened);
        Ok(())
    }

    /// Goes on from a place: its variables, its watch, its entry among the recent ones.
    fn settle(&self, opened: &mut Opened, place: Place) {
        opened.dotenv = environment::dotenv(&place.folder);
        if place.kind != OriginKind::Demo {
            opened.recents.remember(Recent {
                name: opened.workspace.name.clone(),
                folder: place.folder.clone(),
            });
        }
        self.look_at_recents(opened);
        let files = watched_files(&place, opened);
        let stale = |watch: &Watch| watch.is_stale(&files);
        if opened.place.as_ref().map(|now| &now.folder) != Some(&place.folder)
            || opened.watch.as_ref().is_none_or(stale)
        {
            self.watch(opened, &place);
        }
        opened.place = Some(place);
        opened.read_certificates();
    }

    fn watch(&self, opened: &mut Opened, place: &Place) {
        let this = self.this.clone();
        let folder = place.folder.clone();
        let watch = Watch::start(&watched_files(place, opened), move || {
            if let Some(workbench) = this.upgrade() {
                workbench.file_changed(&folder);
            }
        });
        match watch {
            Ok(watch) => {
                opened.watch = Some(watch);
                opened.unwatched = None;
            }
            Err(error) => {
                opened.watch = None;
                let mut problem = problem(
                    &error.to_string(),
                    "a folder that can be watched",
                    "changes of the file are not noticed",
                );
                problem.severity = Severity::Warning;
                opened.unwatched = Some(problem);
            }
        }
    }

    /// A burst of changes is over in the folder that is, or lately was, open.
    fn file_changed(&self, folder: &Path) {
        let mut opened = self.opened.lock();
        let Some(place) = opened.place.clone().filter(|place| place.folder == folder) else {
            return;
        };
        // Watched first and read second, so that nothing falls between the two: a file of
        // certificates that the text names anew, too.
        self.watch_again(&mut opened, &place);
        if opened.read_again() {
            self.watch_again(&mut opened, &place);
            opened.read_certificates();
        }
        self.publish(&mut opened);
    }

    pub(super) fn watch_again(&self, opened: &mut Opened, place: &Place) {
        let files = watched_files(place, opened);
        let stale = |watch: &Watch| watch.is_stale(&files);
        if opened.watch.as_ref().is_some_and(stale) {
            self.watch(opened, place);
        }
    }
}

fn watched_files(place: &Place, opened: &Opened) -> Vec<PathBuf> {
    let mut files = vec![place.file(), place.folder.join(environment::DOTENV)];
    files.extend(opened.certificate_files(place));
    // Another engine may take back what is trusted.
    files.extend(Some(opened.trusted.path().to_owned()).filter(|path| path.exists()));
    files
}

/// The folder as the file system spells it; a path to the workspace file stands for its folder.
fn folder_of(path: &Path) -> Result<PathBuf, OpenError> {
    let folder = match path.file_name() {
        Some(name) if name == FILE => path.parent().unwrap_or(path),
        _ => path,
    };
    let folder = folder
        .canonicalize()
        .map_err(|source| match source.kind() {
            io::ErrorKind::NotFound => OpenError::NoFolder {
                folder: folder.to_owned(),
            },
            _ => OpenError::Unreadable {
                folder: folder.to_owned(),
                source,
            },
        })?;
    match fs::read_dir(&folder) {
        Ok(_) => Ok(folder),
        Err(source) => Err(OpenError::Unreadable { folder, source }),
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

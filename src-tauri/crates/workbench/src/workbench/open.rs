//! Opening a workspace, and reading it again when its files change.

use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::{fs, io};

use thiserror::Error;
use tripledash_core::workspace::parse;
use tripledash_core::{Severity, Workspace};

use super::Workbench;
use super::opened::{Opened, Place};
use super::reading::{problem, read};
use crate::file::name_of;
use crate::recent::Recent;
use crate::schema::put_schema_beside;
use crate::state::OriginKind;
use crate::watch::Watch;
use crate::{FILE, environment};

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
    /// Somebody opened another workspace while this one's folder did not answer.
    #[error("another workspace was opened while {} did not answer", folder.display())]
    Overtaken {
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

impl Workbench {
    /// Opens the workspace in a folder. A broken file is opened too, with its problems.
    pub fn open(&self, folder: &Path) -> Result<(), OpenError> {
        self.open_in(self.turn(), folder)
    }

    /// Opens the workspace that was open last, of those that are there.
    pub fn open_last(&self) -> Result<(), OpenError> {
        let turn = self.turn();
        let all = self.opened.lock().recents.all().to_vec();
        let last = all.into_iter().find(Recent::is_there);
        last.map_or(Ok(()), |last| self.open_in(turn, &last.folder))
    }

    /// Says that somebody asks for a workspace: a folder may take minutes to answer, and what was
    /// asked for last is what is wanted.
    pub(super) fn turn(&self) -> u64 {
        self.turns.fetch_add(1, Ordering::Relaxed) + 1
    }

    pub(super) fn open_in(&self, turn: u64, folder: &Path) -> Result<(), OpenError> {
        let folder = folder_of(folder)?;
        let kind = if self.is_draft(&folder) {
            OriginKind::Draft
        } else {
            OriginKind::Folder
        };
        self.open_as(turn, Place { kind, folder })
    }

    /// Opens the demo's folder.
    pub fn open_demo(&self, folder: &Path) -> Result<(), OpenError> {
        let turn = self.turn();
        let folder = folder_of(folder)?;
        // Whoever made the demo's file knows nothing of schemas.
        if let Ok(text) = read(&folder.join(FILE)) {
            put_schema_beside(&folder, &text);
        }
        let kind = OriginKind::Demo;
        self.open_as(turn, Place { kind, folder })
    }

    /// Opens a recent workspace by its name.
    pub fn open_recent(&self, name: &str) -> Result<(), OpenError> {
        let turn = self.turn();
        let all = self.opened.lock().recents.all().to_vec();
        let mut named = all.into_iter().filter(|recent| recent.name == name);
        match named.find(Recent::is_there) {
            Some(recent) => self.open_in(turn, &recent.folder),
            None => Err(OpenError::NotRecent {
                name: name.to_owned(),
            }),
        }
    }

    fn open_as(&self, turn: u64, place: Place) -> Result<(), OpenError> {
        let mut opened = self.opened.lock();
        self.open_locked(&mut opened, turn, place)
    }

    pub(super) fn open_locked(
        &self,
        opened: &mut Opened,
        turn: u64,
        place: Place,
    ) -> Result<(), OpenError> {
        if opened.turn > turn {
            let folder = place.folder;
            return Err(OpenError::Overtaken { folder });
        }
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
        opened.turn = turn;
        let again = opened
            .place
            .as_ref()
            .is_some_and(|now| now.folder == place.folder);
        if !again {
            opened.history.clear();
            opened.unlocked.clear();
            opened.versions.clear();
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
    pub(super) fn settle(&self, opened: &mut Opened, place: Place) {
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
        if let Err(error) = opened.trusted.make() {
            tracing::warn!(%error, "what other engines trust first is not noticed");
        }
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
pub(super) fn folder_of(path: &Path) -> Result<PathBuf, OpenError> {
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

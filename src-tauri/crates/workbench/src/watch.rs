//! Watches one workspace file by watching its folder: editors save by writing, by renaming a new
//! file over the old one, or by deleting and writing again, and only the folder sees all three.
//!
//! The folder's own folder is watched too, as far as it can be: a folder that is deleted, moved or
//! made again takes its watch with it, and only the one above sees what stands there then.
//!
//! One burst of changes gives one call. Reading a file is no change, or our own look at it would
//! call us again.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use notify::event::{AccessKind, AccessMode, EventKind, ModifyKind};
use notify::{RecommendedWatcher, RecursiveMode};
use notify_debouncer_full::{DebounceEventResult, Debouncer, RecommendedCache, new_debouncer};

use crate::file::follow;

/// A burst is over when nothing happened for this long. Editors finish a save within a few
/// milliseconds, and a person should see the result at once.
const QUIET: Duration = Duration::from_millis(40);
const TICK: Duration = Duration::from_millis(20);

/// Watches until it is dropped.
#[derive(Debug)]
pub(crate) struct Watch {
    places: Places,
    /// One of the folders came, went, or is another by now.
    moved: Arc<AtomicBool>,
    _debouncer: Debouncer<RecommendedWatcher, RecommendedCache>,
}

/// Where some files lie.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Places {
    folders: Vec<PathBuf>,
    names: Vec<OsString>,
}

impl Watch {
    /// Calls `changed`, on a thread of its own, after every burst of changes to one of `files`.
    pub(crate) fn start(
        files: &[PathBuf],
        changed: impl Fn() + Send + 'static,
    ) -> Result<Self, notify::Error> {
        let places = Places::of(files);
        let moved = Arc::new(AtomicBool::new(false));
        let (known, tell_moved) = (places.clone(), Arc::clone(&moved));
        let mut debouncer =
            new_debouncer(QUIET, Some(TICK), move |result: DebounceEventResult| {
                let mut relevant = false;
                match result {
                    Ok(events) => {
                        for event in events {
                            if is_move(&event.kind) && known.has_folder(&event.paths) {
                                tell_moved.store(true, Ordering::Release);
                                relevant = true;
                            }
                            relevant |= event.need_rescan()
                                || (is_change(&event.kind) && known.has_file(&event.paths));
                        }
                    }
                    // Events may have been lost: look.
                    Err(_) => relevant = true,
                }
                if relevant {
                    changed();
                }
            })?;
        for folder in &places.folders {
            // The one above first, so that a folder made in between is seen.
            let above = folder
                .parent()
                .is_some_and(|above| debouncer.watch(above, RecursiveMode::NonRecursive).is_ok());
            match debouncer.watch(folder, RecursiveMode::NonRecursive) {
                Err(error) if !above || folder.exists() => return Err(error),
                Ok(()) | Err(_) => {}
            }
        }
        Ok(Self {
            places,
            moved,
            _debouncer: debouncer,
        })
    }

    /// Whether the same files would be watched elsewhere now.
    pub(crate) fn is_stale(&self, files: &[PathBuf]) -> bool {
        self.moved.load(Ordering::Acquire) || self.places != Places::of(files)
    }
}

impl Places {
    fn of(files: &[PathBuf]) -> Self {
        let mut folders: Vec<PathBuf> = Vec::new();
        let mut names: Vec<OsString> = Vec::new();
        for file in files {
            // A link's own folder tells when the link is replaced, its target's when it is edited.
            let target = std::fs::canonicalize(file)
                .or_else(|_| follow(file))
                .unwrap_or_else(|_| file.clone());
            for path in [file, &target] {
                let folder = path.parent().unwrap_or(Path::new("/")).to_owned();
                if !folders.contains(&folder) {
                    folders.push(folder);
                }
                if let Some(name) = path
                    .file_name()
                    .filter(|&name| !names.iter().any(|known| known == name))
                {
                    names.push(name.to_owned());
                }
            }
        }
        Self { folders, names }
    }

    fn has_folder(&self, paths: &[PathBuf]) -> bool {
        paths.iter().any(|path| self.folders.contains(path))
    }

    fn has_file(&self, paths: &[PathBuf]) -> bool {
        paths
            .iter()
            .filter_map(|path| path.file_name())
            .any(|name| self.names.iter().any(|known| known == name))
    }
}

fn is_change(kind: &EventKind) -> bool {
    match kind {
        EventKind::Access(AccessKind::Close(AccessMode::Write)) => true,
        EventKind::Access(_) => false,
        EventKind::Any
        | EventKind::Create(_)
        | EventKind::Modify(_)
        | EventKind::Remove(_)
        | EventKind::Other => true,
    }
}

/// Whether a folder may be another after it.
fn is_move(kind: &EventKind) -> bool {
    match kind {
        EventKind::Any
        | EventKind::Create(_)
        | EventKind::Remove(_)
        | EventKind::Modify(ModifyKind::Name(_)) => true,
        EventKind::Access(_) | EventKind::Modify(_) | EventKind::Other => false,
    }
}

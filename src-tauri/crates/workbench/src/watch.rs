//! Watches one workspace file by watching its folder: editors save by writing, by renaming a new
//! file over the old one, or by deleting and writing again, and only the folder sees all three.
//!
//! One burst of changes gives one call. Reading a file is no change, or our own look at it would
//! call us again.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use notify::event::{AccessKind, AccessMode, EventKind};
use notify::{RecommendedWatcher, RecursiveMode};
use notify_debouncer_full::{DebounceEventResult, Debouncer, RecommendedCache, new_debouncer};

/// A burst is over when nothing happened for this long. Editors finish a save within a few
/// milliseconds, and a person should see the result at once.
const QUIET: Duration = Duration::from_millis(40);
const TICK: Duration = Duration::from_millis(20);

/// Watches until it is dropped.
#[derive(Debug)]
pub(crate) struct Watch {
    _debouncer: Debouncer<RecommendedWatcher, RecommendedCache>,
}

impl Watch {
    /// Calls `changed`, on a thread of its own, after every burst of changes to one of `files`.
    pub(crate) fn start(
        files: &[PathBuf],
        changed: impl Fn() + Send + 'static,
    ) -> Result<Self, notify::Error> {
        let mut folders: Vec<PathBuf> = Vec::new();
        let mut names: Vec<OsString> = Vec::new();
        for file in files {
            // A link's own folder tells when the link is replaced, its target's when it is edited.
            let target = std::fs::canonicalize(file).unwrap_or_else(|_| file.clone());
            for path in [file, &target] {
                let folder = path.parent().unwrap_or(Path::new("/")).to_owned();
                if !folders.contains(&folder) {
                    folders.push(folder);
                }
                if let Some(name) = path.file_name() {
                    names.push(name.to_owned());
                }
            }
        }
        let mut debouncer =
            new_debouncer(QUIET, Some(TICK), move |result: DebounceEventResult| {
                let relevant = match result {
                    Ok(events) => events.iter().any(|event| {
                        event.need_rescan()
                            || (is_change(&event.kind) && concerns(&event.paths, &names))
                    }),
                    // Events may have been lost: look.
                    Err(_) => true,
                };
                if relevant {
                    changed();
                }
            })?;
        for folder in folders {
            debouncer.watch(&folder, RecursiveMode::NonRecursive)?;
        }
        Ok(Self {
            _debouncer: debouncer,
        })
    }
}

fn concerns(paths: &[PathBuf], names: &[OsString]) -> bool {
    paths
        .iter()
        .filter_map(|path| path.file_name())
        .any(|name| names.iter().any(|known| known == name))
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

//! Watches folders for changes of some of what lies in them.

use std::path::{Path, PathBuf};

use notify::{Event, RecommendedWatcher, RecursiveMode, Watcher as _};

use super::bursts::bursts;
use super::is_change;

/// Watches until it is dropped.
#[derive(Debug)]
pub(crate) struct Folders {
    /// Ends its thread when it is dropped, and with it ours.
    _watcher: RecommendedWatcher,
}

impl Folders {
    /// Calls `changed`, on a thread of its own, after every burst of changes to paths that are
    /// `telling`. Of each folder is said whether what lies deeper counts too.
    pub(crate) fn watch(
        folders: impl IntoIterator<Item = (PathBuf, bool)>,
        telling: impl Fn(&Path) -> bool + Send + 'static,
        changed: impl Fn() + Send + 'static,
    ) -> Result<Self, notify::Error> {
        let hear = bursts(
            move |event: Event| {
                is_change(&event.kind) && event.paths.iter().any(|path| telling(path))
            },
            changed,
        )?;
        let mut watcher = notify::recommended_watcher(hear)?;
        for (folder, deep) in folders {
            let mode = if deep {
                RecursiveMode::Recursive
            } else {
                RecursiveMode::NonRecursive
            };
            match watcher.watch(&folder, mode) {
                // Gone between the look and now: the one above tells.
                Err(error) if folder.exists() => return Err(error),
                Ok(()) | Err(_) => {}
            }
        }
        Ok(Self { _watcher: watcher })
    }
}

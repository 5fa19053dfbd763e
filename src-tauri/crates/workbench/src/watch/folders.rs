//! Watches folders for changes of some of what lies in them.

use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread;

use notify::{Event, RecommendedWatcher, RecursiveMode, Watcher as _};

use super::{is_change, settle};

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
        let (tell, told) = mpsc::sync_channel(1);
        let mut watcher =
            notify::recommended_watcher(move |event: Result<Event, notify::Error>| {
                let relevant = match event {
                    Ok(event) => {
                        let mut paths = event.paths.iter();
                        event.need_rescan()
                            || (is_change(&event.kind) && paths.any(|path| telling(path)))
                    }
                    // Events may have been lost: look.
                    Err(_) => true,
                };
                if relevant {
                    // Full: told already. Closed: nobody wants to know.
                    let _ = tell.try_send(());
                }
            })?;
        thread::Builder::new()
            .name("repository watch".to_owned())
            .spawn(move || {
                while told.recv().is_ok() && settle(&told) {
                    changed();
                }
            })
            .map_err(notify::Error::io)?;
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

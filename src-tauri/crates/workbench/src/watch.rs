//! Watches one workspace file by watching its folder: editors save by writing, by renaming a new
//! file over the old one, or by deleting and writing again, and only the folder sees all three.
//!
//! A folder that is deleted, moved or made again takes its watch with it, and only the one above
//! sees what stands there then. The one above may be as busy as `/tmp`, so on Linux it is watched
//! only while the folder cannot speak for itself (`speaks`).
//!
//! A folder on a network share is looked at every two seconds: nothing tells of what others do there.
//!
//! One burst of changes gives one call. Reading a file is no change, or our own look at it would
//! call us again. While nothing happens, nothing wakes up.

mod bursts;
mod folders;
mod silent;

use std::ffi::OsString;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use notify::event::{AccessKind, AccessMode, EventKind, ModifyKind};
use notify::{Event, RecursiveMode};

pub(crate) use self::folders::Folders;

use self::bursts::bursts;
use crate::file::follow;

/// How often a file is looked at where nothing tells of its changes.
const LOOK: Duration = Duration::from_secs(2);

/// Watches until it is dropped.
pub(crate) struct Watch {
    places: Places,
    /// One of the folders came, went, or is another by now.
    moved: Arc<AtomicBool>,
    /// Ends its thread when it is dropped, and with it ours.
    _watcher: Box<dyn notify::Watcher + Send>,
}

/// How changes are heard of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hearing {
    /// The system tells.
    Events,
    /// We look.
    Looks,
}

/// Where some files lie.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Places {
    folders: Vec<Folder>,
    names: Vec<OsString>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Folder {
    path: PathBuf,
    /// Tells it from another of the same path.
    identity: Option<(u64, u64)>,
    /// Whether its own watch is enough.
    speaks: bool,
}

impl Watch {
    /// Calls `changed`, on a thread of its own, after every burst of changes to one of `files`.
    pub(crate) fn start(
        files: &[PathBuf],
        changed: impl Fn() + Send + 'static,
    ) -> Result<Self, notify::Error> {
        let silent = |file: &PathBuf| silent::is_silent(file.parent().unwrap_or(file));
        let hearing = if files.iter().any(silent) {
            Hearing::Looks
        } else {
            Hearing::Events
        };
        Self::start_by(hearing, files, changed)
    }

    /// Like [`Self::start`], where it is known how changes are heard of.
    pub(crate) fn start_by(
        hearing: Hearing,
        files: &[PathBuf],
        changed: impl Fn() + Send + 'static,
    ) -> Result<Self, notify::Error> {
        let mut places = Places::of(files);
        let moved = Arc::new(AtomicBool::new(false));
        let (known, tell_moved) = (places.clone(), Arc::clone(&moved));
        let relevant = move |event: Event| {
            if is_move(&event.kind) && known.has_folder(&event.paths) {
                tell_moved.store(true, Ordering::Release);
                return true;
            }
            is_change(&event.kind) && known.has_file(&event.paths)
        };
        let hear = bursts(relevant, changed)?;
        let mut watcher: Box<dyn notify::Watcher + Send> = match hearing {
            Hearing::Events => Box::new(notify::recommended_watcher(hear)?),
            Hearing::Looks => {
                let every = notify::Config::default().with_poll_interval(LOOK);
                Box::new(notify::PollWatcher::new(hear, every)?)
            }
        };
        let mut watch = |path: &Path| watcher.watch(path, RecursiveMode::NonRecursive);
        for folder in &mut places.folders {
            if folder.speaks {
                let watched = watch(&folder.path).is_ok();
                // Asked again once it is watched: whatever silences it from now on is seen.
                folder.speaks = watched && speaks(&folder.path, &places.names);
            }
            if folder.speaks {
                continue;
            }
            // The one above first, so that a folder made in between is seen.
            let above = folder
                .path
                .parent()
                .is_some_and(|above| watch(above).is_ok());
            match watch(&folder.path) {
                Err(error) if !above || folder.path.exists() => return Err(error),
                Ok(()) | Err(_) => {}
            }
        }
        Ok(Self {
            places,
            moved,
            _watcher: watcher,
        })
    }

    /// Whether the same files would be watched elsewhere now.
    pub(crate) fn is_stale(&self, files: &[PathBuf]) -> bool {
        self.moved.load(Ordering::Acquire) || self.places != Places::of(files)
    }
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watch")
            .field("places", &self.places)
            .finish_non_exhaustive()
    }
}

impl Places {
    fn of(files: &[PathBuf]) -> Self {
        let mut folders: Vec<PathBuf> = Vec::new();
        let mut names: Vec<OsString> = Vec::new();
        for file in files {
            // A link's own folder tells when the link is replaced, its target's when it is edited.
            let target = fs::canonicalize(file)
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
        let folders = folders
            .into_iter()
            .map(|path| Folder {
                identity: identity(&path),
                speaks: speaks(&path, &names),
                path,
            })
            .collect();
        Self { folders, names }
    }

    fn has_folder(&self, paths: &[PathBuf]) -> bool {
        paths
            .iter()
            .any(|path| self.folders.iter().any(|folder| folder.path == *path))
    }

    fn has_file(&self, paths: &[PathBuf]) -> bool {
        paths
            .iter()
            .filter_map(|path| path.file_name())
            .any(|name| self.names.iter().any(|known| known == name))
    }
}

/// Whether a folder's own watch tells when another takes its place.
///
/// - On Linux a watched folder tells when it is moved. It does not tell when it is deleted while a
///   process is in it, not even for a shell that waits there. But its files are deleted first, and
///   once one of those that are watched is, everything is looked at again.
/// - A link is moved without a word of the folder behind it.
fn speaks(folder: &Path, names: &[OsString]) -> bool {
    cfg!(target_os = "linux")
        && fs::symlink_metadata(folder).is_ok_and(|folder| folder.is_dir())
        && names
            .iter()
            .any(|name| fs::symlink_metadata(folder.join(name)).is_ok())
}

/// The device and the inode, where there are such.
#[cfg(unix)]
fn identity(folder: &Path) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt as _;
    let metadata = fs::metadata(folder).ok()?;
    Some((metadata.dev(), metadata.ino()))
}

#[cfg(not(unix))]
fn identity(_folder: &Path) -> Option<(u64, u64)> {
    None
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

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    /// Nothing waits longer: a look is due every two seconds.
    const DEADLINE: Duration = Duration::from_secs(30);

    #[test]
    fn what_nothing_tells_of_is_looked_for() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tripledash.json");
        fs::write(&path, "{}").unwrap();
        let (tell, told) = mpsc::channel();
        let files = [path.clone()];
        let _watch = Watch::start_by(Hearing::Looks, &files, move || {
            let _ = tell.send(());
        })
        .unwrap();
        for text in ["{ }", "{  }"] {
            // Replaced, as editors do, and so that its times are others whatever the clock does.
            let other = folder.path().join("other");
            fs::write(&other, text).unwrap();
            let time = fs::metadata(&path).unwrap().modified().unwrap() + Duration::from_secs(2);
            fs::File::options()
                .write(true)
                .open(&other)
                .unwrap()
                .set_modified(time)
                .unwrap();
            fs::rename(&other, &path).unwrap();
            told.recv_timeout(DEADLINE).unwrap();
        }
        fs::remove_file(&path).unwrap();
        told.recv_timeout(DEADLINE).unwrap();
    }

    #[test]
    fn a_disk_of_this_machine_tells() {
        let folder = tempfile::tempdir().unwrap();
        assert!(!silent::is_silent(folder.path()));
        assert!(!silent::is_silent(&folder.path().join("not/there")));
    }
}

//! The engines that run on this machine, each by a file `engines/PORT-PROCESS` in the data folder,
//! so that a command finds the one that serves its folder.
//!
//! An engine holds its file locked as long as it lives, however it ends: the system lets go of the
//! lock for it. So whoever listens on the port of one that was killed is not taken for it, and is
//! not sent the token.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

/// Says that an engine runs, until it is dropped.
#[derive(Debug)]
pub(crate) struct Entry {
    path: PathBuf,
    /// Locked.
    _file: File,
}

impl Entry {
    /// Says that this process serves a port.
    pub(crate) fn write(data_folder: &Path, port: u16) -> io::Result<Self> {
        Self::of(data_folder, port, std::process::id())
    }

    /// A file of each process's own: one that ends does not take away what another has written,
    /// which may have the port by then.
    fn of(data_folder: &Path, port: u16, process: u32) -> io::Result<Self> {
        let folder = folder(data_folder);
        fs::create_dir_all(&folder)?;
        let path = folder.join(format!("{port}-{process}"));
        // Locked before it has its name: whoever sees it unlocked takes it for a dead one's.
        let file = tempfile::NamedTempFile::new_in(&folder)?;
        file.as_file().lock()?;
        let file = file.persist(&path).map_err(|error| error.error)?;
        Ok(Self { path, _file: file })
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_file(&self.path) {
            tracing::debug!(path = %self.path.display(), %error, "an engine's entry stays");
        }
    }
}

/// The ports of the engines that run. What those left behind that were killed is taken away.
pub fn running(data_folder: &Path) -> Vec<u16> {
    let Ok(entries) = fs::read_dir(folder(data_folder)) else {
        return Vec::new();
    };
    let ports = entries.filter_map(|entry| {
        let path = entry.ok()?.path();
        let (port, _) = path.file_name()?.to_str()?.split_once('-')?;
        let port = port.parse().ok()?;
        lives(&path).then_some(port)
    });
    ports.collect()
}

/// Whether the process of an entry holds it.
fn lives(path: &Path) -> bool {
    let Ok(file) = File::open(path) else {
        return false;
    };
    match file.try_lock_shared() {
        Err(TryLockError::WouldBlock) => true,
        Err(TryLockError::Error(error)) => {
            tracing::debug!(path = %path.display(), %error, "an engine is passed over");
            false
        }
        Ok(()) => {
            // Another command may have done so.
            let _ = fs::remove_file(path);
            false
        }
    }
}

fn folder(data_folder: &Path) -> PathBuf {
    data_folder.join("engines")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_engine_is_told_of_while_it_runs() {
        let data = tempfile::tempdir().unwrap();
        assert!(running(data.path()).is_empty());
        let entry = Entry::write(data.path(), 7333).unwrap();
        for (name, text) in [("1.json", "{"), ("x-1", ""), (".tmp", "")] {
            fs::write(data.path().join("engines").join(name), text).unwrap();
        }
        assert_eq!(running(data.path()), [7333]);
        drop(entry);
        assert!(running(data.path()).is_empty());
    }

    #[test]
    fn what_one_that_was_killed_left_behind_is_taken_away() {
        let data = tempfile::tempdir().unwrap();
        let left = data.path().join("engines/7333-1");
        fs::create_dir(data.path().join("engines")).unwrap();
        fs::write(&left, "").unwrap();
        assert!(running(data.path()).is_empty());
        assert!(!left.exists());
    }

    #[test]
    fn one_that_ends_leaves_the_next_one_on_its_port_alone() {
        let data = tempfile::tempdir().unwrap();
        let before = Entry::of(data.path(), 7333, 1).unwrap();
        let next = Entry::of(data.path(), 7333, 2).unwrap();
        drop(before);
        assert_eq!(running(data.path()), [7333]);
        drop(next);
    }
}

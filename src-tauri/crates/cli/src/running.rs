//! The engines that run on this machine, each by a file `engines/PORT.json` in the data folder, so
//! that a command finds the one that serves its folder.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// An engine that runs, or did and was ended without a word.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Running {
    /// The port that it listens on.
    pub port: u16,
    /// Its process.
    pub pid: u32,
}

/// Says that an engine runs, until it is dropped.
#[derive(Debug)]
pub(crate) struct Entry {
    path: PathBuf,
}

impl Entry {
    /// Says that this process serves a port.
    pub(crate) fn write(data_folder: &Path, port: u16) -> io::Result<Self> {
        let folder = folder(data_folder);
        fs::create_dir_all(&folder)?;
        let running = Running {
            port,
            pid: std::process::id(),
        };
        let path = folder.join(format!("{port}.json"));
        let mut file = tempfile::NamedTempFile::new_in(&folder)?;
        serde_json::to_writer(&mut file, &running)?;
        file.persist(&path).map_err(|error| error.error)?;
        Ok(Self { path })
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_file(&self.path) {
            tracing::debug!(path = %self.path.display(), %error, "an engine's entry stays");
        }
    }
}

/// The engines that say they run. One that was killed may still be among them: ask it.
pub fn running(data_folder: &Path) -> Vec<Running> {
    let Ok(entries) = fs::read_dir(folder(data_folder)) else {
        return Vec::new();
    };
    let read = |path: PathBuf| serde_json::from_slice(&fs::read(path).ok()?).ok();
    entries
        .filter_map(|entry| read(entry.ok()?.path()))
        .collect()
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
        assert_eq!(running(data.path()), []);
        let entry = Entry::write(data.path(), 7333).unwrap();
        fs::write(data.path().join("engines/1.json"), "{").unwrap();
        let found = running(data.path());
        assert_eq!(
            found,
            [Running {
                port: 7333,
                pid: std::process::id()
            }]
        );
        drop(entry);
        assert_eq!(running(data.path()), []);
    }
}

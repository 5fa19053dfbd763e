//! What the keychain keeps for the workspace that is open, as far as it was asked.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::{Path, PathBuf};

use super::keychain::{Account, Keychain, KeychainError};

/// Values of one folder's variables. Each name is asked for once.
#[derive(Default)]
pub(crate) struct KeptValues {
    folder: PathBuf,
    asked: BTreeSet<String>,
    /// Those that a person kept or forgot: what a look that began before says of them is old.
    settled: BTreeSet<String>,
    values: BTreeMap<String, String>,
}

/// Asks for each name in turn, and gives up on a keychain that is not there.
pub(crate) fn look_up(
    keychain: &dyn Keychain,
    folder: &Path,
    names: Vec<String>,
) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for name in names {
        match keychain.get(&Account::new(folder, &name)) {
            Ok(value) => found.extend(value.map(|value| (name, value))),
            Err(KeychainError::Absent) => break,
            Err(error) => tracing::warn!(variable = name, %error, "a variable stays unset"),
        }
    }
    found
}

// === impl KeptValues ===

impl KeptValues {
    /// Of the workspace in a folder. What another's keychain entries held is forgotten.
    pub(crate) fn turn_to(&mut self, folder: &Path) {
        if self.folder != folder {
            *self = Self {
                folder: folder.to_owned(),
                ..Self::default()
            };
        }
    }

    /// The same workspace lies in another folder now. Gives the values that have to be kept there.
    pub(crate) fn move_to(&mut self, folder: &Path) -> BTreeMap<String, String> {
        folder.clone_into(&mut self.folder);
        self.asked.clear();
        self.values.clone()
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(crate) fn get(&self, name: &str) -> Option<&String> {
        self.values.get(name)
    }

    /// Those of some names that were not asked for yet. They count as asked for from now on.
    pub(crate) fn unasked(&mut self, names: impl Iterator<Item = String>) -> Vec<String> {
        names
            .filter(|name| self.asked.insert(name.clone()))
            .collect()
    }

    /// Takes what a look into the keychain gave.
    pub(crate) fn put(&mut self, found: BTreeMap<String, String>) {
        let found = found.into_iter();
        self.values
            .extend(found.filter(|(name, _)| !self.settled.contains(name)));
    }

    pub(crate) fn set(&mut self, name: &str, value: Option<String>) {
        self.asked.insert(name.to_owned());
        self.settled.insert(name.to_owned());
        match value {
            Some(value) => self.values.insert(name.to_owned(), value),
            None => self.values.remove(name),
        };
    }
}

/// Names only.
impl fmt::Debug for KeptValues {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("KeptValues")
            .field("folder", &self.folder)
            .field("names", &self.values.keys())
            .finish_non_exhaustive()
    }
}

//! Variables that the workspace asks for, and the keychain that may hold them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use thiserror::Error;

use super::Workbench;
use super::opened::Opened;
use crate::environment::{self, Account, DOTENV, Keychain, KeychainError, within};
use crate::state::VariableSource;

/// How long a person may take to unlock their keychain.
const UNLOCKING: Duration = Duration::from_secs(60);

/// The longest value that is kept, in octets: header fields end far below.
const LONGEST: usize = 16 << 10;

/// Why a variable's value was not kept, or not forgotten. No message holds a value.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum KeepError {
    /// The workspace asks for no such variable.
    #[error("the workspace asks for no variable named {name:?}")]
    NotAsked {
        /// The name.
        name: String,
    },
    /// No upstream could be sent such a value.
    #[error("the value of {name} {fault}")]
    Value {
        /// The name.
        name: String,
        /// What is wrong with it.
        fault: &'static str,
    },
    /// What is kept would not be used: something that goes before the keychain sets it.
    #[error("{name} is set in {}, which goes before the keychain: change it there", place(*source_of))]
    Set {
        /// The name.
        name: String,
        /// Where it is set.
        source_of: VariableSource,
    },
    /// There is no keychain.
    #[error("this system has no keychain: put {name}=… into {DOTENV} beside tripledash.json")]
    NoKeychain {
        /// The name.
        name: String,
    },
    /// There is one, and it did not do as asked.
    #[error("{name} is not kept; try again, or put {name}=… into {DOTENV} beside tripledash.json")]
    Keychain {
        /// The name.
        name: String,
        /// What it said.
        source: KeychainError,
    },
}

fn place(source: VariableSource) -> &'static str {
    match source {
        VariableSource::Environment => "the environment that Tripledash was started with",
        VariableSource::Dotenv => DOTENV,
        VariableSource::Keychain | VariableSource::Unset => "nothing",
    }
}

impl Workbench {
    /// Keeps a value in the system's keychain, for the workspace that is open, and uses it at once.
    ///
    /// # Errors
    ///
    /// See [`KeepError`]. May take a minute where a person has to unlock the keychain.
    pub fn keep_variable(&self, name: &str, value: &str) -> Result<(), KeepError> {
        let fault = if value.trim().is_empty() {
            Some("is empty")
        } else if value.len() > LONGEST {
            Some("is longer than 16384 octets")
        } else if value.chars().any(char::is_control) {
            Some("has a line break or another control character")
        } else {
            None
        };
        if let Some(fault) = fault {
            let name = name.to_owned();
            return Err(KeepError::Value { name, fault });
        }
        let (folder, source_of) = self.keeping(name)?;
        if !matches!(source_of, VariableSource::Keychain | VariableSource::Unset) {
            let name = name.to_owned();
            return Err(KeepError::Set { name, source_of });
        }
        let (account, kept) = (Account::new(&folder, name), value.to_owned());
        self.with_keychain(name, move |keychain| keychain.set(&account, &kept))?;
        self.settle_variable(&folder, name, Some(value.to_owned()));
        Ok(())
    }

    /// Takes a value out of the system's keychain, and uses it no longer.
    ///
    /// # Errors
    ///
    /// See [`KeepError`].
    pub fn forget_variable(&self, name: &str) -> Result<(), KeepError> {
        // What is not used can be forgotten all the same.
        let (folder, _) = self.keeping(name)?;
        let account = Account::new(&folder, name);
        self.with_keychain(name, move |keychain| keychain.delete(&account))?;
        self.settle_variable(&folder, name, None);
        Ok(())
    }

    /// The folder that a variable of the open workspace is kept for, and where it has its value from.
    fn keeping(&self, name: &str) -> Result<(PathBuf, VariableSource), KeepError> {
        let opened = self.opened.lock();
        let asked = opened.variables(&self.environment);
        let name = name.to_owned();
        let Some(variable) = asked.into_iter().find(|variable| variable.name == name) else {
            return Err(KeepError::NotAsked { name });
        };
        Ok((opened.kept.folder().to_owned(), variable.source))
    }

    /// The workspace is not locked meanwhile: a keychain may wait for a person.
    fn with_keychain(
        &self,
        name: &str,
        operation: impl FnOnce(&dyn Keychain) -> Result<(), KeychainError> + Send + 'static,
    ) -> Result<(), KeepError> {
        let keychain = Arc::clone(&self.keychain);
        let name = name.to_owned();
        match within(UNLOCKING, move || operation(&*keychain)) {
            Ok(()) => Ok(()),
            Err(KeychainError::Absent) => Err(KeepError::NoKeychain { name }),
            Err(source) => Err(KeepError::Keychain { name, source }),
        }
    }

    /// Uses what the keychain keeps by now. Where another workspace was opened while it waited for
    /// a person, the value is none of that one's.
    fn settle_variable(&self, folder: &Path, name: &str, value: Option<String>) {
        let mut opened = self.opened.lock();
        if opened.kept.folder() == folder {
            opened.kept.set(name, value);
            self.publish(&mut opened);
        }
    }

    /// Asks the keychain for what nothing else sets, and publishes what it says when it says it.
    pub(super) fn ask_keychain(&self, opened: &mut Opened) {
        let Some(place) = &opened.place else {
            return;
        };
        opened.kept.turn_to(&place.folder);
        let folder = place.folder.clone();
        let names = opened.unset_names(&self.environment);
        let names = opened.kept.unasked(names.into_iter());
        if names.is_empty() {
            return;
        }
        let (this, keychain) = (self.this.clone(), Arc::clone(&self.keychain));
        let asked = environment::apart(move || {
            let found = environment::look_up(&*keychain, &folder, names);
            if let Some(workbench) = this.upgrade()
                && !found.is_empty()
            {
                workbench.keychain_answered(&folder, found);
            }
        });
        if let Err(error) = asked {
            tracing::warn!(%error, "the keychain is not asked");
        }
    }

    fn keychain_answered(&self, folder: &Path, found: BTreeMap<String, String>) {
        let mut opened = self.opened.lock();
        if opened.kept.folder() == folder {
            opened.kept.put(found);
            self.publish(&mut opened);
        }
    }

    /// What was kept for a draft is kept for the folder that it was saved to.
    pub(super) fn move_kept(&self, opened: &mut Opened, to: &Path) {
        let from = opened.kept.folder().to_owned();
        let values = opened.kept.move_to(to);
        if values.is_empty() {
            return;
        }
        let (keychain, to) = (Arc::clone(&self.keychain), to.to_owned());
        let moved = environment::apart(move || {
            for (name, value) in values {
                let moved = keychain
                    .set(&Account::new(&to, &name), &value)
                    .and_then(|()| keychain.delete(&Account::new(&from, &name)));
                if let Err(error) = moved {
                    tracing::warn!(variable = name, %error, "kept for the draft only");
                }
            }
        });
        if let Err(error) = moved {
            tracing::warn!(%error, "kept for the draft only");
        }
    }
}

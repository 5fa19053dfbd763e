//! A keychain in memory, which keeps what it was asked.

use std::collections::BTreeMap;
use std::fmt;

use parking_lot::Mutex;
use tokio::sync::Notify;

use crate::environment::{Account, Keychain, KeychainError};

/// What happens while an account is asked about.
type Meanwhile = (String, Box<dyn FnOnce() + Send>);

#[derive(Default)]
pub(super) struct Memory {
    pub(super) values: Mutex<BTreeMap<String, String>>,
    /// What every operation answers instead of being done.
    pub(super) fault: Mutex<Option<KeychainError>>,
    pub(super) asked: Mutex<Vec<String>>,
    pub(super) meanwhile: Mutex<Option<Meanwhile>>,
    /// Told when something was kept or deleted.
    pub(super) changed: Notify,
}

impl fmt::Debug for Memory {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Memory").finish_non_exhaustive()
    }
}

impl Memory {
    fn sound(&self, account: &Account) -> Result<(), KeychainError> {
        let meanwhile = self
            .meanwhile
            .lock()
            .take_if(|(name, _)| name == account.as_str());
        if let Some((_, happens)) = meanwhile {
            happens();
        }
        self.fault.lock().clone().map_or(Ok(()), Err)
    }

    pub(super) fn accounts(&self) -> Vec<String> {
        self.values.lock().keys().cloned().collect()
    }
}

impl Keychain for Memory {
    fn get(&self, account: &Account) -> Result<Option<String>, KeychainError> {
        self.asked.lock().push(account.as_str().to_owned());
        self.sound(account)?;
        Ok(self.values.lock().get(account.as_str()).cloned())
    }

    fn set(&self, account: &Account, value: &str) -> Result<(), KeychainError> {
        self.sound(account)?;
        let mut values = self.values.lock();
        values.insert(account.as_str().to_owned(), value.to_owned());
        self.changed.notify_waiters();
        Ok(())
    }

    fn delete(&self, account: &Account) -> Result<(), KeychainError> {
        self.sound(account)?;
        self.values.lock().remove(account.as_str());
        self.changed.notify_waiters();
        Ok(())
    }
}

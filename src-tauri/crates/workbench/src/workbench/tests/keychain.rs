//! A keychain in memory, which keeps what it was asked.

use std::collections::BTreeMap;

use parking_lot::Mutex;

use crate::environment::{Account, Keychain, KeychainError};

#[derive(Debug, Default)]
pub(super) struct Memory {
    pub(super) values: Mutex<BTreeMap<String, String>>,
    /// What every operation answers instead of being done.
    pub(super) fault: Mutex<Option<KeychainError>>,
    pub(super) asked: Mutex<Vec<String>>,
}

impl Memory {
    fn sound(&self) -> Result<(), KeychainError> {
        self.fault.lock().clone().map_or(Ok(()), Err)
    }

    pub(super) fn accounts(&self) -> Vec<String> {
        self.values.lock().keys().cloned().collect()
    }
}

impl Keychain for Memory {
    fn get(&self, account: &Account) -> Result<Option<String>, KeychainError> {
        self.asked.lock().push(account.as_str().to_owned());
        self.sound()?;
        Ok(self.values.lock().get(account.as_str()).cloned())
    }

    fn set(&self, account: &Account, value: &str) -> Result<(), KeychainError> {
        self.sound()?;
        let mut values = self.values.lock();
        values.insert(account.as_str().to_owned(), value.to_owned());
        Ok(())
    }

    fn delete(&self, account: &Account) -> Result<(), KeychainError> {
        self.sound()?;
        self.values.lock().remove(account.as_str());
        Ok(())
    }
}

//! A keychain in memory, which keeps what it was asked.

use std::collections::BTreeMap;
use std::fmt;

use parking_lot::Mutex;
use tokio::sync::Notify;

use crate::environment::{Account, Keychain, KeychainError};

/// What happens in the midst of an operation. Opening a workspace looks every account up in a
/// thread of its own, so the account alone would not say in the midst of which.
pub(super) struct Meanwhile {
    pub(super) operation: Operation,
    pub(super) account: String,
    pub(super) happens: Box<dyn FnOnce() + Send>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Operation {
    Get,
    Set,
    Delete,
}

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
    fn begin(&self, operation: Operation, account: &Account) -> Result<(), KeychainError> {
        let meanwhile = self.meanwhile.lock().take_if(|meanwhile| {
            meanwhile.operation == operation && meanwhile.account == account.as_str()
        });
        if let Some(meanwhile) = meanwhile {
            (meanwhile.happens)();
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
        self.begin(Operation::Get, account)?;
        Ok(self.values.lock().get(account.as_str()).cloned())
    }

    fn set(&self, account: &Account, value: &str) -> Result<(), KeychainError> {
        self.begin(Operation::Set, account)?;
        let mut values = self.values.lock();
        values.insert(account.as_str().to_owned(), value.to_owned());
        self.changed.notify_waiters();
        Ok(())
    }

    fn delete(&self, account: &Account) -> Result<(), KeychainError> {
        self.begin(Operation::Delete, account)?;
        self.values.lock().remove(account.as_str());
        self.changed.notify_waiters();
        Ok(())
    }
}

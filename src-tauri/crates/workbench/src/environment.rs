//! Values for `${env:NAME}`: the process's environment, then `.env.local` beside the workspace,
//! then the system's keychain.
//!
//! - The process wins, as it does for the frameworks that read the same file. The keychain comes
//!   last, so that it is asked only for what nothing else sets.
//! - What is kept in the keychain is kept for one folder: another workspace that asks for a
//!   variable of the same name does not get it.
//! - A value is nowhere but in memory, in the keychain, and in what is sent upstream.

mod dotenv;
mod kept;
mod keychain;

pub use self::dotenv::dotenv;
pub(crate) use self::dotenv::{DOTENV, parse};
pub(crate) use self::kept::{KeptValues, look_up};
pub use self::keychain::{Account, Keychain, KeychainError, NoKeychain, SystemKeychain};
pub(crate) use self::keychain::{apart, within};

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// Adds what the keychain keeps for a folder, of the variables that `environment` does not set.
///
/// For a command that asks once and ends: whatever the keychain has not said after `deadline` is
/// not set. The running workbench does not wait.
pub fn add_kept(
    environment: &mut BTreeMap<String, String>,
    folder: &Path,
    names: impl IntoIterator<Item = String>,
    keychain: &Arc<dyn Keychain>,
    deadline: Duration,
) {
    let unset = names
        .into_iter()
        .filter(|name| !environment.contains_key(name));
    let unset: Vec<String> = unset.collect();
    // The folder as the running workbench spells it.
    let Ok(folder) = folder.canonicalize() else {
        return;
    };
    if unset.is_empty() {
        return;
    }
    let keychain = Arc::clone(keychain);
    let found = within(deadline, move || Ok(look_up(&*keychain, &folder, unset)));
    match found {
        Ok(found) => environment.extend(found),
        Err(error) => tracing::debug!(%error, "the keychain does not answer"),
    }
}

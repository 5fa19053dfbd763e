//! The system's keychain: Keychain Services on macOS, Credential Manager on Windows, and whatever
//! answers as Secret Service on the session's D-Bus elsewhere.

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc;
use std::time::Duration;

use keyring_core::{CredentialStore, Entry, Error};
use thiserror::Error as ThisError;

/// What every entry of ours is filed under.
const SERVICE: &str = "Tripledash";

/// Where one value is kept: a variable of one workspace folder.
///
/// A person meets it in their keychain's own window, so it is words: `API_KEY of "/home/ada/shop"`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Account(String);

/// Why the keychain did not do as asked. No variant holds a value.
#[derive(Debug, Clone, PartialEq, Eq, ThisError)]
pub enum KeychainError {
    /// There is none, or none that can be reached from here.
    #[error("this system has no keychain")]
    Absent,
    /// It said no.
    #[error("the system's keychain refused: {reason}")]
    Refused {
        /// In the system's words.
        reason: String,
    },
    /// It said nothing in time.
    #[error("the system's keychain does not answer")]
    Silent,
}

/// A keychain. Its operations may wait for a person who unlocks it, for as long as that takes.
pub trait Keychain: fmt::Debug + Send + Sync {
    /// The value that is kept, if any.
    fn get(&self, account: &Account) -> Result<Option<String>, KeychainError>;

    /// Keeps a value, in place of the one before.
    fn set(&self, account: &Account, value: &str) -> Result<(), KeychainError>;

    /// Keeps nothing there any longer; nothing may have been there.
    fn delete(&self, account: &Account) -> Result<(), KeychainError>;
}

/// The one of this system.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemKeychain;

/// For a process that must not ask the system's.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoKeychain;

// === impl Account ===

impl Account {
    /// Of a variable of the workspace in a folder, which is spelled as the file system does. A
    /// folder's name that is no Unicode is told apart by its bytes.
    pub fn new(folder: &Path, name: &str) -> Self {
        Self(format!("{name} of {folder:?}"))
    }

    /// As it is filed.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

// === impl SystemKeychain ===

impl SystemKeychain {
    /// Reached anew each time: a keychain that starts after us is found, and one that ended is not
    /// waited for.
    fn entry(account: &Account) -> Result<Entry, KeychainError> {
        let store = store().map_err(|error| {
            tracing::debug!(%error, "no keychain");
            KeychainError::Absent
        })?;
        store
            .build(SERVICE, account.as_str(), None)
            .map_err(refused)
    }
}

impl Keychain for SystemKeychain {
    fn get(&self, account: &Account) -> Result<Option<String>, KeychainError> {
        match Self::entry(account)?.get_password() {
            Ok(value) => Ok(Some(value)),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(refused(error)),
        }
    }

    fn set(&self, account: &Account, value: &str) -> Result<(), KeychainError> {
        Self::entry(account)?.set_password(value).map_err(refused)
    }

    fn delete(&self, account: &Account) -> Result<(), KeychainError> {
        match Self::entry(account)?.delete_credential() {
            Ok(()) | Err(Error::NoEntry) => Ok(()),
            Err(error) => Err(refused(error)),
        }
    }
}

#[cfg(target_os = "macos")]
fn store() -> keyring_core::Result<Arc<CredentialStore>> {
    Ok(apple_native_keyring_store::keychain::Store::new()?)
}

#[cfg(windows)]
fn store() -> keyring_core::Result<Arc<CredentialStore>> {
    Ok(windows_native_keyring_store::Store::new()?)
}

#[cfg(all(unix, not(target_os = "macos")))]
fn store() -> keyring_core::Result<Arc<CredentialStore>> {
    Ok(zbus_secret_service_keyring_store::Store::new()?)
}

fn refused(error: Error) -> KeychainError {
    let reason = match error {
        // These hold what was found; the words of the others are the system's.
        Error::BadEncoding(_) | Error::BadDataFormat(..) => "what it keeps is no text".to_owned(),
        Error::Ambiguous(_) => "it keeps more than one value there".to_owned(),
        Error::TooLong(_, most) => format!("wanted at most {most} octets"),
        Error::NoDefaultStore => return KeychainError::Absent,
        Error::PlatformFailure(source) | Error::NoStorageAccess(source) => source.to_string(),
        other => other.to_string(),
    };
    KeychainError::Refused { reason }
}

// === impl NoKeychain ===

impl Keychain for NoKeychain {
    fn get(&self, _: &Account) -> Result<Option<String>, KeychainError> {
        Err(KeychainError::Absent)
    }

    fn set(&self, _: &Account, _: &str) -> Result<(), KeychainError> {
        Err(KeychainError::Absent)
    }

    fn delete(&self, _: &Account) -> Result<(), KeychainError> {
        Err(KeychainError::Absent)
    }
}

/// Does something with the keychain on a thread of its own, and waits no longer than that.
///
/// No system lets the asking be taken back. What still waits then ends with the process, so it is
/// no task of the runtime, which would wait for it.
pub(crate) fn within<T: Send + 'static>(
    deadline: Duration,
    operation: impl FnOnce() -> Result<T, KeychainError> + Send + 'static,
) -> Result<T, KeychainError> {
    let (answer, answered) = mpsc::channel();
    apart(move || {
        // Nobody may listen any longer.
        let _ = answer.send(operation());
    })?;
    answered
        .recv_timeout(deadline)
        .unwrap_or(Err(KeychainError::Silent))
}

/// Runs something on a thread that nothing waits for.
pub(crate) fn apart(operation: impl FnOnce() + Send + 'static) -> Result<(), KeychainError> {
    let thread = std::thread::Builder::new().name("keychain".to_owned());
    match thread.spawn(operation) {
        Ok(_) => Ok(()),
        Err(error) => Err(KeychainError::Refused {
            reason: error.to_string(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_filed_for_one_folder() {
        let of = |folder: &str, name: &str| Account::new(Path::new(folder), name);
        assert_eq!(
            of("/home/ada/shop", "API_KEY").as_str(),
            "API_KEY of \"/home/ada/shop\""
        );
        assert_ne!(of("/a", "KEY"), of("/b", "KEY"));
        assert_ne!(of("/a\" of \"/b", "KEY"), of("/b", "KEY of \"/a\\\""));
    }

    #[cfg(unix)]
    #[test]
    fn folders_that_are_no_unicode_are_told_apart() {
        use std::ffi::OsStr;
        use std::os::unix::ffi::OsStrExt as _;
        let of = |bytes: &[u8]| Account::new(Path::new(OsStr::from_bytes(bytes)), "KEY");
        assert_ne!(of(b"/a\xff"), of(b"/a\xfe"));
        assert_ne!(of(b"/a\xff"), of("/a\u{fffd}".as_bytes()));
    }

    #[test]
    fn a_keychain_that_says_nothing_is_not_waited_for() {
        let (hold, held) = mpsc::channel::<()>();
        let answer = within(Duration::from_millis(20), move || {
            // Until the test lets go.
            let _ = held.recv();
            Ok(())
        });
        assert_eq!(answer, Err(KeychainError::Silent));
        drop(hold);
        assert_eq!(within(Duration::from_secs(10), || Ok(1)), Ok(1));
    }

    #[test]
    fn no_refusal_repeats_what_is_kept() {
        let secret = b"s3cret-value".to_vec();
        let error = refused(Error::BadEncoding(secret));
        assert_eq!(
            error.to_string(),
            "the system's keychain refused: what it keeps is no text"
        );
    }
}

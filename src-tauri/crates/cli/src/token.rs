//! The bearer token that the page and the API share.
//!
//! One per user, in a file that only the user can read, so that a bookmark of the page keeps
//! working after a restart. `TRIPLEDASH_TOKEN` overrides it for one run.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use rand::RngCore as _;

const FILE: &str = "token";
const SHORTEST: usize = 16;

/// A token that cannot be used, or a token file that cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum NoToken {
    /// The given token does not fit into a header field and an address.
    #[error("TRIPLEDASH_TOKEN wants {SHORTEST} or more of letters, digits, '-', '.', '_' and '~'")]
    Unusable,
    /// The file is not to be had.
    #[error("cannot keep the token in {}", path.display())]
    File {
        /// The token's file.
        path: PathBuf,
        /// What the system says.
        #[source]
        source: io::Error,
    },
}

/// The given token when there is one, else the one in the data folder, made at first use.
pub(crate) fn token(given: Option<String>, data_folder: &Path) -> Result<String, NoToken> {
    if let Some(given) = given {
        return if is_token(&given) {
            Ok(given)
        } else {
            Err(NoToken::Unusable)
        };
    }
    let path = data_folder.join(FILE);
    kept(data_folder, &path).map_err(|source| NoToken::File { path, source })
}

/// The token that engines of this user have, without making one.
pub fn known(data_folder: &Path) -> Option<String> {
    match std::env::var("TRIPLEDASH_TOKEN") {
        Ok(given) => Some(given),
        Err(_) => read(&data_folder.join(FILE)).ok().flatten(),
    }
}

fn kept(folder: &Path, path: &Path) -> io::Result<String> {
    if let Some(token) = read(path)? {
        return Ok(token);
    }
    fs::create_dir_all(folder)?;
    // Whole under another name first (mode 0600), then put in place: two starts at once agree on
    // one token, and nobody reads half of it.
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    let token = fresh();
    file.write_all(token.as_bytes())?;
    match file.persist_noclobber(path) {
        Ok(_) => Ok(token),
        Err(lost) if lost.error.kind() == io::ErrorKind::AlreadyExists => match read(path)? {
            Some(token) => Ok(token),
            // What lies there is no token: ours takes its place.
            None => lost
                .file
                .persist(path)
                .map(|_| token)
                .map_err(|error| error.error),
        },
        Err(lost) => Err(lost.error),
    }
}

fn read(path: &Path) -> io::Result<Option<String>> {
    match fs::read_to_string(path) {
        Ok(text) => {
            close_to_others(path)?;
            Ok(Some(text.trim().to_owned()).filter(|text| is_token(text)))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// A copied data folder may have lost the mode on its way.
#[cfg(unix)]
fn close_to_others(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = fs::metadata(path)?.permissions().mode();
    if mode & 0o077 == 0 {
        return Ok(());
    }
    fs::set_permissions(path, fs::Permissions::from_mode(0o600))
}

#[cfg(not(unix))]
fn close_to_others(_path: &Path) -> io::Result<()> {
    Ok(())
}

fn fresh() -> String {
    let mut bytes = [0_u8; 32];
    rand::rng().fill_bytes(&mut bytes);
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn is_token(text: &str) -> bool {
    text.len() >= SHORTEST
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_token_is_found_again_and_only_the_user_reads_it() {
        let folder = tempfile::tempdir().unwrap();
        let inside = folder.path().join("made/on/the/way");
        let first = token(None, &inside).unwrap();
        assert_eq!(first.len(), 64);
        assert_eq!(token(None, &inside).unwrap(), first);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let path = inside.join(FILE);
            let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
            assert_eq!(mode(&path), 0o600);
            fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
            assert_eq!(token(None, &inside).unwrap(), first);
            assert_eq!(mode(&path), 0o600);
        }
    }

    #[test]
    fn a_file_that_holds_no_token_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(FILE), "half").unwrap();
        let made = token(None, folder.path()).unwrap();
        assert_eq!(made.len(), 64);
        assert_eq!(token(None, folder.path()).unwrap(), made);
    }

    #[test]
    fn a_given_token_goes_before_the_file_and_must_fit() {
        let folder = tempfile::tempdir().unwrap();
        let given = "0123456789abcdef".to_owned();
        assert_eq!(token(Some(given.clone()), folder.path()).unwrap(), given);
        for bad in ["", "short", "0123456789abcdef#", "0123456789 abcdef"] {
            assert!(
                matches!(
                    token(Some(bad.to_owned()), folder.path()),
                    Err(NoToken::Unusable)
                ),
                "{bad}"
            );
        }
    }
}

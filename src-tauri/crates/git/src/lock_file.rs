//! Which lock file of a package manager a folder's packages are installed by, and whether it is
//! still the same.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use crate::mark::hex;

/// The names that are known; all of them that lie in one folder count.
const NAMES: [&str; 6] = [
    "npm-shrinkwrap.json",
    "package-lock.json",
    "pnpm-lock.yaml",
    "yarn.lock",
    "bun.lock",
    "bun.lockb",
];

/// The lock files that a folder's packages are installed by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockFiles {
    /// Where they lie: the folder itself, or one above it.
    pub folder: PathBuf,
    /// Their names; more than one where package managers were changed.
    pub names: Vec<&'static str>,
    /// Another when one of them is another, comes or goes: 64 hexadecimal digits.
    pub fingerprint: String,
}

// === impl LockFiles ===

impl LockFiles {
    /// The nearest ones, from `folder` upwards to `top` and no further; none where there are none.
    ///
    /// In a repository of many packages the one lock file lies at its top.
    ///
    /// # Errors
    ///
    /// When one that is there cannot be read.
    pub fn nearest(folder: &Path, top: &Path) -> io::Result<Option<Self>> {
        // A folder outside is looked into alone.
        let reach = if folder.starts_with(top) {
            usize::MAX
        } else {
            1
        };
        for folder in folder.ancestors().take(reach) {
            let names: Vec<_> = NAMES
                .into_iter()
                .filter(|name| fs::metadata(folder.join(name)).is_ok_and(|found| found.is_file()))
                .collect();
            if !names.is_empty() {
                return Ok(Some(Self {
                    fingerprint: fingerprint(folder, &names)?,
                    folder: folder.to_owned(),
                    names,
                }));
            }
            if folder == top {
                break;
            }
        }
        Ok(None)
    }
}

fn fingerprint(folder: &Path, names: &[&str]) -> io::Result<String> {
    let mut whole = Sha256::new();
    for name in names {
        let mut one = Sha256::new();
        io::copy(&mut File::open(folder.join(name))?, &mut one)?;
        // Of fixed length, so that no content can look like the next file's name.
        whole.update(one.finalize());
        whole.update(name.as_bytes());
        whole.update([0]);
    }
    Ok(hex(&whole.finalize()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearest_lock_file_counts_and_none_above_the_top() {
        let place = tempfile::tempdir().unwrap();
        let top = place.path().join("shop");
        let app = top.join("apps/web");
        fs::create_dir_all(&app).unwrap();
        let nearest = || LockFiles::nearest(&app, &top).unwrap();
        fs::write(place.path().join("yarn.lock"), "outside").unwrap();
        assert_eq!(nearest(), None);

        fs::write(top.join("pnpm-lock.yaml"), "one").unwrap();
        let first = nearest().unwrap();
        assert_eq!(
            (&first.folder, &first.names),
            (&top, &vec!["pnpm-lock.yaml"])
        );
        assert_eq!(nearest().unwrap(), first);
        fs::write(top.join("pnpm-lock.yaml"), "two").unwrap();
        assert_ne!(nearest().unwrap().fingerprint, first.fingerprint);

        fs::write(app.join("bun.lockb"), [0, 159]).unwrap();
        assert_eq!(nearest().unwrap().folder, app);
    }

    #[test]
    fn every_known_lock_file_is_found_and_tells() {
        let mut found = std::collections::HashSet::new();
        for name in NAMES {
            let place = tempfile::tempdir().unwrap();
            fs::write(place.path().join(name), "same").unwrap();
            let files = LockFiles::nearest(place.path(), place.path()).unwrap();
            found.insert(files.unwrap().fingerprint);
            // A folder of that name is none.
            fs::remove_file(place.path().join(name)).unwrap();
            fs::create_dir(place.path().join(name)).unwrap();
            let files = LockFiles::nearest(place.path(), place.path()).unwrap();
            assert_eq!(files, None);
        }
        assert_eq!(found.len(), NAMES.len());
    }
}

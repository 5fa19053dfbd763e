//! Copies one file.

use std::fs::{self, Permissions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::LeftReason;

/// Longer files are not copied.
const LONGEST: u64 = 32 * 1024 * 1024;

/// Two folders, both without links in their own names.
pub(super) struct Between {
    pub(super) from: PathBuf,
    pub(super) to: PathBuf,
}

/// How the file in the one folder is to that in the other.
pub(super) enum Compared {
    Same { content: Vec<u8> },
    Other(Other),
}

/// A file that is to be written.
pub(super) struct Other {
    pub(super) content: Vec<u8>,
    permissions: Permissions,
    target: PathBuf,
    /// What is there now.
    pub(super) there: Option<Vec<u8>>,
}

// === impl Between ===

impl Between {
    /// Looks at the file at `path`. One that differs may be written where there is none, or where
    /// what is there `is_ours`.
    pub(super) fn compare(
        &self,
        path: &Path,
        is_ours: impl Fn(&[u8]) -> bool,
    ) -> Result<Compared, LeftReason> {
        let source = self.from.join(path);
        // Also a folder above it may be a link.
        if !is_within(&source, &self.from) {
            return Err(LeftReason::LeadsOut);
        }
        let metadata = source.metadata().map_err(failed)?;
        if metadata.len() > LONGEST {
            return Err(LeftReason::TooLong);
        }
        let target = self.to.join(path);
        if !is_within(target.parent().unwrap_or(&self.to), &self.to) {
            return Err(LeftReason::LeadsOutThere);
        }
        let content = fs::read(&source).map_err(failed)?;
        let there = match target.symlink_metadata() {
            // What a link leads to may be anywhere, so it is neither compared nor replaced.
            Ok(there) if !there.is_file() => return Err(LeftReason::Foreign),
            Ok(_) => {
                let now = fs::read(&target).map_err(failed)?;
                if now == content {
                    return Ok(Compared::Same { content });
                }
                if !is_ours(&now) {
                    return Err(LeftReason::Foreign);
                }
                Some(now)
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(failed(error)),
        };
        Ok(Compared::Other(Other {
            content,
            permissions: metadata.permissions(),
            target,
            there,
        }))
    }
}

// === impl Other ===

impl Other {
    /// Writes it, and gives what was written.
    pub(super) fn write(self) -> Result<Vec<u8>, LeftReason> {
        let folder = self.target.parent().unwrap_or(&self.target);
        fs::create_dir_all(folder).map_err(failed)?;
        // Under another name first, so that nobody reads half a file.
        let mut file = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
        file.write_all(&self.content).map_err(failed)?;
        file.as_file()
            .set_permissions(self.permissions)
            .map_err(failed)?;
        let kept = if self.there.is_some() {
            file.persist(&self.target)
        } else {
            file.persist_noclobber(&self.target)
        };
        kept.map_err(|error| failed(error.error))?;
        Ok(self.content)
    }
}

/// Whether a path stays in a folder, whatever links are on its way. One whose links cannot be
/// followed to their end may lead anywhere.
pub(crate) fn is_within(path: &Path, folder: &Path) -> bool {
    gix::path::realpath(path).is_ok_and(|path| path.starts_with(folder))
}

#[expect(clippy::needless_pass_by_value, reason = "for `map_err`")]
fn failed(error: io::Error) -> LeftReason {
    LeftReason::Failed(error.to_string())
}

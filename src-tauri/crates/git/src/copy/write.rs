//! Copies one file.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use super::LeftReason;
use crate::mark::fingerprint;
use crate::worktrees::real;

/// Longer files are not copied.
const LONGEST: u64 = 32 * 1024 * 1024;

pub(super) enum Outcome {
    Copied { content: Vec<u8> },
    Same,
}

/// Copies the file at `path` from one folder to another, both without links in their own names.
/// `last` is the fingerprint of what we copied there before.
pub(super) fn copy(
    from: &Path,
    to: &Path,
    path: &Path,
    last: Option<&str>,
) -> Result<Outcome, LeftReason> {
    let failed = |error: io::Error| LeftReason::Failed(error.to_string());
    let source = from.join(path);
    // Also a folder above it may be a link.
    if !real(&source).starts_with(from) {
        return Err(LeftReason::LeadsOut);
    }
    let metadata = source.metadata().map_err(failed)?;
    if metadata.len() > LONGEST {
        return Err(LeftReason::TooLong);
    }
    let target = to.join(path);
    let folder = target.parent().unwrap_or(to);
    if !real(folder).starts_with(to) {
        return Err(LeftReason::LeadsOutThere);
    }
    let content = fs::read(&source).map_err(failed)?;
    let is_there = match target.symlink_metadata() {
        // What a link leads to may be anywhere, so it is neither compared nor replaced.
        Ok(there) if !there.is_file() => return Err(LeftReason::Foreign),
        Ok(_) => {
            let now = fs::read(&target).map_err(failed)?;
            if now == content {
                return Ok(Outcome::Same);
            }
            match last {
                None => return Err(LeftReason::Foreign),
                Some(last) if last != fingerprint(&now) => return Err(LeftReason::Edited),
                Some(_) => true,
            }
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => false,
        Err(error) => return Err(failed(error)),
    };
    fs::create_dir_all(folder).map_err(failed)?;
    // Under another name first, so that nobody reads half a file.
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
    file.write_all(&content).map_err(failed)?;
    let permissions = metadata.permissions();
    file.as_file()
        .set_permissions(permissions)
        .map_err(failed)?;
    let kept = if is_there {
        file.persist(&target)
    } else {
        file.persist_noclobber(&target)
    };
    kept.map_err(|error| failed(error.error))?;
    Ok(Outcome::Copied { content })
}

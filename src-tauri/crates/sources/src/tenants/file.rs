//! A table beside the workspace.

use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use super::text::too_long;
use super::{Format, LONGEST, LoadError, Loaded, read_aside};
use crate::Clock;

/// A file that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("{shown}: {why}")]
pub struct Unreadable {
    /// As the workspace names it.
    pub shown: String,
    /// Where it was looked for.
    pub path: PathBuf,
    /// In a few words.
    pub why: String,
    /// What the system said, where it was asked.
    #[source]
    pub source: Option<io::Error>,
}

impl Unreadable {
    /// What would mend it.
    pub fn hint(&self) -> String {
        format!("it was looked for at {}", self.path.display())
    }
}

pub(super) async fn load(path: &Path, shown: &str, clock: Clock) -> Result<Loaded, LoadError> {
    let owned = path.to_owned();
    let reading = tokio::task::spawn_blocking(move || bytes(&owned));
    let unreadable = |(why, source): (String, Option<io::Error>)| Unreadable {
        shown: shown.to_owned(),
        path: path.to_owned(),
        why,
        source,
    };
    let bytes = reading
        .await
        .unwrap_or_else(|error| Err((format!("it was not read: {error}"), None)))
        .map_err(unreadable)?;
    let format = Format::of_name(shown);
    let read = read_aside(bytes, format, shown.to_owned(), clock()).await;
    read.map_err(|unusable| LoadError::Unusable {
        name: shown.to_owned(),
        unusable,
    })
}

/// The file's octets; links are followed. One more than the limit where it is longer.
fn bytes(path: &Path) -> Result<Vec<u8>, (String, Option<io::Error>)> {
    let failed = |error: io::Error| {
        let why = match error.kind() {
            io::ErrorKind::NotFound => "there is no such file".to_owned(),
            io::ErrorKind::PermissionDenied => "this user may not read it".to_owned(),
            _ => format!("it cannot be read: {error}"),
        };
        (why, Some(error))
    };
    // Opening a pipe would wait for whoever writes into it.
    let metadata = std::fs::metadata(path).map_err(failed)?;
    if metadata.is_dir() {
        return Err(("it is a folder, wanted a file".to_owned(), None));
    }
    if !metadata.is_file() {
        return Err(("it is no regular file".to_owned(), None));
    }
    let length = usize::try_from(metadata.len()).unwrap_or(usize::MAX);
    if length > LONGEST {
        return Err((too_long(length).message, None));
    }
    let mut bytes = Vec::with_capacity(length + 1);
    let most = u64::try_from(LONGEST + 1).unwrap_or(u64::MAX);
    std::fs::File::open(path)
        .and_then(|file| file.take(most).read_to_end(&mut bytes))
        .map_err(failed)?;
    Ok(bytes)
}

//! The last good answer of an endpoint, on disk.
//!
//! One file for each URL with its header fields, readable by its user alone: who asks decides what
//! is answered. Its first line says what HTTP said beside the body; no header field of a request and
//! no URL is in it. When the endpoint last said so is the file's time. Whenever an endpoint answers,
//! files whose time is long past are deleted, whoever they were of.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use http::HeaderMap;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use tripledash_core::Timestamp;
use url::Url;

/// An answer as it was kept.
#[derive(Debug, Clone)]
pub(super) struct Kept {
    pub(super) etag: Option<String>,
    pub(super) last_modified: Option<String>,
    pub(super) media_type: Option<String>,
    /// When the endpoint last said that this is it.
    pub(super) fetched_at: Timestamp,
    pub(super) body: Bytes,
}

/// The first line.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Head {
    version: u32,
    etag: Option<String>,
    last_modified: Option<String>,
    media_type: Option<String>,
    /// Of the body, in octets.
    length: usize,
}

const VERSION: u32 = 2;
/// An answer that no endpoint has given for so long is deleted: it may be a list of customers.
const FORGET: Duration = Duration::from_secs(90 * 24 * 3600);
const EXTENSION: &str = "kept";

// === impl Kept ===

impl Kept {
    /// What was kept in a file, if it is whole.
    pub(super) async fn read(file: PathBuf) -> Option<Self> {
        let reading = tokio::task::spawn_blocking(move || {
            let fetched_at = moment(fs::metadata(&file).ok()?.modified().ok()?);
            let bytes = Bytes::from(fs::read(&file).ok()?);
            let end = memchr::memchr(b'\n', &bytes)?;
            let head: Head = serde_json::from_slice(&bytes[..end]).ok()?;
            let body = bytes.slice(end + 1..);
            (head.version == VERSION && head.length == body.len()).then_some(Self {
                etag: head.etag,
                last_modified: head.last_modified,
                media_type: head.media_type,
                fetched_at,
                body,
            })
        });
        reading.await.ok().flatten()
    }

    /// Keeps it: a reader sees the file before, or this one.
    pub(super) async fn write(self, file: PathBuf) -> io::Result<()> {
        aside(move || {
            let head = Head {
                version: VERSION,
                etag: self.etag,
                last_modified: self.last_modified,
                media_type: self.media_type,
                length: self.body.len(),
            };
            let folder = file.parent().unwrap_or(Path::new("."));
            make(folder)?;
            // Made with mode 0600 where there are modes.
            let mut new = tempfile::NamedTempFile::new_in(folder)?;
            serde_json::to_writer(&mut new, &head)?;
            new.write_all(b"\n")?;
            new.write_all(&self.body)?;
            new.as_file().set_modified(time(self.fetched_at))?;
            new.persist(&file)?;
            forget(folder, time(self.fetched_at));
            Ok(())
        })
        .await
    }

    /// Keeps that what is there was said again.
    pub(super) async fn confirm(file: PathBuf, at: Timestamp) -> io::Result<()> {
        aside(move || {
            let kept: File = OpenOptions::new().write(true).open(&file)?;
            kept.set_modified(time(at))?;
            forget(file.parent().unwrap_or(Path::new(".")), time(at));
            Ok(())
        })
        .await
    }
}

/// Where the answer to a URL that is asked with such fields is kept.
pub(super) fn place(folder: &Path, url: &Url, fields: &HeaderMap) -> PathBuf {
    use std::fmt::Write as _;

    let mut all: Vec<(&str, &[u8])> = fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_bytes()))
        .collect();
    // Of one name in their order.
    all.sort_by_key(|(name, _)| *name);
    let mut digest = Sha256::new();
    let mut add = |part: &[u8]| {
        // Where a part ends says its length, or two different requests could be one.
        digest.update(part.len().to_le_bytes());
        digest.update(part);
    };
    add(url.as_str().as_bytes());
    for (name, value) in all {
        add(name.as_bytes());
        add(value);
    }
    let mut name = String::with_capacity(72);
    for byte in digest.finalize() {
        let _ = write!(name, "{byte:02x}");
    }
    folder.join(name).with_extension(EXTENSION)
}

async fn aside(work: impl FnOnce() -> io::Result<()> + Send + 'static) -> io::Result<()> {
    let working = tokio::task::spawn_blocking(work);
    working.await.map_err(io::Error::other)?
}

fn make(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Deletes answers that are too old, and what was left of one that was half written: the folder is
/// ours alone. One that cannot be deleted is tried again with the next answer.
fn forget(folder: &Path, now: SystemTime) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let modified = entry.metadata().and_then(|metadata| metadata.modified());
        let age = modified.ok().and_then(|then| now.duration_since(then).ok());
        if age.is_some_and(|age| age > FORGET) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

fn time(at: Timestamp) -> SystemTime {
    UNIX_EPOCH + Duration::from_micros(u64::try_from(at.0).unwrap_or(0))
}

fn moment(time: SystemTime) -> Timestamp {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Duration = Duration::from_secs(24 * 3600);

    fn kept(at: SystemTime) -> Kept {
        Kept {
            etag: None,
            last_modified: None,
            media_type: None,
            fetched_at: moment(at),
            body: Bytes::from_static(b"[]"),
        }
    }

    /// Those that nobody asks for any more go with the next answer to anybody, be it that nothing is new.
    #[tokio::test]
    async fn what_is_long_past_is_deleted_with_any_answer() {
        let now = UNIX_EPOCH + 20_000 * DAY;
        for confirms in [false, true] {
            let folder = tempfile::tempdir().unwrap();
            let [asked, recent, past] = ["asked", "recent", "past"]
                .map(|name| folder.path().join(name).with_extension(EXTENSION));
            kept(now).write(asked.clone()).await.unwrap();
            kept(now - 80 * DAY).write(recent.clone()).await.unwrap();
            kept(now - 100 * DAY).write(past.clone()).await.unwrap();
            let half = folder.path().join(".tmpAbCdEf");
            File::create(&half)
                .unwrap()
                .set_modified(now - 100 * DAY)
                .unwrap();
            if confirms {
                Kept::confirm(asked.clone(), moment(now)).await.unwrap();
            } else {
                kept(now).write(asked.clone()).await.unwrap();
            }
            let there = [&asked, &recent, &past, &half].map(|file| file.exists());
            assert_eq!(there, [true, true, false, false], "{confirms}");
        }
    }
}

//! The last good answer of an endpoint, on disk.
//!
//! One file for each URL, readable by its user alone. Its first line says what HTTP said beside
//! the body; no header field of a request and no URL is in it.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use bytes::Bytes;
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
    /// Microseconds since the Unix epoch.
    fetched_at: i64,
    /// Of the body, in octets.
    length: usize,
}

const VERSION: u32 = 1;

impl Kept {
    /// What was kept of a URL, if it is whole.
    pub(super) async fn read(folder: PathBuf, url: Url) -> Option<Self> {
        let reading = tokio::task::spawn_blocking(move || {
            let bytes = Bytes::from(std::fs::read(path(&folder, &url)).ok()?);
            let end = memchr::memchr(b'\n', &bytes)?;
            let head: Head = serde_json::from_slice(&bytes[..end]).ok()?;
            let body = bytes.slice(end + 1..);
            (head.version == VERSION && head.length == body.len()).then_some(Self {
                etag: head.etag,
                last_modified: head.last_modified,
                media_type: head.media_type,
                fetched_at: Timestamp(head.fetched_at),
                body,
            })
        });
        reading.await.ok().flatten()
    }

    /// Keeps it: a reader sees the file before, or this one.
    pub(super) async fn write(self, folder: PathBuf, url: Url) -> io::Result<()> {
        let writing = tokio::task::spawn_blocking(move || {
            let head = Head {
                version: VERSION,
                etag: self.etag,
                last_modified: self.last_modified,
                media_type: self.media_type,
                fetched_at: self.fetched_at.0,
                length: self.body.len(),
            };
            make(&folder)?;
            // Made with mode 0600 where there are modes.
            let mut file = tempfile::NamedTempFile::new_in(&folder)?;
            serde_json::to_writer(&mut file, &head)?;
            file.write_all(b"\n")?;
            file.write_all(&self.body)?;
            file.persist(path(&folder, &url))?;
            Ok(())
        });
        writing.await.map_err(io::Error::other)?
    }
}

fn make(folder: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

fn path(folder: &Path, url: &Url) -> PathBuf {
    use std::fmt::Write as _;

    let mut name = String::with_capacity(72);
    for byte in Sha256::digest(url.as_str()) {
        let _ = write!(name, "{byte:02x}");
    }
    folder.join(name + ".kept")
}

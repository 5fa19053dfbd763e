//! What we know of a worktree that we made: a file in its private git directory, which git leaves
//! alone and takes away together with the worktree. A worktree without it is the person's own.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// The file.
const FILE: &str = "tripledash.json";

/// What we last did in a worktree of ours.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Mark {
    /// The commit that we checked out.
    pub(crate) commit: String,
    /// That git was about to take it to another commit. Where git or we were ended meanwhile, some
    /// files are as there and some as they were.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) moving: Option<Moving>,
    /// The files that we copied there, by their way from its top with `/`, and the fingerprint of
    /// what was in them.
    pub(crate) copied: BTreeMap<String, String>,
    /// The same of those that we were about to copy. Where we were ended meanwhile, either may be
    /// there.
    pub(crate) copying: BTreeMap<String, String>,
}

/// A worktree's way from a commit to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Moving {
    pub(crate) from: String,
    pub(crate) to: String,
}

// === impl Mark ===

impl Mark {
    /// Nothing where the worktree is not ours. A file that is not as we wrote it makes it ours with
    /// nothing known, and so nothing in it is overwritten.
    pub(crate) fn read(private: &Path) -> Option<Self> {
        let text = fs::read(private.join(FILE)).ok()?;
        Some(serde_json::from_slice(&text).unwrap_or_default())
    }

    pub(crate) fn write(&self, private: &Path) -> io::Result<()> {
        let mut file = tempfile::NamedTempFile::new_in(private)?;
        file.write_all(&serde_json::to_vec_pretty(self)?)?;
        file.persist(private.join(FILE))?;
        Ok(())
    }

    /// Whether a file of the worktree still is what we copied there.
    pub(crate) fn is_copy(&self, name: &str, content: &[u8]) -> bool {
        let now = fingerprint(content);
        let known = [&self.copied, &self.copying];
        known.iter().any(|known| known.get(name) == Some(&now))
    }
}

/// Tells a content from any other.
pub(crate) fn fingerprint(content: &[u8]) -> String {
    hex(&Sha256::digest(content))
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

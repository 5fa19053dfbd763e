//! The folder that a branch's server runs in, with what git does not keep, and whether its setup has to
//! run.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use tripledash_core::slug::Slug;
use tripledash_core::told;
use tripledash_core::workspace::GitSource;
use tripledash_git::{Checkout, CheckoutState, Copied, Git, LockFiles, Repository};

use super::ServerKey;
use crate::file;

/// What it takes to prepare a checkout.
#[derive(Debug, Clone)]
pub(crate) struct CheckoutOrder {
    pub(crate) key: ServerKey,
    /// What people call the branch.
    pub(crate) branch: String,
    /// What the file says of it.
    pub(crate) source: GitSource,
    /// The app's folder in the person's checkout.
    pub(crate) app: PathBuf,
    /// Where we keep checkouts and what we know of them.
    pub(crate) data_dir: PathBuf,
}

/// A checkout, and whether its setup has to run.
#[derive(Debug)]
pub(super) struct Ready {
    pub(super) checkout: Checkout,
    /// Its setup has to run, and is good for this afterwards.
    pub(super) setup: Option<Installed>,
    /// Where that is kept.
    pub(super) stamp: PathBuf,
    pub(super) remark: Option<String>,
}

/// What a checkout's packages were installed by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Installed {
    /// The command.
    pub(super) setup: String,
    /// The lock files' fingerprint; none where there are none.
    lock: Option<String>,
    /// Where: a worktree of ours or a person's own checkout, which have a stamp each.
    checkout: PathBuf,
    /// The setup has begun, and nobody has seen it end well: what is there now may be half of it.
    #[serde(default)]
    unfinished: bool,
}

// === impl CheckoutOrder ===

impl CheckoutOrder {
    /// Makes the checkout, brings the files along that git does not keep, and sees whether the
    /// setup has to run.
    pub(super) fn prepare(self, git: Git) -> Result<Ready, String> {
        let repository = Repository::find_with(&self.app, git).map_err(|error| told(&error))?;
        let own = self
            .data_dir
            .join("worktrees")
            .join(name_of(&self.key.repository));
        // Two branches may have one slug, and one name, and each has a checkout of its own.
        let reference = &self.key.reference;
        let branch = format!("{}-{}", Slug::of(&self.branch), digest(reference));
        let folder = own.join(&branch);
        fs::create_dir_all(&own)
            .map_err(|error| format!("cannot make {}: {error}", own.display()))?;
        let checkout = repository
            .prepare(reference, &folder)
            .map_err(|error| told(&error))?;
        // In a person's own checkout, what is installed is the folder's, whatever branch is there.
        let stamp = own.join(if checkout.is_in_place() {
            format!("in-place-{}.json", digest(&checkout.path.to_string_lossy()))
        } else {
            format!("{branch}.json")
        });
        if checkout.state == CheckoutState::Made {
            // What was kept is of a worktree that is gone.
            forget(&stamp)
                .map_err(|error| format!("cannot delete {}: {error}", stamp.display()))?;
        }
        let mut remarks = Vec::new();
        if let CheckoutState::Kept { work, .. } = &checkout.state {
            remarks.push(format!("its checkout stays behind the branch: {work}"));
        }
        if !checkout.is_in_place() && !self.source.copy.is_empty() {
            let copied = repository
                .copy(&self.source.copy, &checkout.path)
                .map_err(|error| told(&error))?;
            remarks.extend(left_alone(&copied));
        }
        if !checkout.folder.is_dir() {
            let app = repository.prefix().display();
            return Err(format!("the branch {} has no folder {app}", self.branch));
        }
        let lock = LockFiles::nearest(&checkout.folder, &checkout.path)
            .map_err(|error| format!("cannot read the lock file: {error}"))?;
        let setup = self.source.setup.and_then(|setup| {
            let installed = Installed {
                setup,
                lock: lock.map(|lock| lock.fingerprint),
                checkout: checkout.path.clone(),
                unfinished: false,
            };
            needs_setup(&stamp, &installed, &checkout).then_some(installed)
        });
        Ok(Ready {
            checkout,
            setup,
            stamp,
            remark: (!remarks.is_empty()).then(|| remarks.join("; ")),
        })
    }
}

/// Whether the setup has to run. In the person's own checkout, what they have installed themselves is
/// good until the lock file changes.
fn needs_setup(stamp: &Path, wanted: &Installed, checkout: &Checkout) -> bool {
    let kept: Option<Installed> = fs::read(stamp)
        .ok()
        .and_then(|bytes| serde_json::from_slice(&bytes).ok());
    // One of another place says nothing of this one.
    match kept.filter(|kept| kept.checkout == wanted.checkout) {
        Some(kept) => kept != *wanted,
        None if checkout.is_in_place() => {
            let installed = ["node_modules", ".pnp.cjs", "vendor", ".venv"];
            let has = |name: &&str| {
                checkout.folder.join(name).exists() || checkout.path.join(name).exists()
            };
            let found = installed.iter().any(has);
            if found && let Err(error) = keep(stamp, wanted) {
                tracing::warn!(%error, stamp = %stamp.display(), "cannot be kept");
            }
            !found
        }
        None => true,
    }
}

/// Nothing is known of a checkout any more.
fn forget(stamp: &Path) -> io::Result<()> {
    match fs::remove_file(stamp) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Keeps that a setup begins: one that does not come to its end has undone what an earlier one did.
pub(super) fn begin(stamp: &Path, installed: &Installed) -> io::Result<()> {
    let unfinished = Installed {
        unfinished: true,
        ..installed.clone()
    };
    keep(stamp, &unfinished)
}

/// Keeps that a setup has run.
pub(super) fn keep(stamp: &Path, installed: &Installed) -> io::Result<()> {
    let text = serde_json::to_string(installed).map_err(io::Error::other)?;
    file::replace(stamp, &text)
}

/// Tells a text from any other: sixty bits of it, since two folders that come to one leave no way
/// out.
fn digest(text: &str) -> String {
    let turned: String = text.chars().rev().collect();
    format!("{}{}", Slug::digest(text), Slug::digest(&turned))
}

/// The folder of a repository's checkouts: its name, and what tells it from others of that name.
fn name_of(repository: &Path) -> String {
    let folder = match repository.file_name() {
        Some(name) if name == ".git" => repository.parent().and_then(Path::file_name),
        name => name,
    };
    let name = folder.map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let name = Slug::of(&name);
    format!("{name}-{}", digest(&repository.to_string_lossy()))
}

/// What was not brought along, in one line.
fn left_alone(copied: &Copied) -> Option<String> {
    let tell = |left: &tripledash_git::LeftAlone| {
        format!("{} was not copied: {}", left.path.display(), left.reason)
    };
    let tracked = |left: &&tripledash_git::LeftAlone| {
        !matches!(left.reason, tripledash_git::LeftReason::Tracked)
    };
    let mut all: Vec<String> = copied.left.iter().filter(tracked).map(tell).collect();
    if copied.is_incomplete {
        all.push(
            "not every folder was searched for files to copy, as there are too many: name folders in \
             \"copy\" instead of **"
                .to_owned(),
        );
    }
    (!all.is_empty()).then(|| all.join("; "))
}

#[cfg(test)]
mod tests;

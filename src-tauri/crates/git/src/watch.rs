//! Which places tell that branches, worktrees or the checkout's own branch changed.

use std::path::{Path, PathBuf};

use crate::Repository;

/// A folder to watch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WatchPath {
    /// The folder, absolute. It was there when it was asked for.
    pub path: PathBuf,
    /// Whether what lies deeper counts as well.
    pub recursive: bool,
}

impl Repository {
    /// The folders in which something changes when a branch moves, comes or goes, when a worktree
    /// does, or when another branch is checked out.
    ///
    /// Folders, not files: git replaces a file by renaming a new one over it. A repository has them
    /// in up to two places, as a worktree has its own `HEAD` and shares the rest. Ask
    /// [`is_telling`](Self::is_telling) of each path that changed: git writes locks and its index
    /// there as well.
    #[must_use]
    pub fn watch_paths(&self) -> Vec<WatchPath> {
        let common = self.common_dir();
        let mut paths = vec![WatchPath {
            path: common.to_owned(),
            recursive: false,
        }];
        if self.git_dir() != common {
            paths.push(WatchPath {
                path: self.git_dir().to_owned(),
                recursive: false,
            });
        }
        for folder in ["refs", "worktrees"] {
            let path = common.join(folder);
            // The one above tells when it comes.
            if path.is_dir() {
                paths.push(WatchPath {
                    path,
                    recursive: true,
                });
            }
        }
        paths
    }

    /// Whether a change of this path, which lies in one of [`watch_paths`](Self::watch_paths), may
    /// change what [`branches`](Self::branches) and [`worktrees`](Self::worktrees) say.
    #[must_use]
    pub fn is_telling(&self, path: &Path) -> bool {
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else {
            return true;
        };
        let of = |top: &Path| path.strip_prefix(top).ok().map(Path::to_owned);
        let inside = of(self.git_dir()).or_else(|| of(self.common_dir()));
        let first = inside
            .as_deref()
            .and_then(|inside| inside.components().next())
            .map(|first| first.as_os_str().to_string_lossy().into_owned());
        if name.ends_with(".lock") {
            return false;
        }
        match first.as_deref() {
            Some("refs") => true,
            // Of a worktree: where it is, what it has checked out, and whether it is kept.
            Some("worktrees") => {
                matches!(name, "HEAD" | "gitdir" | "locked" | "worktrees")
                    || inside.is_some_and(|inside| inside.components().count() <= 2)
            }
            Some("HEAD" | "packed-refs" | "config" | "config.worktree" | "shallow") | None => true,
            Some(_) => false,
        }
    }
}

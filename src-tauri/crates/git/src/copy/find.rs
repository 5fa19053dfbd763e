//! Looks for the files that fit the patterns.

use std::collections::VecDeque;
use std::fs;
use std::path::{Component, Path, PathBuf};

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

/// No folder deeper than this is looked into.
const DEEPEST: usize = 8;
/// No more files and folders are looked at than this.
const LOOKED_AT: usize = 50_000;

/// A pattern that cannot be understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the pattern {pattern:?} cannot be used: {reason}")]
pub struct InvalidPattern {
    /// The pattern.
    pub pattern: String,
    /// What is wrong with it.
    pub reason: String,
}

/// Some patterns, as one.
pub(super) struct Patterns {
    globs: GlobSet,
    /// How deep a file that fits can lie; one is the folder itself.
    depth: usize,
}

#[derive(Default)]
pub(super) struct Found {
    /// Relative to the folder that was looked into, in order.
    pub(super) files: Vec<PathBuf>,
    pub(super) is_incomplete: bool,
}

// === impl Patterns ===

impl Patterns {
    pub(super) fn new(patterns: &[String]) -> Result<Self, InvalidPattern> {
        let mut globs = GlobSetBuilder::new();
        let mut depth = 0;
        for pattern in patterns {
            let invalid = |reason: &str| InvalidPattern {
                pattern: pattern.clone(),
                reason: reason.to_owned(),
            };
            let text = pattern.strip_prefix("./").unwrap_or(pattern);
            if text.is_empty() {
                return Err(invalid("it is empty"));
            }
            for part in Path::new(text).components() {
                match part {
                    Component::Normal(_) | Component::CurDir => {}
                    Component::ParentDir => return Err(invalid("it leads out by `..`")),
                    Component::RootDir | Component::Prefix(_) => {
                        return Err(invalid(
                            "it is absolute, and wanted is one below the folder",
                        ));
                    }
                }
            }
            let mut text = text.to_owned();
            if text.ends_with('/') {
                text.push_str("**");
            }
            let glob = GlobBuilder::new(&text).literal_separator(true).build();
            globs.add(glob.map_err(|error| invalid(&error.kind().to_string()))?);
            let deep = if text.contains("**") {
                DEEPEST
            } else {
                text.matches('/').count() + 1
            };
            depth = depth.max(deep.min(DEEPEST));
        }
        let globs = globs.build().map_err(|error| InvalidPattern {
            pattern: patterns.join(" "),
            reason: error.kind().to_string(),
        })?;
        Ok(Self { globs, depth })
    }

    pub(super) fn find(&self, folder: &Path) -> Found {
        self.find_among(folder, LOOKED_AT)
    }

    /// Looks at so many files and folders and no more, those near the top first: a large folder of
    /// what was built must not hide the `.env` beside it.
    fn find_among(&self, folder: &Path, most: usize) -> Found {
        let mut found = Found::default();
        let mut left = most;
        let mut waiting = VecDeque::from([PathBuf::new()]);
        'all: while let Some(inside) = waiting.pop_front() {
            // A folder that cannot be read has nothing for us.
            let Ok(entries) = fs::read_dir(folder.join(&inside)) else {
                continue;
            };
            let deeper = inside.components().count() + 1 < self.depth;
            for entry in entries.filter_map(Result::ok) {
                if left == 0 {
                    found.is_incomplete = true;
                    break 'all;
                }
                left -= 1;
                let Ok(kind) = entry.file_type() else {
                    continue;
                };
                let path = inside.join(entry.file_name());
                if kind.is_dir() {
                    if deeper && is_of_the_app(&entry.path()) {
                        waiting.push_back(path);
                    }
                } else if self.globs.is_match(&path) && (kind.is_file() || is_file(&entry.path())) {
                    found.files.push(path);
                }
            }
        }
        found.files.sort();
        found
    }
}

/// Not installed packages, git's own folder, or another checkout.
fn is_of_the_app(folder: &Path) -> bool {
    let name = folder.file_name();
    let is_other = name.is_some_and(|name| name == "node_modules" || name == ".git");
    !is_other && folder.join(".git").symlink_metadata().is_err()
}

/// Whether a link leads to a file.
fn is_file(path: &Path) -> bool {
    path.metadata().is_ok_and(|metadata| metadata.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_find_files_at_their_own_depth() {
        let place = tempfile::tempdir().unwrap();
        for path in [
            ".env",
            ".env.local",
            "src/.env",
            "apps/web/.env",
            "apps/web/node_modules/a/.env",
            "module/.git/.env",
            "module/.env",
            "certs/a.pem",
            "certs/deep/b.pem",
            "a/b/c/d/e/f/g/h/i/.env",
        ] {
            let path = place.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        for (patterns, expected) in [
            (vec![".env*"], vec![".env", ".env.local"]),
            (vec!["./.env", "*/.env"], vec![".env", "src/.env"]),
            (vec!["**/.env"], vec![".env", "apps/web/.env", "src/.env"]),
            (vec!["certs/"], vec!["certs/a.pem", "certs/deep/b.pem"]),
            (
                vec!["{src,apps/web}/.env"],
                vec!["apps/web/.env", "src/.env"],
            ),
            (vec!["nothing"], vec![]),
            (vec![], vec![]),
        ] {
            let patterns: Vec<_> = patterns.into_iter().map(str::to_owned).collect();
            let found = Patterns::new(&patterns).unwrap().find(place.path());
            let expected: Vec<_> = expected.into_iter().map(PathBuf::from).collect();
            assert_eq!(found.files, expected, "{patterns:?}");
            assert!(!found.is_incomplete);
        }
    }

    #[test]
    fn files_near_the_top_are_found_before_the_search_is_given_up() {
        let place = tempfile::tempdir().unwrap();
        for (folder, files) in [("a/built", 60), ("z/built", 60)] {
            fs::create_dir_all(place.path().join(folder)).unwrap();
            for number in 0..files {
                fs::write(place.path().join(format!("{folder}/{number}")), "").unwrap();
            }
        }
        for path in ["a/.env", "z/.env", ".env"] {
            fs::write(place.path().join(path), "").unwrap();
        }
        let patterns = Patterns::new(&["**/.env".to_owned()]).unwrap();
        let found = patterns.find_among(place.path(), 20);
        let expected = [".env", "a/.env", "z/.env"].map(PathBuf::from);
        assert_eq!(found.files, expected);
        assert!(found.is_incomplete);
    }

    #[test]
    fn patterns_that_lead_out_are_refused() {
        for (pattern, reason) in [
            ("", "it is empty"),
            ("../.env", "it leads out by `..`"),
            ("a/../../.env", "it leads out by `..`"),
            (
                "/etc/*",
                "it is absolute, and wanted is one below the folder",
            ),
            ("[a", "unclosed character class; missing ']'"),
        ] {
            let refused = Patterns::new(&[pattern.to_owned()]).err().unwrap();
            assert_eq!(refused.reason, reason, "{pattern}");
        }
    }
}

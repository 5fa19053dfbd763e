//! Brings the files along that git does not keep, `.env` above all, from the person's checkout into
//! a worktree of ours.
//!
//! - A file is copied where there is none, and copied again where the one there is still what we
//!   copied the last time. What somebody edited or put there stays.
//! - A file that git keeps is never copied: the branch has its own, or has none on purpose.
//! - Nothing is read through a link that leads out of the repository, and nothing is written
//!   through one that leads out of the worktree.

mod find;
mod write;

use std::path::{Path, PathBuf};

use crate::changes::paths;
use crate::command::arguments;
use crate::mark::{Mark, fingerprint};
use crate::worktrees::real;
use crate::{GitFailed, NotRead, Repository, Stop};

pub use find::InvalidPattern;
pub(crate) use write::is_within;

/// How many paths one command is given.
pub(crate) const AT_ONCE: usize = 200;

/// What was copied. Paths are relative to the checkout's top.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Copied {
    /// Copied now.
    pub copied: Vec<PathBuf>,
    /// Already the same.
    pub same: Vec<PathBuf>,
    /// Left alone.
    pub left: Vec<LeftAlone>,
    /// Whether the search was given up because there are too many files: name folders in the
    /// patterns instead of `**`.
    pub is_incomplete: bool,
}

/// A file that fits a pattern and was not copied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftAlone {
    /// Its way from the checkout's top.
    pub path: PathBuf,
    /// What for.
    pub reason: LeftReason,
}

/// Why a file was not copied.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LeftReason {
    /// Git keeps it.
    #[error("git keeps it, so each branch has its own")]
    Tracked,
    /// It was copied before, and edited in the worktree since.
    #[error("it was edited in the worktree after it was copied")]
    Edited,
    /// The worktree has one that is not from us.
    #[error("the worktree has a different one that was not copied there")]
    Foreign,
    /// It is a link to somewhere outside the repository.
    #[error("it is a link that leads out of the repository")]
    LeadsOut,
    /// In the worktree, a folder above it is a link to somewhere outside.
    #[error("its folder in the worktree is a link that leads out of the worktree")]
    LeadsOutThere,
    /// It is longer than 32 MiB.
    #[error("it is longer than 32 MiB")]
    TooLong,
    /// Its name is not UTF-8.
    #[error("its name is not UTF-8")]
    NotText,
    /// It could not be read, or not be written.
    #[error("{0}")]
    Failed(String),
}

/// Why nothing was copied.
#[derive(Debug, thiserror::Error)]
pub enum NotCopied {
    /// A pattern cannot be understood.
    #[error(transparent)]
    InvalidPattern(#[from] InvalidPattern),
    /// There is no checkout to copy from.
    #[error("the repository at {} is bare: it has no files to copy from", git_dir.display())]
    Bare {
        /// The repository's own folder.
        git_dir: PathBuf,
    },
    /// The person's own checkout is not copied into.
    #[error("{} is not a worktree that Tripledash made, so nothing is copied into it", folder.display())]
    NotOurs {
        /// Where the files were to go.
        folder: PathBuf,
    },
    /// The repository cannot be read.
    #[error(transparent)]
    NotRead(#[from] NotRead),
    /// Git did not say which files it keeps.
    #[error("could not ask git which files it keeps")]
    Git(#[from] GitFailed),
    /// It was asked to stop. What was copied by then is known.
    #[error("it was asked to stop")]
    Stopped,
    /// What is copied could not be written down.
    #[error("could not write into {}", folder.display())]
    NotMarked {
        /// The worktree's private git directory.
        folder: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
}

/// A file of the person's checkout, by its ways from the checkout's top.
struct File {
    path: PathBuf,
    /// With `/`, on every system.
    name: String,
}

/// Files that are being copied.
struct Copying<'a> {
    mark: Mark,
    /// Where the mark is kept.
    private: PathBuf,
    /// Whether there is something for the mark.
    is_news: bool,
    between: write::Between,
    copied: Copied,
    to_copy: Vec<File>,
    stop: &'a Stop,
}

// === impl Repository ===

impl Repository {
    /// Copies the files that fit one of `patterns` from the checkout that the repository was found
    /// in to the worktree of ours at `folder`.
    ///
    /// Patterns are relative to the folder that the repository was found from: `.env*` is in it
    /// alone, `*/.env` one folder below, `**/.env` anywhere below, `certs/` is all in a folder.
    /// `node_modules`, `.git` and other repositories are never looked into.
    ///
    /// # Errors
    ///
    /// See [`NotCopied`]. A single file that cannot be copied is told of in the answer.
    pub fn copy(&self, patterns: &[String], folder: &Path) -> Result<Copied, NotCopied> {
        let patterns = find::Patterns::new(patterns)?;
        let Some(root) = self.root() else {
            let git_dir = self.git_dir().to_owned();
            return Err(NotCopied::Bare { git_dir });
        };
        let ours = self.ours(folder)?.filter(|ours| !ours.worktree.is_missing);
        let Some(ours) = ours else {
            let folder = folder.to_owned();
            return Err(NotCopied::NotOurs { folder });
        };
        let found = patterns.find(&root.join(self.prefix()));
        let mut copied = Copied {
            is_incomplete: found.is_incomplete,
            ..Copied::default()
        };
        let mut files = Vec::new();
        for path in found.files {
            let path = self.prefix().join(path);
            match name(&path) {
                Some(name) => files.push(File { path, name }),
                None => copied.left.push(LeftAlone {
                    path,
                    reason: LeftReason::NotText,
                }),
            }
        }
        let tracked = self.tracked(root, &files)?;
        let between = write::Between {
            from: real(root),
            to: real(&ours.path),
        };
        let mut copying = Copying {
            is_news: !ours.mark.copying.is_empty(),
            mark: ours.mark,
            private: ours.worktree.git_dir,
            between,
            copied,
            to_copy: Vec::new(),
            stop: &self.git().stop,
        };
        copying.compare(files, &tracked)?;
        copying.write()
    }

    /// Those of the files that git keeps.
    fn tracked(&self, root: &Path, files: &[File]) -> Result<Vec<PathBuf>, GitFailed> {
        let mut tracked = Vec::new();
        for some in files.chunks(AT_ONCE) {
            let list: [&dyn AsRef<_>; 4] = [&"--literal-pathspecs", &"ls-files", &"-z", &"--"];
            let mut words = arguments(list).to_vec();
            words.extend(some.iter().map(|file| file.name.clone().into()));
            tracked.extend(paths(&self.git().look(root, &words)?));
        }
        Ok(tracked)
    }
}

// === impl Copying ===

impl Copying<'_> {
    /// Finds out which are to be copied.
    fn compare(&mut self, files: Vec<File>, tracked: &[PathBuf]) -> Result<(), NotCopied> {
        let mark = &mut self.mark;
        for File { path, name } in files {
            if self.stop.is_asked() {
                return Err(NotCopied::Stopped);
            }
            if tracked.contains(&path) {
                let reason = LeftReason::Tracked;
                self.copied.left.push(LeftAlone { path, reason });
                continue;
            }
            match self.between.compare(&path, |now| mark.is_copy(&name, now)) {
                Ok(write::Compared::Same { content }) => {
                    if mark.is_copy(&name, &content) {
                        mark.copied.insert(name, fingerprint(&content));
                    }
                    self.copied.same.push(path);
                }
                Ok(write::Compared::Other(other)) => {
                    if let Some(there) = other.there {
                        // It may be known only from a copy that was cut short.
                        mark.copied.insert(name.clone(), fingerprint(&there));
                    }
                    mark.copying
                        .insert(name.clone(), fingerprint(&other.content));
                    self.to_copy.push(File { path, name });
                }
                Err(LeftReason::Foreign) if mark.copied.contains_key(&name) => {
                    let reason = LeftReason::Edited;
                    self.copied.left.push(LeftAlone { path, reason });
                }
                Err(reason) => self.copied.left.push(LeftAlone { path, reason }),
            }
        }
        Ok(())
    }

    /// Copies them.
    fn write(mut self) -> Result<Copied, NotCopied> {
        if !self.to_copy.is_empty() {
            self.is_news = true;
            // Before the first: where we are ended meanwhile, what was copied is known as ours.
            self.keep_mark()?;
        }
        for File { path, name } in std::mem::take(&mut self.to_copy) {
            if self.stop.is_asked() {
                // The mark says of each that it may have been copied.
                return Err(NotCopied::Stopped);
            }
            let mark = &mut self.mark;
            // Read again: all of them at once may be more than fits into memory.
            let compared = self.between.compare(&path, |now| mark.is_copy(&name, now));
            let done = compared.and_then(|compared| match compared {
                write::Compared::Same { content } => Ok(content),
                write::Compared::Other(other) => other.write(),
            });
            match done {
                Ok(content) => {
                    mark.copied.insert(name, fingerprint(&content));
                    self.copied.copied.push(path);
                }
                Err(reason) => self.copied.left.push(LeftAlone { path, reason }),
            }
        }
        if self.is_news {
            self.mark.copying.clear();
            self.keep_mark()?;
        }
        Ok(self.copied)
    }

    fn keep_mark(&self) -> Result<(), NotCopied> {
        let written = self.mark.write(&self.private);
        written.map_err(|source| NotCopied::NotMarked {
            folder: self.private.clone(),
            source,
        })
    }
}

/// A path with `/`, on every system; none where it is no text.
pub(crate) fn name(path: &Path) -> Option<String> {
    let parts: Option<Vec<_>> = path.iter().map(|part| part.to_str()).collect();
    parts.map(|parts| parts.join("/"))
}

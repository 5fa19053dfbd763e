//! A worktree that git was ended in while it went to another commit: some files are as one commit has
//! them and some as the other, and none of that is anybody's work.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use super::NotPrepared;
use super::bring::refused;
use super::found::Ours;
use crate::changes::paths;
use crate::command::arguments;
use crate::copy::{AT_ONCE, is_within};
use crate::mark::Moving;
use crate::worktrees::real;
use crate::{GitFailed, Repository};

/// Beyond this many files that are neither as before nor as after, nobody looks whether git was about
/// to write them: it writes one at a time, or a few.
const BEGUN: usize = 64;
/// A longer file is not looked at: of what git prints no more is kept.
const LONGEST: u64 = 32 * 1024 * 1024;

/// The files that a commit has otherwise than another.
type Files = BTreeSet<PathBuf>;

impl Repository {
    /// Does the rest of what git was ended in. `false`: the commit that it was on its way to is gone
    /// meanwhile, and the worktree is as somebody left it.
    pub(super) fn finish(
        &self,
        ours: &mut Ours,
        at: &str,
        moving: &Moving,
    ) -> Result<bool, NotPrepared> {
        let lock = ours.worktree.git_dir.join("index.lock");
        if lock.exists() {
            let folder = ours.path.clone();
            return Err(NotPrepared::Moving { folder, lock });
        }
        if !self.has(&moving.from) || !self.has(&moving.to) {
            ours.mark.moving = None;
            ours.keep_mark()?;
            return Ok(false);
        }
        let path = ours.path.clone();
        let refused = |source| refused(&path, source);
        // Git goes over to the commit last.
        if at == moving.to {
            match self.write_rest(ours, moving) {
                // What is still not written is told of.
                Ok(()) | Err(GitFailed::Refused { .. }) => {}
                Err(source) => return Err(refused(source)),
            }
            self.arrived(ours, &moving.to)?;
            return Ok(true);
        }
        self.settle(ours, at, &moving.to).map_err(refused)?;
        match self.go(ours, &moving.to)? {
            None => Ok(true),
            Some(said) => Err(NotPrepared::Half { folder: path, said }),
        }
    }

    /// Prepares a worktree that is half at a commit and half at `to`, so that an ordinary checkout
    /// does the rest: git takes a file that is as `to` has it for one that is done, and finds none that
    /// is half written. What somebody did there since is left for git to tell.
    fn settle(&self, ours: &Ours, at: &str, to: &str) -> Result<(), GitFailed> {
        let brought = self.brought(ours, at, to)?;
        let unlike = self.unlike(ours, to)?;
        let done: Vec<_> = brought.difference(&unlike).cloned().collect();
        let reset = ["--literal-pathspecs", "reset", "--quiet", to, "--"];
        self.change_files(ours, &reset, &done)?;
        let before = self.unlike(ours, at)?;
        let added = self.between(ours, "--diff-filter=A", at, to)?;
        let is_neither = |path: &&PathBuf| added.contains(*path) || before.contains(*path);
        let neither = brought.intersection(&unlike).filter(is_neither);
        for path in self.begun(ours, to, neither)? {
            // One that cannot be taken away is told of by git.
            let _ = fs::remove_file(ours.path.join(path));
        }
        Ok(())
    }

    /// Writes what git did not, of the commit that the worktree is at. What somebody edited since stays.
    fn write_rest(&self, ours: &Ours, moving: &Moving) -> Result<(), GitFailed> {
        let rest = self.unwritten(ours, moving)?;
        let restore = ["--literal-pathspecs", "checkout", "--quiet", "--"];
        self.change_files(ours, &restore, &rest)
    }

    /// Files that git had to write on its way, and that are not there, or not whole.
    pub(super) fn unwritten(
        &self,
        ours: &Ours,
        moving: &Moving,
    ) -> Result<Vec<PathBuf>, GitFailed> {
        let changed = self.git().look_long(&ours.path, None, &UNLIKE)?;
        let changed: Files = paths(&changed).into_iter().collect();
        if changed.is_empty() {
            return Ok(Vec::new());
        }
        let brought = self.brought(ours, &moving.from, &moving.to)?;
        let top = real(&ours.path);
        let (there, missing): (Vec<_>, Vec<_>) = changed
            .intersection(&brought)
            .partition(|path| top.join(path).symlink_metadata().is_ok());
        let mut unwritten: Vec<_> = missing.into_iter().cloned().collect();
        unwritten.extend(self.begun(ours, &moving.to, there.into_iter())?);
        Ok(unwritten)
    }

    /// Of these files, those that are the beginning of what the commit has there, and not all of it.
    fn begun<'p>(
        &self,
        ours: &Ours,
        to: &str,
        files: impl Iterator<Item = &'p PathBuf>,
    ) -> Result<Vec<PathBuf>, GitFailed> {
        let top = real(&ours.path);
        let mut begun = Vec::new();
        for path in files.filter(|path| is_plain(&top, path)).take(BEGUN) {
            let Ok(there) = fs::read(top.join(path)) else {
                continue;
            };
            let mut named = OsString::from(format!("{to}:"));
            named.push(path);
            let words = arguments([&"cat-file", &"--filters", &named]);
            let whole = self.git().look_long(&top, None, &words)?;
            if there.len() < whole.len() && whole.starts_with(&there) {
                begun.push(path.clone());
            }
        }
        Ok(begun)
    }

    /// The files of a commit that the worktree has otherwise, or not at all.
    fn unlike(&self, ours: &Ours, commit: &str) -> Result<Files, GitFailed> {
        let folder = tempfile::tempdir_in(&ours.worktree.git_dir);
        let folder = folder.map_err(|source| GitFailed::NotRun {
            command: "git read-tree".to_owned(),
            source,
        })?;
        let index = folder.path().join("index");
        let git = self.git();
        git.look_long(&ours.path, Some(&index), &["read-tree", commit])?;
        let list = git.look_long(&ours.path, Some(&index), &UNLIKE)?;
        Ok(paths(&list).into_iter().collect())
    }

    /// The files that a commit has and another has not, or otherwise.
    fn brought(&self, ours: &Ours, from: &str, to: &str) -> Result<Files, GitFailed> {
        self.between(ours, "--diff-filter=d", from, to)
    }

    fn between(&self, ours: &Ours, filter: &str, from: &str, to: &str) -> Result<Files, GitFailed> {
        let words = ["diff-tree", "-r", "-z", "--name-only", "--no-renames"];
        let words = [&words[..], &[filter, from, to]].concat();
        let list = self.git().look(&ours.path, &words)?;
        Ok(paths(&list).into_iter().collect())
    }

    /// Runs a command on files, however many.
    fn change_files(
        &self,
        ours: &Ours,
        words: &[&str],
        files: &[PathBuf],
    ) -> Result<(), GitFailed> {
        for some in files.chunks(AT_ONCE) {
            let words = words.iter().map(OsString::from);
            let files = some.iter().map(|path| path.as_os_str().to_owned());
            let words: Vec<_> = words.chain(files).collect();
            self.git().change(&ours.path, &words)?;
        }
        Ok(())
    }

    fn has(&self, commit: &str) -> bool {
        let words = ["cat-file", "-e", &format!("{commit}^{{commit}}")];
        self.git().look(self.common_dir(), &words).is_ok()
    }
}

/// Lists the tracked files that are not as the index has them.
const UNLIKE: [&str; 6] = [
    "diff",
    "--name-only",
    "-z",
    "--no-renames",
    "--no-ext-diff",
    "--ignore-submodules=all",
];

/// Whether a file that can be compared is there, and no link leads out to it.
fn is_plain(top: &Path, path: &Path) -> bool {
    let file = top.join(path);
    let is_plain = file
        .symlink_metadata()
        .is_ok_and(|there| there.is_file() && there.len() < LONGEST);
    is_plain && file.parent().is_some_and(|above| is_within(above, top))
}

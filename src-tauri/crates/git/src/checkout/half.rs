//! A worktree that git was ended in while it went to another commit: some files are as one commit has
//! them and some as the other, and none of that is anybody's work.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, BufRead as _, BufReader, Read, Seek as _};
use std::path::{Path, PathBuf};

use super::NotPrepared;
use super::bring::refused;
use super::found::Ours;
use crate::changes::{look, paths};
use crate::command::arguments;
use crate::copy::{AT_ONCE, is_within, name};
use crate::mark::Moving;
use crate::worktrees::real;
use crate::{GitFailed, Repository};

/// The files that a commit has otherwise than another.
type Files = BTreeSet<PathBuf>;

impl Repository {
    /// Makes a worktree that git was ended in whole again, at the commit that it is at, and gives
    /// that: what git did on its way to another is taken back, since it may be what can never be done.
    pub(super) fn make_whole(
        &self,
        ours: &mut Ours,
        at: &str,
        wanted: &str,
        moving: &Moving,
    ) -> Result<String, NotPrepared> {
        let path = ours.path.clone();
        let lock = ours.worktree.git_dir.join("index.lock");
        if lock.exists() {
            return Err(NotPrepared::Moving { folder: path, lock });
        }
        let refused = |source| refused(&path, source);
        let mut at = at;
        if let Some(gone) = self.gone(moving).map_err(refused)? {
            // Nobody can tell any more what of this is git's.
            if look(self.git(), &path).map_err(refused)?.has_tracked() {
                let folder = path;
                return Err(NotPrepared::Half { folder, gone });
            }
        } else if at == moving.to {
            // Git goes over to the commit last.
            match self.finish(ours, at, moving) {
                Err(NotPrepared::Unwritten { .. }) if wanted != at && ours.is_detached() => {}
                finished => return finished.map(|()| at.to_owned()),
            }
            // The branch is elsewhere by now, and what cannot be written may not be there.
            at = &moving.from;
            let back = ["update-ref", "--no-deref", "HEAD", at];
            self.git().finish(&path, &back).map_err(refused)?;
            self.take_back(ours, at, &moving.to).map_err(refused)?;
        } else {
            self.take_back(ours, at, &moving.to).map_err(refused)?;
        }
        if at == moving.to {
            at.clone_into(&mut ours.mark.commit);
        }
        ours.mark.moving = None;
        ours.keep_mark()?;
        Ok(at.to_owned())
    }

    /// Writes what git did not of the commit that it took the worktree to.
    fn finish(&self, ours: &mut Ours, at: &str, moving: &Moving) -> Result<(), NotPrepared> {
        match self.write_rest(ours, moving) {
            // What is still not written is told of.
            Ok(()) | Err(GitFailed::Refused { .. }) => self.arrived(ours, at),
            Err(source) => Err(refused(&ours.path, source)),
        }
    }

    /// Takes back what git did in a worktree on its way to a commit. What somebody did there since is
    /// left as it is.
    fn take_back(&self, ours: &Ours, at: &str, to: &str) -> Result<(), GitFailed> {
        let added = self.between(ours, "--diff-filter=A", at, to)?;
        let by_git = self.by_git(ours, &added, at, to)?;
        let reset = ["--literal-pathspecs", "reset", "--quiet", at, "--"];
        // Git may have written its index already, also of what is not there.
        let staged: Files = by_git.iter().chain(&added).cloned().collect();
        let staged: Vec<_> = staged.into_iter().collect();
        self.change_files(ours, &reset, &staged)?;
        let (new, old): (Vec<_>, Vec<_>) =
            by_git.into_iter().partition(|path| added.contains(path));
        for path in new.iter().filter(|path| !is_copy(ours, path)) {
            // One that cannot be taken away is told of by git.
            let _ = fs::remove_file(ours.path.join(path));
        }
        self.write(ours, &old)
    }

    /// The files that are not as a commit has them, since git was on its way to another: they are as
    /// that one has them, or half written, or not there.
    fn by_git(
        &self,
        ours: &Ours,
        added: &Files,
        at: &str,
        to: &str,
    ) -> Result<Vec<PathBuf>, GitFailed> {
        let changed = self.changed(ours)?;
        let top = real(&ours.path);
        let there = |path: &PathBuf| top.join(path).symlink_metadata().ok();
        let is_file = |path: &&PathBuf| there(path).is_some_and(|there| !there.is_dir());
        let new: Files = added.iter().filter(is_file).cloned().collect();
        let way = self.between(ours, "--diff-filter=AMDT", at, to)?;
        let touched: Files = changed.intersection(&way).chain(&new).cloned().collect();
        if touched.is_empty() {
            return Ok(Vec::new());
        }
        let brought = self.brought(ours, at, to)?;
        let unlike = self.unlike(ours, to)?;
        let mut by_git = Vec::new();
        for path in touched {
            let is_done = || brought.contains(&path) && !unlike.contains(&path);
            // Also when this itself is ended: then it is half of what was there before.
            let is_half = || {
                Ok(brought.contains(&path) && self.is_begun(ours, to, &path)?
                    || !added.contains(&path) && self.is_begun(ours, at, &path)?)
            };
            if there(&path).is_none() || is_done() || is_half()? {
                by_git.push(path);
            }
        }
        Ok(by_git)
    }

    /// Writes what git did not, of the commit that the worktree is at. What somebody edited since stays.
    fn write_rest(&self, ours: &Ours, moving: &Moving) -> Result<(), GitFailed> {
        let rest = self.unwritten(ours, moving)?;
        self.write(ours, &rest)
    }

    /// Writes files as the index has them.
    fn write(&self, ours: &Ours, files: &[PathBuf]) -> Result<(), GitFailed> {
        let restore = ["--literal-pathspecs", "checkout", "--quiet", "--"];
        self.change_files(ours, &restore, files)
    }

    /// Files that git had to write on its way, and that are not there, or not whole.
    pub(super) fn unwritten(
        &self,
        ours: &Ours,
        moving: &Moving,
    ) -> Result<Vec<PathBuf>, GitFailed> {
        let changed = self.changed(ours)?;
        if changed.is_empty() {
            return Ok(Vec::new());
        }
        let brought = self.brought(ours, &moving.from, &moving.to)?;
        let top = real(&ours.path);
        let mut unwritten = Vec::new();
        for path in changed.intersection(&brought) {
            let is_there = top.join(path).symlink_metadata().is_ok();
            if !is_there || self.is_begun(ours, &moving.to, path)? {
                unwritten.push(path.clone());
            }
        }
        Ok(unwritten)
    }

    /// Whether a file that is otherwise than a commit has it is the beginning of that, and not all.
    fn is_begun(&self, ours: &Ours, commit: &str, path: &Path) -> Result<bool, GitFailed> {
        let top = real(&ours.path);
        if !is_plain(&top, path) {
            return Ok(false);
        }
        let Ok(there) = File::open(top.join(path)) else {
            return Ok(false);
        };
        // A full disk leaves many of those.
        if there.metadata().is_ok_and(|there| there.len() == 0) {
            return Ok(true);
        }
        let mut named = OsString::from(format!("{commit}:"));
        named.push(path);
        let words = arguments([&"cat-file", &"--filters", &named]);
        let not_run = |source| GitFailed::NotRun {
            command: "git cat-file".to_owned(),
            source,
        };
        let mut whole = tempfile::tempfile_in(&ours.worktree.git_dir).map_err(not_run)?;
        let into = whole.try_clone().map_err(not_run)?;
        self.git().look_into(&top, into, &words)?;
        whole.rewind().map_err(not_run)?;
        begins(there, whole).map_err(not_run)
    }

    /// The tracked files that are not as the commit has them that the worktree is at.
    fn changed(&self, ours: &Ours) -> Result<Files, GitFailed> {
        let words = [&UNLIKE[..], &["HEAD", "--"]].concat();
        let list = self.git().look_long(&ours.path, None, &words)?;
        Ok(paths(&list).into_iter().collect())
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
            self.git().finish(&ours.path, &words)?;
        }
        Ok(())
    }

    /// An end of a way that the repository does not have any more.
    fn gone(&self, moving: &Moving) -> Result<Option<String>, GitFailed> {
        for end in [&moving.from, &moving.to] {
            let words = ["cat-file", "-e", &format!("{end}^{{commit}}")];
            match self.git().look(self.common_dir(), &words) {
                Ok(_) => {}
                Err(GitFailed::Refused { .. }) => return Ok(Some(end.clone())),
                Err(source) => return Err(source),
            }
        }
        Ok(None)
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

/// Whether a plain file is there, and no link leads out to it.
fn is_plain(top: &Path, path: &Path) -> bool {
    let file = top.join(path);
    let is_plain = file.symlink_metadata().is_ok_and(|there| there.is_file());
    is_plain && file.parent().is_some_and(|above| is_within(above, top))
}

/// Whether a file still is what we copied there: what a commit brings may be the same.
fn is_copy(ours: &Ours, path: &Path) -> bool {
    let known = [&ours.mark.copied, &ours.mark.copying];
    let name = name(path).filter(|name| known.iter().any(|known| known.contains_key(name)));
    name.is_some_and(|name| {
        let content = fs::read(ours.path.join(path));
        content.is_ok_and(|content| ours.mark.is_copy(&name, &content))
    })
}

/// Whether a longer content begins with another.
fn begins(part: impl Read, whole: impl Read) -> io::Result<bool> {
    let (mut part, mut whole) = (BufReader::new(part), BufReader::new(whole));
    loop {
        let (one, other) = (part.fill_buf()?, whole.fill_buf()?);
        if one.is_empty() || other.is_empty() {
            return Ok(one.is_empty() && !other.is_empty());
        }
        let same = one.len().min(other.len());
        if one[..same] != other[..same] {
            return Ok(false);
        }
        part.consume(same);
        whole.consume(same);
    }
}

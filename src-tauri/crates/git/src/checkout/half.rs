//! A worktree that git was ended in while it went to another commit: some files are as one commit has
//! them and some as the other, and none of that is anybody's work.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::NotPrepared;
use super::found::Ours;
use crate::changes::paths;
use crate::command::arguments;
use crate::copy::{AT_ONCE, is_within};
use crate::worktrees::real;
use crate::{GitFailed, Repository};

/// Beyond this many files that are neither as before nor as after, nobody looks whether git was about
/// to write them: it writes one at a time, or a few.
const BEGUN: usize = 64;

impl Repository {
    /// Prepares a worktree that is half at a commit and half at `to`, so that an ordinary checkout
    /// does the rest: git takes a file that is as `to` has it for one that is done, and finds none that
    /// is half written. What somebody did there since is left for git to tell.
    ///
    /// `false`: that commit is gone meanwhile.
    pub(super) fn is_ready_to_end(
        &self,
        ours: &Ours,
        at: &str,
        to: &str,
    ) -> Result<bool, NotPrepared> {
        let lock = ours.worktree.git_dir.join("index.lock");
        if lock.exists() {
            let folder = ours.path.clone();
            return Err(NotPrepared::Moving { folder, lock });
        }
        match self.settle(ours, at, to) {
            Ok(()) => Ok(true),
            Err(GitFailed::Refused { .. }) if !self.has(to) => Ok(false),
            Err(source) => Err(NotPrepared::Git {
                folder: ours.path.clone(),
                source,
            }),
        }
    }

    fn settle(&self, ours: &Ours, at: &str, to: &str) -> Result<(), GitFailed> {
        let git = self.git();
        let between = |filter: &str| {
            let words = ["diff-tree", "-r", "-z", "--name-only", "--no-renames"];
            let words = [&words[..], &[filter, at, to]].concat();
            git.look(&ours.path, &words)
                .map(|list| paths(&list).into_iter().collect::<BTreeSet<_>>())
        };
        let brought = between("--diff-filter=d")?;
        let added = between("--diff-filter=A")?;
        let unlike = self.unlike(ours, to)?;
        let done: Vec<_> = brought.difference(&unlike).collect();
        for some in done.chunks(AT_ONCE) {
            let reset = ["--literal-pathspecs", "reset", "--quiet", to, "--"];
            let mut words = reset.map(Into::into).to_vec();
            words.extend(some.iter().map(|path| path.as_os_str().to_owned()));
            git.change(&ours.path, &words)?;
        }
        let unlike_before = self.unlike(ours, at)?;
        let is_neither = |path: &&PathBuf| added.contains(*path) || unlike_before.contains(*path);
        let neither = brought.intersection(&unlike).filter(is_neither);
        let top = real(&ours.path);
        for path in neither.take(BEGUN) {
            let file = top.join(path);
            if self.is_begun(&top, &file, to, path)? {
                // One that cannot be taken away is told of by git.
                let _ = fs::remove_file(file);
            }
        }
        Ok(())
    }

    /// The files of a commit that the worktree has otherwise, or not at all.
    fn unlike(&self, ours: &Ours, commit: &str) -> Result<BTreeSet<PathBuf>, GitFailed> {
        let folder = tempfile::tempdir_in(&ours.worktree.git_dir);
        let folder = folder.map_err(|source| GitFailed::NotRun {
            command: "git read-tree".to_owned(),
            source,
        })?;
        let index = folder.path().join("index");
        let git = self.git();
        git.look_by_index(&ours.path, &index, &["read-tree", commit])?;
        let words = [
            "diff",
            "--name-only",
            "-z",
            "--no-renames",
            "--no-ext-diff",
            "--ignore-submodules=all",
        ];
        let list = git.look_by_index(&ours.path, &index, &words)?;
        Ok(paths(&list).into_iter().collect())
    }

    /// Whether a file is the beginning of what git writes there, and not all of it.
    fn is_begun(&self, top: &Path, file: &Path, to: &str, path: &Path) -> Result<bool, GitFailed> {
        let is_plain = file.symlink_metadata().is_ok_and(|there| there.is_file());
        if !is_plain || !file.parent().is_some_and(|above| is_within(above, top)) {
            return Ok(false);
        }
        let Ok(there) = fs::read(file) else {
            return Ok(false);
        };
        let mut named = std::ffi::OsString::from(format!("{to}:"));
        named.push(path);
        let words = arguments([&"cat-file", &"--filters", &named]);
        let whole = self.git().look(top, &words)?;
        Ok(there.len() < whole.len() && whole.starts_with(&there))
    }

    fn has(&self, commit: &str) -> bool {
        let words = ["cat-file", "-e", &format!("{commit}^{{commit}}")];
        self.git().look(self.common_dir(), &words).is_ok()
    }
}

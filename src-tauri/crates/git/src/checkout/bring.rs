//! Takes a worktree of ours along with its branch.

use std::collections::BTreeSet;
use std::fs::{self, File, Permissions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::found::Ours;
use super::{Checkout, CheckoutState, NotPrepared, Work, work};
use crate::changes::{look, paths};
use crate::command::arguments;
use crate::copy::{AT_ONCE, is_within, name};
use crate::worktrees::real;
use crate::{Git, GitFailed, Head, Repository};

impl Repository {
    /// Takes a worktree of ours to the branch's commit, if nobody works there.
    pub(super) fn bring(&self, ours: Ours, commit: String) -> Result<Checkout, NotPrepared> {
        let refused = |source| NotPrepared::Git {
            folder: ours.path.clone(),
            source,
        };
        let Some(at) = self.commit_at(&ours)? else {
            return Err(NotPrepared::Taken { folder: ours.path });
        };
        if at == commit && matches!(ours.worktree.head, Some(Head::Detached { .. })) {
            return Ok(self.checkout(ours.path, commit, CheckoutState::Current));
        }
        let kept = |work| CheckoutState::Kept {
            wanted: commit.clone(),
            work,
        };
        if let Some(work) = work::to_keep(self, &ours, &at).map_err(refused)? {
            let state = kept(work);
            return Ok(self.checkout(ours.path, at, state));
        }
        let copies = self.copies_in_the_way(&ours, &commit).map_err(refused)?;
        for copy in &copies {
            // One that stays is told of as in the way.
            let _ = fs::remove_file(&copy.path);
        }
        if let Err(source) = check_out(self.git(), &ours.path, &commit) {
            for copy in &copies {
                copy.put_back();
            }
            let GitFailed::Refused { said, .. } = &source else {
                return Err(refused(source));
            };
            // Git looks before it writes: files that it does not know lie where the branch has its
            // own.
            if !self.is_still_at(&ours, &at).map_err(refused)? {
                return Err(refused(source));
            }
            let state = kept(Work::InTheWay { said: said.clone() });
            return Ok(self.checkout(ours.path, at, state));
        }
        let mut mark = ours.mark.clone();
        for copy in &copies {
            mark.copied.remove(&copy.name);
            mark.copying.remove(&copy.name);
        }
        mark.commit.clone_from(&commit);
        mark.write(&ours.worktree.git_dir)
            .map_err(|source| NotPrepared::NotMarked {
                folder: ours.worktree.git_dir.clone(),
                source,
            })?;
        Ok(self.checkout(ours.path, commit, CheckoutState::Moved { from: at }))
    }

    /// Whether a worktree is at a commit, with its files as git wrote them.
    fn is_still_at(&self, ours: &Ours, at: &str) -> Result<bool, GitFailed> {
        let head = self
            .git()
            .look(&ours.path, &["rev-parse", "--verify", "HEAD"])?;
        let is_at = head.trim_ascii() == at.as_bytes();
        Ok(is_at && !look(self.git(), &ours.path)?.has_tracked())
    }

    /// Files of ours in the worktree, as we copied them there, that the commit brings itself: they
    /// would keep the worktree from moving.
    fn copies_in_the_way(&self, ours: &Ours, commit: &str) -> Result<Vec<Copy>, GitFailed> {
        let copied = ours.mark.copied.keys().chain(ours.mark.copying.keys());
        let copied: Vec<&String> = copied.collect::<BTreeSet<_>>().into_iter().collect();
        let mut found = Vec::new();
        for some in copied.chunks(AT_ONCE) {
            let list: [&dyn AsRef<_>; 7] = [
                &"--literal-pathspecs",
                &"ls-tree",
                &"--name-only",
                &"-z",
                &"--full-tree",
                &commit,
                &"--",
            ];
            let mut words = arguments(list).to_vec();
            words.extend(some.iter().map(Into::into));
            found.extend(paths(&self.git().look(&ours.path, &words)?));
        }
        let top = real(&ours.path);
        let names = found.iter().filter_map(|path| name(path));
        let copies = names.filter_map(|name| Copy::read(&top, name));
        let is_ours = |copy: &Copy| ours.mark.is_copy(&copy.name, &copy.content);
        Ok(copies.filter(is_ours).collect())
    }
}

/// A file that we copied into a worktree.
struct Copy {
    /// Its way from the worktree's top.
    name: String,
    path: PathBuf,
    content: Vec<u8>,
    permissions: Permissions,
}

impl Copy {
    /// Nothing where it is no plain file of this worktree: a link, or the folder above it, may lead
    /// to the person's own.
    fn read(top: &Path, name: String) -> Option<Self> {
        let path = top.join(&name);
        let there = path.symlink_metadata().ok()?;
        if !there.is_file() || !is_within(path.parent()?, top) {
            return None;
        }
        Some(Self {
            name,
            content: fs::read(&path).ok()?,
            path,
            permissions: there.permissions(),
        })
    }

    /// Puts it where it was, if nothing is there now.
    fn put_back(&self) {
        let put = || {
            let mut file = File::create_new(&self.path)?;
            file.write_all(&self.content)?;
            file.set_permissions(self.permissions.clone())
        };
        // Where that fails it is copied again, from the person's checkout.
        let _: io::Result<()> = put();
    }
}

/// Takes a worktree to a commit. Half of it would be served as something that was never committed,
/// and would look as if somebody had worked there, so nobody stops it.
fn check_out(git: &Git, folder: &Path, commit: &str) -> Result<(), GitFailed> {
    // By default git overwrites a file that is ignored without a word.
    let words = [
        "checkout",
        "--quiet",
        "--no-overwrite-ignore",
        "--detach",
        commit,
    ];
    git.finish(folder, &words)
}

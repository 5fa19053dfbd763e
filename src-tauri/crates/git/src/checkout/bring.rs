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
use crate::{Changes, Git, GitFailed, Head, Repository};

impl Repository {
    /// Takes a worktree of ours to the branch's commit, if nobody works there.
    pub(super) fn bring(&self, mut ours: Ours, commit: String) -> Result<Checkout, NotPrepared> {
        let Some(mut at) = self.commit_at(&ours)? else {
            return Err(NotPrepared::Taken { folder: ours.path });
        };
        let is_detached = matches!(ours.worktree.head, Some(Head::Detached { .. }));
        if at == commit && is_detached && ours.mark.moving.is_none() {
            return Ok(self.checkout(ours.path, commit, CheckoutState::Current));
        }
        let from = at.clone();
        match self.take_along(&mut ours, &mut at, &commit)? {
            Some(work) => {
                let wanted = commit;
                Ok(self.checkout(ours.path, at, CheckoutState::Kept { wanted, work }))
            }
            None => Ok(self.checkout(ours.path, commit, CheckoutState::Moved { from })),
        }
    }

    /// Takes a worktree that is at a commit to another, unless somebody's work keeps it.
    fn take_along(
        &self,
        ours: &mut Ours,
        at: &mut String,
        commit: &str,
    ) -> Result<Option<Work>, NotPrepared> {
        let path = ours.path.clone();
        let refused = |source| refused(&path, source);
        if let Some(work) = work::elsewhere(self, ours, at).map_err(refused)? {
            return Ok(Some(work));
        }
        if let Some(to) = ours.mark.moving.clone()
            && self.is_ready_to_end(ours, at, &to)?
        {
            if let Some(work) = self.go(ours, at, &to)? {
                return Ok(Some(work));
            }
            *at = to;
        }
        let changes = look(self.git(), &ours.path).map_err(refused)?;
        // A file that git does not know is not overwritten, ignored or not: see `check_out`.
        if changes.has_tracked() {
            return Ok(Some(Work::Changed(changes)));
        }
        if at == commit {
            return Ok(None);
        }
        self.go(ours, at, commit)
    }

    /// Takes a worktree to a commit. What is there that nobody else has stays: git tells of it.
    fn go(&self, ours: &mut Ours, at: &str, to: &str) -> Result<Option<Work>, NotPrepared> {
        let path = ours.path.clone();
        let refused = |source| refused(&path, source);
        let before = look(self.git(), &ours.path).map_err(refused)?;
        let copies = self.copies_in_the_way(ours, to).map_err(refused)?;
        let was = ours.mark.moving.replace(to.to_owned());
        ours.keep_mark()?;
        for copy in &copies {
            // One that stays is told of as in the way.
            let _ = fs::remove_file(&copy.path);
        }
        if let Err(source) = check_out(self.git(), &ours.path, to) {
            for copy in &copies {
                copy.put_back();
            }
            let GitFailed::Refused { said, .. } = &source else {
                return Err(refused(source));
            };
            // Git looks before it writes: files that it does not know lie where the branch has its
            // own.
            if !self.is_still(ours, at, before).map_err(refused)? {
                return Err(refused(source));
            }
            ours.mark.moving = was;
            ours.keep_mark()?;
            return Ok(Some(Work::InTheWay { said: said.clone() }));
        }
        for copy in &copies {
            ours.mark.copied.remove(&copy.name);
            ours.mark.copying.remove(&copy.name);
        }
        ours.mark.moving = None;
        to.clone_into(&mut ours.mark.commit);
        ours.keep_mark()?;
        Ok(None)
    }

    /// Whether a worktree is at a commit still, with its files as they were.
    fn is_still(&self, ours: &Ours, at: &str, before: Changes) -> Result<bool, GitFailed> {
        let head = self
            .git()
            .look(&ours.path, &["rev-parse", "--verify", "HEAD"])?;
        let is_at = head.trim_ascii() == at.as_bytes();
        let now = look(self.git(), &ours.path)?;
        Ok(is_at && (now.changed, now.conflicts) == (before.changed, before.conflicts))
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

fn refused(folder: &Path, source: GitFailed) -> NotPrepared {
    let folder = folder.to_owned();
    NotPrepared::Git { folder, source }
}

/// Takes a worktree to a commit. Half of it would be served as something that was never committed, so
/// nobody stops it; where git is ended all the same, the mark says what it was doing.
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

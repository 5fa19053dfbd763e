//! Takes a worktree of ours along with its branch.

use std::collections::BTreeSet;
use std::fs::{self, Permissions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::found::Ours;
use super::{Checkout, CheckoutState, NotPrepared, Work, work};
use crate::changes::{look, paths};
use crate::command::arguments;
use crate::copy::{AT_ONCE, is_within, name};
use crate::mark::Moving;
use crate::worktrees::real;
use crate::{Git, GitFailed, Repository};

impl Repository {
    /// Takes a worktree of ours to the branch's commit, if nobody works there.
    pub(super) fn bring(&self, mut ours: Ours, commit: String) -> Result<Checkout, NotPrepared> {
        let Some(mut at) = self.commit_at(&ours)? else {
            return Err(NotPrepared::Taken { folder: ours.path });
        };
        if at == commit && ours.is_detached() && ours.mark.moving.is_none() {
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
        if work::is_unfinished(ours) {
            return Ok(Some(Work::Unfinished));
        }
        // First, whoever took it elsewhere since.
        if let Some(moving) = ours.mark.moving.clone() {
            *at = self.make_whole(ours, at, commit, &moving)?;
        }
        if let Some(work) = work::elsewhere(self, ours, at).map_err(refused)? {
            return Ok(Some(work));
        }
        if at == commit {
            return Ok(None);
        }
        let changes = look(self.git(), &ours.path).map_err(refused)?;
        // A file that git does not know is not overwritten, ignored or not: see `check_out`.
        if changes.has_tracked() {
            return Ok(Some(Work::Changed(changes)));
        }
        ours.mark.moving = Some(Moving {
            from: at.clone(),
            to: commit.to_owned(),
        });
        match self.go(ours, commit)? {
            Some(said) => {
                ours.mark.moving = None;
                ours.keep_mark()?;
                Ok(Some(Work::InTheWay { said }))
            }
            None => Ok(None),
        }
    }

    /// Goes the way that the mark names. `Some`: git looked, wrote nothing, and said what is in the way.
    fn go(&self, ours: &mut Ours, to: &str) -> Result<Option<String>, NotPrepared> {
        let path = ours.path.clone();
        let refused = |source| refused(&path, source);
        let copies = self.copies_in_the_way(ours, to).map_err(refused)?;
        ours.keep_mark()?;
        for copy in &copies {
            // One that stays is told of as in the way.
            let _ = fs::remove_file(&copy.path);
        }
        if let Err(source) = check_out(self.git(), &ours.path, to) {
            for copy in &copies {
                copy.put_back();
            }
            return match source {
                GitFailed::Refused { said, .. } if said.ends_with(LOOKED) => Ok(Some(said)),
                source => Err(refused(source)),
            };
        }
        for copy in &copies {
            ours.mark.copied.remove(&copy.name);
            ours.mark.copying.remove(&copy.name);
        }
        self.arrived(ours, to)?;
        Ok(None)
    }

    /// Takes note that a worktree is at a commit, once all of it is written: git says nothing by its
    /// end of a file that it could not write.
    pub(super) fn arrived(&self, ours: &mut Ours, to: &str) -> Result<(), NotPrepared> {
        if let Some(moving) = ours.mark.moving.clone() {
            let unwritten = self.unwritten(ours, &moving);
            let unwritten = unwritten.map_err(|source| refused(&ours.path, source))?;
            if let Some(file) = unwritten.first() {
                return Err(NotPrepared::Unwritten {
                    folder: ours.path.clone(),
                    file: file.clone(),
                    count: unwritten.len(),
                });
            }
        }
        ours.mark.moving = None;
        to.clone_into(&mut ours.mark.commit);
        ours.keep_mark()
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
        let names: Vec<_> = found.iter().filter_map(|path| name(path)).collect();
        let kept = self.kept(ours, &names)?;
        // What git keeps there already is its own, whatever it was once.
        let names = names.into_iter().filter(|name| !kept.contains(name));
        let copies = names.filter_map(|name| Copy::read(&top, name));
        let is_ours = |copy: &Copy| ours.mark.is_copy(&copy.name, &copy.content);
        Ok(copies.filter(is_ours).collect())
    }

    /// Those of the files that the worktree's index has.
    fn kept(&self, ours: &Ours, names: &[String]) -> Result<BTreeSet<String>, GitFailed> {
        let mut kept = BTreeSet::new();
        for some in names.chunks(AT_ONCE) {
            let list: [&dyn AsRef<_>; 4] = [&"--literal-pathspecs", &"ls-files", &"-z", &"--"];
            let mut words = arguments(list).to_vec();
            words.extend(some.iter().map(Into::into));
            let found = paths(&self.git().look(&ours.path, &words)?);
            kept.extend(found.iter().filter_map(|path| name(path)));
        }
        Ok(kept)
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

    /// Puts it where it was, if nothing is there now: whole, or not at all.
    fn put_back(&self) {
        let put = || -> io::Result<()> {
            let folder = self.path.parent().unwrap_or(&self.path);
            let mut file = tempfile::NamedTempFile::new_in(folder)?;
            file.write_all(&self.content)?;
            file.as_file().set_permissions(self.permissions.clone())?;
            file.persist_noclobber(&self.path)?;
            Ok(())
        };
        // Where that fails it is copied again, from the person's checkout.
        let _: io::Result<()> = put();
    }
}

pub(super) fn refused(folder: &Path, source: GitFailed) -> NotPrepared {
    let folder = folder.to_owned();
    NotPrepared::Git { folder, source }
}

/// How git ends what it says where it looked for what is in the way, before it writes anything.
const LOOKED: &str = "Aborting";

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

//! Takes a worktree of ours along with its branch.

use std::fs;
use std::path::Path;

use super::found::Ours;
use super::{Checkout, CheckoutState, NotPrepared, Work, work};
use crate::changes::paths;
use crate::command::arguments;
use crate::copy::{AT_ONCE, name};
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
        let mut mark = ours.mark.clone();
        let copies = self.copies_in_the_way(&ours, &commit).map_err(refused)?;
        for name in &copies {
            // One that stays is told of as in the way.
            let _ = fs::remove_file(ours.path.join(name));
            mark.copied.remove(name);
            mark.copying.remove(name);
        }
        match check_out(self.git(), &ours.path, &commit) {
            Ok(()) => {}
            // Files that git does not know lie where the branch has its own.
            Err(GitFailed::Refused { said, .. }) if said.contains("would be overwritten") => {
                let state = kept(Work::InTheWay { said });
                return Ok(self.checkout(ours.path, at, state));
            }
            Err(source) => return Err(refused(source)),
        }
        mark.commit.clone_from(&commit);
        mark.write(&ours.worktree.git_dir)
            .map_err(|source| NotPrepared::NotMarked {
                folder: ours.worktree.git_dir.clone(),
                source,
            })?;
        Ok(self.checkout(ours.path, commit, CheckoutState::Moved { from: at }))
    }

    /// Files of ours in the worktree, as we copied them there, that the commit brings itself: nothing
    /// is lost with them, and they would keep the worktree from moving.
    fn copies_in_the_way(&self, ours: &Ours, commit: &str) -> Result<Vec<String>, GitFailed> {
        let copied: Vec<&String> = ours.mark.copied.keys().collect();
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
        let names = found.iter().filter_map(|path| name(path));
        let is_ours = |name: &String| {
            fs::read(ours.path.join(name)).is_ok_and(|now| ours.mark.is_copy(name, &now))
        };
        Ok(names.filter(is_ours).collect())
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

//! Reads and orders the branches.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};
use std::path::PathBuf;

use gix::ObjectId;
use gix::bstr::{BString, ByteSlice as _};
use gix::refs::{FullName, TargetRef};

use super::distance::Walk;
use super::{Branch, BranchKind, Branches, BrokenBranch, Commit, Distance, Upstream, name};
use crate::{Head, NotRead, Repository};

/// All comparisons of one list look at no more commits than this.
const COMPARED: usize = 50_000;
/// No more broken branches are told of than this.
const BROKEN: usize = 100;
/// The longest subject or author that is kept, in characters.
const LONGEST: usize = 300;

/// What was read before and cannot change.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    commits: HashMap<ObjectId, Commit>,
    distances: HashMap<(ObjectId, ObjectId), Distance>,
}

/// A branch before it is compared.
struct Found {
    reference: FullName,
    kind: BranchKind,
    name: String,
    tip: ObjectId,
    time: i64,
    worktree: Option<PathBuf>,
    is_head: bool,
}

/// What a branch is configured to follow.
struct Follows {
    remote: Option<String>,
    branch: String,
    /// The reference here that stands for it, where there can be one.
    tracking: Option<FullName>,
}

impl Repository {
    /// The branches: at most `at_most` of them, the newest ones, and always those that are checked
    /// out.
    ///
    /// # Errors
    ///
    /// When the repository cannot be read. A single branch that cannot be is told of in the answer.
    pub fn branches(&self, at_most: usize) -> Result<Branches, NotRead> {
        let repository = self.open()?;
        let not_read = |source| self.not_read("the branches", source);
        let head = Head::read(&repository).map_err(not_read)?;
        let mut seen = std::mem::take(&mut *self.seen().lock());
        let mut broken = Vec::new();
        let mut found = self.found(&repository, &head, &mut seen, &mut broken)?;

        let mut follows: HashMap<FullName, Follows> = found
            .iter()
            .filter(|branch| branch.kind == BranchKind::Local)
            .filter_map(|branch| Some((branch.reference.clone(), follows(&repository, branch)?)))
            .collect();
        let repeated: HashSet<FullName> = found
            .iter()
            .filter_map(|branch| {
                let follows = follows.get(&branch.reference)?;
                (follows.branch == branch.name).then(|| follows.tracking.clone())?
            })
            .collect();
        let tips: HashMap<FullName, ObjectId> = found
            .iter()
            .map(|branch| (branch.reference.clone(), branch.tip))
            .collect();
        let local: HashMap<String, ObjectId> = found
            .iter()
            .filter(|branch| branch.kind == BranchKind::Local)
            .map(|branch| (branch.name.clone(), branch.tip))
            .collect();
        found.retain(|branch| {
            branch.kind == BranchKind::Local
                || !(repeated.contains(&branch.reference)
                    || local.get(&branch.name) == Some(&branch.tip))
        });
        // Of all, not only of those that are kept below: a title stays while others grow older.
        let mut named: HashMap<String, usize> = HashMap::new();
        for branch in &found {
            *named.entry(branch.name.clone()).or_default() += 1;
        }

        let total = found.len();
        // Those that are checked out stay; the others by age, and by name where that is the same.
        found.sort_by(|one, other| {
            let order = |branch: &Found| (Reverse(branch.worktree.is_some()), Reverse(branch.time));
            order(one)
                .cmp(&order(other))
                .then_with(|| one.reference.cmp(&other.reference))
        });
        let checked_out = found.iter().take_while(|branch| branch.worktree.is_some());
        let kept = at_most.max(checked_out.count());
        found.truncate(kept);
        let left_out = total - found.len();

        // Without a graph file, or with a broken one, the commits themselves are read.
        let graph = repository.commit_graph_if_enabled().ok().flatten();
        let mut walk = Walk::new(&repository, graph.as_ref(), COMPARED);
        let mut now = Seen::default();
        let mut branches = Vec::with_capacity(found.len());
        for branch in found {
            let upstream = follows.remove(&branch.reference).map(|follows| {
                let other = follows.tracking.and_then(|tracking| tips.get(&tracking));
                let distance = other.map_or(Distance::Gone, |other| {
                    let pair = (branch.tip, *other);
                    let distance = seen.distances.get(&pair).copied().unwrap_or_else(|| {
                        // An object is missing or broken: no number can be given.
                        walk.between(pair.0, pair.1).unwrap_or(Distance::Far)
                    });
                    now.distances.insert(pair, distance);
                    distance
                });
                Upstream {
                    remote: follows.remote,
                    branch: follows.branch,
                    distance,
                }
            });
            branches.push(Branch {
                reference: branch.reference.as_bstr().to_str_lossy().into_owned(),
                title: match &branch.kind {
                    BranchKind::Remote { remote } if named[&branch.name] > 1 => {
                        format!("{remote}/{}", branch.name)
                    }
                    _ => branch.name.clone(),
                },
                name: branch.name,
                kind: branch.kind,
                commit: seen.commits[&branch.tip].clone(),
                upstream,
                worktree: branch.worktree,
                is_head: branch.is_head,
            });
        }
        branches.sort_by(|one, other| {
            let age = other.commit.time.cmp(&one.commit.time);
            age.then_with(|| one.reference.cmp(&other.reference))
        });
        let all: HashSet<ObjectId> = tips.into_values().collect();
        seen.commits.retain(|id, _| all.contains(id));
        now.commits = seen.commits;
        // A comparison that was given up is tried again: others have left more room by then.
        now.distances
            .retain(|_, distance| *distance != Distance::Far);
        *self.seen().lock() = now;
        Ok(Branches {
            head,
            branches,
            left_out,
            broken,
        })
    }

    fn found(
        &self,
        repository: &gix::Repository,
        head: &Head,
        seen: &mut Seen,
        broken: &mut Vec<BrokenBranch>,
    ) -> Result<Vec<Found>, NotRead> {
        let not_read = |source| self.not_read("the branches", source);
        let checked_out = self.checked_out(repository)?;
        let remotes: Vec<String> = repository
            .remote_names()
            .iter()
            .map(|name| name.to_str_lossy().into_owned())
            .collect();
        let mut tell = |reference: Option<String>, reason: String| {
            if broken.len() < BROKEN {
                broken.push(BrokenBranch { reference, reason });
            }
        };
        let mut found = Vec::new();
        let references = repository.references().map_err(not_read)?;
        let local = references.local_branches().map_err(not_read)?;
        let remote = references.remote_branches().map_err(not_read)?;
        for reference in local.chain(remote) {
            let mut reference = match reference {
                Ok(reference) => reference,
                Err(error) => {
                    tell(None, error.to_string());
                    continue;
                }
            };
            let full = reference.name().to_owned();
            let text = || Some(full.as_bstr().to_str_lossy().into_owned());
            let (kind, name) = match name::of(full.as_bstr(), &remotes) {
                Ok(named) => named,
                Err(reason) => {
                    tell(text(), reason);
                    continue;
                }
            };
            let tip = match reference.target() {
                TargetRef::Object(id) => id.to_owned(),
                // `origin/HEAD` says which branch a remote begins with, and is none itself.
                TargetRef::Symbolic(_) if kind != BranchKind::Local => continue,
                TargetRef::Symbolic(_) => match reference.peel_to_id() {
                    Ok(id) => id.detach(),
                    Err(error) => {
                        tell(text(), error.to_string());
                        continue;
                    }
                },
            };
            let time = match seen.commits.get(&tip) {
                Some(commit) => commit.time,
                None => match commit_of(repository, tip) {
                    Ok(commit) => {
                        let time = commit.time;
                        seen.commits.insert(tip, commit);
                        time
                    }
                    Err(error) => {
                        tell(text(), error.to_string());
                        continue;
                    }
                },
            };
            let is_local = kind == BranchKind::Local;
            found.push(Found {
                worktree: checked_out.get(&name).filter(|_| is_local).cloned(),
                is_head: is_local && head.branch() == Some(name.as_str()),
                reference: full,
                kind,
                name,
                tip,
                time,
            });
        }
        Ok(found)
    }

    fn checked_out(
        &self,
        repository: &gix::Repository,
    ) -> Result<HashMap<String, PathBuf>, NotRead> {
        let mut checked_out = HashMap::new();
        for worktree in self.worktrees_of(repository)? {
            if let (Some(Head::Branch { name }), false) = (worktree.head, worktree.is_missing) {
                checked_out.entry(name).or_insert(worktree.path);
            }
        }
        Ok(checked_out)
    }
}

/// Reads a commit.
fn commit_of(repository: &gix::Repository, id: ObjectId) -> gix::Result<Commit> {
    let commit = repository.find_commit(id)?;
    let text = |bytes: &[u8]| -> String { bytes.to_str_lossy().chars().take(LONGEST).collect() };
    let id = id.to_string();
    Ok(Commit {
        short: id.chars().take(7).collect(),
        id,
        subject: text(commit.message()?.summary().as_bstr()),
        author: text(commit.author()?.name),
        time: commit.time()?.seconds,
    })
}

fn follows(repository: &gix::Repository, branch: &Found) -> Option<Follows> {
    use gix::remote::Direction::Fetch;
    let local = branch.reference.as_ref();
    let there = repository.branch_remote_ref_name(local, Fetch)?.ok()?;
    let remote = repository.branch_remote_name(local.shorten(), Fetch)?;
    let remote: BString = remote.as_bstr().to_owned();
    let is_here = remote == ".";
    let tracking = if is_here {
        Some(there.clone())
    } else {
        repository
            .branch_remote_tracking_ref_name(local, Fetch)
            .and_then(Result::ok)
    };
    Some(Follows {
        remote: (!is_here).then(|| remote.to_str_lossy().into_owned()),
        branch: there.shorten().to_str_lossy().into_owned(),
        tracking,
    })
}

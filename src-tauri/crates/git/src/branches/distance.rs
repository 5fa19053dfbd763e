//! How many commits two branches do not share.

use std::collections::{BinaryHeap, HashMap};

use gix::ObjectId;

use super::Distance;

/// One comparison looks at no more commits than this.
const ONE: usize = 2000;

/// Only the first has the commit, only the second, or both.
const FIRST: u8 = 1;
const SECOND: u8 = 2;
const BOTH: u8 = FIRST | SECOND;

/// Compares commits, and stops when a number of them was looked at in all.
pub(super) struct Walk<'repo, 'cache> {
    graph: gix::revwalk::Graph<'repo, 'cache, ()>,
    left: usize,
}

// === impl Walk ===

impl<'repo, 'cache> Walk<'repo, 'cache> {
    pub(super) fn new(
        repository: &'repo gix::Repository,
        cache: Option<&'cache gix::commitgraph::Graph>,
        budget: usize,
    ) -> Self {
        Self {
            graph: repository.revision_graph(cache),
            left: budget,
        }
    }

    /// How far `first` is ahead of and behind `second`.
    ///
    /// Both histories are walked together, youngest commit first, until all that waits is known to
    /// be in both and older than every commit that is in one only. Clocks that went back further
    /// than that can make it count too many, as they can with git itself.
    pub(super) fn between(&mut self, first: ObjectId, second: ObjectId) -> gix::Result<Distance> {
        let mut sides: HashMap<ObjectId, u8> = HashMap::new();
        let mut waiting: BinaryHeap<(i64, ObjectId)> = BinaryHeap::new();
        let mut seen = 0;
        let mut oldest_of_one = i64::MAX;
        for (tip, side) in [(first, FIRST), (second, SECOND)] {
            let Some(commit) = self.graph.try_lookup(&tip)? else {
                return Ok(Distance::Gone);
            };
            *sides.entry(tip).or_default() |= side;
            waiting.push((commit.committer_timestamp()?, tip));
        }
        // Those that wait and are not known to be in both.
        while let Some((time, id)) = waiting.pop() {
            let side = sides[&id];
            if side != BOTH {
                oldest_of_one = oldest_of_one.min(time);
            } else if time < oldest_of_one && waiting.iter().all(|(_, id)| sides[id] == BOTH) {
                break;
            }
            if seen == ONE || self.left == 0 {
                return Ok(Distance::Far);
            }
            seen += 1;
            self.left -= 1;
            let Some(commit) = self.graph.try_lookup(&id)? else {
                continue;
            };
            let parents = commit.iter_parents().collect::<Result<Vec<_>, _>>()?;
            for parent in parents {
                let known = sides.entry(parent).or_default();
                // Known already with all that is new: its own parents know it as well.
                if *known | side == *known {
                    continue;
                }
                *known |= side;
                match self.graph.try_lookup(&parent)? {
                    Some(commit) => waiting.push((commit.committer_timestamp()?, parent)),
                    // A shallow clone ends here: the parent is named, and is not there.
                    None => {
                        sides.remove(&parent);
                    }
                }
            }
        }
        let count = |side| sides.values().filter(|found| **found == side).count();
        Ok(Distance::Known {
            ahead: count(FIRST),
            behind: count(SECOND),
        })
    }
}

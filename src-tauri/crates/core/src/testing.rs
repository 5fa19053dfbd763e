//! What the tests of several modules begin with.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::address::{BaseDomain, DEFAULT_PORT};
use crate::workspace::{Snapshot, parse};

/// A snapshot of a workspace file that must be good.
pub(crate) fn snapshot(text: &str) -> Snapshot {
    let parsed = parse(text, "tripledash.json");
    let workspace = parsed
        .workspace
        .unwrap_or_else(|| panic!("{:#?}", parsed.problems));
    Snapshot {
        generation: 1,
        workspace: Arc::new(workspace),
        base: BaseDomain::local(DEFAULT_PORT),
        environment: Arc::new(BTreeMap::new()),
        unlocked: Arc::new(BTreeSet::new()),
        certificates: Arc::default(),
    }
}

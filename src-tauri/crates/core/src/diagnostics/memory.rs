//! What a preview has told before, within bounds.

use std::collections::{HashMap, HashSet};

use super::cache_shared::Entry;
use super::page_path;
use crate::trace::Exchange;
use crate::workspace::Snapshot;

/// How many previews, and how many paths of each, are remembered. A workspace that has more gets
/// fewer findings, never wrong ones.
const PREVIEWS: usize = 256;
const PATHS: usize = 512;
/// How many entries of caches are remembered before all are forgotten.
const ENTRIES: usize = 4096;

#[derive(Debug, Default)]
pub(super) struct Memory {
    previews: HashMap<String, Told>,
    /// Which tenant was the first to be given an entry of a cache.
    cached: HashMap<Entry, String>,
}

#[derive(Debug, Default)]
struct Told {
    /// Tenants whose name was seen as a segment of a rewrite.
    tenants: HashSet<String>,
    /// Pages on which such a rewrite was seen.
    paths: HashSet<String>,
}

impl Memory {
    pub(super) fn remember(&mut self, exchange: &Exchange, is_page: bool, snapshot: &Snapshot) {
        self.remember_entry(exchange, is_page, snapshot);
        let (Some(preview), Some(actual)) = (exchange.preview(), &exchange.actual) else {
            return;
        };
        if !exchange.from_upstream
            || !self.previews.contains_key(preview) && self.previews.len() >= PREVIEWS
        {
            return;
        }
        let told = self.previews.entry(preview.to_owned()).or_default();
        let Some(tenant) = exchange.tenant() else {
            return;
        };
        let known = snapshot.workspace.previews.get(preview);
        let theirs = known.map_or(tenant, |preview| preview.name_of(tenant));
        if actual.split('/').any(|segment| segment == theirs) {
            if told.tenants.len() < PATHS {
                told.tenants.insert(tenant.to_owned());
            }
            if told.paths.len() < PATHS {
                told.paths.insert(page_path(exchange, snapshot));
            }
        }
    }

    fn remember_entry(&mut self, exchange: &Exchange, is_page: bool, snapshot: &Snapshot) {
        let entry = Entry::of(exchange, is_page, snapshot);
        let (Some(entry), Some(tenant)) = (entry, exchange.tenant()) else {
            return;
        };
        if self.cached.len() >= ENTRIES {
            self.cached.clear();
        }
        self.cached
            .entry(entry)
            .or_insert_with(|| tenant.to_owned());
    }

    /// The tenant that was first given this entry of a cache.
    pub(super) fn first_of(&self, entry: &Entry) -> Option<&str> {
        self.cached.get(entry).map(String::as_str)
    }

    /// Whether the preview's app has ever told of a rewrite.
    pub(super) fn has_told(&self, preview: &str) -> bool {
        self.previews.contains_key(preview)
    }

    /// Whether it has rewritten to a path that names this tenant.
    pub(super) fn knows_tenant(&self, preview: &str, tenant: &str) -> bool {
        self.previews
            .get(preview)
            .is_some_and(|told| told.tenants.contains(tenant))
    }

    /// Whether it has rewritten this page for some tenant.
    pub(super) fn rewrites(&self, preview: &str, path: &str) -> bool {
        self.previews
            .get(preview)
            .is_some_and(|told| told.paths.contains(path))
    }
}

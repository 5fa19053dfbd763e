//! Since when the requests of each preview are what they are.

use std::collections::HashMap;

use tripledash_core::Workspace;
use tripledash_core::workspace::{Preview, Upstream};

/// The previews as they last led somewhere, and since which generation.
#[derive(Debug, Default)]
pub(super) struct Versions(HashMap<String, (Preview, u64)>);

impl Versions {
    /// Takes note of the previews of a generation.
    pub(super) fn note(&mut self, workspace: &Workspace, generation: u64) {
        self.0
            .retain(|name, _| workspace.previews.contains_key(name));
        for (name, now) in &workspace.previews {
            // A dev server that ends and comes back is the same one.
            let leads = matches!(now.upstream, Upstream::At(_));
            let known = self.0.get(name);
            if leads && known.is_none_or(|(before, _)| asks_otherwise(before, now)) {
                self.0.insert(name.clone(), (now.clone(), generation));
            }
        }
    }

    /// The generation since which a preview's requests are what they are; none where it never led
    /// anywhere.
    pub(super) fn since(&self, name: &str) -> Option<u64> {
        self.0.get(name).map(|(_, since)| *since)
    }

    /// Another workspace's previews are others.
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }
}

/// Whether a page that was loaded before is not what would be loaded now.
fn asks_otherwise(before: &Preview, now: &Preview) -> bool {
    let Preview {
        name: _,
        branch: _,
        upstream,
        host,
        headers,
        access: _,
        tenants,
        tls,
        timeout: _,
        source: _,
    } = now;
    before.upstream != *upstream
        || before.host != *host
        || before.headers != *headers
        || before.tenants != *tenants
        || before.tls != *tls
}

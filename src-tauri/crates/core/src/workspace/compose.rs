//! The workspace with what its sources came to.

use std::collections::HashSet;
use std::sync::Arc;

use indexmap::IndexMap;

use super::{Preview, SourceKind, Template, Tenant, Upstream, Workspace};
use crate::slug::{Slug, with_hash};
use crate::template::Piece;
use crate::upstream::UpstreamOrigin;

/// What a workspace's sources came to.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Contributed {
    /// The tenants that are listed outside the file; `None` where they are listed in it, or are
    /// not known yet.
    pub tenants: Option<Arc<IndexMap<String, Tenant>>>,
    /// The previews that were found, those of one source in the order of its own.
    pub previews: Vec<Found>,
}

/// A preview that a source found.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// Which of [`Workspace::sources`] found it.
    pub source: usize,
    /// The branch that it was built from, where there is one.
    pub branch: Option<String>,
    /// What its name is made of: its branch, as a rule.
    pub title: String,
    /// What tells it from those of its source with the same title, and stays: a branch's whole
    /// name, `refs/heads/main`. The first by it has the name.
    pub reference: String,
    /// Where its requests go.
    pub upstream: Upstream,
    /// Header fields that its upstream wants, beside those of the source. A field of the source
    /// goes before one of the same name.
    pub headers: Vec<(String, Template)>,
}

// === impl Workspace ===

impl Workspace {
    /// The names that found previews have here, in their order. `None`: the file names a preview of
    /// that branch itself, which goes before.
    ///
    /// A name stays as it is while other branches come and go, as far as it can: it is made of the
    /// title alone ([`Slug`]). Where two of one source come to the same, the one whose title is
    /// spelt just so has it, else the first by its title and its reference, and the others get a
    /// hash of theirs. Where two sources do, the later one's carries its source's word:
    /// `main-vercel`. In what order they were found does not matter, and everyone gets a name.
    pub fn names_of(&self, found: &[Found]) -> Vec<Option<String>> {
        let mut taken: HashSet<String> = self.previews.keys().cloned().collect();
        let mut names = vec![None; found.len()];
        for source in 0..self.sources.len() {
            let word = self.sources[source].word();
            let mut own: Vec<(usize, &Found, String)> = found
                .iter()
                .enumerate()
                .filter(|(_, found)| found.source == source && !self.names_itself(found))
                .map(|(at, found)| (at, found, Slug::of(&found.title).into_string()))
                .collect();
            own.sort_by(|(_, one, slug), (_, other, other_slug)| {
                let spelt = |slug: &str, found: &Found| slug != found.title;
                slug.cmp(other_slug)
                    .then_with(|| spelt(slug, one).cmp(&spelt(other_slug, other)))
                    .then_with(|| one.title.cmp(&other.title))
                    .then_with(|| one.reference.cmp(&other.reference))
            });
            for (at, found_here, slug) in own {
                let title = found_here.title.as_str();
                let worded = format!("{slug}-{word}");
                let candidates = [
                    slug.clone(),
                    Slug::of(&worded).into_string(),
                    with_hash(&slug, title),
                    with_hash(&worded, title),
                ];
                // Within one source a hash tells two apart, between two the source's word.
                let twice = names
                    .iter()
                    .zip(found)
                    .any(|(name, other)| other.source == source && name.as_ref() == Some(&slug));
                let order = if twice { [0, 2, 3, 1] } else { [0, 1, 2, 3] };
                // Where those of others stand in all of them.
                let more = (0_u64..).map(|number| {
                    let reference = &found_here.reference;
                    with_hash(&slug, &format!("{reference} {number}"))
                });
                let name = order
                    .into_iter()
                    .map(|at| candidates[at].clone())
                    .chain(more)
                    .find(|name| taken.insert(name.clone()));
                names[at] = name;
            }
        }
        names
    }

    /// The workspace as requests see it: the file's own previews, then those that were found.
    #[must_use]
    pub fn with(&self, contributed: &Contributed) -> Self {
        let mut whole = self.clone();
        if let Some(tenants) = &contributed.tenants {
            whole.tenants = Arc::clone(tenants);
        }
        let names = self.names_of(&contributed.previews);
        for (name, found) in names.into_iter().zip(&contributed.previews) {
            let (Some(name), Some(source)) = (name, self.sources.get(found.source)) else {
                continue;
            };
            let mut headers = source.shape.headers.clone();
            for (field, value) in &found.headers {
                if !headers.iter().any(|(own, _)| own == field) {
                    headers.push((field.clone(), value.clone()));
                }
            }
            let preview = Preview {
                name: name.clone(),
                branch: found.branch.clone(),
                upstream: found.upstream.clone(),
                headers,
                source: Some(found.source),
                ..source.shape.clone()
            };
            whole.previews.insert(name, preview);
        }
        whole
    }

    /// Whether the file names a preview of the same branch on this machine or off it, as the
    /// source does. Where a source's preview is does not depend on whether it is there yet.
    fn names_itself(&self, found: &Found) -> bool {
        let Some(branch) = &found.branch else {
            return false;
        };
        let (here, branch) = match self.sources[found.source].kind {
            // The title of a remote's branch has the remote where another has the name.
            SourceKind::Git(_) => (true, &found.title),
            SourceKind::Vercel(_) | SourceKind::Template(_) => (is_here(&found.upstream), branch),
        };
        self.previews
            .values()
            .any(|named| named.branch.as_ref() == Some(branch) && is_here(&named.upstream) == here)
    }
}

/// Whether an upstream is on this machine, whatever its variables come to.
fn is_here(upstream: &Upstream) -> bool {
    let Some(template) = upstream.template() else {
        return false;
    };
    // Good for a label, as in `{tenant}.localhost`, and for a port.
    let filled = template.pieces().iter().map(|piece| match piece {
        Piece::Literal(text) => text.as_str(),
        Piece::Variable { .. } | Piece::Environment { .. } => "1",
    });
    let origin = filled.collect::<String>().parse::<UpstreamOrigin>();
    origin.is_ok_and(|origin| origin.host().is_loopback())
}

#[cfg(test)]
mod tests;

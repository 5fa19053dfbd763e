//! Tenants in the path: `main.tripledash.localhost/houston/events`.
//!
//! Such an app serves every tenant on one host, and reads the tenant out of the first segments of
//! the path, as many as the prefix has parts. It takes the segment for a tenant where it knows one
//! of that name, and for a page of its own everywhere else: `/films` and `/_next/static/a.js` are
//! nobody's. So here too a path names a tenant only where the workspace lists it, letter by letter:
//!
//! - a tenant that a preview calls by another id stands in that preview's paths by that id, so that
//!   the app's own links lead where its paths do, and nothing is rewritten on the way;
//! - the data of a page, `/_next/data/<build>/houston/events.json`, is the page's tenant's, since
//!   Next.js matches it as `/houston/events`;
//! - the path that a person speaks of, `/events`, is the one without these segments.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::label::check_label;
use crate::resolve::{Resolved, ResolvedPreview, placed};
use crate::trace::Exchange;
use crate::workspace::{Preview, Snapshot, Tenancy, Workspace};

/// What the first segments of a path name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reading<'a> {
    /// No tenant.
    Nobody,
    /// A tenant, be it one that the preview leaves out.
    Tenant {
        /// The segments as they stand in the path: `us/houston`.
        text: &'a str,
        /// The workspace's id of the tenant.
        id: &'a str,
    },
}

/// The first `count` segments of a path, and none where it has fewer.
fn first_segments(path: &str, count: usize) -> Option<&str> {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let path = match wrapped(path) {
        Some((_, page)) => page.strip_suffix(JSON).unwrap_or(page),
        None => path,
    };
    let rest = path.strip_prefix('/')?;
    let mut end = 0;
    for at in 0..count {
        // The slash before the second segment and those after it.
        let start = end + usize::from(at > 0);
        let segment = rest.get(start..)?.split('/').next()?;
        if segment.is_empty() {
            return None;
        }
        end = start + segment.len();
    }
    (end > 0).then(|| &rest[..end])
}

const DATA: &str = "/_next/data/";
const JSON: &str = ".json";

/// The data of a page, split before the page's own path: `/_next/data/b1` and `/about.json`.
fn wrapped(path: &str) -> Option<(&str, &str)> {
    let rest = path.strip_prefix(DATA)?;
    let at = DATA.len() + rest.find('/')?;
    path[at..].ends_with(JSON).then(|| path.split_at(at))
}

/// Reads the tenant out of a path, as a preview's app does. Takes no memory of its own: it is asked
/// for every request.
pub(crate) fn read<'a>(
    path: &'a str,
    preview: &'a Preview,
    workspace: &'a Workspace,
) -> Reading<'a> {
    read_with(path, &preview.tenants, workspace)
}

/// The same for a preview that calls tenants so.
pub(crate) fn read_with<'a>(
    path: &'a str,
    names: &'a BTreeMap<String, Option<String>>,
    workspace: &'a Workspace,
) -> Reading<'a> {
    if workspace.tenancy == Tenancy::Host {
        return Reading::Nobody;
    }
    let Some(text) = first_segments(path, workspace.prefix.len()) else {
        return Reading::Nobody;
    };
    let mut tenant = None;
    for (name, segment) in workspace.prefix.iter().zip(text.split('/')) {
        if name == "tenant" {
            tenant = Some(segment);
        } else if check_label(segment).is_err() {
            return Reading::Nobody;
        }
    }
    let Some(segment) = tenant else {
        return Reading::Nobody;
    };
    let renamed = names
        .iter()
        .find(|(_, theirs)| theirs.as_deref() == Some(segment));
    if let Some((id, _)) = renamed {
        return Reading::Tenant { text, id };
    }
    let Some((id, _)) = workspace.tenants.get_key_value(segment) else {
        return Reading::Nobody;
    };
    match names.get(segment) {
        // Here it has another name, and this segment is a page like any other.
        Some(Some(_)) => Reading::Nobody,
        Some(None) | None => Reading::Tenant { text, id },
    }
}

/// A preview, with the tenant that a path names. In a workspace whose tenants are in the host, the
/// preview as it is.
pub(crate) fn named_by(resolved: ResolvedPreview, path: &str, workspace: &Workspace) -> Resolved {
    let Some(preview) = workspace.previews.get(&resolved.preview) else {
        return Resolved::Preview(resolved);
    };
    let Reading::Tenant { text, id } = read(path, preview, workspace) else {
        return Resolved::Preview(resolved);
    };
    let part = |(name, segment): (&String, &str)| match name.as_str() {
        "tenant" => id.to_owned(),
        _ => segment.to_owned(),
    };
    let parts = workspace.prefix.iter().zip(text.split('/')).map(part);
    placed(preview, parts.collect(), resolved.session, workspace)
}

/// A path with the segments of a tenant before it: `/houston` and `/events` make
/// `/houston/events`. A page's root has no slash after them, as Next.js has it by default.
///
/// ```
/// use tripledash_core::tenancy::join;
///
/// assert_eq!(join("/houston", "/events?day=1"), "/houston/events?day=1");
/// assert_eq!(join("/houston", "/?day=1"), "/houston?day=1");
/// assert_eq!(join("", "/events"), "/events");
/// assert_eq!(join("/houston", "/_next/data/b1/events.json"), "/_next/data/b1/houston/events.json");
/// ```
pub fn join<'p>(prefix: &str, path: &'p str) -> Cow<'p, str> {
    if prefix.is_empty() {
        return Cow::Borrowed(path);
    }
    let (page, rest) = cut(path);
    Cow::Owned(match wrapped(page) {
        Some((data, "/index.json")) => format!("{data}{prefix}{JSON}{rest}"),
        Some((data, page)) => format!("{data}{prefix}{page}{rest}"),
        None if page == "/" => format!("{prefix}{rest}"),
        None => format!("{prefix}{page}{rest}"),
    })
}

/// A path without its first segments, as many as there are parts: what [`join`] was given.
///
/// ```
/// use tripledash_core::tenancy::within;
///
/// assert_eq!(within("/houston/events?day=1", 1), "/events?day=1");
/// assert_eq!(within("/houston", 1), "/");
/// assert_eq!(within("/_next/data/b1/houston.json", 1), "/_next/data/b1/index.json");
/// ```
pub fn within(path: &str, parts: usize) -> Cow<'_, str> {
    let Some(text) = first_segments(path, parts) else {
        return Cow::Borrowed(path);
    };
    let (page, rest) = cut(path);
    if let Some((data, page)) = wrapped(page) {
        let tail = &page[1 + text.len()..];
        let tail = if tail == JSON { "/index.json" } else { tail };
        return Cow::Owned(format!("{data}{tail}{rest}"));
    }
    let tail = &path[1 + text.len()..];
    if tail.starts_with('/') {
        Cow::Borrowed(tail)
    } else {
        Cow::Owned(format!("/{tail}"))
    }
}

/// Path, and query with fragment.
fn cut(path: &str) -> (&str, &str) {
    path.split_at(path.find(['?', '#']).unwrap_or(path.len()))
}

// === impl ResolvedPreview ===

impl ResolvedPreview {
    /// What stands before a page's own path in an address: `/houston` where the tenants are in the
    /// path, and nothing without a tenant or where they are in the host.
    pub fn path_prefix(&self, workspace: &Workspace) -> String {
        if workspace.tenancy == Tenancy::Host || self.tenant.is_none() {
            return String::new();
        }
        self.upstream_parts(workspace)
            .iter()
            .flat_map(|part| ["/", part])
            .collect()
    }

    /// The path that a person speaks of: without the segments that name the tenant.
    pub fn path_within<'p>(&self, path: &'p str, snapshot: &Snapshot) -> Cow<'p, str> {
        match (snapshot.workspace.tenancy, &self.tenant) {
            (Tenancy::Path, Some(_)) => within(path, self.parts.len()),
            _ => Cow::Borrowed(path),
        }
    }
}

// === impl Exchange ===

impl Exchange {
    /// The path that a person speaks of: without the segments that name the tenant, where the
    /// tenants are in the path.
    pub fn path_within(&self, workspace: &Workspace) -> Cow<'_, str> {
        match (workspace.tenancy, self.tenant()) {
            (Tenancy::Path, Some(_)) => within(&self.path, workspace.prefix.len()),
            _ => Cow::Borrowed(&*self.path),
        }
    }
}

#[cfg(test)]
mod tests;

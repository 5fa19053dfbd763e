//! Previews whose addresses follow from their branches' names.

use std::collections::HashMap;

use futures_util::future::BoxFuture;
use tripledash_core::host::{Host, MAX_LABEL};
use tripledash_core::slug;
use tripledash_core::workspace;
use url::Url;

use super::{Found, Listing, PreviewSource, SourceError, State, Target};

/// A naming scheme like `https://{branch}.preview.acme.dev`, and the branches there are.
///
/// ```
/// use tripledash_sources::previews::{PreviewSource as _, Template};
///
/// let scheme = "https://app-{branch}.acme.dev".parse().unwrap();
/// let source = Template::new(scheme, vec!["Feature/Nav".to_owned()]);
/// let listing = source.listing();
/// assert_eq!(listing.found[0].upstream.as_deref(), Some("https://app-feature-nav.acme.dev"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    scheme: workspace::Template,
    branches: Vec<String>,
}

const VARIABLE: &str = "{branch}";

impl Template {
    /// Other variables of the scheme stay what they are.
    pub fn new(scheme: workspace::Template, branches: Vec<String>) -> Self {
        Self { scheme, branches }
    }

    /// A preview for every branch whose address can be one.
    pub fn listing(&self) -> Listing {
        let mut listing = Listing::default();
        let mut first: HashMap<String, &str> = HashMap::new();
        for branch in &self.branches {
            let Some(origin) = self.origin(branch) else {
                let note = format!(
                    "the branch {branch:?} has no preview: nothing in its name can stand in an address"
                );
                listing.notes.push(note);
                continue;
            };
            if let Err(why) = usable(&origin) {
                let note = format!("the branch {branch:?} has no preview: {origin} {why}");
                listing.notes.push(note);
                continue;
            }
            if let Some(first) = first.get(&origin) {
                let note =
                    format!("the branches {first:?} and {branch:?} would both be at {origin}");
                listing.notes.push(note);
                continue;
            }
            listing.found.push(found(branch, origin.clone()));
            first.insert(origin, branch);
        }
        listing
    }

    /// The branch as it is: a hash of ours for one that is too long would lead to a host that nobody
    /// made. None for a branch of which nothing is left, and for the same reason.
    fn origin(&self, branch: &str) -> Option<String> {
        let slug = slug::uncut(branch);
        let scheme = self.scheme.as_str().trim_end_matches('/');
        (!slug.is_empty()).then(|| scheme.replace(VARIABLE, &slug))
    }
}

impl PreviewSource for Template {
    fn name(&self) -> String {
        self.scheme.to_string()
    }

    fn list(&self) -> BoxFuture<'_, Result<Listing, SourceError>> {
        Box::pin(std::future::ready(Ok(self.listing())))
    }
}

fn found(branch: &str, origin: String) -> Found {
    Found {
        id: origin.clone(),
        target: Target::Preview,
        branch: Some(branch.to_owned()),
        name_parts: vec![branch.to_owned()],
        // Nobody says; whoever asks the address finds out.
        state: State::Unknown,
        commit: None,
        created: None,
        upstream: Some(origin),
        commit_url: None,
        aliases: Vec::new(),
        serving: None,
        inspector_url: None,
    }
}

/// Whether an origin's host can be one, with something short in the place of other variables.
fn usable(origin: &str) -> Result<(), String> {
    let scheme: workspace::Template = origin
        .parse()
        .map_err(|invalid| format!("is no template: {invalid}"))?;
    let url = scheme
        .render(&|_| Some("x".to_owned()))
        .expect("every variable has a value");
    let url = Url::parse(&url).map_err(|error| format!("is no URL ({error})"))?;
    let host = url.host_str().unwrap_or_default();
    if let Some(label) = host.split('.').find(|label| label.len() > MAX_LABEL) {
        let over = label.len() - MAX_LABEL;
        return Err(format!(
            "has a label of {} octets, {over} more than the {MAX_LABEL} there may be",
            label.len()
        ));
    }
    host.parse::<Host>()
        .map(drop)
        .map_err(|invalid| format!("is no host: {}", invalid.reason))
}

#[cfg(test)]
mod tests;

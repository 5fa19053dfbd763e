//! Previews whose addresses follow from their branches' names.

use std::collections::HashMap;

use futures_util::future::BoxFuture;
use tripledash_core::host::{Host, MAX_LABEL};
use url::Url;

use super::{Found, Listing, PreviewSource, SourceError, State, Target};

/// A naming scheme like `https://{branch}.preview.acme.dev`, and the branches there are.
///
/// ```
/// use tripledash_sources::previews::{PreviewSource as _, Template};
///
/// let slug = |branch: &str| branch.to_lowercase().replace('/', "-");
/// let source = Template::new("https://app-{branch}.acme.dev", vec!["Feature/Nav".into()], slug).unwrap();
/// let listing = source.listing();
/// assert_eq!(listing.found[0].upstream.as_deref(), Some("https://app-feature-nav.acme.dev"));
/// ```
pub struct Template<F> {
    template: String,
    branches: Vec<String>,
    slug: F,
}

/// A text that is no naming scheme.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "found {template:?}, wanted an origin with {{branch}} in its host, like https://{{branch}}.preview.acme.dev: {why}"
)]
pub struct InvalidTemplate {
    /// The offending text.
    pub template: String,
    why: &'static str,
}

const VARIABLE: &str = "{branch}";

impl<F: Fn(&str) -> String> Template<F> {
    /// `slug` makes a branch's name a part of a host's label.
    ///
    /// # Errors
    ///
    /// What is no origin with the variable in its host.
    pub fn new(template: &str, branches: Vec<String>, slug: F) -> Result<Self, InvalidTemplate> {
        check(template).map_err(|why| InvalidTemplate {
            template: template.to_owned(),
            why,
        })?;
        Ok(Self {
            template: template.trim_end_matches('/').to_owned(),
            branches,
            slug,
        })
    }

    /// A preview for every branch whose address can be one.
    pub fn listing(&self) -> Listing {
        let mut listing = Listing::default();
        let mut first: HashMap<String, &str> = HashMap::new();
        for branch in &self.branches {
            let origin = self.template.replace(VARIABLE, &(self.slug)(branch));
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
}

impl<F: Fn(&str) -> String + Send + Sync> PreviewSource for Template<F> {
    fn name(&self) -> String {
        self.template.clone()
    }

    fn list(&self) -> BoxFuture<'_, Result<Listing, SourceError>> {
        Box::pin(async { Ok(self.listing()) })
    }
}

impl<F> std::fmt::Debug for Template<F> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Template")
            .field("template", &self.template)
            .field("branches", &self.branches.len())
            .finish_non_exhaustive()
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

fn check(template: &str) -> Result<(), &'static str> {
    let (before, after) = template.split_once(VARIABLE).ok_or("it has no {branch}")?;
    if before.contains(['{', '}']) || after.replace(VARIABLE, "").contains(['{', '}']) {
        return Err("{branch} is the one variable there is");
    }
    let url = Url::parse(&template.replace(VARIABLE, "b")).map_err(|_| "it is no URL")?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err("it does not start with https:// or http://");
    }
    if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
        return Err("an origin ends with its host or its port");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("an origin has no user's name in it");
    }
    let another = Url::parse(&template.replace(VARIABLE, "c")).map_err(|_| "it is no URL")?;
    if url.host_str() == another.host_str() {
        return Err("{branch} is not in the host");
    }
    Ok(())
}

/// Whether an origin's host can be one.
fn usable(origin: &str) -> Result<(), String> {
    let url = Url::parse(origin).map_err(|error| format!("is no URL ({error})"))?;
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

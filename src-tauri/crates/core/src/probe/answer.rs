//! What came back for one question.

use crate::compare::clean_path;
use crate::host::Host;
use crate::upstream::UpstreamOrigin;

/// What came of a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The upstream answered.
    Answered(Answer),
    /// It was asked, and nothing usable came.
    Failed {
        /// The `Host` sent.
        host: String,
        /// Why, for a person.
        reason: String,
    },
    /// It was not asked.
    NotAsked {
        /// Why, for a person.
        reason: String,
    },
}

/// The answer of an upstream, secrets taken out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Answer {
    /// The `Host` sent.
    pub host: String,
    /// Host and port as the browser would have had them.
    pub pane: String,
    /// The status.
    pub status: u16,
    /// What the app says it rewrote to, as it says it: a path or a whole URL.
    pub rewrite: Option<String>,
    /// Where it redirects to.
    pub location: Option<String>,
    /// The other header fields.
    pub fields: Vec<(String, String)>,
    /// The body's beginning, as text; empty where its content coding was not asked for.
    pub body: String,
}

impl Answer {
    /// The path of the rewrite.
    pub(super) fn rewritten(&self) -> Option<String> {
        self.rewrite.as_deref().map(clean_path)
    }

    /// Whether the page itself came.
    pub(super) fn is_served(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// Whether it is a redirect.
    pub(super) fn is_redirect(&self) -> bool {
        (300..400).contains(&self.status) && self.location.is_some()
    }

    /// The status, and where it redirects to.
    pub(super) fn told(&self) -> String {
        match &self.location {
            Some(location) if self.is_redirect() => format!("{} to {location}", self.status),
            _ => self.status.to_string(),
        }
    }

    /// The page's title.
    pub(super) fn title(&self) -> Option<&str> {
        let start = self.body.find("<title")?;
        let rest = &self.body[start..];
        let rest = &rest[rest.find('>')? + 1..];
        Some(rest[..rest.find("</title")?].trim())
    }

    /// What it says of anything, less the hosts that it was asked with: an app that prints them
    /// says nothing of the tenant.
    pub(super) fn words(&self) -> String {
        let mut words = String::with_capacity(self.body.len() + 256);
        for (name, value) in &self.fields {
            words.push_str(name);
            words.push(' ');
            words.push_str(value);
            words.push('\n');
        }
        words.push_str(self.location.as_deref().unwrap_or_default());
        words.push('\n');
        words.push_str(&self.body);
        let mut words = words.to_lowercase();
        for authority in [&self.host, &self.pane] {
            let host = authority.split(':').next().unwrap_or_default();
            if host.contains('.') {
                words = words.replace(&host.to_lowercase(), " ");
            }
        }
        words
    }

    /// The rewrite, where it leads to the upstream itself as if that were another server.
    pub(super) fn external<'a>(&'a self, upstream: &UpstreamOrigin) -> Option<&'a str> {
        let told = self.rewrite.as_deref()?;
        let (scheme, rest) = told.split_once("://")?;
        if !scheme.eq_ignore_ascii_case("http") {
            return None;
        }
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let to: UpstreamOrigin = format!("http://{authority}").parse().ok()?;
        let own = match to.host() {
            Host::Name(name) => name.as_str() == "localhost",
            address => address.is_loopback(),
        };
        (own && to.port() == upstream.port()).then_some(told)
    }
}

impl Outcome {
    /// The answer, if there is one.
    pub(super) fn answer(&self) -> Option<&Answer> {
        match self {
            Self::Answered(answer) => Some(answer),
            Self::Failed { .. } | Self::NotAsked { .. } => None,
        }
    }
}

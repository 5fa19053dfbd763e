//! What the authority of a request decides, whatever else the request says.
//!
//! A page makes dozens of requests to one host, and most of what [`route`](super::route()) works
//! out is the same for each: preview and tenant, the upstream, the `Host` sent, and the fields
//! that every request gets. So it is worked out once per host, and kept in
//! [`Sites`](super::Sites) for as long as the snapshot lasts.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http::header::{CONNECTION, COOKIE, HOST, ORIGIN, REFERER};
use http::{HeaderMap, HeaderName, HeaderValue};

use super::outgoing::Outgoing;
use super::refusal::Refusal;
use super::{fields, unconfigured};
use crate::edit::{Edit, Edits, Stage};
use crate::hop;
use crate::host::Authority;
use crate::redact::Secrets;
use crate::resolve::{NoUpstream, ResolvedPreview};
use crate::trace::{HeaderLines, Kind, Repeated, Resolution};
use crate::upstream::{Scheme, Trust, UpstreamOrigin};
use crate::workspace::{Access, Preview, Snapshot};

/// Fields that are settled request by request: a preview that configures one of them has no
/// common fields.
const SETTLED_LATER: [HeaderName; 5] = [HOST, CONNECTION, ORIGIN, REFERER, COOKIE];

/// A preview host, and all that it alone decides about a request to it.
#[derive(Debug)]
pub(crate) struct Site {
    /// The authority asked.
    pub(crate) pane: Authority,
    /// The same as text, as a browser writes it.
    pub(crate) arrived: String,
    /// The origin asked.
    pub(crate) origin: Arc<str>,
    pub(crate) preview: ResolvedPreview,
    pub(crate) resolution: Arc<Resolution>,
    pub(crate) upstream: UpstreamOrigin,
    pub(super) upstream_text: Arc<str>,
    /// The `Host` sent.
    pub(crate) host: Arc<str>,
    pub(super) host_value: HeaderValue,
    /// The same as an authority, where it is one.
    pub(crate) host_sent: Option<Authority>,
    /// The preview's own fields.
    pub(super) own: Vec<(HeaderName, HeaderValue)>,
    /// What a trace must not keep.
    pub(super) secrets: Secrets,
    pub(super) trust: Trust,
    /// How long to wait for the first byte, where the preview says it.
    pub(super) timeout: Option<Duration>,
    /// Whether unsafe methods are refused.
    pub(super) read_only: bool,
    pub(super) common: Option<Common>,
    /// The edits of a response that has `Connection: keep-alive` and is otherwise as it was.
    pub(crate) kept_alive: Arc<[Edit]>,
    repeated: Arc<Mutex<Repeated>>,
}

/// The fields that every request gets, and the edits that tell of them. They stand only where the
/// request has none of these fields yet.
#[derive(Debug)]
pub(super) struct Common {
    pub(super) fields: Vec<(HeaderName, HeaderValue)>,
    pub(super) edits: Arc<[Edit]>,
    /// The same for a request that has `Connection: keep-alive`.
    pub(super) edits_kept_alive: Arc<[Edit]>,
}

/// What a request asked for, for the words of a refusal.
pub(super) struct Asked {
    pub(super) url: String,
    pub(super) kind: Kind,
    pub(super) resolution: Resolution,
}

// === impl Site ===

impl Site {
    /// Works out a preview's site.
    ///
    /// # Errors
    ///
    /// The preview lacks something that it needs for this host.
    pub(super) fn new(
        pane: Authority,
        resolved: ResolvedPreview,
        peer: Option<IpAddr>,
        asked: &Asked,
        snapshot: &Snapshot,
        repeated: &Arc<Mutex<Repeated>>,
    ) -> Result<Self, Box<Refusal>> {
        let preview = snapshot
            .workspace
            .previews
            .get(&resolved.preview)
            .expect("resolve names a preview of the workspace");
        let missing = |error: NoUpstream| unconfigured::missing(&error, asked);
        let upstream = resolved.upstream(snapshot).map_err(missing)?;
        let host = resolved.host_sent(snapshot).map_err(missing)?;
        let own = own(preview, &resolved, asked, snapshot)?;
        let trust = trust(preview, &upstream, asked, snapshot)?;
        let unusable =
            |_| unconfigured::unusable(asked, &resolved, "host", &format!("the Host {host:?}"));
        let host_value = HeaderValue::from_str(&host).map_err(unusable)?;
        let arrived = pane.to_string();
        let locked = preview.access == Access::ReadOnly;
        let secrets = Secrets::of_preview(preview, snapshot);
        let mut site = Self {
            origin: format!("http://{arrived}").into(),
            arrived,
            pane,
            resolution: Arc::new(asked.resolution.clone()),
            upstream_text: upstream.to_string().into(),
            upstream,
            host_sent: host.parse().ok(),
            host: host.into(),
            host_value,
            own,
            trust,
            timeout: preview.timeout,
            kept_alive: hop::kept_alive(Stage::Response, &secrets).into(),
            repeated: Arc::clone(repeated),
            secrets,
            read_only: locked && !snapshot.unlocked.contains(&preview.name),
            preview: resolved,
            common: None,
        };
        site.common = site.common(peer);
        Ok(site)
    }

    /// Fields as a trace keeps them.
    pub(crate) fn lines(&self, headers: &HeaderMap, secrets: &Secrets) -> HeaderLines {
        // What a panic left behind is only what was kept before.
        let mut repeated = self.repeated.lock().unwrap_or_else(PoisonError::into_inner);
        repeated.share(headers, secrets)
    }

    /// Makes the fields that every request gets, by way of one that has none.
    fn common(&self, peer: Option<IpAddr>) -> Option<Common> {
        if self
            .own
            .iter()
            .any(|(name, _)| SETTLED_LATER.contains(name))
        {
            return None;
        }
        let mut outgoing = Outgoing {
            headers: HeaderMap::new(),
            edits: Edits::default(),
            secrets: self.secrets.clone(),
        };
        fields::host(&mut outgoing, self);
        outgoing.headers.remove(HOST);
        fields::forwarded(&mut outgoing, self, peer);
        fields::own(&mut outgoing, self);
        fields::trail(&mut outgoing, Vec::new(), &self.arrived);
        let mut edits: Vec<Edit> = outgoing.edits.iter().cloned().collect();
        edits.iter_mut().for_each(|edit| edit.redact(&self.secrets));
        let stripped = hop::kept_alive(Stage::Request, &self.secrets);
        let named = outgoing.headers.into_iter();
        Some(Common {
            // Each is set to one value, so each has its name.
            fields: named
                .filter_map(|(name, value)| Some((name?, value)))
                .collect(),
            edits_kept_alive: edits.iter().cloned().chain(stripped).collect(),
            edits: edits.into(),
        })
    }
}

/// Which certificates the upstream may show.
fn trust(
    preview: &Preview,
    upstream: &UpstreamOrigin,
    asked: &Asked,
    snapshot: &Snapshot,
) -> Result<Trust, Box<Refusal>> {
    if upstream.scheme == Scheme::Http {
        return Ok(Trust::Platform);
    }
    preview
        .trust(snapshot)
        .map_err(|(path, reason)| unconfigured::certificates(preview, path, reason, asked))
}

/// The preview's own fields.
fn own(
    preview: &Preview,
    resolved: &ResolvedPreview,
    asked: &Asked,
    snapshot: &Snapshot,
) -> Result<Vec<(HeaderName, HeaderValue)>, Box<Refusal>> {
    let unusable = |name: &str, what: &str| unconfigured::unusable(asked, resolved, name, what);
    let mut fields = Vec::with_capacity(preview.headers.len());
    for (name, template) in &preview.headers {
        let Ok(field) = HeaderName::from_bytes(name.as_bytes()) else {
            return Err(unusable(name, "the name"));
        };
        match template.render(&|variable| resolved.value(variable, snapshot)) {
            Ok(text) => {
                let value =
                    HeaderValue::from_str(&text).map_err(|_| unusable(name, "the value"))?;
                fields.push((field, value));
            }
            Err(absent) if absent.name.starts_with("env:") => {
                let preview = preview.name.clone();
                let absent = NoUpstream::Absent {
                    preview,
                    variable: absent,
                };
                return Err(unconfigured::missing(&absent, asked));
            }
            // A field about the tenant means nothing without one.
            Err(_) => {}
        }
    }
    Ok(fields)
}

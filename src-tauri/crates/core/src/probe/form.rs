//! The forms of `Host` that are worth trying on an upstream.

use serde::Serialize;

use crate::host::Host;
use crate::label::SEPARATOR;
use crate::suffix::registrable_domain;
use crate::template::Template;
use crate::upstream::{Scheme, UpstreamOrigin};
use crate::workspace::{Preview, Upstream};

/// Which form of `Host`. In the order in which one is chosen among several that are understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = ProbeFormKind))]
#[serde(rename_all = "kebab-case")]
pub enum FormKind {
    /// What the preview's `host` line says now.
    Present,
    /// What is sent without a `host` line: for an upstream on this machine the browser's own host,
    /// for any other the prefix before its authority.
    Default,
    /// One that the person asked for.
    Wanted,
    /// `{tenant}.localhost:{port}`: the first label whole, as the Platforms Starter Kit reads it.
    FirstLabel,
    /// The prefix and `---` before the upstream's authority.
    Prefixed,
    /// The tenant as a subdomain of the upstream's authority.
    Subdomain,
    /// The tenant as a subdomain of the upstream's registrable domain.
    Sibling,
    /// The tenant's own first domain.
    OwnDomain,
    /// As a deployment on `vercel.app` is asked: what kits understand that are started to serve.
    Deployment,
    /// The upstream's own authority, which names no tenant: a control.
    Authority,
    /// The upstream's own authority, and the tenant before the path.
    Path,
}

/// One form of `Host`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    /// Which.
    pub kind: FormKind,
    /// The template; `None`: no `host` line.
    pub host: Option<Template>,
}

// === impl FormKind ===

impl FormKind {
    /// Whether it only serves to compare with.
    pub fn is_control(self) -> bool {
        matches!(self, Self::Authority | Self::Path)
    }

    /// What it is, for a person.
    pub fn words(self) -> &'static str {
        match self {
            Self::Present => "the present line",
            Self::Default => "no host line",
            Self::Wanted => "as you asked",
            Self::FirstLabel => "first label",
            Self::Prefixed => "prefix before the upstream",
            Self::Subdomain => "subdomain of the upstream",
            Self::Sibling => "subdomain of its domain",
            Self::OwnDomain => "the tenant's own domain",
            Self::Deployment => "as a Vercel deployment",
            Self::Authority => "the upstream itself",
            Self::Path => "tenant in the path",
        }
    }
}

// === impl Form ===

impl Form {
    fn new(kind: FormKind, host: &str) -> Option<Self> {
        let host = Some(host.parse().ok()?);
        Some(Self { kind, host })
    }

    /// Whether nothing in it depends on the tenant.
    pub(super) fn names_no_tenant(&self, prefix: &[String]) -> bool {
        let Some(host) = &self.host else {
            return false;
        };
        let mut variables = host.variables();
        !variables.any(|name| name == "domain" || prefix.iter().any(|part| part == name))
    }
}

/// The forms for a preview, whose upstream is `origin` for one of its tenants. The same `Host` may
/// come out of two of them; the first is the one to keep.
pub(super) fn forms(
    preview: &Preview,
    origin: &UpstreamOrigin,
    prefix: &[String],
    wanted: &[Template],
) -> Vec<Form> {
    let authority = authority(preview);
    let joined: Vec<String> = prefix.iter().map(|part| format!("{{{part}}}")).collect();
    let joined = joined.join(SEPARATOR);
    let port = origin.authority.port;
    let with_port = |host: &str| match port {
        Some(_) => format!("{host}:{{port}}"),
        None => host.to_owned(),
    };
    let name = match origin.host() {
        Host::Name(name) => Some(name.as_str()),
        Host::V4(_) | Host::V6(_) => None,
    };
    let local = origin.host().is_loopback();
    let mut forms: Vec<Option<Form>> = Vec::new();
    if let Some(host) = &preview.host {
        let host = Some(host.clone());
        forms.push(Some(Form {
            kind: FormKind::Present,
            host,
        }));
    }
    forms.push(Some(Form {
        kind: FormKind::Default,
        host: None,
    }));
    forms.extend(wanted.iter().map(|host| {
        let host = Some(host.clone());
        Some(Form {
            kind: FormKind::Wanted,
            host,
        })
    }));
    // Nobody has a certificate for a name under `localhost`.
    if local || origin.scheme == Scheme::Http {
        forms.push(Form::new(
            FormKind::FirstLabel,
            &with_port("{tenant}.localhost"),
        ));
    }
    if name.is_some() {
        let prefixed = format!("{joined}{SEPARATOR}{authority}");
        forms.push(Form::new(FormKind::Prefixed, &prefixed));
        let subdomain = format!("{{tenant}}.{authority}");
        forms.push(Form::new(FormKind::Subdomain, &subdomain));
    }
    if let Some(domain) = name.and_then(registrable_domain) {
        let sibling = with_port(&format!("{{tenant}}.{domain}"));
        forms.push(Form::new(FormKind::Sibling, &sibling));
    }
    forms.push(Form::new(FormKind::OwnDomain, "{domain}"));
    if local {
        // No request leaves this machine for it: the name is only said.
        let deployment = format!("{joined}{SEPARATOR}{{preview}}.vercel.app");
        forms.push(Form::new(FormKind::Deployment, &deployment));
    }
    forms.push(Form::new(FormKind::Authority, authority));
    forms.into_iter().flatten().collect()
}

/// The authority of the upstream, as the file has it.
fn authority(preview: &Preview) -> &str {
    let Upstream::At(upstream) = &preview.upstream else {
        return "";
    };
    let text = upstream.as_str();
    let authority = text.split_once("://").map_or(text, |(_, rest)| rest);
    authority.trim_end_matches('/')
}

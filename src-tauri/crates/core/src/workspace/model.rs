//! The validated workspace. Values of these types come only from the parser, so a host here is a
//! host and a label is a label.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use indexmap::IndexMap;

use crate::trace::RuleBy;

/// A whole workspace, valid by construction.
#[derive(Debug, Clone, PartialEq)]
pub struct Workspace {
    /// The workspace's own name, shown in the window and used by deep links.
    pub name: String,
    /// The names of the prefix's parts, left to right.
    pub prefix: Vec<String>,
    /// Previews by name, in the file's order.
    pub previews: IndexMap<String, Preview>,
    /// Named pages.
    pub pages: Vec<Page>,
    /// Rules in the file's order.
    pub rules: Vec<Rule>,
    /// Where a request names its tenant.
    pub tenancy: Tenancy,
    /// Where the tenants are listed, if not in the file.
    pub tenant_source: Option<TenantSource>,
    /// Where more previews are found, in the file's order.
    pub sources: Vec<PreviewSource>,
    /// Tenants by id, in the order they are listed in. Shared, because there may be tens of
    /// thousands; the last field, so that two workspaces are compared by them only where all else
    /// is the same.
    pub tenants: Arc<IndexMap<String, Tenant>>,
}

/// Where a request names its tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Tenancy {
    /// In the host, before the preview's name: `acme---main.tripledash.localhost`.
    #[default]
    Host,
    /// In the path, as its first segment: `main.tripledash.localhost/houston/events`.
    Path,
}

/// One tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tenant {
    /// A lower-case LDH label without `---`.
    pub id: String,
    /// What a person calls it; the id where the file gives none.
    pub name: String,
    /// `#rrggbb`, if the file gives one.
    pub color: Option<String>,
    /// Its own domains; the first fills `{domain}`.
    pub domains: Vec<String>,
    /// A BCP 47 tag.
    pub locale: Option<String>,
    /// Free words to select by.
    pub tags: Vec<String>,
}

/// Whether unsafe methods reach a preview.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Access {
    /// Every method is forwarded.
    #[default]
    Full,
    /// Only safe methods (RFC 9110 section 9.2.1) are forwarded.
    ReadOnly,
}

/// One deployment of one branch.
#[derive(Debug, Clone, PartialEq)]
pub struct Preview {
    /// A lower-case LDH label without `---`.
    pub name: String,
    /// The branch it was built from.
    pub branch: Option<String>,
    /// Where its requests go.
    pub upstream: Upstream,
    /// The `Host` to send; may hold variables. `None`: DESIGN's default for the upstream.
    pub host: Option<Template>,
    /// Header fields to add upstream, in order.
    pub headers: Vec<(String, Template)>,
    /// Whether unsafe methods are forwarded.
    pub access: Access,
    /// Tenants renamed (`Some(id)`) or left out (`None`) on this preview.
    pub tenants: BTreeMap<String, Option<String>>,
    /// How its upstream's certificate is verified.
    pub tls: Tls,
    /// How long to wait for a response's head; `None`: as long as the proxy does by itself.
    pub timeout: Option<Duration>,
    /// Which of [`Workspace::sources`] found it; `None`: the file names it.
    pub source: Option<usize>,
}

/// Where a preview's requests go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Upstream {
    /// The origin to connect to; may hold variables.
    At(Template),
    /// Nowhere now: its dev server does not run, its deployment is not built.
    Absent(Absence),
}

/// Why a preview leads nowhere now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Absence {
    /// What is the case, in one sentence.
    pub reason: String,
    /// What to do about it.
    pub fix: String,
}

/// How a preview's upstream proves who it is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tls {
    /// A file of PEM certificates to trust beside the platform's own, from the workspace's folder.
    pub ca: Option<String>,
    /// Nothing is verified.
    pub insecure: bool,
}

/// A page that every tenant has, by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// What a person calls it.
    pub name: String,
    /// Path and query.
    pub path: String,
    /// Paths of tenants that differ.
    pub tenants: BTreeMap<String, String>,
}

/// One rewrite rule.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// Who carries it out.
    pub by: RuleBy,
    /// path-to-regexp 6 syntax, compiled.
    pub source: crate::pattern::Pattern,
    /// All must hold.
    pub has: Vec<Condition>,
    /// None may hold.
    pub missing: Vec<Condition>,
    /// Where to; `None` says "leave alone", and ends the search.
    pub destination: Option<Template>,
}

/// One `has` or `missing` entry, as Next.js has them.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    /// What is looked at.
    pub on: ConditionOn,
    /// The header's, cookie's or query parameter's name; empty for `host`.
    pub key: String,
    /// A whole-value regular expression; `None`: presence is enough.
    pub value: Option<crate::pattern::ValuePattern>,
}

/// What a [`Condition`] looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each name says it")]
pub enum ConditionOn {
    Header,
    Cookie,
    Query,
    Host,
}

pub use super::source::{
    GitSource, PreviewSource, SourceKind, TemplateSource, TenantSource, TenantsFrom, VercelSource,
};
pub use crate::template::Template;

/// The workspace as one request sees it, from its first byte to its last.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// Counts up with every change.
    pub generation: u64,
    /// The last good workspace.
    pub workspace: Arc<Workspace>,
    /// `tripledash.localhost` and the port we listen on.
    pub base: crate::address::BaseDomain,
    /// `${env:…}` values that were set when the snapshot was made.
    pub environment: Arc<BTreeMap<String, String>>,
    /// Read-only previews that a person unlocked for this run.
    pub unlocked: Arc<std::collections::BTreeSet<String>>,
    /// What each `"ca"` file of the workspace held when the snapshot was made, by its path as
    /// written.
    pub certificates: Arc<BTreeMap<String, Certificates>>,
}

/// A bundle of PEM certificates that can be used, or why it cannot.
pub type Certificates = Result<Arc<[u8]>, String>;

// === impl Upstream ===

impl Upstream {
    /// The origin as written, where there is one.
    pub fn template(&self) -> Option<&Template> {
        match self {
            Self::At(template) => Some(template),
            Self::Absent(_) => None,
        }
    }
}

// === impl Preview ===

impl Preview {
    /// What this preview calls a tenant of the workspace.
    pub(crate) fn name_of<'a>(&'a self, tenant: &'a str) -> &'a str {
        match self.tenants.get(tenant) {
            Some(Some(theirs)) => theirs,
            Some(None) | None => tenant,
        }
    }

    /// The workspace's id of the tenant that this preview calls so.
    pub(crate) fn tenant_called<'a>(&'a self, theirs: &'a str) -> &'a str {
        let renamed = self
            .tenants
            .iter()
            .find(|(_, id)| id.as_deref() == Some(theirs));
        renamed.map_or(theirs, |(ours, _)| ours)
    }
}

//! What to ask an upstream: which forms, as which tenants.

mod invalid;
mod tenants;

use std::collections::BTreeMap;
use std::sync::Arc;

pub use self::invalid::InvalidPlan;
use self::tenants::{reduced, tenants};
use super::form::{Form, FormKind, forms};
use crate::address::PreviewAddress;
use crate::host::{Authority, MAX_LABEL};
use crate::label::check_label;
use crate::nearest::nearest;
use crate::resolve::{NoUpstream, Resolved, ResolvedPreview, name};
use crate::template::Template;
use crate::upstream::UpstreamOrigin;
use crate::workspace::{Snapshot, Tenancy, Upstream};

/// The tenant that surely does not exist.
pub const NOBODY: &str = "no-such-tenant";

/// What a person wants to know.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// The tenants to ask as; none: the first two of the workspace.
    pub tenants: Vec<String>,
    /// Values of the prefix's other parts.
    pub parts: BTreeMap<String, String>,
    /// The path; empty: `/`.
    pub path: String,
    /// Forms of one's own.
    pub hosts: Vec<Template>,
}

/// A tenant that is asked as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tenant {
    /// As the workspace has it.
    pub id: String,
    /// As the preview has it.
    pub upstream_id: String,
    /// What a person calls it.
    pub name: String,
    /// Its own domains.
    pub domains: Vec<String>,
}

/// As whom a question is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Who {
    /// One of the plan's tenants, by its place.
    Tenant(usize),
    /// [`NOBODY`].
    Nobody,
    /// No tenant at all.
    None,
}

/// One question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// Which of the plan's forms.
    pub form: usize,
    /// As whom.
    pub who: Who,
    /// The preview host that a browser would ask.
    pub address: PreviewAddress,
    /// Path and query.
    pub path: String,
    /// Why it cannot be asked.
    pub refused: Option<String>,
}

/// Everything that is asked of one preview.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The preview's name.
    pub preview: String,
    /// Its upstream, as the file has it.
    pub upstream: String,
    /// Its upstream's origin, for the first tenant.
    pub origin: UpstreamOrigin,
    /// The path asked for.
    pub path: String,
    /// As whom.
    pub tenants: Vec<Tenant>,
    /// In which forms.
    pub forms: Vec<Form>,
    /// The `host` line that the preview has.
    pub present: Option<String>,
    /// Whether the file says that the tenant is in the path.
    pub in_path: bool,
    prefix: Vec<String>,
    parts: BTreeMap<String, String>,
    snapshot: Snapshot,
}

// === impl Plan ===

impl Plan {
    /// Makes a plan for a preview of the workspace.
    ///
    /// # Errors
    ///
    /// What is missing, and how to give it.
    pub fn new(snapshot: &Snapshot, preview: &str, wanted: &Wanted) -> Result<Self, InvalidPlan> {
        let workspace = &snapshot.workspace;
        let unknown = || InvalidPlan::UnknownPreview {
            name: preview.to_owned(),
            near: nearest(preview, workspace.previews.keys().map(String::as_str), 3),
        };
        let found = workspace.previews.get(preview).ok_or_else(unknown)?;
        let prefix = workspace.prefix.clone();
        if !prefix.iter().any(|part| part == "tenant") {
            return Err(InvalidPlan::NoTenantPart);
        }
        for part in prefix.iter().filter(|part| *part != "tenant") {
            let missing = || InvalidPlan::MissingPart { part: part.clone() };
            check_label(wanted.parts.get(part).ok_or_else(missing)?)?;
        }
        for variable in wanted.hosts.iter().flat_map(Template::variables) {
            let known = ["preview", "branch", "domain", "port"].contains(&variable);
            if !known && !prefix.iter().any(|part| part == variable) {
                let name = variable.to_owned();
                return Err(InvalidPlan::UnknownVariable { name, prefix });
            }
        }
        let path = match wanted.path.as_str() {
            "" => "/".to_owned(),
            path if path.starts_with('/') => path.to_owned(),
            path => {
                return Err(InvalidPlan::InvalidPath {
                    path: path.to_owned(),
                });
            }
        };
        let tenants = tenants(workspace, found, &wanted.tenants)?;
        let mut plan = Self {
            preview: preview.to_owned(),
            upstream: match &found.upstream {
                Upstream::At(upstream) => upstream.to_string(),
                // Said by the origin, in a moment.
                Upstream::Absent(_) => String::new(),
            },
            origin: "http://localhost"
                .parse()
                .expect("our own text is an origin"),
            path,
            tenants,
            forms: Vec::new(),
            present: found.host.as_ref().map(ToString::to_string),
            in_path: snapshot.workspace.tenancy == Tenancy::Path,
            prefix,
            parts: wanted.parts.clone(),
            snapshot: reduced(snapshot, preview, &wanted.tenants),
        };
        plan.origin = plan.origin_of_first()?;
        let all = forms(found, &plan.origin, &plan.prefix, &wanted.hosts);
        plan.forms = plan.distinct(all);
        Ok(plan)
    }

    /// The questions of one form.
    pub fn asks(&self, form: usize) -> Vec<Ask> {
        let kind = self.forms[form].kind;
        let host = self.forms[form].host.as_ref();
        let wants_domain = host.is_some_and(|host| host.variables().any(|name| name == "domain"));
        let mut asks = Vec::new();
        let tenants = (0..self.tenants.len()).map(Who::Tenant);
        for who in tenants.chain([Who::Nobody]) {
            let has_domain = match who {
                Who::Tenant(place) => !self.tenants[place].domains.is_empty(),
                Who::Nobody | Who::None => true,
            };
            if has_domain || !wants_domain {
                asks.push(self.ask(form, who));
            }
        }
        if kind == FormKind::Authority {
            asks.push(self.ask(form, Who::None));
        }
        asks
    }

    /// The workspace as a question of one form meets it: its `host` line is the form's.
    pub fn snapshot(&self, form: usize) -> Arc<Snapshot> {
        Arc::new(self.with_host(self.forms[form].host.clone()))
    }

    /// Adds the form in which the tenant stands before the path, and gives its place.
    pub fn add_path_form(&mut self) -> usize {
        let authority = self
            .forms
            .iter()
            .find(|form| form.kind == FormKind::Authority);
        let host = authority.and_then(|form| form.host.clone());
        self.forms.push(Form {
            kind: FormKind::Path,
            host,
        });
        self.forms.len() - 1
    }

    /// Whether a form names the tenant, and not just serves to compare with.
    pub(super) fn is_candidate(&self, form: usize) -> bool {
        let form = &self.forms[form];
        form.kind == FormKind::Authority && !form.names_no_tenant(&self.prefix)
            || !form.kind.is_control()
    }

    fn ask(&self, form: usize, who: Who) -> Ask {
        let in_path = self.forms[form].kind == FormKind::Path;
        let (tenant, upstream_id) = match who {
            Who::Tenant(place) => {
                let tenant = &self.tenants[place];
                (Some(tenant.id.as_str()), tenant.upstream_id.as_str())
            }
            Who::Nobody => (Some(NOBODY), NOBODY),
            Who::None => (None, ""),
        };
        let path = match self.path.as_str() {
            _ if !in_path => self.path.clone(),
            "/" => format!("/{upstream_id}"),
            path => format!("/{upstream_id}{path}"),
        };
        let address = PreviewAddress {
            parts: self.address_parts(tenant.filter(|_| !in_path)),
            preview: self.preview.clone(),
            session: None,
        };
        let refused = self.refused(form, &address);
        Ask {
            form,
            who,
            address,
            path,
            refused,
        }
    }

    fn address_parts(&self, tenant: Option<&str>) -> Vec<String> {
        let Some(tenant) = tenant else {
            return Vec::new();
        };
        let part = |name: &String| match name.as_str() {
            "tenant" => tenant.to_owned(),
            _ => self.parts.get(name).cloned().unwrap_or_default(),
        };
        self.prefix.iter().map(part).collect()
    }

    /// Why a question cannot be asked: the `Host` would be none.
    fn refused(&self, form: usize, address: &PreviewAddress) -> Option<String> {
        let host = match self.host_of(form, address) {
            Ok(host) => host,
            Err(error) => return Some(error.to_string()),
        };
        let authority: Authority = match host.parse() {
            Ok(authority) => authority,
            Err(error) => return Some(format!("{error}")),
        };
        let name = authority.host.to_string();
        let long = name.split('.').find(|label| label.len() > MAX_LABEL)?;
        Some(format!(
            "{long:?} has {} octets, and a label has at most {MAX_LABEL}",
            long.len()
        ))
    }

    fn host_of(&self, form: usize, address: &PreviewAddress) -> Result<String, NoUpstream> {
        let snapshot = self.with_host(self.forms[form].host.clone());
        self.resolve(address, &snapshot)?.host_sent(&snapshot)
    }

    fn origin_of_first(&self) -> Result<UpstreamOrigin, NoUpstream> {
        let mut first = Err(NoUpstream::Absent {
            preview: self.preview.clone(),
            variable: crate::template::AbsentVariable {
                name: "tenant".to_owned(),
            },
        });
        for tenant in &self.tenants {
            let address = PreviewAddress {
                parts: self.address_parts(Some(&tenant.id)),
                preview: self.preview.clone(),
                session: None,
            };
            first = self
                .resolve(&address, &self.snapshot)?
                .upstream(&self.snapshot);
            if first.is_ok() {
                break;
            }
        }
        first
    }

    fn resolve(
        &self,
        address: &PreviewAddress,
        snapshot: &Snapshot,
    ) -> Result<ResolvedPreview, NoUpstream> {
        match name(address.clone(), &snapshot.workspace) {
            Resolved::Preview(resolved) => Ok(resolved),
            Resolved::Workbench | Resolved::Unknown { .. } | Resolved::Elsewhere => {
                Err(NoUpstream::Absent {
                    preview: self.preview.clone(),
                    variable: crate::template::AbsentVariable {
                        name: "tenant".to_owned(),
                    },
                })
            }
        }
    }

    fn with_host(&self, host: Option<Template>) -> Snapshot {
        let mut snapshot = self.snapshot.clone();
        let workspace = Arc::make_mut(&mut snapshot.workspace);
        if let Some(preview) = workspace.previews.get_mut(&self.preview) {
            preview.host = host;
        }
        snapshot
    }

    /// The forms that send a `Host` which no form before them sends.
    fn distinct(&mut self, all: Vec<Form>) -> Vec<Form> {
        let mut kept: Vec<(Form, Vec<Option<String>>)> = Vec::new();
        for form in all {
            self.forms = vec![form.clone()];
            let tenants = self.asks(0).into_iter();
            let tenants = tenants.filter(|ask| matches!(ask.who, Who::Tenant(_)));
            let hosts: Vec<_> = tenants
                .map(|ask| self.host_of(0, &ask.address).ok())
                .collect();
            if hosts.is_empty() {
                continue;
            }
            let same = kept.iter().position(|(_, known)| *known == hosts);
            match same {
                // The control is needed whatever else sends the same.
                Some(place) if form.kind == FormKind::Authority => kept[place].0.kind = form.kind,
                Some(_) => {}
                None => kept.push((form, hosts)),
            }
        }
        kept.into_iter().map(|(form, _)| form).collect()
    }
}

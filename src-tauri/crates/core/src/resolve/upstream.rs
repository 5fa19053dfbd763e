//! Where a request to a preview goes, and as which host.

use super::ResolvedPreview;
use crate::label::SEPARATOR;
use crate::template::{AbsentVariable, Template};
use crate::upstream::{InvalidUpstream, UpstreamOrigin};
use crate::workspace::{Absence, Snapshot, Upstream};

/// Why a preview's upstream cannot be told.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoUpstream {
    /// A variable of a template has no value for this request.
    #[error("the preview {preview} needs {{{}}}, which has no value here", variable.name)]
    Absent {
        /// The preview.
        preview: String,
        /// The variable.
        variable: AbsentVariable,
    },
    /// It leads to each tenant's own domain, and there is none here.
    #[error("{}", no_domain(preview, tenant.as_deref()))]
    NoDomain {
        /// The preview.
        preview: String,
        /// The tenant, where the address names one.
        tenant: Option<String>,
    },
    /// It leads nowhere now.
    #[error("{}", absence.reason)]
    Nowhere {
        /// The preview.
        preview: String,
        /// Why, and what to do.
        absence: Absence,
    },
    /// With every variable put in, it is still no origin.
    #[error("the upstream of {preview} cannot be used")]
    Invalid {
        /// The preview.
        preview: String,
        /// What came out.
        #[source]
        source: InvalidUpstream,
    },
}

fn no_domain(preview: &str, tenant: Option<&str>) -> String {
    match tenant {
        Some(tenant) => {
            format!("the preview {preview} is each tenant's own site, and {tenant} has no domain")
        }
        None => {
            format!(
                "the preview {preview} is each tenant's own site, and the address names no tenant"
            )
        }
    }
}

// === impl NoUpstream ===

impl NoUpstream {
    /// What mends it, in one sentence.
    pub fn fix(&self) -> Option<String> {
        match self {
            Self::Absent { variable, .. } => Some(match variable.name.strip_prefix("env:") {
                Some(name) => {
                    format!("{name}=… in .env.local beside tripledash.json, or in the environment")
                }
                None => format!("open an address that has a {}", variable.name),
            }),
            Self::NoDomain { tenant, .. } => Some(match tenant {
                Some(tenant) => {
                    format!("list {tenant}'s own domain: \"domains\": [\"shop.example.com\"]")
                }
                None => "open the address of a tenant that has a domain".to_owned(),
            }),
            Self::Nowhere { absence, .. } => Some(absence.fix.clone()),
            Self::Invalid { .. } => Some("correct \"upstream\" in tripledash.json".to_owned()),
        }
    }
}

// === impl ResolvedPreview ===

impl ResolvedPreview {
    /// The upstream's origin for this request, every variable put in.
    ///
    /// # Errors
    ///
    /// A variable without a value, or a value that makes no origin.
    pub fn upstream(&self, snapshot: &Snapshot) -> Result<UpstreamOrigin, NoUpstream> {
        let preview = || self.preview.clone();
        let found = self
            .preview_in(&snapshot.workspace)
            .ok_or_else(|| NoUpstream::Absent {
                preview: preview(),
                variable: AbsentVariable {
                    name: "preview".to_owned(),
                },
            })?;
        let template = match &found.upstream {
            Upstream::At(template) => template,
            Upstream::Absent(absence) => {
                return Err(NoUpstream::Nowhere {
                    preview: preview(),
                    absence: absence.clone(),
                });
            }
        };
        let text = template
            .render(&|variable| self.value_without_port(variable, snapshot))
            .map_err(|variable| match variable.name.as_str() {
                "domain" => NoUpstream::NoDomain {
                    preview: preview(),
                    tenant: self.tenant.clone(),
                },
                _ => NoUpstream::Absent {
                    preview: preview(),
                    variable,
                },
            })?;
        text.parse().map_err(|source| NoUpstream::Invalid {
            preview: preview(),
            source,
        })
    }

    /// The `Host` to send upstream for this request.
    ///
    /// - a `host` template, where all its variables have values;
    /// - without a prefix, or where the upstream is the tenant's own already, such as
    ///   `https://{domain}`: the upstream's authority;
    /// - a loopback upstream: the host as it came, less the session label, with our port;
    /// - otherwise `{prefix}---{upstream authority}`, which is what a teammate's browser sends.
    ///
    /// # Errors
    ///
    /// The upstream cannot be told, or an environment variable of the template is not set.
    pub fn host_sent(&self, snapshot: &Snapshot) -> Result<String, NoUpstream> {
        let upstream = self.upstream(snapshot)?;
        let template = self
            .preview_in(&snapshot.workspace)
            .and_then(|preview| preview.host.as_ref());
        if let Some(template) = template {
            match template.render(&|variable| self.value(variable, snapshot)) {
                Ok(host) => return Ok(host),
                // Nothing but the environment can mend this one, so no guess stands in for it.
                Err(variable) if variable.name.starts_with("env:") => {
                    return Err(NoUpstream::Absent {
                        preview: self.preview.clone(),
                        variable,
                    });
                }
                Err(_) => {}
            }
        }
        let prefix = self
            .upstream_prefix(&snapshot.workspace)
            .filter(|_| !self.names_the_tenant(snapshot));
        Ok(match prefix {
            None => upstream.authority.to_string(),
            Some(prefix) if upstream.host().is_loopback() => {
                let host = format!("{prefix}{SEPARATOR}{}.{}", self.preview, snapshot.base.host);
                snapshot.base.authority_of(&host)
            }
            Some(prefix) => format!("{prefix}{SEPARATOR}{}", upstream.authority),
        })
    }

    /// Whether the upstream is the tenant's own already, so that no prefix belongs before it.
    pub(crate) fn names_the_tenant(&self, snapshot: &Snapshot) -> bool {
        let preview = self.preview_in(&snapshot.workspace);
        let mut variables = preview
            .into_iter()
            .filter_map(|preview| preview.upstream.template())
            .flat_map(Template::variables);
        variables.any(|name| name == "domain" || self.parts.contains_key(name))
    }
}

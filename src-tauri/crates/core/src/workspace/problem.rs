//! What is wrong with a workspace file, and where.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use indexmap::IndexMap;
use serde::Serialize;

use super::reader::{MOST_PROBLEMS, quote};
use super::{Certificates, Tenant, Workspace};
use crate::diagnostic::Severity;
use crate::nearest::likely;

/// One thing that is wrong with a workspace file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Problem {
    /// `error`: the file is not used. `warning`: it is.
    pub severity: Severity,
    /// The file as it was named to the parser.
    pub file: String,
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    /// What stands there.
    pub found: String,
    /// What may stand there.
    pub wanted: String,
    /// Both in one sentence, with the place in the document.
    pub message: String,
    /// What would mend it, where that can be told.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub hint: Option<String>,
}

/// `tripledash.json:3:5: error: …`, as compilers write it, with the hint after it.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "note",
        };
        write!(
            f,
            "{}:{}:{}: {severity}: {}",
            self.file, self.line, self.column, self.message
        )?;
        match &self.hint {
            Some(hint) => write!(f, " ({hint})"),
            None => Ok(()),
        }
    }
}

/// Who asks for a variable or a file of certificates, and does without where it is not there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Asker {
    /// A preview that the file names.
    Preview(String),
    /// A source of previews, by its place in the file's `previews`.
    Source(usize),
    /// The source of the tenants.
    Tenants,
}

/// One place where a file asks for a variable of the environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnvironmentUse {
    /// The variable's name.
    pub name: String,
    /// Who needs it.
    pub asker: Asker,
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
}

/// One place where a file names a file of certificates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateUse {
    /// The path as written.
    pub path: String,
    /// Who needs it.
    pub asker: Asker,
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
}

/// One place where a file names a source of tenants or previews.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceUse {
    /// Which: [`Asker::Source`] or [`Asker::Tenants`].
    pub asker: Asker,
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
}

/// One place where a file names a tenant that is listed elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TenantUse {
    /// The tenant's id as written.
    pub id: String,
    /// Where in the document: `previews[0].tenants`.
    pub place: String,
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
}

/// Where the file has a preview, or a source of previews.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreviewPlace {
    /// The preview's name; `None`: it is a source.
    pub name: Option<String>,
    /// Which of [`Workspace::sources`]; `None`: it is a preview.
    pub source: Option<usize>,
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
}

/// A workspace file, read to its end.
#[derive(Debug, Clone, PartialEq)]
pub struct Parsed {
    /// The workspace; `None` where there is any error.
    pub workspace: Option<Workspace>,
    /// Errors and warnings, in the order of the file.
    pub problems: Vec<Problem>,
    /// Every `${env:NAME}`, in the order of the file.
    pub environment_uses: Vec<EnvironmentUse>,
    /// Every `"ca"`, in the order of the file.
    pub certificate_uses: Vec<CertificateUse>,
    /// Every source, in the order of the file.
    pub source_uses: Vec<SourceUse>,
    /// Every tenant that is named beside a list of tenants which is not in the file.
    pub tenant_uses: Vec<TenantUse>,
    /// Every preview and source of previews, in the order of the file.
    pub preview_places: Vec<PreviewPlace>,
    /// The file as it was named to the parser.
    pub file: String,
}

impl Parsed {
    /// One warning for each tenant that the file names and `tenants` does not list: what is found
    /// in the file itself is told by the parser.
    pub fn unlisted_tenants(&self, tenants: &IndexMap<String, Tenant>) -> Vec<Problem> {
        let unlisted = self
            .tenant_uses
            .iter()
            .filter(|used| !tenants.contains_key(&used.id));
        let warning = |used: &TenantUse| {
            // Bounded: a look at every tenant for every slip would cost a square.
            let known = tenants.keys().map(String::as_str).take(2_000);
            let near = likely(&used.id, known);
            let found = format!("the tenant {}", quote(&used.id));
            let wanted = "a tenant that is listed";
            Problem {
                severity: Severity::Warning,
                file: self.file.clone(),
                line: used.line,
                column: used.column,
                message: format!("{}: found {found}, wanted {wanted}", used.place),
                found,
                wanted: wanted.to_owned(),
                hint: near.map(|near| format!("did you mean {near:?}?")),
            }
        };
        unlisted.map(warning).take(MOST_PROBLEMS).collect()
    }

    /// Whether anything keeps the file from being used.
    pub fn has_errors(&self) -> bool {
        self.problems
            .iter()
            .any(|problem| problem.severity == Severity::Error)
    }

    /// One warning for each variable that `environment` does not set, where it is first used.
    pub fn unset_variables(&self, environment: &BTreeMap<String, String>) -> Vec<Problem> {
        let mut told = BTreeSet::new();
        let unset = self
            .environment_uses
            .iter()
            .filter(|used| !environment.contains_key(&used.name));
        unset
            .filter(|used| told.insert((&used.name, &used.asker)))
            .map(|used| Problem {
                severity: Severity::Warning,
                file: self.file.clone(),
                line: used.line,
                column: used.column,
                found: format!("${{env:{}}}", used.name),
                wanted: "a variable that is set".to_owned(),
                message: format!("{} is not set, so {}", used.name, used.asker),
                hint: Some(format!(
                    "set {} in the environment, or in .env.local beside the file",
                    used.name
                )),
            })
            .collect()
    }

    /// A warning where a source stands that cannot be asked.
    pub fn unasked_source(&self, asker: &Asker, reason: &str, hint: Option<String>) -> Problem {
        let used = self.source_uses.iter().find(|used| used.asker == *asker);
        let (line, column) = used.map_or((1, 1), |used| (used.line, used.column));
        let place = match asker {
            Asker::Source(at) => format!("previews[{at}]"),
            Asker::Tenants | Asker::Preview(_) => "tenants".to_owned(),
        };
        Problem {
            severity: Severity::Warning,
            file: self.file.clone(),
            line,
            column,
            found: "a source that cannot be asked".to_owned(),
            wanted: "one that answers".to_owned(),
            message: format!("{place}: {reason}"),
            hint,
        }
    }

    /// One warning for each file of certificates that cannot be used, where it is named.
    pub fn unusable_certificates(
        &self,
        certificates: &BTreeMap<String, Certificates>,
    ) -> Vec<Problem> {
        let warning = |used: &CertificateUse| {
            let reason = certificates.get(&used.path)?.as_ref().err()?;
            Some(Problem {
                severity: Severity::Warning,
                file: self.file.clone(),
                line: used.line,
                column: used.column,
                found: format!("{:?}", used.path),
                wanted: "a file of PEM certificates".to_owned(),
                message: format!("{}: {reason}, so {}", used.path, used.asker),
                hint: Some("the path is read from the folder of tripledash.json".to_owned()),
            })
        };
        self.certificate_uses.iter().filter_map(warning).collect()
    }
}

/// What the asker does without: `the preview "main" cannot answer`.
impl fmt::Display for Asker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Preview(name) => write!(f, "the preview {name:?} cannot answer"),
            Self::Source(at) => write!(f, "the previews of previews[{at}] cannot be used"),
            Self::Tenants => f.write_str("the tenants cannot be listed"),
        }
    }
}

//! What is wrong with a workspace file, and where.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Serialize;

use super::{Certificates, Workspace};
use crate::diagnostic::Severity;

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

/// One place where a file asks for a variable of the environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnvironmentUse {
    /// The variable's name.
    pub name: String,
    /// The preview that needs it.
    pub preview: String,
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
    /// The preview that needs it.
    pub preview: String,
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
    /// The file as it was named to the parser.
    pub file: String,
}

impl Parsed {
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
            .filter(|used| told.insert((&used.name, &used.preview)))
            .map(|used| Problem {
                severity: Severity::Warning,
                file: self.file.clone(),
                line: used.line,
                column: used.column,
                found: format!("${{env:{}}}", used.name),
                wanted: "a variable that is set".to_owned(),
                message: format!(
                    "{} is not set, so the preview {:?} cannot answer",
                    used.name, used.preview
                ),
                hint: Some(format!(
                    "set {} in the environment, or in .env.local beside the file",
                    used.name
                )),
            })
            .collect()
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
                message: format!(
                    "{}: {reason}, so the preview {:?} cannot answer",
                    used.path, used.preview
                ),
                hint: Some("the path is read from the folder of tripledash.json".to_owned()),
            })
        };
        self.certificate_uses.iter().filter_map(warning).collect()
    }
}

//! Why there is no plan.

use super::tenants::MOST_TENANTS;
use crate::label::InvalidLabel;
use crate::resolve::NoUpstream;

/// Why a preview cannot be probed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPlan {
    /// No such preview.
    #[error("no preview of this workspace is called {name:?}{}", near_words(near))]
    UnknownPreview {
        /// The name asked for.
        name: String,
        /// The nearest ones.
        near: Vec<String>,
    },
    /// The prefix has no tenant in it.
    #[error(
        "the prefix of this workspace has no \"tenant\" in it, so there is no tenant that a host could name"
    )]
    NoTenantPart,
    /// There is nobody to ask as.
    #[error(
        "there is no tenant to ask as: name one with --tenant, or add one to \"tenants\" in tripledash.json"
    )]
    NoTenants,
    /// More tenants than are asked as.
    #[error("found {found} tenants, wanted at most {MOST_TENANTS}")]
    TooManyTenants {
        /// How many were named.
        found: usize,
    },
    /// A tenant or a part that no host can name.
    #[error(transparent)]
    InvalidLabel(#[from] InvalidLabel),
    /// The preview does not have this tenant.
    #[error("the preview {preview:?} leaves out the tenant {tenant:?}")]
    LeftOut {
        /// The preview.
        preview: String,
        /// The tenant.
        tenant: String,
    },
    /// Another part of the prefix has no value.
    #[error(
        "the prefix has a part {part:?} beside the tenant, and it has no value: choose it in the window's address \
         bar, or give --part {part}=VALUE in a terminal"
    )]
    MissingPart {
        /// The part's name.
        part: String,
    },
    /// A form of one's own asks for what nothing gives.
    #[error(
        "{{{name}}} is no variable of a host, wanted one of {}, {{preview}}, {{branch}}, {{domain}}, {{port}}",
        prefix.iter().map(|part| format!("{{{part}}}")).collect::<Vec<_>>().join(", ")
    )]
    UnknownVariable {
        /// The variable.
        name: String,
        /// The names of the prefix's parts.
        prefix: Vec<String>,
    },
    /// The path is none.
    #[error("{path:?} is no path, wanted one that begins with /")]
    InvalidPath {
        /// The path asked for.
        path: String,
    },
    /// The upstream cannot be told.
    #[error(transparent)]
    NoUpstream(#[from] NoUpstream),
}

// === impl InvalidPlan ===

impl InvalidPlan {
    /// What to do about it, where it does not say so itself.
    pub fn fix(&self) -> Option<String> {
        match self {
            Self::NoUpstream(reason) => reason.fix(),
            _ => None,
        }
    }
}

fn near_words(near: &[String]) -> String {
    match near {
        [] => String::new(),
        near => format!("; there is {}", near.join(", ")),
    }
}

//! Why there are no tenants at all.

use std::time::Duration;

use super::{CommandError, EndpointError, Unreadable, Unusable};

/// Why a source gave no tenants.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The file cannot be read.
    #[error(transparent)]
    File(#[from] Unreadable),
    /// The endpoint gave no answer, or one that is no use.
    #[error(transparent)]
    Endpoint(#[from] Box<EndpointError>),
    /// The command did not do it.
    #[error(transparent)]
    Command(#[from] Box<CommandError>),
    /// The text that came cannot be read.
    #[error("{name}: {unusable}")]
    Unusable {
        /// What the source is called.
        name: String,
        /// What is wrong with it.
        unusable: Unusable,
    },
}

impl LoadError {
    /// What would mend it, where that can be told.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::File(unreadable) => Some(unreadable.hint()),
            Self::Endpoint(error) => error.hint(),
            Self::Command(error) => error.hint(),
            Self::Unusable { unusable, .. } => unusable.hint.clone(),
        }
    }

    /// When the source wants to be asked again, where it says so.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Endpoint(error) => error.retry_after(),
            Self::File(_) | Self::Command(_) | Self::Unusable { .. } => None,
        }
    }
}

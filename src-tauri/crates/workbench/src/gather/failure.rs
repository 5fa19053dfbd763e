//! Why a source cannot be asked.

use tripledash_core::told;

use crate::state::SourceStatus;

/// Why a source cannot be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    /// What is the case, in one sentence.
    pub(crate) message: String,
    /// What to do about it.
    pub(crate) fix: Option<String>,
    /// It would run a command, or send what the environment holds, and the folder is not trusted.
    pub(crate) untrusted: bool,
}

impl Failure {
    pub(crate) fn new(message: impl Into<String>, fix: Option<String>) -> Self {
        Self {
            message: message.into(),
            fix,
            untrusted: false,
        }
    }

    /// An error with all that caused it, in one line.
    pub(crate) fn of(error: &dyn std::error::Error, fix: Option<String>) -> Self {
        Self::new(told(error), fix)
    }

    /// What a source is whose last look failed so, or did not.
    pub(crate) fn status(failure: Option<&Self>, said: bool) -> SourceStatus {
        match (failure, said) {
            (None, false) => SourceStatus::Reading,
            (None, true) => SourceStatus::Good,
            (Some(failure), _) if failure.untrusted => SourceStatus::Untrusted,
            (Some(_), true) => SourceStatus::Stale,
            (Some(_), false) => SourceStatus::Failed,
        }
    }
}

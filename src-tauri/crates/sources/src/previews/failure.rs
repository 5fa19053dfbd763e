//! Why a source listed nothing.

use tripledash_core::Timestamp;

use crate::FetchError;

/// Why a source listed nothing. No message has a token in it.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each field is what the message says it is")]
pub enum SourceError {
    /// There is no token to ask with.
    #[error("{source_name} needs a token, and {variable} is not set")]
    NoToken {
        source_name: String,
        variable: &'static str,
    },
    /// The token cannot be one.
    #[error("the token in {variable} has characters that no token has")]
    BadToken { variable: &'static str },
    /// Nobody knows the token.
    #[error("{source_name} does not take the token in {variable}{}", said(message))]
    Unauthorized {
        source_name: String,
        variable: &'static str,
        message: String,
    },
    /// The token is known, and may not do this.
    #[error(
        "the token in {variable} does not let us see {source_name}{}",
        said(message)
    )]
    Forbidden {
        source_name: String,
        variable: &'static str,
        message: String,
    },
    /// There is no such project.
    #[error("{source_name} is not there{}", said(message))]
    NotFound {
        source_name: String,
        message: String,
    },
    /// It was asked too often.
    #[error("{source_name} was asked too often{}{}", when(*reset), said(message))]
    RateLimited {
        source_name: String,
        /// When it may be asked again.
        reset: Option<Timestamp>,
        message: String,
    },
    /// It has a fault of its own, or does not understand us.
    #[error("{source_name} answers {status}{}", said(message))]
    Refused {
        source_name: String,
        status: u16,
        message: String,
    },
    /// What came is not what is documented.
    #[error("{source_name} answers something that is not understood: {what}")]
    NotUnderstood { source_name: String, what: String },
    /// Nothing came.
    #[error(transparent)]
    Fetch(#[from] FetchError),
}

impl SourceError {
    /// What would mend it, where that can be told.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::NoToken { variable, .. } => {
                format!("set {variable} in the environment, in .env.local or in the keychain")
            }
            Self::BadToken { variable } => {
                format!("look for spaces and line ends in {variable}")
            }
            Self::Unauthorized { variable, .. } => {
                format!("it may have expired: make a new one and put it in {variable}")
            }
            Self::Forbidden { .. } => {
                "give the token the team's scope, or name the \"team\" that the project is in"
                    .to_owned()
            }
            Self::NotFound { .. } => {
                "check \"project\", and \"team\" if a team owns it: what a token may not see is not there for it"
                    .to_owned()
            }
            Self::RateLimited { .. } => "it is asked again by itself".to_owned(),
            Self::Fetch(error) => error.hint()?.to_owned(),
            Self::Refused { .. } | Self::NotUnderstood { .. } => return None,
        })
    }

    /// Whether it stays as it is until a person does something.
    pub fn needs_a_person(&self) -> bool {
        matches!(
            self,
            Self::NoToken { .. }
                | Self::BadToken { .. }
                | Self::Unauthorized { .. }
                | Self::Forbidden { .. }
                | Self::NotFound { .. }
        )
    }
}

fn said(message: &str) -> String {
    match message {
        "" => String::new(),
        message => format!(": {message}"),
    }
}

fn when(reset: Option<Timestamp>) -> String {
    reset.map_or_else(String::new, |reset| {
        format!(", and may be asked again at {reset}")
    })
}

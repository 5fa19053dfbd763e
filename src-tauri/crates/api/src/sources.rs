//! Where tenants and previews are found, and the trust that it takes to run commands for it.

use axum::extract::State;
use http::StatusCode;
use serde::Deserialize;
use tripledash_core::told;
use tripledash_workbench::{TrustError, TrustedCommand, WorkspaceState};
use utoipa::ToSchema;

use crate::ApiState;
use crate::error::{ApiError, ErrorBody};
use crate::extract::Json;
use crate::workspace::{StateAnswer, blocking, change};

/// Whether the workspace's commands may run.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Trusting {
    trusted: bool,
    /// The commands that the person has seen, as the workspace's `trust` has them.
    #[serde(default)]
    commands: Vec<TrustedCommand>,
}

/// Lets the workspace's commands run, just those that the person has seen, or no longer any.
#[utoipa::path(post, path = "/api/v1/workspace/trust", tag = "workspace",
    request_body = Trusting,
    responses((status = 200, body = WorkspaceState), (status = 409, body = ErrorBody,
        description = "`no-commands`, or `commands-changed` where they are others by now")))]
pub(crate) async fn trust(
    State(state): State<ApiState>,
    Json(asked): Json<Trusting>,
) -> StateAnswer {
    change(&state, move |workbench| {
        workbench.trust(asked.trusted, &asked.commands)
    })
    .await
}

/// Asks every source again. What it says is told by the stream.
#[utoipa::path(post, path = "/api/v1/workspace/refresh", tag = "workspace",
    responses((status = 202, description = "They are being asked")))]
pub(crate) async fn refresh(State(state): State<ApiState>) -> Result<StatusCode, ApiError> {
    blocking(&state.workbench, |workbench| {
        workbench.refresh();
        Ok(StatusCode::ACCEPTED)
    })
    .await
}

impl From<TrustError> for ApiError {
    fn from(error: TrustError) -> Self {
        let message = told(&error);
        match error {
            TrustError::Nothing => Self::new(StatusCode::CONFLICT, "no-commands", message),
            TrustError::Changed => Self::new(StatusCode::CONFLICT, "commands-changed", message),
            TrustError::Unwritable(_) => {
                Self::new(StatusCode::FORBIDDEN, "unwritable-file", message)
            }
        }
    }
}

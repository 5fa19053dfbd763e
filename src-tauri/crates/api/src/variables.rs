//! Variables of the workspace: kept in the system's keychain, or kept no longer. A value only
//! comes in; no answer has one.

use axum::extract::State;
use http::StatusCode;
use serde_json::Value;
use tripledash_core::told;
use tripledash_workbench::{KeepError, WorkspaceState};
use utoipa::ToSchema;

use crate::ApiState;
use crate::error::{ApiError, ErrorBody};
use crate::extract::{Json, Path};
use crate::workspace::{StateAnswer, change};

/// A variable's value.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what `value` reads")]
pub(crate) struct VariableValue {
    /// One line of text.
    value: String,
}

/// Reads a [`VariableValue`]. What serde says of a wrong one would repeat it.
fn value(body: Value) -> Result<String, ApiError> {
    let only = match body {
        Value::Object(mut fields) if fields.len() == 1 => fields.remove("value"),
        _ => None,
    };
    match only {
        Some(Value::String(value)) => Ok(value),
        _ => Err(ApiError::new(
            StatusCode::BAD_REQUEST,
            "bad-field",
            "wanted { \"value\": \"…\" } and nothing else",
        )),
    }
}

/// Keeps a variable's value in the system's keychain, for this workspace.
#[utoipa::path(put, path = "/api/v1/workspace/variables/{name}", tag = "workspace",
    params(("name" = String, Path, description = "The variable's name")),
    request_body = VariableValue,
    responses((status = 200, body = WorkspaceState), (status = 400, body = ErrorBody),
        (status = 404, body = ErrorBody), (status = 409, body = ErrorBody),
        (status = 503, body = ErrorBody, description = "`no-keychain` or `keychain`")))]
pub(crate) async fn keep(
    State(state): State<ApiState>,
    Path(name): Path<String>,
    Json(body): Json<Value>,
) -> StateAnswer {
    let value = value(body)?;
    change(&state, move |workbench| {
        workbench.keep_variable(&name, &value)
    })
    .await
}

/// Takes a variable's value out of the system's keychain.
#[utoipa::path(delete, path = "/api/v1/workspace/variables/{name}", tag = "workspace",
    params(("name" = String, Path, description = "The variable's name")),
    responses((status = 200, body = WorkspaceState), (status = 404, body = ErrorBody),
        (status = 503, body = ErrorBody, description = "`no-keychain` or `keychain`")))]
pub(crate) async fn forget(State(state): State<ApiState>, Path(name): Path<String>) -> StateAnswer {
    change(&state, move |workbench| workbench.forget_variable(&name)).await
}

impl From<KeepError> for ApiError {
    fn from(error: KeepError) -> Self {
        let (status, code) = match &error {
            KeepError::NotAsked { .. } => (StatusCode::NOT_FOUND, "not-in-workspace"),
            KeepError::Value { .. } => (StatusCode::BAD_REQUEST, "bad-value"),
            KeepError::Set { .. } => (StatusCode::CONFLICT, "set-elsewhere"),
            KeepError::NoKeychain { .. } => (StatusCode::SERVICE_UNAVAILABLE, "no-keychain"),
            KeepError::Keychain { .. } => (StatusCode::SERVICE_UNAVAILABLE, "keychain"),
        };
        Self::new(status, code, told(&error))
    }
}

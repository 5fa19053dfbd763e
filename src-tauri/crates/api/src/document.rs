//! The workspace file itself: its text, and edits at any place of it.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tripledash_workbench::{PlaceEdit, Step, WorkspaceState};
use utoipa::ToSchema;

use crate::ApiState;
use crate::error::{ApiError, ErrorBody};
use crate::extract::Json;
use crate::workspace::{StateAnswer, blocking, change};

/// The workspace file.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WorkspaceFile {
    /// Its text; null where nothing is open, or it cannot be read.
    #[schema(required)]
    text: Option<String>,
    /// What it says; null where it is no JSON.
    #[schema(required)]
    document: Option<Value>,
}

/// Edits that are made all or none.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Edits {
    edits: Vec<Edit>,
}

/// One edit at one place.
#[derive(Debug, Deserialize, ToSchema)]
// A trace has edits, too.
#[schema(as = PlaceEdit)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Edit {
    /// Keys and places from 0: `["previews", 1, "host"]`. An array's length as the last step adds
    /// an element.
    #[schema(value_type = Vec<Step>)]
    path: Vec<Step>,
    /// What stands there by your knowledge; absent: nothing.
    #[serde(default, deserialize_with = "present")]
    before: Option<Value>,
    /// What is to stand there; absent: take it out.
    #[serde(default, deserialize_with = "present")]
    after: Option<Value>,
}

/// Tells `null` from nothing.
fn present<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(from).map(Some)
}

/// The workspace file as it is now.
#[utoipa::path(get, path = "/api/v1/workspace/file", tag = "workspace",
    responses((status = 200, body = WorkspaceFile)))]
pub(crate) async fn show_file(
    State(state): State<ApiState>,
) -> Result<axum::Json<WorkspaceFile>, ApiError> {
    blocking(&state.workbench, |workbench| {
        let text = workbench.text();
        let document = text
            .as_deref()
            .and_then(|text| serde_json::from_str(text).ok());
        Ok(axum::Json(WorkspaceFile { text, document }))
    })
    .await
}

/// Edits the workspace file at some places, and keeps its order and layout elsewhere.
#[utoipa::path(patch, path = "/api/v1/workspace/file", tag = "workspace", request_body = Edits,
    responses((status = 200, body = WorkspaceState),
        (status = 400, body = ErrorBody, description = "`invalid-workspace` with its `problems`"),
        (status = 409, body = ErrorBody,
            description = "`changed-meanwhile`: something else stands there than `before`")))]
pub(crate) async fn edit_file(
    State(state): State<ApiState>,
    Json(asked): Json<Edits>,
) -> StateAnswer {
    let edits: Vec<PlaceEdit> = asked
        .edits
        .into_iter()
        .map(|edit| PlaceEdit {
            path: edit.path,
            before: edit.before,
            after: edit.after,
        })
        .collect();
    change(&state, move |workbench| workbench.edit_document(&edits)).await
}

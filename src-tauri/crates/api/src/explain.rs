//! What would happen: the trace of a request that is not sent.

use axum::extract::State;
use http::StatusCode;
use serde::Deserialize;
use tripledash_core::explain::{Explanation, Unexplained};
use utoipa::ToSchema;

use crate::ApiState;
use crate::error::{ApiError, ErrorBody};
use crate::extract::Json;

/// A request that is not sent.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Question {
    url: String,
    /// `GET` unless said.
    method: Option<String>,
    headers: Option<Vec<Field>>,
}

/// One header field.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = HeaderField)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Field {
    name: String,
    value: String,
}

/// Says what would happen to a request.
#[utoipa::path(post, path = "/api/v1/explain", tag = "addresses", request_body = Question,
    responses((status = 200, body = Explanation), (status = 400, body = ErrorBody)))]
pub(crate) async fn explain(
    State(state): State<ApiState>,
    Json(question): Json<Question>,
) -> Result<axum::Json<Explanation>, ApiError> {
    let fields: Vec<_> = question
        .headers
        .into_iter()
        .flatten()
        .map(|field| (field.name, field.value))
        .collect();
    let method = question.method.as_deref().unwrap_or("GET");
    let snapshot = state.workbench.snapshot().borrow().clone();
    tripledash_core::explain::explain(&question.url, method, &fields, &snapshot)
        .map(axum::Json)
        .map_err(|error| {
            let code = match error {
                Unexplained::Url { .. } => "unreadable-address",
                Unexplained::Method(_) => "bad-method",
                Unexplained::Header(_) => "bad-header",
            };
            ApiError::new(StatusCode::BAD_REQUEST, code, error)
        })
}

//! Recorded exchanges.

use axum::extract::State;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use tripledash_core::filter::Filter;
use tripledash_core::trace::{Exchange, ExchangeDetail, ExchangeId, ExchangeRow};
use utoipa::{IntoParams, ToSchema};

use crate::ApiState;
use crate::curl;
use crate::error::{ApiError, ErrorBody};
use crate::extract::{Json, Path, Query};
use crate::replay;

/// Which exchanges are asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Listing {
    /// Terms that must all hold, such as `tenant:acme status:>=400 /path`.
    pub(crate) filter: Option<String>,
    /// At most this many, the newest. 10,000 unless said.
    limit: Option<usize>,
}

impl Listing {
    pub(crate) fn limit(&self) -> usize {
        self.limit.unwrap_or(10_000)
    }
}

/// Rows, the oldest first.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ExchangeList {
    items: Vec<ExchangeRow>,
    /// How many were dropped since the log was cleared.
    dropped: u64,
}

/// The tenants to replay for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Replay {
    tenants: Vec<String>,
}

/// The exchanges that a replay made.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Replayed {
    #[schema(value_type = Vec<String>)]
    ids: Vec<ExchangeId>,
}

pub(crate) fn parse_filter(text: Option<&str>) -> Result<Filter, ApiError> {
    Filter::parse(text.unwrap_or("")).map_err(|error| {
        ApiError::new(StatusCode::BAD_REQUEST, "bad-filter", &error).with("column", error.column)
    })
}

fn find(state: &ApiState, id: &str) -> Result<std::sync::Arc<Exchange>, ApiError> {
    id.parse()
        .ok()
        .and_then(|id| state.workbench.recorder().get(ExchangeId(id)))
        .ok_or_else(|| {
            ApiError::new(
                StatusCode::NOT_FOUND,
                "no-exchange",
                format!("no exchange {id} is kept; older ones make room for newer ones"),
            )
        })
}

/// Lists exchanges.
#[utoipa::path(get, path = "/api/v1/exchanges", tag = "exchanges", params(Listing),
    responses((status = 200, body = ExchangeList), (status = 400, body = ErrorBody)))]
pub(crate) async fn list(
    State(state): State<ApiState>,
    Query(listing): Query<Listing>,
) -> Result<axum::Json<ExchangeList>, ApiError> {
    let filter = parse_filter(listing.filter.as_deref())?;
    let kept = state.workbench.recorder().kept();
    let mut items: Vec<_> = kept
        .exchanges
        .iter()
        .rev()
        .filter(|exchange| filter.matches(exchange))
        .take(listing.limit())
        .map(|exchange| exchange.row())
        .collect();
    items.reverse();
    Ok(axum::Json(ExchangeList {
        items,
        dropped: kept.stats.dropped,
    }))
}

/// One exchange in full.
#[utoipa::path(get, path = "/api/v1/exchanges/{id}", tag = "exchanges", operation_id = "show_exchange",
    params(("id" = String, Path, description = "The exchange's id")),
    responses((status = 200, body = ExchangeDetail), (status = 404, body = ErrorBody)))]
pub(crate) async fn show(
    State(state): State<ApiState>,
    Path(id): Path<String>,
) -> Result<axum::Json<ExchangeDetail>, ApiError> {
    Ok(axum::Json(find(&state, &id)?.detail()))
}

/// Forgets every exchange.
#[utoipa::path(delete, path = "/api/v1/exchanges", tag = "exchanges",
    responses((status = 204)))]
pub(crate) async fn clear(State(state): State<ApiState>) -> StatusCode {
    state.workbench.recorder().clear();
    StatusCode::NO_CONTENT
}

/// Sends an exchange's request again, for each of some tenants.
#[utoipa::path(post, path = "/api/v1/exchanges/{id}/replay", tag = "exchanges",
    params(("id" = String, Path, description = "The exchange's id")), request_body = Replay,
    responses((status = 200, body = Replayed), (status = 404, body = ErrorBody),
        (status = 409, body = ErrorBody)))]
pub(crate) async fn replay(
    State(state): State<ApiState>,
    Path(id): Path<String>,
    Json(asked): Json<Replay>,
) -> Result<axum::Json<Replayed>, ApiError> {
    let exchange = find(&state, &id)?;
    let ids = replay::replay(&state, &exchange, &asked.tenants).await?;
    Ok(axum::Json(Replayed { ids }))
}

/// The exchange's request as a curl command.
#[utoipa::path(get, path = "/api/v1/exchanges/{id}/curl", tag = "exchanges",
    params(("id" = String, Path, description = "The exchange's id")),
    responses((status = 200, body = curl::Curl), (status = 404, body = ErrorBody)))]
pub(crate) async fn curl(
    State(state): State<ApiState>,
    Path(id): Path<String>,
) -> Result<axum::Json<curl::Curl>, ApiError> {
    let exchange = find(&state, &id)?;
    Ok(axum::Json(curl::command(&exchange)))
}

//! Addresses: built while a person chooses, and read when they paste one.

use std::collections::BTreeMap;

use axum::extract::State;
use serde::{Deserialize, Serialize};
use tripledash_core::budget::{AddressRequest, BuiltAddress, build};
use tripledash_core::split::Split;
use utoipa::ToSchema;

use crate::ApiState;
use crate::error::{ApiError, ErrorBody};
use crate::extract::Json;
use crate::workspace::Pasted;

/// What an address is to name.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Choice {
    tenant: Option<String>,
    /// Prefix parts by name, where the prefix has others than `tenant`.
    #[serde(default)]
    parts: BTreeMap<String, String>,
    preview: String,
    session: Option<String>,
    path: Option<String>,
}

/// Several choices at once.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Choices {
    items: Vec<Choice>,
}

/// An address for every choice, in their order.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Addresses {
    addresses: Vec<BuiltAddress>,
}

/// Builds addresses, with their octet budgets and what is wrong with them.
#[utoipa::path(post, path = "/api/v1/addresses", tag = "addresses", request_body = Choices,
    responses((status = 200, body = Addresses)))]
pub(crate) async fn addresses(
    State(state): State<ApiState>,
    Json(choices): Json<Choices>,
) -> axum::Json<Addresses> {
    let snapshot = state.workbench.snapshot().borrow().clone();
    let addresses = choices
        .items
        .iter()
        .map(|choice| {
            build(
                &snapshot,
                AddressRequest {
                    tenant: choice.tenant.as_deref(),
                    parts: Some(&choice.parts),
                    preview: &choice.preview,
                    session: choice.session.as_deref(),
                    path: choice.path.as_deref().unwrap_or("/"),
                },
            )
        })
        .collect();
    axum::Json(Addresses { addresses })
}

/// Reads a pasted address.
#[utoipa::path(post, path = "/api/v1/split", tag = "addresses", request_body = Pasted,
    responses((status = 200, body = Split), (status = 400, body = ErrorBody)))]
pub(crate) async fn split(
    State(state): State<ApiState>,
    Json(pasted): Json<Pasted>,
) -> Result<axum::Json<Split>, ApiError> {
    let snapshot = state.workbench.snapshot().borrow().clone();
    Ok(axum::Json(tripledash_core::split::split(
        &pasted.text,
        &snapshot,
    )?))
}

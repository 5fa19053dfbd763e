//! Which form of `Host` an app understands, and a first file for a folder: what can be found out by
//! looking.

use std::collections::BTreeMap;
use std::path::PathBuf;

use axum::extract::State;
use http::StatusCode;
use serde::Deserialize;
use tripledash_core::probe::{InvalidPlan, Report, Wanted};
use tripledash_core::told;
use tripledash_workbench::{Prober, Proposal, WorkspaceState, look, propose as proposal};
use utoipa::ToSchema;

use crate::ApiState;
use crate::error::{ApiError, ErrorBody};
use crate::extract::{Json, Path};
use crate::workspace::{Folder, StateAnswer, blocking, change};

/// What to ask an upstream.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Probing {
    /// As whom to ask; none: two tenants of the workspace.
    #[serde(default)]
    tenants: Vec<String>,
    /// Prefix parts by name, where the prefix has others than `tenant`.
    #[serde(default)]
    parts: BTreeMap<String, String>,
    /// The page to ask for; `/` without it.
    #[serde(default)]
    path: String,
}

/// A preview's `Host`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct HostLine {
    /// The line to write; null takes it out.
    #[schema(required)]
    host: Option<String>,
}

/// Asks a preview's upstream which form of `Host` its app understands. Takes up to minutes where a
/// dev server compiles its page first; hanging up cancels it.
#[utoipa::path(post, path = "/api/v1/workspace/previews/{name}/probe", tag = "workspace",
    params(("name" = String, Path, description = "The preview's name")), request_body = Probing,
    responses((status = 200, body = Report), (status = 400, body = ErrorBody),
        (status = 404, body = ErrorBody)))]
pub(crate) async fn probe(
    State(state): State<ApiState>,
    Path(name): Path<String>,
    Json(asked): Json<Probing>,
) -> Result<axum::Json<Report>, ApiError> {
    let snapshot = state.workbench.snapshot().borrow().clone();
    if !snapshot.workspace.previews.contains_key(&name) {
        let message = format!("no preview named \"{name}\"");
        return Err(ApiError::new(
            StatusCode::NOT_FOUND,
            "not-in-workspace",
            message,
        ));
    }
    let wanted = Wanted {
        tenants: asked.tenants,
        parts: asked.parts,
        path: asked.path,
        hosts: Vec::new(),
    };
    let prober = Prober::new();
    let probing = prober.probe(&snapshot, &name, &wanted, &|_| {});
    tokio::select! {
        report = probing => Ok(axum::Json(report?)),
        () = state.stop.cancelled() => Err(ApiError::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "stopping",
            "the engine is stopping",
        )),
    }
}

/// Writes a preview's `host` line. That of a preview which a source found stands at the source.
#[utoipa::path(put, path = "/api/v1/workspace/previews/{name}/host", tag = "workspace",
    params(("name" = String, Path, description = "The preview's name")), request_body = HostLine,
    responses((status = 200, body = WorkspaceState), (status = 400, body = ErrorBody),
        (status = 404, body = ErrorBody)))]
pub(crate) async fn set_host(
    State(state): State<ApiState>,
    Path(name): Path<String>,
    Json(line): Json<HostLine>,
) -> StateAnswer {
    change(&state, move |workbench| {
        workbench.set_host(&name, line.host.as_deref())
    })
    .await
}

/// Looks at a folder, and proposes a first workspace file for it. Nothing is written or run.
#[utoipa::path(post, path = "/api/v1/workspace/propose", tag = "workspace", request_body = Folder,
    responses((status = 200, body = Proposal), (status = 404, body = ErrorBody)))]
pub(crate) async fn propose(
    State(state): State<ApiState>,
    Json(folder): Json<Folder>,
) -> Result<axum::Json<Proposal>, ApiError> {
    let folder: PathBuf = folder.path()?;
    blocking(&state.workbench, move |_| {
        let seen = look(&folder)
            .map_err(|error| ApiError::new(StatusCode::NOT_FOUND, "no-folder", told(&error)))?;
        Ok(axum::Json(proposal(&seen)))
    })
    .await
}

impl From<InvalidPlan> for ApiError {
    fn from(error: InvalidPlan) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid-probe", error)
    }
}

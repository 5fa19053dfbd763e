//! The workspace as a whole: what is open, and the doors into another.

use std::path::PathBuf;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use serde::{Deserialize, Serialize};
use tripledash_workbench::{Workbench, WorkspaceState};
use utoipa::{IntoParams, ToSchema};

use crate::ApiState;
use crate::error::{ApiError, ErrorBody};
use crate::extract::{Json, Query};

/// A folder.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Folder {
    /// An absolute path; `~/` stands for the home folder.
    folder: String,
}

impl Folder {
    pub(crate) fn path(&self) -> Result<PathBuf, ApiError> {
        let text = self.folder.trim();
        let path = match (text.strip_prefix("~/"), std::env::home_dir()) {
            (Some(rest), Some(home)) => home.join(rest),
            _ if text == "~" => std::env::home_dir().unwrap_or_else(|| PathBuf::from(text)),
            _ => PathBuf::from(text),
        };
        // Our working folder means nothing to whoever calls.
        if path.is_absolute() {
            Ok(path)
        } else {
            Err(ApiError::new(
                StatusCode::BAD_REQUEST,
                "not-absolute",
                format!("\"{text}\" is no absolute path"),
            ))
        }
    }
}

/// A pasted address.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Pasted {
    /// A preview's URL, or a dev server's address.
    pub(crate) text: String,
}

/// What a pasted address came to.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct StartedWorkspace {
    workspace: WorkspaceState,
    /// The tenant that the address names.
    #[schema(required)]
    tenant: Option<String>,
    /// The preview made for it.
    preview: String,
}

/// The state, written as JSON: some megabytes for tens of thousands of tenants, so it is written
/// where files are read and not on the event loop.
#[derive(Debug)]
pub(crate) struct Written(Bytes);

pub(crate) type StateAnswer = Result<Written, ApiError>;

impl Written {
    fn now(workbench: &Workbench) -> Self {
        let state = Arc::clone(&workbench.state().borrow());
        let mut bytes = Vec::with_capacity(room(&state));
        serde_json::to_writer(&mut bytes, &*state).expect("a state has string keys");
        Self(bytes.into())
    }
}

impl IntoResponse for Written {
    fn into_response(self) -> Response {
        ([(header::CONTENT_TYPE, "application/json")], self.0).into_response()
    }
}

/// Room for a state's JSON. What is not used costs nothing; a buffer that grows is copied.
pub(crate) fn room(state: &WorkspaceState) -> usize {
    const REST: usize = 4 * 1024;
    const TENANT: usize = 192;
    REST + TENANT * state.tenants.len()
}

/// Runs an operation that reads or writes files, off the event loop.
pub(crate) async fn blocking<T: Send + 'static>(
    workbench: &Arc<Workbench>,
    operation: impl FnOnce(&Workbench) -> Result<T, ApiError> + Send + 'static,
) -> Result<T, ApiError> {
    let workbench = Arc::clone(workbench);
    match tokio::task::spawn_blocking(move || operation(&workbench)).await {
        Ok(result) => result,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_) => Err(ApiError::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "stopping",
                "the engine is stopping",
            )),
        },
    }
}

/// Runs an operation, and answers with the state after it.
pub(crate) async fn change<E: Into<ApiError>>(
    state: &ApiState,
    operation: impl FnOnce(&Workbench) -> Result<(), E> + Send + 'static,
) -> StateAnswer {
    blocking(&state.workbench, move |workbench| {
        operation(workbench).map_err(Into::into)?;
        Ok(Written::now(workbench))
    })
    .await
}

/// The workspace that is open.
#[utoipa::path(get, path = "/api/v1/workspace", tag = "workspace",
    responses((status = 200, body = WorkspaceState)))]
pub(crate) async fn show(State(state): State<ApiState>) -> StateAnswer {
    blocking(&state.workbench, |workbench| Ok(Written::now(workbench))).await
}

/// Opens the demo.
#[utoipa::path(post, path = "/api/v1/workspace/demo", tag = "workspace",
    responses((status = 200, body = WorkspaceState), (status = 409, body = ErrorBody)))]
pub(crate) async fn demo(State(state): State<ApiState>) -> StateAnswer {
    let folder = state
        .demo
        .open()
        .await
        .map_err(|reason| ApiError::new(StatusCode::CONFLICT, "no-demo", reason))?;
    change(&state, move |workbench| workbench.open_demo(&folder)).await
}

/// Opens the workspace in a folder.
#[utoipa::path(post, path = "/api/v1/workspace/open", tag = "workspace", request_body = Folder,
    responses((status = 200, body = WorkspaceState), (status = 403, body = ErrorBody),
        (status = 404, body = ErrorBody, description = "`no-folder`, or `no-workspace` with its `folder`")))]
pub(crate) async fn open(State(state): State<ApiState>, Json(folder): Json<Folder>) -> StateAnswer {
    let folder = folder.path()?;
    change(&state, move |workbench| workbench.open(&folder)).await
}

/// A folder, and the workspace file to write there.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct NewWorkspace {
    /// An absolute path; `~/` stands for the home folder.
    folder: String,
    /// The file's text; a minimal one without it.
    text: Option<String>,
}

/// Writes a workspace into a folder that has none, and opens it.
#[utoipa::path(post, path = "/api/v1/workspace/create", tag = "workspace",
    request_body = NewWorkspace,
    responses((status = 200, body = WorkspaceState), (status = 400, body = ErrorBody),
        (status = 403, body = ErrorBody), (status = 404, body = ErrorBody),
        (status = 409, body = ErrorBody)))]
pub(crate) async fn create(
    State(state): State<ApiState>,
    Json(asked): Json<NewWorkspace>,
) -> StateAnswer {
    let NewWorkspace { folder, text } = asked;
    let folder = Folder { folder }.path()?;
    change(&state, move |workbench| workbench.create(&folder, text)).await
}

/// Starts a draft from a pasted address.
#[utoipa::path(post, path = "/api/v1/workspace/start", tag = "workspace", request_body = Pasted,
    responses((status = 200, body = StartedWorkspace), (status = 400, body = ErrorBody)))]
pub(crate) async fn start(
    State(state): State<ApiState>,
    Json(pasted): Json<Pasted>,
) -> Result<axum::Json<StartedWorkspace>, ApiError> {
    blocking(&state.workbench, move |workbench| {
        let started = workbench.start_from(&pasted.text)?;
        Ok(axum::Json(StartedWorkspace {
            workspace: WorkspaceState::clone(&workbench.state().borrow()),
            tenant: started.tenant,
            preview: started.preview,
        }))
    })
    .await
}

/// Writes the workspace into a folder, and goes on from that file.
#[utoipa::path(post, path = "/api/v1/workspace/save", tag = "workspace", request_body = Folder,
    responses((status = 200, body = WorkspaceState), (status = 403, body = ErrorBody),
        (status = 404, body = ErrorBody), (status = 409, body = ErrorBody)))]
pub(crate) async fn save(State(state): State<ApiState>, Json(folder): Json<Folder>) -> StateAnswer {
    let folder = folder.path()?;
    change(&state, move |workbench| workbench.save(&folder)).await
}

/// Which edit is to be taken back.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct UndoOf {
    /// Its number; nothing: the last one, whichever it is.
    #[serde(default)]
    edit: Option<u64>,
}

/// Brings back the file's text before the last edit.
#[utoipa::path(post, path = "/api/v1/workspace/undo", tag = "workspace", params(UndoOf),
    responses((status = 200, body = WorkspaceState), (status = 409, body = ErrorBody)))]
pub(crate) async fn undo(State(state): State<ApiState>, Query(of): Query<UndoOf>) -> StateAnswer {
    change(&state, move |workbench| workbench.undo(of.edit)).await
}

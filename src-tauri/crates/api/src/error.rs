//! Every answer that is not the one asked for: `{code, message, …}` and a status.

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;
use serde_json::{Map, Value};
use tripledash_core::split::UnreadableAddress;
use tripledash_core::told;
use tripledash_workbench::{
    CreateError, EditError, OpenError, SaveError, StartError, UndoError, Uneditable,
};
use utoipa::ToSchema;

/// An error as it crosses the wire. Callers branch on `code`; `message` is for a person.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Error)]
pub struct ErrorBody {
    /// A stable name, such as `no-workspace`.
    #[schema(value_type = String)]
    pub code: &'static str,
    /// What happened, for a person.
    pub message: String,
    /// What else helps, by code.
    #[serde(flatten)]
    #[schema(value_type = HashMap<String, Value>)]
    pub more: Map<String, Value>,
}

/// An [`ErrorBody`] with its status.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ApiError {
    status: StatusCode,
    body: ErrorBody,
}

impl ApiError {
    #[expect(
        clippy::needless_pass_by_value,
        reason = "callers hand over errors and texts alike"
    )]
    pub(crate) fn new(status: StatusCode, code: &'static str, message: impl ToString) -> Self {
        Self {
            status,
            body: ErrorBody {
                code,
                message: message.to_string(),
                more: Map::new(),
            },
        }
    }

    pub(crate) fn with(mut self, name: &str, value: impl Serialize) -> Self {
        // Only our own plain types come here, and they serialise.
        if let Ok(value) = serde_json::to_value(value) {
            self.body.more.insert(name.to_owned(), value);
        }
        self
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(self.body)).into_response();
        if self.status == StatusCode::UNAUTHORIZED {
            // RFC 9110 section 11.6.1: a 401 says what it wants.
            let bearer = HeaderValue::from_static("Bearer");
            response
                .headers_mut()
                .insert(header::WWW_AUTHENTICATE, bearer);
        }
        response
    }
}

impl From<OpenError> for ApiError {
    fn from(error: OpenError) -> Self {
        let (status, code) = match &error {
            OpenError::NoFolder { .. } => (StatusCode::NOT_FOUND, "no-folder"),
            OpenError::Unreadable { .. } => (StatusCode::FORBIDDEN, "unreadable-folder"),
            OpenError::NoWorkspace { .. } => (StatusCode::NOT_FOUND, "no-workspace"),
            OpenError::Overtaken { .. } => (StatusCode::CONFLICT, "overtaken"),
            OpenError::NotRecent { .. } => (StatusCode::NOT_FOUND, "not-recent"),
        };
        let api = Self::new(status, code, told(&error));
        match &error {
            OpenError::NoFolder { folder }
            | OpenError::Unreadable { folder, .. }
            | OpenError::Overtaken { folder }
            | OpenError::NoWorkspace { folder } => api.with("folder", folder.display().to_string()),
            OpenError::NotRecent { .. } => api,
        }
    }
}

impl From<CreateError> for ApiError {
    fn from(error: CreateError) -> Self {
        let message = told(&error);
        match error {
            CreateError::Open(error) => error.into(),
            CreateError::Exists { file } => {
                Self::new(StatusCode::CONFLICT, "workspace-exists", message)
                    .with("file", file.display().to_string())
            }
            CreateError::Invalid { problems } => {
                Self::new(StatusCode::BAD_REQUEST, "invalid-workspace", message)
                    .with("problems", problems)
            }
            CreateError::Unwritable { file, .. } => {
                Self::new(StatusCode::FORBIDDEN, "unwritable-file", message)
                    .with("file", file.display().to_string())
            }
        }
    }
}

impl From<SaveError> for ApiError {
    fn from(error: SaveError) -> Self {
        match error {
            SaveError::Create(error) => error.into(),
            SaveError::Nothing => Self::new(StatusCode::CONFLICT, "nothing-to-save", error),
        }
    }
}

impl From<StartError> for ApiError {
    fn from(error: StartError) -> Self {
        match error {
            StartError::Unreadable(error) => error.into(),
            StartError::Draft(error) => error.into(),
        }
    }
}

impl From<UnreadableAddress> for ApiError {
    fn from(error: UnreadableAddress) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "unreadable-address", error)
    }
}

impl From<EditError> for ApiError {
    fn from(error: EditError) -> Self {
        let message = told(&error);
        match error {
            EditError::Uneditable(Uneditable::Unknown { .. }) => {
                Self::new(StatusCode::NOT_FOUND, "not-in-workspace", message)
            }
            EditError::NoPreview { .. } => {
                Self::new(StatusCode::NOT_FOUND, "not-in-workspace", message)
            }
            EditError::Uneditable(Uneditable::Changed { .. }) => {
                Self::new(StatusCode::CONFLICT, "changed-meanwhile", message)
            }
            EditError::Uneditable(_) => {
                Self::new(StatusCode::CONFLICT, "uneditable-workspace", message)
            }
            EditError::Invalid { problems } => {
                Self::new(StatusCode::BAD_REQUEST, "invalid-workspace", message)
                    .with("problems", problems)
            }
            EditError::NotReadOnly { .. } => {
                Self::new(StatusCode::CONFLICT, "not-read-only", message)
            }
            EditError::Gone { file } => Self::new(StatusCode::CONFLICT, "file-gone", message)
                .with("file", file.display().to_string()),
            EditError::Unwritable { file, .. } => {
                Self::new(StatusCode::FORBIDDEN, "unwritable-file", message)
                    .with("file", file.display().to_string())
            }
            EditError::NoDraft(error) => error.into(),
        }
    }
}

impl From<UndoError> for ApiError {
    fn from(error: UndoError) -> Self {
        let message = told(&error);
        match error {
            UndoError::Changed => Self::new(StatusCode::CONFLICT, "changed-meanwhile", message),
            UndoError::NotTheLast => Self::new(StatusCode::CONFLICT, "not-the-last", message),
            UndoError::Nothing => Self::new(StatusCode::CONFLICT, "nothing-to-undo", message),
            UndoError::Unwritable { file, .. } => {
                Self::new(StatusCode::FORBIDDEN, "unwritable-file", message)
                    .with("file", file.display().to_string())
            }
        }
    }
}

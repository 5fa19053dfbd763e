//! The desktop shell, as the page sees it: native things it may ask for, and what the shell asks
//! of the page.

use std::collections::VecDeque;
use std::fmt::Debug;
use std::future::Future;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;

use axum::extract::State;
use http::StatusCode;
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use tokio::sync::broadcast;
use url::Url;
use utoipa::ToSchema;

use crate::ApiState;
use crate::error::{ApiError, ErrorBody};
use crate::extract::Json;

/// A future that a trait object gives.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// What the shell can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Abilities {
    /// It has a folder dialog.
    pub pick_folder: bool,
    /// It opens windows of its own, and the system's browser.
    pub windows: bool,
}

/// Why the shell did not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ShellFailure {
    /// There is no window to do it with.
    #[error("there is no desktop window here")]
    NoShell,
    /// The system refused.
    #[error("{reason}")]
    Refused {
        /// What the system said.
        reason: String,
    },
}

/// The native side: a desktop window, or nothing.
pub trait Shell: Debug + Send + Sync {
    /// What it can do.
    fn abilities(&self) -> Abilities;
    /// Asks the person for a folder; `None` where they thought better of it.
    fn pick_folder(&self) -> BoxFuture<'_, Result<Option<PathBuf>, ShellFailure>>;
    /// Opens an address in the system's browser.
    fn open_browser(&self, url: &Url) -> Result<(), ShellFailure>;
    /// Opens an address in a window that shares the panes' cookies.
    fn open_window(&self, url: &Url, title: &str) -> Result<(), ShellFailure>;
    /// What the shell asks of the page.
    fn requests(&self) -> ShellRequests;
}

/// The shell of `tripledash serve`: none.
#[derive(Debug, Default)]
pub struct Headless {
    requests: ShellRequests,
}

impl Shell for Headless {
    fn abilities(&self) -> Abilities {
        Abilities::default()
    }

    fn pick_folder(&self) -> BoxFuture<'_, Result<Option<PathBuf>, ShellFailure>> {
        Box::pin(std::future::ready(Err(ShellFailure::NoShell)))
    }

    fn open_browser(&self, _url: &Url) -> Result<(), ShellFailure> {
        Err(ShellFailure::NoShell)
    }

    fn open_window(&self, _url: &Url, _title: &str) -> Result<(), ShellFailure> {
        Err(ShellFailure::NoShell)
    }

    fn requests(&self) -> ShellRequests {
        self.requests.clone()
    }
}

/// What the shell asks of the page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum ShellRequest {
    /// A deep link: go there. The workspace is open already.
    Open {
        /// The workspace's name.
        #[serde(skip_serializing_if = "Option::is_none")]
        workspace: Option<String>,
        /// The tenant to choose.
        #[serde(skip_serializing_if = "Option::is_none")]
        tenant: Option<String>,
        /// The preview to choose.
        #[serde(skip_serializing_if = "Option::is_none")]
        preview: Option<String>,
        /// The path to go to.
        #[serde(skip_serializing_if = "Option::is_none")]
        path: Option<String>,
    },
    /// A folder that was asked for has no workspace: offer to write a first one.
    FirstFile {
        /// The folder.
        folder: String,
    },
    /// A menu's command.
    Command {
        /// The command's name.
        id: String,
    },
}

/// Carries requests from the shell to every open page. Clones share it.
#[derive(Debug, Clone)]
pub struct ShellRequests {
    shared: Arc<Requests>,
}

#[derive(Debug)]
struct Requests {
    live: broadcast::Sender<ShellRequest>,
    /// Asked before any page listened, as a deep link that starts the application is.
    waiting: Mutex<VecDeque<ShellRequest>>,
}

/// How many requests wait for a first page.
const WAITING: usize = 16;

impl Default for ShellRequests {
    fn default() -> Self {
        Self {
            shared: Arc::new(Requests {
                live: broadcast::Sender::new(WAITING),
                waiting: Mutex::default(),
            }),
        }
    }
}

impl ShellRequests {
    /// Tells every open page, or the first that opens.
    pub fn send(&self, request: ShellRequest) {
        let mut waiting = self.shared.waiting.lock();
        if let Err(broadcast::error::SendError(request)) = self.shared.live.send(request) {
            if waiting.len() == WAITING {
                waiting.pop_front();
            }
            waiting.push_back(request);
        }
    }

    /// Listens, and takes what waited.
    pub(crate) fn listen(&self) -> (VecDeque<ShellRequest>, broadcast::Receiver<ShellRequest>) {
        let mut waiting = self.shared.waiting.lock();
        let live = self.shared.live.subscribe();
        (std::mem::take(&mut *waiting), live)
    }
}

/// The folder that a person picked.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PickedFolder {
    #[schema(required)]
    folder: Option<String>,
}

/// An address to open.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct BrowserAddress {
    url: String,
}

/// An address to open in a window of its own.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct WindowAddress {
    url: String,
    title: String,
}

impl From<ShellFailure> for ApiError {
    fn from(failure: ShellFailure) -> Self {
        let code = match failure {
            ShellFailure::NoShell => "no-shell",
            ShellFailure::Refused { .. } => "shell-refused",
        };
        Self::new(StatusCode::CONFLICT, code, failure)
    }
}

/// What the shell can do.
#[utoipa::path(get, path = "/api/v1/shell", tag = "shell",
    responses((status = 200, body = Abilities)))]
pub(crate) async fn abilities(State(state): State<ApiState>) -> axum::Json<Abilities> {
    axum::Json(state.shell.abilities())
}

/// Asks the person for a folder.
#[utoipa::path(post, path = "/api/v1/shell/pick-folder", tag = "shell",
    responses((status = 200, body = PickedFolder), (status = 409, body = ErrorBody)))]
pub(crate) async fn pick_folder(
    State(state): State<ApiState>,
) -> Result<axum::Json<PickedFolder>, ApiError> {
    let folder = state.shell.pick_folder().await?;
    Ok(axum::Json(PickedFolder {
        folder: folder.map(|folder| folder.display().to_string()),
    }))
}

/// Opens an address in the system's browser.
#[utoipa::path(post, path = "/api/v1/shell/open-browser", tag = "shell",
    request_body = BrowserAddress,
    responses((status = 204), (status = 400, body = ErrorBody), (status = 409, body = ErrorBody)))]
pub(crate) async fn open_browser(
    State(state): State<ApiState>,
    Json(asked): Json<BrowserAddress>,
) -> Result<StatusCode, ApiError> {
    state.shell.open_browser(&web_address(&asked.url)?)?;
    Ok(StatusCode::NO_CONTENT)
}

/// Opens an address in a window that shares the panes' cookies.
#[utoipa::path(post, path = "/api/v1/shell/open-window", tag = "shell",
    request_body = WindowAddress,
    responses((status = 204), (status = 400, body = ErrorBody), (status = 409, body = ErrorBody)))]
pub(crate) async fn open_window(
    State(state): State<ApiState>,
    Json(asked): Json<WindowAddress>,
) -> Result<StatusCode, ApiError> {
    state
        .shell
        .open_window(&web_address(&asked.url)?, &asked.title)?;
    Ok(StatusCode::NO_CONTENT)
}

/// Nothing but the web: a `file:` address or some program's own scheme would be acted on by the
/// system.
fn web_address(text: &str) -> Result<Url, ApiError> {
    match Url::parse(text) {
        Ok(url) if matches!(url.scheme(), "http" | "https") => Ok(url),
        Ok(_) | Err(_) => Err(ApiError::new(
            StatusCode::BAD_REQUEST,
            "bad-url",
            format!("\"{text}\" is no http or https address"),
        )),
    }
}

//! What the page may ask of the desktop, through the engine's API.

use std::path::PathBuf;

use tauri::{AppHandle, Manager as _};
use tauri_plugin_dialog::DialogExt as _;
use tokio::sync::oneshot;
use tripledash_api::{Abilities, BoxFuture, Shell, ShellFailure, ShellRequests};
use url::Url;

use super::window::Windows;

/// The desktop behind one engine.
#[derive(Debug)]
pub(crate) struct Native {
    app: AppHandle,
    requests: ShellRequests,
}

impl Native {
    pub(crate) fn new(app: AppHandle, requests: ShellRequests) -> Self {
        Self { app, requests }
    }
}

impl Shell for Native {
    fn abilities(&self) -> Abilities {
        Abilities {
            pick_folder: true,
            windows: true,
        }
    }

    fn pick_folder(&self) -> BoxFuture<'_, Result<Option<PathBuf>, ShellFailure>> {
        Box::pin(async {
            let (tell, picked) = oneshot::channel();
            let mut dialog = self
                .app
                .dialog()
                .file()
                .set_title("Choose your app's folder");
            if let Some(window) = self.app.get_webview_window(super::window::MAIN) {
                dialog = dialog.set_parent(&window);
            }
            dialog.pick_folder(move |folder| {
                // The page may have gone while the person was choosing.
                let _ = tell.send(folder);
            });
            let folder = picked.await.map_err(|gone| refused(&gone))?;
            folder
                .map(|folder| folder.into_path().map_err(|error| refused(&error)))
                .transpose()
        })
    }

    fn open_browser(&self, url: &Url) -> Result<(), ShellFailure> {
        tauri_plugin_opener::open_url(url, None::<&str>).map_err(|error| refused(&error))
    }

    fn open_window(&self, url: &Url, title: &str) -> Result<(), ShellFailure> {
        self.app
            .state::<Windows>()
            .open_preview(&self.app, url, title)
            .map_err(|error| refused(&error))
    }

    fn requests(&self) -> ShellRequests {
        self.requests.clone()
    }
}

fn refused(reason: &impl ToString) -> ShellFailure {
    ShellFailure::Refused {
        reason: reason.to_string(),
    }
}

//! What the desktop asks of the page: menu commands, deep links, a second start.

use std::path::Path;
use std::sync::Arc;

use tauri::{AppHandle, Manager as _, WebviewWindow};
use tauri_plugin_dialog::{DialogExt as _, MessageDialogKind};
use tripledash_api::{ShellRequest, ShellRequests};
use tripledash_core::told;
use tripledash_workbench::Workbench;

use super::arguments::{Arguments, Wanted};
use super::deep_link::DeepLink;
use super::menu::own;
use super::window::{MAIN, Windows};

/// A menu entry was chosen.
pub(crate) fn menu(app: &AppHandle, id: &str) {
    if !has_started(app) {
        return;
    }
    let main = app.get_webview_window(MAIN);
    match id {
        own::RELOAD => {
            if let Some(window) = main
                && let Err(error) = window.reload()
            {
                tracing::warn!(%error, "could not reload the window");
            }
        }
        own::INSPECT => {
            if let Some(window) = main {
                window.open_devtools();
            }
        }
        own::IN_BROWSER => {
            let page = app.state::<Windows>().page().clone();
            if let Err(error) = tauri_plugin_opener::open_url(page, None::<&str>) {
                tell(app, &format!("The browser could not be opened: {error}"));
            }
        }
        edit if edit.starts_with(own::EDIT) => {
            if let Some(window) = main {
                edit_command(&window, edit.trim_start_matches(own::EDIT));
            }
        }
        command => ask(
            app,
            ShellRequest::Command {
                id: command.to_owned(),
            },
        ),
    }
}

#[cfg(target_os = "linux")]
fn edit_command(window: &WebviewWindow, command: &str) {
    use webkit2gtk::WebViewExt as _;
    let command = command.to_owned();
    if let Err(error) =
        window.with_webview(move |view| view.inner().execute_editing_command(&command))
    {
        tracing::warn!(%error, "could not reach the webview");
    }
}

#[cfg(not(target_os = "linux"))]
fn edit_command(_window: &WebviewWindow, _command: &str) {}

/// Whether there is a workbench to ask; not while a window only says why there is none.
fn has_started(app: &AppHandle) -> bool {
    app.try_state::<Windows>().is_some()
}

/// A second start hands over its words.
pub(crate) fn second_start(app: &AppHandle, words: Vec<String>, folder: &Path) {
    if !has_started(app) {
        return;
    }
    // The first word is the program itself.
    match Arguments::read(words.into_iter().skip(1), folder, false) {
        Ok(Arguments::Open { workspace, link }) => {
            show(app);
            if let Some(wanted) = workspace {
                open(app, &wanted);
            }
            if let Some(link) = link {
                follow(app, link);
            }
        }
        Ok(Arguments::Help | Arguments::Version) => {}
        Err(error) => tracing::warn!(%error, "a second start asked for nothing known"),
    }
}

/// Goes where a deep link says. The page opens the workspace too: it knows the recent ones, and can
/// say what it does not find.
pub(crate) fn follow(app: &AppHandle, link: DeepLink) {
    show(app);
    let DeepLink {
        workspace,
        tenant,
        preview,
        path,
    } = link;
    ask(
        app,
        ShellRequest::Open {
            workspace,
            tenant,
            preview,
            path,
        },
    );
}

/// The system hands over links that were clicked while the window was open.
#[cfg(target_os = "macos")]
pub(crate) fn listen_for_links(app: &AppHandle) {
    use tauri_plugin_deep_link::DeepLinkExt as _;
    let window = app.clone();
    app.deep_link().on_open_url(move |event| {
        for url in event.urls() {
            match url.as_str().parse() {
                Ok(link) => follow(&window, link),
                Err(error) => tracing::warn!(%error, "a link was not followed"),
            }
        }
    });
}

fn open(app: &AppHandle, wanted: &Wanted) {
    let workbench = Arc::clone(&app.state::<Arc<Workbench>>());
    match wanted {
        Wanted::Folder(folder) => {
            if let Err(error) = workbench.open(folder) {
                tell(app, &format!("{}.", told(&error)));
            }
        }
        // The page knows how to open the demo: it offers it on its first screen.
        Wanted::Demo => ask(
            app,
            ShellRequest::Command {
                id: "workspace.demo".to_owned(),
            },
        ),
    }
}

fn ask(app: &AppHandle, request: ShellRequest) {
    app.state::<ShellRequests>().send(request);
}

fn show(app: &AppHandle) {
    if let Err(error) = app.state::<Windows>().show_main(app) {
        tracing::warn!(%error, "could not bring the window to the front");
    }
}

/// Says something that the page cannot say, because it was not asked there.
fn tell(app: &AppHandle, text: &str) {
    app.dialog()
        .message(text)
        .title("Tripledash")
        .kind(MessageDialogKind::Warning)
        .show(|_| {});
}

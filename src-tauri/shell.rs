//! The desktop shell: the engine, and windows on the page that it serves.
//!
//! - The page is an ordinary web page. No window has a capability, so nothing that runs in one can
//!   call Tauri; the page asks the engine's API, and the engine asks [`native::Native`].
//! - A second start hands its words to the first and ends; see [`arguments`] and [`deep_link`].
//! - `TRIPLEDASH_DATA` moves everything that is kept, `TRIPLEDASH_DEMO=1` opens the demo,
//!   `TRIPLEDASH_NO_SINGLE_INSTANCE=1` lets a test run beside a window that is open.

mod arguments;
mod bounds;
mod deep_link;
mod menu;
mod native;
mod request;
mod window;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use tauri::async_runtime::block_on;
use tauri::{App, AppHandle, Manager as _, RunEvent};
use tauri_plugin_dialog::{DialogExt as _, MessageDialogKind};
use tripledash::{Engine, EngineOptions, OpenFirst, PortChoice, data_folder};
use tripledash_api::ShellRequests;
use tripledash_core::told;

use self::arguments::{Arguments, USAGE, Wanted};
use self::deep_link::DeepLink;
use self::native::Native;
use self::window::Windows;

type Failure = Box<dyn std::error::Error>;

/// The engine of this run; taken out when it ends.
struct Running(std::sync::Mutex<Option<Engine>>);

/// Runs the window until it is closed.
pub(crate) fn run() -> ExitCode {
    start_logging();
    let here = std::env::current_dir().unwrap_or_default();
    let demo = std::env::var_os("TRIPLEDASH_DEMO").is_some_and(|value| value == "1");
    let (workspace, link) = match Arguments::read(std::env::args().skip(1), &here, demo) {
        Ok(Arguments::Open { workspace, link }) => (workspace, link),
        Ok(Arguments::Help) => return say(USAGE, ExitCode::SUCCESS),
        Ok(Arguments::Version) => {
            return say(
                concat!("tripledash-desktop ", env!("CARGO_PKG_VERSION"), "\n"),
                ExitCode::SUCCESS,
            );
        }
        Err(error) => return complain(&error.to_string(), ExitCode::from(2)),
    };
    if !has_display() {
        return complain(
            "there is no display to open a window on; `tripledash serve` needs none",
            ExitCode::FAILURE,
        );
    }
    let data_folder = match data_folder(std::env::var_os("TRIPLEDASH_DATA")) {
        Ok(folder) => folder,
        Err(error) => return complain(&error.to_string(), ExitCode::FAILURE),
    };
    let app = match build(data_folder, workspace, link) {
        Ok(app) => app,
        Err(error) => {
            return complain(
                &format!("the window cannot be opened: {error}"),
                ExitCode::FAILURE,
            );
        }
    };
    app.run(|app, event| {
        if let RunEvent::Exit = event {
            stop_engine(app);
        }
    });
    ExitCode::SUCCESS
}

fn build(
    data_folder: PathBuf,
    workspace: Option<Wanted>,
    link: Option<DeepLink>,
) -> tauri::Result<App> {
    let mut builder = tauri::Builder::default();
    if std::env::var_os("TRIPLEDASH_NO_SINGLE_INSTANCE").is_none_or(|value| value != "1") {
        // First of all plugins: a second start must end before it does anything else.
        builder = builder.plugin(tauri_plugin_single_instance::init(|app, words, folder| {
            request::second_start(app, words, Path::new(&folder));
        }));
    }
    let window_state = data_folder
        .join("window-state.json")
        .to_string_lossy()
        .into_owned();
    // Where the menu belongs to the application and not to a window.
    #[cfg(target_os = "macos")]
    let builder = builder.menu(menu::menu);
    builder
        .plugin(
            tauri_plugin_window_state::Builder::default()
                .with_filename(window_state)
                // The others come and go with what a person looks at.
                .with_filter(|label| label == window::MAIN)
                .build(),
        )
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_deep_link::init())
        .on_menu_event(|app, event| request::menu(app, event.id().as_ref()))
        .setup(move |app| {
            let requests = ShellRequests::default();
            if let Err(error) = start(app.handle(), &data_folder, workspace, requests) {
                end_with(app.handle(), &told(&*error));
                return Ok(());
            }
            end_on_signal(app.handle());
            #[cfg(target_os = "macos")]
            request::listen_for_links(app.handle());
            if let Some(link) = link {
                request::follow(app.handle(), link);
            }
            Ok(())
        })
        .build(tauri::generate_context!())
}

/// Starts the engine and opens the window on its page.
fn start(
    app: &AppHandle,
    data_folder: &Path,
    workspace: Option<Wanted>,
    requests: ShellRequests,
) -> Result<(), Failure> {
    let engine = block_on(Engine::start(EngineOptions {
        port: PortChoice::Usual,
        open: match workspace {
            None => OpenFirst::Last,
            Some(Wanted::Demo) => OpenFirst::Demo,
            Some(Wanted::Folder(folder)) => OpenFirst::Folder(folder),
        },
        token: std::env::var("TRIPLEDASH_TOKEN").ok(),
        shell: Arc::new(Native::new(app.clone(), requests.clone())),
        environment: tripledash::environment(),
        supervisor: tripledash::supervisor(),
        keychain: tripledash::keychain(),
        data_folder: data_folder.to_owned(),
    }))?;
    let page = engine.page_url();
    app.manage(requests);
    app.manage(Arc::clone(engine.workbench()));
    app.manage(Running(std::sync::Mutex::new(Some(engine))));
    app.manage(Windows::new(page, data_folder.join("webview")));
    app.state::<Windows>().open_main(app)?;
    Ok(())
}

/// Nothing can be shown without the engine: says why, and ends once that has been read.
fn end_with(app: &AppHandle, why: &str) {
    complain(why, ExitCode::FAILURE);
    let ended = app.clone();
    app.dialog()
        .message(why)
        .title("Tripledash cannot start")
        .kind(MessageDialogKind::Error)
        // Waiting for the answer here would keep the dialog itself from being drawn.
        .show(move |_| ended.exit(1));
}

/// How long an end that nobody sees waits for what runs. Dev servers have ended by then, as they are
/// supervised; a git that takes a worktree to another commit goes on by itself.
const PATIENCE: Duration = Duration::from_secs(20);

fn stop_engine(app: &AppHandle) {
    let Some(running) = app.try_state::<Running>() else {
        return;
    };
    let engine = running.0.lock().ok().and_then(|mut engine| engine.take());
    if let Some(engine) = engine {
        finish_closing();
        let ended = block_on(async { tokio::time::timeout(PATIENCE, engine.shutdown()).await });
        if ended.is_err() {
            tracing::warn!("ended without waiting for what still runs");
        }
    }
}

/// The last window is closed, but GTK has yet to take it from the screen: left to the end of the
/// run, it would stand there dead, and its page's connections would hold the engine up.
#[cfg(target_os = "linux")]
fn finish_closing() {
    while gtk::events_pending() {
        gtk::main_iteration_do(false);
    }
}

#[cfg(not(target_os = "linux"))]
fn finish_closing() {}

/// A session that ends, or a person at a terminal, ends us as closing the window does.
#[cfg(unix)]
fn end_on_signal(app: &AppHandle) {
    use tokio::signal::unix::{SignalKind, signal};
    for kind in [
        SignalKind::terminate(),
        SignalKind::interrupt(),
        SignalKind::hangup(),
    ] {
        let app = app.clone();
        tauri::async_runtime::spawn(async move {
            match signal(kind) {
                Ok(mut signal) => {
                    signal.recv().await;
                    close_windows(&app);
                    // The run's own thread waits for what runs: whoever asks twice does not.
                    signal.recv().await;
                    complain(
                        "ended at once, without waiting for what runs",
                        ExitCode::FAILURE,
                    );
                    std::process::exit(1);
                }
                Err(error) => {
                    tracing::warn!(%error, "a signal would end the window without a clean end")
                }
            }
        });
    }
}

/// The last window to close ends the run. Without their pages, no connection holds the engine up.
#[cfg(unix)]
fn close_windows(app: &AppHandle) {
    let windows = app.webview_windows();
    if windows.is_empty() {
        app.exit(0);
    }
    for window in windows.values() {
        if let Err(error) = window.close() {
            tracing::warn!(%error, "a window does not close");
            app.exit(0);
        }
    }
}

#[cfg(not(unix))]
fn end_on_signal(_app: &AppHandle) {}

#[cfg(target_os = "linux")]
fn has_display() -> bool {
    ["DISPLAY", "WAYLAND_DISPLAY"]
        .iter()
        .any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
}

#[cfg(not(target_os = "linux"))]
fn has_display() -> bool {
    true
}

fn start_logging() {
    use tracing_subscriber::EnvFilter;
    let filter =
        EnvFilter::try_from_env("TRIPLEDASH_LOG").unwrap_or_else(|_| EnvFilter::new("warn"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
}

fn say(text: &str, code: ExitCode) -> ExitCode {
    // A reader that went away needs no answer.
    let _ = std::io::stdout().lock().write_all(text.as_bytes());
    code
}

fn complain(text: &str, code: ExitCode) -> ExitCode {
    // As above.
    let _ = writeln!(std::io::stderr().lock(), "tripledash-desktop: {text}");
    code
}

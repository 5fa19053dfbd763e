//! The windows: the workbench, panes popped out of it, and windows that pages open.
//!
//! All share one cookie store, so a login in one is a login in all. None has a capability, so no
//! page in any of them can call into the shell.

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use tauri::webview::{NewWindowFeatures, NewWindowResponse, PageLoadEvent, PageLoadPayload};
use tauri::{
    AppHandle, Manager as _, Runtime, WebviewUrl, WebviewWindow, WebviewWindowBuilder, Wry,
};
use url::Url;

use super::bounds::Bounds;

/// The workbench window's label.
pub(crate) const MAIN: &str = "main";
/// A page that opens more windows than anyone can look at gets no more.
const MOST_WINDOWS: usize = 24;

/// What every window of this run has in common.
#[derive(Debug)]
pub(crate) struct Windows {
    /// The workbench page's address, with the token in its fragment.
    page: Url,
    bounds: Bounds,
    /// Cookies, storage and cache of every webview.
    data_folder: PathBuf,
    opened: AtomicUsize,
}

impl Windows {
    /// The windows of an engine that serves its page at this address.
    pub(crate) fn new(page: Url, data_folder: PathBuf) -> Self {
        let bounds = Bounds::new(&page);
        Self {
            page,
            bounds,
            data_folder,
            opened: AtomicUsize::new(0),
        }
    }

    /// The workbench page's address, with the token in its fragment.
    pub(crate) fn page(&self) -> &Url {
        &self.page
    }

    /// Opens the workbench window.
    pub(crate) fn open_main(&self, app: &AppHandle) -> tauri::Result<WebviewWindow> {
        let bounds = self.bounds.clone();
        let page = self.page.clone();
        let builder = self.builder(app, MAIN, self.page.clone());
        // Only this window has use for the menu.
        #[cfg(not(target_os = "macos"))]
        let builder = builder.menu(super::menu::menu(app)?);
        let window = builder
            .title("Tripledash")
            .inner_size(1440.0, 900.0)
            .min_inner_size(960.0, 600.0)
            .on_page_load(move |window, load| keep_to_the_page(&window, &load, &bounds, &page))
            .build()?;
        accept_frame_cookies(&window);
        Ok(window)
    }

    /// Opens a preview in a window of its own.
    pub(crate) fn open_preview(
        &self,
        app: &AppHandle,
        url: &Url,
        title: &str,
    ) -> Result<(), RefusedWindow> {
        if !self.bounds.is_preview(url) {
            return Err(RefusedWindow::Elsewhere(url.to_string()));
        }
        self.check_count(app)?;
        let window = self
            .builder(app, &self.next_label(), url.clone())
            .title(title)
            .inner_size(1280.0, 860.0)
            .build()
            .map_err(RefusedWindow::System)?;
        accept_frame_cookies(&window);
        Ok(())
    }

    /// Brings the workbench window to the front, and opens it again if it was closed.
    pub(crate) fn show_main(&self, app: &AppHandle) -> tauri::Result<()> {
        let window = match app.get_webview_window(MAIN) {
            Some(window) => window,
            None => self.open_main(app)?,
        };
        window.unminimize()?;
        window.show()?;
        window.set_focus()
    }

    fn builder<'a>(
        &self,
        app: &'a AppHandle,
        label: &str,
        url: Url,
    ) -> WebviewWindowBuilder<'a, Wry, AppHandle> {
        let opener = app.clone();
        WebviewWindowBuilder::new(app, label, WebviewUrl::External(url))
            .data_directory(self.data_folder.clone())
            .zoom_hotkeys_enabled(true)
            .on_navigation(Bounds::may_load)
            .on_document_title_changed(|window, title| {
                // The title is decoration: a window that is going away need not take it.
                let _ = window.set_title(&title);
            })
            .on_new_window(move |url, features| {
                opener.state::<Self>().adopt(&opener, &url, features)
            })
    }

    /// Answers `window.open` and links with a target: a window that is related to its opener.
    fn adopt(
        &self,
        app: &AppHandle,
        url: &Url,
        features: NewWindowFeatures,
    ) -> NewWindowResponse<Wry> {
        if !Bounds::may_load(url) || self.check_count(app).is_err() {
            tracing::warn!(%url, "refused to open a window");
            return NewWindowResponse::Deny;
        }
        let blank = Url::parse("about:blank").expect("a fixed address");
        let builder = self
            .builder(app, &self.next_label(), blank)
            .title(url.host_str().unwrap_or("Tripledash"))
            .inner_size(1100.0, 800.0)
            .window_features(features);
        match builder.build() {
            Ok(window) => {
                accept_frame_cookies(&window);
                NewWindowResponse::Create { window }
            }
            Err(error) => {
                tracing::warn!(%url, %error, "could not open a window");
                NewWindowResponse::Deny
            }
        }
    }

    fn next_label(&self) -> String {
        format!("pane-{}", self.opened.fetch_add(1, Ordering::Relaxed))
    }

    fn check_count(&self, app: &AppHandle) -> Result<(), RefusedWindow> {
        if app.webview_windows().len() < MOST_WINDOWS {
            Ok(())
        } else {
            Err(RefusedWindow::TooMany)
        }
    }
}

/// A window that is not opened.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RefusedWindow {
    /// The address is no preview host of this engine.
    #[error("{0} is no preview host of this workbench")]
    Elsewhere(String),
    /// So many windows are open that this must be a mistake.
    #[error("{MOST_WINDOWS} windows are open, close some first")]
    TooMany,
    /// The window system said no.
    #[error("the window could not be opened")]
    System(#[source] tauri::Error),
}

/// Sends the workbench window back when something took its whole page elsewhere.
///
/// Panes are sandboxed and cannot, but a dropped link or a typed shortcut can. Only a window's own
/// document starts a page load, never a frame's.
fn keep_to_the_page<R: Runtime>(
    window: &WebviewWindow<R>,
    load: &PageLoadPayload<'_>,
    bounds: &Bounds,
    page: &Url,
) {
    let url = load.url();
    if load.event() == PageLoadEvent::Started && !bounds.is_page(url) && url.scheme() != "about" {
        tracing::warn!(%url, "the workbench window stays on its page");
        if let Err(error) = window.navigate(page.clone()) {
            tracing::warn!(%error, "could not go back to the workbench page");
        }
    }
}

/// WebKitGTK drops the cookies of frames by default; panes are frames, and people log in there.
#[cfg(target_os = "linux")]
fn accept_frame_cookies(window: &WebviewWindow) {
    use webkit2gtk::{
        CookieAcceptPolicy, CookieManagerExt as _, WebViewExt as _, WebsiteDataManagerExt as _,
    };
    let asked = window.with_webview(|view| {
        let cookies = view
            .inner()
            .website_data_manager()
            .and_then(|store| store.cookie_manager());
        match cookies {
            Some(cookies) => cookies.set_accept_policy(CookieAcceptPolicy::Always),
            None => tracing::warn!("the webview has no cookie store, logins in panes may not hold"),
        }
    });
    if let Err(error) = asked {
        tracing::warn!(%error, "could not reach the webview's cookie store");
    }
}

#[cfg(not(target_os = "linux"))]
fn accept_frame_cookies(_window: &WebviewWindow) {}

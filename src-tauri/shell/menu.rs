//! The window's menu: what the system does itself, and commands that the page carries out.
//!
//! A key pressed inside a pane goes to the pane's page; the menu's shortcuts work there too. Keys
//! that a page needs for itself, such as undo in a text field, are left to it.

use tauri::menu::{AboutMetadata, Menu, MenuBuilder, MenuItemBuilder, Submenu, SubmenuBuilder};
use tauri::{AppHandle, Wry};

/// Menu entries that the shell does itself; every other id is a command of the page.
pub(crate) mod own {
    pub(crate) const IN_BROWSER: &str = "shell.in-browser";
    pub(crate) const RELOAD: &str = "shell.reload";
    pub(crate) const INSPECT: &str = "shell.inspect";
    /// Followed by WebKit's name of an editing command.
    pub(crate) const EDIT: &str = "shell.edit.";
}

/// An entry: its id, its words, and its keys where it has any.
type Entry = (&'static str, &'static str, &'static str);

const LINE: Entry = ("", "", "");

const WORKSPACE: &[Entry] = &[
    ("workspace.open", "Open a folder…", "CmdOrCtrl+O"),
    ("workspace.start", "Your app: paste an address…", ""),
    ("workspace.demo", "Open the demo", ""),
    ("workspace.save", "Save tripledash.json…", "CmdOrCtrl+S"),
    LINE,
    ("workspace.undo", "Undo the last change", ""),
    ("tenant.add", "Add a tenant", ""),
    ("preview.add", "Add a preview", ""),
    LINE,
    (own::IN_BROWSER, "Show this window in the browser", ""),
    LINE,
];

const VIEW: &[Entry] = &[
    ("palette.open", "Search everything", "CmdOrCtrl+K"),
    ("address.edit", "Go to a path…", "CmdOrCtrl+L"),
    ("address.copy", "Copy the address", "CmdOrCtrl+Shift+C"),
    (
        "address.open",
        "Open the address in the browser",
        "CmdOrCtrl+Shift+O",
    ),
    LINE,
    ("panes.reload", "Reload all panes", "CmdOrCtrl+R"),
    ("panes.all", "Show all panes", ""),
    ("sync.scroll", "Scroll together, or each alone", ""),
    ("sync.path", "Navigate together, or each alone", ""),
    LINE,
    ("trace.filter", "Filter the trace", "CmdOrCtrl+Shift+F"),
    ("trace.pause", "Pause or resume the trace", ""),
    ("trace.clear", "Clear the trace", ""),
    ("diagnostics.show", "Show diagnostics", ""),
    LINE,
    ("theme.toggle", "Light or dark", "CmdOrCtrl+Shift+L"),
    (own::RELOAD, "Reload the window", "CmdOrCtrl+Shift+R"),
    (own::INSPECT, "Inspect", "F12"),
];

/// Builds the menu.
pub(crate) fn menu(app: &AppHandle) -> tauri::Result<Menu<Wry>> {
    let about = AboutMetadata {
        name: Some("Tripledash".to_owned()),
        version: Some(env!("CARGO_PKG_VERSION").to_owned()),
        comments: Some("A workbench for multi-tenant web apps".to_owned()),
        license: Some("MIT or Apache-2.0".to_owned()),
        ..AboutMetadata::default()
    };
    let workspace = with_entries(app, SubmenuBuilder::new(app, "Workspace"), WORKSPACE)?;
    let workspace = workspace
        .close_window_with_text("Close the window")
        .quit_with_text("Quit")
        .build()?;
    let view = with_entries(app, SubmenuBuilder::new(app, "View"), VIEW)?.build()?;
    let help = with_entries(
        app,
        SubmenuBuilder::new(app, "Help"),
        &[("help.shortcuts", "Keyboard shortcuts", "")],
    )?;
    let help = help
        .about_with_text("About Tripledash", Some(about))
        .build()?;
    MenuBuilder::new(app)
        .items(&[&workspace, &edit(app)?, &view, &help])
        .build()
}

fn with_entries<'a>(
    app: &AppHandle,
    mut submenu: SubmenuBuilder<'a, Wry, AppHandle>,
    entries: &[Entry],
) -> tauri::Result<SubmenuBuilder<'a, Wry, AppHandle>> {
    for &entry in entries {
        submenu = match entry {
            LINE => submenu.separator(),
            (id, text, "") => submenu.item(&MenuItemBuilder::with_id(id, text).build(app)?),
            (id, text, keys) => submenu.item(
                &MenuItemBuilder::with_id(id, text)
                    .accelerator(keys)
                    .build(app)?,
            ),
        };
    }
    Ok(submenu)
}

/// On Linux the ready-made entries do nothing, so the shell asks the webview; the keys reach the
/// webview anyway.
#[cfg(target_os = "linux")]
fn edit(app: &AppHandle) -> tauri::Result<Submenu<Wry>> {
    let mut submenu = SubmenuBuilder::new(app, "Edit");
    for (command, text) in [
        ("Cut", "Cut"),
        ("Copy", "Copy"),
        ("Paste", "Paste"),
        ("SelectAll", "Select all"),
    ] {
        submenu = submenu.text(format!("{}{command}", own::EDIT), text);
    }
    submenu.build()
}

#[cfg(not(target_os = "linux"))]
fn edit(app: &AppHandle) -> tauri::Result<Submenu<Wry>> {
    SubmenuBuilder::new(app, "Edit")
        .undo()
        .redo()
        .separator()
        .cut()
        .copy()
        .paste()
        .select_all()
        .build()
}

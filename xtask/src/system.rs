//! What the machine must have: system packages, a display, a browser.
//!
//! - On Debian and its kin missing packages are installed with apt, through sudo unless we are root.
//! - On any other system nothing is installed: the message says what is needed.

use std::path::PathBuf;

use crate::Failure;
use crate::command::{answer, call, find, program};

/// What a build of the command line and engine needs.
pub(crate) const ENGINE: &[&str] = &["build-essential", "pkg-config"];
/// What a build of the window needs on top.
pub(crate) const WINDOW: &[&str] = &["libwebkit2gtk-4.1-dev"];
/// What the tests need on top.
pub(crate) const TESTS: &[&str] = &[
    // A keychain of the tests' own: a session bus with a keyring on it.
    "dbus",
    "gnome-keyring",
    "xvfb",
    "xauth",
    "webkit2gtk-driver",
    "fonts-dejavu-core",
    "fonts-noto-core",
];

/// Installs those of the packages that are missing.
pub(crate) fn install(packages: &[&str]) -> Result<(), Failure> {
    if !cfg!(target_os = "linux") {
        return Ok(());
    }
    if find("apt-get").is_none() || find("dpkg-query").is_none() {
        return other_system(packages);
    }
    let missing: Vec<&str> = packages
        .iter()
        .copied()
        .filter(|package| !is_installed(package))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    println!("Installing system packages: {}", missing.join(" "));
    let by_hand = || {
        format!(
            "install them by hand: sudo apt-get install {}",
            missing.join(" ")
        )
    };
    apt(&["update", "-qq"])
        .and_then(|()| apt(&[&["install", "-y", "--no-install-recommends"], &missing[..]].concat()))
        .map_err(|Failure(message)| Failure(format!("{message}\n{}", by_hand())))
}

fn is_installed(package: &str) -> bool {
    answer(program(
        "dpkg-query",
        ["-W", "-f=${db:Status-Status}", package],
    ))
    .is_some_and(|status| status.trim() == "installed")
}

fn apt(arguments: &[&str]) -> Result<(), Failure> {
    let root = answer(program("id", ["-u"])).is_some_and(|id| id.trim() == "0");
    let mut words = vec![];
    if !root {
        if find("sudo").is_none() {
            return Err("system packages are missing, and neither root nor sudo is at hand".into());
        }
        words.push("sudo");
    }
    words.extend(["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]);
    words.extend(arguments);
    call(program(words[0], &words[1..]))
}

/// No apt: nothing is installed, and what a build cannot do without is named.
fn other_system(packages: &[&str]) -> Result<(), Failure> {
    let needs_window = packages.contains(&WINDOW[0]);
    let has_webkit = answer(program("pkg-config", ["--exists", "webkit2gtk-4.1"])).is_some();
    if find("cc").is_some() && (!needs_window || has_webkit) {
        return Ok(());
    }
    Err("this system has no apt, so packages cannot be installed for you; needed are a C compiler, pkg-config and, \
         for the window, WebKitGTK 4.1 with its headers (Fedora: webkit2gtk4.1-devel; Arch: webkit2gtk-4.1; \
         openSUSE: webkit2gtk3-devel)"
        .into())
}

/// A browser of the Chromium family: `CHROMIUM` decides, else what is on the path, else Debian's package.
pub(crate) fn chromium() -> Result<PathBuf, Failure> {
    if let Some(path) = std::env::var_os("CHROMIUM") {
        let path = PathBuf::from(path);
        return if path.is_file() {
            Ok(path)
        } else {
            Err(format!("CHROMIUM names {}, which is no file", path.display()).into())
        };
    }
    let known = || {
        ["chromium", "google-chrome", "google-chrome-stable"]
            .iter()
            .find_map(|name| find(name))
    };
    if let Some(path) = known() {
        return Ok(path);
    }
    if distribution() == "debian" {
        install(&["chromium"])?;
        if let Some(path) = known() {
            return Ok(path);
        }
    }
    // Ubuntu's apt package only asks the snap store for the browser, which is no use in a container.
    Err("no Chromium found: install chromium or google-chrome, or name one in CHROMIUM".into())
}

/// The `ID` of `/etc/os-release`, or nothing.
fn distribution() -> String {
    let text = std::fs::read_to_string("/etc/os-release").unwrap_or_default();
    let id = text
        .lines()
        .find_map(|line| line.strip_prefix("ID="))
        .unwrap_or_default();
    id.trim_matches('"').to_owned()
}

/// Whether a window has somewhere to open.
pub(crate) fn has_display() -> bool {
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || set("DISPLAY") || set("WAYLAND_DISPLAY")
}

//! Journeys in the real window, under WebDriver.
//!
//! Run by `cargo xtask test --only desktop`, which brings a display, `TAURI_DRIVER` (the WebDriver
//! for Tauri windows) and `TRIPLEDASH_DESKTOP` (the window's binary).

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod driver;
mod journeys;
mod upstream;

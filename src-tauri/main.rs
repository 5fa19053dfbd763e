//! The Tripledash window.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod shell;

fn main() -> std::process::ExitCode {
    shell::run()
}

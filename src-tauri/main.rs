//! The Tripledash window.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod shell;

/// As the command line has it: traces are made on one thread and dropped on another.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    // A dev server is run under this very program (tripledash_devserver::supervise).
    if let Some(code) = tripledash_devserver::supervise::main(std::env::args_os()) {
        return code;
    }
    shell::run()
}

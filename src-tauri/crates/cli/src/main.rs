//! The `tripledash` command.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod arguments;
mod client;
mod commands;
mod output;
mod signals;
mod workspace;

use std::process::ExitCode;

use clap::{CommandFactory as _, Parser as _};

use crate::arguments::{Arguments, Command};
use crate::output::Ending;

/// A trace is made on the threads that serve and dropped on the recorder's. The system's allocator
/// is slow at that, and lets memory grow by pieces that nothing fits into (BENCHMARKS.md).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    // A dev server is run under this very program (tripledash_devserver::supervise).
    if let Some(code) = tripledash_devserver::supervise::main(std::env::args_os()) {
        return code;
    }
    // clap itself ends misuse with 2, and --help and --version with 0.
    let arguments = Arguments::parse();
    start_logging();
    let ending = match arguments.command {
        Command::Serve(serve) => commands::serve::serve(&serve),
        Command::Url(url) => commands::url::url(&url),
        Command::Explain(explain) => commands::explain::explain(&explain),
        Command::Check(check) => commands::check::check(&check),
        Command::Start(start) => commands::start::start(&start),
        Command::Stop(stop) => commands::stop::stop(&stop),
        Command::Init(init) => commands::init::init(&init),
        Command::Probe(probe) => commands::probe::probe(&probe),
        Command::Completions { shell } => {
            let mut text = Vec::new();
            clap_complete::generate(shell, &mut Arguments::command(), "tripledash", &mut text);
            output::answer(String::from_utf8_lossy(&text).trim_end());
            Ending::Good
        }
        Command::Openapi => {
            output::answer(tripledash_api::openapi_json().trim_end());
            Ending::Good
        }
        Command::Schema => {
            output::answer(tripledash_workbench::SCHEMA.trim_end());
            Ending::Good
        }
    };
    match ending {
        Ending::Good => ExitCode::SUCCESS,
        Ending::No => ExitCode::from(1),
        Ending::Misuse => ExitCode::from(2),
    }
}

/// Logs to standard error, so that standard output holds answers only.
fn start_logging() {
    use tracing_subscriber::EnvFilter;
    let filter =
        EnvFilter::try_from_env("TRIPLEDASH_LOG").unwrap_or_else(|_| EnvFilter::new("warn"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()))
        .init();
}

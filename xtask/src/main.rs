//! The project's commands: `cargo xtask run`, `test`, `gen`, `screenshots`, `bench` and `fuzz`.
//!
//! Plain standard library, so that the first command on a fresh machine builds in a second and
//! can say what else is missing.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "these commands speak to the person at the terminal"
)]

mod bench;
mod command;
mod fuzz;
mod gen_api;
mod node;
mod run;
mod screenshots;
mod soak;
mod system;
mod tally;
mod test;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

const USAGE: &str = "\
The project's commands.

Usage: cargo xtask <COMMAND>

Commands:
  run [--release] [--no-window]   install what is missing, build, open the window on the demo workspace
                                  (with no display: serve it and print the address)
  test [--list] [--only NAME]...  install what tests need, run every check and test there is
  screenshots                     make the README's pictures anew
  gen [--check]                   write the API description and the UI's types (--check: fail if they drifted)
  bench [--install] [OPTIONS]     measure the engine beside other proxies, write BENCHMARKS.md (bench --help)
  soak [--minutes N]              mixed traffic (10 minutes), then nothing may be left of it; --seed N, --release
  fuzz [TARGET]... [--seconds N]  look for inputs that break a target (60 seconds each); --input FILE runs one again
";

/// Why a command could not be done: one sentence for the person who asked.
#[derive(Debug)]
pub(crate) struct Failure(pub(crate) String);

impl<T: Into<String>> From<T> for Failure {
    fn from(message: T) -> Self {
        Self(message.into())
    }
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match words.split_first() {
        Some((&"run", rest)) => run::run(rest),
        Some((&"test", rest)) => test::test(rest),
        Some((&"gen", rest)) => gen_api::generate(rest),
        Some((&"bench", rest)) => bench::bench(rest),
        Some((&"soak", rest)) => soak::soak(rest),
        Some((&"fuzz", rest)) => fuzz::fuzz(rest),
        Some((&"screenshots", rest)) => screenshots::screenshots(rest),
        None | Some((&("help" | "--help" | "-h"), _)) => {
            print!("{USAGE}");
            Ok(())
        }
        Some((unknown, _)) => {
            eprintln!("xtask: no command named {unknown:?}\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure(message)) => {
            eprintln!("xtask: {message}");
            ExitCode::FAILURE
        }
    }
}

/// The repository's root, wherever the command was called from.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the xtask package lies in a folder of the repository")
}

/// The one folder that everything is built into.
pub(crate) fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| root().join("target"), |folder| root().join(folder))
}

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
mod build;
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
  gen [--check]                   write the API description, the UI's types and the workspace file's schema
                                  (--check: fail if they drifted)
  bench [--install] [OPTIONS]     measure the engine beside other proxies, write BENCHMARKS.md
  soak [--minutes N]              mixed traffic (10 minutes), then nothing may be left of it; --seed N, --release
  fuzz [TARGET]... [--seconds N]  look for inputs that break a target (60 seconds each); --input FILE runs one again

Each says more when asked: cargo xtask <COMMAND> --help
";

/// One of the commands.
struct Command {
    name: &'static str,
    help: &'static str,
    run: fn(&[&str]) -> Result<(), Failure>,
}

const COMMANDS: &[Command] = &[
    Command {
        name: "run",
        help: run::HELP,
        run: run::run,
    },
    Command {
        name: "test",
        help: test::HELP,
        run: test::test,
    },
    Command {
        name: "screenshots",
        help: screenshots::HELP,
        run: screenshots::screenshots,
    },
    Command {
        name: "gen",
        help: gen_api::HELP,
        run: gen_api::generate,
    },
    Command {
        name: "bench",
        help: bench::HELP,
        run: bench::bench,
    },
    Command {
        name: "soak",
        help: soak::HELP,
        run: soak::soak,
    },
    Command {
        name: "fuzz",
        help: fuzz::HELP,
        run: fuzz::fuzz,
    },
];

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
    let Some((name, rest)) = words
        .split_first()
        .filter(|(name, _)| **name != "help" && !asks(name))
    else {
        print!("{USAGE}");
        return ExitCode::SUCCESS;
    };
    let Some(command) = COMMANDS.iter().find(|command| command.name == *name) else {
        eprintln!("xtask: no command named {name:?}\n\n{USAGE}");
        return ExitCode::from(2);
    };
    if rest.iter().any(|word| asks(word)) {
        print!("{}", command.help);
        return ExitCode::SUCCESS;
    }
    match (command.run)(rest) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure(message)) => {
            eprintln!("xtask: {message}");
            ExitCode::FAILURE
        }
    }
}

/// Whether a word asks for help.
fn asks(word: &str) -> bool {
    matches!(word, "--help" | "-h")
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

//! `cargo xtask screenshots`: the README's pictures, of the real page on the demo.

use crate::command::{call, cargo};
use crate::{Failure, node, system, target};

pub(crate) const HELP: &str = "\
Makes the README's pictures anew, of the real page on the demo.

Usage: cargo xtask screenshots

Options:
  -h, --help  print this
";

pub(crate) fn screenshots(arguments: &[&str]) -> Result<(), Failure> {
    if let Some(other) = arguments.first() {
        return Err(format!("screenshots takes nothing, found {other:?}").into());
    }
    system::install(system::TESTS)?;
    let chromium = system::chromium()?;
    node::build_ui()?;
    node::install("tests/browser")?;
    call(cargo(["build", "--quiet", "--package", "tripledash"]))?;
    let mut command = node::tool(
        "tests/browser",
        ["playwright", "test", "--config", "pictures.config.ts"],
    );
    command
        .env("CHROMIUM", chromium)
        .env("TRIPLEDASH", target().join("debug/tripledash"));
    call(command)
}

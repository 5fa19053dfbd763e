//! The programs, as tests from outside and generators use them.

use std::path::PathBuf;

use crate::command::{call, cargo};
use crate::{Failure, target};

/// Builds every program and the schema's example.
///
/// All at once: cargo unifies the features of what it builds together, so that one program built
/// alone would build the packages below it once more.
pub(crate) fn everything() -> Result<(), Failure> {
    call(cargo([
        "build",
        "--quiet",
        "--workspace",
        "--bins",
        "--example",
        "schema",
        "--features",
        "tripledash-core/schema",
    ]))
}

/// The executable of a program that was built.
pub(crate) fn program(name: &str) -> PathBuf {
    let name = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    target().join("debug").join(name)
}

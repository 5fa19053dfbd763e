//! Lines for the person who waits.

use std::fmt;
use std::io::Write as _;

/// One line on standard error.
pub(crate) fn tell(line: impl fmt::Display) {
    // Nobody to tell where standard error is closed.
    let _ = writeln!(std::io::stderr().lock(), "{line}");
}

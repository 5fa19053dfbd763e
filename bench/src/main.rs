//! Measures the engine beside other proxies, on this machine, in one run.
//!
//! - Every contender gets a short slice in turn, several rounds over, and the medians are told: what
//!   else the machine does meanwhile hits all of them alike.
//! - Load and upstream are threads of this process; the cost that is told is the contender's own,
//!   all of its processes and threads (`cpu`).
//! - It talks to loopback only and ends each process that it started, however it ends itself
//!   (`keeper`).

#[cfg(target_os = "linux")]
mod api;
#[cfg(target_os = "linux")]
mod arguments;
#[cfg(target_os = "linux")]
mod contender;
#[cfg(target_os = "linux")]
mod cpu;
#[cfg(target_os = "linux")]
mod failure;
#[cfg(target_os = "linux")]
mod keeper;
#[cfg(target_os = "linux")]
mod load;
#[cfg(target_os = "linux")]
mod machine;
#[cfg(target_os = "linux")]
mod matrix;
#[cfg(target_os = "linux")]
mod memory;
#[cfg(target_os = "linux")]
mod progress;
#[cfg(target_os = "linux")]
mod report;
#[cfg(target_os = "linux")]
mod request;
#[cfg(target_os = "linux")]
mod rows;
#[cfg(target_os = "linux")]
mod run;
#[cfg(target_os = "linux")]
mod started;
#[cfg(target_os = "linux")]
mod table;
#[cfg(target_os = "linux")]
mod upstream;

use std::process::ExitCode;

#[cfg(target_os = "linux")]
fn main() -> ExitCode {
    run::main()
}

/// Processor time is read in Linux's way.
#[cfg(not(target_os = "linux"))]
fn main() -> ExitCode {
    use std::io::Write as _;
    // Nobody to tell where standard error is closed.
    let _ = writeln!(std::io::stderr(), "the bench runs on Linux only");
    ExitCode::FAILURE
}

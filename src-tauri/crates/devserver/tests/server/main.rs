//! Real servers, started, watched and stopped.
// What became of processes is read from /proc.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used)]

mod ends;
mod finds;
mod starts;
mod support;

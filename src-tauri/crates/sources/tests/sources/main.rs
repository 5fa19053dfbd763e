//! Sources over real sockets, files and processes.
#![allow(clippy::unwrap_used, missing_docs, unreachable_pub)]

mod command;
mod endpoint;
mod fetching;
mod file;
mod many;
mod support;
mod trust;
mod vercel;

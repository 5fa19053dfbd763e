//! Real servers, started, watched and stopped.
#![allow(clippy::unwrap_used)]

mod ends;
mod finds;
mod starts;
mod support;

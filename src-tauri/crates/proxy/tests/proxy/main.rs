//! The proxy over real sockets: what the upstream received, what the browser got, what was told.
#![allow(clippy::unwrap_used, missing_docs, unreachable_pub)]

mod support;

mod bodies;
mod codings;
mod drain;
mod failures;
mod forwarding;
mod pages;
mod refusals;
mod tls;
mod upgrades;

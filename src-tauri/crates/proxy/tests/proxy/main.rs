//! The proxy over real sockets: what the upstream received, what the browser got, what was told.
#![allow(clippy::unwrap_used, missing_docs, unreachable_pub)]

mod support;

mod bodies;
mod chunks;
mod codings;
mod drain;
mod failures;
mod forwarding;
mod framing;
mod keep_alive;
mod limits;
mod pages;
mod refusals;
mod slow;
mod targets;
mod tls;
mod upgrades;

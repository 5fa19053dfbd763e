//! The proxy over real sockets: what the upstream received, what the browser got, what was told.
#![allow(clippy::unwrap_used, missing_docs, unreachable_pub)]

mod support;

mod between;
mod bodies;
mod changes;
mod chunks;
mod codings;
mod conditions;
mod drain;
mod failures;
mod forwarding;
mod framing;
mod half;
mod http2;
mod keep_alive;
mod lane;
mod last_bytes;
mod limits;
mod odd;
mod pages;
mod pool;
mod refusals;
mod remote;
mod slow;
mod streaming;
mod targets;
mod tls;
mod tunnels;
mod upgrades;
mod workers;

//! The engine as a whole, over real sockets: what upstreams receive, what browsers get, and what
//! the API tells of it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod addresses;
mod drafts;
mod isolation;
mod live;
mod paths;
mod requests;
mod responses;
mod safety;
mod stream;
mod support;
mod upstreams;
mod workspaces;

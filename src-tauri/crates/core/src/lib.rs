//! What a request means to a multi-tenant app, and what we do to it: hosts, preview addresses,
//! tenants, rules, rewrite plans, edits, traces and diagnostics.
//!
//! Everything here is pure: no sockets, no files, no clock, no environment. The proxy, the
//! command line and the what-if (`explain`) run the very same code.
#![warn(missing_docs)]
#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod address;
pub mod budget;
pub mod compare;
pub mod diagnostic;
pub mod diagnostics;
pub mod edit;
pub mod explain;
pub mod extractor;
pub mod filter;
pub mod hop;
pub mod host;
pub mod label;
mod nearest;
pub mod pattern;
mod percent;
pub mod probe;
pub mod redact;
pub mod remote;
mod request;
pub mod resolve;
pub mod response;
pub mod route;
pub mod rule;
pub mod slug;
pub mod split;
pub mod suffix;
pub mod template;
pub mod tenancy;
pub mod tenant;
#[cfg(test)]
mod testing;
mod told;
pub mod trace;
pub mod upstream;
pub mod workspace;

pub use diagnostic::{Diagnostic, Severity};
pub use edit::{Edit, Stage};
pub use pattern::Pattern;
pub use told::told;
pub use trace::{Exchange, ExchangeId, ExchangeRow, Timestamp};
pub use workspace::{Preview, Rule, Snapshot, Tenant, Workspace};

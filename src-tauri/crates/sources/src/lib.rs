//! Tenants and previews from where they really live: a table beside the workspace, an endpoint, a
//! command's output; the deployments of a platform, or the branches that a naming scheme makes.
//!
//! - Whoever calls hands in every clock, folder, secret and deadline; nothing here reads the
//!   environment, which a command inherits but for what it is not to have.
//! - One bad tenant never takes the others with it: it is told of, and left out.
//! - A secret ([`Secret`]) is sent where it was meant for, and shown nowhere.
//! - Every future here can be dropped at any time, and leaves nothing behind but what a command has
//!   put into the background.
#![warn(missing_docs)]
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod fetch;
pub mod previews;
pub mod refresh;
mod secret;
pub mod tenants;

pub use fetch::{FetchError, Fetcher, Limits};
pub use secret::Secret;

/// Tells the time. A parameter, so that tests can hold it still.
pub type Clock = fn() -> tripledash_core::Timestamp;

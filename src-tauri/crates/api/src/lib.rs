//! The workbench's HTTP API and its page, as one axum router over the base domain.
//!
//! - `/api/v1/*` wants the token, and comes only from our own page or from a program (see
//!   `auth`); `/api/openapi.json` describes it and is open.
//! - Everything else is the page itself, embedded.
//! - Every error is `{code, message, …}`.
#![warn(missing_docs)]
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod addresses;
mod auth;
mod curl;
mod document;
mod error;
mod exchanges;
mod explain;
mod extract;
mod lists;
mod openapi;
mod page;
mod probe;
mod replay;
mod router;
mod servers;
mod shell;
mod sources;
mod stream;
mod variables;
mod workspace;

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use tokio_util::sync::CancellationToken;
use tripledash_core::address::BaseDomain;
use tripledash_workbench::Workbench;

pub use error::ErrorBody;
pub use openapi::{openapi, openapi_json};
pub use router::router;
pub use shell::{Abilities, BoxFuture, Headless, Shell, ShellFailure, ShellRequest, ShellRequests};

/// What the API serves.
#[derive(Clone)]
pub struct ApiState {
    /// The running workbench.
    pub workbench: Arc<Workbench>,
    /// The native side.
    pub shell: Arc<dyn Shell>,
    /// Where the demo comes from.
    pub demo: Arc<dyn DemoDoor>,
    /// The bearer token. Nobody gets in while it is empty.
    pub token: Arc<str>,
    /// The base domain with the port that is listened on.
    pub base: BaseDomain,
    /// Ends open streams, so that the listener can drain.
    pub stop: CancellationToken,
}

impl fmt::Debug for ApiState {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The token stays out of logs.
        formatter
            .debug_struct("ApiState")
            .field("base", &self.base)
            .finish_non_exhaustive()
    }
}

/// The way to the demo: starts its app where it is not running yet, and writes its workspace.
pub trait DemoDoor: Send + Sync {
    /// The folder that holds the demo's `tripledash.json`, or why there is none.
    fn open(&self) -> BoxFuture<'_, Result<PathBuf, String>>;
}

/// No demo.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoDemo;

impl DemoDoor for NoDemo {
    fn open(&self) -> BoxFuture<'_, Result<PathBuf, String>> {
        Box::pin(std::future::ready(Err(
            "this engine was started without the demo".to_owned(),
        )))
    }
}

#[cfg(test)]
mod tests;

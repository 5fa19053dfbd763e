//! An engine, upstreams and browsers, each on a socket of its own.

mod engine;
mod feed;
mod upstream;
mod wire;

use std::time::Duration;

pub(crate) use engine::{Tripledash, edits, shop};
pub(crate) use feed::Feed;
pub(crate) use upstream::{Upstream, reply};
pub(crate) use wire::{Connection, Message, get};

/// Waits for something that must happen soon; a test that waits longer has failed.
pub(crate) async fn soon<F: Future>(what: &str, future: F) -> F::Output {
    tokio::time::timeout(Duration::from_secs(20), future)
        .await
        .unwrap_or_else(|_| panic!("waited too long for {what}"))
}

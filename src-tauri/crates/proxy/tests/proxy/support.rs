//! A proxy, an upstream and a browser, each on a socket of its own.

mod browser;
mod certificate;
mod coded;
mod fake;
mod http2;
mod tripledash;
mod wire;

use std::time::Duration;

pub use browser::{Browser, get};
pub use certificate::{Authority, certified, certified_http2};
pub use coded::{CODINGS, Encoder, decoded, encoded};
pub use fake::{Fake, Peer};
pub use http2::{Asked, FakeHttp2};
pub use tripledash::{Tripledash, impatient};
pub use wire::{Message, chunk};

/// Waits for something that must happen soon; a test that waits longer has failed.
pub async fn soon<F: Future>(what: &str, future: F) -> F::Output {
    tokio::time::timeout(Duration::from_secs(10), future)
        .await
        .unwrap_or_else(|_| panic!("waited too long for {what}"))
}

/// A response head and body as bytes, with its length said.
pub fn reply(head: &str, body: &str) -> String {
    format!("{head}\r\ncontent-length: {}\r\n\r\n{body}", body.len())
}

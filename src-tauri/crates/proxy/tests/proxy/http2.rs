//! Upstreams that agree on HTTP/2.

mod again;
mod bodies;
mod http1;
mod share;
mod streams;

use h2::server::Builder;

use crate::support::{Asked, FakeHttp2, Peer, Tripledash, certified_http2};

const HOST: &str = r#""host": "{tenant}.app.example""#;
const NAMES: [&str; 1] = ["acme.app.example"];

/// A proxy before an upstream that answers every request so.
async fn answering<S, F>(builder: Builder, answer: S) -> (FakeHttp2, Tripledash)
where
    S: Fn(Asked) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = ()> + Send + 'static,
{
    let (server, client) = certified_http2(&NAMES);
    let upstream = FakeHttp2::answering(server, builder, answer).await;
    let proxy = Tripledash::with(&upstream.origin(), HOST, |options| {
        options.tls = Some(client);
    })
    .await;
    (upstream, proxy)
}

/// Reads up to the head of the first request, and says on which stream it is.
async fn first_request(peer: &mut Peer) -> u8 {
    // Our SETTINGS, empty.
    peer.send_bytes(&[0, 0, 0, 4, 0, 0, 0, 0, 0]).await;
    peer.reader.exact(24).await.unwrap();
    loop {
        let head = peer.reader.exact(9).await.unwrap();
        let size = [0, head[0], head[1], head[2]];
        let size = u32::from_be_bytes(size) as usize;
        peer.reader.exact(size).await.unwrap();
        const HEADERS: u8 = 1;
        if head[3] == HEADERS {
            return head[8];
        }
    }
}

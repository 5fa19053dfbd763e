//! Upstreams that agree on HTTP/2.

mod again;
mod bodies;
mod http1;
mod pings;
mod relay;
mod share;
mod silence;
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

/// A frame (RFC 9113 section 4.1), on a stream with a small number.
struct Frame {
    kind: u8,
    stream: u8,
    payload: Vec<u8>,
}

impl Frame {
    const HEADERS: u8 = 1;
    const PING: u8 = 6;
}

/// Greets a peer that begins: reads its preface, and sends SETTINGS that are empty.
async fn greet(peer: &mut Peer) {
    peer.send_bytes(&[0, 0, 0, 4, 0, 0, 0, 0, 0]).await;
    peer.reader.exact(24).await.unwrap();
}

/// The next frame, or `None` at the end.
async fn frame(peer: &mut Peer) -> Option<Frame> {
    let head = peer.reader.exact(9).await?;
    let size = u32::from_be_bytes([0, head[0], head[1], head[2]]);
    Some(Frame {
        kind: head[3],
        stream: head[8],
        payload: peer.reader.exact(size as usize).await?,
    })
}

/// Reads up to the head of the first request, and says on which stream it is.
async fn first_request(peer: &mut Peer) -> u8 {
    greet(peer).await;
    loop {
        let frame = frame(peer).await.unwrap();
        if frame.kind == Frame::HEADERS {
            return frame.stream;
        }
    }
}

/// HEADERS with ":status: 200", and no body.
fn found(stream: u8) -> [u8; 10] {
    [0, 0, 1, 1, 5, 0, 0, 0, stream, 0x88]
}

//! Bytes both ways after an upgrade: nothing lost, nothing hoarded, and closed as the sides close.

use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::{Notify, mpsc};

use crate::support::{Fake, Peer, Tripledash, soon};

const AGREE: &str =
    "HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\r\n";

/// A browser's socket whose request for an upgrade, and `more` right behind it, was sent.
async fn ask(proxy: &Tripledash, more: &str) -> (OwnedReadHalf, OwnedWriteHalf) {
    let socket = TcpStream::connect(proxy.address).await.unwrap();
    let (reader, mut writer) = socket.into_split();
    let host = proxy.host("acme---main");
    let request = format!(
        "GET /socket HTTP/1.1\r\nhost: {host}\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
         \r\n{more}"
    );
    writer.write_all(request.as_bytes()).await.unwrap();
    (reader, writer)
}

/// Reads a head up to its empty line.
async fn head(reader: &mut OwnedReadHalf) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(soon("the head", reader.read_u8()).await.unwrap());
    }
    String::from_utf8(head).unwrap()
}

async fn rest(reader: &mut OwnedReadHalf) -> String {
    let mut rest = String::new();
    soon("the end", reader.read_to_string(&mut rest))
        .await
        .unwrap();
    rest
}

/// An upstream that agrees, and then does as it is told.
async fn agreeing<S, F>(then: S) -> Fake
where
    S: Fn(Peer) -> F + Clone + Send + 'static,
    F: Future<Output = ()> + Send + 'static,
{
    Fake::start(move |mut peer| {
        let then = then.clone();
        async move {
            peer.reader.head().await.unwrap();
            peer.send(&format!("{AGREE}hello")).await;
            then(peer).await;
        }
    })
    .await
}

#[tokio::test]
async fn bytes_right_behind_the_heads_are_not_lost() {
    let upstream = agreeing(|mut peer| async move {
        assert_eq!(peer.reader.exact(5).await.unwrap(), b"early");
        peer.send(" and bye").await;
    })
    .await;
    let proxy = Tripledash::start(&upstream.origin(), "").await;
    let (mut reader, _writer) = ask(&proxy, "early").await;
    assert!(head(&mut reader).await.starts_with("HTTP/1.1 101"));
    assert_eq!(rest(&mut reader).await, "hello and bye");
    proxy.stop().await;
}

#[tokio::test]
async fn each_side_may_close_its_half_and_read_on() {
    let upstream = agreeing(|mut peer| async move {
        // The browser's half closes first; what is said after that still arrives.
        peer.closed().await;
        peer.send(" bye").await;
    })
    .await;
    let mut proxy = Tripledash::start(&upstream.origin(), "").await;
    let (mut reader, mut writer) = ask(&proxy, "").await;
    head(&mut reader).await;
    writer.write_all(b"last").await.unwrap();
    writer.shutdown().await.unwrap();
    assert_eq!(rest(&mut reader).await, "hello bye");
    let told = proxy.told().await;
    assert_eq!(told.failure(), None);
    assert_eq!(
        (told.finished.request_bytes, told.finished.response_bytes),
        (4, 9)
    );
    proxy.stop().await;

    let (tell, mut heard) = mpsc::unbounded_channel();
    let upstream = agreeing(move |mut peer| {
        let tell = tell.clone();
        async move {
            peer.finish().await;
            tell.send(peer.reader.exact(5).await).unwrap();
        }
    })
    .await;
    let proxy = Tripledash::start(&upstream.origin(), "").await;
    let (mut reader, mut writer) = ask(&proxy, "").await;
    head(&mut reader).await;
    assert_eq!(rest(&mut reader).await, "hello");
    writer.write_all(b"still").await.unwrap();
    let still = soon("what came after", heard.recv()).await.unwrap();
    assert_eq!(still.unwrap(), b"still");
    proxy.stop().await;
}

#[tokio::test]
async fn side_that_is_gone_takes_the_other_with_it() {
    let (tell, mut heard) = mpsc::unbounded_channel();
    let upstream = agreeing(move |mut peer| {
        let tell = tell.clone();
        async move {
            peer.closed().await;
            tell.send(()).unwrap();
        }
    })
    .await;
    let mut proxy = Tripledash::start(&upstream.origin(), "").await;
    let (mut reader, writer) = ask(&proxy, "").await;
    head(&mut reader).await;
    // Unread bytes make the kernel reset the connection: as abrupt as it gets.
    drop((reader, writer));
    soon("the upstream's end", heard.recv()).await.unwrap();
    assert_eq!(proxy.told().await.failure(), None);
    proxy.stop().await;
}

/// More than all buffers on the way.
const WHOLE: usize = 64 * 1024 * 1024;

/// How many bytes of [`WHOLE`] a socket takes before it stops taking any.
async fn taken(writer: &mut OwnedWriteHalf) -> usize {
    let part = vec![0; 64 * 1024];
    let mut taken = 0;
    while taken < WHOLE {
        let write = writer.write(&part);
        match tokio::time::timeout(Duration::from_millis(500), write).await {
            Ok(written) => taken += written.unwrap(),
            Err(_) => break,
        }
    }
    taken
}

#[tokio::test]
async fn side_that_does_not_read_stops_the_other() {
    let go_on = Arc::new(Notify::new());
    let (tell, mut count) = mpsc::unbounded_channel();
    let signal = Arc::clone(&go_on);
    let upstream = agreeing(move |mut peer| {
        let (go_on, tell) = (Arc::clone(&signal), tell.clone());
        async move {
            go_on.notified().await;
            let mut bytes = 0;
            loop {
                let some = peer.reader.some(usize::MAX).await;
                if some.is_empty() {
                    break;
                }
                bytes += some.len();
            }
            tell.send(bytes).unwrap();
        }
    })
    .await;
    let mut proxy = Tripledash::start(&upstream.origin(), "").await;
    let (mut reader, mut writer) = ask(&proxy, "").await;
    head(&mut reader).await;
    let taken = taken(&mut writer).await;
    // The kernel's own buffers take a few mebibytes on each side.
    assert!(taken < WHOLE / 2, "{taken} bytes were taken");
    go_on.notify_one();
    writer.shutdown().await.unwrap();
    let bytes = soon("the count", count.recv()).await.unwrap();
    assert_eq!(bytes, taken);
    assert_eq!(rest(&mut reader).await, "hello");
    assert_eq!(proxy.told().await.finished.request_bytes as usize, bytes);
    proxy.stop().await;
}

#[tokio::test]
async fn interim_answers_to_an_upgrade_are_told() {
    let upstream = Fake::start(|mut peer| async move {
        peer.reader.head().await.unwrap();
        peer.send(&format!("HTTP/1.1 103 Early Hints\r\n\r\n{AGREE}"))
            .await;
        peer.closed().await;
    })
    .await;
    let mut proxy = Tripledash::start(&upstream.origin(), "").await;
    let (mut reader, writer) = ask(&proxy, "").await;
    assert!(head(&mut reader).await.starts_with("HTTP/1.1 101"));
    drop((reader, writer));
    let told = proxy.told().await;
    let mut edits = told.answered().edits.iter();
    let edit = edits.find(|edit| edit.field == "status").unwrap();
    assert_eq!(edit.before.as_deref(), Some("103 Early Hints"));
    proxy.stop().await;
}

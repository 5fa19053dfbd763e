//! Calls of the engine's API, and single requests through it.

use std::net::{Ipv4Addr, SocketAddr};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::contender::Serving;
use crate::failure::{Doing as _, Failure};
use crate::upstream::find;

/// One call on a connection of its own, its answer read to the end. What a caller would make of the
/// answer is its own time and not the engine's.
pub(crate) async fn call(
    serving: &Serving,
    method: &str,
    path: &str,
    body: &str,
) -> Result<(), Failure> {
    let request = format!(
        "{method} /api/v1/{path} HTTP/1.1\r\nHost: tripledash.localhost:{}\r\n\
         Authorization: Bearer {}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        serving.port,
        serving.token,
        body.len(),
    );
    let (status, body) = once(serving.port, &request).await?;
    if !matches!(status, 200 | 204) {
        let text = String::from_utf8_lossy(&body);
        return Err(format!("{method} {path}: {status} {text}").into());
    }
    Ok(())
}

/// How many exchanges were recorded, and how many of them are kept.
///
/// They stand in the first line of the live feed.
pub(crate) async fn counts(serving: &Serving) -> Result<(u64, u64), Failure> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, serving.port));
    let mut socket = TcpStream::connect(address).await.doing("connecting")?;
    let request = format!(
        "GET /api/v1/stream?limit=1 HTTP/1.1\r\nHost: tripledash.localhost:{}\r\n\
         Authorization: Bearer {}\r\n\r\n",
        serving.port, serving.token,
    );
    socket
        .write_all(request.as_bytes())
        .await
        .doing("asking for the feed")?;
    let mut feed = Vec::new();
    loop {
        if let (Some(seen), Some(kept)) = (count(&feed, b"\"seen\":"), count(&feed, b"\"kept\":")) {
            return Ok((seen, kept));
        }
        let read = socket.read_buf(&mut feed).await.doing("reading the feed")?;
        if read == 0 {
            let feed = String::from_utf8_lossy(&feed);
            return Err(format!("the feed ended without counts: {feed}").into());
        }
    }
}

/// The number after a key, once something follows it.
fn count(text: &[u8], key: &[u8]) -> Option<u64> {
    let rest = &text[find(text, key)? + key.len()..];
    let end = rest.iter().position(|byte| !byte.is_ascii_digit())?;
    std::str::from_utf8(&rest[..end]).ok()?.parse().ok()
}

/// The status of a page on a preview host.
pub(crate) async fn status(port: u16, labels: &str) -> Result<u16, Failure> {
    let request = format!(
        "GET /assets/64.js HTTP/1.1\r\nHost: {labels}.tripledash.localhost:{port}\r\n\
         Connection: close\r\n\r\n"
    );
    Ok(once(port, &request).await?.0)
}

/// The status and the body of the only answer on a connection.
async fn once(port: u16, request: &str) -> Result<(u16, Vec<u8>), Failure> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let mut socket = TcpStream::connect(address).await.doing("connecting")?;
    socket
        .write_all(request.as_bytes())
        .await
        .doing("sending a request")?;
    let mut answer = Vec::new();
    socket
        .read_to_end(&mut answer)
        .await
        .doing("reading an answer")?;
    let end = find(&answer, b"\r\n\r\n").ok_or("no answer")? + 4;
    let status = answer
        .get(9..12)
        .and_then(|it| std::str::from_utf8(it).ok());
    let status = status.and_then(|it| it.parse().ok()).ok_or("no status")?;
    Ok((status, answer.split_off(end)))
}

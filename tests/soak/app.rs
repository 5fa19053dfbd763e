//! The upstream: an app that serves pages, streams and sockets, and that sometimes breaks.

use std::collections::BTreeMap;
use std::io::{self, Write as _};
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// How large `/large` is: more than every buffer on its way.
pub(crate) const LARGE: usize = 6 * 1024 * 1024;
/// How many events a stream has that ends by itself.
pub(crate) const EVENTS: usize = 20;
/// What the page says.
pub(crate) const PAGE: &str = "<!doctype html><html><head><title>Shop</title></head><body>";

/// What each open connection is at, by its number.
type Open = Arc<Mutex<BTreeMap<usize, String>>>;

/// The listening app. Ends with the test.
#[derive(Debug)]
pub(crate) struct App {
    pub(crate) port: u16,
    idle: watch::Sender<()>,
    open: Open,
    _tasks: JoinSet<()>,
}

impl App {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let idle = watch::Sender::new(());
        let open = Open::default();
        let (closing, counted) = (idle.clone(), Arc::clone(&open));
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            let mut served = JoinSet::new();
            for number in 0.. {
                tokio::select! {
                    accepted = listener.accept() => {
                        let Ok((socket, _)) = accepted else { continue };
                        let (closing, open) = (closing.subscribe(), Arc::clone(&counted));
                        served.spawn(async move {
                            // A proxy that leaves is what this is about.
                            let _ = serve(socket, closing, |path| {
                                open.lock().unwrap().insert(number, path.to_owned());
                            })
                            .await;
                            open.lock().unwrap().remove(&number);
                        });
                    }
                    Some(_) = served.join_next() => {}
                }
            }
        });
        Self {
            port,
            idle,
            open,
            _tasks: tasks,
        }
    }

    /// Closes the connections on which no request is under way.
    pub(crate) fn close_idle(&self) {
        self.idle.send_replace(());
    }

    /// What every open connection is at.
    pub(crate) fn connections(&self) -> Vec<String> {
        self.open.lock().unwrap().values().cloned().collect()
    }
}

async fn serve(
    mut socket: TcpStream,
    mut closing: watch::Receiver<()>,
    tell: impl Fn(&str),
) -> io::Result<()> {
    let mut buffer = Vec::new();
    loop {
        tell("waiting");
        let end = loop {
            if let Some(at) = buffer.windows(4).position(|window| window == b"\r\n\r\n") {
                break at + 4;
            }
            tokio::select! {
                read = socket.read_buf(&mut buffer) => if read? == 0 { return Ok(()) },
                _ = closing.changed() => if buffer.is_empty() { return Ok(()) },
            }
        };
        let head = String::from_utf8_lossy(&buffer[..end]).to_ascii_lowercase();
        buffer.drain(..end);
        let path = head.split(' ').nth(1).unwrap_or("/").to_owned();
        tell(&path);
        match path.as_str() {
            "/events" | "/events/endless" => {
                events(&mut socket, path.ends_with("endless")).await?;
            }
            "/large" => {
                whole(&mut socket, "text/plain", "", &vec![b'x'; LARGE]).await?;
            }
            "/reset" => {
                // Half of what is promised, then RST.
                socket
                    .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 9999\r\n\r\nhalf")
                    .await?;
                socket.set_zero_linger()?;
                return Ok(());
            }
            "/hang-up" => return Ok(()),
            "/socket" => return echo(socket, buffer).await,
            "/upload" => {
                let size = body(&mut socket, &mut buffer, &head).await?;
                whole(&mut socket, "text/plain", "", size.to_string().as_bytes()).await?;
            }
            "/asset.js" => whole(&mut socket, "text/javascript", "", &[b'x'; 2048]).await?,
            _ => {
                let mut page = PAGE.as_bytes().to_vec();
                page.resize(24 * 1024, b'p');
                if head.contains("accept-encoding: gzip") {
                    let coded = gzip(&page);
                    whole(
                        &mut socket,
                        "text/html",
                        "content-encoding: gzip\r\n",
                        &coded,
                    )
                    .await?;
                } else {
                    whole(&mut socket, "text/html", "", &page).await?;
                }
            }
        }
    }
}

async fn whole(socket: &mut TcpStream, kind: &str, fields: &str, body: &[u8]) -> io::Result<()> {
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\n{fields}content-length: {}\r\n\r\n",
        body.len()
    );
    socket.write_all(head.as_bytes()).await?;
    socket.write_all(body).await
}

async fn events(socket: &mut TcpStream, endless: bool) -> io::Result<()> {
    let head =
        "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";
    socket.write_all(head.as_bytes()).await?;
    let mut number = 0;
    while endless || number < EVENTS {
        let event = format!("data: {number}\n\n");
        let chunk = format!("{:x}\r\n{event}\r\n", event.len());
        socket.write_all(chunk.as_bytes()).await?;
        number += 1;
        // The pace of the stream.
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    socket.write_all(b"0\r\n\r\n").await
}

async fn echo(mut socket: TcpStream, mut first: Vec<u8>) -> io::Result<()> {
    let head = "HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\
                sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
    socket.write_all(head.as_bytes()).await?;
    loop {
        socket.write_all(&first).await?;
        first.clear();
        if socket.read_buf(&mut first).await? == 0 {
            return Ok(());
        }
    }
}

/// Reads a request's body and gives its size.
async fn body(socket: &mut TcpStream, buffer: &mut Vec<u8>, head: &str) -> io::Result<usize> {
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length:"))
        .and_then(|value| value.trim().parse::<usize>().ok());
    let mut size = 0;
    loop {
        if let Some(length) = length {
            if buffer.len() >= length {
                buffer.drain(..length);
                return Ok(length);
            }
        } else if let Some(at) = buffer.windows(2).position(|pair| pair == b"\r\n") {
            let chunk = String::from_utf8_lossy(&buffer[..at]).into_owned();
            let chunk = usize::from_str_radix(&chunk, 16).map_err(io::Error::other)?;
            if buffer.len() >= at + 2 + chunk + 2 {
                buffer.drain(..at + 2 + chunk + 2);
                size += chunk;
                if chunk == 0 {
                    return Ok(size);
                }
                continue;
            }
        }
        if socket.read_buf(buffer).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut coder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    coder
        .write_all(bytes)
        .and_then(|()| coder.finish())
        .unwrap()
}

//! The app behind every proxy: as many bytes as the address asks for, at the least cost.
//!
//! `/assets/1024.js` is a script and `/pages/1024` a page of that many bytes; an upload is read to
//! its end and answered with nothing.

use std::cell::RefCell;
use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::rc::Rc;
use std::thread;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::LocalSet;

use crate::failure::{Doing as _, Failure};

/// Responses up to this size are kept whole; longer ones are made as they go.
const WHOLE: u64 = 2 * 1024 * 1024;
/// How much of a long body is written at once.
const PIECE: usize = 64 * 1024;

/// The listening upstream. Its thread ends with it.
#[derive(Debug)]
pub(crate) struct Upstream {
    pub(crate) address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<thread::JoinHandle<()>>,
}

type Prepared = Rc<RefCell<HashMap<Vec<u8>, Rc<[u8]>>>>;

impl Upstream {
    pub(crate) fn start() -> Result<Self, Failure> {
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .doing("a socket for the upstream")?;
        listener
            .set_nonblocking(true)
            .doing("the upstream's socket")?;
        let address = listener.local_addr().doing("the upstream's address")?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .doing("a runtime for the upstream")?;
        let (stop, stopped) = oneshot::channel();
        let thread = thread::Builder::new()
            .name("upstream".into())
            .spawn(move || {
                LocalSet::new().block_on(&runtime, async {
                    tokio::select! {
                        () = accept(listener) => {}
                        // Sent or dropped: the end either way.
                        _ = stopped => {}
                    }
                });
            })
            .doing("a thread for the upstream")?;
        Ok(Self {
            address,
            stop: Some(stop),
            thread: Some(thread),
        })
    }
}

impl Drop for Upstream {
    fn drop(&mut self) {
        self.stop = None;
        if let Some(thread) = self.thread.take() {
            // A panic of it was told on standard error already.
            let _ = thread.join();
        }
    }
}

async fn accept(listener: std::net::TcpListener) {
    let Ok(listener) = TcpListener::from_std(listener) else {
        return;
    };
    let prepared = Prepared::default();
    while let Ok((socket, _)) = listener.accept().await {
        // Fails on a closed socket only.
        let _ = socket.set_nodelay(true);
        let prepared = Rc::clone(&prepared);
        tokio::task::spawn_local(async move {
            // A proxy that leaves is no error.
            let _ = serve(socket, prepared).await;
        });
    }
}

async fn serve(mut socket: TcpStream, prepared: Prepared) -> std::io::Result<()> {
    let mut buffer = vec![0; 128 * 1024];
    let mut filled = 0;
    loop {
        let end = loop {
            if let Some(at) = find(&buffer[..filled], b"\r\n\r\n") {
                break at + 4;
            }
            let read = socket.read(&mut buffer[filled..]).await?;
            if read == 0 {
                return Ok(());
            }
            filled += read;
        };
        let head = &buffer[..end];
        let line = &head[..find(head, b"\r\n").unwrap_or(end)];
        let target = line.split(|byte| *byte == b' ').nth(1).unwrap_or_default();
        if line.starts_with(b"POST") {
            let chunked = field(head, b"transfer-encoding").is_some();
            let length = field(head, b"content-length").unwrap_or(0);
            if chunked {
                drain_chunks(&mut socket, &mut buffer, end, filled).await?;
            } else {
                let mut left = length.saturating_sub((filled - end) as u64);
                while left > 0 {
                    let read = socket.read(&mut buffer).await?;
                    if read == 0 {
                        return Ok(());
                    }
                    left = left.saturating_sub(read as u64);
                }
            }
            filled = 0;
            socket
                .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
                .await?;
            continue;
        }
        let size = number(target);
        if size <= WHOLE {
            let response = whole(&prepared, target, size);
            buffer.copy_within(end..filled, 0);
            filled -= end;
            socket.write_all(&response).await?;
        } else {
            let head = response_head(target, size);
            buffer.copy_within(end..filled, 0);
            filled -= end;
            socket.write_all(head.as_bytes()).await?;
            let piece = vec![b'x'; PIECE];
            let mut left = size;
            while left > 0 {
                let now = left.min(PIECE as u64);
                socket.write_all(&piece[..now as usize]).await?;
                left -= now;
            }
        }
    }
}

fn whole(prepared: &Prepared, target: &[u8], size: u64) -> Rc<[u8]> {
    let mut prepared = prepared.borrow_mut();
    if let Some(response) = prepared.get(target) {
        return Rc::clone(response);
    }
    let mut response = response_head(target, size).into_bytes();
    let body = response.len();
    response.resize(body + size as usize, b'x');
    if target.starts_with(b"/pages/") {
        let page = b"<!doctype html><html lang=\"en\"><head><title>Shop</title></head><body><p>";
        let fits = page.len().min(size as usize);
        response[body..body + fits].copy_from_slice(&page[..fits]);
    }
    let response: Rc<[u8]> = response.into();
    prepared.insert(target.to_vec(), Rc::clone(&response));
    response
}

fn response_head(target: &[u8], size: u64) -> String {
    let kind = if target.starts_with(b"/pages/") {
        "text/html; charset=utf-8"
    } else {
        "text/javascript; charset=utf-8"
    };
    format!(
        "HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {size}\r\n\
         Cache-Control: public, max-age=0\r\nLast-Modified: Tue, 04 Nov 2025 09:00:00 GMT\r\n\
         ETag: W/\"1a2b-19a4f3c5d80\"\r\nVary: Accept-Encoding\r\nX-Powered-By: Next.js\r\n\
         Date: Tue, 04 Nov 2025 10:00:00 GMT\r\nConnection: keep-alive\r\n\
         Keep-Alive: timeout=5\r\n\r\n"
    )
}

/// Reads past a chunked body.
async fn drain_chunks(
    socket: &mut TcpStream,
    buffer: &mut [u8],
    end: usize,
    filled: usize,
) -> std::io::Result<()> {
    // Nothing else follows before our answer, so the body's end is the end of what comes. The
    // bodies of the bench hold no zeros.
    let mut tail: Vec<u8> = buffer[end..filled]
        .iter()
        .rev()
        .take(5)
        .rev()
        .copied()
        .collect();
    while !tail.ends_with(b"0\r\n\r\n") {
        let read = socket.read(buffer).await?;
        if read == 0 {
            return Ok(());
        }
        tail.extend_from_slice(&buffer[..read]);
        let surplus = tail.len().saturating_sub(5);
        tail.drain(..surplus);
    }
    Ok(())
}

pub(crate) fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}

/// The number after the name of a field, in whatever case it is written; 0 where it is no number.
pub(crate) fn field(head: &[u8], name: &[u8]) -> Option<u64> {
    head.split(|byte| *byte == b'\n').find_map(|line| {
        let (found, value) = line.split_at_checked(name.len())?;
        let value = value.strip_prefix(b":")?;
        found.eq_ignore_ascii_case(name).then(|| number(value))
    })
}

/// The first number in a text; 0 where there is none.
fn number(text: &[u8]) -> u64 {
    text.iter()
        .skip_while(|byte| !byte.is_ascii_digit())
        .take_while(|byte| byte.is_ascii_digit())
        .fold(0, |sum: u64, digit| {
            sum.saturating_mul(10)
                .saturating_add(u64::from(digit - b'0'))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_found_in_whatever_case() {
        let head = b"HTTP/1.1 200 OK\r\ncontent-LENGTH: 1024\r\nTransfer-Encoding: chunked\r\n\r\n";
        assert_eq!(field(head, b"content-length"), Some(1024));
        assert_eq!(field(head, b"transfer-encoding"), Some(0));
        assert_eq!(field(head, b"content-len"), None);
        assert_eq!(number(b"/assets/65536.js?v=3"), 65536);
    }

    #[test]
    fn responses_are_as_long_as_they_say() {
        let prepared = Prepared::default();
        for target in ["/assets/1024.js", "/pages/1024"] {
            let response = whole(&prepared, target.as_bytes(), 1024);
            let end = find(&response, b"\r\n\r\n").expect("a head") + 4;
            assert_eq!(field(&response[..end], b"content-length"), Some(1024));
            assert_eq!(response.len() - end, 1024);
        }
    }
}

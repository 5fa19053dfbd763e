//! Hears the interim responses (RFC 9110 section 15.2) that come before a final one.
//!
//! hyper can be asked to tell of them, request by request, and each asking costs five allocations.
//! So we look at the first bytes of each response ourselves: a connection has one ear, and what is
//! no interim response costs one comparison.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use http::StatusCode;
use parking_lot::Mutex;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Where the status starts in `HTTP/1.1 103 Early Hints`.
const STATUS: usize = 9;

/// How many are told of. An upstream may send them for as long as it is waited for.
pub(super) const MOST: usize = 16;

/// What one connection's interim responses are told to.
#[derive(Debug, Default)]
pub(crate) struct Ear {
    listening: AtomicBool,
    heard: Mutex<Vec<StatusCode>>,
}

/// A stream whose responses are listened to.
#[derive(Debug)]
pub(super) struct Listening<S> {
    inner: S,
    ear: Arc<Ear>,
    at: At,
}

/// Where in a response we are.
#[derive(Debug, Clone, Copy)]
enum At {
    /// So many bytes into its first line, and the status as far as it was read.
    FirstLine { read: usize, status: [u8; 3] },
    /// In the head of an interim response; whether nothing stands on the line so far.
    Interim { blank: bool },
}

impl At {
    const START: Self = Self::FirstLine {
        read: 0,
        status: [0; 3],
    };
}

impl Ear {
    /// Listens to the response that comes next.
    pub(super) fn listen(&self) {
        self.listening.store(true, Ordering::Release);
    }

    /// What was heard since.
    pub(super) fn heard(&self) -> Vec<StatusCode> {
        std::mem::take(&mut self.heard.lock())
    }
}

impl<S> Listening<S> {
    pub(super) fn new(inner: S) -> (Self, Arc<Ear>) {
        let ear = Arc::<Ear>::default();
        let listening = Self {
            inner,
            ear: Arc::clone(&ear),
            at: At::START,
        };
        (listening, ear)
    }

    /// Looks at what was read, up to the final response's status.
    fn hear(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.at = match self.at {
                // Empty lines before a response are passed over, as hyper does.
                At::FirstLine { read: 0, .. } if byte == b'\r' || byte == b'\n' => At::START,
                At::FirstLine { read, mut status } => {
                    if let Some(digit) = read.checked_sub(STATUS) {
                        status[digit] = byte;
                    }
                    if read == STATUS && byte != b'1' {
                        self.ear.listening.store(false, Ordering::Release);
                        self.at = At::START;
                        return;
                    }
                    if read < STATUS + 2 {
                        At::FirstLine {
                            read: read + 1,
                            status,
                        }
                    } else {
                        match StatusCode::from_bytes(&status) {
                            // From here on the bytes are another protocol's.
                            Ok(StatusCode::SWITCHING_PROTOCOLS) | Err(_) => {
                                self.ear.listening.store(false, Ordering::Release);
                                self.at = At::START;
                                return;
                            }
                            Ok(status) => {
                                let mut heard = self.ear.heard.lock();
                                if heard.len() < MOST {
                                    heard.push(status);
                                }
                            }
                        }
                        At::Interim { blank: false }
                    }
                }
                At::Interim { blank: true } if byte == b'\n' => At::START,
                At::Interim { blank } => At::Interim {
                    blank: byte == b'\n' || (blank && byte == b'\r'),
                },
            };
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Listening<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let listening = self.get_mut();
        let before = buf.filled().len();
        let read = Pin::new(&mut listening.inner).poll_read(cx, buf);
        if listening.ear.listening.load(Ordering::Acquire) {
            listening.hear(&buf.filled()[before..]);
        }
        read
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Listening<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().inner).poll_write(cx, buf)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().inner).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is heard of bytes that come in pieces of `size`, and whether more is waited for.
    fn heard(bytes: &str, size: usize) -> (Vec<u16>, bool) {
        let (mut listening, ear) = Listening::new(());
        ear.listen();
        for piece in bytes.as_bytes().chunks(size) {
            if ear.listening.load(Ordering::Acquire) {
                listening.hear(piece);
            }
        }
        let heard = ear.heard().iter().map(StatusCode::as_u16).collect();
        (heard, ear.listening.load(Ordering::Acquire))
    }

    #[test]
    fn no_more_are_kept_than_anyone_wants_told() {
        let many = "HTTP/1.1 103 Early Hints\r\n\r\n".repeat(MOST + 1);
        assert_eq!(heard(&many, 100), (vec![103; MOST], true));
    }

    #[test]
    fn interim_responses_are_heard_however_they_are_cut() {
        let hints = "HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n";
        let last = "HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 103 of the body\r\n\r\n";
        for size in 1..120 {
            assert_eq!(heard(last, size), (vec![], false), "{size}");
            let one = format!("HTTP/1.1 100 Continue\r\n\r\n{hints}{last}");
            assert_eq!(heard(&one, size), (vec![100, 103], false), "{size}");
            let bare = "\r\nHTTP/1.1 102 Processing\nx: y\n\nHTTP/1.1 404 No\n\n";
            assert_eq!(heard(bare, size), (vec![102], false), "{size}");
            let switch = format!("{hints}HTTP/1.1 101 Switching\r\n\r\nHTTP/1.1 103 no");
            assert_eq!(heard(&switch, size), (vec![103], false), "{size}");
            assert_eq!(heard(hints, size), (vec![103], true), "{size}");
        }
    }
}

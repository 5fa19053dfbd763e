//! The first bytes of what an upstream said, kept for the case that they are not HTTP.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use parking_lot::Mutex;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Enough to recognise and to quote a refusal.
const KEPT: usize = 256;

/// A stream whose first bytes read are kept.
#[derive(Debug)]
pub(crate) struct Sniff<S> {
    inner: S,
    heard: Heard,
    full: bool,
}

/// What was read first. Clones share it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Heard(Arc<Mutex<Vec<u8>>>);

impl<S> Sniff<S> {
    pub(crate) fn new(inner: S) -> (Self, Heard) {
        let heard = Heard::default();
        let sniff = Self {
            inner,
            heard: heard.clone(),
            full: false,
        };
        (sniff, heard)
    }
}

impl Heard {
    /// The first line of it, for a person.
    pub(crate) fn quote(&self) -> String {
        let heard = self.0.lock();
        let text = String::from_utf8_lossy(&heard);
        let line = text.lines().next().unwrap_or_default();
        line.chars().filter(|c| !c.is_control()).collect()
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Sniff<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let sniff = self.get_mut();
        let before = buf.filled().len();
        let read = Pin::new(&mut sniff.inner).poll_read(cx, buf);
        if !sniff.full {
            let new = &buf.filled()[before..];
            let mut heard = sniff.heard.0.lock();
            let room = KEPT - heard.len();
            heard.extend_from_slice(&new[..new.len().min(room)]);
            sniff.full = heard.len() == KEPT;
        }
        read
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Sniff<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().inner).poll_write(cx, buf)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_shutdown(cx)
    }
}

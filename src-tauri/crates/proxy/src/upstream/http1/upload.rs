//! A request on its way out: its head, and its body as it comes.

use std::fmt::Write as _;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf as _, BufMut as _, Bytes, BytesMut};
use http::header::TRANSFER_ENCODING;
use http::request::Parts;
use http::{HeaderName, Method, Request};
use http_body::Body as _;
use tokio::io::AsyncWrite;
use tokio_util::io::poll_write_buf;

use super::chunked::{announced, announces};
use super::head;
use crate::body::{Body, BodyError};

/// A request that is being sent.
pub(super) struct Upload {
    /// Its head, should it have to be sent again.
    parts: Parts,
    /// Whether it had no body to begin with.
    bare: bool,
    body: Body,
    coding: Coding,
    /// Heads and chunk lines to be written, before `data`.
    lines: BytesMut,
    data: Bytes,
    /// Behind `data`.
    tail: &'static [u8],
    /// Whether any byte was written.
    begun: bool,
    state: State,
}

/// How the body is framed.
enum Coding {
    /// By its length.
    Plain,
    /// Chunked, with these trailer fields announced.
    Chunked(Vec<HeaderName>),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Flowing,
    /// All of it was read, and not all of it was written.
    Read,
    Done,
}

/// Why a request is not sent on.
#[derive(Debug)]
pub(super) enum UploadError {
    /// The body broke off.
    Body(BodyError),
    /// The upstream takes no more.
    Write(io::Error),
}

impl Upload {
    /// `scratch` is memory to write heads and chunk lines in.
    pub(super) fn new(request: Request<Body>, mut scratch: BytesMut) -> Self {
        let (parts, body) = request.into_parts();
        scratch.clear();
        head::write(&mut scratch, &parts, length(&parts, &body));
        let chunked = parts.headers.contains_key(TRANSFER_ENCODING);
        let bare = body.is_end_stream();
        let state = if bare { State::Read } else { State::Flowing };
        Self {
            bare,
            coding: if chunked {
                Coding::Chunked(announces(&parts.headers))
            } else {
                Coding::Plain
            },
            parts,
            body,
            lines: scratch,
            data: Bytes::new(),
            tail: b"",
            begun: false,
            state,
        }
    }

    pub(super) fn is_done(&self) -> bool {
        self.state == State::Done
    }

    pub(super) fn method(&self) -> &Method {
        &self.parts.method
    }

    /// The request once more, if nothing speaks against it: it had no body, and the upstream saw
    /// nothing of it or is none the worse for seeing it twice (RFC 9110 section 9.2.2).
    pub(super) fn again(self) -> Option<Request<Body>> {
        let harmless = !self.begun || self.parts.method.is_idempotent();
        (self.bare && harmless).then(|| Request::from_parts(self.parts, Body::empty()))
    }

    /// The memory to write in, once it is needed no more.
    pub(super) fn scratch(&mut self) -> BytesMut {
        std::mem::take(&mut self.lines)
    }

    /// Sends what it can; ready once all of it is sent.
    ///
    /// No more is read from the browser than the upstream takes, so that one which does not read
    /// stops the browser, and does not fill our memory.
    pub(super) fn poll_send<W: AsyncWrite + Unpin>(
        &mut self,
        stream: &mut W,
        cx: &mut Context<'_>,
    ) -> Poll<Result<(), UploadError>> {
        loop {
            // What is there of the body leaves with the head, in one write.
            let waits = self.state == State::Flowing
                && self.data.is_empty()
                && self.tail.is_empty()
                && self.poll_body(cx).map_err(UploadError::Body)?.is_pending();
            if self.has_output() {
                ready!(self.poll_write(stream, cx)).map_err(UploadError::Write)?;
            } else if waits || self.state != State::Flowing {
                ready!(Pin::new(&mut *stream).poll_flush(cx)).map_err(UploadError::Write)?;
                if waits {
                    return Poll::Pending;
                }
                self.state = State::Done;
                return Poll::Ready(Ok(()));
            }
        }
    }

    fn has_output(&self) -> bool {
        !self.lines.is_empty() || !self.data.is_empty() || !self.tail.is_empty()
    }

    fn poll_write<W: AsyncWrite + Unpin>(
        &mut self,
        stream: &mut W,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<()>> {
        // One that has no body leaves by the plainer system call.
        let written = if self.data.is_empty() && self.tail.is_empty() {
            let written = ready!(Pin::new(stream).poll_write(cx, &self.lines))?;
            self.lines.advance(written);
            written
        } else {
            let output = (&mut self.lines).chain(&mut self.data);
            let mut output = output.chain(&mut self.tail);
            ready!(poll_write_buf(Pin::new(stream), cx, &mut output))?
        };
        if written == 0 {
            return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
        }
        self.begun = true;
        Poll::Ready(Ok(()))
    }

    /// Reads the next part of the body, and frames it.
    fn poll_body(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BodyError>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(cx)).transpose()?;
        let Some(frame) = frame else {
            if let Coding::Chunked(_) = self.coding {
                self.tail = b"0\r\n\r\n";
            }
            self.state = State::Read;
            return Poll::Ready(Ok(()));
        };
        match (frame.into_data(), &self.coding) {
            (Ok(data), Coding::Plain) => {
                self.data = data;
                if self.body.is_end_stream() {
                    self.state = State::Read;
                }
            }
            (Ok(data), Coding::Chunked(_)) if !data.is_empty() => {
                // Memory grows; there is no other way to fail.
                let _ = write!(self.lines, "{:x}\r\n", data.len());
                self.data = data;
                self.tail = b"\r\n";
            }
            (Err(frame), Coding::Chunked(names)) => {
                let trailers = frame.into_trailers().unwrap_or_default();
                self.lines.put_slice(b"0\r\n");
                head::fields(&mut self.lines, announced(&trailers, names));
                self.tail = b"\r\n";
                self.state = State::Read;
            }
            // An empty chunk would end the body, and only a chunked one has trailer fields.
            (Ok(_), Coding::Chunked(_)) | (Err(_), Coding::Plain) => {}
        }
        Poll::Ready(Ok(()))
    }
}

/// What `Content-Length` says, where there is something to say (RFC 9110 section 8.6).
fn length(parts: &Parts, body: &Body) -> Option<u64> {
    if parts.headers.contains_key(TRANSFER_ENCODING) {
        return None;
    }
    if body.is_end_stream() {
        let expected = [Method::POST, Method::PUT, Method::PATCH].contains(&parts.method);
        return expected.then_some(0);
    }
    body.size_hint().exact()
}

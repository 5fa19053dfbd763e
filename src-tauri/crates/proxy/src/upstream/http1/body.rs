//! A response's body, as it comes over its connection.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Bytes, BytesMut};
use http_body::{Body, Frame, SizeHint};
use tokio::io::ReadHalf;
use tokio_util::task::AbortOnDropHandle;

use super::chunked::{ChunkError, Chunked, Part};
use super::head::Framing;
use super::link::Link;
use crate::body::BodyError;
use crate::upstream::pool::Lease;
use crate::upstream::stream::Stream;

/// A response's body.
#[derive(Debug)]
pub(super) struct Streaming {
    /// `None` once the body came to its end.
    source: Option<Source>,
    coding: Coding,
}

/// What a body is read from.
#[derive(Debug)]
pub(super) enum Source {
    /// Goes back to the pool once the body was read, if another request may follow on it.
    Leased { lease: Lease, keep: bool },
    /// Serves this exchange alone.
    Own(Link),
    /// The same, and the request's body is still being sent on it.
    Shared {
        link: Link<ReadHalf<Stream>>,
        /// Why the body broke off, if it did; `None` once that was asked.
        upload: Option<AbortOnDropHandle<Result<(), BodyError>>>,
    },
}

/// How a body ends that is not whole yet.
#[derive(Debug)]
pub(super) enum Coding {
    Sized(u64),
    Chunked(Chunked),
    Close,
}

/// A body that did not come to its end.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Cut {
    #[error("closed the connection")]
    Closed,
    #[error("broke the connection off ({0})")]
    Broken(io::Error),
    #[error("sent {0}")]
    Chunk(ChunkError),
    /// It was not the upstream's fault.
    #[error("did not get all of the request")]
    Upload(#[source] BodyError),
}

impl Streaming {
    pub(super) fn new(source: Source, coding: Coding) -> Self {
        Self {
            source: Some(source),
            coding,
        }
    }

    /// The body came to its end.
    fn end(&mut self) {
        if let Some(source) = self.source.take() {
            source.leave();
        }
    }
}

impl Coding {
    /// How a body ends that is framed so; `None` where there is nothing to come.
    pub(super) fn of(framing: Framing) -> Option<Self> {
        match framing {
            Framing::Empty => None,
            Framing::Sized(length) => Some(Self::Sized(length)),
            Framing::Chunked => Some(Self::Chunked(Chunked::default())),
            Framing::Close => Some(Self::Close),
        }
    }

    /// The next part in what was read; `None`: more must come.
    pub(super) fn read(&mut self, unread: &mut BytesMut) -> Result<Option<Part>, ChunkError> {
        match self {
            Self::Chunked(chunked) => chunked.read(unread),
            Self::Sized(0) => Ok(Some(Part::End)),
            _ if unread.is_empty() => Ok(None),
            Self::Sized(left) => {
                let most = usize::try_from(*left).unwrap_or(usize::MAX);
                let data = unread.split_to(most.min(unread.len())).freeze();
                *left -= data.len() as u64;
                Ok(Some(Part::Data(data)))
            }
            Self::Close => Ok(Some(Part::Data(unread.split().freeze()))),
        }
    }

    /// Whether nothing of the body is to come.
    pub(super) fn is_whole(&self) -> bool {
        match self {
            Self::Sized(left) => *left == 0,
            Self::Chunked(chunked) => chunked.is_at_end(),
            Self::Close => false,
        }
    }

    /// Whether the end of the connection is the body's too.
    pub(super) fn ends_so(&self) -> bool {
        matches!(self, Self::Close)
    }
}

impl Source {
    pub(super) fn unread(&mut self) -> &mut BytesMut {
        match self {
            Self::Leased { lease, .. } => &mut lease.link().unread,
            Self::Own(link) => &mut link.unread,
            Self::Shared { link, .. } => &mut link.unread,
        }
    }

    fn poll_fill(&mut self, cx: &mut Context<'_>) -> Poll<Result<usize, Cut>> {
        let filled = match self {
            Self::Leased { lease, .. } => lease.link().poll_fill(cx),
            Self::Own(link) => link.poll_fill(cx),
            Self::Shared { link, upload } => {
                // The upstream may wait for a body that never ends, and say no more.
                if let Some(sending) = upload
                    && let Poll::Ready(sent) = Pin::new(sending).poll(cx)
                {
                    *upload = None;
                    if let Ok(Err(error)) = sent {
                        return Poll::Ready(Err(Cut::Upload(error)));
                    }
                }
                link.poll_fill(cx)
            }
        };
        filled.map_err(Cut::Broken)
    }

    /// Leaves a response that was read to its end.
    pub(super) fn leave(self) {
        if let Self::Leased { lease, keep: true } = self {
            lease.give_back();
        }
    }
}

impl Body for Streaming {
    type Data = Bytes;
    type Error = Cut;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Cut>>> {
        let body = self.get_mut();
        loop {
            let Some(source) = &mut body.source else {
                return Poll::Ready(None);
            };
            let part = body.coding.read(source.unread()).map_err(Cut::Chunk)?;
            if body.coding.is_whole() {
                body.end();
            }
            match part {
                Some(Part::Data(bytes)) => return Poll::Ready(Some(Ok(Frame::data(bytes)))),
                Some(Part::Trailers(fields)) => {
                    return Poll::Ready(Some(Ok(Frame::trailers(fields))));
                }
                Some(Part::End) => return Poll::Ready(None),
                None => {}
            }
            let Some(source) = &mut body.source else {
                return Poll::Ready(None);
            };
            match ready!(source.poll_fill(cx)) {
                Ok(0) if body.coding.ends_so() => body.source = None,
                Ok(0) => return Poll::Ready(Some(Err(Cut::Closed))),
                Ok(_) => {}
                Err(cut) => return Poll::Ready(Some(Err(cut))),
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.source.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        match &self.coding {
            _ if self.is_end_stream() => SizeHint::with_exact(0),
            Coding::Sized(left) => SizeHint::with_exact(*left),
            Coding::Chunked(_) | Coding::Close => SizeHint::default(),
        }
    }
}

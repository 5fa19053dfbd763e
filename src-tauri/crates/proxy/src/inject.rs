//! One script tag, put first into a page while it streams.
//!
//! - The page is read as a browser reads it: the tag goes first into `<head>`, or before the first
//!   element of a page that leaves `<head>` out (a browser opens one for it).
//! - Once the tag is in, the rest passes through untouched and unparsed.
//! - A page in content codings is decoded, edited, and encoded in the same ones. Whenever the
//!   upstream pauses, everything that it sent goes on.

mod coding;
mod injector;
mod rewriter;

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::HeaderMap;
use http_body::{Body as HttpBody, Frame, SizeHint};
use tripledash_core::response::DIGESTS;

use crate::body::{Body, BodyError};
pub(crate) use coding::InvalidCoding;
pub(crate) use injector::Injector;
use injector::Turn;

/// A page on its way to the browser, with a tag to put in.
pub(crate) struct Injected {
    inner: Body,
    // `None` once the page is over, or broke.
    injector: Option<Injector>,
    // What comes after the last byte: trailers, or why there are no more bytes.
    last: Option<Result<Frame<Bytes>, BodyError>>,
}

impl Injected {
    pub(crate) fn new(inner: Body, injector: Injector) -> Self {
        Self {
            inner,
            injector: Some(injector),
            last: None,
        }
    }

    /// Ends the page early. What went through before still goes on.
    fn break_off(&mut self, error: BodyError) -> Option<Result<Frame<Bytes>, BodyError>> {
        let mut injector = self.injector.take();
        let left = injector
            .as_mut()
            .and_then(|injector| injector.flush().ok()?);
        match left {
            Some(left) => {
                self.last = Some(Err(error));
                Some(Ok(Frame::data(left)))
            }
            None => Some(Err(error)),
        }
    }
}

impl HttpBody for Injected {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let page = self.get_mut();
        loop {
            let Some(injector) = &mut page.injector else {
                return Poll::Ready(page.last.take());
            };
            match injector.turn() {
                Ok(Turn::Out(bytes)) => return Poll::Ready(Some(Ok(Frame::data(bytes)))),
                Ok(Turn::Hungry) => {}
                Ok(Turn::Busy) => {
                    cx.waker().wake_by_ref();
                    return Poll::Pending;
                }
                Ok(Turn::Over) => {
                    page.injector = None;
                    continue;
                }
                Err(error) => return Poll::Ready(page.break_off(error)),
            }
            let fed = match Pin::new(&mut page.inner).poll_frame(cx) {
                // Whoever reads must not wait for what the upstream has not sent yet.
                Poll::Pending => match injector.flush() {
                    Ok(None) => return Poll::Pending,
                    fed => fed,
                },
                Poll::Ready(Some(Ok(frame))) => match frame.into_data() {
                    Ok(bytes) => injector.feed(bytes),
                    Err(trailers) => {
                        page.last = Some(Ok(without_digests(trailers)));
                        Ok(None)
                    }
                },
                Poll::Ready(Some(Err(error))) => Err(error),
                Poll::Ready(None) => {
                    injector.close();
                    Ok(None)
                }
            };
            match fed {
                Ok(None) => {}
                Ok(Some(bytes)) => return Poll::Ready(Some(Ok(Frame::data(bytes)))),
                Err(error) => return Poll::Ready(page.break_off(error)),
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.injector.is_none() && self.last.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::default()
    }
}

/// Trailers without the digests of a body that was edited.
fn without_digests(frame: Frame<Bytes>) -> Frame<Bytes> {
    let drop = |mut trailers: HeaderMap| {
        for name in DIGESTS {
            trailers.remove(name);
        }
        Frame::trailers(trailers)
    };
    frame.into_trailers().map_or_else(|frame| frame, drop)
}

#[cfg(test)]
mod tests;

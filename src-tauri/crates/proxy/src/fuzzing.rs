//! What fuzz targets and their replay reach beyond the crate's own words.

use std::convert::Infallible;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use http_body::{Body as HttpBody, Frame};
use tripledash_core::response::ContentCoding;

use crate::body::{Body, BodyError};
use crate::inject::{Injected, Injector};

/// Pieces of a page, as an upstream sends them: it pauses after each.
struct Pieces {
    left: std::vec::IntoIter<Vec<u8>>,
    paused: bool,
}

impl HttpBody for Pieces {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.paused = !self.paused;
        if self.paused {
            return Poll::Pending;
        }
        let piece = self.left.next();
        Poll::Ready(piece.map(|piece| Ok(Frame::data(piece.into()))))
    }
}

/// Puts `tag` into a page that comes in these codings and pieces.
///
/// # Errors
///
/// The page is not in the codings that it is said to be in.
pub fn inject(
    tag: &str,
    codings: &[ContentCoding],
    pieces: Vec<Vec<u8>>,
) -> Result<Vec<u8>, BodyError> {
    let pieces = Pieces {
        left: pieces.into_iter(),
        paused: false,
    };
    let mut page = pin!(Injected::new(
        Body::new(pieces),
        Injector::new(tag, codings)
    ));
    let mut out = Vec::new();
    let mut cx = Context::from_waker(Waker::noop());
    loop {
        match page.as_mut().poll_frame(&mut cx) {
            // Nothing here waits for anything: whatever is pending goes on at the next poll.
            Poll::Pending => {}
            Poll::Ready(None) => return Ok(out),
            Poll::Ready(Some(frame)) => {
                if let Ok(bytes) = frame?.into_data() {
                    out.extend_from_slice(&bytes);
                }
            }
        }
    }
}

//! What fuzz targets and their replay reach beyond the crate's own words.

use std::convert::Infallible;
use std::ops::Range;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, Method, Uri};
use http_body::{Body as HttpBody, Frame};
use tripledash_core::response::ContentCoding;

use crate::body::{Body, BodyError};
use crate::inject::{Injected, Injector};
use crate::lane;
pub use crate::upstream::fuzzing::{Responded, respond};
use crate::wire::{Refused, Screen, Then};

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

/// What becomes of a connection's bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Screened {
    /// Those that hyper is given.
    pub passed: Vec<u8>,
    /// How many heads are among them.
    pub heads: u64,
    /// The requests that are read past hyper: those that are plain, and came alone.
    pub plain: Vec<Asked>,
    /// What was wrong with the first that are not, if anything was.
    pub end: Option<Broken>,
}

/// A request that no other reader looks at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Where its head stands among the bytes that passed.
    pub head: Range<usize>,
    /// GET or HEAD.
    pub method: Method,
    /// In origin-form.
    pub target: Uri,
    /// What its fields are read as.
    pub headers: HeaderMap,
}

/// Why nothing more is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Broken {
    /// A head is refused.
    Head {
        /// What is wrong with it.
        reason: String,
        /// The one that stands for it. It knows of that one what had come until then.
        stand_in: Vec<u8>,
    },
    /// A body breaks off, and why.
    Body(String),
}

/// Screens a connection's bytes, which come in these pieces. No request for another protocol is
/// agreed to.
pub fn screen(pieces: &[&[u8]]) -> Screened {
    let mut screen = Screen::new();
    screen.attend(true);
    let mut held = Vec::new();
    let mut passed = Vec::new();
    let mut plain = Vec::new();
    let mut spare = HeaderMap::new();
    let mut end = None;
    for piece in pieces {
        held.extend_from_slice(piece);
        while end.is_none() {
            let followed = screen.follow(&held);
            if let Then::Mend(part) = &followed.then {
                held[part.clone()].fill(b' ');
            }
            let from = passed.len();
            passed.extend(held.drain(..followed.passed));
            if held.is_empty() {
                plain.extend(asked(&mut screen, &passed, from, &mut spare));
            }
            match followed.then {
                Then::Wait => break,
                Then::Mend(_) | Then::Star => {}
                Then::Switch => screen.go_on(),
                Then::Refuse(violation) => {
                    end = Some(Broken::Head {
                        reason: violation.to_string(),
                        stand_in: Refused::new(violation, &held).stand_in(),
                    });
                }
                Then::Break(violation) => end = Some(Broken::Body(violation.to_string())),
            }
        }
    }
    Screened {
        passed,
        heads: screen.heads(),
        plain,
        end,
    }
}

/// The request that passed last, from `from` on, where the lane reads it.
fn asked(screen: &mut Screen, passed: &[u8], from: usize, spare: &mut HeaderMap) -> Option<Asked> {
    let mut read = BytesMut::from(&passed[from..]);
    let (plain, known) = screen.plain(read.len())?;
    let Some(request) = lane::build(&mut read, &plain, known, spare) else {
        assert_eq!(read, passed[from..], "nothing is taken of what is left");
        assert!(spare.is_empty(), "nor is anything left of it");
        return None;
    };
    assert!(read.is_empty(), "all of it is taken");
    let (parts, _) = request.into_parts();
    let asked = Asked {
        head: from..passed.len(),
        method: parts.method,
        target: parts.uri,
        headers: parts.headers.clone(),
    };
    // As the next one gets it, with room from this one.
    *spare = parts.headers;
    spare.clear();
    Some(asked)
}

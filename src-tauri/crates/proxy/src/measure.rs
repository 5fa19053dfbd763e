//! Bodies that count what passes and say how it ended.
//!
//! A transfer ends in one of three ways, and each is told apart: the last frame passed; the
//! upstream broke off (the browser must then see a broken transfer, never a short one that looks
//! whole); or whoever read it went away, which a dropped body shows.
//!
//! What passed is not taken yet. The [`lane`](crate::lane) keeps a body until all of it was written,
//! so that the last frame is the end only then; hyper lets go of it with up to some 400 KiB still in
//! its buffer, and a browser that never takes these goes unseen. The system's own buffers are
//! nobody's to look into. So are the counts: they tell what passed.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body as HttpBody, Frame, SizeHint};
use tokio::time::Instant;
use tripledash_core::trace::{Failure, Side};

use crate::alarm::Alarm;
use crate::body::{Body, BodyError, Received};
use crate::inject::InvalidCoding;
use crate::open::{OpenExchange, Progress};
use crate::upstream::{Cut, StreamCut};

/// The request's body on its way to the upstream.
pub(crate) struct Upload {
    inner: Received,
    progress: Arc<Progress>,
    limit: Duration,
    alarm: Alarm,
    // Set while more is waited for.
    deadline: Option<Instant>,
}

/// A body that did not go on for too long.
#[derive(Debug, thiserror::Error)]
#[error("the request's body stalled for {0:?}")]
struct Stalled(Duration);

/// The response's body on its way to the browser.
pub(crate) struct Measured {
    inner: Body,
    open: OpenExchange,
    broken: Option<BodyError>,
    whole: bool,
    may_be_left: bool,
}

impl Upload {
    pub(crate) fn new(inner: Received, progress: Arc<Progress>, limit: Duration) -> Self {
        Self {
            inner,
            progress,
            limit,
            alarm: Alarm::default(),
            deadline: None,
        }
    }
}

impl HttpBody for Upload {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let upload = self.get_mut();
        let Poll::Ready(frame) = Pin::new(&mut upload.inner).poll_frame(cx) else {
            let limit = upload.limit;
            let deadline = upload
                .deadline
                .get_or_insert_with(|| Instant::now() + limit);
            if upload.alarm.poll(*deadline, cx).is_ready() {
                upload.progress.stall();
                return Poll::Ready(Some(Err(Stalled(limit).into())));
            }
            return Poll::Pending;
        };
        upload.deadline = None;
        match &frame {
            Some(Ok(frame)) => {
                if let Some(bytes) = frame.data_ref() {
                    upload.progress.add(bytes.len() as u64);
                }
            }
            Some(Err(_)) => upload.progress.break_off(),
            None => {}
        }
        Poll::Ready(frame.map(|frame| frame.map_err(Into::into)))
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

impl Measured {
    pub(crate) fn new(inner: Body, open: OpenExchange) -> Self {
        Self {
            inner,
            open,
            broken: None,
            whole: false,
            may_be_left: false,
        }
    }

    /// Says that a reader who leaves before the end is no failure: an event stream only ends so.
    pub(crate) fn may_be_left(mut self, may: bool) -> Self {
        self.may_be_left = may;
        self
    }

    /// Says whether it is whole as it is: the body of an answer to HEAD is never read.
    pub(crate) fn unread(mut self, unread: bool) -> Self {
        self.whole = unread;
        self
    }

    fn break_off(&mut self, error: &BodyError) {
        let passed = self.open.passed();
        let failure = if let Some(Cut::Upload(_)) = error.downcast_ref() {
            let upload = self.open.upload();
            let (code, how) = if upload.is_stalled() {
                ("upload-stalled", "stopped")
            } else {
                ("upload-broken", "broke off")
            };
            Failure {
                side: Side::Downstream,
                code: code.into(),
                message: format!(
                    "the request's body {how} after {} bytes, while the response was under way; it \
                     was broken off too, after {passed} bytes",
                    upload.bytes()
                ),
            }
        } else if error.is::<InvalidCoding>() {
            Failure {
                side: Side::Upstream,
                code: "coding-broken".into(),
                message: format!("{error}, after {passed} bytes of the page"),
            }
        } else {
            let how = error.downcast_ref::<StreamCut>().map(ToString::to_string);
            let how = how.or_else(|| error.downcast_ref::<Cut>().map(ToString::to_string));
            let how = how.unwrap_or_else(|| "closed the connection".to_owned());
            Failure {
                side: Side::Upstream,
                code: "upstream-hung-up".into(),
                message: format!(
                    "the upstream {how} after {passed} bytes, before the end of the response; the \
                     browser's transfer was broken off too"
                ),
            }
        };
        self.open.finish(Some(failure));
    }
}

impl HttpBody for Measured {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let measured = self.get_mut();
        if let Some(error) = measured.broken.take() {
            return Poll::Ready(Some(Err(error)));
        }
        let frame = match Pin::new(&mut measured.inner).poll_frame(cx) {
            Poll::Pending => return Poll::Pending,
            Poll::Ready(frame) => frame,
        };
        match frame {
            Some(Ok(frame)) => {
                if let Some(bytes) = frame.data_ref() {
                    measured.open.pass(bytes.len() as u64);
                }
                Poll::Ready(Some(Ok(frame)))
            }
            Some(Err(error)) => {
                measured.break_off(&error);
                // hyper drops what it has not flushed when a body fails. One turn of waiting makes
                // it flush first, so that the browser gets what the upstream did send.
                measured.broken = Some(error);
                cx.waker().wake_by_ref();
                Poll::Pending
            }
            None => {
                measured.whole = true;
                Poll::Ready(None)
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.broken.is_none() && self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

impl Drop for Measured {
    fn drop(&mut self) {
        // An empty body is never polled.
        let whole = self.whole || self.broken.is_none() && self.inner.is_end_stream();
        let taken = whole && !self.open.is_unsent();
        if (taken || self.may_be_left) && !self.open.is_stalled() {
            self.open.finish(None);
        }
    }
}

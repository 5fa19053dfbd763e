//! A request over HTTP/1.1 (RFC 9112).
//!
//! The exchange that sends a request reads its response: from one connection, in one task, without
//! a channel between. A body that is not whole when the response's head comes goes on by itself, so
//! that neither waits for the other, until the response is whole: who answers has heard enough.

mod body;
mod chunked;
pub(crate) mod fuzzing;
mod head;
mod link;
mod upload;

use std::future::poll_fn;
use std::io;
use std::net::SocketAddr;
use std::task::{Context, Poll, ready};

use http::{Request, Response, StatusCode, Version};
use tokio_util::task::{AbortOnDropHandle, TaskTracker};
use tripledash_core::trace::{Protocol, Timings};

use super::pool::Lease;
use super::{Answer, Failed, MAX_INTERIM, SendError, Wait, first_byte};
use crate::body::{Body, BodyError};
use crate::open::{OpenExchange, Progress, micros};
pub(crate) use body::Cut;
use body::{Coding, Source, Streaming};
use head::{Framing, Head, HeadError, Heads};
pub(crate) use link::Link;
use upload::{Upload, UploadError};

/// A request under way on a connection, until its response's head is there.
pub(crate) struct Exchange {
    upload: Upload,
    heads: Heads,
    interim: Vec<StatusCode>,
    /// Why the upstream takes no more. It may have answered nevertheless.
    refused: Option<io::Error>,
}

/// Why there is no response's head.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ExchangeError {
    #[error("the request's body broke off")]
    Body(#[source] BodyError),
    #[error("the connection was closed before a response")]
    Closed(#[source] Option<io::Error>),
    #[error(transparent)]
    Head(HeadError),
}

impl ExchangeError {
    /// Whether what came is something else than HTTP.
    pub(crate) fn is_not_http(&self) -> bool {
        matches!(self, Self::Head(HeadError::NotHttp(_)))
    }
}

/// Sends a request, and waits for the response's head.
pub(super) async fn send(
    mut lease: Lease,
    request: Request<Body>,
    timings: Timings,
    wait: Wait,
    open: &OpenExchange,
    tasks: &TaskTracker,
) -> Result<Answer, Failed> {
    let address = lease.address();
    let mut exchange = Exchange::new(request, lease.link());
    let mut alarm = std::mem::take(&mut lease.link().alarm);
    let head = exchange.head(lease.link());
    let Some(head) = first_byte(head, &mut alarm, open.upload(), wait).await else {
        let limit = wait.limit();
        return Err(SendError::Silent { address, limit }.into());
    };
    let head = match head {
        Ok(head) if head.response.status() == StatusCode::SWITCHING_PROTOCOLS => {
            return Err(SendError::Switched { address }.into());
        }
        Ok(head) => head,
        // The upstream closed an idle connection just as we took it.
        Err(error) => {
            let stale = timings.reused
                && matches!(error, ExchangeError::Closed(_))
                && exchange.interim.is_empty()
                && lease.link().is_silent();
            return Err(Failed {
                again: stale.then(|| exchange.upload.again()).flatten(),
                error: failed(address, error, open.upload()),
            });
        }
    };
    lease.heed(head.response.headers());
    let source = if exchange.upload.is_done() {
        let link = lease.link();
        link.scratch = exchange.upload.scratch();
        link.alarm = alarm;
        let keep = head.keep;
        Source::Leased { lease, keep }
    } else {
        share(lease.into_link(), exchange.upload, tasks)
    };
    let response = response(head, source);
    Ok(answer(response, exchange.interim, address, timings, open))
}

impl Exchange {
    pub(crate) fn new(request: Request<Body>, link: &mut Link) -> Self {
        Self {
            upload: Upload::new(request, std::mem::take(&mut link.scratch)),
            heads: Heads::default(),
            interim: Vec::new(),
            refused: None,
        }
    }

    /// Waits for the response's head, and sends the request meanwhile.
    pub(crate) fn head(
        &mut self,
        link: &mut Link,
    ) -> impl Future<Output = Result<Head, ExchangeError>> {
        poll_fn(|cx| self.poll_head(link, cx))
    }

    fn poll_head(
        &mut self,
        link: &mut Link,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Head, ExchangeError>> {
        if !self.upload.is_done() && self.refused.is_none() {
            match self.upload.poll_send(&mut link.stream, cx) {
                Poll::Ready(Err(UploadError::Body(error))) => {
                    return Poll::Ready(Err(ExchangeError::Body(error)));
                }
                Poll::Ready(Err(UploadError::Write(error))) => self.refused = Some(error),
                Poll::Ready(Ok(())) | Poll::Pending => {}
            }
        }
        let mut passed_over = 0;
        loop {
            let head = self.heads.read(&mut link.unread, self.upload.method());
            if let Some(head) = head.map_err(ExchangeError::Head)? {
                let status = head.response.status();
                if !status.is_informational() || status == StatusCode::SWITCHING_PROTOCOLS {
                    return Poll::Ready(Ok(head));
                }
                if self.interim.len() < MAX_INTERIM {
                    self.interim.push(status);
                }
                passed_over += 1;
                if passed_over == MAX_INTERIM {
                    // Whoever waits must get to look at the clock.
                    cx.waker().wake_by_ref();
                    return Poll::Pending;
                }
                continue;
            }
            match ready!(link.poll_fill(cx)) {
                Ok(0) => {
                    let method = self.upload.method();
                    let ended = self.heads.end(&mut link.unread, method);
                    let closed = ExchangeError::Closed(self.refused.take());
                    return Poll::Ready(Err(ended.map_or_else(ExchangeError::Head, |()| closed)));
                }
                Ok(_) => {}
                Err(error) => return Poll::Ready(Err(ExchangeError::Closed(Some(error)))),
            }
        }
    }

    /// The answer to an exchange that has its connection to itself.
    pub(crate) fn alone(
        self,
        head: Head,
        link: Link,
        address: SocketAddr,
        timings: Timings,
        open: &OpenExchange,
    ) -> Answer {
        let switches = head.response.status() == StatusCode::SWITCHING_PROTOCOLS;
        let (response, switched) = if switches {
            (head.response.map(|()| Body::empty()), Some(link))
        } else {
            (response(head, Source::Own(link)), None)
        };
        Answer {
            switched,
            ..answer(response, self.interim, address, timings, open)
        }
    }
}

/// Lets the request's body go on while the response's is read.
fn share(link: Link, mut upload: Upload, tasks: &TaskTracker) -> Source {
    let mut writer = None;
    let link = link.map(|stream| {
        let (reader, half) = tokio::io::split(stream);
        writer = Some(half);
        reader
    });
    let sending = async move {
        let Some(mut writer) = writer else {
            return Ok(());
        };
        match poll_fn(|cx| upload.poll_send(&mut writer, cx)).await {
            Ok(()) => Ok(()),
            Err(UploadError::Body(error)) => Err(error),
            // The response says how the request went.
            Err(UploadError::Write(error)) => {
                tracing::debug!(%error, "request body not taken");
                Ok(())
            }
        }
    };
    Source::Shared {
        link,
        upload: Some(AbortOnDropHandle::new(tasks.spawn(sending))),
    }
}

fn answer(
    response: Response<Body>,
    interim: Vec<StatusCode>,
    address: SocketAddr,
    timings: Timings,
    open: &OpenExchange,
) -> Answer {
    Answer {
        timings: Timings {
            first_byte_us: Some(micros(open.elapsed())),
            protocol: Some(protocol(response.version())),
            ..timings
        },
        response,
        address,
        interim,
        switched: None,
    }
}

/// A response whose body is read from `source`: at once, if all of it is there.
fn response(head: Head, mut source: Source) -> Response<Body> {
    let unread = source.unread();
    let body = match (head.framing, Coding::of(head.framing)) {
        (_, None) => {
            source.leave();
            Body::empty()
        }
        (Framing::Sized(length), _) if unread.len() as u64 >= length => {
            let length = usize::try_from(length).unwrap_or(usize::MAX);
            let whole = unread.split_to(length).freeze();
            source.leave();
            Body::from(whole)
        }
        (_, Some(coding)) => Body::new(Streaming::new(source, coding)),
    };
    head.response.map(|()| body)
}

/// What a failure means here.
pub(crate) fn failed(address: SocketAddr, error: ExchangeError, upload: &Progress) -> SendError {
    let bytes = upload.bytes();
    match error {
        ExchangeError::Body(_) if upload.is_stalled() => SendError::Stalled { bytes },
        ExchangeError::Body(source) => SendError::Upload { bytes, source },
        ExchangeError::Head(error) if error.is_too_large() => SendError::HeadTooLarge {
            address,
            source: error.into(),
        },
        ExchangeError::Head(error) => SendError::NotHttp {
            address,
            source: error.into(),
        },
        error @ ExchangeError::Closed(_) => SendError::HungUp {
            address,
            source: error.into(),
        },
    }
}

fn protocol(version: Version) -> Protocol {
    if version == Version::HTTP_10 {
        Protocol::Http10
    } else {
        Protocol::Http11
    }
}

//! The short way for requests that are plain: read, answered and written in one task's own loop.
//!
//! Nearly all of what a browser sends is a GET without a body, on a connection that is kept, and
//! the wire has found its head to be in order before anybody reads it. hyper reads it once more, as
//! it must read everything; here it becomes a request with no second look. Whatever is not
//! [plain](crate::wire::Plain) (a body, another protocol, HTTP/1.0, `Connection: close`, requests
//! sent ahead) is handed to hyper with its bytes unread, which then has the connection to its end.
//!
//! But for the time that it takes, nobody who takes the answer can tell which of the two gave it:
//! heads are written as hyper writes them, and so are bodies, their ends, and the end of the
//! connection. A test asks both the same and compares (`tests/proxy/lane`). Of a browser that leaves
//! the last bytes untaken more is known here ([`measure`](crate::measure)).

mod date;
mod encode;
mod out;
mod request;
mod send;

use std::future::poll_fn;
use std::io;
use std::net::SocketAddr;
use std::ops::ControlFlow;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::BytesMut;
use http::{HeaderMap, Method, Request, Response};
use tokio::io::AsyncWrite as _;
use tokio_util::io::poll_read_buf;
use tokio_util::sync::CancellationToken;
use tripledash_core::Timestamp;

use crate::body::{Body, BodyError, Received};
use crate::exchange::Proxy;
use crate::wire::{Connection, Socket, Wire};
use date::Date;
use encode::{Encode, Short};
use out::Out;
pub(crate) use request::build;

/// How much is read at once. A head that is longer is hyper's.
const STEP: usize = 8 * 1024;

/// What is left of a connection.
#[derive(Debug)]
pub(crate) enum Left {
    /// Nothing: it came to its end.
    Nothing,
    /// A request that is not plain, or the beginning of one, which the wire has.
    Rest,
}

/// Why a connection broke off.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Aborted {
    #[error("the browser went away while it was answered")]
    Gone,
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error("the response's body broke off")]
    Body(#[source] BodyError),
    #[error(transparent)]
    Short(#[from] Short),
}

/// One connection, as long as its requests are plain.
struct Lane<'a, S: Socket> {
    wire: &'a mut Wire<S>,
    connection: &'a Connection,
    /// What was read and is not answered.
    read: BytesMut,
    out: Out,
    date: Date,
    /// An empty map with room for fields.
    spare: HeaderMap,
}

/// Answers requests for as long as they are plain.
pub(crate) async fn serve<S: Socket>(
    wire: &mut Wire<S>,
    peer: SocketAddr,
    proxy: &Arc<Proxy>,
    connection: &Arc<Connection>,
) -> Result<Left, Aborted> {
    let gently = &proxy.stop().gently;
    let mut lane = Lane::new(wire, connection);
    loop {
        let request = match lane.next(gently).await? {
            ControlFlow::Continue(request) => request,
            ControlFlow::Break(Left::Nothing) => break,
            ControlFlow::Break(Left::Rest) => return Ok(Left::Rest),
        };
        connection.begin();
        let to_head = *request.method() == Method::HEAD;
        let exchange = pin!(proxy.exchange(request, peer, connection));
        let response = lane.watch(exchange).await?;
        let last = gently.is_cancelled();
        let last = lane.answer(response, to_head, last, proxy.now()).await?;
        connection.end();
        if last || gently.is_cancelled() {
            break;
        }
    }
    lane.shut().await?;
    Ok(Left::Nothing)
}

// === impl Lane ===

impl<'a, S: Socket> Lane<'a, S> {
    fn new(wire: &'a mut Wire<S>, connection: &'a Connection) -> Self {
        wire.attend(true);
        Self {
            wire,
            connection,
            read: BytesMut::new(),
            out: Out::default(),
            date: Date::default(),
            spare: HeaderMap::new(),
        }
    }

    /// Waits for the next request, until it is time to stop. What is left if none is answered here.
    async fn next(
        &mut self,
        gently: &CancellationToken,
    ) -> Result<ControlFlow<Left, Request<Received>>, Aborted> {
        // Who sends requests ahead has bytes in `read` already, and is left to hyper below.
        if self.read.is_empty() {
            self.read.reserve(STEP);
            let size = poll_fn(|cx| {
                let read = poll_read_buf(Pin::new(&mut *self.wire), cx, &mut self.read);
                if read.is_pending() && gently.is_cancelled() {
                    return Poll::Ready(Ok(0));
                }
                read
            });
            if size.await? == 0 {
                return Ok(ControlFlow::Break(Left::Nothing));
            }
            if let Some((plain, known)) = self.wire.plain(self.read.len())
                && let Some(request) = build(&mut self.read, &plain, known, &mut self.spare)
            {
                return Ok(ControlFlow::Continue(request));
            }
        }
        self.wire.take_back(&self.read);
        self.wire.attend(false);
        Ok(ControlFlow::Break(Left::Rest))
    }

    /// Waits for an answer, for as long as somebody is there to get it.
    async fn watch<T>(
        &mut self,
        mut answer: Pin<&mut impl Future<Output = T>>,
    ) -> Result<T, Aborted> {
        poll_fn(|cx| {
            if let Poll::Ready(answer) = answer.as_mut().poll(cx) {
                return Poll::Ready(Ok(answer));
            }
            Poll::Ready(Err(ready!(self.poll_gone(cx))))
        })
        .await
    }

    /// Ready when the browser has gone away, as far as the wire can tell. One that sends ahead is not asked again: it would have
    /// to be read to the end to find out, and there may be no end.
    fn poll_gone(&mut self, cx: &mut Context<'_>) -> Poll<Aborted> {
        if !self.read.is_empty() {
            return Poll::Pending;
        }
        match ready!(poll_read_buf(Pin::new(&mut *self.wire), cx, &mut self.read)) {
            Ok(0) => Poll::Ready(Aborted::Gone),
            Ok(_) => Poll::Pending,
            Err(error) => Poll::Ready(error.into()),
        }
    }

    /// Sends an answer. Whether it was the connection's last.
    async fn answer(
        &mut self,
        response: Response<Body>,
        to_head: bool,
        last: bool,
        now: Timestamp,
    ) -> Result<bool, Aborted> {
        let (mut parts, body) = response.into_parts();
        let mut encode = Encode::new(&parts, &body, to_head, last);
        encode.head(&parts, self.date.at(now), self.out.text());
        parts.headers.clear();
        self.spare = parts.headers;
        self.send(body, &mut encode).await?;
        Ok(encode.is_last())
    }

    /// Ends the connection in order.
    async fn shut(&mut self) -> io::Result<()> {
        poll_fn(|cx| Pin::new(&mut *self.wire).poll_shutdown(cx)).await
    }
}

#[cfg(test)]
mod tests;

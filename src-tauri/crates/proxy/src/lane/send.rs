//! A response's body on its way out.
//!
//! What is there leaves at once: a part of a body waits for another one only while that other one
//! is there too. Whoever does not take it lets the upstream wait, once as much waits here as
//! [`Out`](super::out::Out) has room for.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use http_body::Body as _;

use super::encode::Encode;
use super::{Aborted, Lane};
use crate::body::Body;
use crate::wire::Socket;

/// A body that is being sent.
struct Sending<'a> {
    /// Kept until all of it was written: it says how it went when it is dropped.
    body: Body,
    /// Whether no more of it is wanted.
    over: bool,
    encode: &'a mut Encode,
    /// Why it broke off. What came before that is sent first.
    broken: Option<Aborted>,
}

impl<S: Socket> Lane<'_, S> {
    /// Sends a head that was written, and a body to its end.
    pub(super) async fn send(&mut self, body: Body, encode: &mut Encode) -> Result<(), Aborted> {
        let mut sending = Sending {
            body,
            // One that is not written says by itself whether that was its end.
            over: encode.is_whole(),
            encode,
            broken: None,
        };
        self.connection.hold(true);
        poll_fn(|cx| self.poll_send(cx, &mut sending)).await
    }

    fn poll_send(
        &mut self,
        cx: &mut Context<'_>,
        sending: &mut Sending<'_>,
    ) -> Poll<Result<(), Aborted>> {
        loop {
            let mut waits = false;
            while !sending.over && self.out.has_room() && !waits {
                waits = sending.poll_part(cx, &mut self.out).is_pending();
            }
            let writer = Pin::new(&mut *self.wire);
            if self.out.poll_write(cx, writer)?.is_pending() {
                return Poll::Ready(Err(ready!(self.poll_gone(cx))));
            }
            if sending.over {
                self.connection.hold(false);
                return Poll::Ready(sending.broken.take().map_or(Ok(()), Err));
            }
            if waits {
                return Poll::Ready(Err(ready!(self.poll_gone(cx))));
            }
        }
    }
}

impl Sending<'_> {
    /// Writes the body's next part, or its end.
    fn poll_part(&mut self, cx: &mut Context<'_>, out: &mut super::Out) -> Poll<()> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(cx));
        let over = match frame {
            Some(Ok(frame)) => match frame.into_data() {
                Ok(data) => {
                    self.encode.data(data, out);
                    self.body.is_end_stream()
                }
                // Nothing comes behind trailer fields.
                Err(frame) => frame.is_trailers(),
            },
            Some(Err(error)) => {
                self.broken = Some(Aborted::Body(error));
                self.over = true;
                return Poll::Ready(());
            }
            None => true,
        };
        if over && let Err(short) = self.encode.end(out) {
            self.broken = Some(short.into());
        }
        self.over = over || self.encode.is_whole();
        Poll::Ready(())
    }
}

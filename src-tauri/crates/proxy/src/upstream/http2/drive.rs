//! A connection that is read and written, and ended where it carries nothing any more.
//!
//! A computer that slept, or a network or VPN that changed, leaves connections behind that nobody
//! closed: what is written into them goes nowhere, and no answer comes. PING is "a mechanism for
//! [...] determining whether an idle connection is still functional" (RFC 9113 section 6.7).
//!
//! - Only a connection that a request waits on is asked, and only after silence.
//! - Any byte counts as an answer, not the PONG alone.
//! - There is one PING at a time, however many requests wait.
//! - Each PONG with nothing else before it doubles the silence until the next PING: an app that
//!   compiles for a minute is asked three times, and an event stream at rest once a minute.
//!   Upstreams may take frequent PINGs for an attack (section 10.5).
//! - The runtime's timer is moved once per silence, not per request.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use h2::client::Connection;
use h2::{Ping, PingPong};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::Instant;

use super::heard::Heard;
use super::pulse::Pulse;
use super::watch::Watch;
use crate::alarm::Alarm;

/// Ready when the connection has ended.
pub(in crate::upstream) struct Driver<S> {
    connection: Connection<Heard<S>, Bytes>,
    ping: PingPong,
    pulse: Arc<Pulse>,
    watch: Watch,
    alarm: Alarm,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Driver<S> {
    pub(super) fn new(mut connection: Connection<Heard<S>, Bytes>, pulse: Arc<Pulse>) -> Self {
        Self {
            ping: connection.ping_pong().expect("is taken for the first time"),
            connection,
            watch: Watch::new(pulse.patience, pulse.traffic().heard),
            pulse,
            alarm: Alarm::default(),
        }
    }

    /// Ready when the connection gave no sign of life although it was asked for one.
    fn poll_lost(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        // Taken, or the next PING would not be sent.
        let ponged = self.ping.poll_pong(cx).is_ready();
        if self.watch.note(self.pulse.traffic().heard, ponged) {
            self.pulse.tell();
        }
        if self.pulse.is_fresh() {
            self.watch.begin_anew();
        }
        loop {
            let traffic = self.pulse.traffic();
            // The alarm may go off once in vain, where nobody waits any more.
            let Some(deadline) = self.watch.deadline(&traffic, self.pulse.streams()) else {
                return Poll::Pending;
            };
            ready!(self.alarm.poll(deadline, cx));
            if self.watch.is_asking() {
                return Poll::Ready(());
            }
            // Where there is no room to write, room is the sign that is waited for: a PING that
            // stands in line would keep h2 from reading.
            if !traffic.is_blocked() {
                // One that is still under way does as well.
                let _ = self.ping.send_ping(Ping::opaque());
            }
            self.watch.ask(Instant::now());
        }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Future for Driver<S> {
    type Output = Result<(), h2::Error>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let driver = self.get_mut();
        driver.pulse.driven_by(cx.waker());
        // First what came: it may be the sign that is waited for.
        if let Poll::Ready(end) = Pin::new(&mut driver.connection).poll(cx) {
            return Poll::Ready(end);
        }
        ready!(driver.poll_lost(cx));
        // Before the connection is dropped, and those who wait on it ask why.
        driver.pulse.lose();
        Poll::Ready(Ok(()))
    }
}

impl<S> Drop for Driver<S> {
    fn drop(&mut self) {
        self.pulse.close();
    }
}

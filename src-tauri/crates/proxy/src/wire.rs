//! A browser's bytes, judged before anybody reads them.
//!
//! A parser that forgives lets two readers of one message disagree on where it ends, and what one
//! takes for a body another takes for a request. hyper forgives some forms (a bare LF, a second
//! `Host`, a coding that it does not undo), and answers others with a bare status of its own. So:
//!
//! - Every byte from a browser passes the [`Screen`], which knows where each message ends. hyper
//!   gets whole heads only, and none that the screen refuses.
//! - A head that is refused is replaced by one that [stands for it](Refused), the last of its
//!   connection. Its answer, a page or JSON like any other, takes its turn behind the answers
//!   that are under way.
//! - A body that breaks the rules ends there; the exchange under way says so.
//! - What follows a request for another protocol waits for the answer. If it agrees, bytes flow
//!   through here untouched.
//! - A head that does not come to its end in time is refused; a connection on which none begins
//!   is closed.
//! - A browser that ends its half behind a request may have left, or asks for no more (as `nc -N`
//!   does), and nothing tells which but what is written to it. So its answer goes on, for as long
//!   as there is some now and then; then it is taken for gone, and the upstream is let go.
//! - A connection that ends before all was read is drained for a while, so that no reset
//!   overtakes the answer (RFC 9112 section 9.6). One whose end would pass for that of an answer
//!   which broke off is reset.
//!
//! A request whose head comes in one piece, as nearly all do, is looked through once where its
//! reader wants it, and neither copied nor counted in memory. Where it is [plain](Plain), what was
//! found is all that there is to be read, and hyper is not asked ([`lane`](crate::lane)).

mod bytes;
mod chunked;
mod connection;
mod framing;
mod head;
mod idle;
mod known;
mod plain;
mod reader;
mod refused;
mod screen;
mod violation;
mod write;

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::Instant;

use crate::Timeouts;

pub(crate) use connection::Connection;
#[cfg(test)]
use head::MAX_FIELDS;
pub(crate) use idle::HALF;
use idle::{Linger, Patience};
pub(crate) use known::KnownLines;
pub(crate) use plain::Plain;
pub(crate) use refused::Refused;
pub(crate) use screen::{Screen, Then};
pub(crate) use violation::Violation;

/// Bytes that may wait for the answer to a request for another protocol.
const MAX_EARLY: usize = 64 * 1024;

/// What a browser's bytes come over.
pub(crate) trait Socket: AsyncRead + AsyncWrite + Unpin + Send + 'static {
    /// Makes its end a reset, where there is such a thing.
    fn abort(&self) {}
}

/// A browser's socket, with the screen before its bytes.
#[derive(Debug)]
pub(crate) struct Wire<S: Socket> {
    inner: S,
    screen: Screen,
    phase: Phase,
    connection: Arc<Connection>,
    /// Bytes that were read and not handed on: first those that may be, then those that wait.
    held: Vec<u8>,
    /// How many of them may be handed on.
    ready: usize,
    /// The head for one that was refused, until it is handed on.
    stand_in: Vec<u8>,
    /// For a whole head, and for the next one to begin.
    head: Patience,
    /// Whether whoever reads looks for a next head as soon as an answer is over.
    attended: bool,
    /// Whether the last look found something else to be waited for than a head.
    was_busy: bool,
    /// For the browser to take more of an answer.
    download: Patience,
    /// When it did so after it had let us wait.
    taken: Option<Instant>,
    /// For an answer to begin or go on, once the browser's half has ended.
    half: Patience,
    linger: Linger,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Screened,
    /// Whether the last head switches is not known yet.
    Asked,
    /// Another protocol's bytes.
    Switched,
    /// The last head was refused: there is nothing more to read.
    Refused,
    /// A body broke off.
    Broken(Violation),
}

impl Socket for TcpStream {
    fn abort(&self) {
        // Fails on a socket that is closed already.
        let _ = self.set_zero_linger();
    }
}

impl Socket for TokioIo<Upgraded> {}

impl<S: Socket> Wire<S> {
    pub(crate) fn new(inner: S, connection: Arc<Connection>, timeouts: &Timeouts) -> Self {
        Self {
            inner,
            screen: Screen::new(),
            phase: Phase::Screened,
            connection,
            held: Vec::new(),
            ready: 0,
            stand_in: Vec::new(),
            head: Patience::new(timeouts.head),
            attended: false,
            was_busy: false,
            download: Patience::new(timeouts.download),
            taken: None,
            half: Patience::new(HALF),
            linger: Linger::default(),
        }
    }

    /// Whether bytes may still come that nobody will read.
    fn is_cut_short(&self) -> bool {
        match self.phase {
            Phase::Screened => !self.screen.is_between() || !self.held.is_empty(),
            Phase::Asked | Phase::Switched => false,
            Phase::Refused | Phase::Broken(_) => true,
        }
    }

    /// How many of `bytes` may be handed on. Those behind them are to be held.
    fn follow(&mut self, bytes: &mut [u8]) -> usize {
        let mut passed = 0;
        loop {
            let followed = self.screen.follow(&bytes[passed..]);
            let from = passed;
            passed += followed.passed;
            match followed.then {
                Then::Wait => {}
                Then::Mend(part) => {
                    bytes[from..][part].fill(b' ');
                    continue;
                }
                Then::Star => {
                    self.connection.star(self.screen.heads());
                    continue;
                }
                Then::Switch => {
                    self.phase = Phase::Asked;
                    self.connection.ask(self.screen.heads());
                }
                Then::Refuse(violation) => self.refuse(violation, &bytes[passed..]),
                Then::Break(violation) => self.phase = Phase::Broken(violation),
            }
            return passed;
        }
    }

    fn refuse(&mut self, violation: Violation, head: &[u8]) {
        let refused = Refused::new(violation, head);
        self.stand_in = refused.stand_in();
        self.phase = Phase::Refused;
        self.connection.refuse(self.screen.heads() + 1, refused);
    }

    /// Looks at the bytes that are held, once more or for the first time.
    fn release(&mut self) {
        let mut held = std::mem::take(&mut self.held);
        self.ready = self.follow(&mut held);
        self.held = held;
        if matches!(self.phase, Phase::Refused | Phase::Broken(_)) {
            self.held.truncate(self.ready);
            self.held.append(&mut self.stand_in);
            self.ready = self.held.len();
        }
    }

    /// Ready when a head was waited for too long, and nothing else is.
    fn await_head(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let waits = self.phase == Phase::Screened
            && self.screen.is_at_head()
            && !self.connection.is_busy()
            && !self.download.is_tried();
        if waits {
            let over = self.connection.over_since().max(self.taken);
            if let Some(over) = over.filter(|_| std::mem::take(&mut self.was_busy)) {
                self.head.renew_at(over);
            }
            return self.head.poll(cx);
        }
        self.was_busy = true;
        self.head.renew();
        if !self.attended {
            // hyper does not look for a next head before something wakes it, and the end of an
            // answer does not. So the alarm stays set, and goes off in vain where the answer takes
            // longer.
            let _ = self.head.poll(cx);
        }
        Poll::Pending
    }

    /// Ready once nobody waits for an answer, where the browser has ended its half.
    fn outlast(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let waits = self.phase == Phase::Screened
            && self.screen.is_between()
            && self.held.is_empty()
            && self.connection.is_busy();
        if !waits {
            return Poll::Ready(());
        }
        self.connection.wait(cx.waker());
        ready!(self.half.poll(cx));
        self.connection.give_up();
        Poll::Ready(())
    }

    /// Gives a head up that did not come in time. Whether any of it did: empty lines before it are
    /// nothing (RFC 9112 section 2.2).
    fn give_up(&mut self) -> bool {
        if self.held.iter().all(|byte| matches!(byte, b'\r' | b'\n')) {
            return false;
        }
        let head = std::mem::take(&mut self.held);
        self.refuse(Violation::Slow, &head);
        self.held.append(&mut self.stand_in);
        self.ready = self.held.len();
        true
    }

    /// Hands on what was read behind `before`, where nothing stands before it: without a copy.
    /// Whether any of it passed.
    fn pass(&mut self, buf: &mut ReadBuf<'_>, before: usize) -> bool {
        let new = &mut buf.filled_mut()[before..];
        let passed = self.follow(new);
        if matches!(self.phase, Phase::Screened | Phase::Asked) {
            self.held.extend_from_slice(&new[passed..]);
        } else {
            self.held.append(&mut self.stand_in);
            self.ready = self.held.len();
        }
        buf.set_filled(before + passed);
        passed > 0
    }

    fn hand_on(&mut self, buf: &mut ReadBuf<'_>) {
        let size = self.ready.min(buf.remaining());
        buf.put_slice(&self.held[..size]);
        self.held.drain(..size);
        self.ready -= size;
        if self.held.is_empty() {
            // Nearly never filled again.
            self.held = Vec::new();
        }
    }
}

impl<S: Socket> AsyncRead for Wire<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let wire = self.get_mut();
        loop {
            if wire.ready > 0 {
                wire.hand_on(buf);
                return Poll::Ready(Ok(()));
            }
            match wire.phase {
                Phase::Screened => {}
                Phase::Asked => match wire.connection.switched(cx.waker()) {
                    Some(true) => {
                        wire.phase = Phase::Switched;
                        wire.ready = wire.held.len();
                        continue;
                    }
                    Some(false) => {
                        wire.phase = Phase::Screened;
                        wire.screen.go_on();
                        wire.release();
                        continue;
                    }
                    None if wire.held.len() >= MAX_EARLY => return Poll::Pending,
                    None => {}
                },
                Phase::Switched => return Pin::new(&mut wire.inner).poll_read(cx, buf),
                // Not the end, which would take the answers under way along.
                Phase::Refused => return Poll::Pending,
                Phase::Broken(violation) => {
                    return Poll::Ready(Err(io::Error::new(io::ErrorKind::InvalidData, violation)));
                }
            }
            let before = buf.filled().len();
            if Pin::new(&mut wire.inner).poll_read(cx, buf)?.is_pending() {
                ready!(wire.await_head(cx));
                if wire.give_up() {
                    continue;
                }
                return Poll::Ready(Ok(()));
            }
            if buf.filled().len() == before {
                return wire.outlast(cx).map(Ok);
            }
            if wire.held.is_empty() {
                wire.was_busy = false;
                wire.head.renew();
            }
            if wire.held.is_empty() && wire.phase == Phase::Screened {
                if wire.pass(buf, before) {
                    return Poll::Ready(Ok(()));
                }
                continue;
            }
            wire.held.extend_from_slice(&buf.filled()[before..]);
            buf.set_filled(before);
            if wire.phase == Phase::Screened {
                wire.release();
            }
        }
    }
}

impl<S: Socket> Drop for Wire<S> {
    fn drop(&mut self) {
        if self.connection.is_delimiting() {
            self.inner.abort();
        }
    }
}

#[cfg(test)]
mod tests;

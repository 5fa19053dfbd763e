//! Requests to upstreams: a connection that is open or a new one, and an answer or the reason for
//! none.

mod connect;
mod error;
mod http1;
mod http2;
mod obtain;
mod place;
mod pool;
mod stream;
mod tls;

use std::future::poll_fn;
use std::net::SocketAddr;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use http::{Request, Response, StatusCode};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tripledash_core::Snapshot;
use tripledash_core::trace::Timings;
use tripledash_core::upstream::Scheme;

pub(crate) use connect::{ConnectError, Names, connect};
pub(crate) use error::SendError;
pub(crate) use http1::{Cut, Exchange, Link, failed, fuzzing};
pub(crate) use http2::StreamCut;
pub(crate) use place::{Destination, Tls};
pub(crate) use pool::Pool;
pub(crate) use tls::{Offer, SelfSigned, Verifiers};

use crate::Timeouts;
use crate::alarm::Alarm;
use crate::body::Body;
use crate::open::{OpenExchange, Progress};
use error::Failed;
use obtain::Connection;
use place::Speaks;

/// How often a request is sent that upstreams say they have not processed.
const ATTEMPTS: usize = 4;
/// How many of these may be lost with their connection: "A client SHOULD NOT automatically retry a
/// failed automatic retry" (RFC 9110 section 9.2.2).
const LOST_ATTEMPTS: usize = 2;
/// How many interim responses are told of. An upstream may send them for as long as it is waited
/// for.
const MAX_INTERIM: usize = 16;

/// Everything that requests to upstreams share.
#[derive(Debug)]
pub(crate) struct Upstream {
    pub(crate) pool: Pool,
    pub(crate) names: Names,
    pub(crate) verifiers: Verifiers,
    pub(crate) timeouts: Timeouts,
    pub(crate) tasks: TaskTracker,
    /// Ends whatever is left of the connections.
    pub(crate) stop: CancellationToken,
}

/// A response head, with its body still to come.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) response: Response<Body>,
    pub(crate) address: SocketAddr,
    pub(crate) timings: Timings,
    /// Interim responses that were passed over: hyper has no way to send them on.
    pub(crate) interim: Vec<StatusCode>,
    /// The connection, where it speaks another protocol from now on.
    pub(crate) switched: Option<Link>,
}

/// How long a response is waited for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wait {
    limit: Duration,
    /// How much of it went by before the request was sent.
    spent: Duration,
}

impl Wait {
    pub(crate) fn of(limit: Duration) -> Self {
        let spent = Duration::ZERO;
        Self { limit, spent }
    }

    pub(crate) fn limit(self) -> Duration {
        self.limit
    }

    fn left(self) -> Duration {
        self.limit.saturating_sub(self.spent)
    }

    fn spend(&mut self, spent: Duration) {
        self.spent += spent;
    }
}

impl Upstream {
    /// Sends a request whose target is in origin-form, and waits for the response's head: for
    /// `limit`, or as long as we do by ourselves.
    pub(crate) async fn send(
        &self,
        destination: Destination<'_>,
        mut request: Request<Body>,
        limit: Option<Duration>,
        open: &OpenExchange,
    ) -> Result<Answer, SendError> {
        let place = self.pool.place(destination);
        let mut wait = Wait::of(limit.unwrap_or(self.timeouts.first_byte));
        let mut attempt = 1;
        let mut lost = 0;
        loop {
            // Where the first connection was stale, so may be every other old one.
            let old = attempt == 1;
            let (connection, timings) = self.connection(&place, old, open).await?;
            let sent = match connection {
                Connection::Http1(lease) => {
                    http1::send(lease, request, timings, wait, open, &self.tasks).await
                }
                Connection::Http2(ticket) => {
                    let sent = http2::send(ticket, request, timings, &mut wait, open, &self.tasks);
                    Box::pin(sent).await
                }
            };
            let mut failed = match sent {
                Ok(answer) => return Ok(answer),
                Err(failed) => failed,
            };
            if let SendError::Lost { twice, .. } = &mut failed.error {
                lost += 1;
                *twice = lost > 1;
            }
            if let SendError::WantsHttp1 { .. } = failed.error {
                place.learn(Speaks::OnlyHttp1);
            }
            match failed.again {
                Some(again) if attempt < ATTEMPTS && lost < LOST_ATTEMPTS => request = again,
                _ => return Err(failed.error),
            }
            attempt += 1;
        }
    }

    /// Closes the connections to wherever no preview leads any more.
    pub(crate) fn follow(&self, snapshot: &Snapshot) {
        self.pool.retain(|destination| {
            let (trust, scheme) = match destination.tls {
                Some(tls) => (Some(tls.trust), Scheme::Https),
                None => (None, Scheme::Http),
            };
            snapshot.may_reach(scheme, destination.host, destination.port, trust)
        });
        self.verifiers.retain(|trust| snapshot.trusts(trust));
    }
}

/// Waits for a response; the wait begins anew, and whole, as long as the request's body moves.
pub(crate) async fn first_byte<F: Future>(
    answer: F,
    alarm: &mut Alarm,
    upload: &Progress,
    wait: Wait,
) -> Option<F::Output> {
    let mut answer = pin!(answer);
    let mut seen = upload.bytes();
    let mut deadline = Instant::now() + wait.left();
    poll_fn(|cx| {
        if let Poll::Ready(answer) = answer.as_mut().poll(cx) {
            return Poll::Ready(Some(answer));
        }
        while alarm.poll(deadline, cx).is_ready() {
            let now = upload.bytes();
            if now == seen {
                return Poll::Ready(None);
            }
            seen = now;
            deadline = Instant::now() + wait.limit;
        }
        Poll::Pending
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn time_spent_before_a_request_is_sent_counts() {
        let begun = Instant::now();
        let mut wait = Wait::of(Duration::from_secs(10));
        tokio::time::advance(Duration::from_secs(4)).await;
        wait.spend(begun.elapsed());
        let upload = Progress::default();
        let answer = std::future::pending::<()>();
        assert!(
            first_byte(answer, &mut Alarm::default(), &upload, wait)
                .await
                .is_none()
        );
        assert_eq!(begun.elapsed().as_secs(), 10);
    }
}

//! A connection for a request: one that is open, or a new one.

use std::sync::Arc;

use tripledash_core::trace::Timings;

use super::error::hung_up;
use super::http1::Link;
use super::http2::{self, Patience, Ticket};
use super::place::{Open, Place, Speaks};
use super::pool::Lease;
use super::tls::Offer;
use super::{SendError, Upstream, connect};
use crate::open::OpenExchange;

/// A connection that a request can be sent on.
pub(super) enum Connection {
    Http1(Lease),
    Http2(Ticket),
}

impl Upstream {
    /// A connection to send on: an open one, or a new one.
    pub(super) async fn connection(
        &self,
        place: &Arc<Place>,
        old: bool,
        open: &OpenExchange,
    ) -> Result<(Connection, Timings), SendError> {
        if old && let Some(lease) = self.pool.take(place) {
            return Ok((Connection::Http1(lease), reused()));
        }
        // What is seldom waited for takes no room in the future of every request.
        Box::pin(self.shared_or_new(place, old, open)).await
    }

    async fn shared_or_new(
        &self,
        place: &Arc<Place>,
        old: bool,
        open: &OpenExchange,
    ) -> Result<(Connection, Timings), SendError> {
        let tls = place.key.destination().tls.is_some();
        if !tls || matches!(place.speaks(), Some(Speaks::Http1 | Speaks::OnlyHttp1)) {
            return self.open(place, open).await;
        }
        if let Some(ticket) = place.share(old) {
            return Ok((Connection::Http2(ticket), reused()));
        }
        // A page asks for its parts all at once. One connection will do for them, so they wait for
        // whoever opens it.
        let seen = place.opened();
        let gate = place.gate.lock().await;
        if let Some(ticket) = place.share(old) {
            return Ok((Connection::Http2(ticket), reused()));
        }
        if place.opened() != seen && place.speaks() != Some(Speaks::Http2) {
            // There is none to share: no reason to go one by one.
            drop(gate);
            return self.open(place, open).await;
        }
        self.open(place, open).await
    }

    /// A new connection.
    async fn open(
        &self,
        place: &Arc<Place>,
        open: &OpenExchange,
    ) -> Result<(Connection, Timings), SendError> {
        let offer = match place.speaks() {
            Some(Speaks::OnlyHttp1) => Offer::Http1,
            _ => Offer::Any,
        };
        let destination = place.key.destination();
        let limit = self.timeouts.connect;
        let connected = connect(destination, &self.names, &self.verifiers, offer, limit).await;
        if connected.is_err() {
            // Before it is counted: those who waited then try for themselves, and all at once.
            place.unlearn();
        }
        place.count_opened();
        let connected = connected?;
        let timings = connected.timings(open.begun());
        let address = connected.address;
        if !connected.stream.is_http2() {
            place.learn(Speaks::Http1);
            let open = Open {
                link: Link::new(connected.stream),
                address,
            };
            return Ok((Connection::Http1(self.pool.lease(place, open)), timings));
        }
        let patience = Patience::with(address, &self.timeouts);
        let (multiplexed, driver) = http2::handshake(connected.stream, address, patience)
            .await
            .map_err(|source| hung_up(address, source))?;
        let stop = self.stop.clone();
        self.tasks.spawn(async move {
            let end = tokio::select! {
                end = driver => end,
                () = stop.cancelled() => Ok(()),
            };
            if let Err(error) = end {
                tracing::debug!(%address, %error, "upstream connection ended");
            }
        });
        let multiplexed = Arc::new(multiplexed);
        let ticket = Ticket::take(Arc::clone(&multiplexed));
        place.offer(multiplexed);
        self.pool.reap();
        Ok((Connection::Http2(ticket), timings))
    }
}

fn reused() -> Timings {
    Timings {
        reused: true,
        ..Timings::default()
    }
}

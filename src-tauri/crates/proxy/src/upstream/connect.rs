//! One connected socket to an upstream.
//!
//! A dev server told to listen on `localhost` listens on one loopback family, and which one depends
//! on its runtime. So for `localhost` and every name under it:
//!
//! - both loopback families are tried, `::1` first as browsers do, and whoever answered is told;
//! - DNS is never asked (RFC 6761 section 6.3), so that a resolver which does not know
//!   `*.localhost` does not matter.
//!
//! Any other name is resolved, and its addresses are tried with a short head start each
//! (RFC 8305 section 5).

use std::collections::BTreeMap;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::{Duration, Instant};

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tripledash_core::host::Host;
use tripledash_core::trace::Timings;

use super::place::Destination;
use super::stream::Stream;
use super::tls::{Offer, Verifiers};
use crate::open::micros;

/// Addresses of names that DNS is not asked for, as a hosts file has them.
pub(crate) type Names = BTreeMap<String, IpAddr>;

/// How long one address may keep the next one waiting.
const HEAD_START: Duration = Duration::from_millis(250);

/// A socket, and how long it took.
#[derive(Debug)]
pub(crate) struct Connected {
    pub(crate) stream: Stream,
    pub(crate) address: SocketAddr,
    /// When the name was resolved, where it had to be.
    pub(crate) dns_at: Option<Instant>,
    /// When the socket was connected.
    pub(crate) at: Instant,
    /// When TLS was agreed.
    pub(crate) tls_at: Option<Instant>,
}

/// Why no connection came about.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConnectError {
    #[error("the name {name} did not resolve")]
    Unresolved {
        name: String,
        #[source]
        source: io::Error,
    },
    #[error("nothing accepted the connection")]
    Refused { tried: Vec<(SocketAddr, io::Error)> },
    #[error("no connection within {limit:?}")]
    TimedOut { limit: Duration },
    #[error("TLS with {address} as {name} was not agreed")]
    Tls {
        address: SocketAddr,
        name: String,
        #[source]
        source: io::Error,
    },
    #[error("this machine's TLS roots cannot be used")]
    NoTrust(#[source] rustls::Error),
    #[error("{name} cannot be a TLS server name")]
    ServerName { name: String },
}

/// Connects within `limit`, TLS included.
pub(crate) async fn connect(
    destination: Destination<'_>,
    names: &Names,
    verifiers: &Verifiers,
    offer: Offer,
    limit: Duration,
) -> Result<Connected, ConnectError> {
    tokio::time::timeout(limit, dial(destination, names, verifiers, offer))
        .await
        .unwrap_or(Err(ConnectError::TimedOut { limit }))
}

async fn dial(
    destination: Destination<'_>,
    names: &Names,
    verifiers: &Verifiers,
    offer: Offer,
) -> Result<Connected, ConnectError> {
    let (addresses, dns_at) = addresses(destination.host, destination.port, names).await?;
    let (socket, address) = race(&addresses).await?;
    let at = Instant::now();
    // A small write waiting for the last one's acknowledgement would show in every page.
    let _ = socket.set_nodelay(true);
    let connected = |stream, tls_at| Connected {
        stream,
        address,
        dns_at,
        at,
        tls_at,
    };
    let Some(tls) = destination.tls else {
        return Ok(connected(Stream::Plain(socket), None));
    };
    let name = || tls.server_name.to_owned();
    let server_name =
        ServerName::try_from(name()).map_err(|_| ConnectError::ServerName { name: name() })?;
    let config = verifiers
        .config(tls.trust, offer)
        .await
        .map_err(ConnectError::NoTrust)?;
    let stream = TlsConnector::from(config)
        .connect(server_name, socket)
        .await
        .map_err(|source| ConnectError::Tls {
            address,
            name: name(),
            source,
        })?;
    Ok(connected(
        Stream::Tls(Box::new(stream)),
        Some(Instant::now()),
    ))
}

impl Connected {
    /// How long connecting took.
    pub(crate) fn timings(&self, begun: Instant) -> Timings {
        let since = |at: Instant| micros(at - begun);
        Timings {
            dns_us: self.dns_at.map(since),
            connect_us: Some(since(self.at)),
            tls_us: self.tls_at.map(since),
            ..Timings::default()
        }
    }
}

/// Where a host may be, in the order to try, and when DNS said so, if it was asked.
async fn addresses(
    host: &Host,
    port: u16,
    names: &Names,
) -> Result<(Vec<SocketAddr>, Option<Instant>), ConnectError> {
    let name = match host {
        Host::V4(ip) => return Ok((vec![SocketAddr::new(IpAddr::V4(*ip), port)], None)),
        Host::V6(ip) => return Ok((vec![SocketAddr::new(IpAddr::V6(*ip), port)], None)),
        Host::Name(name) => name.as_str(),
    };
    if name == "localhost" || name.ends_with(".localhost") {
        let both = vec![
            SocketAddr::new(Ipv6Addr::LOCALHOST.into(), port),
            SocketAddr::new(Ipv4Addr::LOCALHOST.into(), port),
        ];
        return Ok((both, None));
    }
    if let Some(known) = names.get(name) {
        return Ok((vec![SocketAddr::new(*known, port)], None));
    }
    let found: Vec<_> = tokio::net::lookup_host((name, port))
        .await
        .map_err(|source| ConnectError::Unresolved {
            name: name.to_owned(),
            source,
        })?
        .collect();
    if found.is_empty() {
        return Err(ConnectError::Unresolved {
            name: name.to_owned(),
            source: io::Error::new(io::ErrorKind::NotFound, "the name has no address"),
        });
    }
    Ok((found, Some(Instant::now())))
}

/// The first address that accepts, each next one started when the last failed or is slow.
async fn race(addresses: &[SocketAddr]) -> Result<(TcpStream, SocketAddr), ConnectError> {
    let mut waiting = addresses.iter().copied();
    let mut attempts = FuturesUnordered::new();
    let mut tried = Vec::new();
    let attempt = |address| async move { (address, TcpStream::connect(address).await) };
    attempts.extend(waiting.next().map(attempt));
    loop {
        tokio::select! {
            outcome = attempts.next() => match outcome {
                Some((address, Ok(socket))) => return Ok((socket, address)),
                Some((address, Err(error))) => {
                    tried.push((address, error));
                    attempts.extend(waiting.next().map(attempt));
                }
                None => return Err(ConnectError::Refused { tried }),
            },
            () = tokio::time::sleep(HEAD_START), if waiting.len() > 0 => {
                attempts.extend(waiting.next().map(attempt));
            }
        }
    }
}

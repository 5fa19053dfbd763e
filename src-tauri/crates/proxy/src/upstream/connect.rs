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

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tripledash_core::host::Host;

use super::{Destination, Trust};

/// How long one address may keep the next one waiting.
const HEAD_START: Duration = Duration::from_millis(250);

/// A socket, and how long it took.
#[derive(Debug)]
pub(crate) struct Connected {
    pub(crate) stream: Stream,
    pub(crate) address: SocketAddr,
    /// When the socket was connected.
    pub(crate) at: Instant,
    /// When TLS was agreed.
    pub(crate) tls_at: Option<Instant>,
}

/// Bytes to and from an upstream, in clear or through TLS.
#[derive(Debug)]
pub(crate) enum Stream {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
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
    destination: &Destination,
    trust: &Trust,
    limit: Duration,
) -> Result<Connected, ConnectError> {
    tokio::time::timeout(limit, dial(destination, trust))
        .await
        .unwrap_or(Err(ConnectError::TimedOut { limit }))
}

async fn dial(destination: &Destination, trust: &Trust) -> Result<Connected, ConnectError> {
    let addresses = addresses(&destination.host, destination.port).await?;
    let (socket, address) = race(&addresses).await?;
    let at = Instant::now();
    // A small write waiting for the last one's acknowledgement would show in every page.
    let _ = socket.set_nodelay(true);
    let Some(name) = &destination.server_name else {
        return Ok(Connected {
            stream: Stream::Plain(socket),
            address,
            at,
            tls_at: None,
        });
    };
    let server_name = ServerName::try_from(name.clone())
        .map_err(|_| ConnectError::ServerName { name: name.clone() })?;
    let config = trust.config().map_err(ConnectError::NoTrust)?;
    let stream = TlsConnector::from(config)
        .connect(server_name, socket)
        .await
        .map_err(|source| ConnectError::Tls {
            address,
            name: name.clone(),
            source,
        })?;
    Ok(Connected {
        stream: Stream::Tls(Box::new(stream)),
        address,
        at,
        tls_at: Some(Instant::now()),
    })
}

/// Where a host may be, in the order to try.
async fn addresses(host: &Host, port: u16) -> Result<Vec<SocketAddr>, ConnectError> {
    let name = match host {
        Host::V4(ip) => return Ok(vec![SocketAddr::new(IpAddr::V4(*ip), port)]),
        Host::V6(ip) => return Ok(vec![SocketAddr::new(IpAddr::V6(*ip), port)]),
        Host::Name(name) => name.as_str(),
    };
    if name == "localhost" || name.ends_with(".localhost") {
        return Ok(vec![
            SocketAddr::new(Ipv6Addr::LOCALHOST.into(), port),
            SocketAddr::new(Ipv4Addr::LOCALHOST.into(), port),
        ]);
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
    Ok(found)
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

impl AsyncRead for Stream {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(socket) => Pin::new(socket).poll_read(cx, buf),
            Self::Tls(stream) => Pin::new(stream.as_mut()).poll_read(cx, buf),
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(socket) => Pin::new(socket).poll_write(cx, buf),
            Self::Tls(stream) => Pin::new(stream.as_mut()).poll_write(cx, buf),
        }
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(socket) => Pin::new(socket).poll_write_vectored(cx, bufs),
            Self::Tls(stream) => Pin::new(stream.as_mut()).poll_write_vectored(cx, bufs),
        }
    }

    fn is_write_vectored(&self) -> bool {
        match self {
            Self::Plain(socket) => socket.is_write_vectored(),
            Self::Tls(stream) => stream.is_write_vectored(),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(socket) => Pin::new(socket).poll_flush(cx),
            Self::Tls(stream) => Pin::new(stream.as_mut()).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(socket) => Pin::new(socket).poll_shutdown(cx),
            Self::Tls(stream) => Pin::new(stream.as_mut()).poll_shutdown(cx),
        }
    }
}

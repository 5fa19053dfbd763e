//! Connections from browsers: served, and drained when it is time to stop.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;

use http::uri::PathAndQuery;
use http::{Method, Request, StatusCode, Uri};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_util::sync::CancellationToken;

use crate::exchange::Proxy;
use crate::wire::{Connection, Wire};

/// When to stop.
#[derive(Debug, Clone)]
pub(crate) struct Stop {
    /// Takes nothing new, and ends what is under way.
    pub(crate) gently: CancellationToken,
    /// Drops whatever is left of connections from browsers.
    pub(crate) now: CancellationToken,
    /// Then of those to upstreams; each worker has its own.
    pub(crate) last: CancellationToken,
}

/// Serves the requests that come through a tunnel to ourselves, once it stands.
///
/// Boxed, since each exchange may hold a connection that has exchanges of its own.
pub(crate) fn tunnelled(
    tunnel: OnUpgrade,
    peer: SocketAddr,
    proxy: Arc<Proxy>,
) -> Pin<Box<dyn Future<Output = ()> + Send>> {
    Box::pin(async move {
        match tunnel.await {
            Ok(io) => connection(TokioIo::new(io), peer, proxy, Connection::tunnelled()).await,
            Err(error) => tracing::debug!(%peer, %error, "tunnel did not come about"),
        }
    })
}

/// Serves one connection to its end.
pub(crate) async fn connection<I>(io: I, peer: SocketAddr, proxy: Arc<Proxy>, shared: Connection)
where
    I: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let timeouts = *proxy.timeouts();
    let stop = proxy.stop().clone();
    let shared = Arc::new(shared);
    let wire = Wire::new(io, Arc::clone(&shared), timeouts.download);
    let service = service_fn(move |mut request: Request<Incoming>| {
        let (proxy, shared) = (Arc::clone(&proxy), Arc::clone(&shared));
        async move {
            let number = shared.begin();
            if let Some(refused) = shared.refused(number) {
                return Ok::<_, Infallible>(proxy.refuse(&refused));
            }
            if request.uri().authority().is_some() {
                complete(&mut request, shared.is_star(number));
            }
            let connect = request.method() == Method::CONNECT;
            let response = proxy.exchange(request, peer, &shared).await;
            let status = response.status();
            let switched = status == StatusCode::SWITCHING_PROTOCOLS;
            shared.answered(number, switched || connect && status.is_success());
            Ok(response)
        }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(timeouts.head)
        .serve_connection(TokioIo::new(wire), service)
        .with_upgrades();
    let mut connection = std::pin::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stop.gently.cancelled() => {
            connection.as_mut().graceful_shutdown();
            tokio::select! {
                ended = connection => ended,
                () = stop.now.cancelled() => Ok(()),
            }
        }
    };
    if let Err(error) = ended {
        // The exchange under way, if any, tells of it in its own words.
        tracing::debug!(%peer, %error, "downstream connection ended");
    }
}

/// Gives a target in absolute-form the path that it leaves out: `*` where it stands for that, and
/// else the root (RFC 9110 section 4.2.3).
fn complete(request: &mut Request<Incoming>, is_star: bool) {
    let path = request.uri().path_and_query().map(PathAndQuery::as_str);
    let path = match path {
        _ if is_star => "*".to_owned(),
        Some(path) if path.starts_with('?') => format!("/{path}"),
        _ => return,
    };
    let mut parts = request.uri().clone().into_parts();
    parts.path_and_query = path.parse().ok();
    if let Ok(uri) = Uri::from_parts(parts) {
        *request.uri_mut() = uri;
    }
}

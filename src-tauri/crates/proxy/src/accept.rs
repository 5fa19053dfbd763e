//! Connections from browsers: accepted, served, and drained when it is time to stop.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use http::uri::PathAndQuery;
use http::{Method, Request, StatusCode, Uri};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::exchange::Proxy;
use crate::wire::{Connection, Wire};
use crate::{Base, Options};

/// How long to wait when the machine has no room for another connection.
const BREATH: Duration = Duration::from_millis(50);

/// When to stop.
#[derive(Debug, Clone)]
pub(crate) struct Stop {
    /// Takes nothing new, and ends what is under way.
    pub(crate) gently: CancellationToken,
    /// Drops whatever is left.
    pub(crate) now: CancellationToken,
}

/// Serves every listener until `shutdown` is cancelled, then lets responses that are under way
/// come to their end (for [`Timeouts::drain`](crate::Timeouts::drain) at most). When it returns,
/// no task of its is left.
pub async fn serve(listeners: Vec<TcpListener>, options: Options, shutdown: CancellationToken) {
    let tasks = TaskTracker::new();
    let base = options.base.clone();
    let stop = Stop {
        gently: shutdown,
        now: CancellationToken::new(),
    };
    let proxy = Arc::new(Proxy::new(options, tasks.clone(), stop.clone()));
    tasks.spawn(Arc::clone(&proxy).follow());
    for listener in listeners {
        tasks.spawn(accept(
            listener,
            Arc::clone(&proxy),
            base.clone(),
            tasks.clone(),
        ));
    }
    stop.gently.cancelled().await;
    tasks.close();
    proxy.close_pool();
    let drained = tokio::time::timeout(proxy.timeouts().drain, tasks.wait()).await;
    if drained.is_err() {
        stop.now.cancel();
    }
    tasks.wait().await;
}

async fn accept(listener: TcpListener, proxy: Arc<Proxy>, base: Base, tasks: TaskTracker) {
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = proxy.stop().gently.cancelled() => return,
        };
        match accepted {
            // Whoever binds another address than loopback still serves nobody else.
            Ok((_, peer)) if !peer.ip().to_canonical().is_loopback() => {
                tracing::warn!(%peer, "refused a connection that is not from this machine");
            }
            Ok((socket, peer)) => {
                // Fails on a socket that is closed already, which reading finds out.
                let _ = socket.set_nodelay(true);
                let (proxy, base) = (Arc::clone(&proxy), base.clone());
                tasks.spawn(connection(socket, peer, proxy, base));
            }
            // Out of file descriptors, most likely: they come back when connections end.
            Err(error) => {
                tracing::warn!(%error, "could not accept a connection");
                tokio::time::sleep(BREATH).await;
            }
        }
    }
}

/// Serves the requests that come through a tunnel to ourselves, once it stands.
///
/// Boxed, since each exchange may hold a connection that has exchanges of its own.
pub(crate) fn tunnelled(
    tunnel: OnUpgrade,
    peer: SocketAddr,
    proxy: Arc<Proxy>,
    base: Base,
) -> Pin<Box<dyn Future<Output = ()> + Send>> {
    Box::pin(async move {
        match tunnel.await {
            Ok(io) => connection(TokioIo::new(io), peer, proxy, base).await,
            Err(error) => tracing::debug!(%peer, %error, "tunnel did not come about"),
        }
    })
}

async fn connection<I>(io: I, peer: SocketAddr, proxy: Arc<Proxy>, base: Base)
where
    I: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let timeouts = *proxy.timeouts();
    let stop = proxy.stop().clone();
    let shared = Arc::new(Connection::default());
    let wire = Wire::new(io, Arc::clone(&shared), timeouts.download);
    let service = service_fn(move |mut request: Request<Incoming>| {
        let (proxy, base, shared) = (Arc::clone(&proxy), base.clone(), Arc::clone(&shared));
        async move {
            let number = shared.begin();
            if let Some(refused) = shared.refused(number) {
                return Ok::<_, Infallible>(proxy.refuse(&refused));
            }
            if request.uri().authority().is_some() {
                complete(&mut request, shared.is_star(number));
            }
            let connect = request.method() == Method::CONNECT;
            let response = proxy.exchange(request, peer, base, &shared).await;
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

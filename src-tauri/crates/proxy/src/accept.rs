//! Connections from browsers: accepted, served, and drained when it is time to stop.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::exchange::Proxy;
use crate::{Base, MAX_FIELDS, Options};

/// How long to wait when the machine has no room for another connection.
const BREATH: Duration = Duration::from_millis(50);

/// Serves every listener until `shutdown` is cancelled, then lets responses that are under way
/// come to their end (for [`Timeouts::drain`](crate::Timeouts::drain) at most). When it returns,
/// no task of its is left.
pub async fn serve(listeners: Vec<TcpListener>, options: Options, shutdown: CancellationToken) {
    let tasks = TaskTracker::new();
    let base = options.base.clone();
    // Cut only when draining has taken too long.
    let cut = CancellationToken::new();
    let proxy = Arc::new(Proxy::new(options, tasks.clone(), shutdown.clone()));
    for listener in listeners {
        let accept = accept(
            listener,
            Arc::clone(&proxy),
            base.clone(),
            tasks.clone(),
            (shutdown.clone(), cut.clone()),
        );
        tasks.spawn(accept);
    }
    shutdown.cancelled().await;
    tasks.close();
    proxy.close_idle();
    if tokio::time::timeout(proxy.timeouts().drain, tasks.wait())
        .await
        .is_err()
    {
        cut.cancel();
    }
    // Connections given back while draining.
    proxy.close_idle();
    tasks.wait().await;
}

async fn accept(
    listener: TcpListener,
    proxy: Arc<Proxy>,
    base: Base,
    tasks: TaskTracker,
    (shutdown, cut): (CancellationToken, CancellationToken),
) {
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = shutdown.cancelled() => return,
        };
        match accepted {
            // Whoever binds another address than loopback still serves nobody else.
            Ok((_, peer)) if !peer.ip().to_canonical().is_loopback() => {
                tracing::warn!(%peer, "refused a connection that is not from this machine");
            }
            Ok((socket, peer)) => {
                let connection = connection(
                    socket,
                    peer,
                    Arc::clone(&proxy),
                    base.clone(),
                    shutdown.clone(),
                );
                let cut = cut.clone();
                tasks.spawn(async move {
                    tokio::select! {
                        () = connection => {}
                        () = cut.cancelled() => {}
                    }
                });
            }
            // Out of file descriptors, most likely: they come back when connections end.
            Err(error) => {
                tracing::warn!(%error, "could not accept a connection");
                tokio::time::sleep(BREATH).await;
            }
        }
    }
}

async fn connection(
    socket: TcpStream,
    peer: SocketAddr,
    proxy: Arc<Proxy>,
    base: Base,
    shutdown: CancellationToken,
) {
    // Fails on a socket that is closed already, which reading finds out.
    let _ = socket.set_nodelay(true);
    let head = proxy.timeouts().head;
    let service = service_fn(move |request| {
        let (proxy, base) = (Arc::clone(&proxy), base.clone());
        async move { Ok::<_, std::convert::Infallible>(proxy.exchange(request, peer, base).await) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(head)
        .max_headers(MAX_FIELDS)
        .serve_connection(TokioIo::new(socket), service)
        .with_upgrades();
    let mut connection = std::pin::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = shutdown.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        // The exchange under way, if any, tells of it in its own words.
        tracing::debug!(%peer, %error, "downstream connection ended");
    }
}

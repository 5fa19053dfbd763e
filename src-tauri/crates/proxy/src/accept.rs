//! Connections from browsers: served, and drained when it is time to stop.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::uri::PathAndQuery;
use http::{Method, Request, StatusCode, Uri, Version};
use http_body::{Body as _, Frame, SizeHint};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use tokio_util::sync::CancellationToken;

use crate::body::{Body, BodyError, Received};
use crate::exchange::Proxy;
use crate::lane::{self, Left};
use crate::wire::{Connection, Socket, Wire};

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

/// The answer to one of a connection's requests, which is over when it is dropped.
struct Turn {
    body: Body,
    connection: Arc<Connection>,
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
pub(crate) async fn connection<S: Socket>(
    socket: S,
    peer: SocketAddr,
    proxy: Arc<Proxy>,
    shared: Connection,
) {
    let stop = proxy.stop().clone();
    let shared = Arc::new(shared);
    let mut wire = Wire::new(socket, Arc::clone(&shared), proxy.timeouts());
    if proxy.has_lane() {
        let lane = std::pin::pin!(lane::serve(&mut wire, peer, &proxy, &shared));
        match stop.lets_end(lane, |_| {}).await {
            Some(Ok(Left::Rest)) => {}
            Some(Ok(Left::Nothing)) | None => return,
            Some(Err(error)) => {
                tracing::debug!(%peer, %error, "downstream connection ended");
                return;
            }
        }
    }
    let service = service_fn(move |mut request: Request<Incoming>| {
        let (proxy, shared) = (Arc::clone(&proxy), Arc::clone(&shared));
        // At once: a future may be polled after the next look for bytes.
        let number = shared.begin();
        async move {
            if let Some(refused) = shared.refused(number) {
                let response = proxy.refuse(&refused);
                return Ok::<_, Infallible>(response.map(|body| Turn::new(body, shared)));
            }
            // HTTP/1.0 has no chunks, and an answer to HEAD has no body.
            let unframed =
                request.version() == Version::HTTP_10 && request.method() != Method::HEAD;
            if request.uri().authority().is_some() {
                complete(&mut request, shared.is_star(number));
            }
            let connect = request.method() == Method::CONNECT;
            let request = request.map(Received::Hyper);
            let response = proxy.exchange(request, peer, &shared).await;
            let status = response.status();
            let switched = status == StatusCode::SWITCHING_PROTOCOLS;
            shared.answered(number, switched || connect && status.is_success());
            let body = response.body();
            if unframed && !body.is_end_stream() && body.size_hint().exact().is_none() {
                shared.delimit();
            }
            Ok(response.map(|body| Turn::new(body, shared)))
        }
    });
    let connection = http1::Builder::new()
        .serve_connection(TokioIo::new(wire), service)
        .with_upgrades();
    let connection = std::pin::pin!(connection);
    let ended = stop.lets_end(connection, |connection| connection.graceful_shutdown());
    if let Some(Err(error)) = ended.await {
        // The exchange under way, if any, tells of it in its own words.
        tracing::debug!(%peer, %error, "downstream connection ended");
    }
}

impl Stop {
    /// Waits for the end of a connection, which comes soon where it is told to stop. `None`: it was
    /// time to drop it.
    async fn lets_end<F: Future>(
        &self,
        mut connection: Pin<&mut F>,
        tell: impl FnOnce(Pin<&mut F>),
    ) -> Option<F::Output> {
        tokio::select! {
            // What is answered from now on says that it is the last.
            biased;
            () = self.gently.cancelled() => tell(connection.as_mut()),
            ended = connection.as_mut() => return Some(ended),
        }
        tokio::select! {
            biased;
            ended = connection => Some(ended),
            () = self.now.cancelled() => None,
        }
    }
}

impl Turn {
    fn new(body: Body, connection: Arc<Connection>) -> Self {
        Self { body, connection }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.connection.end();
    }
}

impl http_body::Body for Turn {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        Pin::new(&mut self.get_mut().body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
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

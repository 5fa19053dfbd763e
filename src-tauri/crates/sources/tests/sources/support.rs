//! A server that answers as a test wants, and remembers what it was asked.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{HeaderMap, Request, Response};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tripledash_core::Timestamp;
use tripledash_sources::{Fetcher, Limits};

/// 2023-11-14T22:13:20Z.
pub const THEN: Timestamp = Timestamp(1_700_000_000_000_000);

pub fn then() -> Timestamp {
    THEN
}

/// An hour after [`then`].
pub fn later() -> Timestamp {
    Timestamp(THEN.0 + 3_600_000_000)
}

/// Waits for something that must happen soon; a test that waits longer has failed.
pub async fn soon<F: Future>(what: &str, future: F) -> F::Output {
    tokio::time::timeout(Duration::from_secs(20), future)
        .await
        .unwrap_or_else(|_| panic!("waited too long for {what}"))
}

pub fn fetcher() -> Fetcher {
    Fetcher::new(Limits::default(), None)
}

pub fn fetcher_within(limits: Limits) -> Fetcher {
    Fetcher::new(limits, None)
}

/// What a server was asked.
#[derive(Debug, Clone)]
pub struct Asked {
    /// With its query.
    pub target: String,
    pub fields: HeaderMap,
}

impl Asked {
    pub fn field(&self, name: &str) -> Option<&str> {
        self.fields.get(name).map(|value| value.to_str().unwrap())
    }
}

/// What a server answers: a status, fields and a body; `None` never comes.
#[derive(Debug, Clone)]
pub struct Reply(Option<Written>);

#[derive(Debug, Clone)]
struct Written {
    status: u16,
    fields: Vec<(String, String)>,
    body: Bytes,
}

impl Reply {
    pub fn new(status: u16, body: impl Into<Bytes>) -> Self {
        Self(Some(Written {
            status,
            fields: Vec::new(),
            body: body.into(),
        }))
    }

    pub fn json(body: impl Into<Bytes>) -> Self {
        Self::new(200, body).with("content-type", "application/json; charset=utf-8")
    }

    pub fn redirect(status: u16, to: &str) -> Self {
        Self::new(status, "").with("location", to)
    }

    pub fn never() -> Self {
        Self(None)
    }

    pub fn with(mut self, name: &str, value: &str) -> Self {
        if let Some(written) = &mut self.0 {
            written.fields.push((name.to_owned(), value.to_owned()));
        }
        self
    }
}

type Answering = dyn Fn(&Asked) -> Reply + Send + Sync;

/// A server on loopback. Ends with its owner.
pub struct Server {
    pub address: SocketAddr,
    asked: watch::Sender<Vec<Asked>>,
    task: JoinHandle<()>,
}

impl Server {
    pub async fn start(answer: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> Self {
        Self::over(None, Arc::new(answer)).await
    }

    /// With TLS.
    pub async fn start_tls(
        config: Arc<rustls::ServerConfig>,
        answer: impl Fn(&Asked) -> Reply + Send + Sync + 'static,
    ) -> Self {
        Self::over(Some(config.into()), Arc::new(answer)).await
    }

    /// Gives these answers in turn, the last one for ever.
    pub async fn replaying(replies: impl IntoIterator<Item = Reply>) -> Self {
        let replies = Mutex::new(replies.into_iter().collect::<VecDeque<_>>());
        Self::start(move |_| {
            let mut replies = replies.lock().unwrap();
            match replies.len() {
                1 => replies[0].clone(),
                _ => replies.pop_front().unwrap(),
            }
        })
        .await
    }

    async fn over(tls: Option<tokio_rustls::TlsAcceptor>, answer: Arc<Answering>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let asked = watch::Sender::default();
        let seen = asked.clone();
        let task = tokio::spawn(async move {
            let mut connections = tokio::task::JoinSet::new();
            loop {
                let (socket, _) = listener.accept().await.unwrap();
                let (tls, answer, seen) = (tls.clone(), Arc::clone(&answer), seen.clone());
                connections.spawn(async move {
                    match tls {
                        None => serve(socket, answer, seen).await,
                        Some(tls) => {
                            if let Ok(socket) = tls.accept(socket).await {
                                serve(socket, answer, seen).await;
                            }
                        }
                    }
                });
            }
        });
        Self {
            address,
            asked,
            task,
        }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub fn asked(&self) -> Vec<Asked> {
        self.asked.borrow().clone()
    }

    /// Waits until it was asked so often.
    pub async fn until_asked(&self, count: usize) {
        let mut asked = self.asked.subscribe();
        let enough = asked.wait_for(|asked| asked.len() >= count);
        soon("a question", enough).await.unwrap();
    }

    /// The targets that were asked for.
    pub fn targets(&self) -> Vec<String> {
        self.asked().into_iter().map(|asked| asked.target).collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(
    socket: impl AsyncRead + AsyncWrite + Unpin,
    answer: Arc<Answering>,
    seen: watch::Sender<Vec<Asked>>,
) {
    let service = service_fn(move |request: Request<Incoming>| {
        let asked = Asked {
            target: request.uri().to_string(),
            fields: request.headers().clone(),
        };
        seen.send_modify(|seen| seen.push(asked.clone()));
        let Reply(reply) = answer(&asked);
        async move {
            let Some(written) = reply else {
                return std::future::pending().await;
            };
            let mut response = Response::builder().status(written.status);
            for (name, value) in written.fields {
                response = response.header(name, value);
            }
            response.body(Full::new(written.body))
        }
    });
    // A client that goes away is what some tests are about.
    let _ = http1::Builder::new()
        .serve_connection(TokioIo::new(socket), service)
        .await;
}

/// An address that nothing listens on.
pub async fn nobody() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    listener.local_addr().unwrap()
}

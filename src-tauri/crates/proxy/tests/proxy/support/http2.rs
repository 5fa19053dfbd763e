//! An upstream that speaks HTTP/2, stream by stream as a test says.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use h2::server::{Builder, Connection, SendResponse};
use h2::{RecvStream, SendStream};
use http::{Request, Response};
use rustls::ServerConfig;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

type Http2 = Connection<TlsStream<TcpStream>, Bytes>;

/// A listening upstream. Ends with the test.
pub struct FakeHttp2 {
    pub address: SocketAddr,
    connections: Arc<AtomicUsize>,
    _tasks: JoinSet<()>,
}

/// One request, and the way to answer it.
pub struct Asked {
    pub request: Request<RecvStream>,
    pub respond: SendResponse<Bytes>,
}

impl FakeHttp2 {
    /// Serves every connection with `serve`, which gets its number from 1 too.
    pub async fn start<S, F>(config: Arc<ServerConfig>, builder: Builder, serve: S) -> Self
    where
        S: Fn(Http2, usize) -> F + Clone + Send + Sync + 'static,
        F: Future<Output = ()> + Send + 'static,
    {
        let acceptor = TlsAcceptor::from(config);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let connections = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&connections);
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            let mut served = JoinSet::new();
            while let Ok((socket, _)) = listener.accept().await {
                let number = count.fetch_add(1, Ordering::SeqCst) + 1;
                let (acceptor, builder, serve) = (acceptor.clone(), builder.clone(), serve.clone());
                served.spawn(async move {
                    let stream = acceptor.accept(socket).await.unwrap();
                    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
                    let connection = builder.handshake(stream).await.unwrap();
                    serve(connection, number).await;
                });
            }
        });
        Self {
            address,
            connections,
            _tasks: tasks,
        }
    }

    /// Serves every request of every connection with `answer`, all at the same time.
    pub async fn answering<S, F>(config: Arc<ServerConfig>, builder: Builder, answer: S) -> Self
    where
        S: Fn(Asked) -> F + Clone + Send + Sync + 'static,
        F: Future<Output = ()> + Send + 'static,
    {
        Self::start(config, builder, move |connection, _| {
            serve(connection, answer.clone())
        })
        .await
    }

    pub fn origin(&self) -> String {
        format!("https://localhost:{}", self.address.port())
    }

    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

/// Serves every request of a connection until the proxy closes it.
async fn serve<S, F>(mut connection: Http2, answer: S)
where
    S: Fn(Asked) -> F,
    F: Future<Output = ()> + Send + 'static,
{
    let mut tasks = JoinSet::new();
    while let Some(Ok((request, respond))) = connection.accept().await {
        tasks.spawn(answer(Asked { request, respond }));
    }
}

impl Asked {
    /// Answers with a head, and a body to come.
    pub fn head(&mut self, status: u16, fields: &[(&'static str, &str)]) -> SendStream<Bytes> {
        let mut response = Response::builder().status(status);
        for (name, value) in fields {
            response = response.header(*name, *value);
        }
        // The proxy may have taken its request back, as some tests want.
        self.respond
            .send_response(response.body(()).unwrap(), false)
            .unwrap()
    }

    /// Answers with a whole text.
    pub fn text(mut self, status: u16, text: &str) {
        let mut stream = self.head(status, &[]);
        stream
            .send_data(Bytes::copy_from_slice(text.as_bytes()), true)
            .unwrap();
    }

    /// Reads the request's body to its end, or to where it breaks.
    pub async fn body(&mut self) -> Result<Vec<u8>, h2::Error> {
        let mut whole = Vec::new();
        while let Some(bytes) = self.request.body_mut().data().await {
            let bytes = bytes?;
            self.request
                .body_mut()
                .flow_control()
                .release_capacity(bytes.len())?;
            whole.extend_from_slice(&bytes);
        }
        Ok(whole)
    }
}

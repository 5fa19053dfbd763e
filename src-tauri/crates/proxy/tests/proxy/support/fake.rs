//! An upstream that does exactly what a test says, and keeps what it received.

use std::net::{Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use super::soon;
use super::wire::{Framing, Message, Reader};

/// A listening upstream. Ends with the test.
pub struct Fake {
    pub address: SocketAddr,
    received: mpsc::UnboundedReceiver<Message>,
    connections: Arc<AtomicUsize>,
    _tasks: JoinSet<()>,
}

/// One connection that the upstream accepted.
pub struct Peer {
    pub reader: Reader<Box<dyn AsyncRead + Send + Unpin>>,
    writer: Box<dyn AsyncWrite + Send + Unpin>,
    received: mpsc::UnboundedSender<Message>,
}

impl Fake {
    /// Serves every connection with `serve`.
    pub async fn start<S, F>(serve: S) -> Self
    where
        S: Fn(Peer) -> F + Send + 'static,
        F: Future<Output = ()> + Send + 'static,
    {
        Self::listen(TcpListener::bind("127.0.0.1:0").await.unwrap(), serve)
    }

    /// The same, on the other loopback family.
    pub async fn start_v6<S, F>(serve: S) -> Self
    where
        S: Fn(Peer) -> F + Send + 'static,
        F: Future<Output = ()> + Send + 'static,
    {
        Self::listen(
            TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).await.unwrap(),
            serve,
        )
    }

    /// Answers every request with the same bytes and keeps the connection.
    pub async fn replying(reply: impl Into<String>) -> Self {
        let reply = reply.into();
        Self::start(move |mut peer| {
            let reply = reply.clone();
            async move {
                while peer.request().await.is_some() {
                    peer.send(&reply).await;
                }
            }
        })
        .await
    }

    /// Answers every request over TLS with the server name that was asked for.
    pub async fn naming_itself(config: Arc<ServerConfig>) -> Self {
        Self::secured(config, |mut peer, name| async move {
            while peer.request().await.is_some() {
                peer.send(&super::reply("HTTP/1.1 200 OK", &name)).await;
            }
        })
        .await
    }

    /// Serves every connection over TLS with `serve`, which gets the server name asked for.
    pub async fn secured<S, F>(config: Arc<ServerConfig>, serve: S) -> Self
    where
        S: Fn(Peer, String) -> F + Clone + Send + 'static,
        F: Future<Output = ()> + Send + 'static,
    {
        let acceptor = TlsAcceptor::from(config);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (sender, received) = mpsc::unbounded_channel();
        let connections = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&connections);
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            let mut served = JoinSet::new();
            while let Ok((socket, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::SeqCst);
                let (acceptor, sender, serve) = (acceptor.clone(), sender.clone(), serve.clone());
                served.spawn(async move {
                    // A proxy that does not trust us hangs up here, as one test wants.
                    let Ok(stream) = acceptor.accept(socket).await else {
                        return;
                    };
                    let name = stream
                        .get_ref()
                        .1
                        .server_name()
                        .unwrap_or("none")
                        .to_owned();
                    serve(Peer::new(stream, sender), name).await;
                });
            }
        });
        Self {
            address,
            received,
            connections,
            _tasks: tasks,
        }
    }

    fn listen<S, F>(listener: TcpListener, serve: S) -> Self
    where
        S: Fn(Peer) -> F + Send + 'static,
        F: Future<Output = ()> + Send + 'static,
    {
        let address = listener.local_addr().unwrap();
        let (sender, received) = mpsc::unbounded_channel();
        let connections = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&connections);
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            let mut served = JoinSet::new();
            while let Ok((socket, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::SeqCst);
                let peer = Peer::new(socket, sender.clone());
                served.spawn(serve(peer));
            }
        });
        Self {
            address,
            received,
            connections,
            _tasks: tasks,
        }
    }

    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The next request that any connection received.
    pub async fn received(&mut self) -> Message {
        soon("a request at the upstream", self.received.recv())
            .await
            .unwrap()
    }

    /// The next request, where one was received.
    pub fn try_received(&mut self) -> Option<Message> {
        self.received.try_recv().ok()
    }

    /// Whether nothing more was received so far.
    pub fn is_idle(&mut self) -> bool {
        self.received.try_recv().is_err()
    }

    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

impl Peer {
    fn new<S>(stream: S, received: mpsc::UnboundedSender<Message>) -> Self
    where
        S: AsyncRead + AsyncWrite + Send + 'static,
    {
        let (reader, writer) = tokio::io::split(stream);
        Self {
            reader: Reader::new(Box::new(reader)),
            writer: Box::new(writer),
            received,
        }
    }

    /// Reads one whole request and keeps it; `None` where the proxy closed the connection.
    pub async fn request(&mut self) -> Option<Message> {
        let request = self.reader.message(Framing::Request).await?;
        // The test may have ended already.
        let _ = self.received.send(request.clone());
        Some(request)
    }

    pub async fn send(&mut self, text: &str) {
        self.send_bytes(text.as_bytes()).await;
    }

    pub async fn send_bytes(&mut self, bytes: &[u8]) {
        // The proxy may have gone away, as some tests want.
        let _ = self.writer.write_all(bytes).await;
        let _ = self.writer.flush().await;
    }

    /// Sends until the proxy hangs up.
    pub async fn try_send(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.writer.write_all(bytes).await
    }

    /// Closes our half.
    pub async fn finish(&mut self) {
        self.writer.shutdown().await.unwrap();
    }

    /// Waits until the proxy closes its side.
    pub async fn closed(&mut self) {
        while !self.reader.some(usize::MAX).await.is_empty() {}
    }
}

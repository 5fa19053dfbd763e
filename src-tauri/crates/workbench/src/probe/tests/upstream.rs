//! An upstream that answers as an app does, and keeps what it was asked.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

/// What an app was asked.
#[derive(Debug, Clone)]
pub(super) struct Request {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) fields: Vec<(String, String)>,
}

/// A whole response, as it goes over the wire.
pub(super) type App = fn(&Request) -> String;

/// A listening upstream. Ends with the test.
pub(super) struct Listening {
    pub(super) port: u16,
    asked: Arc<Mutex<Vec<Request>>>,
    waiting: watch::Receiver<usize>,
    _tasks: JoinSet<()>,
}

// === impl Request ===

impl Request {
    /// A field's value, empty where there is none.
    pub(super) fn field(&self, name: &str) -> &str {
        let found = self
            .fields
            .iter()
            .find(|(field, _)| field.eq_ignore_ascii_case(name));
        found.map_or("", |(_, value)| value)
    }

    /// The host of the `Host` that came.
    pub(super) fn host(&self) -> &str {
        self.field("host").split(':').next().unwrap()
    }
}

// === impl Listening ===

impl Listening {
    pub(super) async fn start(app: App) -> Self {
        Self::on("127.0.0.1:0", app, None).await
    }

    pub(super) async fn on(address: &str, app: App, tls: Option<Arc<ServerConfig>>) -> Self {
        let listener = TcpListener::bind(address).await.unwrap();
        let port = listener
            .local_addr()
            .as_ref()
            .map(SocketAddr::port)
            .unwrap();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let mut tasks = JoinSet::new();
        let log = Arc::clone(&asked);
        let (waits, waiting) = watch::channel(0);
        tasks.spawn(async move {
            let mut connections = JoinSet::new();
            loop {
                let (socket, _) = listener.accept().await.unwrap();
                let log = Arc::clone(&log);
                let waits = waits.clone();
                let tls = tls.clone().map(TlsAcceptor::from);
                connections.spawn(async move {
                    match tls {
                        None => serve(socket, app, &log, &waits).await,
                        Some(tls) => match tls.accept(socket).await {
                            Ok(socket) => serve(socket, app, &log, &waits).await,
                            // A name that its certificate does not have.
                            Err(_) => None,
                        },
                    }
                });
            }
        });
        Self {
            port,
            asked,
            waiting,
            _tasks: tasks,
        }
    }

    /// Resolves once so many wait for an answer that never comes.
    pub(super) async fn waiting(&mut self, wanted: usize) {
        self.waiting
            .wait_for(|waiting| *waiting == wanted)
            .await
            .unwrap();
    }

    pub(super) fn asked(&self) -> Vec<Request> {
        self.asked.lock().unwrap().clone()
    }
}

async fn serve<S>(
    mut socket: S,
    app: App,
    log: &Mutex<Vec<Request>>,
    waits: &watch::Sender<usize>,
) -> Option<()>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut bytes = Vec::new();
    loop {
        let end = loop {
            match bytes.windows(4).position(|four| four == b"\r\n\r\n") {
                Some(end) => break end,
                None => {
                    if socket.read_buf(&mut bytes).await.ok()? == 0 {
                        return None;
                    }
                }
            }
        };
        let head = String::from_utf8(bytes.drain(..end + 4).collect()).unwrap();
        let mut lines = head.trim_end().split("\r\n");
        let mut words = lines.next().unwrap().split(' ');
        let request = Request {
            method: words.next().unwrap().to_owned(),
            path: words.next().unwrap().to_owned(),
            fields: lines
                .map(|line| line.split_once(": ").unwrap())
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
        };
        let reply = app(&request);
        log.lock().unwrap().push(request);
        if reply.is_empty() {
            // Says nothing, for as long as it is asked.
            waits.send_modify(|waiting| *waiting += 1);
            while socket.read_buf(&mut bytes).await.is_ok_and(|read| read > 0) {}
            waits.send_modify(|waiting| *waiting -= 1);
            return None;
        }
        socket.write_all(reply.as_bytes()).await.ok()?;
        if reply.ends_with("without end\n") {
            loop {
                socket.write_all(&[b'x'; 16 * 1024]).await.ok()?;
            }
        }
    }
}

//! An upstream that does what a test says, and keeps what it received.

use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::soon;
use super::wire::{Connection, Message};

/// A listening upstream. Ends with the test.
#[derive(Debug)]
pub(crate) struct Upstream {
    pub(crate) port: u16,
    received: mpsc::UnboundedReceiver<Message>,
    _tasks: JoinSet<()>,
}

/// A response with its length said. `head` is its first line and fields.
pub(crate) fn reply(head: &str, body: &str) -> String {
    format!("{head}\r\ncontent-length: {}\r\n\r\n{body}", body.len())
}

impl Upstream {
    /// Answers every request with what `answer` makes of it, and keeps the connection.
    pub(crate) async fn start<A>(answer: A) -> Self
    where
        A: Fn(&Message) -> String + Clone + Send + 'static,
    {
        Self::serve(move |mut connection, received| {
            let answer = answer.clone();
            async move {
                while let Some(request) = connection.request().await {
                    let response = answer(&request);
                    // The test may have ended already.
                    let _ = received.send(request);
                    connection.send(&response).await;
                }
            }
        })
        .await
    }

    /// Answers everything with a small page.
    pub(crate) async fn page() -> Self {
        Self::start(|_| {
            reply(
                "HTTP/1.1 200 OK\r\ncontent-type: text/html",
                "<!doctype html><html><head></head><body>hello</body></html>",
            )
        })
        .await
    }

    /// Serves every connection with `serve`, which sends on what it received.
    pub(crate) async fn serve<S, F>(serve: S) -> Self
    where
        S: Fn(Connection, mpsc::UnboundedSender<Message>) -> F + Send + 'static,
        F: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (sender, received) = mpsc::unbounded_channel();
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            let mut served = JoinSet::new();
            while let Ok((socket, _)) = listener.accept().await {
                served.spawn(serve(Connection::new(socket), sender.clone()));
            }
        });
        Self {
            port,
            received,
            _tasks: tasks,
        }
    }

    pub(crate) fn origin(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The next request that any connection received.
    pub(crate) async fn received(&mut self) -> Message {
        soon("a request at the upstream", self.received.recv())
            .await
            .unwrap()
    }

    /// Whether no request came that was not looked at.
    pub(crate) fn is_idle(&mut self) -> bool {
        self.received.try_recv().is_err()
    }
}

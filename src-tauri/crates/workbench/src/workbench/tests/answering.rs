//! An HTTP server on loopback that answers as a test wants, and remembers what it was asked.

use std::net::SocketAddr;
use std::sync::Arc;

use parking_lot::Mutex;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// What it answers to a target: a status and a body.
type Answer = dyn Fn(&str) -> (u16, String) + Send + Sync;

/// Ends with its owner.
pub(super) struct Answering {
    address: SocketAddr,
    answer: Arc<Mutex<Arc<Answer>>>,
    /// The heads of the requests that came.
    asked: Arc<Mutex<Vec<String>>>,
    _tasks: JoinSet<()>,
}

impl Answering {
    pub(super) async fn start(
        answer: impl Fn(&str) -> (u16, String) + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let answer = Arc::new(Mutex::new(Arc::new(answer) as Arc<Answer>));
        let asked = Arc::new(Mutex::new(Vec::new()));
        let mut tasks = JoinSet::new();
        let (answers, heads) = (Arc::clone(&answer), Arc::clone(&asked));
        tasks.spawn(async move {
            let mut connections = JoinSet::new();
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                connections.spawn(serve(stream, Arc::clone(&answers), Arc::clone(&heads)));
            }
        });
        Self {
            address,
            answer,
            asked,
            _tasks: tasks,
        }
    }

    /// Answers otherwise from now on.
    pub(super) fn turn_to(&self, answer: impl Fn(&str) -> (u16, String) + Send + Sync + 'static) {
        *self.answer.lock() = Arc::new(answer);
    }

    pub(super) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(super) fn asked(&self) -> Vec<String> {
        self.asked.lock().clone()
    }
}

/// Answers one request, and closes.
async fn serve(stream: TcpStream, answer: Arc<Mutex<Arc<Answer>>>, asked: Arc<Mutex<Vec<String>>>) {
    let mut stream = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if stream.read_line(&mut head).await.unwrap() == 0 {
            return;
        }
    }
    let target = head.split(' ').nth(1).unwrap().to_owned();
    asked.lock().push(head);
    let answer = Arc::clone(&answer.lock());
    let (status, body) = answer(&target);
    let text = format!(
        "HTTP/1.1 {status} x\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    );
    // Whoever asked may have gone.
    let _ = stream.write_all(text.as_bytes()).await;
}

//! A reader of the live feed.

use std::collections::VecDeque;

use serde_json::Value;

use super::soon;
use super::wire::{Connection, get};

/// An open stream of the API.
#[derive(Debug)]
pub(crate) struct Feed {
    connection: Connection,
    text: Vec<u8>,
    lines: VecDeque<Value>,
}

impl Feed {
    /// Opens a stream. `query` follows the path.
    pub(crate) async fn open(port: u16, token: &str, query: &str) -> Self {
        let mut connection = Connection::open(port).await;
        let authorization = format!("authorization: Bearer {token}");
        let request = get(
            &format!("tripledash.localhost:{port}"),
            &format!("/api/v1/stream{query}"),
            &[&authorization],
        );
        connection.send(&request).await;
        let head = soon("the feed", connection.head()).await.unwrap();
        assert_eq!(
            (head.status(), head.field("content-type")),
            (200, Some("application/x-ndjson")),
            "{head:?}"
        );
        Self {
            connection,
            text: Vec::new(),
            lines: VecDeque::new(),
        }
    }

    /// The next line.
    pub(crate) async fn line(&mut self) -> Value {
        loop {
            if let Some(line) = self.lines.pop_front() {
                return line;
            }
            let chunk = soon("a line of the feed", self.connection.chunk())
                .await
                .expect("the feed goes on");
            self.text.extend(chunk);
            while let Some(end) = self.text.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.text.drain(..=end).collect();
                self.lines.push_back(serde_json::from_slice(&line).unwrap());
            }
        }
    }

    /// The next line of a kind.
    pub(crate) async fn line_of(&mut self, kind: &str) -> Value {
        loop {
            let line = self.line().await;
            if line["kind"] == kind {
                return line;
            }
        }
    }
}

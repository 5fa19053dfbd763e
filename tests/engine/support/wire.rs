//! HTTP/1.1 as bytes, so that nothing is taken for granted that a library would mend.

use std::net::{Ipv4Addr, SocketAddr};

use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::soon;

/// A message as it was on the wire.
#[derive(Debug, Clone, Default)]
pub(crate) struct Message {
    /// The first line.
    pub(crate) line: String,
    /// Fields in order, names in lower case.
    pub(crate) fields: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    /// Whether the body came to its end.
    pub(crate) whole: bool,
}

/// Either end of a connection.
#[derive(Debug)]
pub(crate) struct Connection {
    socket: TcpStream,
    buffer: Vec<u8>,
}

/// A request without a body. `fields` are whole lines.
pub(crate) fn get(host: &str, path: &str, fields: &[&str]) -> String {
    let fields: String = fields.iter().map(|field| format!("{field}\r\n")).collect();
    format!("GET {path} HTTP/1.1\r\nhost: {host}\r\n{fields}\r\n")
}

// === impl Message ===

impl Message {
    pub(crate) fn all(&self, name: &str) -> Vec<&str> {
        let lines = self.fields.iter().filter(|(field, _)| field == name);
        lines.map(|(_, value)| value.as_str()).collect()
    }

    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        self.all(name).first().copied()
    }

    /// The target of a request.
    pub(crate) fn target(&self) -> &str {
        self.line.split(' ').nth(1).unwrap()
    }

    pub(crate) fn status(&self) -> u16 {
        let status = self.line.split(' ').nth(1);
        status
            .and_then(|status| status.parse().ok())
            .unwrap_or_else(|| panic!("{self:?}"))
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

// === impl Connection ===

impl Connection {
    pub(crate) fn new(socket: TcpStream) -> Self {
        Self {
            socket,
            buffer: Vec::new(),
        }
    }

    pub(crate) async fn open(port: u16) -> Self {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        Self::new(
            soon("a connection", TcpStream::connect(address))
                .await
                .unwrap(),
        )
    }

    pub(crate) async fn send(&mut self, text: &str) {
        // The other side may have gone away, as some tests want.
        let _ = self.socket.write_all(text.as_bytes()).await;
    }

    /// Sends nothing more. What comes back is still read.
    pub(crate) async fn finish(&mut self) {
        // The other side may have gone away already.
        let _ = self.socket.shutdown().await;
    }

    /// Sends a request and reads the whole response.
    pub(crate) async fn ask(&mut self, request: &str) -> Message {
        self.send(request).await;
        soon("a response", self.response(request.starts_with("HEAD ")))
            .await
            .expect("a response, not a closed connection")
    }

    /// The next whole response; `None` where the other side closed before its first byte.
    pub(crate) async fn response(&mut self, of_head: bool) -> Option<Message> {
        let mut message = self.head().await?;
        let bare = of_head || matches!(message.status(), 100..=199 | 204 | 304);
        message.whole = bare || self.body(&mut message, true).await.is_some();
        Some(message)
    }

    /// The next whole request; `None` where the other side closed before its first byte.
    pub(crate) async fn request(&mut self) -> Option<Message> {
        let mut message = self.head().await?;
        message.whole = self.body(&mut message, false).await.is_some();
        Some(message)
    }

    /// The next message's head alone.
    pub(crate) async fn head(&mut self) -> Option<Message> {
        let line = self.line().await?;
        let mut fields = Vec::new();
        loop {
            let field = self.line().await?;
            if field.is_empty() {
                break;
            }
            let (name, value) = field
                .split_once(':')
                .unwrap_or_else(|| panic!("no field: {field:?}"));
            fields.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
        Some(Message {
            line,
            fields,
            ..Message::default()
        })
    }

    /// The next chunk of a chunked body; empty for the last.
    pub(crate) async fn chunk(&mut self) -> Option<Vec<u8>> {
        let size = usize::from_str_radix(&self.line().await?, 16).ok()?;
        let bytes = self.exact(size).await?;
        self.line().await?;
        Some(bytes)
    }

    async fn body(&mut self, message: &mut Message, until_closed: bool) -> Option<()> {
        if message.field("transfer-encoding") == Some("chunked") {
            loop {
                let chunk = self.chunk().await?;
                if chunk.is_empty() {
                    return Some(());
                }
                message.body.extend(chunk);
            }
        }
        if let Some(length) = message.field("content-length") {
            let length = length.parse().unwrap();
            let whole = self.exact(length).await;
            message.body = whole
                .clone()
                .unwrap_or_else(|| std::mem::take(&mut self.buffer));
            return whole.map(|_| ());
        }
        if until_closed {
            while self.fill().await {}
            message.body = std::mem::take(&mut self.buffer);
        }
        Some(())
    }

    async fn exact(&mut self, size: usize) -> Option<Vec<u8>> {
        while self.buffer.len() < size {
            if !self.fill().await {
                return None;
            }
        }
        Some(self.buffer.drain(..size).collect())
    }

    /// The next line without its end.
    pub(crate) async fn line(&mut self) -> Option<String> {
        loop {
            if let Some(at) = self.buffer.windows(2).position(|pair| pair == b"\r\n") {
                let line: Vec<u8> = self.buffer.drain(..at + 2).collect();
                return Some(String::from_utf8(line[..at].to_vec()).unwrap());
            }
            if !self.fill().await {
                return None;
            }
        }
    }

    async fn fill(&mut self) -> bool {
        let mut bytes = [0; 16 * 1024];
        // A reset is an end too: the tests ask whether what came was whole.
        let size = self.socket.read(&mut bytes).await.unwrap_or(0);
        self.buffer.extend_from_slice(&bytes[..size]);
        size > 0
    }
}

//! HTTP/1.1 read byte by byte, so that nothing is taken for granted that hyper does.

use tokio::io::{AsyncRead, AsyncReadExt as _};

/// One message as it was on the wire.
#[derive(Debug, Clone, Default)]
pub struct Message {
    /// The first line.
    pub line: String,
    /// Fields in order, names in lower case.
    pub fields: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// Fields after a chunked body.
    pub trailers: Vec<(String, String)>,
    /// Whether the body came to its end.
    pub whole: bool,
}

/// How a message's body ends, where the head alone cannot tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framing {
    Request,
    Response { head_request: bool },
}

/// Reads messages from a socket.
pub struct Reader<R> {
    inner: R,
    buffer: Vec<u8>,
}

impl Message {
    pub fn all(&self, name: &str) -> Vec<&str> {
        let lines = self.fields.iter().filter(|(field, _)| field == name);
        lines.map(|(_, value)| value.as_str()).collect()
    }

    pub fn field(&self, name: &str) -> Option<&str> {
        self.all(name).first().copied()
    }

    pub fn status(&self) -> u16 {
        let status = self.line.split(' ').nth(1);
        status
            .and_then(|status| status.parse().ok())
            .unwrap_or_else(|| panic!("{self:?}"))
    }

    pub fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

impl<R: AsyncRead + Unpin> Reader<R> {
    pub fn new(inner: R) -> Self {
        Self {
            inner,
            buffer: Vec::new(),
        }
    }

    /// The next message, or `None` where the other side closed before its first byte.
    pub async fn message(&mut self, framing: Framing) -> Option<Message> {
        let mut message = self.head().await?;
        message.whole = self.body(&mut message, framing).await.is_some();
        Some(message)
    }

    /// The next message's head alone.
    pub async fn head(&mut self) -> Option<Message> {
        let line = self.line().await?;
        let fields = self.fields().await?;
        Some(Message {
            line,
            fields,
            ..Message::default()
        })
    }

    /// Whatever bytes come next, up to `size`; empty at the end.
    pub async fn some(&mut self, size: usize) -> Vec<u8> {
        if self.buffer.is_empty() && !self.fill().await {
            return Vec::new();
        }
        let size = size.min(self.buffer.len());
        self.buffer.drain(..size).collect()
    }

    /// Exactly `size` bytes, or `None` where the other side closed before.
    pub async fn exact(&mut self, size: usize) -> Option<Vec<u8>> {
        while self.buffer.len() < size {
            if !self.fill().await {
                return None;
            }
        }
        Some(self.buffer.drain(..size).collect())
    }

    /// The next chunk of a chunked body; empty for the last.
    pub async fn chunk(&mut self) -> Option<Vec<u8>> {
        let size = self.line().await?;
        let size = usize::from_str_radix(size.split(';').next()?, 16).ok()?;
        if size == 0 {
            return Some(Vec::new());
        }
        let bytes = self.exact(size).await?;
        self.line().await?;
        Some(bytes)
    }

    async fn body(&mut self, message: &mut Message, framing: Framing) -> Option<()> {
        let bare = match framing {
            Framing::Request => false,
            Framing::Response { head_request } => {
                head_request || matches!(message.status(), 100..=199 | 204 | 304)
            }
        };
        if bare {
            return Some(());
        }
        if message.field("transfer-encoding") == Some("chunked") {
            loop {
                let chunk = self.chunk().await?;
                if chunk.is_empty() {
                    message.trailers = self.fields().await?;
                    return Some(());
                }
                message.body.extend(chunk);
            }
        }
        if let Some(length) = message.field("content-length") {
            let length: usize = length.parse().unwrap();
            while message.body.len() < length {
                let more = self.some(length - message.body.len()).await;
                if more.is_empty() {
                    return None;
                }
                message.body.extend(more);
            }
            return Some(());
        }
        if framing == Framing::Request {
            return Some(());
        }
        loop {
            let more = self.some(usize::MAX).await;
            if more.is_empty() {
                return Some(());
            }
            message.body.extend(more);
        }
    }

    async fn fields(&mut self) -> Option<Vec<(String, String)>> {
        let mut fields = Vec::new();
        loop {
            let line = self.line().await?;
            if line.is_empty() {
                return Some(fields);
            }
            let (name, value) = line
                .split_once(':')
                .unwrap_or_else(|| panic!("no field: {line:?}"));
            fields.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
    }

    async fn line(&mut self) -> Option<String> {
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
        let mut bytes = [0; 8 * 1024];
        // A reset is an end too: the tests ask whether what came was whole.
        let size = self.inner.read(&mut bytes).await.unwrap_or(0);
        self.buffer.extend_from_slice(&bytes[..size]);
        size > 0
    }
}

/// One chunk of a chunked body.
pub fn chunk(text: &str) -> String {
    format!("{:x}\r\n{text}\r\n", text.len())
}

//! A browser's connection, one byte stream to the proxy.

use std::net::SocketAddr;

use tokio::io::{AsyncWriteExt as _, ReadHalf, WriteHalf};
use tokio::net::TcpStream;

use super::soon;
use super::wire::{Framing, Message, Reader};

pub struct Browser {
    pub reader: Reader<ReadHalf<TcpStream>>,
    writer: WriteHalf<TcpStream>,
}

/// A request head and nothing after it. `fields` are whole lines.
pub fn get(host: &str, path: &str, fields: &[&str]) -> String {
    let fields: String = fields.iter().map(|field| format!("{field}\r\n")).collect();
    format!("GET {path} HTTP/1.1\r\nhost: {host}\r\n{fields}\r\n")
}

impl Browser {
    pub async fn connect(address: SocketAddr) -> Self {
        let socket = soon("a connection", TcpStream::connect(address))
            .await
            .unwrap();
        let (reader, writer) = tokio::io::split(socket);
        Self {
            reader: Reader::new(reader),
            writer,
        }
    }

    pub async fn send(&mut self, text: &str) {
        self.send_bytes(text.as_bytes()).await;
    }

    pub async fn send_bytes(&mut self, bytes: &[u8]) {
        self.writer.write_all(bytes).await.unwrap();
        self.writer.flush().await.unwrap();
    }

    /// The same to a proxy that may stop reading.
    pub async fn try_send(&mut self, bytes: &[u8]) {
        let _ = self.writer.write_all(bytes).await;
    }

    /// Sends a request and reads the whole response.
    pub async fn ask(&mut self, request: &str) -> Message {
        self.send(request).await;
        self.response(request.starts_with("HEAD ")).await
    }

    /// Reads the next whole response.
    pub async fn response(&mut self, head_request: bool) -> Message {
        let framing = Framing::Response { head_request };
        let response = soon("a response", self.reader.message(framing)).await;
        response.expect("a response, not a closed connection")
    }

    /// Reads the next response's head alone.
    pub async fn head(&mut self) -> Message {
        soon("a response head", self.reader.head()).await.unwrap()
    }

    /// Waits until the proxy closes the connection.
    pub async fn closed(&mut self) {
        let end = soon("the connection's end", self.reader.some(usize::MAX)).await;
        assert!(end.is_empty(), "{:?}", String::from_utf8_lossy(&end));
    }
}

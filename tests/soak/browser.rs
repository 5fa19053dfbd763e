//! A connection of a browser, as bytes.

use std::io;
use std::net::Ipv4Addr;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Waits for something that must happen soon; a test that waits longer has failed.
pub(crate) async fn soon<F: Future>(what: &str, future: F) -> F::Output {
    tokio::time::timeout(Duration::from_secs(60), future)
        .await
        .unwrap_or_else(|_| panic!("waited too long for {what}"))
}

/// One connection.
#[derive(Debug)]
pub(crate) struct Browser {
    socket: TcpStream,
    buffer: Vec<u8>,
}

/// An answer and its body, with chunks put together.
#[derive(Debug, Default)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (field, value) = line.split_once(':')?;
            field.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}

impl Browser {
    pub(crate) async fn open(port: u16) -> io::Result<Self> {
        let socket = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await?;
        Ok(Self {
            socket,
            buffer: Vec::new(),
        })
    }

    pub(crate) async fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.socket.write_all(bytes).await
    }

    /// The next answer, whole. An error where the transfer breaks off.
    pub(crate) async fn answer(&mut self) -> io::Result<Answer> {
        soon("an answer", self.whole()).await
    }

    async fn whole(&mut self) -> io::Result<Answer> {
        let mut answer = self.head().await?;
        if matches!(answer.status, 101 | 204 | 304) {
            return Ok(answer);
        }
        if answer.field("transfer-encoding").is_some() {
            loop {
                let line = self.line().await?;
                let size = usize::from_str_radix(line.trim(), 16).map_err(io::Error::other)?;
                let chunk = self.exact(size).await?;
                self.line().await?;
                if size == 0 {
                    return Ok(answer);
                }
                answer.body.extend(chunk);
            }
        }
        let length = answer.field("content-length").unwrap_or("0");
        let length = length.parse().map_err(io::Error::other)?;
        answer.body = self.exact(length).await?;
        Ok(answer)
    }

    /// The next answer's head alone.
    pub(crate) async fn head(&mut self) -> io::Result<Answer> {
        let mut answer = Answer::default();
        loop {
            let line = self.line().await?;
            if line.is_empty() {
                break;
            }
            answer.head.push_str(&line);
            answer.head.push('\n');
        }
        let status = answer.head.split(' ').nth(1).unwrap_or_default();
        answer.status = status.parse().map_err(io::Error::other)?;
        Ok(answer)
    }

    /// So many bytes of whatever comes.
    pub(crate) async fn exact(&mut self, size: usize) -> io::Result<Vec<u8>> {
        while self.buffer.len() < size {
            self.fill().await?;
        }
        Ok(self.buffer.drain(..size).collect())
    }

    async fn line(&mut self) -> io::Result<String> {
        loop {
            if let Some(at) = self.buffer.windows(2).position(|pair| pair == b"\r\n") {
                let line: Vec<u8> = self.buffer.drain(..at + 2).collect();
                return Ok(String::from_utf8_lossy(&line[..at]).into_owned());
            }
            self.fill().await?;
        }
    }

    async fn fill(&mut self) -> io::Result<()> {
        let read = self.socket.read_buf(&mut self.buffer).await?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(())
    }
}

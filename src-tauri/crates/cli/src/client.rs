//! Asks a running engine over its API.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::time::Duration;

use http::{Method, Request, StatusCode, header};
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tripledash::{BaseDomain, known_token, running};

/// How long an engine has to answer: one with tens of thousands of tenants writes some megabytes.
const PATIENCE: Duration = Duration::from_secs(10);

/// The feed of changes, with as little of the log as can be asked for.
pub(crate) const FEED: &str = "/stream?limit=1";

/// An engine that runs.
pub(crate) struct Client {
    base: BaseDomain,
    token: String,
}

/// Why an engine was asked in vain.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoAnswer {
    #[error("the engine on port {port} does not answer")]
    Silent { port: u16 },
    #[error("the engine on port {port} cannot be asked")]
    Http {
        port: u16,
        #[source]
        source: hyper::Error,
    },
    #[error("the engine on port {port} answered something that is not its API")]
    Strange { port: u16 },
    /// It said no.
    #[error("{message}")]
    Refused {
        code: String,
        message: String,
        body: Value,
    },
}

/// Lines that an engine goes on writing.
pub(crate) struct Lines {
    body: Incoming,
    waiting: Vec<u8>,
    /// How much of what waits has no end of a line in it.
    searched: usize,
}

impl Client {
    /// The engine that has the workspace of a folder open, with the workspace's state.
    pub(crate) async fn find(data_folder: &Path, folder: &Path) -> Option<(Self, Value)> {
        let token = known_token(data_folder)?;
        for port in running(data_folder) {
            let client = Self {
                base: BaseDomain::local(port),
                token: token.clone(),
            };
            match client.ask(Method::GET, "/workspace", None).await {
                Ok(state) if state["origin"]["folder"].as_str().map(Path::new) == Some(folder) => {
                    return Some((client, state));
                }
                Ok(_) => {}
                Err(error) => tracing::debug!(port, %error, "passed over"),
            }
        }
        None
    }

    /// The engine of this very process.
    pub(crate) fn of(engine: &tripledash::Engine) -> Self {
        Self {
            base: BaseDomain::local(engine.port()),
            token: engine.token().to_owned(),
        }
    }

    /// The base domain with its port.
    pub(crate) fn base(&self) -> &BaseDomain {
        &self.base
    }

    /// Asks for a resource, and waits for the whole answer; null for one without a body.
    pub(crate) async fn ask(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Value, NoAnswer> {
        let port = self.base.port;
        let answer = async {
            let (status, incoming) = self.send(method, path, body).await?;
            let collected = incoming.collect().await;
            let bytes = collected
                .map_err(|source| NoAnswer::Http { port, source })?
                .to_bytes();
            let value = match bytes.is_empty() {
                true => Value::Null,
                false => serde_json::from_slice(&bytes).map_err(|_| NoAnswer::Strange { port })?,
            };
            if status.is_success() {
                return Ok(value);
            }
            let text = |name: &str| value[name].as_str().unwrap_or_default().to_owned();
            Err(NoAnswer::Refused {
                code: text("code"),
                message: text("message"),
                body: value,
            })
        };
        let silent = |_| Err(NoAnswer::Silent { port });
        timeout(PATIENCE, answer).await.unwrap_or_else(silent)
    }

    /// Opens a feed of lines.
    pub(crate) async fn follow(&self, path: &str) -> Result<Lines, NoAnswer> {
        let port = self.base.port;
        let opened = timeout(PATIENCE, self.send(Method::GET, path, None)).await;
        match opened {
            Ok(Ok((status, body))) if status.is_success() => Ok(Lines {
                body,
                waiting: Vec::new(),
                searched: 0,
            }),
            Ok(Ok(_)) => Err(NoAnswer::Strange { port }),
            Ok(Err(error)) => Err(error),
            Err(_) => Err(NoAnswer::Silent { port }),
        }
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<(StatusCode, Incoming), NoAnswer> {
        let port = self.base.port;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let socket = TcpStream::connect(address)
            .await
            .map_err(|_| NoAnswer::Silent { port })?;
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(socket))
            .await
            .map_err(|source| NoAnswer::Http { port, source })?;
        tokio::spawn(connection);
        let bytes = body.map_or_else(Bytes::new, |body| body.to_string().into());
        let request = Request::builder()
            .method(method)
            .uri(format!("/api/v1{path}"))
            .header(header::HOST, self.base.authority())
            .header(header::AUTHORIZATION, format!("Bearer {}", self.token))
            .header(header::CONTENT_TYPE, "application/json")
            .body(Full::new(bytes))
            .map_err(|_| NoAnswer::Strange { port })?;
        let response = sender
            .send_request(request)
            .await
            .map_err(|source| NoAnswer::Http { port, source })?;
        Ok((response.status(), response.into_body()))
    }
}

impl Lines {
    /// The next line; `None` when there is none any more.
    pub(crate) async fn next(&mut self) -> Option<Value> {
        loop {
            let fresh = &self.waiting[self.searched..];
            if let Some(end) = fresh.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.waiting.drain(..=self.searched + end).collect();
                self.searched = 0;
                return serde_json::from_slice(&line).ok();
            }
            self.searched = self.waiting.len();
            let frame = self.body.frame().await?.ok()?;
            if let Ok(data) = frame.into_data() {
                self.waiting.extend_from_slice(&data);
            }
        }
    }
}

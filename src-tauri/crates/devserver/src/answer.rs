//! Asks a port what it is: a page for people, something else that speaks HTTP, or no server of pages
//! at all.

mod tls;

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// How much of an answer is looked at.
const ENOUGH: usize = 8 * 1024;

/// What a port answered to `GET /`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The status; 0 from a port that wants TLS.
    pub status: u16,
    /// What that says about the port.
    pub kind: Kind,
}

const SECURE: Answer = Answer {
    status: 0,
    kind: Kind::Secure,
};

/// What a port is, by its answer. The first is the likeliest to be an app's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// It answers a document, or leads to one.
    Page,
    /// It wants TLS.
    Secure,
    /// It speaks HTTP.
    Other,
    /// It takes WebSockets and nothing else, as ports for hot reloading do.
    WebSockets,
    /// It is a debugger, as `node --inspect` opens.
    Debugger,
}

// === impl Kind ===

impl Kind {
    /// It may be an app's own port.
    pub fn is_app(self) -> bool {
        match self {
            Self::Page | Self::Secure | Self::Other => true,
            Self::WebSockets | Self::Debugger => false,
        }
    }
}

/// Where a socket that listens on `address` is reached on this machine; `None` for one that is on
/// another interface than loopback.
pub(crate) fn reachable(address: SocketAddr) -> Option<SocketAddr> {
    let ip = match address.ip().to_canonical() {
        ip if ip.is_loopback() => ip,
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        _ => return None,
    };
    Some(SocketAddr::new(ip, address.port()))
}

/// The answer of the first of these addresses that gives one. Each has so long.
pub(crate) async fn first_answer(
    addresses: impl IntoIterator<Item = SocketAddr>,
    within: Duration,
) -> Option<Answer> {
    for address in addresses {
        if let Some(answer) = ask(address, within).await {
            return Some(answer);
        }
    }
    None
}

/// Asks for `/`. `None`: nobody listens, or what comes is neither HTTP nor TLS, or nothing comes in
/// time.
async fn ask(address: SocketAddr, within: Duration) -> Option<Answer> {
    timeout(within, exchange(address)).await.ok()?.ok()?
}

async fn exchange(address: SocketAddr) -> io::Result<Option<Answer>> {
    let mut stream = TcpStream::connect(address).await?;
    if stream.local_addr()? == address {
        // A connection to a free port of the range that connections come from can meet itself.
        return Ok(None);
    }
    let request = format!(
        "GET / HTTP/1.1\r\nHost: localhost:{}\r\nUser-Agent: tripledash\r\nAccept: text/html,*/*\r\nConnection: close\r\n\r\n",
        address.port()
    );
    stream.write_all(request.as_bytes()).await?;
    let mut octets = Vec::with_capacity(ENOUGH);
    loop {
        let read = stream.read_buf(&mut octets).await;
        if octets.is_empty() {
            // It hung up without a word.
            return Ok(tls::answers(address).await?.then_some(SECURE));
        }
        match judge(&octets) {
            Judgement::Clear(answer) => return Ok(Some(answer)),
            Judgement::Nothing => return Ok(None),
            // Read on, unless that was all.
            Judgement::Open(answer) => {
                if octets.len() >= ENOUGH || !matches!(read, Ok(more) if more > 0) {
                    return Ok(answer);
                }
            }
        }
    }
}

enum Judgement {
    Clear(Answer),
    /// More may say more; the answer if no more comes.
    Open(Option<Answer>),
    Nothing,
}

fn judge(octets: &[u8]) -> Judgement {
    // A TLS server that was sent something else may say so in an alert.
    if tls::is_record(octets) {
        return Judgement::Clear(SECURE);
    }
    let mut fields = [httparse::EMPTY_HEADER; 128];
    let mut response = httparse::Response::new(&mut fields);
    let head = match response.parse(octets) {
        Ok(httparse::Status::Complete(head)) => head,
        Ok(httparse::Status::Partial) => return Judgement::Open(None),
        Err(httparse::Error::TooManyHeaders) => octets.len(),
        Err(_) => return Judgement::Nothing,
    };
    let Some(status) = response.code else {
        return Judgement::Nothing;
    };
    let field = |name: &str| {
        let mut fields = response.headers.iter();
        fields.find(|field| field.name.eq_ignore_ascii_case(name))
    };
    let answer = |kind| Answer { status, kind };
    let html = field("content-type").is_some_and(|field| {
        let start = field.value.get(..9).unwrap_or_default();
        start.eq_ignore_ascii_case(b"text/html")
    });
    match status {
        // A server that speaks TLS on the same port may say so in plain text, as Go's does.
        426 => Judgement::Clear(answer(Kind::WebSockets)),
        400 => {
            let body = &octets[head..];
            if contains(body, b"WebSockets request was expected") {
                Judgement::Clear(answer(Kind::Debugger))
            } else if contains(body, b"HTTP request to an HTTPS server") {
                Judgement::Clear(answer(Kind::Secure))
            } else {
                let kind = if html { Kind::Page } else { Kind::Other };
                Judgement::Open(Some(answer(kind)))
            }
        }
        300..400 if field("location").is_some() => Judgement::Clear(answer(Kind::Page)),
        _ if html => Judgement::Clear(answer(Kind::Page)),
        _ => Judgement::Clear(answer(Kind::Other)),
    }
}

fn contains(octets: &[u8], needle: &[u8]) -> bool {
    octets.windows(needle.len()).any(|window| window == needle)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(octets: &[u8]) -> Option<Kind> {
        match judge(octets) {
            Judgement::Clear(answer) | Judgement::Open(Some(answer)) => Some(answer.kind),
            Judgement::Open(None) | Judgement::Nothing => None,
        }
    }

    #[test]
    fn a_port_is_known_by_its_answer() {
        let cases: [(&[u8], Option<Kind>); 9] = [
            (b"HTTP/1.1 200 OK\r\nContent-Type: Text/HTML; charset=utf-8\r\n\r\n", Some(Kind::Page)),
            (b"HTTP/1.1 307 x\r\nLocation: /all\r\n\r\n", Some(Kind::Page)),
            (b"HTTP/1.1 404 Not Found\r\ncontent-type: application/json\r\n\r\n{}", Some(Kind::Other)),
            (b"HTTP/1.1 426 Upgrade Required\r\n\r\n", Some(Kind::WebSockets)),
            (b"HTTP/1.0 400 Bad Request\r\nContent-Type: text/html\r\n\r\nWebSockets request was expected\r\n", Some(Kind::Debugger)),
            (b"HTTP/1.1 400 Bad Request\r\n\r\n", Some(Kind::Other)),
            (&[0x15, 0x03, 0x01, 0, 2, 2, 70], Some(Kind::Secure)),
            (b"SSH-2.0-OpenSSH_9.2\r\n", None),
            (b"", None),
        ];
        for (octets, expected) in cases {
            assert_eq!(
                kind(octets),
                expected,
                "{}",
                String::from_utf8_lossy(octets)
            );
        }
    }

    #[test]
    fn only_sockets_that_loopback_leads_to_are_reachable() {
        let reached = |address: &str| reachable(address.parse().unwrap()).map(|it| it.to_string());
        assert_eq!(reached("0.0.0.0:80").as_deref(), Some("127.0.0.1:80"));
        assert_eq!(reached("[::]:80").as_deref(), Some("[::1]:80"));
        assert_eq!(reached("127.0.0.2:80").as_deref(), Some("127.0.0.2:80"));
        assert_eq!(
            reached("[::ffff:127.0.0.1]:80").as_deref(),
            Some("127.0.0.1:80")
        );
        assert_eq!(reached("192.168.1.5:80"), None);
    }
}

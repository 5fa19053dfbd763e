//! One GET: an answer that is small enough, soon enough, or why not.
//!
//! - Deadlines for the connection and for the whole, a bound for the body as it comes and as it
//!   unpacks.
//! - A few redirects are followed. Header fields of the caller go to the origin that they were
//!   meant for and to no other, and TLS is never left.
//! - TLS by the platform's roots. Proxies of the environment are not used.
//! - A query and what stands before an `@` may be secrets: no message shows them.

mod body;
mod connect;
mod error;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, ACCEPT_ENCODING, LOCATION, USER_AGENT};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use http_body_util::Empty;
use tokio::time::timeout;
use tripledash_core::host::Host;
use url::{Origin, Url};

pub use error::FetchError;
pub(crate) use error::shown;

use connect::{Client, Clients};

/// How long, how large and how far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// For one connection, TLS included.
    pub connect: Duration,
    /// For everything, redirects included.
    pub whole: Duration,
    /// For a body, in octets, packed and unpacked.
    pub body: usize,
    /// How many redirects are followed.
    pub redirects: usize,
}

/// Fetches. Clones share their connections.
#[derive(Debug, Clone)]
pub struct Fetcher {
    clients: Clients,
    limits: Limits,
}

/// What to ask for.
#[derive(Debug, Clone)]
pub(crate) struct Ask<'a> {
    pub(crate) url: &'a Url,
    pub(crate) accept: &'static str,
    /// Go to the URL's own origin alone.
    pub(crate) fields: &'a HeaderMap,
}

/// What came.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) fields: HeaderMap,
    /// After the last redirect.
    pub(crate) url: Url,
    /// Unpacked.
    pub(crate) body: Bytes,
}

const AGENT: HeaderValue =
    HeaderValue::from_static(concat!("tripledash/", env!("CARGO_PKG_VERSION")));

impl Default for Limits {
    /// 5 s to connect, 30 s in all, 64 MiB, 5 redirects.
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            whole: Duration::from_secs(30),
            body: tripledash_core::workspace::LONGEST,
            redirects: 5,
        }
    }
}

// === impl Fetcher ===

impl Fetcher {
    /// Trusts the platform's roots, or what `tls` trusts.
    pub fn new(limits: Limits, tls: Option<Arc<rustls::ClientConfig>>) -> Self {
        Self {
            clients: Clients::new(limits.connect, tls),
            limits,
        }
    }

    pub(crate) async fn get(&self, ask: Ask<'_>) -> Result<Answer, FetchError> {
        check(ask.url, ask.fields)?;
        let limit = self.limits.whole;
        let url = shown(ask.url);
        timeout(limit, self.follow(ask))
            .await
            .unwrap_or(Err(FetchError::TimedOut { url, limit }))
    }

    async fn follow(&self, ask: Ask<'_>) -> Result<Answer, FetchError> {
        let meant_for = ask.url.origin();
        let mut url = ask.url.clone();
        let mut followed = 0;
        loop {
            let client = self.clients.of(&url).await?;
            let response = send(&client, &url, &ask, &meant_for).await?;
            let (head, body) = response.into_parts();
            if let Some(next) = redirect(&url, head.status, &head.headers)? {
                if followed == self.limits.redirects {
                    return Err(FetchError::TooManyRedirects {
                        url: shown(ask.url),
                        limit: self.limits.redirects,
                    });
                }
                followed += 1;
                url = next;
                continue;
            }
            let body = body::read(body, &head.headers, self.limits.body, &url).await?;
            return Ok(Answer {
                status: head.status,
                fields: head.headers,
                url,
                body,
            });
        }
    }
}

/// Whether a URL may be asked at all, with these fields.
pub(crate) fn check(url: &Url, fields: &HeaderMap) -> Result<(), FetchError> {
    let shown = shown(url);
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return Err(FetchError::Scheme { url: shown });
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(FetchError::Credentials { url: shown });
    }
    let is_secret = fields.values().any(HeaderValue::is_sensitive);
    if url.scheme() == "http" && !is_loopback(url) && is_secret {
        return Err(FetchError::Unencrypted { url: shown });
    }
    Ok(())
}

fn is_loopback(url: &Url) -> bool {
    url.host_str()
        .and_then(|host| host.parse::<Host>().ok())
        .is_some_and(|host| host.is_loopback())
}

async fn send(
    client: &Client,
    url: &Url,
    ask: &Ask<'_>,
    meant_for: &Origin,
) -> Result<http::Response<hyper::body::Incoming>, FetchError> {
    let mut request = http::Request::new(Empty::<Bytes>::new());
    *request.method_mut() = Method::GET;
    // The client understands no fragment.
    let mut target = url.clone();
    target.set_fragment(None);
    *request.uri_mut() = target
        .as_str()
        .parse()
        .map_err(|_| FetchError::Scheme { url: shown(url) })?;
    let fields = request.headers_mut();
    if url.origin() == *meant_for {
        fields.extend(ask.fields.clone());
    }
    let accept = HeaderValue::from_static(ask.accept);
    for (name, value) in [
        (ACCEPT, accept),
        (ACCEPT_ENCODING, HeaderValue::from_static("gzip")),
        (USER_AGENT, AGENT),
    ] {
        fields.entry(name).or_insert(value);
    }
    let response = client.request(request).await;
    response.map_err(|error| FetchError::of_client(&error, url))
}

/// Where an answer sends us on to, if it does.
fn redirect(url: &Url, status: StatusCode, fields: &HeaderMap) -> Result<Option<Url>, FetchError> {
    if !matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let bad = |why| FetchError::BadRedirect {
        url: shown(url),
        why,
    };
    let Some(location) = fields.get(LOCATION) else {
        return Err(bad("it does not say where to"));
    };
    let next = location.to_str().ok().and_then(|to| url.join(to).ok());
    let next = next.ok_or_else(|| bad("the place it names is no URL"))?;
    if !matches!(next.scheme(), "http" | "https") || !next.has_host() {
        return Err(bad("the place it names is not on the web"));
    }
    if url.scheme() == "https" && next.scheme() == "http" {
        return Err(bad("the place it names is not encrypted"));
    }
    if !next.username().is_empty() || next.password().is_some() {
        return Err(bad("the place it names has a user's name in it"));
    }
    Ok(Some(next))
}

/// The fields of a request, out of names and values that are secrets.
///
/// # Errors
///
/// The first name that cannot be sent, or whose value cannot.
pub(crate) fn fields<'a>(
    pairs: impl IntoIterator<Item = (&'a str, &'a crate::Secret)>,
) -> Result<HeaderMap, InvalidHeader> {
    let mut fields = HeaderMap::new();
    for (name, value) in pairs {
        let invalid = |why| InvalidHeader {
            name: name.to_owned(),
            why,
        };
        let key = HeaderName::try_from(name).map_err(|_| invalid("its name"))?;
        let value = value.header("").map_err(|_| invalid("its value"))?;
        fields.append(key, value);
    }
    Ok(fields)
}

/// A header field that cannot be sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the header field {name:?} cannot be sent: {why} has characters that no field may have")]
pub struct InvalidHeader {
    /// The field's name.
    pub name: String,
    why: &'static str,
}

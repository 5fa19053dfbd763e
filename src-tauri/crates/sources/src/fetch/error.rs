//! Why nothing was fetched.

use std::error::Error;
use std::time::Duration;

use hyper_util::client::legacy;
use url::Url;

use super::connect::Late;

/// Why nothing was fetched. URLs are shown without their queries, which may be secrets.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each field is what the message says it is")]
pub enum FetchError {
    /// The URL is not one of the web.
    #[error("found {url}, wanted a URL that starts with https:// or http://")]
    Scheme { url: String },
    /// The URL has a user's name or a password in it.
    #[error("{url} has a user's name or a password in it, which logs and histories would keep")]
    Credentials { url: String },
    /// Header fields would cross a network where anybody can read them.
    #[error("{url} is not encrypted, and header fields would be sent to it")]
    Unencrypted { url: String },
    /// No connection came about.
    #[error("{url} cannot be reached: {why}")]
    Unreachable { url: String, why: String },
    /// TLS was not agreed.
    #[error("{url} does not prove who it is: {why}")]
    Untrusted { url: String, why: String },
    /// The platform's roots cannot be read.
    #[error("{url} cannot be asked: this machine's TLS roots cannot be used")]
    NoTrust {
        url: String,
        #[source]
        source: rustls::Error,
    },
    /// Nobody accepted the connection in time.
    #[error("{url} did not accept a connection within {}", seconds(*limit))]
    ConnectTimedOut { url: String, limit: Duration },
    /// The answer took too long.
    #[error("{url} did not answer in full within {}", seconds(*limit))]
    TimedOut { url: String, limit: Duration },
    /// The answer broke off.
    #[error("the answer of {url} broke off: {why}")]
    BrokeOff { url: String, why: String },
    /// The answer is larger than the limit.
    #[error("the answer of {url} is larger than {} MiB", limit >> 20)]
    TooLarge { url: String, limit: usize },
    /// The answer is packed in a way that was not asked for, or badly.
    #[error("the answer of {url} cannot be unpacked: {why}")]
    Packed { url: String, why: String },
    /// Round and round.
    #[error("{url} redirects more than {limit} times")]
    TooManyRedirects { url: String, limit: usize },
    /// A redirect that is not followed.
    #[error("{url} redirects, and {why}")]
    BadRedirect { url: String, why: &'static str },
}

impl FetchError {
    /// What would mend it, where that can be told.
    pub fn hint(&self) -> Option<&'static str> {
        Some(match self {
            Self::Credentials { .. } => "put them in a header field, like Authorization",
            Self::Unencrypted { .. } => "use https://",
            Self::Unreachable { .. } | Self::ConnectTimedOut { .. } => {
                "check the address, and whether this machine is on the network that it needs"
            }
            Self::Untrusted { .. } => {
                "the certificate must be one that this machine's own programs trust"
            }
            Self::TimedOut { .. } => "try it in a browser: the endpoint itself may be slow",
            Self::TooLarge { .. } => "let the endpoint send only what tenants need",
            Self::TooManyRedirects { .. } | Self::BadRedirect { .. } => {
                "a redirect to a login page means that a header field with a token is missing"
            }
            Self::Scheme { .. }
            | Self::NoTrust { .. }
            | Self::BrokeOff { .. }
            | Self::Packed { .. } => return None,
        })
    }

    pub(super) fn of_client(error: &legacy::Error, url: &Url) -> Self {
        let url = shown(url);
        let mut deepest: &(dyn Error + 'static) = error;
        while let Some(source) = deepest.source() {
            if let Some(Late(limit)) = source.downcast_ref::<Late>() {
                let limit = *limit;
                return Self::ConnectTimedOut { url, limit };
            }
            deepest = inside(source);
        }
        let why = deepest.to_string();
        if deepest.is::<rustls::Error>() {
            Self::Untrusted { url, why }
        } else if error.is_connect() {
            Self::Unreachable { url, why }
        } else {
            Self::BrokeOff { url, why }
        }
    }
}

/// An I/O error that wraps another one hides it from `source()` where it shows the same words.
fn inside<'e>(error: &'e (dyn Error + 'static)) -> &'e (dyn Error + 'static) {
    let wrapped = error
        .downcast_ref::<std::io::Error>()
        .and_then(std::io::Error::get_ref);
    match wrapped {
        Some(wrapped) => inside(wrapped),
        None => error,
    }
}

/// A URL as messages have it: no query, no fragment, no user.
pub(crate) fn shown(url: &Url) -> String {
    let origin = url.origin();
    if origin.is_tuple() {
        format!("{}{}", origin.ascii_serialization(), url.path())
    } else {
        format!("{}:…", url.scheme())
    }
}

fn seconds(limit: Duration) -> String {
    if limit.subsec_nanos() == 0 {
        format!("{} s", limit.as_secs())
    } else {
        format!("{} ms", limit.as_millis())
    }
}

//! Where a preview's requests go: a scheme and an authority, and nothing more.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use crate::host::{Authority, Host};

/// How an upstream is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// In the clear.
    Http,
    /// Over TLS.
    Https,
}

/// Which certificates an upstream over TLS may show.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Trust {
    /// Those of authorities that this machine trusts.
    #[default]
    Platform,
    /// Those, and ones of the authorities in a PEM bundle.
    PlatformAnd(Arc<[u8]>),
    /// Any at all: nothing is verified.
    Anyone,
}

/// An upstream's origin: `https://my-app.acme.dev`, `http://localhost:3000`.
///
/// ```
/// use tripledash_core::upstream::UpstreamOrigin;
///
/// let origin: UpstreamOrigin = "http://LocalHost:3000/".parse()?;
/// assert_eq!(origin.to_string(), "http://localhost:3000");
/// assert_eq!(origin.port(), 3000);
/// assert!(origin.host().is_loopback());
/// # Ok::<(), tripledash_core::upstream::InvalidUpstream>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct UpstreamOrigin {
    /// How it is spoken to.
    pub scheme: Scheme,
    /// Host and, where it is not the scheme's own, port.
    pub authority: Authority,
}

/// A text that is no upstream.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is no upstream: {reason}")]
pub struct InvalidUpstream {
    /// The offending text.
    pub text: String,
    /// What was found, and what was wanted.
    pub reason: String,
}

// === impl Scheme ===

impl Scheme {
    /// `http` or `https`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }

    /// 80 or 443.
    pub fn default_port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
        }
    }
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

// === impl UpstreamOrigin ===

impl UpstreamOrigin {
    /// The host to connect to.
    pub fn host(&self) -> &Host {
        &self.authority.host
    }

    /// The port to connect to.
    pub fn port(&self) -> u16 {
        self.authority.port_or(self.scheme.default_port())
    }
}

impl FromStr for UpstreamOrigin {
    type Err = InvalidUpstream;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let invalid = |reason: String| InvalidUpstream {
            text: text.chars().take(300).collect(),
            reason,
        };
        let (scheme, rest) = text.split_once("://").ok_or_else(|| {
            invalid("it has no scheme, wanted http:// or https:// before the host".to_owned())
        })?;
        let scheme = match scheme.to_ascii_lowercase().as_str() {
            "http" => Scheme::Http,
            "https" => Scheme::Https,
            other => {
                return Err(invalid(format!(
                    "found the scheme {other:?}, wanted http or https"
                )));
            }
        };
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        if let Some(at) = rest.find(['/', '?', '#']) {
            return Err(invalid(format!(
                "found {:?} after the host, wanted only scheme, host and port",
                &rest[at..]
            )));
        }
        let mut authority: Authority = rest
            .parse()
            .map_err(|error: crate::host::InvalidAuthority| invalid(error.reason))?;
        if authority.port == Some(0) {
            return Err(invalid("port 0 cannot be connected to".to_owned()));
        }
        // One spelling: browsers never send the scheme's own port.
        authority.port = authority.port.filter(|port| *port != scheme.default_port());
        Ok(Self { scheme, authority })
    }
}

impl fmt::Display for UpstreamOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.scheme, self.authority)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins() {
        for (text, wanted) in [
            ("https://a.dev", "https://a.dev"),
            ("https://a.dev:443/", "https://a.dev"),
            ("HTTP://[::1]:80", "http://[::1]"),
            ("http://a.dev:443", "http://a.dev:443"),
        ] {
            assert_eq!(text.parse::<UpstreamOrigin>().unwrap().to_string(), wanted);
        }
    }

    #[test]
    fn refusals_say_what_was_wanted() {
        for (text, reason) in [
            ("localhost:3000", "no scheme"),
            ("ftp://a", "wanted http or https"),
            ("http://a/b", "\"/b\" after the host"),
            ("http://a?b", "\"?b\" after the host"),
            ("http://u:p@a", "user name"),
            ("http://", "empty"),
            ("http://a:0", "port 0"),
            ("http://a:70000", "over 65535"),
        ] {
            let error = text.parse::<UpstreamOrigin>().unwrap_err();
            assert!(error.reason.contains(reason), "{text}: {error}");
        }
    }
}

//! Hosts and authorities, read once at the edge and never again.
//!
//! A browser, a config file and a person write the same host in different ways. Everything behind
//! this module compares hosts by plain equality, so:
//!
//! - case is folded to lower, one trailing dot (the DNS root) is dropped, names outside ASCII
//!   become A-labels (UTS 46, as browsers do);
//! - IPv6 is in brackets, and a name whose last label is a number must be a whole dotted quad
//!   (as the URL standard says), so that `127.1` is never taken for a name;
//! - labels are letters, digits and hyphens (RFC 1123 section 2.1), with two tolerances, both of
//!   which browsers have too: the underscore, and a hyphen at a label's edge, so that `---main`
//!   gets an answer that says what is wrong with it;
//! - a name is at most 253 octets. A *label* over 63 (RFC 1035 section 2.3.4) is let through on
//!   purpose: local names never go to DNS, and a request that came in with one can be routed and
//!   told about (`label-over-budget`) instead of refused without a word.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

/// The longest name that DNS carries, in octets.
pub const MAX_NAME: usize = 253;
/// The longest label that DNS carries, in octets.
pub const MAX_LABEL: usize = 63;

/// A host without a port: a name or an address.
///
/// ```
/// use tripledash_core::host::Host;
///
/// let host: Host = "Acme---Main.Tripledash.Localhost.".parse()?;
/// assert_eq!(host.to_string(), "acme---main.tripledash.localhost");
/// assert_eq!("[::0:1]".parse::<Host>()?.to_string(), "[::1]");
/// assert_eq!("münchen.example".parse::<Host>()?.to_string(), "xn--mnchen-3ya.example");
/// # Ok::<(), tripledash_core::host::InvalidHost>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Host {
    /// A registered name, or one that only this machine knows.
    Name(HostName),
    /// An IPv4 address.
    V4(Ipv4Addr),
    /// An IPv6 address, shown in brackets.
    V6(Ipv6Addr),
}

/// A valid lower-case name: what [`Host::Name`] holds.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct HostName(String);

/// A host and, where one was given, a port.
///
/// ```
/// use tripledash_core::host::Authority;
///
/// let authority: Authority = "[::1]:3000".parse()?;
/// assert_eq!(authority.port, Some(3000));
/// assert_eq!(authority.to_string(), "[::1]:3000");
/// # Ok::<(), tripledash_core::host::InvalidAuthority>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Authority {
    /// The host.
    pub host: Host,
    /// The port, `None` where the scheme's own is meant.
    pub port: Option<u16>,
}

/// A text that is no host.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not a host: {reason}")]
pub struct InvalidHost {
    /// The offending text.
    pub text: String,
    /// What was found, and what was wanted.
    pub reason: String,
}

/// A text that is no `host[:port]`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not host[:port]: {reason}")]
pub struct InvalidAuthority {
    /// The offending text.
    pub text: String,
    /// What was found, and what was wanted.
    pub reason: String,
}

// === impl Host ===

impl Host {
    /// The labels of a name, left to right; none for an address.
    ///
    /// ```
    /// # use tripledash_core::host::Host;
    /// let host: Host = "a.b.localhost".parse()?;
    /// assert_eq!(host.labels().collect::<Vec<_>>(), ["a", "b", "localhost"]);
    /// # Ok::<(), tripledash_core::host::InvalidHost>(())
    /// ```
    pub fn labels(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.name()
            .unwrap_or_default()
            .split('.')
            .filter(|label| !label.is_empty())
    }

    /// The name, or `None` for an address.
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Name(name) => Some(name.as_str()),
            Self::V4(_) | Self::V6(_) => None,
        }
    }

    /// Whether this is `localhost`, a name under it, or a loopback or unspecified address: what
    /// never leaves the machine (RFC 6761 section 6.3).
    ///
    /// ```
    /// # use tripledash_core::host::Host;
    /// for local in ["localhost", "acme.localhost", "127.0.0.2", "[::1]", "0.0.0.0"] {
    ///     assert!(local.parse::<Host>()?.is_loopback());
    /// }
    /// assert!(!"localhost.example.com".parse::<Host>()?.is_loopback());
    /// # Ok::<(), tripledash_core::host::InvalidHost>(())
    /// ```
    pub fn is_loopback(&self) -> bool {
        match self {
            Self::Name(name) => {
                name.as_str() == "localhost" || name.as_str().ends_with(".localhost")
            }
            Self::V4(address) => address.is_loopback() || address.is_unspecified(),
            Self::V6(address) => {
                address.is_loopback()
                    || address.is_unspecified()
                    || address.to_ipv4_mapped().is_some_and(|v4| v4.is_loopback())
            }
        }
    }

    /// What is left of `base` in this name, without the dot between: `acme---main` for
    /// `acme---main.tripledash.localhost` under `tripledash.localhost`. `None` where this host is
    /// not under `base`, `Some("")` where it is `base`.
    pub fn strip_base(&self, base: &Self) -> Option<&str> {
        let rest = self.name()?.strip_suffix(base.name()?)?;
        if rest.is_empty() {
            Some("")
        } else {
            rest.strip_suffix('.')
        }
    }
}

impl FromStr for Host {
    type Err = InvalidHost;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let invalid = |reason: String| InvalidHost {
            text: excerpt(text),
            reason,
        };
        if let Some(inner) = text.strip_prefix('[') {
            let inner = inner
                .strip_suffix(']')
                .ok_or_else(|| invalid("no ] closes the IPv6 address".to_owned()))?;
            return inner.parse().map(Self::V6).map_err(|_| {
                invalid(format!(
                    "{inner:?} is no IPv6 address (a zone is not allowed)"
                ))
            });
        }
        if text.contains(':') && text.parse::<Ipv6Addr>().is_ok() {
            return Err(invalid(format!(
                "an IPv6 address stands in brackets: [{text}]"
            )));
        }
        // Before IDNA, whose cost grows with the text.
        if text.len() > 4 * MAX_NAME {
            return Err(invalid(format!(
                "{} octets, at most {MAX_NAME} are allowed",
                text.len()
            )));
        }
        let mut name = if text.is_ascii() {
            text.to_ascii_lowercase()
        } else {
            idna::domain_to_ascii(text).map_err(|_| {
                invalid("it has characters that no international domain name has".to_owned())
            })?
        };
        if name.ends_with('.') {
            name.pop();
        }
        check_name(&name).map_err(invalid)?;
        let last = name.rsplit('.').next().unwrap_or_default();
        if last.bytes().all(|byte| byte.is_ascii_digit()) || is_hexadecimal(last) {
            return name.parse().map(Self::V4).map_err(|_| {
                invalid("it ends in a number, so four numbers from 0 to 255 are wanted".to_owned())
            });
        }
        Ok(Self::Name(HostName(name)))
    }
}

/// The reason why a lower-case ASCII name without its trailing dot is no name.
fn check_name(name: &str) -> Result<(), String> {
    if name.is_empty() {
        return Err("it is empty".to_owned());
    }
    if name.len() > MAX_NAME {
        return Err(format!(
            "{} octets, at most {MAX_NAME} are allowed",
            name.len()
        ));
    }
    for label in name.split('.') {
        if label.is_empty() {
            return Err(
                "it has an empty label (two dots in a row, or one at the start)".to_owned(),
            );
        }
        let allowed =
            |c: &char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_');
        if let Some(found) = label.chars().find(|c| !allowed(c)) {
            return Err(format!(
                "found {found:?}, wanted letters, digits, hyphens and dots"
            ));
        }
    }
    Ok(())
}

fn is_hexadecimal(label: &str) -> bool {
    label
        .strip_prefix("0x")
        .is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// The text itself, or as much of a long one as an error message can bear.
fn excerpt(text: &str) -> String {
    const LONGEST: usize = 300;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => f.write_str(name.as_str()),
            Self::V4(address) => address.fmt(f),
            Self::V6(address) => write!(f, "[{address}]"),
        }
    }
}

impl From<IpAddr> for Host {
    fn from(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(address) => Self::V4(address),
            IpAddr::V6(address) => Self::V6(address),
        }
    }
}

// === impl HostName ===

impl HostName {
    /// The name: lower case, ASCII, no trailing dot.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The same, to keep.
    pub(crate) fn into_string(self) -> String {
        self.0
    }
}

impl fmt::Display for HostName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

// === impl Authority ===

impl Authority {
    /// The port, or the one that the scheme means where none was given.
    pub fn port_or(&self, scheme_default: u16) -> u16 {
        self.port.unwrap_or(scheme_default)
    }
}

impl FromStr for Authority {
    type Err = InvalidAuthority;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let invalid = |reason: String| InvalidAuthority {
            text: excerpt(text),
            reason,
        };
        if text.contains('@') {
            return Err(invalid(
                "a user name or password has no place in it".to_owned(),
            ));
        }
        // A colon inside brackets belongs to the address.
        let after_brackets = text.rfind(']').map_or(0, |at| at + 1);
        let (host, port) = match text[after_brackets..].find(':') {
            Some(colon) => text.split_at(after_brackets + colon),
            None => (text, ""),
        };
        let parsed: Host = host.parse().map_err(|error: InvalidHost| {
            if text.parse::<Ipv6Addr>().is_ok() {
                invalid(format!("an IPv6 address stands in brackets: [{text}]"))
            } else {
                invalid(error.reason)
            }
        })?;
        let port = match port.strip_prefix(':') {
            // RFC 3986 section 3.2.3 lets the port be empty after the colon.
            None | Some("") => None,
            Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => Some(
                digits
                    .parse()
                    .map_err(|_| invalid(format!("the port {digits} is over 65535")))?,
            ),
            Some(other) => {
                return Err(invalid(format!(
                    "found {other:?} after the colon, wanted a port"
                )));
            }
        };
        Ok(Self { host: parsed, port })
    }
}

impl fmt::Display for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.port {
            Some(port) => write!(f, "{}:{port}", self.host),
            None => self.host.fmt(f),
        }
    }
}

impl From<Host> for Authority {
    fn from(host: Host) -> Self {
        Self { host, port: None }
    }
}

#[cfg(test)]
mod tests;

//! An address as a browser reads it (the URL standard), as far as telling whose it is needs.
//!
//! Apps and browsers disagree with RFC 3986 in the same ways: a backslash is a slash, tabs and
//! line ends inside an address do not count, blanks around it neither, and `http:/\host` has a
//! host too. Whoever looks for `://` only is led out of the workspace by `/\host`.

use std::borrow::Cow;

use crate::host::Authority;
use crate::percent::encoded_byte;
use crate::upstream::Scheme;

/// An address split where it matters.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Split<'a> {
    /// It has no host of its own: a path, a query, nothing.
    Relative,
    /// It names the scheme of the page that it is on, and yet no host: `https:/path`. The rest.
    SameScheme(&'a str),
    /// Another scheme than http and https.
    Other,
    /// It names a host.
    Absolute(Absolute<'a>),
}

/// An address with a host.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Absolute<'a> {
    /// The scheme, where one is written.
    pub(crate) scheme: Option<Scheme>,
    /// `user:password@`, as written.
    pub(crate) credentials: &'a str,
    /// `None` where what stands there is no host: no browser goes there.
    pub(crate) authority: Option<Authority>,
    /// Path, query and fragment, as written.
    pub(crate) tail: &'a str,
}

impl Absolute<'_> {
    /// The same address at another origin. Credentials stay, and what comes after the host.
    pub(crate) fn moved_to(&self, origin: &str) -> String {
        let (scheme, authority) = origin.split_once("://").unwrap_or(("http", origin));
        let (slash, tail) = match self.tail.strip_prefix('\\') {
            Some(rest) => ("/", rest),
            None => ("", self.tail),
        };
        format!("{scheme}://{}{authority}{slash}{tail}", self.credentials)
    }
}

/// A reference without a scheme. "A path segment that contains a colon character [...] cannot be used
/// as the first segment of a relative-path reference, as it would be mistaken for a scheme name"
/// (RFC 3986 section 4.2).
pub(crate) fn relative(path: &str) -> Cow<'_, str> {
    let end = path.find(['/', '\\', '?', '#']).unwrap_or(path.len());
    if path[..end].contains(':') {
        Cow::Owned(format!("./{path}"))
    } else {
        Cow::Borrowed(path)
    }
}

/// The address as a browser sees it before it parses it: without blanks and control characters
/// around it, and without tabs and line ends in it.
pub(crate) fn trimmed(address: &str) -> Cow<'_, str> {
    let address = address.trim_matches(|c: char| c <= ' ');
    if address.contains(['\t', '\r', '\n']) {
        Cow::Owned(address.replace(['\t', '\r', '\n'], ""))
    } else {
        Cow::Borrowed(address)
    }
}

/// Splits a [`trimmed`] address on a page that has the scheme `base`.
pub(crate) fn split(address: &str, base: Scheme) -> Split<'_> {
    let slash = |c: char| matches!(c, '/' | '\\');
    let (scheme, rest) = match scheme(address) {
        Some(("http", rest)) => (Some(Scheme::Http), rest),
        Some(("https", rest)) => (Some(Scheme::Https), rest),
        Some(_) => return Split::Other,
        None => (None, address),
    };
    let host = rest.trim_start_matches(slash);
    let slashes = rest.len() - host.len();
    match scheme {
        // Two slashes of either kind begin a host; after more of them, browsers still look for it.
        None if slashes < 2 => return Split::Relative,
        // "special relative or authority state"
        Some(scheme) if scheme == base && slashes < 2 => return Split::SameScheme(rest),
        _ => {}
    }
    let end = host.find(['/', '\\', '?', '#']).unwrap_or(host.len());
    let (authority, tail) = host.split_at(end);
    // The last @ ends the credentials, however many there are.
    let at = authority.rfind('@').map_or(0, |at| at + 1);
    let (credentials, authority) = authority.split_at(at);
    Split::Absolute(Absolute {
        scheme,
        credentials,
        authority: unescaped(authority).parse().ok(),
        tail,
    })
}

/// The scheme in lower case, and what follows its colon.
fn scheme(address: &str) -> Option<(&'static str, &str)> {
    let (scheme, rest) = address.split_once(':')?;
    let mut bytes = scheme.bytes();
    let first = bytes.next()?;
    if !first.is_ascii_alphabetic() {
        return None;
    }
    if !bytes.all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte)) {
        return None;
    }
    let name = if scheme.eq_ignore_ascii_case("http") {
        "http"
    } else if scheme.eq_ignore_ascii_case("https") {
        "https"
    } else {
        "other"
    };
    Some((name, rest))
}

/// A host's percent-encoded octets, which browsers decode.
fn unescaped(authority: &str) -> Cow<'_, str> {
    if !authority.contains('%') {
        return Cow::Borrowed(authority);
    }
    let mut out = Vec::with_capacity(authority.len());
    let mut bytes = authority.as_bytes();
    while let Some((first, rest)) = bytes.split_first() {
        match encoded_byte(bytes) {
            Some(byte) => {
                out.push(byte);
                bytes = &rest[2..];
            }
            None => {
                out.push(*first);
                bytes = rest;
            }
        }
    }
    Cow::Owned(String::from_utf8_lossy(&out).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_found_where_browsers_find_them() {
        for (address, host, tail) in [
            ("http://a/b", "a", "/b"),
            ("HTTPS://A", "a", ""),
            ("//a?b", "a", "?b"),
            ("/\\a/b", "a", "/b"),
            ("\\\\a\\b", "a", "\\b"),
            ("\\/a#b", "a", "#b"),
            ("///a", "a", ""),
            ("http:\\\\a", "a", ""),
            ("http:////a", "a", ""),
            ("https:a/b", "a", "/b"),
            ("https:/a", "a", ""),
            ("http://u@a/", "a", "/"),
            ("http://u:p@b@a:1/", "a:1", "/"),
            ("http://[::1]:3000/", "[::1]:3000", "/"),
            ("http://a.:80/", "a:80", "/"),
            ("http://%61.de/", "a.de", "/"),
            ("http://a?b@c", "a", "?b@c"),
            ("http://a\\@b", "a", "\\@b"),
        ] {
            let Split::Absolute(found) = split(address, Scheme::Http) else {
                panic!("{address} has a host");
            };
            assert_eq!(found.authority.unwrap().to_string(), host, "{address}");
            assert_eq!(found.tail, tail, "{address}");
        }
    }

    #[test]
    fn other_addresses_have_none() {
        for (address, wanted) in [
            ("", Split::Relative),
            ("/a", Split::Relative),
            ("\\a", Split::Relative),
            ("a/b://c", Split::Relative),
            ("?next=http://a", Split::Relative),
            ("1http://a", Split::Relative),
            ("http:a", Split::SameScheme("a")),
            ("http:/a", Split::SameScheme("/a")),
            ("http:", Split::SameScheme("")),
            ("mailto:a@b", Split::Other),
            ("com.acme.app://callback", Split::Other),
            ("javascript:alert(1)", Split::Other),
        ] {
            assert_eq!(split(address, Scheme::Http), wanted, "{address}");
        }
        assert!(matches!(
            split("http://", Scheme::Http),
            Split::Absolute(Absolute {
                authority: None,
                ..
            })
        ));
    }

    #[test]
    fn blanks_do_not_count() {
        assert_eq!(trimmed(" \u{1}/\t/a\t"), "//a");
        assert_eq!(trimmed("/a b"), "/a b");
    }
}

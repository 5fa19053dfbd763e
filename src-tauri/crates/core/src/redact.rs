//! Secrets are taken out before anything is kept.
//!
//! A trace is shown on screens and pasted into issues. Names stay, so that one can see that a
//! cookie or a token was there; values go.

use http::header::{AUTHORIZATION, COOKIE, PROXY_AUTHORIZATION, SET_COOKIE};
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::trace::HeaderLines;

/// What stands in a secret's place.
pub const REDACTED: &str = "[redacted]";

/// Fields whose value is a secret as a whole, by their names.
const SECRET: [&str; 6] = [
    "x-vercel-protection-bypass",
    "x-api-key",
    "api-key",
    "x-auth-token",
    "x-csrf-token",
    "x-xsrf-token",
];

/// The fields as a trace keeps them: `Authorization`, cookies' values and the fields named in
/// `secrets` are taken out.
///
/// ```
/// use http::{HeaderMap, HeaderValue};
/// use tripledash_core::redact::redact;
///
/// let mut headers = HeaderMap::new();
/// headers.insert("cookie", HeaderValue::from_static("sid=s3cret; theme=dark"));
/// headers.insert("authorization", HeaderValue::from_static("Bearer s3cret"));
/// let lines = redact(&headers, &[]);
/// assert_eq!(lines[0].1, "sid=[redacted]; theme=[redacted]");
/// assert_eq!(lines[1].1, "Bearer [redacted]");
/// ```
pub fn redact(headers: &HeaderMap, secrets: &[HeaderName]) -> HeaderLines {
    headers
        .iter()
        .map(|(name, value)| (name.as_str().to_owned(), field(name, value, secrets)))
        .collect()
}

/// One field's value as a trace keeps it.
pub fn field(name: &HeaderName, value: &HeaderValue, secrets: &[HeaderName]) -> String {
    let text = String::from_utf8_lossy(value.as_bytes());
    if secrets.contains(name) || SECRET.contains(&name.as_str()) {
        REDACTED.to_owned()
    } else if name == COOKIE {
        cookie(&text)
    } else if name == SET_COOKIE {
        set_cookie(&text)
    } else if name == AUTHORIZATION || name == PROXY_AUTHORIZATION {
        match text.split_once(' ') {
            Some((scheme, _)) => format!("{scheme} {REDACTED}"),
            None => REDACTED.to_owned(),
        }
    } else {
        text.into_owned()
    }
}

/// A `Cookie` value with the names only.
pub fn cookie(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    for pair in value
        .split(';')
        .map(str::trim)
        .filter(|pair| !pair.is_empty())
    {
        if !out.is_empty() {
            out.push_str("; ");
        }
        if let Some((name, _)) = pair.split_once('=') {
            out.push_str(name);
            out.push('=');
        }
        out.push_str(REDACTED);
    }
    out
}

/// A `Set-Cookie` value with its name and attributes only.
pub fn set_cookie(value: &str) -> String {
    let (pair, attributes) = match value.find(';') {
        Some(at) => value.split_at(at),
        None => (value, ""),
    };
    match pair.split_once('=') {
        // An emptied cookie says something, and nothing secret.
        Some((_, "")) => value.to_owned(),
        Some((name, _)) => format!("{name}={REDACTED}{attributes}"),
        None => format!("{REDACTED}{attributes}"),
    }
}

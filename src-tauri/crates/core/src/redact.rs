//! Secrets are taken out before anything is kept.
//!
//! A trace is shown on screens and pasted into issues. Names stay, so that one can see that a
//! cookie or a token was there; values go:
//!
//! - a field whose name says that it is a secret, or that the workspace fills from the
//!   environment, as a whole; of credentials and cookies, all but the scheme and the names;
//! - a query parameter by such a name;
//! - the text of a secret that is known, wherever it stands: in an address, in a reason, and
//!   whichever of its characters are percent-encoded there (RFC 3986 section 2.1).

use std::borrow::Cow;

use http::header::{AUTHORIZATION, PROXY_AUTHORIZATION};
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::percent::encoded_byte;
use crate::trace::{HeaderLines, HeaderLinesBuilder};
use crate::workspace::{Preview, Snapshot};

/// What stands in a secret's place.
pub const REDACTED: &str = "[redacted]";

/// Whether a field's value is a secret as a whole, by its name in lower case.
fn is_secret_name(name: &str) -> bool {
    matches!(
        name,
        "api-key"
            | "x-access-token"
            | "x-amz-security-token"
            | "x-api-key"
            | "x-auth-token"
            | "x-csrf-token"
            | "x-goog-api-key"
            | "x-shopify-access-token"
            | "x-vercel-oidc-token"
            | "x-vercel-protection-bypass"
            | "x-xsrf-token"
    )
}

/// Whether a field holds credentials or cookies, by its name in lower case.
fn is_credentials(name: &str) -> bool {
    matches!(
        name,
        "cookie" | "set-cookie" | "authorization" | "proxy-authorization"
    )
}

/// Whether a value is ASCII and has no query, so that all of it stays if no text is looked for.
fn is_plain(value: &[u8]) -> bool {
    // Without an early end it is done many bytes at a time.
    let other = |byte: u8| !byte.is_ascii() | (byte == b'?');
    !value.iter().fold(false, |any, &byte| any | other(byte))
}

/// The shortest text that is looked for everywhere: a shorter one stands in ordinary words too.
const SHORTEST: usize = 6;

/// What a trace of one request must not keep.
///
/// ```
/// use http::{HeaderMap, HeaderValue};
/// use tripledash_core::redact::Secrets;
///
/// let mut headers = HeaderMap::new();
/// headers.insert("cookie", HeaderValue::from_static("sid=s3cret; theme=dark"));
/// headers.insert("authorization", HeaderValue::from_static("Bearer s3cret"));
/// let lines = Secrets::default().lines(&headers);
/// assert_eq!(lines.get("cookie"), Some("sid=[redacted]; theme=[redacted]"));
/// assert_eq!(lines.get("authorization"), Some("Bearer [redacted]"));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Secrets {
    names: Vec<HeaderName>,
    texts: Vec<String>,
}

impl Secrets {
    /// What `preview` takes from the environment.
    pub fn of_preview(preview: &Preview, snapshot: &Snapshot) -> Self {
        let mut secrets = Self::default();
        secrets.add_preview(preview, snapshot);
        secrets
    }

    /// What any preview takes from the environment: for a request that is no preview's yet.
    pub fn of_workspace(snapshot: &Snapshot) -> Self {
        let mut secrets = Self::default();
        for preview in snapshot.workspace.previews.values() {
            secrets.add_preview(preview, snapshot);
        }
        secrets
    }

    /// Takes a text for a secret, wherever it stands.
    pub fn add_text(&mut self, text: &str) {
        if text.len() >= SHORTEST && !self.texts.iter().any(|known| known == text) {
            self.texts.push(text.to_owned());
        }
    }

    fn add_preview(&mut self, preview: &Preview, snapshot: &Snapshot) {
        for (name, template) in &preview.headers {
            let Ok(name) = HeaderName::from_bytes(name.as_bytes()) else {
                continue;
            };
            let mut variables = template.environment_names().peekable();
            if variables.peek().is_some() && !self.names.contains(&name) {
                self.names.push(name);
            }
            for value in variables.filter_map(|name| snapshot.environment.get(name)) {
                self.add_text(value);
            }
        }
    }

    /// The fields as a trace keeps them.
    pub fn lines(&self, headers: &HeaderMap) -> HeaderLines {
        let bytes = headers
            .iter()
            .map(|(name, value)| name.as_str().len() + value.len());
        let mut lines = HeaderLinesBuilder::with_capacity(headers.len(), bytes.sum());
        self.write_lines(headers, &mut lines);
        lines.build()
    }

    /// Adds the fields as a trace keeps them.
    pub(crate) fn write_lines(&self, headers: &HeaderMap, lines: &mut HeaderLinesBuilder) {
        for (name, value) in headers {
            lines.push(name.as_str(), |text| self.write_field(name, value, text));
        }
    }

    /// One field's value as a trace keeps it.
    pub fn field(&self, name: &HeaderName, value: &HeaderValue) -> String {
        let mut text = Vec::with_capacity(value.len());
        self.write_field(name, value, &mut text);
        String::from_utf8(text).expect("what is written is text")
    }

    /// Appends the same.
    fn write_field(&self, name: &HeaderName, value: &HeaderValue, out: &mut Vec<u8>) {
        let bytes = value.as_bytes();
        let name = name.as_str();
        if is_secret_name(name) || self.names.iter().any(|known| known == name) {
            out.extend_from_slice(REDACTED.as_bytes());
        } else if self.texts.is_empty() && !is_credentials(name) && is_plain(bytes) {
            out.extend_from_slice(bytes);
        } else {
            let text = self.written(name, &String::from_utf8_lossy(bytes));
            out.extend_from_slice(text.as_bytes());
        }
    }

    /// What is left of a value in which something may have to go.
    fn written(&self, name: &str, text: &str) -> String {
        match name {
            "cookie" => cookie(text),
            "set-cookie" => set_cookie(text),
            "authorization" | "proxy-authorization" => match text.split_once(' ') {
                Some((scheme, _)) => format!("{scheme} {REDACTED}"),
                None => REDACTED.to_owned(),
            },
            _ => self.clean(text).into_owned(),
        }
    }

    /// A text without the secrets in it.
    ///
    /// ```
    /// use tripledash_core::redact::Secrets;
    ///
    /// let mut secrets = Secrets::default();
    /// secrets.add_text("s3cret");
    /// assert_eq!(secrets.clean("/a/s3cret?b=1"), "/a/[redacted]?b=1");
    /// assert_eq!(secrets.clean("/a?b=s%33cr%65t"), "/a?b=[redacted]");
    /// assert_eq!(secrets.clean("/a?x-api-key=1&b=2"), "/a?x-api-key=[redacted]&b=2");
    /// ```
    pub fn clean<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let mut clean = Cow::Borrowed(text);
        for secret in &self.texts {
            if clean.contains(secret.as_str()) {
                clean = clean.replace(secret.as_str(), REDACTED).into();
            }
            if let Some(without) = without_encoded(&clean, secret) {
                clean = without.into();
            }
        }
        match self.without_parameters(&clean) {
            Some(without) => without.into(),
            None => clean,
        }
    }

    /// The same for a text that is kept anyway.
    pub(crate) fn clean_in_place(&self, text: &mut String) {
        if let Cow::Owned(clean) = self.clean(text) {
            *text = clean;
        }
    }

    /// The text with the values of secret query parameters gone; `None` where it has none.
    fn without_parameters(&self, text: &str) -> Option<String> {
        let mark = memchr::memchr(b'?', text.as_bytes())?;
        let mut clean = String::new();
        let mut kept = 0;
        // Where the parameter begins whose name goes on; `None` behind its equals sign.
        let mut begins = Some(mark + 1);
        for (at, byte) in text.bytes().enumerate().skip(mark + 1) {
            match byte {
                b'?' | b'&' => begins = Some(at + 1),
                b'=' => {
                    let Some(name) = begins.take().map(|start| &text[start..at]) else {
                        continue;
                    };
                    if at >= kept && (self.is_secret(name) || self.is_secret(&plain(name))) {
                        let end = text[at..].find(['&', '#', ';', '"', '>', ' ']);
                        clean.push_str(&text[kept..=at]);
                        clean.push_str(REDACTED);
                        kept = end.map_or(text.len(), |end| at + end);
                    }
                }
                _ => {}
            }
        }
        (kept > 0).then(|| clean + &text[kept..])
    }

    /// Whether a field or a query parameter of this name is a secret as a whole.
    pub(crate) fn is_secret(&self, name: &str) -> bool {
        let is = |known: &str| known.eq_ignore_ascii_case(name);
        is_secret_name(&name.to_ascii_lowercase())
            || self.names.iter().any(|known| is(known.as_str()))
            || is(AUTHORIZATION.as_str())
            || is(PROXY_AUTHORIZATION.as_str())
    }
}

/// The text with every percent-encoded form of a secret gone; `None` where it has none.
fn without_encoded(text: &str, secret: &str) -> Option<String> {
    let plus_is_blank = secret.contains(' ') && text.contains('+');
    if !text.contains('%') && !plus_is_blank {
        return None;
    }
    let mut clean = String::new();
    let (mut kept, mut at) = (0, 0);
    while at < text.len() {
        match encoded_at(&text.as_bytes()[at..], secret.as_bytes()) {
            Some(length) => {
                clean.push_str(&text[kept..at]);
                clean.push_str(REDACTED);
                at += length;
                kept = at;
            }
            None => at += 1,
        }
    }
    (kept > 0).then(|| clean + &text[kept..])
}

/// How many bytes of `text` spell `secret`, from its first one on.
///
/// The first and the last of them are whole characters: one outside ASCII has all its bytes
/// encoded or none, for `text` is UTF-8.
fn encoded_at(text: &[u8], secret: &[u8]) -> Option<usize> {
    let mut at = 0;
    for wanted in secret {
        let (byte, length) = match (text.get(at)?, encoded_byte(&text[at..])) {
            (_, Some(byte)) if byte == *wanted => (byte, 3),
            // As forms encode it.
            (b'+', _) if *wanted == b' ' => (b' ', 1),
            (byte, _) => (*byte, 1),
        };
        if byte != *wanted {
            return None;
        }
        at += length;
    }
    Some(at)
}

/// A name without percent-encoding; one that is no text stays as it is.
fn plain(name: &str) -> Cow<'_, str> {
    if !name.contains('%') {
        return Cow::Borrowed(name);
    }
    let mut bytes = Vec::with_capacity(name.len());
    let mut rest = name.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        match encoded_byte(rest) {
            Some(byte) => {
                bytes.push(byte);
                rest = &rest[3..];
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).map_or(Cow::Borrowed(name), Cow::Owned)
}

/// A `Cookie` value with the names only.
fn cookie(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let pairs = value.split(';').map(str::trim);
    for (place, pair) in pairs.filter(|pair| !pair.is_empty()).enumerate() {
        if place > 0 {
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
pub(crate) fn set_cookie(value: &str) -> String {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_query_is_read_once() {
        // Read once for each equals sign, it would take minutes.
        let signs = "=".repeat(1 << 18);
        for query in [format!("/?{signs}"), format!("/?a%3d{signs}")] {
            assert_eq!(Secrets::default().clean(&query), query);
        }
        let query = format!("/?a=1=2&api-key{signs}&b=api-key=1");
        let wanted = "/?a=1=2&api-key=[redacted]&b=api-key=1";
        assert_eq!(Secrets::default().clean(&query), wanted);
    }

    #[test]
    fn secrets_leave_texts() {
        let mut secrets = Secrets::default();
        secrets.add_text("hunter22");
        secrets.add_text("a");
        secrets.add_text("päss wörd");
        secrets.names.push(HeaderName::from_static("x-mine"));
        for (text, wanted) in [
            ("/a?b=1", "/a?b=1"),
            ("/hunter22/hunter22", "/[redacted]/[redacted]"),
            ("/a?X-Mine=1", "/a?X-Mine=[redacted]"),
            (
                "http://h/?x=1&api-key=2=3#f",
                "http://h/?x=1&api-key=[redacted]#f",
            ),
            (
                "/?api-key=1&x-mine=2&c=3",
                "/?api-key=[redacted]&x-mine=[redacted]&c=3",
            ),
            ("/api-key=1", "/api-key=1"),
            (
                "</a?api-key=1>; rel=next",
                "</a?api-key=[redacted]>; rel=next",
            ),
            ("a=b?", "a=b?"),
            ("/%68unter%32%32/x", "/[redacted]/x"),
            ("/a?b=%68%75%6e%74%65%72%32%32&c", "/a?b=[redacted]&c"),
            ("/hunter%2/%zz%", "/hunter%2/%zz%"),
            (
                "/?x%2Dmine=1&api%2dkey=2",
                "/?x%2Dmine=[redacted]&api%2dkey=[redacted]",
            ),
            ("/p%C3%A4ss+w%c3%b6rd", "/[redacted]"),
            ("päss wörd", "[redacted]"),
        ] {
            assert_eq!(secrets.clean(text), wanted, "{text}");
        }
    }
}

//! Path patterns in path-to-regexp 6 syntax, matched as Next.js matches them.
//!
//! A rule's `source` is copied from an app's own configuration, so it must mean here exactly what
//! it means there. Next.js compiles the same syntax with two sets of options:
//!
//! - [`Mode::App`], a middleware's `matcher`: case-sensitive, a trailing delimiter is optional,
//!   and the source is wrapped so that `/_next/data/<build>/about.json` matches as `/about` does;
//! - [`Mode::Proxy`], `rewrites()`: case-insensitive and strict, and after that one slash at the
//!   end is let through, so that `/:path*` matches `/`, and `/about` matches `/about/`.
//!
//! The verdicts are checked against those of the npm package, called as Next.js calls it, over a
//! table of patterns and paths (`tests/fixtures/path-to-regexp`).

mod compile;
mod cost;
mod regex;
mod tokens;
mod value;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use fancy_regex::{Regex, RegexBuilder};
use thiserror::Error;

pub use self::compile::{NoDestination, compile, escape, names};
pub use self::cost::Costly;
use self::tokens::{Name, Token};
pub use self::value::ValuePattern;
use crate::trace::{ParamValue, RuleBy};

/// What a pattern captured, by name; unnamed groups are `"0"`, `"1"`, … as path-to-regexp has it.
pub type Params = BTreeMap<String, ParamValue>;

/// How many steps a match may take before it is given up.
///
/// A route that needs more is a mistake (nested quantifiers), and must not stop the proxy. A path
/// of 16 KiB through a lookahead at every character, which is the worst that a sound pattern is
/// asked for, takes a third of it.
pub const STEP_LIMIT: usize = 100_000;
/// How much memory one regular expression may be compiled to, in bytes: `(a{1000}){1000}` is a
/// million states and no path that anybody has.
const SIZE_LIMIT: usize = 1024 * 1024;
/// The longest regular expression that a source may become, in bytes. Next.js stops at 4096 for
/// `rewrites()`, and has no limit for a matcher.
const LENGTH_LIMIT: usize = 16 * 1024;

/// What Next.js puts before a matcher's source.
const DATA_PREFIX: &str = "/:nextData(_next/data/[^/]{1,})?";
/// What Next.js puts after a matcher's source.
const TRANSPORT_SUFFIX: &str = "{(\\.json|\\.rsc|\\.segments/.+\\.segment\\.rsc)}?";
/// What Next.js puts after the source `/`.
const ROOT_SUFFIX: &str =
    "(/?index|/?index\\.json|/?index(?:\\.rsc|\\.segments/.+\\.segment\\.rsc))?";

/// Which of Next.js's two sets of options a pattern is matched with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mode {
    /// As a middleware's `matcher`.
    App,
    /// As `rewrites()`.
    Proxy,
}

impl From<RuleBy> for Mode {
    fn from(by: RuleBy) -> Self {
        match by {
            RuleBy::App => Self::App,
            RuleBy::Proxy => Self::Proxy,
        }
    }
}

impl Mode {
    fn delimiter(self) -> &'static str {
        match self {
            Self::App => "/#?",
            Self::Proxy => "/",
        }
    }
}

/// A pattern that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("invalid pattern {text:?} at {at}: {reason}")]
pub struct InvalidPattern {
    /// The pattern as written.
    pub text: String,
    /// Where reading stopped, in characters from the start; 0 where only the whole is wrong.
    pub at: usize,
    /// What was found there.
    pub reason: String,
}

/// A match that took too many steps, so that nobody knows its outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("gave up after {STEP_LIMIT} steps")]
pub struct GaveUp;

/// A compiled path pattern.
///
/// ```
/// use tripledash_core::pattern::{Mode, Pattern};
///
/// let matcher = Pattern::parse("/((?!api|_next/static|_next/image|favicon.ico).*)", Mode::App).unwrap();
/// assert!(matcher.matches("/about").is_some());
/// assert!(matcher.matches("/_next/data/build/about.json").is_some());
/// assert!(matcher.matches("/api/cart").is_none());
///
/// let rewrite = Pattern::parse("/docs/:path*", Mode::Proxy).unwrap();
/// assert!(rewrite.matches("/DOCS/a/b").is_some());
/// assert!(rewrite.matches("/docs/").is_some());
/// assert!(rewrite.matches("/docs//").is_none());
/// ```
#[derive(Debug, Clone)]
pub struct Pattern {
    source: String,
    mode: Mode,
    names: Arc<[(String, Repeat)]>,
    plain: Arc<Regex>,
    /// With Next's wrapping; only in [`Mode::App`].
    wrapped: Option<Arc<Regex>>,
    /// Found out when it is first asked for.
    cost: Arc<OnceLock<Option<Costly>>>,
}

/// What a repeated parameter's segments are parted by; `None` where it does not repeat.
type Repeat = Option<String>;

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        (self.mode, &self.source) == (other.mode, &other.source)
    }
}

impl Pattern {
    /// Compiles `source` for `mode`.
    pub fn parse(source: &str, mode: Mode) -> Result<Self, InvalidPattern> {
        let refuse = |(at, reason)| InvalidPattern {
            text: source.to_owned(),
            at,
            reason,
        };
        let tokens = tokens::parse(source, mode).map_err(refuse)?;
        let plain = compile_tokens(&tokens, mode).map_err(refuse)?;
        let wrapped = match mode {
            Mode::Proxy => None,
            Mode::App => {
                let suffix = if source == "/" {
                    ROOT_SUFFIX
                } else {
                    TRANSPORT_SUFFIX
                };
                let whole = format!("{DATA_PREFIX}{source}{suffix}");
                let shift = |(at, reason): (usize, String)| {
                    refuse((at.saturating_sub(DATA_PREFIX.len()), reason))
                };
                let tokens = tokens::parse(&whole, mode).map_err(shift)?;
                Some(Arc::new(compile_tokens(&tokens, mode).map_err(refuse)?))
            }
        };
        let names = tokens.iter().filter_map(|token| match token {
            Token::Param(param) => {
                let name = match param.name.as_ref()? {
                    Name::Named(name) => name.clone(),
                    Name::Unnamed(place) => place.to_string(),
                };
                let repeat = param
                    .modifier
                    .repeats()
                    .then(|| format!("{}{}", param.prefix, param.suffix));
                Some((name, repeat))
            }
            Token::Text(_) => None,
        });
        Ok(Self {
            source: source.to_owned(),
            mode,
            names: names.collect(),
            plain: Arc::new(plain),
            wrapped,
            cost: Arc::default(),
        })
    }

    /// The pattern as written.
    pub fn as_str(&self) -> &str {
        &self.source
    }

    /// The options it is matched with.
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// Matches a path (no query), and returns what was captured. A match that is given up is none.
    ///
    /// In [`Mode::App`] the verdict is that of Next's wrapped matcher, and the captures are those
    /// of the page's own path, as the app's middleware sees it.
    pub fn matches(&self, path: &str) -> Option<Params> {
        self.try_matches(path).ok().flatten()
    }

    /// The same, where it matters whether there was an answer at all.
    ///
    /// ```
    /// use tripledash_core::pattern::{GaveUp, Mode, Pattern};
    ///
    /// let pattern = Pattern::parse("/((?:a+)+(?!b)c)", Mode::Proxy).unwrap();
    /// let path = format!("/{}", "a".repeat(64));
    /// assert_eq!(pattern.try_matches(&path), Err(GaveUp));
    /// ```
    pub fn try_matches(&self, path: &str) -> Result<Option<Params>, GaveUp> {
        let Some(wrapped) = &self.wrapped else {
            return self.capture(path);
        };
        if !wrapped.is_match(path).map_err(|_| GaveUp)? {
            return Ok(None);
        }
        // A `.json` or `.rsc` that only the wrapping let through captures nothing of its own.
        let found = self.capture(&without_data(path))?;
        Ok(Some(found.unwrap_or_default()))
    }

    /// Whether some path makes it take too many steps, as far as trying can tell.
    pub fn costly(&self) -> Option<&Costly> {
        self.cost.get_or_init(|| cost::of_pattern(self)).as_ref()
    }

    fn capture(&self, path: &str) -> Result<Option<Params>, GaveUp> {
        let Some(captures) = self.plain.captures(path).map_err(|_| GaveUp)? else {
            return Ok(None);
        };
        let mut params = Params::new();
        for ((name, repeat), found) in self.names.iter().zip(captures.iter().skip(1)) {
            let Some(found) = found else { continue };
            let value = match repeat {
                Some(between) => ParamValue::Many(
                    found
                        .as_str()
                        .split(between.as_str())
                        .map(str::to_owned)
                        .collect(),
                ),
                None => ParamValue::One(found.as_str().to_owned()),
            };
            params.insert(name.clone(), value);
        }
        Ok(Some(params))
    }
}

fn compile_tokens(tokens: &[Token], mode: Mode) -> Result<Regex, tokens::Refusal> {
    let route = regex::route(tokens)?;
    let text = match mode {
        Mode::App => format!("^{route}[/#?]?$"),
        Mode::Proxy => format!("(?i)^{route}/?$"),
    };
    build(&text).map_err(|reason| (0, reason))
}

fn build(text: &str) -> Result<Regex, String> {
    if text.len() > LENGTH_LIMIT {
        return Err(format!(
            "{} bytes as a regular expression, at most {LENGTH_LIMIT} are allowed",
            text.len()
        ));
    }
    RegexBuilder::new(text)
        .backtrack_limit(STEP_LIMIT)
        .delegate_size_limit(SIZE_LIMIT)
        .delegate_dfa_size_limit(SIZE_LIMIT)
        .build()
        .map_err(|error| format!("not a regular expression: {error}"))
}

/// The page's path behind a `_next/data` address: `/_next/data/<build>/about.json` is `/about`,
/// and `/index.json` is `/`. Any other path is itself.
///
/// ```
/// use tripledash_core::pattern::without_data;
///
/// assert_eq!(without_data("/_next/data/x1/acme/about.json"), "/acme/about");
/// assert_eq!(without_data("/_next/data/x1/index.json"), "/");
/// assert_eq!(without_data("/about.json"), "/about.json");
/// ```
pub fn without_data(path: &str) -> Cow<'_, str> {
    let page = path
        .strip_prefix("/_next/data/")
        .and_then(|rest| rest.find('/').map(|slash| &rest[slash..]))
        .and_then(|page| page.strip_suffix(".json"));
    match page {
        None => Cow::Borrowed(path),
        Some("/index") => Cow::Borrowed("/"),
        Some(page) => Cow::Borrowed(page),
    }
}

#[cfg(test)]
mod tests;

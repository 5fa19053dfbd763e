//! The language in which a person narrows the trace: `tenant:acme status:>=400 -kind:asset /cart`.
//!
//! - terms stand apart by spaces, and all must hold;
//! - `tenant:`, `preview:`, `session:`, `kind:`, `method:` and `code:` (a diagnostic's) take one
//!   value or several, `tenant:acme,globex`;
//! - `status:` takes `404`, `4xx`, `>=400`, `<500` or several of them;
//! - `is:` takes `open`, `done`, `failed`, `diagnosed` or `rewritten`;
//! - a bare word is looked for in the path;
//! - a hyphen before a term turns it round, quotes keep spaces together.
//!
//! What is not understood is refused, with the column: a filter that silently shows everything, or
//! nothing, misleads.

use thiserror::Error;

use crate::trace::{Exchange, Kind, State};

/// A filter that was understood.
///
/// ```
/// use tripledash_core::filter::Filter;
///
/// assert!(Filter::parse("tenant:acme status:>=400 -kind:asset /cart").is_ok());
/// let error = Filter::parse("tenant:acme colour:red").unwrap_err();
/// assert_eq!(error.column, 13);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    terms: Vec<Term>,
}

/// A filter that was not understood.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{term:?} in column {column}: {reason}")]
pub struct InvalidFilter {
    /// The term as written.
    pub term: String,
    /// Where it begins, in characters from 1.
    pub column: usize,
    /// What was found, and what was wanted.
    pub reason: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Term {
    negated: bool,
    test: Test,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Test {
    Tenant(Vec<String>),
    Preview(Vec<String>),
    Session(Vec<String>),
    Method(Vec<String>),
    Code(Vec<String>),
    Kind(Vec<Kind>),
    Status(Vec<Range>),
    Is(Vec<Is>),
    Path(String),
}

/// Inclusive bounds of a status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Range(u16, u16);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Is {
    Open,
    Done,
    Failed,
    Diagnosed,
    Rewritten,
}

const KEYS: &str = "tenant, preview, session, kind, method, status, code or is";

const KINDS: [(&str, Kind); 8] = [
    ("document", Kind::Document),
    ("rsc", Kind::Rsc),
    ("data", Kind::Data),
    ("asset", Kind::Asset),
    ("api", Kind::Api),
    ("hmr", Kind::Hmr),
    ("websocket", Kind::Websocket),
    ("other", Kind::Other),
];

const STATES: [(&str, Is); 5] = [
    ("open", Is::Open),
    ("done", Is::Done),
    ("failed", Is::Failed),
    ("diagnosed", Is::Diagnosed),
    ("rewritten", Is::Rewritten),
];

// === impl Filter ===

impl Filter {
    /// Reads a filter. An empty one lets everything through.
    ///
    /// # Errors
    ///
    /// The first term that is not understood.
    pub fn parse(text: &str) -> Result<Self, InvalidFilter> {
        let terms = words(text)
            .into_iter()
            .map(|(column, word)| {
                Term::parse(&word).map_err(|reason| InvalidFilter {
                    term: word,
                    column,
                    reason,
                })
            })
            .collect::<Result<_, _>>()?;
        Ok(Self { terms })
    }

    /// Whether every exchange passes.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// Whether an exchange passes.
    pub fn matches(&self, exchange: &Exchange) -> bool {
        self.terms
            .iter()
            .all(|term| term.test.holds(exchange) != term.negated)
    }
}

impl std::str::FromStr for Filter {
    type Err = InvalidFilter;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

/// Splits at spaces outside of quotes; each word with the column it begins in. Quotes go.
fn words(text: &str) -> Vec<(usize, String)> {
    let mut words: Vec<(usize, String)> = Vec::new();
    let mut quoted = false;
    let mut between = true;
    for (at, char) in text.chars().enumerate() {
        if char.is_whitespace() && !quoted {
            between = true;
            continue;
        }
        if between {
            words.push((at + 1, String::new()));
            between = false;
        }
        if char == '"' {
            quoted = !quoted;
        } else if let Some((_, word)) = words.last_mut() {
            word.push(char);
        }
    }
    words
}

impl Term {
    fn parse(word: &str) -> Result<Self, String> {
        let (negated, word) = match word.strip_prefix('-') {
            Some(rest) if !rest.is_empty() => (true, rest),
            _ => (false, word),
        };
        // A path may hold a colon; a key never holds a slash.
        let test = match word.split_once(':') {
            Some((key, values)) if !key.contains('/') && !key.is_empty() => {
                Test::parse(key, values)?
            }
            _ => Test::Path(word.to_lowercase()),
        };
        Ok(Self { negated, test })
    }
}

impl Test {
    fn parse(key: &str, values: &str) -> Result<Self, String> {
        let key = key.to_ascii_lowercase();
        if values.split(',').any(str::is_empty) {
            return Err(format!("{key}: wants a value"));
        }
        let texts = || values.split(',').map(str::to_ascii_lowercase).collect();
        Ok(match key.as_str() {
            "tenant" => Self::Tenant(texts()),
            "preview" => Self::Preview(texts()),
            "session" => Self::Session(texts()),
            "method" => Self::Method(texts()),
            "code" => Self::Code(texts()),
            "kind" => Self::Kind(named(values, &KINDS, "kind")?),
            "is" => Self::Is(named(values, &STATES, "is")?),
            "status" => Self::Status(values.split(',').map(range).collect::<Result<_, _>>()?),
            _ => return Err(format!("found the key {key:?}, wanted {KEYS}")),
        })
    }

    fn holds(&self, exchange: &Exchange) -> bool {
        let one_of = |values: &[String], value: Option<&str>| {
            value.is_some_and(|value| {
                values
                    .iter()
                    .any(|wanted| wanted.eq_ignore_ascii_case(value))
            })
        };
        match self {
            Self::Tenant(values) => one_of(values, exchange.tenant()),
            Self::Preview(values) => one_of(values, exchange.preview()),
            Self::Session(values) => one_of(values, exchange.session()),
            Self::Method(values) => one_of(values, Some(exchange.method.as_str())),
            Self::Code(values) => exchange
                .diagnosis
                .iter()
                .any(|found| one_of(values, Some(&found.code))),
            Self::Kind(kinds) => kinds.contains(&exchange.kind),
            Self::Status(ranges) => exchange.status.is_some_and(|status| {
                ranges
                    .iter()
                    .any(|Range(least, most)| (*least..=*most).contains(&status))
            }),
            Self::Is(states) => states.iter().any(|state| match state {
                Is::Open => exchange.state == State::Open,
                Is::Done => exchange.state == State::Done,
                Is::Failed => exchange.state == State::Failed,
                Is::Diagnosed => !exchange.diagnosis.is_empty(),
                Is::Rewritten => exchange.actual.is_some(),
            }),
            Self::Path(part) => exchange.path.to_lowercase().contains(part.as_str()),
        }
    }
}

fn named<T: Copy>(values: &str, names: &[(&str, T)], key: &str) -> Result<Vec<T>, String> {
    let find = |value: &str| {
        names
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(value))
            .map(|(_, found)| *found)
            .ok_or_else(|| {
                let known: Vec<&str> = names.iter().map(|(name, _)| *name).collect();
                format!(
                    "found {value:?} after {key}:, wanted one of {}",
                    known.join(", ")
                )
            })
    };
    values.split(',').map(find).collect()
}

fn range(text: &str) -> Result<Range, String> {
    let wanted = || format!("found {text:?} after status:, wanted 404, 4xx, >=400 or <500");
    let number = |digits: &str| {
        digits
            .parse::<u16>()
            .ok()
            .filter(|status| *status < 1000)
            .ok_or_else(wanted)
    };
    if let Some(class) = text.to_ascii_lowercase().strip_suffix("xx") {
        let class = number(class)?;
        return if class < 10 {
            Ok(Range(class * 100, class * 100 + 99))
        } else {
            Err(wanted())
        };
    }
    if let Some(digits) = text.strip_prefix(">=") {
        return Ok(Range(number(digits)?, u16::MAX));
    }
    if let Some(digits) = text.strip_prefix("<=") {
        return Ok(Range(0, number(digits)?));
    }
    if let Some(digits) = text.strip_prefix('>') {
        return Ok(Range(number(digits)? + 1, u16::MAX));
    }
    if let Some(digits) = text.strip_prefix('<') {
        return number(digits)?
            .checked_sub(1)
            .map(|most| Range(0, most))
            .ok_or_else(wanted);
    }
    let status = number(text)?;
    Ok(Range(status, status))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::diagnostics::testing::Scene;

    #[test]
    fn terms() {
        let scene = Scene::new("acme---main", "/Products/42")
            .answered(404, &[("x-middleware-rewrite", "/acme/products/42")]);
        let exchange = scene.exchange();
        for (text, wanted) in [
            ("", true),
            ("  ", true),
            ("tenant:acme", true),
            ("tenant:globex,ACME", true),
            ("tenant:globex", false),
            ("-tenant:globex", true),
            ("preview:main status:404", true),
            ("preview:main status:200", false),
            ("status:4xx", true),
            ("status:>=400", true),
            ("status:>404", false),
            ("status:<404", false),
            ("status:<=404", true),
            ("status:200,404", true),
            ("-status:404", false),
            ("kind:document,rsc", true),
            ("kind:asset", false),
            ("method:get", true),
            ("session:admin", false),
            ("is:done", true),
            ("is:open,failed", false),
            ("is:rewritten", true),
            ("is:diagnosed", false),
            ("code:tenant-ignored", false),
            ("/products", true),
            ("products 42", true),
            ("\"products 42\"", false),
            ("-/products", false),
            ("/a:b", false),
            ("-", false),
        ] {
            assert_eq!(
                Filter::parse(text).unwrap().matches(exchange),
                wanted,
                "{text}"
            );
        }
    }

    #[test]
    fn faults_have_their_column() {
        for (text, column, words) in [
            ("colour:red", 1, "found the key \"colour\""),
            ("tenant:acme  status:x", 14, "wanted 404, 4xx"),
            ("kind:page", 1, "wanted one of document"),
            ("a is:", 3, "wants a value"),
            ("tenant:a,,b", 1, "wants a value"),
            ("status:<0", 1, "wanted"),
            ("status:99999", 1, "wanted"),
            ("status:12xx", 1, "wanted"),
        ] {
            let error = Filter::parse(text).unwrap_err();
            assert_eq!(error.column, column, "{text}");
            assert!(error.reason.contains(words), "{text}: {error}");
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "\\PC{0,40}", keyed in "(tenant|status|is|kind):[<>=0-9x,\"é -]{0,12}") {
            let scene = Scene::new("acme---main", "/");
            for text in [text, keyed] {
                if let Ok(filter) = Filter::parse(&text) {
                    filter.matches(scene.exchange());
                }
            }
        }
    }
}

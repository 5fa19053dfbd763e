//! The `value` of a `has` or `missing` entry.

use std::sync::{Arc, OnceLock};

use fancy_regex::Regex;

use super::{Costly, GaveUp, InvalidPattern, Params, cost, regex};
use crate::trace::ParamValue;

/// A regular expression in JavaScript's syntax that a whole value must match, as Next.js reads
/// the `value` of `has` and `missing`.
///
/// ```
/// use tripledash_core::pattern::ValuePattern;
///
/// let value = ValuePattern::parse("(?<shop>.*)\\.acme\\.com").unwrap();
/// assert!(value.matches("north.acme.com").unwrap().contains_key("shop"));
/// assert_eq!(value.matches("acme.com"), None);
/// ```
#[derive(Debug, Clone)]
pub struct ValuePattern {
    source: String,
    regex: Arc<Regex>,
    cost: Arc<OnceLock<Option<Costly>>>,
}

impl PartialEq for ValuePattern {
    fn eq(&self, other: &Self) -> bool {
        self.source == other.source
    }
}

impl ValuePattern {
    /// Compiles `source`.
    pub fn parse(source: &str) -> Result<Self, InvalidPattern> {
        let refuse = |(at, reason)| InvalidPattern {
            text: source.to_owned(),
            at,
            reason,
        };
        let body = regex::translate(source, true).map_err(refuse)?;
        // Next.js joins them without a group, so `a|b` means "starts with a, or ends with b".
        let regex = super::build(&format!("^{body}$")).map_err(|reason| refuse((0, reason)))?;
        Ok(Self {
            source: source.to_owned(),
            regex: Arc::new(regex),
            cost: Arc::default(),
        })
    }

    /// The pattern as written.
    pub fn as_str(&self) -> &str {
        &self.source
    }

    /// Matches `value`; named groups come back as parameters.
    ///
    /// A pattern that backtracks without end is given up after a fixed number of steps, and does
    /// not match.
    pub fn matches(&self, value: &str) -> Option<Params> {
        self.try_matches(value).ok().flatten()
    }

    /// The same, where it matters whether there was an answer at all.
    pub fn try_matches(&self, value: &str) -> Result<Option<Params>, GaveUp> {
        let Some(captures) = self.regex.captures(value).map_err(|_| GaveUp)? else {
            return Ok(None);
        };
        let named = self.regex.capture_names().flatten();
        let params = named.filter_map(|name| {
            let found = captures.name(name)?;
            Some((name.to_owned(), ParamValue::One(found.as_str().to_owned())))
        });
        Ok(Some(params.collect()))
    }

    /// Whether some value makes it take too many steps, as far as trying can tell.
    pub fn costly(&self) -> Option<&Costly> {
        self.cost.get_or_init(|| cost::of_value(self)).as_ref()
    }
}

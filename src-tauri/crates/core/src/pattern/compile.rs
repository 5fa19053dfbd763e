//! Destinations: parameters put back into a path.

use thiserror::Error;

use super::tokens::{self, Name, Token};
use super::{InvalidPattern, Mode, Params};
use crate::trace::ParamValue;

/// Why a destination could not be made from what a pattern captured.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NoDestination {
    /// The destination itself does not parse.
    #[error(transparent)]
    Invalid(#[from] InvalidPattern),
    /// It names a parameter that the request did not give.
    #[error("the destination needs :{0}, which this request does not have")]
    Absent(String),
    /// It names a repeated parameter once.
    #[error("the destination needs one :{0}, and several segments were captured; write :{0}*")]
    Repeated(String),
}

/// Puts `params` into a destination path such as `/shop/:id`, as path-to-regexp's `compile` does
/// without validation.
///
/// ```
/// use tripledash_core::pattern::{Mode, Pattern, compile};
///
/// let params = Pattern::parse("/docs/:path*", Mode::Proxy).unwrap().matches("/docs/a/b").unwrap();
/// assert_eq!(compile("/manual/:path*", &params).unwrap(), "/manual/a/b");
/// assert!(compile("/manual/:id", &params).is_err());
/// ```
pub fn compile(destination: &str, params: &Params) -> Result<String, NoDestination> {
    let tokens = tokens::parse(destination, Mode::App).map_err(|(at, reason)| InvalidPattern {
        text: destination.to_owned(),
        at,
        reason,
    })?;
    let mut path = String::with_capacity(destination.len() + 32);
    for token in &tokens {
        let param = match token {
            Token::Text(text) => {
                path.push_str(text);
                continue;
            }
            Token::Param(param) => param,
        };
        let name = match &param.name {
            Some(Name::Named(name)) => name.clone(),
            Some(Name::Unnamed(place)) => place.to_string(),
            None => String::new(),
        };
        let mut push = |value: &str| {
            path.push_str(&param.prefix);
            path.push_str(value);
            path.push_str(&param.suffix);
        };
        match params.get(&name) {
            Some(ParamValue::One(value)) => push(value),
            Some(ParamValue::Many(_)) if !param.modifier.repeats() => {
                return Err(NoDestination::Repeated(name));
            }
            Some(ParamValue::Many(values)) if !values.is_empty() => {
                values.iter().for_each(|value| push(value))
            }
            _ if param.modifier.optional() => {}
            _ => return Err(NoDestination::Absent(name)),
        }
    }
    Ok(path)
}

/// The names that `destination` takes, or the reason why it does not parse.
pub fn names(destination: &str) -> Result<Vec<String>, InvalidPattern> {
    let tokens = tokens::parse(destination, Mode::App).map_err(|(at, reason)| InvalidPattern {
        text: destination.to_owned(),
        at,
        reason,
    })?;
    let named = tokens.into_iter().filter_map(|token| match token {
        Token::Param(super::tokens::Param {
            name: Some(Name::Named(name)),
            ..
        }) => Some(name),
        _ => None,
    });
    Ok(named.collect())
}

/// Escapes a value so that a destination takes it literally.
pub fn escape(value: &str) -> String {
    let mut escaped = String::with_capacity(value.len());
    for char in value.chars() {
        if "\\:*+?{}()".contains(char) {
            escaped.push('\\');
        }
        escaped.push(char);
    }
    escaped
}

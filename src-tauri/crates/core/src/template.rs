//! Texts with variables: `{tenant}.localhost:{port}`, `${env:API_KEY}`.
//!
//! - `{name}` stands for a variable of the request or of its preview;
//! - `${env:NAME}` stands for a variable of the environment;
//! - in upstreams and hosts no other brace is allowed. In header values and in destinations braces
//!   that hold no name are plain text, and `:name` and `$1` always are: they belong to the rule.

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

mod capture;

/// A text with variables, kept as it was written.
///
/// ```
/// use tripledash_core::template::Template;
///
/// let host: Template = "{tenant}.localhost:{port}".parse()?;
/// let sent = host.render(&|name| match name {
///     "tenant" => Some("acme".to_owned()),
///     "port" => Some("3000".to_owned()),
///     _ => None,
/// });
/// assert_eq!(sent?, "acme.localhost:3000");
/// assert_eq!(host.to_string(), "{tenant}.localhost:{port}");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    source: String,
    pieces: Vec<Piece>,
}

/// One run of a [`Template`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Plain text.
    Literal(String),
    /// `{name}`.
    Variable {
        /// The name between the braces.
        name: String,
        /// Where it stands in the source, braces included, in bytes.
        span: Range<usize>,
    },
    /// `${env:NAME}`.
    Environment {
        /// The name after the colon.
        name: String,
        /// Where it stands in the source, from `$` to `}`, in bytes.
        span: Range<usize>,
    },
}

/// A text whose braces do not fit together.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("found {found:?}, wanted {wanted}")]
pub struct InvalidTemplate {
    /// Where the fault stands, in bytes.
    pub at: usize,
    /// What stands there.
    pub found: String,
    /// What may stand there.
    pub wanted: &'static str,
}

/// A variable that has no value for this request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{{{name}}} has no value here")]
pub struct AbsentVariable {
    /// The name as asked for: `tenant`, or `env:NAME`.
    pub name: String,
}

// === impl Template ===

impl Template {
    /// Reads a text in which a brace that holds no name is plain text: a header's value, or a
    /// destination, whose own groups look like `{-:id}?`.
    ///
    /// ```
    /// # use tripledash_core::template::Template;
    /// let template = Template::with_literal_braces("/{tenant}/{-:id}?/$1")?;
    /// assert_eq!(template.variables().collect::<Vec<_>>(), ["tenant"]);
    /// # Ok::<(), tripledash_core::template::InvalidTemplate>(())
    /// ```
    pub fn with_literal_braces(text: &str) -> Result<Self, InvalidTemplate> {
        parse(text, Braces::Literal)
    }

    /// The text as written.
    pub fn as_str(&self) -> &str {
        &self.source
    }

    /// Its runs, left to right.
    pub fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// The names between plain braces, in order, with repetitions.
    pub fn variables(&self) -> impl Iterator<Item = &str> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Variable { name, .. } => Some(name.as_str()),
            Piece::Literal(_) | Piece::Environment { .. } => None,
        })
    }

    /// The names of `${env:NAME}`, in order, with repetitions.
    pub fn environment_names(&self) -> impl Iterator<Item = &str> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Environment { name, .. } => Some(name.as_str()),
            Piece::Literal(_) | Piece::Variable { .. } => None,
        })
    }

    /// Puts values in. `value` is asked for `tenant` where the text has `{tenant}`, and for
    /// `env:NAME` where it has `${env:NAME}`.
    ///
    /// # Errors
    ///
    /// The first variable that has no value.
    pub fn render(&self, value: &dyn Fn(&str) -> Option<String>) -> Result<String, AbsentVariable> {
        let mut out = String::with_capacity(self.source.len());
        for piece in &self.pieces {
            let name = match piece {
                Piece::Literal(text) => {
                    out.push_str(text);
                    continue;
                }
                Piece::Variable { name, .. } => name.clone(),
                Piece::Environment { name, .. } => format!("env:{name}"),
            };
            match value(&name) {
                Some(text) => out.push_str(&text),
                None => return Err(AbsentVariable { name }),
            }
        }
        Ok(out)
    }
}

impl FromStr for Template {
    type Err = InvalidTemplate;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parse(text, Braces::Names)
    }
}

impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.source)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Braces {
    /// Every brace belongs to a variable.
    Names,
    /// A brace that holds no name is plain text.
    Literal,
}

fn parse(text: &str, braces: Braces) -> Result<Template, InvalidTemplate> {
    let mut pieces = Vec::new();
    let mut literal = String::new();
    let mut at = 0;
    while let Some(next) = text[at..].chars().next() {
        let rest = &text[at..];
        let (piece, length) = if let Some(after) = rest.strip_prefix("${") {
            let (name, length) = environment_name(text, at, after)?;
            let span = at..at + 2 + length;
            (
                Some(Piece::Environment {
                    name,
                    span: span.clone(),
                }),
                span.len(),
            )
        } else if next == '{' {
            match rest[1..].find('}').map(|close| &rest[1..=close]) {
                Some(name) if is_name(name) => {
                    let span = at..at + name.len() + 2;
                    (
                        Some(Piece::Variable {
                            name: name.to_owned(),
                            span: span.clone(),
                        }),
                        span.len(),
                    )
                }
                found if braces == Braces::Names => {
                    let (found, wanted) = match found {
                        Some(inner) => (
                            format!("{{{inner}}}"),
                            "a name of letters, digits, - and _ between braces",
                        ),
                        None => (rest.to_owned(), "a } that closes the brace"),
                    };
                    return Err(InvalidTemplate { at, found, wanted });
                }
                _ => (None, 1),
            }
        } else if next == '}' && braces == Braces::Names {
            return Err(InvalidTemplate {
                at,
                found: "}".to_owned(),
                wanted: "a { before it",
            });
        } else {
            (None, next.len_utf8())
        };
        match piece {
            Some(piece) => {
                if !literal.is_empty() {
                    pieces.push(Piece::Literal(std::mem::take(&mut literal)));
                }
                pieces.push(piece);
            }
            None => literal.push_str(&rest[..length]),
        }
        at += length;
    }
    if !literal.is_empty() {
        pieces.push(Piece::Literal(literal));
    }
    Ok(Template {
        source: text.to_owned(),
        pieces,
    })
}

/// The `NAME` of `env:NAME}` and the length of all that, closing brace included.
fn environment_name(
    text: &str,
    at: usize,
    after: &str,
) -> Result<(String, usize), InvalidTemplate> {
    let wanted = "${env:NAME}, with a NAME of letters, digits and _";
    let close = after.find('}').ok_or_else(|| InvalidTemplate {
        at,
        found: text[at..].to_owned(),
        wanted,
    })?;
    let name = after[..close].strip_prefix("env:").filter(|name| {
        name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    });
    match name {
        Some(name) => Ok((name.to_owned(), close + 1)),
        None => Err(InvalidTemplate {
            at,
            found: text[at..at + 2 + close + 1].to_owned(),
            wanted,
        }),
    }
}

/// Whether a text may name a variable: a letter or underscore, then letters, digits, `-`, `_`.
pub(crate) fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn spans_cover_the_braces() {
        let template: Template = "é{tenant}/${env:KEY}".parse().unwrap();
        let spans: Vec<_> = template
            .pieces()
            .iter()
            .filter_map(|piece| match piece {
                Piece::Literal(_) => None,
                Piece::Variable { span, .. } | Piece::Environment { span, .. } => {
                    Some(&template.as_str()[span.clone()])
                }
            })
            .collect();
        assert_eq!(spans, ["{tenant}", "${env:KEY}"]);
        assert_eq!(template.variables().collect::<Vec<_>>(), ["tenant"]);
        assert_eq!(template.environment_names().collect::<Vec<_>>(), ["KEY"]);
    }

    #[test]
    fn dollars_and_colons_of_a_destination_are_left_alone() {
        let template = Template::with_literal_braces("/{tenant}/$1/:path*/{-:id}?").unwrap();
        let rendered = template.render(&|name| (name == "tenant").then(|| "acme".to_owned()));
        assert_eq!(rendered.unwrap(), "/acme/$1/:path*/{-:id}?");
    }

    #[test]
    fn an_absent_value_is_named() {
        let template: Template = "${env:KEY}".parse().unwrap();
        assert_eq!(template.render(&|_| None).unwrap_err().name, "env:KEY");
    }

    #[test]
    fn braces_that_do_not_fit_are_refused_with_their_place() {
        for (text, at, found) in [
            ("a{", 1, "{"),
            ("a{}", 1, "{}"),
            ("a}b", 1, "}"),
            ("{a b}", 0, "{a b}"),
            ("{a{b}", 0, "{a{b}"),
            ("${KEY}", 0, "${KEY}"),
            ("${env:}", 0, "${env:}"),
            ("${env:KEY", 0, "${env:KEY"),
        ] {
            let error = text.parse::<Template>().unwrap_err();
            assert_eq!((error.at, error.found.as_str()), (at, found), "{text}");
        }
        assert!(Template::with_literal_braces("${KEY}").is_err());
        assert!(Template::with_literal_braces("{\"a\": 1}").is_ok());
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "[{}$envé:a-zA-Z /]{0,40}") {
            for parsed in [text.parse::<Template>(), Template::with_literal_braces(&text)].into_iter().flatten() {
                prop_assert_eq!(parsed.to_string(), text.clone());
                let same = parsed.render(&|name| {
                    Some(if name.starts_with("env:") { format!("${{{name}}}") } else { format!("{{{name}}}") })
                });
                prop_assert_eq!(same.unwrap(), text.clone());
            }
        }
    }
}

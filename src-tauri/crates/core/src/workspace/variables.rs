//! The variables that a workspace's texts may use.

use super::problem::{Asker, EnvironmentUse};
use super::reader::{Place, Reader, quote};
use super::tree::Text;
use crate::nearest::likely;
use crate::template::{Piece, Template};

/// Names that the prefix's parts may not take: they stand for something else.
pub(super) const RESERVED: [&str; 6] = ["preview", "branch", "domain", "port", "session", "env"];

/// What one text may use.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scope<'s> {
    /// The names that have values.
    pub(super) names: &'s [&'s str],
    /// Whose text it is; `None`: no `${env:…}` either.
    pub(super) asker: Option<&'s Asker>,
    /// Whether a brace that holds no name is plain text.
    pub(super) literal_braces: bool,
}

/// Reads a text with variables, and tells of each that has no meaning there.
pub(super) fn template(
    string: Text<'_>,
    place: &Place<'_>,
    scope: Scope<'_>,
    reader: &mut Reader<'_>,
) -> Option<Template> {
    let parsed = if scope.literal_braces {
        Template::with_literal_braces(string.as_str())
    } else {
        string.as_str().parse()
    };
    let template = match parsed {
        Ok(template) => template,
        Err(error) => {
            let range = reader.inside(string, error.at);
            reader.error(range, place, &quote(&error.found), error.wanted, None);
            return None;
        }
    };
    let mut good = true;
    for piece in template.pieces() {
        match piece {
            Piece::Literal(_) => {}
            Piece::Variable { name, .. } if scope.names.contains(&name.as_str()) => {}
            Piece::Variable { name, span } => {
                good = false;
                let known: Vec<String> = scope
                    .names
                    .iter()
                    .map(|name| format!("{{{name}}}"))
                    .collect();
                let wanted = match &known[..] {
                    [] => "no variable".to_owned(),
                    known => format!("one of {}", known.join(", ")),
                };
                let hint = likely(name, scope.names.iter().copied())
                    .map(|near| format!("did you mean {{{near}}}?"));
                let range = reader.inside(string, span.start);
                reader.error(
                    range,
                    place,
                    &format!("the unknown variable {{{name}}}"),
                    &wanted,
                    hint,
                );
            }
            Piece::Environment { name, span } => {
                let range = reader.inside(string, span.start);
                match scope.asker {
                    Some(asker) => {
                        let (line, column) = reader.position(range.start);
                        reader.environment_uses.push(EnvironmentUse {
                            name: name.clone(),
                            asker: asker.clone(),
                            line,
                            column,
                        });
                    }
                    None => {
                        good = false;
                        let wanted = "a variable of the request, such as {tenant}";
                        reader.error(range, place, &format!("${{env:{name}}}"), wanted, None);
                    }
                }
            }
        }
    }
    good.then_some(template)
}

//! How a value is laid out where it is put.

use jsonc_parser::cst::{CstInputValue, CstNode};

/// The longest value that is written on one line, in characters.
const LINE: usize = 100;

/// A value that is to be put somewhere.
pub(super) enum Layout {
    /// On one line, as it is to be written.
    Line(String),
    /// Over several lines, as the tree builder lays out whatever it is given.
    Spread(CstInputValue),
}

impl Layout {
    /// As the value beside it, or in whose place it goes, is laid out, but no line too long.
    pub(super) fn beside(
        other: Option<&CstNode>,
        line: String,
        spread: impl FnOnce() -> CstInputValue,
    ) -> Self {
        if is_spread(other) || line.chars().count() > LINE {
            Self::Spread(spread())
        } else {
            Self::Line(line)
        }
    }

    /// Puts the value somewhere by `put`.
    pub(super) fn put(self, put: impl FnOnce(CstInputValue) -> Option<CstNode>) -> Option<CstNode> {
        match self {
            Self::Spread(value) => put(value),
            Self::Line(line) => {
                // A literal is written as it is, whatever it holds, so a value goes in on one line
                // as a literal.
                let node = put(CstInputValue::String(String::new()))?;
                node.as_string_lit()?.set_raw_value(line);
                Some(node)
            }
        }
    }
}

fn is_spread(node: Option<&CstNode>) -> bool {
    node.is_some_and(|node| node.to_string().contains('\n'))
}

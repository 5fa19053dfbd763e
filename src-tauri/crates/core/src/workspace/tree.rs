//! A JSON text as one flat list of its values, each with where it stands.
//!
//! A tree of vectors takes some 65 MB for 50,000 tenants, and half the time that reading them
//! takes goes into making it and dropping it. Here a value is 16 bytes, in the order of the text,
//! and its own text stays where it is.

mod strict;

use jsonc_parser::ast;
use jsonc_parser::common::{Range, Ranged as _};

pub(super) use self::strict::strict;

/// A text and its values. The first is the whole one.
#[derive(Debug, PartialEq)]
pub(super) struct Tree<'t> {
    text: &'t str,
    nodes: Vec<Node>,
    /// Strings that were written with escapes.
    decoded: Vec<String>,
}

/// Offsets are narrow because there may be a million of them; [`LONGEST`] fits.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Node {
    start: u32,
    end: u32,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    Null,
    Boolean(bool),
    Number,
    /// As it stands between its quotes.
    Plain,
    /// The place among the decoded ones.
    Decoded(u32),
    /// Its elements follow; then comes the node at this place.
    Array(u32),
    /// Its keys follow, each before its value; then comes the node at this place.
    Object(u32),
}

/// The longest file that is read, in octets: ten times what 50,000 tenants take.
///
/// Whoever explains what is wrong with a file needs up to a hundred octets of memory for one of
/// text. So a file of gigabytes, which is no workspace, is refused before anything is made of it.
pub const LONGEST: usize = 64 << 20;

/// One value. The types that follow are this one, with what it is known to be.
#[derive(Debug, Clone, Copy)]
pub(super) struct Value<'v> {
    tree: &'v Tree<'v>,
    at: usize,
}

/// A string, or a key.
#[derive(Debug, Clone, Copy)]
pub(super) struct Text<'v>(Value<'v>);

/// Values in order.
#[derive(Debug, Clone, Copy)]
pub(super) struct Array<'v>(Value<'v>);

/// Values by key, repeated keys too.
#[derive(Debug, Clone, Copy)]
pub(super) struct Object<'v>(Value<'v>);

/// One key with its value.
#[derive(Debug, Clone, Copy)]
pub(super) struct Property<'v>(Value<'v>);

// === impl Tree ===

impl<'t> Tree<'t> {
    /// Of a text that is no longer than [`LONGEST`].
    fn new(text: &'t str) -> Self {
        debug_assert!(text.len() <= LONGEST, "checked by whoever reads it");
        Self {
            text,
            nodes: Vec::new(),
            decoded: Vec::new(),
        }
    }

    /// The tree that the JSON parser made of the same text.
    pub(super) fn of(text: &'t str, value: &ast::Value<'t>) -> Self {
        let mut tree = Self::new(text);
        tree.add(value);
        tree
    }

    pub(super) fn root(&self) -> Value<'_> {
        Value { tree: self, at: 0 }
    }

    fn add(&mut self, value: &ast::Value<'t>) {
        let range = value.range();
        match value {
            ast::Value::NullKeyword(_) => self.push(range, Kind::Null),
            ast::Value::BooleanLit(boolean) => self.push(range, Kind::Boolean(boolean.value)),
            ast::Value::NumberLit(_) => self.push(range, Kind::Number),
            ast::Value::StringLit(string) => self.add_string(range, &string.value),
            ast::Value::Array(array) => {
                let at = self.nodes.len();
                self.push(range, Kind::Array(0));
                for element in &array.elements {
                    self.add(element);
                }
                self.nodes[at].kind = Kind::Array(self.next());
            }
            ast::Value::Object(object) => {
                let at = self.nodes.len();
                self.push(range, Kind::Object(0));
                for property in &object.properties {
                    self.add_string(property.name.range(), property.name.as_str());
                    self.add(&property.value);
                }
                self.nodes[at].kind = Kind::Object(self.next());
            }
        }
    }

    fn add_string(&mut self, range: Range, value: &str) {
        if self.text.get(inner(range)) == Some(value) {
            self.push(range, Kind::Plain);
        } else {
            self.push_decoded(range, value.to_owned());
        }
    }

    fn push(&mut self, range: Range, kind: Kind) {
        self.nodes.push(Node {
            start: narrow(range.start),
            end: narrow(range.end),
            kind,
        });
    }

    fn push_decoded(&mut self, range: Range, value: String) {
        self.push(range, Kind::Decoded(narrow(self.decoded.len())));
        self.decoded.push(value);
    }

    /// The place of the node that is added next.
    fn next(&self) -> u32 {
        narrow(self.nodes.len())
    }
}

/// No text has more values than bytes, so what counts them is as narrow as an offset.
fn narrow(offset: usize) -> u32 {
    u32::try_from(offset).expect("no text is longer than LONGEST")
}

/// What stands between a string's quotes.
fn inner(range: Range) -> std::ops::Range<usize> {
    range.start + 1..range.end.saturating_sub(1)
}

// === impl Value ===

impl<'v> Value<'v> {
    fn node(self) -> Node {
        self.tree.nodes[self.at]
    }

    pub(super) fn range(self) -> Range {
        let node = self.node();
        Range {
            start: node.start as usize,
            end: node.end as usize,
        }
    }

    pub(super) fn is_null(self) -> bool {
        self.node().kind == Kind::Null
    }

    pub(super) fn as_boolean(self) -> Option<bool> {
        match self.node().kind {
            Kind::Boolean(boolean) => Some(boolean),
            _ => None,
        }
    }

    /// A number as it is written.
    pub(super) fn as_number(self) -> Option<&'v str> {
        let range = self.range();
        (self.node().kind == Kind::Number)
            .then(|| self.tree.text.get(range.start..range.end))
            .flatten()
    }

    pub(super) fn as_text(self) -> Option<Text<'v>> {
        matches!(self.node().kind, Kind::Plain | Kind::Decoded(_)).then_some(Text(self))
    }

    pub(super) fn as_array(self) -> Option<Array<'v>> {
        matches!(self.node().kind, Kind::Array(_)).then_some(Array(self))
    }

    pub(super) fn as_object(self) -> Option<Object<'v>> {
        matches!(self.node().kind, Kind::Object(_)).then_some(Object(self))
    }

    /// The place behind the value and all that is in it.
    fn end(self) -> usize {
        match self.node().kind {
            Kind::Array(end) | Kind::Object(end) => end as usize,
            Kind::Null | Kind::Boolean(_) | Kind::Number | Kind::Plain | Kind::Decoded(_) => {
                self.at + 1
            }
        }
    }

    /// What starts at a place up to the value's end.
    fn until(self, at: usize) -> Option<Self> {
        (at < self.end()).then_some(Self { at, ..self })
    }
}

// === impl Text ===

impl<'v> Text<'v> {
    /// Without quotes and escapes.
    pub(super) fn as_str(self) -> &'v str {
        let Value { tree, .. } = self.0;
        match self.0.node().kind {
            Kind::Decoded(place) => &tree.decoded[place as usize],
            _ => &tree.text[inner(self.range())],
        }
    }

    /// With its quotes.
    pub(super) fn range(self) -> Range {
        self.0.range()
    }
}

// === impl Array ===

impl<'v> Array<'v> {
    pub(super) fn len(self) -> usize {
        self.elements().count()
    }

    pub(super) fn elements(self) -> impl Iterator<Item = Value<'v>> {
        let mut next = self.0.at + 1;
        std::iter::from_fn(move || {
            let element = self.0.until(next)?;
            next = element.end();
            Some(element)
        })
    }
}

// === impl Object ===

impl<'v> Object<'v> {
    pub(super) fn len(self) -> usize {
        self.properties().count()
    }

    pub(super) fn properties(self) -> impl Iterator<Item = Property<'v>> {
        let mut next = self.0.at + 1;
        std::iter::from_fn(move || {
            let property = Property(self.0.until(next)?);
            next = property.value().end();
            Some(property)
        })
    }

    pub(super) fn range(self) -> Range {
        self.0.range()
    }
}

// === impl Property ===

impl<'v> Property<'v> {
    pub(super) fn name(self) -> Text<'v> {
        Text(self.0)
    }

    /// It stands behind its key.
    pub(super) fn value(self) -> Value<'v> {
        Value {
            at: self.0.at + 1,
            ..self.0
        }
    }
}

#[cfg(test)]
mod tests;

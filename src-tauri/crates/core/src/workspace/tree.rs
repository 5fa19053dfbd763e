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

/// Offsets are narrow because there may be a million of them; see [`LONGEST`].
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

/// The longest text whose offsets fit a node.
pub(super) const LONGEST: usize = u32::MAX as usize;

/// One value.
#[derive(Debug, Clone, Copy)]
pub(super) struct Value<'v> {
    tree: &'v Tree<'v>,
    at: usize,
}

/// A string, or a key.
#[derive(Debug, Clone, Copy)]
pub(super) struct StringLit<'v> {
    pub(super) value: &'v str,
    pub(super) range: Range,
}

/// Values in order.
#[derive(Debug, Clone, Copy)]
pub(super) struct Array<'v> {
    first: Value<'v>,
    end: usize,
}

/// Values by key, repeated keys too.
#[derive(Debug, Clone, Copy)]
pub(super) struct Object<'v> {
    keys: Array<'v>,
    pub(super) range: Range,
}

/// One key with its value.
#[derive(Debug, Clone, Copy)]
pub(super) struct Property<'v> {
    pub(super) name: StringLit<'v>,
    pub(super) value: Value<'v>,
}

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

    pub(super) fn as_string(self) -> Option<StringLit<'v>> {
        let range = self.range();
        let value = match self.node().kind {
            Kind::Plain => self.tree.text.get(inner(range))?,
            Kind::Decoded(place) => &self.tree.decoded[place as usize],
            _ => return None,
        };
        Some(StringLit { value, range })
    }

    pub(super) fn as_array(self) -> Option<Array<'v>> {
        match self.node().kind {
            Kind::Array(end) => Some(self.children(end)),
            _ => None,
        }
    }

    pub(super) fn as_object(self) -> Option<Object<'v>> {
        match self.node().kind {
            Kind::Object(end) => Some(Object {
                keys: self.children(end),
                range: self.range(),
            }),
            _ => None,
        }
    }

    fn children(self, end: u32) -> Array<'v> {
        Array {
            first: self.behind(1),
            end: end as usize,
        }
    }

    fn behind(self, count: usize) -> Self {
        Self {
            at: self.at + count,
            ..self
        }
    }

    /// The place behind the value and all that is in it.
    fn end(self) -> usize {
        match self.node().kind {
            Kind::Array(end) | Kind::Object(end) => end as usize,
            _ => self.at + 1,
        }
    }
}

// === impl Array ===

impl<'v> Array<'v> {
    pub(super) fn len(self) -> usize {
        self.elements().count()
    }

    pub(super) fn elements(self) -> impl Iterator<Item = Value<'v>> {
        let mut next = self.first;
        std::iter::from_fn(move || {
            let element = (next.at < self.end).then_some(next)?;
            next.at = element.end();
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
        let mut keys = self.keys.first;
        std::iter::from_fn(move || {
            let key = (keys.at < self.keys.end).then_some(keys)?;
            let value = key.behind(1);
            keys.at = value.end();
            let name = key.as_string()?;
            Some(Property { name, value })
        })
    }
}

#[cfg(test)]
mod tests;

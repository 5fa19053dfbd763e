//! Walks a JSON tree that still knows where everything stands, and collects what is wrong.

use std::fmt;

use jsonc_parser::common::Range;

use super::problem::{
    Asker, CertificateUse, EnvironmentUse, PreviewPlace, Problem, SourceUse, TenantUse,
};
use super::tree::{Array, Object, Property, Text, Value};
use crate::diagnostic::Severity;
use crate::nearest::likely;

/// More problems than anyone reads; a broken generated file could hold a million.
pub(super) const MOST_PROBLEMS: usize = 100;

/// Where a value stands in the document: `tenants[2].id`.
#[derive(Debug, Clone, Copy)]
pub(super) enum Place<'p> {
    Root,
    Key(&'p Self, &'p str),
    Item(&'p Self, usize),
}

/// The properties of one object, each key once and known.
#[derive(Debug)]
pub(super) struct Fields<'v> {
    properties: Vec<Property<'v>>,
    /// Known keys that an unknown one was likely meant to be.
    meant: Vec<String>,
    object: Object<'v>,
}

pub(super) struct Reader<'t> {
    pub(super) text: &'t str,
    file: &'t str,
    /// The offset at which each line starts.
    lines: Vec<usize>,
    pub(super) problems: Vec<Problem>,
    pub(super) environment_uses: Vec<EnvironmentUse>,
    pub(super) certificate_uses: Vec<CertificateUse>,
    pub(super) tenant_uses: Vec<TenantUse>,
    pub(super) source_uses: Vec<SourceUse>,
    pub(super) preview_places: Vec<PreviewPlace>,
    untold: usize,
}

// === impl Place ===

impl<'p> Place<'p> {
    pub(super) fn key(&'p self, key: &'p str) -> Self {
        Self::Key(self, key)
    }

    pub(super) fn item(&'p self, index: usize) -> Self {
        Self::Item(self, index)
    }
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => f.write_str("the file"),
            Self::Key(Self::Root, key) => f.write_str(key),
            Self::Key(parent, key) => write!(f, "{parent}.{key}"),
            Self::Item(parent, index) => write!(f, "{parent}[{index}]"),
        }
    }
}

// === impl Fields ===

impl<'v> Fields<'v> {
    pub(super) fn property(&self, key: &str) -> Option<Property<'v>> {
        self.properties
            .iter()
            .find(|property| property.name().as_str() == key)
            .copied()
    }

    /// That of the whole object.
    pub(super) fn range(&self) -> Range {
        self.object.range()
    }

    pub(super) fn get(&self, key: &str) -> Option<Value<'v>> {
        self.property(key).map(|property| property.value())
    }
}

// === impl Reader ===

impl<'t> Reader<'t> {
    pub(super) fn new(text: &'t str, file: &'t str) -> Self {
        let starts = memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1);
        Self {
            text,
            file,
            lines: std::iter::once(0).chain(starts).collect(),
            problems: Vec::new(),
            environment_uses: Vec::new(),
            certificate_uses: Vec::new(),
            tenant_uses: Vec::new(),
            source_uses: Vec::new(),
            preview_places: Vec::new(),
            untold: 0,
        }
    }

    /// Line and column, from 1, the column in characters.
    pub(super) fn position(&self, offset: usize) -> (usize, usize) {
        let line = self.lines.partition_point(|start| *start <= offset);
        let start = self.lines[line - 1];
        // An offset inside a character would be the JSON parser's slip; the line is right anyway.
        let column = self
            .text
            .get(start..offset)
            .map_or(1, |before| before.chars().count() + 1);
        (line, column)
    }

    /// Tells of an error in the words `{place}: found {found}, wanted {wanted}`.
    pub(super) fn error(
        &mut self,
        range: Range,
        place: &Place<'_>,
        found: &str,
        wanted: &str,
        hint: Option<String>,
    ) {
        let message = format!("{place}: found {found}, wanted {wanted}");
        self.tell(Severity::Error, range.start, found, wanted, message, hint);
    }

    /// Like [`Self::error`], and the file can still be used.
    pub(super) fn warn(
        &mut self,
        range: Range,
        place: &Place<'_>,
        found: &str,
        wanted: &str,
        hint: Option<String>,
    ) {
        let message = format!("{place}: found {found}, wanted {wanted}");
        self.tell(Severity::Warning, range.start, found, wanted, message, hint);
    }

    pub(super) fn tell(
        &mut self,
        severity: Severity,
        offset: usize,
        found: &str,
        wanted: &str,
        message: String,
        hint: Option<String>,
    ) {
        if self.is_full() {
            self.untold += 1;
            // Warnings must not crowd out the one error that keeps the file from being used.
            if severity == Severity::Error && !self.has_errors() {
                self.problems.pop();
            } else {
                return;
            }
        }
        let (line, column) = self.position(offset);
        let (found, wanted) = (found.to_owned(), wanted.to_owned());
        self.problems.push(Problem {
            severity,
            file: self.file.to_owned(),
            line,
            column,
            found,
            wanted,
            message,
            hint,
        });
    }

    /// Notes where a source stands.
    pub(super) fn source(&mut self, range: Range, asker: &Asker) {
        let (line, column) = self.position(range.start);
        self.source_uses.push(SourceUse {
            asker: asker.clone(),
            line,
            column,
        });
    }

    /// Whether another warning would not be listed.
    pub(super) fn is_full(&self) -> bool {
        self.problems.len() >= MOST_PROBLEMS
    }

    pub(super) fn has_errors(&self) -> bool {
        self.problems
            .iter()
            .any(|problem| problem.severity == Severity::Error)
    }

    /// The problems in the order of the file, the last one saying how many more there are.
    pub(super) fn finish(mut self) -> (Vec<Problem>, Vec<EnvironmentUse>) {
        self.problems
            .sort_by_key(|problem| (problem.line, problem.column));
        if let (Some(last), more @ 1..) = (self.problems.last_mut(), self.untold) {
            last.hint = Some(format!("and {more} more problems, not listed"));
        }
        self.environment_uses
            .sort_by_key(|used| (used.line, used.column));
        (self.problems, self.environment_uses)
    }

    pub(super) fn object<'v>(&mut self, value: Value<'v>, place: &Place<'_>) -> Option<Object<'v>> {
        let object = value.as_object();
        if object.is_none() {
            self.error(value.range(), place, &describe(value), "an object", None);
        }
        object
    }

    pub(super) fn array<'v>(&mut self, value: Value<'v>, place: &Place<'_>) -> Option<Array<'v>> {
        let array = value.as_array();
        if array.is_none() {
            self.error(value.range(), place, &describe(value), "an array", None);
        }
        array
    }

    /// A string without control characters, which no name, host, path or header may have.
    pub(super) fn string<'v>(&mut self, value: Value<'v>, place: &Place<'_>) -> Option<Text<'v>> {
        let string = value.as_text();
        if let Some(string) = string.filter(|string| is_plain(string.as_str())) {
            return Some(string);
        }
        self.unusual(value, string, place)
    }

    /// What [`Self::string`] says of a value that is no string of plain ASCII.
    fn unusual<'v>(
        &mut self,
        value: Value<'v>,
        string: Option<Text<'v>>,
        place: &Place<'_>,
    ) -> Option<Text<'v>> {
        let Some(string) = string else {
            self.error(value.range(), place, &describe(value), "a string", None);
            return None;
        };
        if let Some(control) = string.as_str().chars().find(|c| c.is_control()) {
            let found = format!("the control character {control:?}");
            self.error(string.range(), place, &found, "a text on one line", None);
            return None;
        }
        Some(string)
    }

    /// A string with something in it other than spaces.
    pub(super) fn text<'v>(&mut self, value: Value<'v>, place: &Place<'_>) -> Option<Text<'v>> {
        let string = self.string(value, place)?;
        if string.as_str().trim().is_empty() {
            self.error(
                string.range(),
                place,
                &quote(string.as_str()),
                "a text that is not empty",
                None,
            );
            return None;
        }
        Some(string)
    }

    /// An object's properties; unknown keys and repeated ones are told of and left out.
    pub(super) fn fields<'v>(
        &mut self,
        object: Object<'v>,
        place: &Place<'_>,
        known: &[&str],
    ) -> Fields<'v> {
        let mut properties: Vec<Property<'v>> = Vec::with_capacity(known.len());
        let mut meant = Vec::new();
        for property in object.properties() {
            let key = property.name().as_str();
            let range = property.name().range();
            if !known.contains(&key) {
                let near = likely(key, known.iter().copied());
                let hint = near.map(|near| format!("did you mean {near:?}?"));
                meant.extend(near.map(str::to_owned));
                let found = format!("the unknown key {}", quote(key));
                self.error(
                    range,
                    place,
                    &found,
                    &format!("one of {}", known.join(", ")),
                    hint,
                );
            } else if let Some(first) = properties.iter().find(|other| other.name().as_str() == key)
            {
                let (line, column) = self.position(first.name().range().start);
                let hint = format!("first at {line}:{column}");
                self.error(
                    range,
                    place,
                    &format!("{key:?} a second time"),
                    "each key once",
                    Some(hint),
                );
            } else {
                properties.push(property);
            }
        }
        Fields {
            properties,
            meant,
            object,
        }
    }

    /// The value of a key that must be there.
    pub(super) fn required<'v>(
        &mut self,
        fields: &Fields<'v>,
        key: &str,
        place: &Place<'_>,
    ) -> Option<Value<'v>> {
        let value = fields.get(key);
        // A slip in the key was told of already.
        if value.is_none() && !fields.meant.iter().any(|meant| meant == key) {
            self.error(
                fields.range(),
                place,
                &format!("no {key:?}"),
                &format!("the key {key:?}"),
                None,
            );
        }
        value
    }

    /// Where a byte of a string's value stands, as nearly as escapes let it be told.
    pub(super) fn inside(&self, string: Text<'_>, at: usize) -> Range {
        let raw = self
            .text
            .get(string.range().start + 1..string.range().end.saturating_sub(1));
        let start = if raw == Some(string.as_str()) {
            string.range().start + 1 + at
        } else {
            string.range().start
        };
        Range {
            start,
            end: string.range().end,
        }
    }
}

/// Whether a text needs no decoding to see that it has no control characters.
fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' '..=b'~'))
}

/// A value in a few words: `"text"`, `42`, `an object`.
pub(super) fn describe(value: Value<'_>) -> String {
    if let Some(string) = value.as_text() {
        quote(string.as_str())
    } else if let Some(number) = value.as_number() {
        format!("the number {number}")
    } else if let Some(boolean) = value.as_boolean() {
        boolean.to_string()
    } else if value.as_object().is_some() {
        "an object".to_owned()
    } else if value.as_array().is_some() {
        "an array".to_owned()
    } else {
        "null".to_owned()
    }
}

/// A text in quotes, shortened to what a message can bear.
pub(super) fn quote(text: &str) -> String {
    const LONGEST: usize = 60;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{:?}", format!("{}…", &text[..end])),
        None => format!("{text:?}"),
    }
}

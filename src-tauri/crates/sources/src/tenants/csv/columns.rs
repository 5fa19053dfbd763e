//! The first line of a table, which names its columns.

use ::csv::{ReaderBuilder, StringRecord};

use super::super::collect::{Collected, Field, quote};
use super::super::text::Unusable;
use super::{locate, unnamed};

/// What may separate fields, the likeliest first.
const SEPARATORS: [u8; 3] = [b',', b';', b'\t'];

/// The first line, read by the separator that makes the most of it.
#[derive(Debug)]
pub(super) struct Header {
    pub(super) separator: u8,
    names: StringRecord,
}

/// Which column holds which field.
#[derive(Debug, Default)]
pub(super) struct Columns {
    /// By [`Field`], in its order.
    of: [Option<usize>; Field::ALL.len()],
    pub(super) count: usize,
}

// === impl Header ===

impl Header {
    pub(super) fn find(text: &str) -> Result<Self, Unusable> {
        let read = |separator| {
            let mut reader = ReaderBuilder::new()
                .delimiter(separator)
                .has_headers(false)
                .flexible(true)
                .from_reader(text.as_bytes());
            let mut names = StringRecord::new();
            let _ = reader.read_record(&mut names);
            Self { separator, names }
        };
        let headers = SEPARATORS.map(read);
        let best = headers.into_iter().rev().max_by_key(Self::known);
        best.filter(|header| {
            header
                .names
                .iter()
                .any(|name| field(name) == Some(Field::Id))
        })
        .ok_or_else(|| unnamed(text.trim_start().lines().next().unwrap_or_default()))
    }

    fn known(&self) -> usize {
        self.names
            .iter()
            .filter(|name| field(name).is_some())
            .count()
    }

    /// The columns, with a word about those that nothing is made of.
    pub(super) fn columns(&self, text: &str, collected: &mut Collected<'_>) -> Columns {
        let mut columns = Columns {
            count: self.names.len(),
            ..Columns::default()
        };
        let at = |column| locate::field(text, 0, self.separator, column);
        let mut unknown = Vec::new();
        for (column, name) in self.names.iter().enumerate() {
            match field(name) {
                Some(field) if columns.of(field).is_none() => {
                    columns.of[field as usize] = Some(column);
                }
                Some(field) => {
                    let found = format!("the column {:?} a second time", field.name());
                    collected.tell(at(column), &found, "each once", "; the first is used", None);
                }
                None if name.trim().is_empty() => {}
                None => unknown.push(column),
            }
        }
        if let Some(&first) = unknown.first() {
            let names = unknown.iter().filter_map(|column| self.names.get(*column));
            let names: Vec<_> = names.take(10).map(|name| quote(name.trim())).collect();
            let found = match unknown.len() {
                1 => format!("the column {}", names[0]),
                count if count == names.len() => format!("the columns {}", names.join(", ")),
                count => format!("{count} columns like {}", names.join(", ")),
            };
            let wanted = "id, name, color, domains, locale or tags";
            collected.tell(at(first), &found, wanted, "; nothing is made of it", None);
        }
        columns
    }
}

// === impl Columns ===

impl Columns {
    pub(super) fn of(&self, field: Field) -> Option<usize> {
        self.of[field as usize]
    }
}

/// The field that a column's name means.
fn field(name: &str) -> Option<Field> {
    Some(match name.trim().to_ascii_lowercase().as_str() {
        "id" => Field::Id,
        "name" => Field::Name,
        "color" | "colour" => Field::Color,
        "domain" | "domains" => Field::Domains,
        "locale" => Field::Locale,
        "tag" | "tags" => Field::Tags,
        _ => return None,
    })
}

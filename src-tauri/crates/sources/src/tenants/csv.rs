//! Tables: CSV, and what spreadsheets write in countries where a comma is a decimal point.

mod columns;
mod locate;

use std::borrow::Cow;

use ::csv::{ReaderBuilder, StringRecord};

use super::collect::{Collected, Draft, Field, quote};
use super::text::Unusable;
use columns::{Columns, Header};

/// Reads a table whose first line names its columns.
pub(super) fn read<'t>(text: &'t str, name: &'t str) -> Result<Collected<'t>, Unusable> {
    let header = Header::find(text)?;
    let separator = header.separator;
    let rows = memchr::memchr_iter(b'\n', text.as_bytes()).count();
    let mut collected = Collected::new(text, name, rows);
    let columns = header.columns(text, &mut collected);
    let mut reader = ReaderBuilder::new()
        .delimiter(separator)
        // A short row is no reason to lose the rest.
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut row = StringRecord::new();
    let mut record = 0;
    let mut last = 0;
    // The text is a text, and rows may be of any length: no error can come.
    while let Ok(true) = reader.read_record(&mut row) {
        if row.iter().all(|field| field.trim().is_empty()) {
            continue;
        }
        record += 1;
        last = offset(&row);
        let locate = |column| locate::field(text, offset(&row), separator, column);
        if let Some(extra) = surplus(&row, columns.count) {
            let found = format!("{} fields in a row", row.len());
            let wanted = format!("{}, as the first line has", columns.count);
            let hint = format!(
                "put a field that has {} in it in double quotes",
                separator_name(separator)
            );
            collected.leave_out(record, locate(extra), &found, &wanted, Some(hint));
            continue;
        }
        let place = |field| columns.of(field).map_or_else(|| offset(&row), locate);
        collected.add(record, &draft(&row, &columns), &place);
    }
    if let Some(open) = locate::open_quote(text, last, separator) {
        let hint = "everything behind it was taken for one field".to_owned();
        let wanted = "one more that closes it";
        collected.tell(open, "a double quote", wanted, "", Some(hint));
    }
    Ok(collected)
}

/// Where a row starts; the reader always says.
fn offset(row: &StringRecord) -> usize {
    let byte = row.position().map_or(0, ::csv::Position::byte);
    usize::try_from(byte).unwrap_or(usize::MAX)
}

/// The first field behind the last column that has something in it.
fn surplus(row: &StringRecord, columns: usize) -> Option<usize> {
    (columns..row.len()).find(|column| {
        row.get(*column)
            .is_some_and(|field| !field.trim().is_empty())
    })
}

fn draft<'r>(row: &'r StringRecord, columns: &Columns) -> Draft<'r> {
    let text = |field| {
        let column = columns.of(field).and_then(|column| row.get(column));
        Cow::Borrowed(column.unwrap_or_default())
    };
    let words = |field| {
        let column = columns.of(field).and_then(|column| row.get(column));
        column.map_or_else(Vec::new, |column| {
            split(column).map(Cow::Borrowed).collect()
        })
    };
    Draft {
        id: text(Field::Id),
        name: text(Field::Name),
        color: text(Field::Color),
        domains: words(Field::Domains),
        locale: text(Field::Locale),
        tags: words(Field::Tags),
    }
}

/// What one field says of many things.
fn split(field: &str) -> impl Iterator<Item = &str> {
    field
        .split(|c: char| matches!(c, ';' | ',') || c.is_whitespace())
        .filter(|word| !word.is_empty())
}

fn separator_name(separator: u8) -> &'static str {
    match separator {
        b';' => "a semicolon",
        b'\t' => "a tab",
        _ => "a comma",
    }
}

fn unnamed(line: &str) -> Unusable {
    let found = quote(line);
    Unusable::new(
        format!("the first line names no column \"id\": found {found}"),
        "write id,name,color,domains,locale,tags there; only id is needed",
    )
    .at((1, 1))
}

#[cfg(test)]
mod tests;

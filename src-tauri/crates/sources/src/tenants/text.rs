//! From octets to a text, and what the text is written in.

use std::hash::{DefaultHasher, Hasher as _};

use super::LONGEST;
use super::place::Lines;

/// What a text is said to be written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Comma-separated values, or what separates them instead.
    Csv,
    /// JSON.
    Json,
    /// Whatever it looks like.
    Any,
}

/// What it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Written {
    Csv,
    Json,
}

/// A text that cannot be read as tenants at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}{}", place(*at))]
pub struct Unusable {
    /// What was found and what was wanted.
    pub message: String,
    /// Line and column, from 1, where there is a place.
    pub at: Option<(usize, usize)>,
    /// What would mend it.
    pub hint: Option<String>,
}

impl Unusable {
    pub(super) fn new(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            at: None,
            hint: Some(hint.into()),
        }
    }

    pub(super) fn at(mut self, place: (usize, usize)) -> Self {
        self.at = Some(place);
        self
    }
}

fn place(at: Option<(usize, usize)>) -> String {
    at.map_or_else(String::new, |(line, column)| {
        format!(" (line {line}, column {column})")
    })
}

// === impl Format ===

impl Format {
    /// By a file's name.
    pub(super) fn of_name(name: &str) -> Self {
        let ends = |end: &str| {
            let start = name.len().checked_sub(end.len());
            start.is_some_and(|start| name.as_bytes()[start..].eq_ignore_ascii_case(end.as_bytes()))
        };
        if ends(".json") {
            Self::Json
        } else if [".csv", ".tsv"].into_iter().any(ends) {
            Self::Csv
        } else {
            Self::Any
        }
    }

    /// By a media type, with its parameters or without.
    pub(super) fn of_media_type(media_type: &str) -> Self {
        let essence = media_type.split(';').next().unwrap_or_default().trim();
        let essence = essence.to_ascii_lowercase();
        match essence.as_str() {
            "application/json" | "text/json" => Self::Json,
            "text/csv" | "application/csv" | "text/tab-separated-values" => Self::Csv,
            other if other.ends_with("+json") => Self::Json,
            _ => Self::Any,
        }
    }

    pub(super) fn of(self, text: &str) -> Result<Written, Unusable> {
        let start = text.trim_start();
        if start.is_empty() {
            let hint = "a table starts with a line like id,name,color";
            return Err(Unusable::new("it is empty, wanted tenants", hint));
        }
        if start.starts_with('<') {
            return Err(Unusable::new(
                "it is a page of HTML or XML, wanted JSON or CSV",
                "this is what a login page looks like: is a token missing, or is it the address of a page?",
            ));
        }
        Ok(match self {
            Self::Csv => Written::Csv,
            Self::Json => Written::Json,
            Self::Any if start.starts_with(['[', '{']) => Written::Json,
            Self::Any => Written::Csv,
        })
    }
}

/// The text, without the byte order mark that it may start with.
pub(super) fn decode(bytes: &[u8]) -> Result<&str, Unusable> {
    const SAVE: &str = "save it as UTF-8";
    if bytes.len() > LONGEST {
        return Err(too_long(bytes.len()));
    }
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return Err(Unusable::new("it is UTF-16, wanted UTF-8", SAVE).at((1, 1)));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    // A text has no NUL; UTF-16 without its mark has one in every other place.
    if bytes
        .get(..64.min(bytes.len()))
        .is_some_and(|start| start.contains(&0))
    {
        return Err(Unusable::new("it is no text, wanted CSV or JSON in UTF-8", SAVE).at((1, 1)));
    }
    std::str::from_utf8(bytes).map_err(|error| {
        let (good, _) = bytes.split_at(error.valid_up_to());
        let good = std::str::from_utf8(good).unwrap_or_default();
        let place = Lines::of(good).position(good.len());
        let byte = bytes.get(error.valid_up_to()).copied().unwrap_or_default();
        let message = format!("it is not UTF-8: found the octet {byte:#04x}");
        let hint = "save it as UTF-8; spreadsheets call it \"CSV UTF-8\"";
        Unusable::new(message, hint).at(place)
    })
}

pub(super) fn too_long(octets: usize) -> Unusable {
    let message = format!(
        "it is too long: found {octets} octets, wanted at most {LONGEST} ({} MiB)",
        LONGEST >> 20
    );
    Unusable::new(message, "fifty thousand tenants take a tenth of that")
}

/// SipHash, which reads a gigabyte a second: the text may be large and is looked at often.
pub(super) fn fingerprint(bytes: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(bytes);
    hasher.finish()
}

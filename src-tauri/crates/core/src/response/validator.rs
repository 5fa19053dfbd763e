//! Entity tags of bodies that we edit (RFC 9110 section 8.8.3).
//!
//! An edited body is the upstream's in meaning, and not byte for byte: its tag becomes weak. The
//! tag is marked too, so that one that comes back in a condition can be told from a tag that the
//! upstream made weak itself, and is given back as it was. `If-Range` is left alone: parts of an
//! edited body and of the upstream's do not fit together, and a weak tag there gets the whole.

use http::header::ETAG;
use http::{HeaderMap, HeaderValue};

use super::bytes::{characters, value};
use crate::edit::Edit;

const MARK: &str = "~tripledash";

/// Weakens the tag of an edited body.
pub(super) fn weaken(headers: &mut HeaderMap, why: &'static str, edits: &mut Vec<Edit>) {
    let Some(strong) = headers.get(ETAG).map(characters) else {
        return;
    };
    let Some((weak, tag)) = marked(&strong).and_then(|weak| Some((value(&weak)?, weak))) else {
        return;
    };
    headers.insert(ETAG, weak);
    edits.push(super::edit("etag", Some(strong), Some(tag), why));
}

/// The same for an answer that says that the edited body is still good: its tag must be the one
/// that the browser has. `asked` is the request's condition as it came.
pub(super) fn weaken_again(headers: &mut HeaderMap, asked: &HeaderValue, edits: &mut Vec<Edit>) {
    let known = headers
        .get(ETAG)
        .and_then(|tag| marked(&characters(tag)))
        .is_some_and(|weak| characters(asked).contains(&weak));
    if known {
        weaken(
            headers,
            "the tag that the browser has the edited page by",
            edits,
        );
    }
}

/// A strong tag as a weak one with our mark; `None` where it is weak already, or none at all.
fn marked(tag: &str) -> Option<String> {
    let opaque = tag.strip_prefix('"')?.strip_suffix('"')?;
    (!opaque.contains('"')).then(|| format!("W/\"{opaque}{MARK}\""))
}

/// A list of tags with those that we marked as the upstream made them; `None` where there is none.
///
/// ```
/// use tripledash_core::response::unmarked_tags;
///
/// let list = br#""a", W/"b", W/"c~tripledash""#;
/// assert_eq!(unmarked_tags(list).as_deref(), Some(&br#""a", W/"b", "c""#[..]));
/// assert_eq!(unmarked_tags(b"*"), None);
/// ```
pub fn unmarked_tags(list: &[u8]) -> Option<Vec<u8>> {
    if !is_marked(list) {
        return None;
    }
    let mut out = Vec::with_capacity(list.len());
    let mut rest = list;
    // A tag may have commas in it, and no quotes.
    while let Some(open) = rest.iter().position(|byte| *byte == b'"') {
        let (before, tag) = rest.split_at(open);
        let Some(close) = tag[1..].iter().position(|byte| *byte == b'"') else {
            break;
        };
        let (tag, after) = tag.split_at(close + 2);
        let opaque = &tag[1..tag.len() - 1];
        match (
            before.strip_suffix(b"W/"),
            opaque.strip_suffix(MARK.as_bytes()),
        ) {
            (Some(before), Some(opaque)) => {
                out.extend_from_slice(before);
                out.push(b'"');
                out.extend_from_slice(opaque);
                out.push(b'"');
            }
            _ => {
                out.extend_from_slice(before);
                out.extend_from_slice(tag);
            }
        }
        rest = after;
    }
    out.extend_from_slice(rest);
    (out != list).then_some(out)
}

/// Whether a condition may have a tag of ours in it.
pub(super) fn is_marked(list: &[u8]) -> bool {
    let mut tildes = memchr::memchr_iter(b'~', list);
    tildes.any(|tilde| list[tilde..].starts_with(MARK.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strong_tags_are_marked() {
        for (tag, wanted) in [
            ("\"a\"", Some("W/\"a~tripledash\"")),
            ("\"\"", Some("W/\"~tripledash\"")),
            ("W/\"a\"", None),
            ("a", None),
            ("\"", None),
            ("\"a\" \"b\"", None),
        ] {
            assert_eq!(marked(tag).as_deref(), wanted, "{tag}");
        }
    }

    #[test]
    fn marks_come_off_lists() {
        for (list, wanted) in [
            (&b"W/\"a~tripledash\""[..], Some(&b"\"a\""[..])),
            (b"W/\"a,b~tripledash\",W/\"c\"", Some(b"\"a,b\",W/\"c\"")),
            (b"W/\"\xfc~tripledash\"", Some(b"\"\xfc\"")),
            (b"\"a~tripledash\"", None),
            (b"W/\"~tripledash-\"", None),
            (b"W/\"a~tripledash", None),
            (b"\"a\"", None),
            (b"", None),
        ] {
            assert_eq!(unmarked_tags(list).as_deref(), wanted);
        }
    }

    #[test]
    fn what_is_marked_comes_back() {
        for tag in ["\"a\"", "\"\"", "\"a~tripledash\"", "\"W/\""] {
            let marked = marked(tag).unwrap();
            assert_eq!(
                unmarked_tags(marked.as_bytes()).as_deref(),
                Some(tag.as_bytes())
            );
        }
    }
}

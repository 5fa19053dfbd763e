//! Fields that are lists, and numbers of bytes (RFC 9110 sections 5.6.1 and 8.6): one reader for
//! both sides, so that none takes for a member or a length what another does not.

use http::header::{CONTENT_LENGTH, TRANSFER_ENCODING};
use http::{HeaderMap, HeaderName};

/// The largest length. What adds to it stays within `u64`.
pub(crate) const MAX_LENGTH: u64 = i64::MAX as u64;

/// `Content-Length` fields that are no length, or differ.
#[derive(Debug, thiserror::Error)]
#[error("the response has Content-Length fields that are no length, or differ")]
pub(crate) struct InvalidLength;

/// The members of a list, from all of its lines: empty ones are none.
pub(crate) fn members<'a>(
    headers: &'a HeaderMap,
    name: &HeaderName,
) -> impl Iterator<Item = &'a [u8]> {
    let lines = headers.get_all(name).into_iter();
    let members = lines.flat_map(|line| line.as_bytes().split(|byte| *byte == b','));
    members
        .map(<[u8]>::trim_ascii)
        .filter(|member| !member.is_empty())
}

/// A number of bytes, in digits alone.
pub(crate) fn digits(text: &[u8]) -> Option<u64> {
    if text.is_empty() || !text.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let number: u64 = std::str::from_utf8(text).ok()?.parse().ok()?;
    Some(number).filter(|number| *number <= MAX_LENGTH)
}

/// What a head says of its length. More than once counts as once where all of it is the same number
/// (RFC 9112 section 6.3).
pub(crate) fn length(headers: &HeaderMap) -> Result<Option<u64>, InvalidLength> {
    let mut length = None;
    for member in members(headers, &CONTENT_LENGTH) {
        let member = digits(member).ok_or(InvalidLength)?;
        if *length.get_or_insert(member) != member {
            return Err(InvalidLength);
        }
    }
    if length.is_none() && headers.contains_key(CONTENT_LENGTH) {
        return Err(InvalidLength);
    }
    Ok(length)
}

/// Has a head say its length once, or not at all where a transfer coding overrides it: "A sender
/// MUST NOT forward a message with a Content-Length header field value that does not match the ABNF"
/// (RFC 9110 section 8.6).
pub(crate) fn settle_length(headers: &mut HeaderMap) -> Result<(), InvalidLength> {
    if headers.contains_key(TRANSFER_ENCODING) {
        headers.remove(CONTENT_LENGTH);
        return Ok(());
    }
    let Some(length) = length(headers)? else {
        return Ok(());
    };
    let mut lines = headers.get_all(CONTENT_LENGTH).iter();
    let first = lines.next().and_then(|line| digits(line.as_bytes()));
    if first.is_none() || lines.next().is_some() {
        headers.insert(CONTENT_LENGTH, length.into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use http::header::CONNECTION;

    use super::*;

    #[test]
    fn members_of_all_lines_are_told_apart() {
        let mut headers = HeaderMap::new();
        for line in ["", " a ,\tB", ",,c d,"] {
            headers.append(CONNECTION, HeaderValue::from_static(line));
        }
        let members: Vec<&[u8]> = members(&headers, &CONNECTION).collect();
        assert_eq!(members, [&b"a"[..], b"B", b"c d"]);
    }

    #[test]
    fn numbers_are_digits_alone() {
        for (text, wanted) in [
            ("0", Some(0)),
            ("007", Some(7)),
            ("9223372036854775807", Some(MAX_LENGTH)),
            ("9223372036854775808", None),
            ("", None),
            ("+5", None),
            ("-5", None),
            ("0x5", None),
            ("5 5", None),
            ("٥", None),
        ] {
            assert_eq!(digits(text.as_bytes()), wanted, "{text}");
        }
    }
}

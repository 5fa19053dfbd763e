//! Fields that are lists, and numbers of bytes (RFC 9110 sections 5.6.1 and 8.6): one reader for
//! both sides, so that none takes for a member or a length what another does not.

use http::{HeaderMap, HeaderName};

/// The largest length. What adds to it stays within `u64`.
pub(crate) const MAX_LENGTH: u64 = i64::MAX as u64;

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

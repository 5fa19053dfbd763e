//! `Refresh: 5; url=/next`, read as the HTML standard's shared declarative refresh steps do.

use std::ops::Range;

/// Where the address stands in a value; `None` where there is none, or nothing is refreshed.
pub(crate) fn address(value: &str) -> Option<Range<usize>> {
    let blank = |c: char| matches!(c, '\t' | '\n' | '\u{c}' | '\r' | ' ');
    let at = |rest: &str| value.len() - rest.len();
    let rest = value.trim_start_matches(blank);
    let after_digits = rest.trim_start_matches(|c: char| c.is_ascii_digit());
    if after_digits.len() == rest.len() && !rest.starts_with('.') {
        return None;
    }
    let rest = after_digits.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    if !rest.starts_with(|c| blank(c) || matches!(c, ';' | ',')) {
        return None;
    }
    let rest = rest.trim_start_matches(blank);
    let rest = rest.strip_prefix([';', ',']).unwrap_or(rest);
    let rest = rest.trim_start_matches(blank);
    if rest.is_empty() {
        return None;
    }
    let rest = without_name(rest, blank).unwrap_or(rest);
    let quoted = rest
        .strip_prefix('"')
        .map(|inner| (inner, '"'))
        .or_else(|| rest.strip_prefix('\'').map(|inner| (inner, '\'')));
    let (inner, end) = match quoted {
        Some((inner, quote)) => (inner, inner.find(quote).unwrap_or(inner.len())),
        None => (rest, rest.len()),
    };
    let start = at(inner);
    Some(start..start + end)
}

/// What follows `url =`.
fn without_name(rest: &str, blank: impl Fn(char) -> bool + Copy) -> Option<&str> {
    let (name, rest) = rest.split_at_checked(3)?;
    let rest = rest.trim_start_matches(blank).strip_prefix('=')?;
    name.eq_ignore_ascii_case("url")
        .then(|| rest.trim_start_matches(blank))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        for (value, wanted) in [
            ("0;url=/a", Some("/a")),
            ("5; URL = '/a' and more", Some("/a")),
            ("5, \"/a", Some("/a")),
            ("5 /a", Some("/a")),
            (" 0.5;/a", Some("/a")),
            (".5;url=/a", Some("/a")),
            ("1.2.3;url=/a", Some("/a")),
            ("5;url", Some("url")),
            ("5;url:/a", Some("url:/a")),
            ("5;u", Some("u")),
            ("5;url=", Some("")),
            ("5", None),
            ("5;", None),
            ("5url=/a", None),
            ("url=/a", None),
            ("-1;url=/a", None),
            ("", None),
        ] {
            assert_eq!(address(value).map(|range| &value[range]), wanted, "{value}");
        }
    }
}

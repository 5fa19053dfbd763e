//! `Link: <URL>; rel=preload, <URL>; …` (RFC 8288 section 3).

use std::ops::Range;

/// Where the targets stand in a value. What looks like one inside a quoted string is none.
pub(super) fn targets(value: &str) -> Vec<Range<usize>> {
    let mut targets = Vec::new();
    let mut bytes = value.bytes().enumerate();
    while let Some((at, byte)) = bytes.next() {
        match byte {
            b'"' => {
                while let Some((_, byte)) = bytes.next() {
                    match byte {
                        b'\\' => {
                            bytes.next();
                        }
                        b'"' => break,
                        _ => {}
                    }
                }
            }
            b'<' => match bytes.find(|(_, byte)| *byte == b'>') {
                Some((end, _)) => targets.push(at + 1..end),
                None => break,
            },
            _ => {}
        }
    }
    targets
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_targets_are_found() {
        for (value, wanted) in [
            ("</a>; rel=preload", &["/a"][..]),
            ("</a,b>; title=\"<x>, y\" , < /c >", &["/a,b", " /c "]),
            ("</a>; title=\"\\\"<x>\"; rel=x, </b>", &["/a", "/b"]),
            ("</a>; title=\"open, </b>", &["/a"]),
            ("<broken", &[]),
            ("", &[]),
        ] {
            let found: Vec<&str> = targets(value)
                .into_iter()
                .map(|range| &value[range])
                .collect();
            assert_eq!(found, wanted, "{value}");
        }
    }
}

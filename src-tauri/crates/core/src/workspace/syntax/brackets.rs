//! Brackets that do not fit together. The JSON parser tells of the place where it noticed; a person
//! wants to know which bracket is still open there.

/// A bracket that is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Open {
    /// Where it stands, in bytes.
    pub(super) at: usize,
    /// `[` or `{`.
    pub(super) bracket: char,
}

impl Open {
    /// What closes it.
    pub(super) fn closing(self) -> char {
        if self.bracket == '[' { ']' } else { '}' }
    }
}

/// The innermost bracket that is open at an offset. Strings and comments are passed over.
pub(super) fn innermost(text: &str, until: usize) -> Option<Open> {
    let bytes = text.as_bytes();
    let mut open: Vec<Open> = Vec::new();
    let mut at = 0;
    while at < until.min(bytes.len()) {
        match bytes[at] {
            quote @ (b'"' | b'\'') => {
                at += 1;
                while at < bytes.len() && bytes[at] != quote {
                    at += if bytes[at] == b'\\' { 2 } else { 1 };
                }
            }
            b'/' if bytes.get(at + 1) == Some(&b'/') => {
                at += memchr::memchr(b'\n', &bytes[at..]).unwrap_or(bytes.len());
            }
            b'/' if bytes.get(at + 1) == Some(&b'*') => {
                let end = memchr::memmem::find(&bytes[at + 2..], b"*/");
                at += end.map_or(bytes.len(), |end| end + 3);
            }
            bracket @ (b'[' | b'{') => open.push(Open {
                at,
                bracket: char::from(bracket),
            }),
            b']' | b'}' => {
                open.pop();
            }
            _ => {}
        }
        at += 1;
    }
    open.pop()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_and_comments_open_nothing() {
        for (text, wanted) in [
            ("", None),
            ("[]", None),
            ("{\"[\": [1", Some((6, '['))),
            ("{\"\\\"[\": 1", Some((0, '{'))),
            ("[ // {\n 1", Some((0, '['))),
            ("[ /* { */ 1", Some((0, '['))),
            ("[ '{' ", Some((0, '['))),
            ("{ /* [", Some((0, '{'))),
            ("]{", Some((1, '{'))),
            ("\"\\", None),
        ] {
            let found = innermost(text, text.len());
            assert_eq!(found.map(|open| (open.at, open.bracket)), wanted, "{text}");
        }
    }
}

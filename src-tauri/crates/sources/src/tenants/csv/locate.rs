//! Where a field of a row stands. The reader knows where rows start; fields are looked for only
//! where there is something to tell of one.

/// The offset of the first character of a row's field, inside its quotes.
pub(super) fn field(text: &str, row: usize, separator: u8, column: usize) -> usize {
    let bytes = text.as_bytes();
    let mut walk = Walk::new(bytes, row, separator);
    for _ in 0..column {
        if !walk.field() {
            break;
        }
    }
    let quoted = bytes.get(walk.at) == Some(&b'"');
    let spaces = bytes[walk.at.min(bytes.len())..]
        .iter()
        .take_while(|byte| **byte == b' ');
    // A field is read without the spaces around it.
    if quoted {
        walk.at + 1
    } else {
        walk.at + spaces.count()
    }
}

/// The offset of a quote that is never closed, in the last row of a text.
pub(super) fn open_quote(text: &str, row: usize, separator: u8) -> Option<usize> {
    let mut walk = Walk::new(text.as_bytes(), row, separator);
    while walk.field() {}
    walk.open
}

struct Walk<'t> {
    bytes: &'t [u8],
    at: usize,
    separator: u8,
    open: Option<usize>,
}

impl<'t> Walk<'t> {
    fn new(bytes: &'t [u8], row: usize, separator: u8) -> Self {
        let start = bytes.get(row..).unwrap_or_default();
        // The reader says that a row starts where the one before ended, empty lines between them.
        let ends = start
            .iter()
            .take_while(|byte| matches!(byte, b'\r' | b'\n'));
        Self {
            bytes,
            at: row + ends.count(),
            separator,
            open: None,
        }
    }

    /// Steps over one field and the separator behind it. Whether there was one.
    fn field(&mut self) -> bool {
        let start = self.at;
        if self.bytes.get(self.at) == Some(&b'"') {
            self.at += 1;
            loop {
                match memchr::memchr(b'"', self.bytes.get(self.at..).unwrap_or_default()) {
                    None => {
                        self.at = self.bytes.len();
                        self.open = Some(start);
                        return false;
                    }
                    Some(quote) => self.at += quote + 1,
                }
                // Two of them stand for one.
                if self.bytes.get(self.at) != Some(&b'"') {
                    break;
                }
                self.at += 1;
            }
        }
        while let Some(&byte) = self.bytes.get(self.at) {
            match byte {
                b'\r' | b'\n' => return false,
                _ if byte == self.separator => {
                    self.at += 1;
                    return true;
                }
                _ => self.at += 1,
            }
        }
        false
    }
}

//! Which bytes may stand where.

use super::Violation;

const TOKEN: u8 = 1;
const PATH: u8 = 2;
const QUERY: u8 = 4;

static CLASSES: [u8; 256] = classes();

const fn classes() -> [u8; 256] {
    let mut classes = [0; 256];
    let mut byte = 0x21;
    while byte < 0x7f {
        let mut class = 0;
        let b = byte as u8;
        // RFC 9110 section 5.6.2.
        if b.is_ascii_alphanumeric()
            || matches!(
                b,
                b'!' | b'#'
                    | b'$'
                    | b'%'
                    | b'&'
                    | b'\''
                    | b'*'
                    | b'+'
                    | b'-'
                    | b'.'
                    | b'^'
                    | b'_'
                    | b'`'
                    | b'|'
                    | b'~'
            )
        {
            class |= TOKEN;
        }
        // What browsers send as it is, which is more than RFC 3986 has, and what `http::Uri` reads.
        if !matches!(b, b'#' | b'<' | b'>' | b'`') {
            class |= PATH;
        }
        if !matches!(b, b'#' | b'<' | b'>' | b'"') {
            class |= QUERY;
        }
        classes[byte] = class;
        byte += 1;
    }
    classes
}

pub(super) fn is_token(byte: u8) -> bool {
    CLASSES[usize::from(byte)] & TOKEN != 0
}

pub(super) fn is_path(byte: u8) -> bool {
    CLASSES[usize::from(byte)] & PATH != 0
}

pub(super) fn is_query(byte: u8) -> bool {
    CLASSES[usize::from(byte)] & QUERY != 0
}

/// What RFC 9110 section 5.5 lets stand in a field value: visible ASCII, space, tab and what is
/// beyond ASCII.
pub(super) fn is_text(byte: u8) -> bool {
    byte >= b' ' && byte != 0x7f || byte == b'\t'
}

/// Checks that a line has no control byte but the tab.
pub(super) fn clean(line: &[u8]) -> Result<(), Violation> {
    // Counted, not searched: a loop without an exit is one that the compiler makes wide.
    let odd = line.iter().fold(false, |odd, byte| odd | !is_text(*byte));
    if !odd {
        return Ok(());
    }
    match line.iter().find(|byte| !is_text(**byte)) {
        Some(b'\r') => Err(Violation::BareCr),
        Some(byte) => Err(Violation::Control(*byte)),
        None => Ok(()),
    }
}

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

/// Whether a line is known to have no control byte. One that has a tab is not.
///
/// Eight bytes at a time (Mycroft's test for a byte below another, and for a zero one), which may
/// take the byte behind a control byte for another one, but never pass one over.
fn is_plain(line: &[u8]) -> bool {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    const HIGH: u64 = ONES << 7;
    let odd = |word: u64| {
        let below = word.wrapping_sub(ONES * 0x20) & !word;
        let delete = word ^ (ONES * 0x7f);
        (below | delete.wrapping_sub(ONES) & !delete) & HIGH
    };
    let (words, rest) = line.as_chunks::<8>();
    let mut last = [b' '; 8];
    last[..rest.len()].copy_from_slice(rest);
    let found = words
        .iter()
        .fold(odd(u64::from_ne_bytes(last)), |found, word| {
            found | odd(u64::from_ne_bytes(*word))
        });
    found == 0
}

/// Checks that a line has no control byte but the tab.
pub(super) fn clean(line: &[u8]) -> Result<(), Violation> {
    if is_plain(line) {
        return Ok(());
    }
    match line.iter().find(|byte| !is_text(**byte)) {
        Some(b'\r') => Err(Violation::BareCr),
        Some(byte) => Err(Violation::Control(*byte)),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_control_byte_is_found_wherever_it_stands() {
        for byte in 0..=u8::MAX {
            for length in 1..20 {
                for at in 0..length {
                    let mut line = vec![b'~'; length];
                    line[at] = byte;
                    assert_eq!(clean(&line).is_ok(), is_text(byte), "{byte:#04x} at {at}");
                    let plain = is_text(byte) && byte != b'\t';
                    assert_eq!(is_plain(&line), plain, "{byte:#04x} at {at}");
                }
            }
        }
        // Bytes beyond ASCII are text, whatever stands beside them.
        assert!(is_plain("ünïcödé ÿ \u{80}".as_bytes()));
    }
}

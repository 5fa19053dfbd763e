//! Percent-encoding (RFC 3986 section 2.1), read strictly: two hexadecimal digits, and no sign
//! before them, which the standard library's own parser would take.

/// The byte that a text begins with in its percent-encoded form.
pub(crate) fn encoded_byte(text: &[u8]) -> Option<u8> {
    let [b'%', high, low, ..] = text else {
        return None;
    };
    let digit = |digit: u8| char::from(digit).to_digit(16);
    u8::try_from(digit(*high)? * 16 + digit(*low)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_digits_are_a_byte() {
        assert_eq!(encoded_byte(b"%2Fx"), Some(b'/'));
        assert_eq!(encoded_byte(b"%e4"), Some(0xe4));
        for none in [&b"%+2"[..], b"%2", b"%", b"2f", b"%2g", b"%-1", b""] {
            assert_eq!(encoded_byte(none), None, "{none:?}");
        }
    }
}

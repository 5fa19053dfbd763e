//! Field values that may hold any byte.

use http::HeaderValue;

/// A field's bytes, each as one character, so that those outside ASCII come back as they were: what
/// they mean is between the app and the browser.
pub(super) fn characters(value: &HeaderValue) -> String {
    value.as_bytes().iter().copied().map(char::from).collect()
}

/// The field that [`characters`] came from, or one made of them.
pub(super) fn value(characters: &str) -> Option<HeaderValue> {
    let bytes: Option<Vec<u8>> = characters.chars().map(|c| u8::try_from(c).ok()).collect();
    HeaderValue::from_bytes(&bytes?).ok()
}

/// [`characters`] as a trace shows them: what is UTF-8 as such.
pub(super) fn shown(characters: &str) -> String {
    if characters.is_ascii() {
        return characters.to_owned();
    }
    let bytes: Vec<u8> = characters
        .chars()
        .map(|c| u8::try_from(c).unwrap_or(b'?'))
        .collect();
    String::from_utf8_lossy(&bytes).into_owned()
}

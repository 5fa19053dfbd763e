//! Secrets in texts: the secret, then how it is encoded, then what is around it.

use tripledash_core::redact::{REDACTED, Secrets};

use super::decoded;

pub(crate) fn run(input: &[u8]) {
    let mut lines = input.splitn(3, |byte| *byte == b'\n');
    let secret = String::from_utf8_lossy(lines.next().unwrap_or_default()).into_owned();
    let mask = lines.next().unwrap_or_default();
    let around = String::from_utf8_lossy(lines.next().unwrap_or_default()).into_owned();
    let mut secrets = Secrets::default();
    secrets.add_text(&secret);
    // Too short to be told from an ordinary word; or not to be told from what stands in its place.
    let unclear = secret.contains(['%', '[', ']', '\u{1}']) || REDACTED.contains(&secret);
    if secrets == Secrets::default() || unclear {
        return;
    }
    let mut encoded = String::new();
    for (at, byte) in secret.bytes().enumerate() {
        let how = mask.get(at % mask.len().max(1)).copied().unwrap_or(0);
        match how % 4 {
            0 if byte.is_ascii() => encoded.push(char::from(byte)),
            1 => encoded.push_str(&format!("%{byte:02x}")),
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    let holds = |text: &str| {
        let bytes = decoded(text);
        bytes
            .windows(secret.len())
            .any(|window| window == secret.as_bytes())
    };
    for text in [
        encoded.clone(),
        format!("/a/{encoded}/b?c=d"),
        format!("/a?token={encoded}&b=1"),
        format!("{around}{encoded}"),
        format!("{encoded} {around}"),
    ] {
        let clean = secrets.clean(&text);
        let again = secrets.clean(&clean);
        assert_eq!(again, clean, "once is enough");
        // What stands in its place may complete one.
        let clean = clean.replace(REDACTED, "\u{1}");
        // What is around may make up the rest of one that is cut.
        assert!(
            !clean.contains(&encoded) && (!holds(&clean) || holds(&around)),
            "{text:?} became {clean:?}"
        );
    }
    if !around.contains(&secret) && !around.contains(['?', '%', '+']) {
        assert_eq!(secrets.clean(&around), around, "no secret, no change");
    }
}

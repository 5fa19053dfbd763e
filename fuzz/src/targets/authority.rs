//! Hosts and authorities.

use tripledash_core::host::{Authority, Host, MAX_NAME};

use super::text;

pub(crate) fn run(input: &[u8]) {
    let text = text(input);
    let authority = match text.parse::<Authority>() {
        Ok(authority) => authority,
        Err(error) => {
            assert!(error.to_string().len() < 2048, "a short message: {error}");
            return;
        }
    };
    let written = authority.to_string();
    assert!(written.is_ascii(), "{written:?}");
    assert_eq!(written, written.to_ascii_lowercase());
    assert!(
        !written.contains(|c: char| c.is_ascii_control()
            || c.is_whitespace()
            || "/?#@\\\"<>".contains(c)),
        "{written:?}"
    );
    assert_eq!(
        written.parse::<Authority>().as_ref(),
        Ok(&authority),
        "{text:?}"
    );
    if text.is_ascii() {
        assert_eq!(
            text.to_ascii_uppercase().parse::<Authority>().as_ref(),
            Ok(&authority),
            "case means nothing"
        );
    }
    let host = &authority.host;
    assert_eq!(host.to_string().parse::<Host>().as_ref(), Ok(host));
    if let Some(name) = host.name() {
        assert!(!name.is_empty() && name.len() <= MAX_NAME, "{name:?}");
        assert_eq!(host.labels().collect::<Vec<_>>().join("."), name);
        assert!(!name.ends_with('.') && !name.contains(".."), "{name:?}");
        assert_eq!(
            format!("{name}.").parse::<Host>().as_ref(),
            Ok(host),
            "the root's dot means nothing"
        );
        if let Ok(longer) = format!("x.{name}").parse::<Host>() {
            assert_eq!(longer.strip_base(host), Some("x"));
        }
        assert_eq!(host.strip_base(host), Some(""));
    }
}

//! A label over 63 octets.
//!
//! It works here, because local names never go to DNS. No resolver, certificate or teammate can
//! use it (RFC 1035 section 2.3.4: "labels 63 octets or less").

use super::{Seen, found, is_opened};
use crate::diagnostic::{Diagnostic, Severity};
use crate::host::MAX_LABEL;
use crate::label::SEPARATOR;

pub(super) fn check(seen: &Seen<'_>) -> Option<Diagnostic> {
    let exchange = seen.exchange;
    if !is_opened(exchange) {
        return None;
    }
    let sent = exchange.upstream.as_ref();
    let sent = sent.map_or("", |upstream| &*upstream.host);
    // Most are shorter as a whole.
    if exchange.origin.len().max(sent.len()) <= MAX_LABEL {
        return None;
    }
    let (_, asked) = exchange.origin.split_once("://").unwrap_or_default();
    let asked = asked.split(':').next().unwrap_or_default();
    let over = |host: &str| {
        let label = host.split(['.', ':']).next()?;
        (label.len() > MAX_LABEL).then(|| label.to_owned())
    };
    let (label, place, host) = match over(asked) {
        Some(label) => (label, "host", asked),
        None => (over(sent)?, "Host sent", sent),
    };
    let (length, too_many) = (label.len(), label.len() - MAX_LABEL);
    let evidence = vec![
        format!("{place}: {host}"),
        format!("first label: {length} of {MAX_LABEL} octets"),
    ];
    let octets = if too_many == 1 { "octet" } else { "octets" };
    let message = format!(
        "The first label of the {place} is {too_many} {octets} too long. It works on this machine only: DNS and \
         certificates end at {MAX_LABEL}."
    );
    found(
        "label-over-budget",
        Severity::Warning,
        message,
        evidence,
        fix(&label),
    )
}

/// A preview name that leaves room for the tenant, as the line of the workspace file; a shorter
/// tenant where no name can.
fn fix(label: &str) -> Option<String> {
    let (prefix, preview) = label.rsplit_once(SEPARATOR)?;
    let room = MAX_LABEL
        .checked_sub(prefix.len() + SEPARATOR.len())
        .filter(|room| *room >= 3);
    if let Some(room) = room {
        let short = preview.get(..room)?.trim_end_matches('-');
        let whole = preview.as_bytes().get(room) == Some(&b'-');
        let short = match short.rsplit_once('-') {
            // Whole words, where that does not cost more than half of it.
            Some((words, _)) if words.len() * 2 >= room && !whole => words,
            _ => short,
        };
        return Some(format!("\"name\": \"{short}\""));
    }
    let short = prefix.get(..20)?.trim_end_matches('-');
    Some(format!("\"id\": \"{short}\""))
}

#[cfg(test)]
mod tests {
    use super::super::testing::Scene;

    #[test]
    fn fires_over_63_octets_only() {
        let forty = "a".repeat(40);
        let main = Scene::new(&format!("{forty}---main"), "/");
        assert_eq!(main.codes(), Vec::<String>::new());
        let long = Scene::new(&format!("{forty}---a-branch-with-a-long-name"), "/");
        let found = long.diagnoses();
        assert_eq!(found[0].code, "label-over-budget");
        assert_eq!(found[0].evidence[1], "first label: 68 of 63 octets");
        assert_eq!(
            found[0].fix.as_deref(),
            Some("\"name\": \"a-branch-with-a-long\"")
        );
        let asset = Scene::new(&format!("{forty}---a-branch-with-a-long-name"), "/logo.png");
        assert_eq!(asset.codes(), Vec::<String>::new());
    }
}

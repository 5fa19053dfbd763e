//! How often an answer names a tenant.
//!
//! Only whole words count: `acme---main` and `acme.localhost` are hosts that an app got wrong, and
//! no sign that it found `acme`.

use super::plan::Tenant;

/// Ids that stand in pages for other reasons.
const COMMON: [&str; 30] = [
    "admin", "app", "blog", "body", "class", "content", "demo", "dev", "div", "docs", "en", "head",
    "home", "html", "id", "link", "main", "news", "next", "page", "root", "script", "shop", "site",
    "static", "store", "style", "test", "title", "www",
];

/// Whether an id alone says little in a page: too short, or a word of every page.
pub(super) fn is_common(id: &str) -> bool {
    id.len() <= 2 || COMMON.contains(&id)
}

/// How often a text names a tenant, by its id, its name or a domain of its own. The text is in
/// lower case.
pub(super) fn count(text: &str, tenant: &Tenant) -> usize {
    let mut needles: Vec<String> = Vec::new();
    let mut add = |needle: &str| {
        let needle = needle.trim().to_lowercase();
        for form in [needle.replace('&', "&amp;"), needle] {
            if !form.is_empty() && !needles.contains(&form) {
                needles.push(form);
            }
        }
    };
    add(&tenant.upstream_id);
    add(&tenant.name);
    tenant.domains.iter().for_each(|domain| add(domain));
    needles.iter().map(|needle| words(text, needle)).sum()
}

/// How often `needle` stands in `text` as a word of its own.
fn words(text: &str, needle: &str) -> usize {
    let found = text.match_indices(needle);
    found
        .filter(|(at, _)| {
            let before = &text[..*at];
            let after = &text[at + needle.len()..];
            !continues(before.chars().rev()) && !continues(after.chars())
        })
        .count()
}

/// Whether a word goes on with these characters.
fn continues(mut characters: impl Iterator<Item = char>) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
    match characters.next() {
        // A dot goes on only in a host.
        Some('.') => characters.next().is_some_and(is_word),
        Some(c) => is_word(c),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_words_count() {
        for (text, found) in [
            ("welcome to acme.", 1),
            ("acme", 1),
            ("<b>acme</b> and \"acme\", /acme/about", 3),
            (
                "acme---main acme-shop acme_1 acme.localhost www.acme acmeä",
                0,
            ),
            ("tenant=acme&x", 1),
            ("macme acmes", 0),
        ] {
            assert_eq!(words(text, "acme"), found, "{text}");
        }
        assert_eq!(words("größe größe", "größe"), 2);
    }

    #[test]
    fn a_tenant_is_named_by_its_id_its_name_and_its_domains() {
        let tenant = Tenant {
            id: "acme".to_owned(),
            upstream_id: "acme-prod".to_owned(),
            name: "Smith & Co".to_owned(),
            domains: vec!["shop.acme.com".to_owned()],
        };
        assert_eq!(count("acme", &tenant), 0);
        assert_eq!(count("acme-prod smith &amp; co shop.acme.com", &tenant), 3);
    }
}

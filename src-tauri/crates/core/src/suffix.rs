//! Public suffixes and registrable domains.
//!
//! Two questions have different answers. What a *browser* calls one site follows the whole Public
//! Suffix List, private section included: `a.vercel.app` and `b.vercel.app` are two sites. What an
//! app's *extractor* calls the subdomain often follows the ICANN section alone: there `vercel` is
//! the domain and `app` the suffix. A name that the list does not have follows the rule `*`: its
//! last label is the suffix (as for `localhost`).

use psl::{List, Psl, Type};

/// Which section of the list a suffix comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Section {
    /// Delegated by ICANN.
    Icann,
    /// Asked for by a company for its customers: `vercel.app`, `github.io`.
    Private,
    /// Not on the list: the last label, by the rule `*`.
    Unlisted,
}

/// A public suffix and where it comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PublicSuffix<'n> {
    /// The suffix, without a dot before it.
    pub name: &'n str,
    /// Its section.
    pub section: Section,
}

/// The longest public suffix of a lower-case name; `None` for an empty one.
///
/// ```
/// use tripledash_core::suffix::{Section, public_suffix};
///
/// let suffix = public_suffix("acme---app.vercel.app").unwrap();
/// assert_eq!((suffix.name, suffix.section), ("vercel.app", Section::Private));
/// let suffix = public_suffix("acme.localhost").unwrap();
/// assert_eq!((suffix.name, suffix.section), ("localhost", Section::Unlisted));
/// ```
pub fn public_suffix(name: &str) -> Option<PublicSuffix<'_>> {
    let found = List.suffix(name.as_bytes())?;
    let section = match found.typ() {
        Some(Type::Icann) => Section::Icann,
        Some(Type::Private) => Section::Private,
        None => Section::Unlisted,
    };
    // Cut from the name, so that the answer lives as long as it does.
    let start = name.len().checked_sub(found.as_bytes().len())?;
    Some(PublicSuffix {
        name: name.get(start..)?,
        section,
    })
}

/// The longest suffix that is not private. The list's look-up has no such question, so a private
/// answer is asked for its parent until it is none.
///
/// ```
/// use tripledash_core::suffix::icann_suffix;
///
/// assert_eq!(icann_suffix("acme---app.vercel.app"), Some("app"));
/// assert_eq!(icann_suffix("shop.acme.co.uk"), Some("co.uk"));
/// ```
pub fn icann_suffix(name: &str) -> Option<&str> {
    let mut rest = name;
    loop {
        let found = public_suffix(rest)?;
        match found.section {
            Section::Icann | Section::Unlisted => return Some(found.name),
            Section::Private => rest = found.name.split_once('.')?.1,
        }
    }
}

/// What a browser calls the site: one label more than the public suffix.
///
/// ```
/// use tripledash_core::suffix::registrable_domain;
///
/// assert_eq!(registrable_domain("acme---main.tripledash.localhost"), Some("tripledash.localhost"));
/// assert_eq!(registrable_domain("a.vercel.app"), Some("a.vercel.app"));
/// assert_eq!(registrable_domain("localhost"), None);
/// ```
pub fn registrable_domain(name: &str) -> Option<&str> {
    one_label_more(name, public_suffix(name)?.name)
}

/// Like [`registrable_domain`], by the ICANN section alone.
///
/// ```
/// use tripledash_core::suffix::icann_domain;
///
/// assert_eq!(icann_domain("acme---app.vercel.app"), Some("vercel.app"));
/// ```
pub fn icann_domain(name: &str) -> Option<&str> {
    one_label_more(name, icann_suffix(name)?)
}

fn one_label_more<'n>(name: &'n str, suffix: &str) -> Option<&'n str> {
    let before = name.strip_suffix(suffix)?.strip_suffix('.')?;
    let start = before.rfind('.').map_or(0, |dot| dot + 1);
    (start < before.len()).then(|| &name[start..])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn sections() {
        for (name, suffix, section, icann, domain) in [
            ("a.b.com", "com", Section::Icann, "com", Some("b.com")),
            (
                "a.b.co.uk",
                "co.uk",
                Section::Icann,
                "co.uk",
                Some("b.co.uk"),
            ),
            (
                "a.github.io",
                "github.io",
                Section::Private,
                "io",
                Some("a.github.io"),
            ),
            (
                "a.b.vercel.app",
                "vercel.app",
                Section::Private,
                "app",
                Some("b.vercel.app"),
            ),
            (
                "a.vercel.dev",
                "vercel.dev",
                Section::Private,
                "dev",
                Some("a.vercel.dev"),
            ),
            (
                "localhost",
                "localhost",
                Section::Unlisted,
                "localhost",
                None,
            ),
            ("com", "com", Section::Icann, "com", None),
            (
                "a.xn--p1ai",
                "xn--p1ai",
                Section::Icann,
                "xn--p1ai",
                Some("a.xn--p1ai"),
            ),
            // A wildcard rule and its exception.
            ("a.b.ck", "b.ck", Section::Icann, "b.ck", Some("a.b.ck")),
            ("a.www.ck", "ck", Section::Icann, "ck", Some("www.ck")),
        ] {
            let found = public_suffix(name).unwrap();
            assert_eq!((found.name, found.section), (suffix, section), "{name}");
            assert_eq!(icann_suffix(name), Some(icann), "{name}");
            assert_eq!(registrable_domain(name), domain, "{name}");
        }
    }

    proptest! {
        #[test]
        fn no_name_panics(name in "\\PC{0,60}") {
            let _ = (icann_suffix(&name), registrable_domain(&name), icann_domain(&name));
        }

        #[test]
        fn a_domain_ends_its_name(name in "([a-z0-9-]{1,8}\\.){0,3}(com|co\\.uk|vercel\\.app|localhost)") {
            for domain in [registrable_domain(&name), icann_domain(&name)].into_iter().flatten() {
                prop_assert!(name.ends_with(domain));
            }
        }
    }
}

//! Two tenants that were given the same entry of a cache: the key may lack the tenant.
//!
//! An entity tag names a representation (RFC 9110, section 8.8.3). The same strong or weak tag, from
//! a cache, for two tenants on one path means one page for both. That is right for a page that is
//! the same for everybody, so this is a warning. Error pages are: they are not looked at.

use super::{Seen, found, page_path};
use crate::diagnostic::{Diagnostic, Severity};
use crate::trace::Exchange;
use crate::workspace::Snapshot;

const VERDICTS: [&str; 2] = ["x-nextjs-cache", "x-vercel-cache"];

pub(super) fn check(seen: &Seen<'_>) -> Option<Diagnostic> {
    let exchange = seen.exchange;
    let entry = Entry::of(exchange, seen.is_page, seen.snapshot)?;
    let tenant = exchange.tenant()?;
    let other = seen.memory.first_of(&entry)?;
    if other == tenant {
        return None;
    }
    let path = &entry.path;
    let evidence = vec![
        format!("{}: HIT", verdict(exchange)?),
        format!("etag: {}, as {other} was given for {path}", entry.tag),
    ];
    found(
        "cache-shared-across-tenants",
        Severity::Warning,
        format!(
            "{tenant} was given the cached page of {path} that {other} was given before. Unless that page is the same \
             for every tenant, the tenant is missing from the cache's key."
        ),
        evidence,
        None,
    )
}

/// One entry of a preview's cache.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Entry {
    preview: String,
    path: String,
    tag: String,
}

impl Entry {
    /// The entry that a page came from; `None` where no cache says that it gave it.
    pub(super) fn of(exchange: &Exchange, is_page: bool, snapshot: &Snapshot) -> Option<Self> {
        if exchange.status != Some(200) || !is_page {
            return None;
        }
        verdict(exchange)?;
        Some(Self {
            preview: exchange.preview()?.to_owned(),
            path: page_path(exchange, snapshot),
            tag: exchange.response_header("etag")?.to_owned(),
        })
    }
}

/// The field in which a cache says that it had the page.
fn verdict(exchange: &Exchange) -> Option<&'static str> {
    VERDICTS.into_iter().find(|name| {
        exchange
            .response_header(name)
            .is_some_and(|verdict| verdict.eq_ignore_ascii_case("HIT"))
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{CITIES, Scene};

    const HIT: (&str, &str) = ("x-nextjs-cache", "HIT");

    fn page(label: &str, path: &str, more: &[(&str, &str)]) -> Scene {
        let tenant = label.split("---").next().unwrap();
        Scene::new(label, path).page(Some(&format!("/{tenant}{path}")), more)
    }

    #[test]
    fn fires_for_the_second_tenant_of_one_entry() {
        let before = [page("acme---main", "/about", &[HIT, ("etag", "\"a\"")])];
        let found =
            page("globex---main", "/about", &[HIT, ("etag", "\"a\"")]).diagnoses_after(&before);
        assert_eq!(found[0].code, "cache-shared-across-tenants");
        assert_eq!(
            found[0].evidence,
            [
                "x-nextjs-cache: HIT",
                "etag: \"a\", as acme was given for /about"
            ]
        );
    }

    #[test]
    fn is_silent_where_nothing_is_shared() {
        let first = [HIT, ("etag", "\"a\"")];
        for (label, path, more) in [
            ("acme---main", "/about", &first[..]),
            ("globex---main", "/other", &first),
            ("globex---platform", "/about", &first),
            ("globex---main", "/about", &[HIT, ("etag", "\"b\"")]),
            ("globex---main", "/about", &[HIT]),
            ("globex---main", "/about", &[("etag", "\"a\"")]),
            (
                "globex---main",
                "/about",
                &[("x-nextjs-cache", "MISS"), ("etag", "\"a\"")],
            ),
        ] {
            let before = [page("acme---main", "/about", &first)];
            let codes = page(label, path, more).codes_after(&before);
            assert!(
                !codes.contains(&"cache-shared-across-tenants".to_owned()),
                "{label}{path} {more:?} {codes:?}"
            );
        }
    }

    #[test]
    fn in_a_path_it_is_the_page_that_counts() {
        let page = |path: &str, tag: &str| {
            Scene::of(CITIES, "main", path, &[]).page(Some("/city/page"), &[HIT, ("etag", tag)])
        };
        let before = [page("/houston/events", "\"a\"")];
        let shared = |path: &str, tag: &str| {
            let codes = page(path, tag).codes_after(&before);
            codes.contains(&"cache-shared-across-tenants".to_owned())
        };
        assert!(shared("/chicago/events", "\"a\""));
        assert!(!shared("/chicago/events", "\"b\""));
        assert!(!shared("/chicago/films", "\"a\""));
        assert!(!shared("/houston/events", "\"a\""));
        assert!(!shared("/events", "\"a\""));
    }

    #[test]
    fn error_pages_are_the_same_for_everybody() {
        let fields = [HIT, ("etag", "\"a\""), ("content-type", "text/html")];
        let before = [Scene::new("acme---main", "/none").answered(404, &fields)];
        let codes = Scene::new("globex---main", "/none")
            .answered(404, &fields)
            .codes_after(&before);
        assert!(
            !codes.contains(&"cache-shared-across-tenants".to_owned()),
            "{codes:?}"
        );
    }
}

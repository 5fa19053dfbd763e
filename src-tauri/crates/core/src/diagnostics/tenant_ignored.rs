//! An app that answers a tenant's request as if there were none.
//!
//! It shows in what is missing: a page that should have been rewritten, and no word of a rewrite.
//! Silence counts only where this app would speak:
//!
//! - it has told of rewrites before on this preview, or it is Next.js on this machine, which tells
//!   of every one (a platform in between might swallow the header);
//! - and it has never rewritten for this very tenant: an app that has knows the tenant, and leaves
//!   this path alone on purpose.

use super::{Seen, found, page_path, predicts_a_change};
use crate::compare::REWRITE_HEADER;
use crate::diagnostic::{Diagnostic, Severity};

pub(super) fn check(seen: &Seen<'_>) -> Option<Diagnostic> {
    let exchange = seen.exchange;
    let (tenant, preview) = (exchange.tenant()?, exchange.preview()?);
    if exchange.actual.is_some() || !seen.is_page || seen.memory.knows_tenant(preview, tenant) {
        return None;
    }
    let predicted = exchange
        .predicted
        .as_deref()
        .filter(|_| predicts_a_change(exchange));
    let told = seen.memory.has_told(preview);
    let same_path = seen
        .memory
        .rewrites(preview, &page_path(exchange, seen.snapshot));
    let speaks = predicted.is_some() && (told || seen.is_local() && is_next(seen));
    if !(speaks || same_path) {
        return None;
    }
    let sent = exchange
        .upstream
        .as_ref()
        .map_or("", |upstream| &*upstream.host);
    let mut evidence = vec![match seen.in_path() {
        true => format!("path: {}", exchange.path),
        false => format!("Host sent: {sent}"),
    }];
    evidence.extend(predicted.map(|predicted| format!("predicted: {predicted}")));
    evidence.push(format!(
        "{REWRITE_HEADER}: none, on a {} page",
        exchange.status.unwrap_or_default()
    ));
    if same_path {
        evidence.push("the same page is rewritten for other tenants".to_owned());
    }
    let message = match seen.in_path() {
        true => format!(
            "The app answered as if there were no tenant: it does not know {tenant} in the path. See whether its own \
             list of tenants has it, and whether the matcher covers this path."
        ),
        false => format!(
            "The app answered as if there were no tenant: it does not find {tenant} in the Host that it gets. It \
             needs another Host."
        ),
    };
    found(
        "tenant-ignored",
        Severity::Error,
        message,
        evidence,
        fix(seen),
    )
}

fn is_next(seen: &Seen<'_>) -> bool {
    let header = |name: &str| seen.exchange.response_header(name);
    header("x-powered-by").is_some_and(|by| by.contains("Next.js"))
        || header("x-nextjs-cache").is_some()
        || header("vary")
            .is_some_and(|vary| vary.to_ascii_lowercase().contains("next-router-state-tree"))
}

/// The other of the two forms that apps understand on this machine.
fn fix(seen: &Seen<'_>) -> Option<String> {
    if !seen.is_local() || seen.in_path() {
        return None;
    }
    let form = match &seen.preview()?.host {
        // The first label whole, as the Platforms Starter Kit reads it.
        None => "{tenant}.localhost:{port}",
        // What a public suffix parser splits at `---`: two labels must follow.
        Some(_) => "{tenant}---{preview}.preview.localhost:{port}",
    };
    Some(format!("\"host\": \"{form}\""))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{CITIES, Scene};

    const NEXT: (&str, &str) = ("x-powered-by", "Next.js");

    #[test]
    fn fires_where_next_tells_of_no_rewrite() {
        let about = Scene::new("acme---main", "/about").page(None, &[NEXT]);
        let found = about.diagnoses();
        assert_eq!(found[0].code, "tenant-ignored");
        assert_eq!(
            found[0].fix.as_deref(),
            Some("\"host\": \"{tenant}.localhost:{port}\"")
        );
        assert!(
            found[0]
                .evidence
                .contains(&"predicted: /acme/about".to_owned()),
            "{found:?}"
        );
        let platform = Scene::new("acme---platform", "/about")
            .page(None, &[NEXT])
            .diagnoses();
        assert_eq!(
            platform[0].fix.as_deref(),
            Some("\"host\": \"{tenant}---{preview}.preview.localhost:{port}\"")
        );
    }

    #[test]
    fn fires_where_other_tenants_are_rewritten() {
        let before = [Scene::new("acme---main", "/about").page(Some("/acme/about"), &[])];
        let about = Scene::new("globex---main", "/about").page(None, &[]);
        assert_eq!(about.codes_after(&before), ["tenant-ignored"]);
        assert_eq!(about.codes(), Vec::<String>::new());
    }

    #[test]
    fn in_a_path_another_tenants_same_page_counts() {
        let page = |label: &str, path: &str, rewrite| {
            Scene::of(CITIES, label, path, &[]).page(rewrite, &[("server", "nginx")])
        };
        let before = [page("main", "/chicago/about", Some("/city/chicago/about"))];
        let found = page("main", "/houston/about", None).diagnoses_after(&before);
        assert_eq!(found[0].code, "tenant-ignored");
        assert_eq!(found[0].evidence[0], "path: /houston/about");
        assert_eq!(found[0].fix, None);
        assert!(found[0].message.contains("know houston in the path"));
        let other = page("main", "/about", None).codes_after(&before);
        assert_eq!(other, Vec::<String>::new());
    }

    #[test]
    fn a_tenant_is_known_by_the_previews_name_for_it() {
        let page =
            |path: &str, rewrite| Scene::of(CITIES, "renamed", path, &[]).page(rewrite, &[NEXT]);
        let before = [page("/houston-tx/a", Some("/city/houston-tx/a"))];
        // It knows the tenant, and leaves this path alone on purpose.
        let codes = page("/houston-tx/b", None).codes_after(&before);
        assert!(!codes.contains(&"tenant-ignored".to_owned()), "{codes:?}");
    }

    #[test]
    fn silent_on_healthy_traffic() {
        for scene in [
            Scene::new("acme---main", "/about").page(Some("/acme/about"), &[NEXT]),
            Scene::new("main", "/about").page(None, &[NEXT]),
            Scene::new("acme---main", "/api/page").page(None, &[NEXT]),
            Scene::new("acme---remote", "/about").page(None, &[NEXT]),
            Scene::new("acme---main", "/about").page(None, &[("server", "nginx")]),
            Scene::new("acme---main", "/about")
                .answered(404, &[("content-type", "text/html"), NEXT]),
            Scene::new("acme---main", "/about").answered(
                307,
                &[("content-type", "text/html"), NEXT, ("location", "/")],
            ),
            Scene::new("acme---main", "/about")
                .answered(200, &[("content-type", "text/x-component"), NEXT]),
            Scene::new("acme---main", "/acme/about").page(Some("/acme/acme/about"), &[NEXT]),
        ] {
            assert_eq!(
                scene.codes(),
                Vec::<String>::new(),
                "{}",
                scene.exchange().url()
            );
        }
    }
}

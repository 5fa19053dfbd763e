//! A redirect that leads out of the tenant.
//!
//! A route handler that builds an address from `request.url` gets the server's own host there,
//! whatever `Host` said. The pane is brought back, but on a real host the visitor would be gone.
//! A redirect to a stranger's host, such as an identity provider, is no finding. Where the tenants are
//! in the path, a path is enough to leave one: [`in_path`].

mod in_path;

use super::{Seen, found};
use crate::diagnostic::{Diagnostic, Severity};
use crate::edit::Stage;
use crate::host::Authority;
use crate::resolve::{Resolved, resolve_at};
use crate::response::address::{self, Split};
use crate::response::{location, refresh};
use crate::upstream::Scheme;

/// Fields that send a browser somewhere.
const FIELDS: [&str; 4] = [
    "location",
    "x-action-redirect",
    "x-nextjs-redirect",
    "refresh",
];

pub(super) fn check(seen: &Seen<'_>) -> Option<Diagnostic> {
    let exchange = seen.exchange;
    let tenant = exchange.tenant()?;
    if !exchange.from_upstream {
        return None;
    }
    let redirects = exchange
        .status
        .is_some_and(|status| (300..400).contains(&status));
    FIELDS.iter().filter(|field| **field != "location" || redirects).find_map(|field| {
        let value = exchange.response_header(field)?;
        if seen.in_path()
            && let Some(found) = in_path::check(seen, tenant, field, value)
        {
            return Some(found);
        }
        let (before, tail) = authority(field, value)?;
        let edit = exchange.response_edits.iter().find(|edit| edit.stage == Stage::Response && edit.field == *field);
        let after = edit.and_then(|edit| edit.after.as_deref()).and_then(|after| authority(field, after)).map(|(after, _)| after);
        let (severity, message) = judge(seen, tenant, (&before, tail), after.as_ref())?;
        let mut evidence = vec![format!("{field}: {value}")];
        evidence.extend(exchange.upstream.as_ref().map(|upstream| format!("Host sent: {}", upstream.host)));
        if let Some(after) = edit.and_then(|edit| edit.after.as_ref()) {
            evidence.push(format!("the pane was sent to: {after}"));
        }
        let path = if tail.starts_with('/') { tail } else { "/" };
        let status = exchange.status.filter(|status| (300..400).contains(status)).unwrap_or(307);
        let fix = match *field {
            "x-action-redirect" => format!("redirect(\"{}\");", path.split(';').next().unwrap_or(path)),
            _ => format!("return new Response(null, {{ status: {status}, headers: {{ Location: \"{path}\" }} }});"),
        };
        found("redirect-leaves-tenant", severity, message, evidence, Some(fix))
    })
}

/// The authority of the address in a field, as a browser reads it, and what follows it.
fn authority<'a>(field: &str, value: &'a str) -> Option<(Authority, &'a str)> {
    let range = match field {
        "refresh" => refresh::address(value)?,
        "x-action-redirect" => location::action(value),
        _ => 0..value.len(),
    };
    match address::split(value[range].trim(), Scheme::Http) {
        Split::Absolute(found) => Some((found.authority?, found.tail)),
        Split::Relative | Split::SameScheme(_) | Split::Other => None,
    }
}

fn judge(
    seen: &Seen<'_>,
    tenant: &str,
    (before, tail): (&Authority, &str),
    after: Option<&Authority>,
) -> Option<(Severity, String)> {
    let target = after.unwrap_or(before);
    if let Resolved::Preview(resolved) = resolve_at(&target.host, tail, seen.snapshot) {
        if Some(resolved.preview.as_str()) != seen.exchange.preview() {
            return None;
        }
        match resolved.tenant.as_deref() {
            Some(other) if other != tenant => {
                return Some((
                    Severity::Warning,
                    format!("The app sends a visitor of {tenant} to {other}."),
                ));
            }
            // In a path that is a page like any other.
            None if seen.in_path() => return None,
            None => {
                return Some((
                    Severity::Warning,
                    format!("The app sends a visitor of {tenant} to no tenant at all."),
                ));
            }
            Some(_) => {}
        }
        // Back on the same tenant, and yet not by the tenant's own address: we brought it back.
        let sent = seen
            .exchange
            .upstream
            .as_ref()?
            .host
            .parse::<Authority>()
            .ok()?;
        let own =
            before.host == sent.host || before.host.strip_base(&seen.snapshot.base.host).is_some();
        let upstream: crate::upstream::UpstreamOrigin =
            seen.exchange.upstream.as_ref()?.origin.parse().ok()?;
        let bare = before.host == *upstream.host()
            || before.host.is_loopback() && before.host.labels().count() < 2;
        if !own && bare {
            let message = format!(
                "The app redirects to its own address, {before}, and not to the tenant's. On a real host a visitor of \
                 {tenant} would leave it."
            );
            return Some((Severity::Error, message));
        }
        return None;
    }
    let name = before.host.name()?;
    let owner = seen
        .snapshot
        .workspace
        .tenants
        .values()
        .find(|tenant| tenant.domains.iter().any(|domain| domain == name))?;
    let message = format!(
        "The app sends a visitor of this preview to {name}, the live domain of {}.",
        owner.id
    );
    Some((Severity::Warning, message))
}

#[cfg(test)]
mod tests {
    use super::super::testing::Scene;

    fn redirect(label: &str, location: &str) -> Scene {
        Scene::new(label, "/login").answered(307, &[("location", location)])
    }

    #[test]
    fn fires_where_the_tenant_is_lost() {
        for (label, location) in [
            ("acme---main", "http://localhost:3000/about"),
            ("acme---main", "http://0.0.0.0:3000/about"),
            ("acme---main", "//localhost:3000/about"),
            ("acme---main", "/\\localhost:3000/about"),
            ("acme---main", "http://user@localhost:3000/about"),
            ("acme---main", "http://[::1]:3000/about"),
            (
                "acme---main",
                "http://globex---main.tripledash.localhost:7333/",
            ),
            ("acme---main", "http://main.tripledash.localhost:7333/"),
            ("acme---platform", "http://localhost:3000/about"),
            ("acme---platform", "http://globex.localhost:3000/about"),
            ("acme---remote", "https://my-app-git-feature.acme.dev/about"),
            (
                "acme---remote",
                "https://globex---my-app-git-feature.acme.dev/about",
            ),
            ("acme---remote", "https://shop.acme.com/about"),
        ] {
            assert_eq!(
                redirect(label, location).codes(),
                ["redirect-leaves-tenant"],
                "{label} {location}"
            );
        }
    }

    #[test]
    fn between_the_tenants_own_domains_it_stays_on_the_preview() {
        let workspace = r#"{ "name": "w",
            "tenants": [{ "id": "acme", "domains": ["shop.acme.com", "acme.example"] },
                        { "id": "globex", "domains": ["globex.example"] }],
            "previews": [{ "name": "production", "upstream": "https://{domain}",
                           "tenants": { "globex": { "id": "globex-eu" } } },
                         { "name": "each", "upstream": "https://{tenant}.app.example" }] }"#;
        for (label, location, to, leaves) in [
            (
                "acme---production",
                "https://shop.acme.com/a",
                "acme---production",
                false,
            ),
            (
                "acme---production",
                "https://acme.example/a",
                "acme---production",
                false,
            ),
            (
                "acme---production",
                "https://globex.example/a",
                "globex---production",
                true,
            ),
            (
                "acme---each",
                "https://acme.app.example/a",
                "acme---each",
                false,
            ),
            (
                "acme---each",
                "https://globex.app.example/a",
                "globex---each",
                true,
            ),
        ] {
            let scene =
                Scene::of(workspace, label, "/", &[]).answered(308, &[("location", location)]);
            let edit = scene.exchange().response_edits.iter().next().unwrap();
            let wanted = format!("http://{to}.tripledash.localhost:7333/a");
            assert_eq!(edit.after.as_ref(), Some(&wanted), "{label} {location}");
            assert_eq!(!scene.codes().is_empty(), leaves, "{label} {location}");
        }
        let elsewhere = Scene::of(workspace, "acme---production", "/", &[])
            .answered(308, &[("location", "https://nobody.example/")]);
        assert_eq!(elsewhere.exchange().response_edits.iter().count(), 0);
    }

    #[test]
    fn silent_where_it_is_kept_or_left_on_purpose() {
        for (label, location) in [
            ("acme---main", "/about"),
            (
                "acme---main",
                "http://acme---main.tripledash.localhost:7333/about",
            ),
            (
                "acme---main.admin",
                "http://acme---main.tripledash.localhost:7333/about",
            ),
            ("acme---main", "https://login.example.com/authorize"),
            ("acme---main", "http://localhost:9999/other-app"),
            ("acme---platform", "http://acme.localhost:3000/about"),
            (
                "acme---remote",
                "https://acme---my-app-git-feature.acme.dev/about",
            ),
            ("main", "http://localhost:3000/about"),
        ] {
            assert_eq!(
                redirect(label, location).codes(),
                Vec::<String>::new(),
                "{label} {location}"
            );
        }
        let created = Scene::new("acme---main", "/api/a")
            .answered(201, &[("location", "http://localhost:3000/a/1")]);
        assert_eq!(created.codes(), Vec::<String>::new());
    }

    #[test]
    fn the_line_to_paste_keeps_status_and_path() {
        let found = redirect("acme---main", "http://localhost:3000/about?a=1").diagnoses();
        let fix =
            "return new Response(null, { status: 307, headers: { Location: \"/about?a=1\" } });";
        assert_eq!(found[0].fix.as_deref(), Some(fix));
        assert_eq!(
            found[0].evidence[0],
            "location: http://localhost:3000/about?a=1"
        );
        let action = Scene::new("acme---main", "/form").answered(
            200,
            &[("x-action-redirect", "http://localhost:3000/done;push")],
        );
        assert_eq!(
            action.diagnoses()[0].fix.as_deref(),
            Some("redirect(\"/done\");")
        );
    }
}

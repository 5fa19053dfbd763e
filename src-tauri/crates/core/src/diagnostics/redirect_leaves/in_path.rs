//! A redirect within the host that loses the tenant in the path.
//!
//! `redirect("/events")` of a page at `/houston/account` leads to the main site's events, if there are
//! any. To another tenant's path it always means something. To a path that names none it is healthy
//! as a rule, `/login` of all tenants, so it counts only where that very page is the tenant's too:
//! the page that was asked for, without its tenant, or one that the workspace lists.

use url::Url;

use super::super::{Seen, found};
use super::{location, refresh};
use crate::compare::clean_path;
use crate::diagnostic::{Diagnostic, Severity};
use crate::edit::Stage;
use crate::resolve::{Resolved, resolve_at};
use crate::tenancy::{self, Reading, join, within};

pub(super) fn check(seen: &Seen<'_>, tenant: &str, field: &str, value: &str) -> Option<Diagnostic> {
    let exchange = seen.exchange;
    let workspace = &seen.snapshot.workspace;
    let preview = seen.preview()?;
    let Reading::Tenant { text, .. } = tenancy::read(&exchange.path, preview, workspace) else {
        return None;
    };
    let (prefix, count) = (format!("/{text}"), workspace.prefix.len());
    let edit = exchange
        .response_edits
        .iter()
        .find(|edit| edit.stage == Stage::Response && edit.field == field)
        .and_then(|edit| edit.after.as_deref());
    let target = address(field, edit.unwrap_or(value))?;
    let target = Url::parse(&exchange.url()).ok()?.join(target).ok()?;
    let host = target.host_str()?.parse().ok()?;
    let Resolved::Preview(resolved) = resolve_at(&host, target.path(), seen.snapshot) else {
        return None;
    };
    if Some(resolved.preview.as_str()) != exchange.preview() {
        return None;
    }
    let (message, own) = match resolved.tenant.as_deref() {
        Some(same) if same == tenant => return None,
        Some(other) => (
            format!("The app sends a visitor of {tenant} to {other}."),
            join(&prefix, &within(target.path(), count)).into_owned(),
        ),
        None => {
            let path = clean_path(target.path());
            let asked = clean_path(&exchange.path);
            let listed = workspace.pages.iter().any(|page| {
                let page = clean_path(page.tenants.get(tenant).unwrap_or(&page.path));
                page == path && page != "/"
            });
            if !listed && *within(&asked, count) != *path {
                return None;
            }
            let own = join(&prefix, target.path()).into_owned();
            (
                format!(
                    "The app sends a visitor of {tenant} to {path}, which names no tenant. The page of {tenant} is \
                     {own}."
                ),
                own,
            )
        }
    };
    let mut evidence = vec![
        format!("{field}: {value}"),
        format!("path: {}", exchange.path),
    ];
    evidence.extend(edit.map(|after| format!("the pane was sent to: {after}")));
    let fix = match field {
        "x-action-redirect" => format!("redirect(\"{own}\");"),
        _ => {
            let status = exchange.status.filter(|status| (300..400).contains(status));
            let status = status.unwrap_or(307);
            format!(
                "return new Response(null, {{ status: {status}, headers: {{ Location: \"{own}\" }} }});"
            )
        }
    };
    found(
        "redirect-leaves-tenant",
        Severity::Warning,
        message,
        evidence,
        Some(fix),
    )
}

/// The address in a field.
fn address<'v>(field: &str, value: &'v str) -> Option<&'v str> {
    let range = match field {
        "refresh" => refresh::address(value)?,
        "x-action-redirect" => location::action(value),
        _ => 0..value.len(),
    };
    Some(value[range].trim())
}

#[cfg(test)]
mod tests {
    use crate::diagnostics::testing::{CITIES, Scene};

    fn redirect(label: &str, path: &str, location: &str) -> Scene {
        Scene::of(CITIES, label, path, &[]).answered(307, &[("location", location)])
    }

    #[test]
    fn fires_where_the_path_loses_the_tenant() {
        let here = "http://main.tripledash.localhost:7333";
        for (label, path, location) in [
            ("main", "/houston/events", "/chicago/events"),
            ("main", "/houston/events", "../chicago"),
            ("main", "/houston/events", &format!("{here}/chicago")),
            ("main", "/houston/events", "http://localhost:3000/chicago"),
            ("remote", "/houston/a", "https://festival.acme.dev/chicago"),
            ("main", "/houston/events", "/events"),
            ("main", "/houston/events", "/events/?a=1"),
            ("main", "/houston/account", "/films"),
            ("renamed", "/houston-tx/events", "/chicago"),
        ] {
            let found = redirect(label, path, location);
            assert_eq!(
                found.codes(),
                ["redirect-leaves-tenant"],
                "{path} {location}"
            );
        }
    }

    #[test]
    fn silent_where_it_is_kept_or_left_on_purpose() {
        for (path, location) in [
            ("/houston/events", "/houston/login"),
            ("/houston/events", "events/1"),
            ("/houston/events", "/houston"),
            ("/houston/account", "/login"),
            ("/houston/account", "http://localhost:3000/houston/login"),
            ("/houston/account", "/"),
            ("/houston/account", "/api/auth/signin"),
            ("/houston/account", "https://login.example.com/authorize"),
            ("/films", "/houston/films"),
            ("/films", "/events"),
        ] {
            let codes = redirect("main", path, location).codes();
            assert_eq!(codes, Vec::<String>::new(), "{path} {location}");
        }
    }

    #[test]
    fn the_line_to_paste_has_the_tenant() {
        for (location, own) in [
            ("/chicago/events", "/houston/events"),
            ("/films", "/houston/films"),
        ] {
            let found = redirect("main", "/houston/a", location).diagnoses();
            let fix = format!(
                "return new Response(null, {{ status: 307, headers: {{ Location: \"{own}\" }} }});"
            );
            assert_eq!(found[0].fix.as_deref(), Some(&*fix));
        }
        let edits = redirect("main", "/houston/a", "http://localhost:3000/chicago");
        let edit = edits.exchange().response_edits.iter().next().unwrap();
        assert_eq!(
            edit.why,
            "localhost:3000 is the Host sent; the browser knows it as the pane's own; its path is that of chicago, \
             another tenant than houston"
        );
    }
}

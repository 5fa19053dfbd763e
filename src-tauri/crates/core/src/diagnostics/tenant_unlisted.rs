//! A tenant that the workspace does not list.
//!
//! It is forwarded all the same: a prefix may be anything. But a typo looks just like that. In a path,
//! what is no tenant is a page as a rule: there it takes a page that is not found, and a tenant of
//! nearly that name.

use super::{Seen, found, is_opened};
use crate::diagnostic::{Diagnostic, Severity};
use crate::nearest::{likely, nearest};

pub(super) fn check(seen: &Seen<'_>) -> Option<Diagnostic> {
    if seen.in_path() {
        return slip(seen);
    }
    let tenant = seen.exchange.tenant()?;
    let tenants = &seen.snapshot.workspace.tenants;
    if !is_opened(seen.exchange) || tenants.contains_key(tenant) {
        return None;
    }
    let near = nearest(tenant, tenants.keys().map(String::as_str), 3);
    let mut evidence = vec![format!("tenant: {tenant}")];
    let known: Vec<&str> = tenants.keys().map(String::as_str).take(8).collect();
    if !known.is_empty() {
        let more = if tenants.len() > known.len() {
            ", …"
        } else {
            ""
        };
        evidence.push(format!("listed: {}{more}", known.join(", ")));
    }
    let message = match near.first() {
        Some(near) => {
            format!("No tenant of this workspace is called {tenant}. The nearest is {near}.")
        }
        None => format!(
            "No tenant of this workspace is called {tenant}. The request was forwarded as it is."
        ),
    };
    let mut name = tenant.to_owned();
    if let Some(first) = name.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    let fix = format!("{{ \"id\": \"{tenant}\", \"name\": \"{name}\" }}");
    found(
        "tenant-unlisted",
        Severity::Warning,
        message,
        evidence,
        Some(fix),
    )
}

/// How many tenants a slip is compared with: a look at every one of 50,000 would be felt.
const COMPARED: usize = 2_000;

fn slip(seen: &Seen<'_>) -> Option<Diagnostic> {
    let exchange = seen.exchange;
    let missing = exchange.from_upstream && exchange.status == Some(404);
    if !missing || exchange.tenant().is_some() || !is_opened(exchange) {
        return None;
    }
    let workspace = &seen.snapshot.workspace;
    let preview = seen.preview()?;
    let at = workspace.prefix.iter().position(|name| name == "tenant")?;
    let path = crate::compare::clean_path(&exchange.path);
    let segment = path.split('/').nth(1 + at)?;
    let evidence = vec![format!("path: {}", exchange.path), "status: 404".to_owned()];
    let (message, fix) = match workspace.tenants.get(segment) {
        Some(tenant) => {
            let theirs = preview.name_of(&tenant.id);
            let name = &preview.name;
            (
                format!("On {name} the tenant {segment} is called {theirs}, also in its paths."),
                theirs,
            )
        }
        None => {
            let known = workspace.tenants.keys().map(String::as_str);
            let near = likely(segment, known.take(COMPARED))?;
            (
                format!("No tenant of this workspace is called {segment}. The nearest is {near}."),
                preview.name_of(near),
            )
        }
    };
    let fix = path.replacen(&format!("/{segment}"), &format!("/{fix}"), 1);
    found(
        "tenant-unlisted",
        Severity::Warning,
        message,
        evidence,
        Some(fix),
    )
}

#[cfg(test)]
mod tests {
    use super::super::testing::{CITIES, Scene};

    #[test]
    fn in_a_path_it_takes_a_missing_page_and_a_near_name() {
        let asked = |label: &str, path: &str, status: u16| {
            Scene::of(CITIES, label, path, &[]).answered(status, &[("content-type", "text/html")])
        };
        for (label, path, status, wanted) in [
            ("main", "/huston/events", 404, &["tenant-unlisted"][..]),
            ("main", "/huston/events", 200, &[]),
            ("main", "/films", 404, &[]),
            ("main", "/houston/evnets", 404, &[]),
            ("main", "/huston/logo.png", 404, &[]),
            ("main", "/", 404, &[]),
            ("renamed", "/houston/events", 404, &["tenant-unlisted"]),
            ("renamed", "/houston-tx/events", 404, &[]),
        ] {
            assert_eq!(asked(label, path, status).codes(), wanted, "{label}{path}");
        }
        let found = asked("main", "/huston/events?a=1", 404).diagnoses();
        assert_eq!(found[0].fix.as_deref(), Some("/houston/events"));
        let found = asked("renamed", "/houston/events", 404).diagnoses();
        assert_eq!(
            found[0].message,
            "On renamed the tenant houston is called houston-tx, also in its paths."
        );
    }

    #[test]
    fn fires_for_strangers_only() {
        for (host, path, wanted) in [
            ("acme---main", "/", &[][..]),
            ("main", "/", &[]),
            ("acne---main", "/", &["tenant-unlisted"]),
            ("acne---main", "/logo.png", &[]),
        ] {
            assert_eq!(Scene::new(host, path).codes(), wanted, "{host}{path}");
        }
        let found = Scene::new("acne---main", "/").diagnoses();
        assert_eq!(
            found[0].fix.as_deref(),
            Some("{ \"id\": \"acne\", \"name\": \"Acne\" }")
        );
        assert!(
            found[0].message.contains("nearest is acme"),
            "{}",
            found[0].message
        );
    }
}

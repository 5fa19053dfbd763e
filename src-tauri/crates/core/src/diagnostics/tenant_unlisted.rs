//! A tenant that the workspace does not list.
//!
//! It is forwarded all the same: a prefix may be anything. But a typo looks just like that.

use super::{Seen, found, is_opened};
use crate::diagnostic::{Diagnostic, Severity};
use crate::nearest::nearest;

pub(super) fn check(seen: &Seen<'_>) -> Option<Diagnostic> {
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

#[cfg(test)]
mod tests {
    use super::super::testing::Scene;

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

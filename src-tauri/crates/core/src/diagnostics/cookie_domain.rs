//! A cookie that asked for a domain that a preview does not have.
//!
//! Only worth knowing: the cookie is kept, for this pane's host alone.

use super::{Seen, found};
use crate::diagnostic::{Diagnostic, Severity};
use crate::edit::Stage;

pub(super) fn check(seen: &Seen<'_>) -> Option<Diagnostic> {
    let cookies: Vec<&str> = seen
        .exchange
        .response_edits
        .iter()
        .filter(|edit| {
            edit.stage == Stage::Response
                && edit.field == "set-cookie"
                && edit.why.starts_with("Domain")
        })
        .filter_map(|edit| edit.before.as_deref())
        .collect();
    let evidence: Vec<String> = cookies
        .iter()
        .map(|cookie| format!("set-cookie: {cookie}"))
        .collect();
    let first = cookies.first()?;
    let name = first.split('=').next().unwrap_or_default();
    let domain = first
        .split(';')
        .filter_map(|attribute| attribute.trim().split_once('='))
        .find(|(name, _)| name.eq_ignore_ascii_case("domain"))
        .map_or("", |(_, domain)| domain);
    let message = match seen.in_path() {
        true => format!(
            "The cookie {name} is meant for {domain}. Here it is kept for the preview's host, which all its tenants \
             share, and no other preview."
        ),
        false => format!(
            "The cookie {name} is meant for {domain}. Here it is kept for this pane's own host, so other tenants do \
             not share it as they would there."
        ),
    };
    found(
        "cookie-domain-dropped",
        Severity::Info,
        message,
        evidence,
        None,
    )
}

#[cfg(test)]
mod tests {
    use super::super::testing::{CITIES, Scene};

    #[test]
    fn in_a_path_all_tenants_share_the_host() {
        let cookie = [("set-cookie", "sid=1; Domain=.acme.com")];
        let found = Scene::of(CITIES, "main", "/houston/login", &[])
            .answered(200, &cookie)
            .diagnoses();
        assert!(
            found[0].message.contains("all its tenants share"),
            "{found:?}"
        );
    }

    #[test]
    fn fires_where_a_domain_was_asked_for() {
        let login =
            |cookie| Scene::new("acme---main", "/login").answered(200, &[("set-cookie", cookie)]);
        assert_eq!(
            login("sid=1; Path=/; Domain=.acme.com").codes(),
            ["cookie-domain-dropped"]
        );
        assert_eq!(
            login("sid=1; Path=/; Secure; SameSite=None").codes(),
            Vec::<String>::new()
        );
        let found = login("sid=1; Domain=.acme.com").diagnoses();
        assert_eq!(
            found[0].evidence,
            ["set-cookie: sid=[redacted]; Domain=.acme.com"]
        );
    }
}

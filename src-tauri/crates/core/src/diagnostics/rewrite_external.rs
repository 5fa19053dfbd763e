//! A rewrite that Next.js takes for one to another server, which is itself.
//!
//! Started with `-H 127.0.0.1` its URLs say `localhost`, which is not the host that it bound. Each
//! rewrite of the middleware then counts as an external one: the app asks itself over HTTP, and the
//! page reads the server's own address as its host. A rewrite within one server is told as a path.

use super::{Seen, found};
use crate::diagnostic::{Diagnostic, Severity};
use crate::host::Host;
use crate::upstream::UpstreamOrigin;

const FIELD: &str = "x-middleware-rewrite";

pub(super) fn check(seen: &Seen<'_>) -> Option<Diagnostic> {
    if !seen.exchange.from_upstream {
        return None;
    }
    let told = seen.exchange.response_header(FIELD)?;
    if !seen.is_local() {
        return None;
    }
    let authority = authority(told)?;
    let to: UpstreamOrigin = format!("http://{authority}").parse().ok()?;
    // A name under `localhost` is one that the app made of a Host.
    let own = match to.host() {
        Host::Name(name) => name.as_str() == "localhost",
        address => address.is_loopback(),
    };
    if !own || Some(to.port()) != seen.port() {
        return None;
    }
    let message = format!(
        "The app takes its own rewrite for one to another server: it asks itself over HTTP, and the page reads \
         {authority} as its host. A server that is bound to 127.0.0.1 and calls itself localhost does that."
    );
    let evidence = vec![format!("{FIELD}: {told}")];
    let fix = Some("next dev -H localhost".to_owned());
    found(
        "rewrite-external",
        Severity::Warning,
        message,
        evidence,
        fix,
    )
}

/// The authority of an absolute URL over HTTP.
fn authority(url: &str) -> Option<&str> {
    let (scheme, rest) = url.split_once("://")?;
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    scheme.eq_ignore_ascii_case("http").then_some(&rest[..end])
}

#[cfg(test)]
mod tests {
    use super::super::testing::Scene;

    const CODE: &str = "rewrite-external";

    #[test]
    fn fires_where_the_rewrite_names_the_upstream_itself() {
        for rewrite in [
            "http://localhost:3000/acme/about",
            "http://127.0.0.1:3000/acme/about",
            "http://[::1]:3000/acme/about?a=b",
            "HTTP://LOCALHOST:3000/acme/about",
        ] {
            let found = Scene::new("acme---main", "/about")
                .page(Some(rewrite), &[])
                .diagnoses();
            let found: Vec<_> = found.iter().filter(|one| one.code == CODE).collect();
            assert_eq!(found.len(), 1, "{rewrite}");
            assert_eq!(
                found[0].evidence,
                [format!("x-middleware-rewrite: {rewrite}")]
            );
            assert_eq!(found[0].fix.as_deref(), Some("next dev -H localhost"));
        }
    }

    #[test]
    fn silent_on_rewrites_within_the_app_and_to_other_servers() {
        for (label, rewrite) in [
            ("acme---main", None),
            ("acme---main", Some("/acme/about")),
            ("acme---main", Some("/acme/about?to=http://localhost:3000/")),
            ("acme---main", Some("//localhost:3000/acme/about")),
            // Another server of this machine, or of the world.
            ("acme---main", Some("http://localhost:4000/acme/about")),
            ("acme---main", Some("http://localhost/acme/about")),
            ("acme---main", Some("https://localhost:3000/acme/about")),
            ("acme---main", Some("http://acme.localhost:3000/acme/about")),
            ("acme---main", Some("http://docs.example:3000/about")),
            (
                "acme---main",
                Some("http://localhost.evil.example:3000/about"),
            ),
            // An upstream elsewhere is bound as it is.
            ("acme---remote", Some("http://localhost:3000/acme/about")),
        ] {
            let codes = Scene::new(label, "/about").page(rewrite, &[]).codes();
            assert!(
                codes.iter().all(|code| code != CODE),
                "{label} {rewrite:?}: {codes:?}"
            );
        }
        let failed = Scene::new("acme---main", "/about").failed(502, "upstream-refused");
        assert_eq!(failed.codes(), ["upstream-refused"]);
    }
}

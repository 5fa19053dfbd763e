//! A development server that refuses its update socket, or its own scripts, to this origin.
//!
//! Next.js answers a refused upgrade with the raw bytes `Unauthorized`, and guarded requests with
//! 403. In some versions the page then never hydrates, although every response was 200.

use super::{Seen, found};
use crate::diagnostic::{Diagnostic, Severity};
use crate::route::is_guarded;
use crate::trace::Kind;

pub(super) fn check(seen: &Seen<'_>) -> Option<Diagnostic> {
    let exchange = seen.exchange;
    let path = &*exchange.path;
    let guarded = is_guarded(path);
    let failure = exchange.failure.as_ref();
    let silent = failure.is_some_and(|failure| failure.code == "hmr-silent");
    let refused = exchange.kind == Kind::Hmr
        && (failure.is_some_and(|failure| failure.code == "hmr-refused")
            || exchange.from_upstream && matches!(exchange.status, Some(400 | 401 | 403)));
    // Next guards neither of these two, and a platform may refuse a path for reasons of its own.
    let open = path.starts_with("/_next/image") || path.starts_with("/_next/static/media/");
    let script = guarded
        && !open
        && seen.is_local()
        && exchange.kind != Kind::Hmr
        && exchange.from_upstream
        && exchange.status == Some(403);
    if !(silent || refused || script) || exchange.status == Some(101) {
        return None;
    }
    let mut evidence = vec![format!("{} {}", exchange.method, exchange.path)];
    if let Some(failure) = failure {
        evidence.push(format!("{}: {}", failure.code, failure.message));
    } else if let Some(status) = exchange.status {
        evidence.push(format!("status: {status}"));
    }
    let origin = exchange.request_header("origin");
    evidence.push(format!("origin sent: {}", origin.unwrap_or("none")));
    if silent {
        let message = "The development server said nothing to the update socket: it has none at this path. The page is \
                       older than the server, or the other way round; reload it.";
        return found("hmr-blocked", Severity::Warning, message, evidence, None);
    }
    let host = origin
        .and_then(|origin| origin.split_once("://"))
        .and_then(|(_, host)| host.split(':').next())
        .map(str::to_owned)
        .or_else(|| seen.host().map(|host| host.to_string()));
    let fix = host.map(|host| {
        if guarded {
            format!("allowedDevOrigins: [\"{host}\"],")
        } else {
            format!("server: {{ allowedHosts: [\"{host}\"] }},")
        }
    });
    let message = "The development server refuses this origin. Changes to files do not reach the pane, and the page may \
                   never hydrate.";
    found("hmr-blocked", Severity::Error, message, evidence, fix)
}

#[cfg(test)]
mod tests {
    use super::super::testing::Scene;

    fn socket(path: &str) -> Scene {
        Scene::upgrade("acme---main", path)
    }

    #[test]
    fn fires_on_a_refused_socket() {
        let refused = socket("/_next/hmr?id=1").failed(502, "hmr-refused");
        let found = refused.diagnoses();
        assert_eq!(found[0].code, "hmr-blocked");
        assert_eq!(
            found[0].fix.as_deref(),
            Some("allowedDevOrigins: [\"localhost\"],")
        );
        assert!(
            found[0]
                .evidence
                .contains(&"origin sent: http://localhost:3000".to_owned()),
            "{found:?}"
        );
        assert_eq!(
            socket("/_next/webpack-hmr").answered(403, &[]).codes(),
            ["hmr-blocked"]
        );
        assert_eq!(
            socket("/_next/hmr").failed(504, "hmr-silent").codes(),
            ["hmr-blocked"]
        );
    }

    #[test]
    fn fires_on_a_guarded_script() {
        let script = Scene::new("acme---main", "/_next/static/chunks/main.js").answered(403, &[]);
        assert_eq!(script.codes(), ["hmr-blocked"]);
        for (label, path) in [
            ("acme---main", "/_next/image?url=a"),
            ("acme---remote", "/_next/static/chunks/main.js"),
        ] {
            let refused = Scene::new(label, path).answered(403, &[]);
            assert_eq!(refused.codes(), Vec::<String>::new(), "{label}{path}");
        }
    }

    #[test]
    fn silent_on_what_is_fine_or_something_else() {
        assert_eq!(
            socket("/_next/hmr?id=1").answered(101, &[]).codes(),
            Vec::<String>::new()
        );
        assert_eq!(
            socket("/ticker").failed(502, "upgrade-refused").codes(),
            Vec::<String>::new()
        );
        assert_eq!(
            Scene::new("acme---main", "/admin")
                .answered(403, &[])
                .codes(),
            Vec::<String>::new()
        );
        assert_eq!(
            socket("/_next/hmr").failed(502, "upstream-refused").codes(),
            ["upstream-refused"]
        );
    }
}

//! An upstream that could not be reached, or did not answer.

use super::{Seen, found};
use crate::diagnostic::{Diagnostic, Severity};
use crate::trace::Side;

pub(super) fn check(seen: &Seen<'_>) -> Option<Diagnostic> {
    let exchange = seen.exchange;
    let failure = exchange.failure.as_ref()?;
    let reached = exchange.from_upstream
        || failure.code.starts_with("hmr-")
        || failure.code.starts_with("upgrade-");
    if failure.side != Side::Upstream || reached || !matches!(exchange.status, Some(502..=504)) {
        return None;
    }
    let upstream = exchange.upstream.as_ref()?;
    let mut evidence = vec![
        format!("{}: {}", failure.code, failure.message),
        format!("upstream: {}", upstream.origin),
    ];
    evidence.extend(
        exchange
            .address
            .as_ref()
            .map(|address| format!("address: {address}")),
    );
    // Whatever starts the app, most development servers take their port so.
    let start = (failure.code == "upstream-refused" && seen.is_local())
        .then(|| seen.port())
        .flatten();
    let fix = start.map(|port| format!("npm run dev -- --port {port}"));
    found(
        "upstream-refused",
        Severity::Error,
        failure.message.clone(),
        evidence,
        fix,
    )
}

#[cfg(test)]
mod tests {
    use super::super::testing::Scene;

    #[test]
    fn fires_where_nothing_answered() {
        let down = Scene::new("acme---main", "/").failed(502, "upstream-refused");
        let found = down.diagnoses();
        assert_eq!(found[0].code, "upstream-refused");
        assert_eq!(found[0].fix.as_deref(), Some("npm run dev -- --port 3000"));
        assert_eq!(
            Scene::new("acme---main", "/")
                .failed(504, "upstream-silent")
                .codes(),
            ["upstream-refused"]
        );
    }

    #[test]
    fn an_app_that_answers_502_itself_was_reached() {
        assert_eq!(
            Scene::new("acme---main", "/").answered(502, &[]).codes(),
            Vec::<String>::new()
        );
    }
}

use serde_json::Value;

use crate::diagnostics::testing::Scene;
use crate::trace::{ExchangeId, Timestamp};

fn keys(value: &Value) -> Vec<&str> {
    let mut keys: Vec<&str> = value
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    keys.sort_unstable();
    keys
}

#[test]
fn the_wire_form_has_every_key_always() {
    let open = Scene::new("acme---main", "/about");
    let done = Scene::new("acme---main", "/about")
        .page(Some("/acme/about?_rsc=1"), &[("x-nextjs-cache", "HIT")]);
    for scene in [&open, &done] {
        let whole = serde_json::to_value(scene.exchange()).unwrap();
        let row = serde_json::to_value(scene.exchange().row()).unwrap();
        assert_eq!(
            keys(&row),
            [
                "diagnostics",
                "durationUs",
                "id",
                "kind",
                "method",
                "path",
                "preview",
                "responseBytes",
                "rewrittenTo",
                "session",
                "startedAt",
                "state",
                "status",
                "tenant"
            ]
        );
        assert_eq!(
            keys(&whole),
            [
                "actual",
                "cache",
                "comparison",
                "comparisonReason",
                "diagnosis",
                "diagnostics",
                "durationUs",
                "edits",
                "failure",
                "id",
                "kind",
                "method",
                "path",
                "predicted",
                "preview",
                "requestBytes",
                "requestHeaders",
                "resolution",
                "responseBytes",
                "responseHeaders",
                "rewrittenTo",
                "rules",
                "session",
                "startedAt",
                "state",
                "status",
                "tenant",
                "timings",
                "upstream",
                "url"
            ]
        );
        assert_eq!(
            keys(&whole["upstream"]),
            ["address", "host", "origin", "path"]
        );
        assert_eq!(
            keys(&whole["timings"]),
            [
                "connectUs",
                "dnsUs",
                "firstByteUs",
                "protocol",
                "reused",
                "tlsUs",
                "totalUs"
            ]
        );
        assert_eq!(
            keys(&whole["edits"][0]),
            ["after", "before", "field", "stage", "why"]
        );
    }
    let whole = serde_json::to_value(done.exchange()).unwrap();
    assert_eq!(whole["id"], "1");
    assert_eq!(whole["startedAt"], "1970-01-01T00:00:00.000000Z");
    assert_eq!(whole["rewrittenTo"], "/acme/about");
    assert_eq!(
        (&whole["comparison"], &whole["cache"]),
        (&"same".into(), &"HIT".into())
    );
    assert_eq!(whole["requestHeaders"][0][0], "host");
    assert_eq!(whole["rules"][0]["params"]["0"], "about");
}

#[test]
fn comparisons() {
    for (path, status, rewrite, wanted) in [
        ("/about", 200, Some("/acme/about"), "same"),
        ("/a%20b", 200, Some("/acme/a b"), "same"),
        ("/about", 404, Some("/acme/about"), "same"),
        ("/about", 200, Some("/s/acme/about"), "different"),
        ("/about", 200, None, "unknown"),
        ("/about", 307, None, "unknown"),
        ("/api/cart", 200, None, "none"),
        ("/api/cart", 200, Some("/acme/api/cart"), "different"),
    ] {
        let fields: Vec<(&str, &str)> = rewrite
            .map(|rewrite| ("x-middleware-rewrite", rewrite))
            .into_iter()
            .collect();
        let scene = Scene::new("acme---main", path).answered(status, &fields);
        let whole = serde_json::to_value(scene.exchange()).unwrap();
        assert_eq!(
            whole["comparison"], wanted,
            "{path} {status} {rewrite:?}: {}",
            whole["comparisonReason"]
        );
    }
    let failed = Scene::new("acme---main", "/about").failed(502, "upstream-refused");
    let whole = serde_json::to_value(failed.exchange()).unwrap();
    assert_eq!(
        (&whole["comparison"], &whole["state"]),
        (&"unknown".into(), &"failed".into())
    );
}

#[test]
fn times_are_rfc_3339_in_microseconds() {
    for (at, wanted) in [
        (0, "1970-01-01T00:00:00.000000Z"),
        (1_753_660_800_000_001, "2025-07-28T00:00:00.000001Z"),
        (-1, "1969-12-31T23:59:59.999999Z"),
    ] {
        assert_eq!(Timestamp(at).to_string(), wanted);
    }
    assert_eq!("12".parse::<ExchangeId>().unwrap(), ExchangeId(12));
}

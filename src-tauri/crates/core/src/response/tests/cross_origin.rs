//! Origins that an upstream names.

use super::*;
use std::borrow::Cow;

#[test]
fn the_origin_that_asked_is_named_as_it_asked() {
    let acme = "http://acme---remote.tripledash.localhost:7333";
    let globex = "http://globex---remote.tripledash.localhost:7333";
    let admin = "http://acme---remote.admin.tripledash.localhost:7333";
    for (origin, allowed, wanted) in [
        (globex, "https://globex---app.acme.dev", globex),
        (acme, "https://acme---app.acme.dev", acme),
        (admin, "https://acme---app.acme.dev", admin),
        // Not an echo: the upstream names itself, or another tenant of its.
        (globex, "https://acme---app.acme.dev", acme),
        (globex, "https://app.acme.dev", acme),
        (acme, "https://globex---app.acme.dev", globex),
        (
            globex,
            "https://elsewhere.example",
            "https://elsewhere.example",
        ),
        (globex, "*", "*"),
        (globex, "null", "null"),
        (globex, globex, globex),
        (globex, "https://app.acme.dev/", "https://app.acme.dev/"),
    ] {
        let context = context("acme---remote", &[("origin", origin)]);
        let (headers, edits) = edited(&context, 200, &[("access-control-allow-origin", allowed)]);
        assert_eq!(
            text(&headers["access-control-allow-origin"]),
            wanted,
            "{origin} {allowed}"
        );
        // The one change, and that it depends on who asks.
        assert_eq!(
            edits.edits.len(),
            if wanted == allowed { 0 } else { 2 },
            "{edits:?}"
        );
        assert_eq!(headers.contains_key("vary"), wanted != allowed);
    }
}

#[test]
fn a_guarded_path_of_a_development_server_answers_the_pane() {
    let pane = "http://acme---main.tripledash.localhost:7333";
    let snapshot = Arc::new(crate::testing::snapshot(WORKSPACE));
    let mut headers = HeaderMap::new();
    headers.insert(
        "host",
        HeaderValue::from_static("acme---main.tripledash.localhost:7333"),
    );
    headers.insert("origin", HeaderValue::from_static(pane));
    let uri: Uri = "/_next/static/media/a.woff2".parse().unwrap();
    let head = RequestHead {
        method: &Method::GET,
        uri: &uri,
        headers: Cow::Borrowed(&headers),
        peer: None,
        upgrade: false,
    };
    let Route::Forward(forward) = route(&head, &snapshot) else {
        panic!("it is forwarded");
    };
    let fields = [
        ("access-control-allow-origin", "http://localhost:3000"),
        ("vary", "Accept, Origin"),
    ];
    let (headers, edits) = edited(&forward.response, 200, &fields);
    assert_eq!(text(&headers["access-control-allow-origin"]), pane);
    assert_eq!(
        (text(&headers["vary"]).as_str(), edits.edits.len()),
        ("Accept, Origin", 1)
    );
}

#[test]
fn lists_and_other_vary_lines_are_kept() {
    let context = context("acme---remote", &[]);
    let fields = [
        (
            "timing-allow-origin",
            "https://cdn.example,https://acme---app.acme.dev",
        ),
        ("vary", "rsc"),
    ];
    let (headers, _) = edited(&context, 200, &fields);
    assert_eq!(
        text(&headers["timing-allow-origin"]),
        "https://cdn.example, http://acme---remote.tripledash.localhost:7333"
    );
    let vary: Vec<String> = headers.get_all("vary").iter().map(text).collect();
    assert_eq!(vary, ["rsc", "origin"]);
}

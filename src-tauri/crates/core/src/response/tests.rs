use http::{HeaderName, Uri};
use proptest::prelude::*;

use super::*;
use crate::route::{Route, route};

const WORKSPACE: &str = r#"{
  "name": "w",
  "prefix": ["tenant"],
  "tenants": [{ "id": "acme", "domains": ["shop.acme.com"] }, { "id": "globex", "domains": ["globex.com"] }],
  "previews": [
    { "name": "main", "upstream": "http://localhost:3000" },
    { "name": "kit", "upstream": "http://127.0.0.1:3000", "host": "{tenant}.localhost:{port}",
      "tenants": { "globex": { "id": "globex-prod" } } },
    { "name": "remote", "upstream": "https://app.acme.dev" },
    { "name": "live", "upstream": "https://{domain}", "host": "{domain}" }
  ]
}"#;

fn context(label: &str, fields: &[(&'static str, &str)]) -> ResponseContext {
    let snapshot = Arc::new(crate::testing::snapshot(WORKSPACE));
    let mut headers = HeaderMap::new();
    let host = format!("{label}.tripledash.localhost:7333");
    headers.insert("host", HeaderValue::from_str(&host).unwrap());
    for (name, value) in fields {
        headers.insert(
            HeaderName::from_static(name),
            HeaderValue::from_str(value).unwrap(),
        );
    }
    let uri: Uri = "/".parse().unwrap();
    let head = RequestHead {
        method: &Method::GET,
        uri: &uri,
        headers: &headers,
        peer: None,
        upgrade: false,
    };
    match route(&head, &snapshot) {
        Route::Forward(forward) => forward.response,
        other => panic!("{other:?}"),
    }
}

fn edited(
    context: &ResponseContext,
    status: u16,
    fields: &[(&'static str, &str)],
) -> (HeaderMap, ResponseEdits) {
    let mut headers = HeaderMap::new();
    for (name, value) in fields {
        headers.append(
            HeaderName::from_static(name),
            HeaderValue::from_str(value).unwrap(),
        );
    }
    let edits = edit_response(StatusCode::from_u16(status).unwrap(), &mut headers, context);
    (headers, edits)
}

fn location(label: &str, value: &str) -> String {
    let (headers, edits) = edited(&context(label, &[]), 307, &[("location", value)]);
    let after = text(&headers["location"]);
    assert_eq!(
        edits.edits.len(),
        usize::from(after != value),
        "{label} {value} {edits:?}"
    );
    after
}

#[test]
fn redirects_come_back_to_the_pane() {
    let acme = "http://acme---main.tripledash.localhost:7333";
    for (label, before, after) in [
        ("acme---main", "/about", "/about".to_owned()),
        ("acme---main", "about?x", "about?x".to_owned()),
        (
            "acme---main",
            "http://localhost:3000/about?a=1#b",
            format!("{acme}/about?a=1#b"),
        ),
        ("acme---main", "HTTP://LocalHost:3000", acme.to_owned()),
        ("acme---main", "http://127.0.0.1:3000/", format!("{acme}/")),
        ("acme---main", "http://[::1]:3000/", format!("{acme}/")),
        ("acme---main", "http://0.0.0.0:3000?x", format!("{acme}?x")),
        ("acme---main", "//localhost:3000/x", format!("{acme}/x")),
        (
            "acme---main",
            "http://localhost:4000/",
            "http://localhost:4000/".to_owned(),
        ),
        (
            "acme---main",
            "http://localhost/",
            "http://localhost/".to_owned(),
        ),
        (
            "acme---main",
            "https://login.example/",
            "https://login.example/".to_owned(),
        ),
        (
            "acme---main",
            "http://user@localhost:3000/",
            "http://user@localhost:3000/".to_owned(),
        ),
        ("acme---main", "mailto:a@b", "mailto:a@b".to_owned()),
        ("acme---main", &format!("{acme}/x"), format!("{acme}/x")),
        (
            "acme---main",
            "https://acme---main.tripledash.localhost:7333/x",
            format!("{acme}/x"),
        ),
        (
            "acme---main.admin",
            &format!("{acme}/x"),
            "http://acme---main.admin.tripledash.localhost:7333/x".to_owned(),
        ),
        (
            "acme---main.admin",
            "http://localhost:3000/",
            "http://acme---main.admin.tripledash.localhost:7333/".to_owned(),
        ),
        (
            "main",
            "http://localhost:3000/x",
            "http://main.tripledash.localhost:7333/x".to_owned(),
        ),
        (
            "acme---main",
            "http://tripledash.localhost:7333/",
            "http://tripledash.localhost:7333/".to_owned(),
        ),
        (
            "acme---kit",
            "http://acme.localhost:3000/x",
            "http://acme---kit.tripledash.localhost:7333/x".to_owned(),
        ),
        (
            "acme---kit",
            "http://acme.localhost/x",
            "http://acme.localhost/x".to_owned(),
        ),
        (
            "acme---kit",
            "http://globex-prod.localhost:3000/x",
            "http://globex---kit.tripledash.localhost:7333/x".to_owned(),
        ),
        (
            "kit",
            "http://acme.localhost:3000/x",
            "http://acme---kit.tripledash.localhost:7333/x".to_owned(),
        ),
        (
            "acme---kit",
            "http://localhost:3000/x",
            "http://acme---kit.tripledash.localhost:7333/x".to_owned(),
        ),
        (
            "acme---kit",
            "http://a.b.localhost:3000/x",
            "http://a.b.localhost:3000/x".to_owned(),
        ),
        (
            "acme---remote",
            "https://acme---app.acme.dev/x",
            "http://acme---remote.tripledash.localhost:7333/x".to_owned(),
        ),
        (
            "acme---remote",
            "https://acme---app.acme.dev:443/x",
            "http://acme---remote.tripledash.localhost:7333/x".to_owned(),
        ),
        (
            "acme---remote",
            "http://acme---app.acme.dev/x",
            "http://acme---remote.tripledash.localhost:7333/x".to_owned(),
        ),
        (
            "acme---remote",
            "https://globex---app.acme.dev/x",
            "http://globex---remote.tripledash.localhost:7333/x".to_owned(),
        ),
        (
            "acme---remote",
            "https://app.acme.dev/x",
            "http://acme---remote.tripledash.localhost:7333/x".to_owned(),
        ),
        (
            "acme---remote",
            "https://a---b---app.acme.dev/x",
            "https://a---b---app.acme.dev/x".to_owned(),
        ),
        (
            "acme---remote",
            "https://other.acme.dev/x",
            "https://other.acme.dev/x".to_owned(),
        ),
        (
            "acme---live",
            "https://shop.acme.com/x",
            "http://acme---live.tripledash.localhost:7333/x".to_owned(),
        ),
        (
            "acme---live",
            "https://globex.com/x",
            "http://globex---live.tripledash.localhost:7333/x".to_owned(),
        ),
    ] {
        assert_eq!(location(label, before), after, "{label} {before}");
    }
}

#[test]
fn an_address_without_a_scheme_may_have_one_in_its_query() {
    assert_eq!(
        location("acme---main", "//localhost:3000/login?next=http://x/"),
        "http://acme---main.tripledash.localhost:7333/login?next=http://x/"
    );
    let pane = context("acme---remote", &[("sec-fetch-dest", "iframe")]);
    let away = [("location", "//idp.example/?next=https://app.acme.dev/")];
    let (_, edits) = edited(&pane, 302, &away);
    assert_eq!(
        edits.foreign_redirect.as_deref(),
        Some("https://idp.example/?next=https://app.acme.dev/")
    );
}

#[test]
fn a_download_is_left_alone() {
    let pane = context("acme---main", &[("sec-fetch-dest", "document")]);
    let html = ("content-type", "text/html");
    for (disposition, injected) in [
        ("attachment; filename=\"a.html\"", false),
        ("Attachment", false),
        ("inline", true),
    ] {
        let (_, edits) = edited(&pane, 200, &[html, ("content-disposition", disposition)]);
        assert_eq!(edits.inject.is_some(), injected, "{disposition}");
    }
}

#[test]
fn a_longer_body_has_another_digest() {
    let pane = context("acme---main", &[]);
    let digests = ["content-digest", "repr-digest", "digest", "content-md5"];
    let mut fields = vec![("content-type", "text/html")];
    fields.extend(digests.map(|name| (name, "sha-256=:AA==:")));
    let (headers, edits) = edited(&pane, 200, &fields);
    for name in digests {
        assert!(!headers.contains_key(name), "{name}");
        assert!(edits.edits.iter().any(|edit| edit.field == name), "{name}");
    }
}

#[test]
fn the_cousins_of_location() {
    let context = context("acme---main", &[]);
    let acme = "http://acme---main.tripledash.localhost:7333";
    for (name, before, after) in [
        (
            "content-location",
            "http://localhost:3000/a",
            format!("{acme}/a"),
        ),
        (
            "x-nextjs-redirect",
            "http://localhost:3000/a",
            format!("{acme}/a"),
        ),
        (
            "x-action-redirect",
            "http://localhost:3000/a;push",
            format!("{acme}/a;push"),
        ),
        ("x-action-redirect", "/a;push", "/a;push".to_owned()),
        (
            "refresh",
            "0;url=http://localhost:3000/a",
            format!("0;url={acme}/a"),
        ),
        (
            "refresh",
            "5; URL='http://localhost:3000/a'",
            format!("5; URL='{acme}/a'"),
        ),
        ("refresh", "5", "5".to_owned()),
        (
            "link",
            "<http://localhost:3000/a.css>; rel=preload; as=style, </b.js>; rel=preload, <https://cdn.example/c>; rel=x",
            format!(
                "<{acme}/a.css>; rel=preload; as=style, </b.js>; rel=preload, <https://cdn.example/c>; rel=x"
            ),
        ),
        ("link", "<broken", "<broken".to_owned()),
    ] {
        let (headers, edits) = edited(&context, 200, &[(name, before)]);
        assert_eq!(text(&headers[name]), after);
        assert_eq!(
            edits.edits.iter().filter(|edit| edit.field == name).count(),
            usize::from(before != after),
            "{name}"
        );
    }
}

#[test]
fn another_tenant_is_reported() {
    let (_, edits) = edited(
        &context("acme---kit", &[]),
        302,
        &[("location", "http://globex-prod.localhost:3000/")],
    );
    assert!(
        edits.edits[0]
            .why
            .contains("globex, another tenant than acme"),
        "{:?}",
        edits.edits[0]
    );
}

#[test]
fn a_foreign_redirect_is_told_in_a_frame_only() {
    let stranger = ("location", "https://login.example/authorize");
    for (destination, status, fields, told) in [
        ("iframe", 302, stranger, true),
        ("document", 302, stranger, false),
        ("iframe", 201, stranger, false),
        ("iframe", 302, ("location", "/login"), false),
        ("iframe", 302, ("location", "http://localhost:3000/"), false),
    ] {
        let (_, edits) = edited(
            &context("acme---main", &[("sec-fetch-dest", destination)]),
            status,
            &[fields],
        );
        assert_eq!(
            edits.foreign_redirect.is_some(),
            told,
            "{destination} {status} {fields:?}"
        );
    }
}

#[test]
fn the_agent_goes_into_documents_only() {
    let html = ("content-type", "text/html; charset=utf-8");
    for (asked, status, fields, injected) in [
        (&[][..], 200, &[html][..], true),
        (&[("sec-fetch-dest", "iframe")], 200, &[html], true),
        (&[("sec-fetch-dest", "document")], 404, &[html], true),
        (&[("sec-fetch-dest", "empty")], 200, &[html], false),
        (&[("sec-fetch-dest", "script")], 200, &[html], false),
        (&[], 200, &[("content-type", "text/x-component")], false),
        (
            &[],
            200,
            &[("content-type", "application/xhtml+xml")],
            false,
        ),
        (&[], 200, &[], false),
        (&[], 206, &[html], false),
        (&[], 304, &[html], false),
        (&[], 204, &[html], false),
        (&[], 307, &[html, ("location", "/")], false),
        (
            &[],
            200,
            &[html, ("cache-control", "public, No-Transform")],
            false,
        ),
        (&[], 200, &[html, ("content-encoding", "gzip")], true),
        (&[], 200, &[html, ("content-encoding", "br, gzip")], true),
        (&[], 200, &[html, ("content-encoding", "dcb")], false),
    ] {
        let (_, edits) = edited(&context("acme---main", asked), status, fields);
        assert_eq!(
            edits.inject.is_some(),
            injected,
            "{asked:?} {status} {fields:?}"
        );
    }
}

#[test]
fn a_longer_body_needs_other_fields() {
    let fields = [
        ("content-type", "text/html"),
        ("content-length", "12"),
        ("etag", "\"x\""),
        (
            "content-security-policy",
            "script-src 'nonce-abc' 'strict-dynamic'; frame-ancestors 'none'",
        ),
    ];
    let (headers, edits) = edited(&context("acme---main", &[]), 200, &fields);
    assert!(!headers.contains_key("content-length"));
    assert_eq!(text(&headers["etag"]), "W/\"x\"");
    assert_eq!(
        text(&headers["content-security-policy"]),
        "script-src 'nonce-abc' 'strict-dynamic'"
    );
    assert_eq!(
        edits.inject,
        Some(ScriptTag {
            nonce: Some("abc".to_owned())
        })
    );
    let (headers, _) = edited(
        &context("acme---main", &[("sec-fetch-dest", "empty")]),
        200,
        &fields,
    );
    assert_eq!(text(&headers["content-length"]), "12");
    assert_eq!(text(&headers["etag"]), "\"x\"");
}

#[test]
fn framing_and_transport_policies() {
    let fields = [
        ("x-frame-options", "DENY"),
        ("strict-transport-security", "max-age=1"),
        ("x-content-type-options", "nosniff"),
    ];
    let (headers, edits) = edited(&context("acme---main", &[]), 200, &fields);
    assert_eq!(
        headers.keys().collect::<Vec<_>>(),
        ["x-content-type-options"]
    );
    assert_eq!(edits.edits.len(), 2);
}

#[test]
fn the_apps_own_rewrite_is_read_and_left() {
    for (fields, wanted) in [
        (
            &[("x-middleware-rewrite", "/acme/about?_rsc=1")][..],
            Some("/acme/about"),
        ),
        (
            &[("x-nextjs-rewritten-path", "/acme/about")],
            Some("/acme/about"),
        ),
        (
            &[("x-middleware-rewrite", "http://localhost:4168/acme/")],
            Some("/acme"),
        ),
        (&[], None),
    ] {
        let (headers, edits) = edited(&context("acme---main", &[]), 200, fields);
        assert_eq!(edits.actual.as_deref(), wanted);
        assert_eq!(headers.len(), fields.len());
    }
}

#[test]
fn a_switched_connection_keeps_its_fields() {
    let fields = [("connection", "Upgrade"), ("upgrade", "websocket")];
    let (headers, edits) = edited(&context("acme---main", &[]), 101, &fields);
    assert_eq!((headers.len(), edits.edits.len()), (2, 0));
    let (headers, edits) = edited(&context("acme---main", &[]), 200, &fields);
    assert_eq!((headers.len(), edits.edits.len()), (0, 2));
}

#[test]
fn headers_that_next_reads_are_left() {
    let fields = [
        ("vary", "rsc, next-router-state-tree"),
        ("x-nextjs-cache", "HIT"),
        ("x-nextjs-prerender", "1"),
    ];
    let (headers, edits) = edited(&context("acme---main", &[]), 200, &fields);
    assert_eq!((headers.len(), edits.edits.len()), (3, 0));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_value_panics(value in "[ -~]{0,48}", url in "(https?:)?//[a-z0-9.:@\\[\\]-]{0,24}[/?#]?[ -~]{0,8}") {
        for label in ["acme---main", "acme---kit", "acme---remote", "acme---live"] {
            let context = context(label, &[]);
            for value in [&value, &url] {
                for name in ["location", "refresh", "link", "x-action-redirect", "set-cookie", "content-security-policy", "connection"] {
                    edited(&context, 302, &[(name, value)]);
                }
            }
        }
    }

    #[test]
    fn an_edited_redirect_is_left_alone_the_second_time(path in "/[a-z0-9?=&#/]{0,16}") {
        for (label, origin) in [("acme---main", "http://localhost:3000"), ("acme---kit", "http://globex-prod.localhost:3000")] {
            let once = location(label, &format!("{origin}{path}"));
            prop_assert_eq!(location(label, &once), once);
        }
    }
}

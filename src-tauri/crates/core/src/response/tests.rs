use http::{HeaderName, Uri};

use super::*;
use crate::route::{Route, route};
use std::borrow::Cow;

mod addresses;
mod cross_origin;
mod foreign;
mod identity;

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
    asked(&Method::GET, label, fields)
}

fn asked(method: &Method, label: &str, fields: &[(&'static str, &str)]) -> ResponseContext {
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
        method,
        uri: &uri,
        headers: Cow::Borrowed(&headers),
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
    assert_eq!(text(&headers["etag"]), "W/\"x~tripledash\"");
    assert_eq!(
        text(&headers["content-security-policy"]),
        "script-src 'nonce-abc' 'strict-dynamic'"
    );
    assert_eq!(
        edits.inject,
        Some(ScriptTag {
            nonce: Some("abc".to_owned()),
            codings: vec![],
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

//! Lengths, tags and digests of bodies that are edited.

use super::*;

const HTML: (&str, &str) = ("content-type", "text/html");

#[test]
fn head_is_answered_as_get_is() {
    let fields = [
        HTML,
        ("content-length", "12"),
        ("etag", "\"x\""),
        ("accept-ranges", "bytes"),
        ("repr-digest", "sha-256=:AA==:"),
        ("content-security-policy", "script-src 'none'"),
    ];
    let (get, by_get) = edited(&context("acme---main", &[]), 200, &fields);
    let (head, by_head) = edited(&asked(&Method::HEAD, "acme---main", &[]), 200, &fields);
    assert_eq!(get, head);
    assert!(!head.contains_key("content-length"));
    assert!(by_get.inject.is_some() && by_head.inject.is_none());
    let fields = |edits: &ResponseEdits| -> Vec<String> {
        let fields = edits
            .edits
            .iter()
            .map(|edit| edit.field.clone().into_owned());
        fields.filter(|field| field != "body").collect()
    };
    assert_eq!(fields(&by_get), fields(&by_head));
    assert_eq!(by_get.edits.len(), by_head.edits.len() + 1);
}

#[test]
fn a_page_that_is_still_good_keeps_the_tag_that_the_browser_has() {
    for (condition, tag, wanted) in [
        ("W/\"x~tripledash\"", "\"x\"", "W/\"x~tripledash\""),
        ("\"a\", W/\"x~tripledash\"", "\"x\"", "W/\"x~tripledash\""),
        ("W/\"x~tripledash\"", "W/\"x\"", "W/\"x\""),
        ("W/\"x~tripledash\"", "\"y\"", "\"y\""),
        ("\"x\"", "\"x\"", "\"x\""),
    ] {
        let context = context("acme---main", &[("if-none-match", condition)]);
        let (headers, edits) = edited(&context, 304, &[("etag", tag)]);
        assert_eq!(text(&headers["etag"]), wanted, "{condition} {tag}");
        assert_eq!(edits.edits.len(), usize::from(tag != wanted));
        assert_eq!(edits.inject, None);
    }
}

#[test]
fn parts_and_untransformed_bodies_keep_every_field() {
    let fields = [
        HTML,
        ("content-length", "12"),
        ("etag", "\"x\""),
        ("accept-ranges", "bytes"),
        ("content-digest", "sha-256=:AA==:"),
        ("content-range", "bytes 0-11/100"),
        ("origin-agent-cluster", "?1"),
    ];
    let range = [("range", "bytes=0-11"), ("sec-fetch-dest", "document")];
    let (headers, edits) = edited(&context("acme---main", &range), 206, &fields);
    assert_eq!(
        (headers.len(), edits.edits.len(), edits.inject),
        (fields.len(), 0, None)
    );
    let mut whole = fields.to_vec();
    whole.push(("cache-control", "max-age=1,NO-TRANSFORM"));
    let (headers, edits) = edited(&context("acme---main", &[]), 200, &whole);
    assert_eq!(
        (headers.len(), edits.edits.len(), edits.inject),
        (whole.len(), 0, None)
    );
}

#[test]
fn a_policy_that_shuts_the_agent_out_lets_it_in() {
    let policy = [HTML, ("content-security-policy", "default-src 'none'")];
    let (headers, edits) = edited(&context("acme---main", &[]), 200, &policy);
    assert_eq!(
        text(&headers["content-security-policy"]),
        "default-src http://acme---main.tripledash.localhost:7333/__tripledash/agent.js"
    );
    assert!(
        edits
            .edits
            .iter()
            .any(|edit| edit.field == "content-security-policy")
    );
    let strict = [
        HTML,
        (
            "content-security-policy",
            "script-src 'strict-dynamic' 'sha256-A='",
        ),
    ];
    let (headers, edits) = edited(&context("acme---main", &[]), 200, &strict);
    let nonce = edits.inject.unwrap().nonce.unwrap();
    assert!(nonce.len() >= 22, "{nonce}");
    assert_eq!(
        text(&headers["content-security-policy"]),
        format!("script-src 'strict-dynamic' 'sha256-A=' 'nonce-{nonce}'")
    );
    // Nothing is put into these, and nothing is let in.
    for (destination, status) in [("empty", 200), ("iframe", 206)] {
        let context = context("acme---main", &[("sec-fetch-dest", destination)]);
        let (headers, _) = edited(&context, status, &policy);
        assert_eq!(
            text(&headers["content-security-policy"]),
            "default-src 'none'"
        );
    }
}

//! Redirects that lead away.

use super::*;

#[test]
fn a_foreign_address_is_told_whole() {
    let pane = context("acme---remote", &[("sec-fetch-dest", "iframe")]);
    for (before, told) in [
        (
            "https://idp.example/a?b#c",
            Some("https://idp.example/a?b#c"),
        ),
        ("/\\idp.example\\a", Some("https://idp.example/a")),
        ("http:\\\\idp.example", Some("http://idp.example")),
        ("javascript:alert(1)", None),
        ("mailto:a@b", None),
        ("http://a b/", None),
    ] {
        let (_, edits) = edited(&pane, 302, &[("location", before)]);
        assert_eq!(edits.foreign_redirect.as_deref(), told, "{before}");
    }
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

//! `Origin` and `Referer`: who asks, in the words of whoever is asked.

use super::*;

#[test]
fn origin_and_referer() {
    let pane = "http://acme---main.tripledash.localhost:7333";
    let remote_pane = "http://acme---remote.tripledash.localhost:7333";
    for (label, path, origin, origin_sent, referer_sent) in [
        ("acme---main", "/cart", pane, pane, format!("{pane}/cart")),
        (
            "acme---main",
            "/_next/hmr",
            pane,
            "http://localhost:3000",
            format!("{pane}/cart"),
        ),
        (
            "acme---main",
            "/__nextjs_font/a",
            pane,
            "http://localhost:3000",
            format!("{pane}/cart"),
        ),
        (
            "acme---main",
            "/_next/hmr",
            "http://evil.example",
            "http://evil.example",
            "http://evil.example/cart".to_owned(),
        ),
        (
            "acme---remote",
            "/cart",
            remote_pane,
            "https://acme---app.acme.dev",
            "https://acme---app.acme.dev/cart".to_owned(),
        ),
        (
            "acme---remote",
            "/cart",
            "null",
            "null",
            "null/cart".to_owned(),
        ),
        (
            "acme---remote",
            "/_next/hmr",
            remote_pane,
            "https://acme---app.acme.dev",
            "https://acme---app.acme.dev/cart".to_owned(),
        ),
    ] {
        let referer = format!("{origin}/cart");
        let forward = ask(label, path)
            .with("origin", origin)
            .with("referer", &referer)
            .forward();
        assert_eq!(
            sent(&forward, "origin"),
            Some(origin_sent),
            "{label}{path} {origin}"
        );
        assert_eq!(
            sent(&forward, "referer"),
            Some(referer_sent.as_str()),
            "{label}{path} {origin}"
        );
    }
    let longer = ask("acme---remote", "/")
        .with("origin", &format!("{remote_pane}1"))
        .forward();
    assert_eq!(
        sent(&longer, "origin"),
        Some(format!("{remote_pane}1").as_str())
    );
}

#[test]
fn another_preview_host_is_told_by_the_address_that_it_stands_for() {
    let at = |label: &str| format!("http://{label}.tripledash.localhost:7333");
    for (label, origin, wanted) in [
        (
            "acme---remote",
            at("globex---remote"),
            "https://globex---app.acme.dev".to_owned(),
        ),
        (
            "acme---remote",
            at("acme---remote.admin"),
            "https://acme---app.acme.dev".to_owned(),
        ),
        (
            "acme---remote.admin",
            at("acme---remote"),
            "https://acme---app.acme.dev".to_owned(),
        ),
        (
            "acme---remote",
            at("acme---live"),
            "https://shop.acme.com".to_owned(),
        ),
        // A loopback upstream's own address means nothing to another machine.
        ("acme---remote", at("globex---main"), at("globex---main")),
        ("acme---remote", at("globex---gone"), at("globex---gone")),
        (
            "acme---remote",
            "http://tripledash.localhost:7333".to_owned(),
            "http://tripledash.localhost:7333".to_owned(),
        ),
        (
            "acme---remote",
            "http://globex---remote.tripledash.localhost:7334".to_owned(),
            "http://globex---remote.tripledash.localhost:7334".to_owned(),
        ),
        // A loopback upstream sees the browser's own addresses.
        ("acme---main", at("globex---main"), at("globex---main")),
        ("acme---main", at("globex---remote"), at("globex---remote")),
    ] {
        let forward = ask(label, "/api")
            .with("origin", &origin)
            .with("referer", &format!("{origin}/cart?a=http://b/"))
            .forward();
        assert_eq!(
            sent(&forward, "origin"),
            Some(wanted.as_str()),
            "{label} {origin}"
        );
        let referer = format!("{wanted}/cart?a=http://b/");
        assert_eq!(
            sent(&forward, "referer"),
            Some(referer.as_str()),
            "{label} {origin}"
        );
    }
}

#[test]
fn a_sibling_is_not_let_in_where_the_development_server_guards() {
    let sibling = "http://globex---main.tripledash.localhost:7333";
    let forward = ask("acme---main", "/_next/hmr")
        .with("origin", sibling)
        .forward();
    assert_eq!(sent(&forward, "origin"), Some(sibling));
}

//! Requests that go no further, and those that only nearly do not.

use super::*;

#[test]
fn refusals() {
    for (asked, status, code, words) in [
        (ask("acme---mian", "/"), 404, "unknown-preview", "mian"),
        (ask("acme---kit", "/"), 404, "unknown-preview", "leaves out"),
        (ask("a---b---main", "/"), 404, "unknown-preview", "prefix"),
        (ask("acme----main", "/"), 404, "unknown-preview", "hyphen"),
        (
            ask("globex---live", "/"),
            503,
            "preview-not-configured",
            "domain",
        ),
        (
            Ask {
                environment: false,
                ..ask("acme---remote", "/")
            },
            503,
            "preview-not-configured",
            "KEY",
        ),
        (
            ask("acme---live", "/cart").method("POST"),
            405,
            "read-only",
            "read-only",
        ),
        (
            ask("acme---live", "/cart").method("DELETE"),
            405,
            "read-only",
            "read-only",
        ),
        (
            ask("acme---main", "/").with("host", "globex---main.tripledash.localhost"),
            400,
            "malformed-request",
            "2 Host",
        ),
        (
            ask("acme---main", &format!("/{}", "a".repeat(17_000))),
            414,
            "target-too-long",
            "17001",
        ),
        (
            ask("acme---main", "/").with("x-a", &"a".repeat(66_000)),
            431,
            "fields-too-large",
            "at most",
        ),
        (
            Ask {
                fields: vec![],
                ..ask("", "/")
            },
            400,
            "malformed-request",
            "no Host",
        ),
        (
            Ask {
                fields: vec![("host", "a b".to_owned())],
                ..ask("", "http://acme---main.tripledash.localhost:7333/")
            },
            400,
            "malformed-request",
            "a b",
        ),
        (
            Ask {
                fields: vec![("host", "a b".to_owned())],
                ..ask("", "/")
            },
            400,
            "malformed-request",
            "a b",
        ),
        (
            Ask {
                fields: vec![("host", "localhost:7333".to_owned())],
                ..ask("", "/")
            },
            421,
            "not-our-host",
            "localhost",
        ),
        (
            Ask {
                fields: vec![("host", "[::1]:7333".to_owned())],
                ..ask("", "/")
            },
            421,
            "not-our-host",
            "[::1]",
        ),
    ] {
        let refusal = asked.refusal();
        assert_eq!(
            (refusal.status, refusal.code),
            (status, code),
            "{}",
            refusal.message
        );
        assert!(refusal.message.contains(words), "{}", refusal.message);
    }
}

#[test]
fn a_refusal_leads_on() {
    let near = ask("acme---mian.admin", "/x?y").refusal();
    let links: Vec<&str> = near.links.iter().map(|(_, url)| url.as_str()).collect();
    assert_eq!(
        links[0],
        "http://acme---main.admin.tripledash.localhost:7333/x?y"
    );
    assert_eq!(*links.last().unwrap(), "http://tripledash.localhost:7333/");
    let elsewhere = Ask {
        fields: vec![("host", "acme---main.localhost:7333".to_owned())],
        ..ask("", "/x")
    }
    .refusal();
    let links: Vec<&str> = elsewhere
        .links
        .iter()
        .map(|(_, url)| url.as_str())
        .collect();
    assert_eq!(
        links,
        [
            "http://tripledash.localhost:7333/",
            "http://acme---main.tripledash.localhost:7333/x"
        ]
    );
}

#[test]
fn safe_methods_and_unlocked_previews_pass() {
    for method in ["GET", "HEAD", "OPTIONS", "TRACE"] {
        ask("acme---live", "/").method(method).forward();
    }
    Ask {
        unlocked: true,
        ..ask("acme---live", "/").method("POST")
    }
    .forward();
    ask("acme---main", "/").method("POST").forward();
}

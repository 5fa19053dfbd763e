use super::*;
use crate::testing::snapshot;

const WORKSPACE: &str = r#"{
    "name": "w",
    "tenants": [{ "id": "acme", "domains": ["shop.acme.com"] }, { "id": "beta" }],
    "previews": [
        { "name": "old", "upstream": "http://localhost:4000", "host": "{tenant}.localhost:{port}" },
        { "name": "main", "upstream": "http://localhost:3000", "host": "{tenant}.localhost:3000" },
        { "name": "feature", "upstream": "https://my-app-git-feature.acme.dev",
          "tenants": { "acme": { "id": "acme-prod" }, "beta": null } },
        { "name": "production", "upstream": "https://{domain}" },
        { "name": "branchy", "branch": "next", "upstream": "https://{tenant}.{branch}.acme.dev" }
    ]
}"#;

fn found(url: &str) -> ResolvedPreview {
    match resolve_url(&url.parse().unwrap(), &snapshot(WORKSPACE)) {
        Resolved::Preview(found) => found,
        other => panic!("{url}: {other:?}"),
    }
}

#[test]
fn urls_of_upstreams_resolve_to_their_previews() {
    for (url, preview, tenant) in [
        ("https://my-app-git-feature.acme.dev/", "feature", None),
        (
            "https://globex---my-app-git-feature.acme.dev/",
            "feature",
            Some("globex"),
        ),
        (
            "https://acme-prod---my-app-git-feature.acme.dev/",
            "feature",
            Some("acme"),
        ),
        ("http://acme.localhost:3000/", "main", Some("acme")),
        ("http://acme.localhost:4000/", "old", Some("acme")),
        ("http://localhost:3000/", "main", None),
        ("http://127.0.0.1:3000/", "main", None),
        ("https://shop.acme.com/", "production", Some("acme")),
        ("https://globex.next.acme.dev/", "branchy", Some("globex")),
        (
            "http://acme---main.tripledash.localhost:1/",
            "main",
            Some("acme"),
        ),
    ] {
        let found = found(url);
        assert_eq!(
            (found.preview.as_str(), found.tenant.as_deref()),
            (preview, tenant),
            "{url}"
        );
    }
}

#[test]
fn what_is_nobodys_says_so() {
    for (url, words) in [
        (
            "https://example.com/",
            "no preview of this workspace has its upstream at example.com",
        ),
        (
            "https://de---acme---my-app-git-feature.acme.dev/",
            "found 2 prefix parts (de, acme), wanted 1 (tenant)",
        ),
        (
            "https://beta---my-app-git-feature.acme.dev/",
            "leaves out the tenant \"beta\"",
        ),
        ("http://tripledash.localhost:7333/nothing", ""),
    ] {
        match resolve_url(&url.parse().unwrap(), &snapshot(WORKSPACE)) {
            Resolved::Unknown { reason, .. } => assert!(reason.contains(words), "{url}: {reason}"),
            Resolved::Workbench => assert!(words.is_empty()),
            other => panic!("{url}: {other:?}"),
        }
    }
}

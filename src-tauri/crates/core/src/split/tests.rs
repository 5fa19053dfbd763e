use proptest::prelude::*;

use super::*;
use crate::testing::snapshot;

const WORKSPACE: &str = r#"{
    "name": "w",
    "tenants": [{ "id": "acme", "domains": ["shop.acme.com"] }],
    "previews": [
        { "name": "main", "upstream": "http://localhost:3000", "host": "{tenant}.localhost:3000" },
        { "name": "feature", "upstream": "https://my-app-git-feature.acme.dev" },
        { "name": "production", "upstream": "https://{domain}" }
    ]
}"#;

const EMPTY: &str = r#"{ "name": "w" }"#;

#[test]
fn addresses_of_nothing_known() {
    use SplitKind::{DevServer, Preview, TenantPreview};
    for (text, tenant, preview, suffix, upstream, path, kind) in [
        (
            "https://acme---my-app-git-x.vercel.dev/",
            Some("acme"),
            "my-app-git-x",
            Some("vercel.dev"),
            "https://my-app-git-x.vercel.dev",
            "/",
            TenantPreview,
        ),
        (
            "my-app.acme.dev",
            None,
            "my-app",
            Some("acme.dev"),
            "https://my-app.acme.dev",
            "/",
            Preview,
        ),
        (
            " <HTTP://My-App.Acme.Dev:8080/a?b#c> ",
            None,
            "my-app",
            Some("acme.dev"),
            "http://my-app.acme.dev:8080",
            "/a?b#c",
            Preview,
        ),
        (
            "de---acme---app.acme.dev",
            Some("acme"),
            "app",
            Some("acme.dev"),
            "https://app.acme.dev",
            "/",
            TenantPreview,
        ),
        (
            "localhost:3000",
            None,
            "local",
            None,
            "http://localhost:3000",
            "/",
            DevServer,
        ),
        (
            "3000",
            None,
            "local",
            None,
            "http://localhost:3000",
            "/",
            DevServer,
        ),
        (
            ":5173",
            None,
            "local",
            None,
            "http://localhost:5173",
            "/",
            DevServer,
        ),
        (
            "http://acme.localhost:3000/a",
            Some("acme"),
            "local",
            None,
            "http://localhost:3000",
            "/a",
            DevServer,
        ),
        (
            "acme---main.localhost:3000",
            Some("acme"),
            "local",
            None,
            "http://localhost:3000",
            "/",
            DevServer,
        ),
        (
            "127.0.0.1:3000",
            None,
            "local",
            None,
            "http://127.0.0.1:3000",
            "/",
            DevServer,
        ),
        (
            "http://[::1]:3000",
            None,
            "local",
            None,
            "http://[::1]:3000",
            "/",
            DevServer,
        ),
        (
            "0.0.0.0:3000",
            None,
            "local",
            None,
            "http://localhost:3000",
            "/",
            DevServer,
        ),
        (
            "http://192.168.1.20:3000",
            None,
            "local",
            None,
            "http://192.168.1.20:3000",
            "/",
            DevServer,
        ),
    ] {
        let found = split(text, &snapshot(EMPTY)).unwrap();
        let wanted = Split {
            tenant: tenant.map(str::to_owned),
            preview: preview.to_owned(),
            suffix: suffix.map(str::to_owned),
            upstream: upstream.to_owned(),
            path: path.to_owned(),
            kind,
        };
        assert_eq!(found, wanted, "{text}");
    }
}

#[test]
fn known_previews_are_found_again() {
    for (text, tenant, preview, kind) in [
        (
            "https://acme---my-app-git-feature.acme.dev/x",
            Some("acme"),
            "feature",
            SplitKind::TenantPreview,
        ),
        (
            "https://my-app-git-feature.acme.dev",
            None,
            "feature",
            SplitKind::Preview,
        ),
        (
            "acme.localhost:3000",
            Some("acme"),
            "main",
            SplitKind::DevServer,
        ),
        ("localhost:3000", None, "main", SplitKind::DevServer),
        (
            "shop.acme.com",
            Some("acme"),
            "production",
            SplitKind::TenantPreview,
        ),
        (
            "http://acme---feature.tripledash.localhost:7333/x",
            Some("acme"),
            "feature",
            SplitKind::TenantPreview,
        ),
    ] {
        let found = split(text, &snapshot(WORKSPACE)).unwrap();
        assert_eq!(
            (found.tenant.as_deref(), found.preview.as_str(), found.kind),
            (tenant, preview, kind),
            "{text}"
        );
    }
}

#[test]
fn another_port_of_this_machine_is_another_app() {
    let found = split("http://localhost:4555/x", &snapshot(WORKSPACE)).unwrap();
    assert_eq!(
        (found.preview.as_str(), found.upstream.as_str(), found.kind),
        ("local", "http://localhost:4555", SplitKind::DevServer)
    );
}

#[test]
fn a_new_preview_never_takes_a_known_name() {
    let found = split("https://main.other.dev", &snapshot(WORKSPACE)).unwrap();
    assert_eq!(found.preview, "main-2");
}

#[test]
fn what_cannot_be_read_says_why() {
    for (text, reason) in [
        ("", "empty"),
        ("  ", "empty"),
        ("acme", "one word"),
        ("a b.dev", "spaces"),
        ("ftp://a.dev", "wanted http or https"),
        ("https://", "empty host"),
        ("https://u:p@a.dev", "user name"),
        ("acme---.acme.dev", "nothing stands behind ---"),
        ("---app.acme.dev", "the tenant before --- \"\" is empty"),
        (
            "http://tripledash.localhost:7333/",
            "the workbench's own address",
        ),
        (
            "http://acme---nope.tripledash.localhost:7333/",
            "no preview of this workspace is called",
        ),
        ("99999", "one word"),
        ("é.dev:0", "port 0"),
        ("localhost:0", "port 0"),
    ] {
        let error = split(text, &snapshot(WORKSPACE)).unwrap_err();
        assert!(error.reason.contains(reason), "{text}: {error}");
    }
}

#[test]
fn the_wire_form() {
    let found = split("localhost:3000/a", &snapshot(EMPTY)).unwrap();
    assert_eq!(
        serde_json::to_string(&found).unwrap(),
        r#"{"tenant":null,"preview":"local","suffix":null,"upstream":"http://localhost:3000","path":"/a","kind":"dev-server"}"#
    );
}

proptest! {
    #[test]
    fn no_text_panics(text in "[-a-z.:/?#@\\[\\] é0-9]{0,50}") {
        if let Ok(found) = split(&text, &snapshot(WORKSPACE)) {
            prop_assert!(check_label(&found.preview).is_ok());
            prop_assert!(found.path.starts_with('/'));
            prop_assert!(found.upstream.parse::<crate::upstream::UpstreamOrigin>().is_ok(), "{}", found.upstream);
        }
    }

    // Neither is `xn`: its label would be read as an encoded international name, so it is refused.
    #[test]
    fn split_of_joined_is_the_identity(tenant in "[a-wyz][a-z0-9]{0,9}", preview in "[a-wyz][a-z0-9]{0,9}") {
        let found = split(&format!("https://{tenant}---{preview}.acme.dev/"), &snapshot(EMPTY)).unwrap();
        prop_assert_eq!(found.tenant, Some(tenant));
        prop_assert_eq!(found.preview, preview);
    }
}

#[test]
fn a_tenant_in_the_path_is_taken_out_of_it() {
    let snapshot = crate::testing::snapshot(
        r#"{ "name": "w", "tenancy": { "kind": "path" }, "tenants": [{ "id": "houston" }],
             "previews": [{ "name": "main", "upstream": "http://localhost:3000" },
                          { "name": "feature", "upstream": "https://festival.acme.dev",
                            "tenants": { "houston": { "id": "houston-tx" } } }] }"#,
    );
    for (text, tenant, preview, path) in [
        (
            "http://localhost:3000/houston/a?b#c",
            Some("houston"),
            "main",
            "/a?b#c",
        ),
        ("localhost:3000/houston", Some("houston"), "main", "/"),
        ("localhost:3000/films", None, "main", "/films"),
        (
            "https://festival.acme.dev/houston-tx/a",
            Some("houston"),
            "feature",
            "/a",
        ),
        (
            "https://festival.acme.dev/houston/a",
            None,
            "feature",
            "/houston/a",
        ),
        (
            "http://main.tripledash.localhost:7333/houston/a",
            Some("houston"),
            "main",
            "/a",
        ),
        // A preview that the workspace does not have yet.
        (
            "https://new-one.acme.dev/houston/a",
            Some("houston"),
            "new-one",
            "/a",
        ),
        ("https://new-one.acme.dev/films", None, "new-one", "/films"),
        ("localhost:4000/houston", Some("houston"), "local", "/"),
    ] {
        let found = split(text, &snapshot).unwrap();
        assert_eq!(
            (found.tenant.as_deref(), &*found.preview, &*found.path),
            (tenant, preview, path),
            "{text}"
        );
    }
}

/// The parts before a preview that nobody knows yet are read as the workspace names them.
#[test]
fn the_tenant_stands_where_the_prefix_says() {
    for (prefix, text, tenant) in [
        (
            r#"["tenant", "locale"]"#,
            "acme---de---app.acme.dev",
            "acme",
        ),
        (
            r#"["locale", "tenant"]"#,
            "de---acme---app.acme.dev",
            "acme",
        ),
        (r#"["tenant", "locale"]"#, "acme---app.acme.dev", "acme"),
        (r#"["tenant"]"#, "de---acme---app.acme.dev", "acme"),
    ] {
        let snapshot = snapshot(&format!(r#"{{ "name": "w", "prefix": {prefix} }}"#));
        let found = split(text, &snapshot).unwrap();
        assert_eq!(found.tenant.as_deref(), Some(tenant), "{prefix} {text}");
        assert_eq!(found.preview, "app");
    }
}

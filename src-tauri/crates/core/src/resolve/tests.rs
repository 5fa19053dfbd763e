use proptest::prelude::*;

use super::*;
use crate::testing::snapshot;

const WORKSPACE: &str = r#"{
    "name": "acme-platform",
    "tenants": [
        { "id": "acme", "domains": ["shop.acme.com", "acme.example"] },
        { "id": "globex" },
        { "id": "beta" }
    ],
    "previews": [
        { "name": "main", "branch": "main", "upstream": "http://localhost:3000", "host": "{tenant}.localhost:{port}" },
        { "name": "plain", "upstream": "http://127.0.0.1:3001" },
        { "name": "feature", "upstream": "https://my-app-git-feature.acme.dev",
          "tenants": { "acme": { "id": "acme-prod" }, "beta": null } },
        { "name": "production", "upstream": "https://{domain}", "host": "{domain}" },
        { "name": "secret", "upstream": "https://a.dev", "host": "${env:PREVIEW_HOST}" }
    ]
}"#;

fn resolve_in(text: &str, host: &str) -> Resolved {
    resolve(&host.parse().unwrap(), &snapshot(text))
}

fn preview(host: &str) -> ResolvedPreview {
    match resolve_in(WORKSPACE, &format!("{host}.tripledash.localhost")) {
        Resolved::Preview(preview) => preview,
        other => panic!("{host}: {other:?}"),
    }
}

fn reason(text: &str, host: &str) -> (String, Vec<String>) {
    match resolve_in(text, &format!("{host}.tripledash.localhost")) {
        Resolved::Unknown { reason, near } => (reason, near),
        other => panic!("{host}: {other:?}"),
    }
}

#[test]
fn tenants_previews_sessions() {
    let found = preview("acme---main.admin");
    assert_eq!(
        (found.preview.as_str(), found.tenant.as_deref()),
        ("main", Some("acme"))
    );
    assert_eq!(found.session.as_deref(), Some("admin"));
    assert_eq!(found.parts["tenant"], "acme");
    assert!(found.listed);
    assert!(!preview("nobody---main").listed);
    let bare = preview("main");
    assert!(bare.tenant.is_none() && bare.parts.is_empty() && bare.listed);
}

#[test]
fn the_base_domain_is_the_workbench_and_others_are_not_ours() {
    assert_eq!(
        resolve_in(WORKSPACE, "TripleDash.localhost."),
        Resolved::Workbench
    );
    for host in ["localhost", "127.0.0.1", "[::1]", "acme---main.localhost"] {
        assert_eq!(resolve_in(WORKSPACE, host), Resolved::Elsewhere, "{host}");
    }
}

#[test]
fn an_unknown_preview_offers_near_names() {
    let (reason, near) = reason(WORKSPACE, "acme---mian");
    assert_eq!(reason, "no preview of this workspace is called \"mian\"");
    assert_eq!(near[0], "main");
    assert!(near.len() <= NEAR);
}

#[test]
fn a_wrong_part_count_names_found_and_wanted() {
    assert_eq!(
        reason(WORKSPACE, "de---acme---main").0,
        "found 2 prefix parts (de, acme), wanted 1 (tenant)"
    );
    let two = r#"{ "name": "w", "prefix": ["locale", "tenant"],
        "previews": [{ "name": "main", "upstream": "http://localhost:1" }] }"#;
    assert_eq!(
        reason(two, "acme---main").0,
        "found 1 prefix part (acme), wanted 2 (locale, tenant)"
    );
    let none = r#"{ "name": "w", "prefix": [], "previews": [{ "name": "main", "upstream": "http://localhost:1" }] }"#;
    assert!(
        reason(none, "acme---main")
            .0
            .ends_with("wanted none: the workspace has no prefix")
    );
}

#[test]
fn faults_of_the_host_are_reasons() {
    for (host, words) in [
        ("---main", "empty part"),
        ("acme----main", "hyphen at its edge"),
        ("a.b.acme---main", "found 3 labels"),
        ("xn---main", "xn--"),
    ] {
        let (reason, near) = reason(WORKSPACE, host);
        assert!(reason.contains(words), "{host}: {reason}");
        if host.ends_with("main") && !host.contains('.') {
            assert_eq!(near[0], "main", "{host}");
        }
    }
}

#[test]
fn overrides_rename_and_leave_out() {
    let found = preview("acme---feature");
    assert_eq!(found.tenant.as_deref(), Some("acme"));
    assert_eq!(found.upstream_tenant.as_deref(), Some("acme-prod"));
    assert_eq!(
        reason(WORKSPACE, "beta---feature").0,
        "the preview \"feature\" leaves out the tenant \"beta\""
    );
}

#[test]
fn the_host_that_is_sent() {
    let snapshot = snapshot(WORKSPACE);
    for (host, upstream, sent) in [
        (
            "acme---main",
            "http://localhost:3000",
            "acme.localhost:3000",
        ),
        ("main", "http://localhost:3000", "localhost:3000"),
        (
            "acme---plain.admin",
            "http://127.0.0.1:3001",
            "acme---plain.tripledash.localhost:7333",
        ),
        ("plain", "http://127.0.0.1:3001", "127.0.0.1:3001"),
        (
            "acme---feature",
            "https://my-app-git-feature.acme.dev",
            "acme-prod---my-app-git-feature.acme.dev",
        ),
        (
            "feature",
            "https://my-app-git-feature.acme.dev",
            "my-app-git-feature.acme.dev",
        ),
        (
            "acme---production",
            "https://shop.acme.com",
            "shop.acme.com",
        ),
    ] {
        let found = preview(host);
        assert_eq!(
            found.upstream(&snapshot).unwrap().to_string(),
            upstream,
            "{host}"
        );
        assert_eq!(found.host_sent(&snapshot).unwrap(), sent, "{host}");
    }
}

#[test]
fn a_variable_without_a_value_is_named() {
    let snapshot = snapshot(WORKSPACE);
    let error = preview("globex---production")
        .upstream(&snapshot)
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "the preview production is each tenant's own site, and globex has no domain"
    );
    let error = preview("acme---secret").host_sent(&snapshot).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the preview secret needs {env:PREVIEW_HOST}, which has no value here"
    );
}

#[test]
fn a_label_over_63_still_resolves_so_that_it_can_be_told_of() {
    let tenant = "t".repeat(64);
    let found = preview(&format!("{tenant}---main"));
    assert_eq!(found.tenant, Some(tenant));
}

proptest! {
    #[test]
    fn no_host_panics(before in "[-a-z0-9._]{1,80}") {
        if let Ok(host) = format!("{before}.tripledash.localhost").parse() {
            let snapshot = snapshot(WORKSPACE);
            if let Resolved::Preview(found) = resolve(&host, &snapshot) {
                prop_assert_eq!(found.address(&snapshot.workspace).host(&snapshot.base), host.to_string());
                let _ = found.host_sent(&snapshot);
            }
        }
    }

    // No tenant `xn`: its label would be read as an encoded international name, so it has no host.
    #[test]
    fn addresses_of_the_workspace_resolve_to_themselves(
        tenant in "[a-wyz][a-z0-9]{0,9}",
        preview in prop::sample::select(vec!["main", "plain", "production"]),
        session in proptest::option::of("[a-z][a-z0-9]{0,9}"),
    ) {
        let snapshot = snapshot(WORKSPACE);
        let address = PreviewAddress { parts: vec![tenant], preview: preview.to_owned(), session };
        let host = address.host(&snapshot.base).parse().unwrap();
        let Resolved::Preview(found) = resolve(&host, &snapshot) else { panic!("{host}") };
        prop_assert_eq!(found.address(&snapshot.workspace), address);
    }
}

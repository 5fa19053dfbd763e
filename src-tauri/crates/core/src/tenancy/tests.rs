use proptest::prelude::*;
use url::Url;

use super::*;
use crate::budget::{AddressRequest, BuiltAddress, build, build_address};
use crate::remote::resolve_url;
use crate::resolve::resolve_at;
use crate::testing::snapshot;

/// After the app that the seed of this design tells of: ten cities and a main site on one host.
const WORKSPACE: &str = r#"{
    "name": "festival",
    "tenancy": { "kind": "path" },
    "tenants": [
        { "id": "houston", "domains": ["houston.example", "www.houston-fest.example"] },
        { "id": "chicago" },
        { "id": "austin" }
    ],
    "previews": [
        { "name": "main", "upstream": "http://localhost:3000" },
        { "name": "feature", "upstream": "https://festival-git-feature.acme.dev",
          "tenants": { "houston": { "id": "houston-tx" }, "austin": null } },
        { "name": "by-domain", "upstream": "https://{domain}" }
    ]
}"#;

const COUNTRIES: &str = r#"{
    "name": "festival",
    "tenancy": { "kind": "path" },
    "prefix": ["country", "tenant"],
    "tenants": [{ "id": "houston" }],
    "previews": [{ "name": "main", "upstream": "http://localhost:3000" }]
}"#;

fn resolved(workspace: &str, labels: &str, path: &str) -> Resolved {
    let host = format!("{labels}.tripledash.localhost");
    resolve_at(&host.parse().unwrap(), path, &snapshot(workspace))
}

fn tenant(labels: &str, path: &str) -> Option<String> {
    match resolved(WORKSPACE, labels, path) {
        Resolved::Preview(preview) => {
            assert_eq!(preview.parts.get("tenant"), preview.tenant.as_ref());
            preview.tenant
        }
        other => panic!("{labels} {path}: {other:?}"),
    }
}

fn url(address: &BuiltAddress) -> &str {
    address
        .url
        .as_deref()
        .unwrap_or_else(|| panic!("{:#?}", address.problems))
}

#[test]
fn the_first_segment_names_a_tenant_that_is_listed() {
    for (path, wanted) in [
        ("/houston/events", Some("houston")),
        ("/houston", Some("houston")),
        ("/houston/", Some("houston")),
        ("/houston?day=1", Some("houston")),
        ("/chicago/houston", Some("chicago")),
        ("/_next/data/b1/houston/events.json?x=1", Some("houston")),
        ("/_next/data/b1/houston.json", Some("houston")),
        ("/", None),
        ("*", None),
        ("//houston/events", None),
        ("/films", None),
        ("/films/houston", None),
        ("/Houston/events", None),
        ("/%68ouston/events", None),
        ("/houston.json", None),
        ("/houstonians", None),
        ("/_next/static/houston.js", None),
        ("/_next/data/houston/about.json", None),
        ("/_next/data/b1/index.json", None),
        ("/api/houston", None),
        ("/films?from=/houston/events", None),
    ] {
        assert_eq!(tenant("main", path).as_deref(), wanted, "{path}");
        assert_eq!(tenant("main.admin", path).as_deref(), wanted, "{path}");
    }
}

#[test]
fn a_preview_has_its_own_ids_in_its_paths() {
    assert_eq!(
        tenant("feature", "/houston-tx/a").as_deref(),
        Some("houston")
    );
    assert_eq!(tenant("feature", "/houston/a"), None);
    let Resolved::Preview(found) = resolved(WORKSPACE, "feature", "/houston-tx/a") else {
        panic!("a preview");
    };
    assert_eq!(found.upstream_tenant.as_deref(), Some("houston-tx"));
    assert_eq!(
        found.path_prefix(&snapshot(WORKSPACE).workspace),
        "/houston-tx"
    );
    let Resolved::Unknown { reason, .. } = resolved(WORKSPACE, "feature", "/austin/a") else {
        panic!("left out");
    };
    assert_eq!(
        reason,
        "the preview \"feature\" leaves out the tenant \"austin\""
    );
}

#[test]
fn a_tenant_in_the_host_says_where_it_belongs() {
    let Resolved::Unknown { reason, near } = resolved(WORKSPACE, "houston---main", "/") else {
        panic!("no preview");
    };
    assert_eq!(
        reason,
        "the host names houston, and the tenants of this workspace are in the path: /houston"
    );
    assert_eq!(near[0], "main");
}

#[test]
fn several_parts_are_several_segments() {
    let parts = |path: &str| match resolved(COUNTRIES, "main", path) {
        Resolved::Preview(found) => found.parts.into_values().collect::<Vec<_>>(),
        other => panic!("{path}: {other:?}"),
    };
    assert_eq!(parts("/us/houston/events"), ["us", "houston"]);
    for path in [
        "/houston",
        "/houston/us",
        "/us",
        "/us/",
        "/us//houston",
        "/US/houston",
    ] {
        assert_eq!(parts(path), [""; 0], "{path}");
    }
    let country = [("country".to_owned(), "us".to_owned())].into();
    let request = AddressRequest {
        tenant: Some("houston"),
        parts: Some(&country),
        preview: "main",
        path: "/events",
        ..AddressRequest::default()
    };
    assert_eq!(
        url(&build(&snapshot(COUNTRIES), request)),
        "http://main.tripledash.localhost:7333/us/houston/events"
    );
    let missing = build_address(&snapshot(COUNTRIES), Some("houston"), "main", None, "/");
    assert_eq!(missing.url, None);
    assert_eq!(missing.problems[0].code, "missing-part");
}

#[test]
fn addresses_have_the_tenant_before_the_path() {
    let snapshot = snapshot(WORKSPACE);
    let built = |tenant, preview, path| build_address(&snapshot, tenant, preview, None, path);
    for (tenant, preview, path, wanted) in [
        (Some("houston"), "main", "/events", "main…/houston/events"),
        (Some("houston"), "main", "/", "main…/houston"),
        (Some("houston"), "main", "", "main…/houston"),
        (Some("houston"), "main", "/?a=b#c", "main…/houston?a=b#c"),
        (Some("houston"), "main", "events", "main…/houston/events"),
        (
            Some("houston"),
            "main",
            "/../chicago",
            "main…/houston/chicago",
        ),
        (
            Some("houston"),
            "main",
            "/%2e%2e/chicago",
            "main…/houston/chicago",
        ),
        (
            Some("houston"),
            "main",
            "//chicago/x",
            "main…/houston//chicago/x",
        ),
        (
            Some("houston"),
            "feature",
            "/events",
            "feature…/houston-tx/events",
        ),
        (Some("nobody"), "main", "/events", "main…/nobody/events"),
        (None, "main", "/events", "main…/events"),
    ] {
        let wanted = wanted.replace('…', ".tripledash.localhost:7333");
        let address = built(tenant, preview, path);
        assert_eq!(url(&address), format!("http://{wanted}"), "{path}");
        assert_eq!(address.budget.label, preview);
    }
    let admin = build_address(&snapshot, Some("houston"), "main", Some("admin"), "/x");
    assert_eq!(
        url(&admin),
        "http://main.admin.tripledash.localhost:7333/houston/x"
    );
    let remote = built(Some("houston"), "feature", "/events");
    assert_eq!(
        remote.remote_url.as_deref(),
        Some("https://festival-git-feature.acme.dev/houston-tx/events")
    );
    assert_eq!(
        (remote.path_prefix.as_str(), remote.problems.len()),
        ("/houston-tx", 0)
    );
    let codes = |address: BuiltAddress| {
        let problems = address.problems.into_iter();
        problems.map(|problem| problem.code).collect::<Vec<_>>()
    };
    assert_eq!(
        codes(built(Some("austin"), "feature", "/")),
        ["tenant-left-out"]
    );
    assert_eq!(
        codes(built(Some("nobody"), "main", "/")),
        ["tenant-unlisted"]
    );
    assert_eq!(
        codes(built(Some("houston"), "main", "/houston/events")),
        ["tenant-twice"]
    );
    assert_eq!(
        codes(built(Some("houston"), "main", "/houstonians")),
        [""; 0]
    );
    // The budget is the host's, and the tenant is not in it.
    let long = "a".repeat(63);
    assert_eq!(codes(built(Some(&long), "main", "/")), ["tenant-unlisted"]);
}

#[test]
fn urls_of_upstreams_are_read_by_their_paths() {
    let snapshot = snapshot(WORKSPACE);
    let found = |url: &str| match resolve_url(&url.parse().unwrap(), &snapshot) {
        Resolved::Preview(found) => (found.preview, found.tenant),
        other => panic!("{url}: {other:?}"),
    };
    for (url, preview, tenant) in [
        (
            "https://festival-git-feature.acme.dev/houston-tx/a?b=1",
            "feature",
            Some("houston"),
        ),
        (
            "https://festival-git-feature.acme.dev/films",
            "feature",
            None,
        ),
        ("http://localhost:3000/chicago", "main", Some("chicago")),
        (
            "http://main.tripledash.localhost:1/houston/x",
            "main",
            Some("houston"),
        ),
        (
            "https://houston.example/houston/x",
            "by-domain",
            Some("houston"),
        ),
    ] {
        assert_eq!(
            found(url),
            (preview.to_owned(), tenant.map(str::to_owned)),
            "{url}"
        );
    }
    // A prefix before the host reaches nothing here.
    let prefixed = "https://houston---festival-git-feature.acme.dev/";
    assert!(matches!(
        resolve_url(&prefixed.parse().unwrap(), &snapshot),
        Resolved::Unknown { .. }
    ));
}

proptest! {
    /// Whatever is typed, the address is the tenant's, and shows the path that was typed.
    #[test]
    fn an_address_is_read_back(path in "(/|[a-z.?#%&=;:@\\\\~2eE\u{e4} -]|/\\.\\.|/%2e%2E|/houston|chicago|_next/data/b|\\.json){0,12}") {
        let snapshot = snapshot(WORKSPACE);
        let bare = build_address(&snapshot, None, "main", None, &path);
        let bare = Url::parse(url(&bare)).unwrap();
        let built = build_address(&snapshot, Some("houston"), "main", None, &path);
        let parsed = Url::parse(url(&built)).unwrap();
        prop_assert_eq!(parsed.as_str(), url(&built));
        let host = parsed.host_str().unwrap().parse().unwrap();
        let Resolved::Preview(found) = resolve_at(&host, parsed.path(), &snapshot) else {
            panic!("{parsed} is a preview's");
        };
        prop_assert_eq!(found.tenant.as_deref(), Some("houston"), "{}", parsed);
        prop_assert_eq!(within(parsed.path(), 1), bare.path(), "{}", parsed);
        prop_assert_eq!((parsed.query(), parsed.fragment()), (bare.query(), bare.fragment()));
    }

    #[test]
    fn what_is_joined_comes_apart(path in "/[a-z/._?-]{0,12}", data in any::<bool>()) {
        let path = if data { format!("/_next/data/b1{path}") } else { path };
        let joined = join("/us/houston", &path);
        prop_assert_eq!(within(&joined, 2), path.as_str(), "{}", joined);
    }

    #[test]
    fn any_path_can_be_read(path in any::<String>()) {
        let workspace = snapshot(COUNTRIES).workspace;
        let preview = &workspace.previews["main"];
        if let Reading::Tenant { text, id } = read(&path, preview, &workspace) {
            prop_assert_eq!(text.split('/').count(), 2);
            prop_assert_eq!(id, "houston");
        }
    }
}

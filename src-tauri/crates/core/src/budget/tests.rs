use proptest::prelude::*;

use super::*;
use crate::testing::snapshot;

const WORKSPACE: &str = r#"{
    "name": "w",
    "tenants": [{ "id": "acme", "domains": ["shop.acme.com"] }, { "id": "us" }],
    "previews": [
        { "name": "main", "upstream": "http://localhost:3000" },
        { "name": "feature", "branch": "f", "upstream": "https://my-app-git-feature.acme.dev",
          "tenants": { "acme": { "id": "acme-prod" }, "beta": null } },
        { "name": "my-app-git-a-branch-with-quite-a-long-name-acme", "branch": "f", "upstream": "https://b.acme.dev" },
        { "name": "vercel", "upstream": "https://my-app.vercel.app" },
        { "name": "production", "upstream": "https://{domain}" },
        { "name": "lan", "upstream": "http://192.168.1.20:3000" },
        { "name": "secret", "upstream": "https://${env:HOST}" },
        { "name": "long", "upstream": "https://my-app-git-a-branch-with-quite-a-long-name-indeed-acme.acme.dev" }
    ]
}"#;

fn built(tenant: Option<&str>, preview: &str) -> BuiltAddress {
    build_address(&snapshot(WORKSPACE), tenant, preview, None, "/")
}

fn problem(address: &BuiltAddress, code: &str) -> AddressProblem {
    let found = address.problems.iter().find(|problem| problem.code == code);
    found
        .unwrap_or_else(|| panic!("no {code} in {:#?}", address.problems))
        .clone()
}

#[test]
fn a_good_address() {
    let address = build_address(
        &snapshot(WORKSPACE),
        Some("acme"),
        "main",
        Some("admin"),
        "/x",
    );
    assert_eq!(
        address.url.as_deref(),
        Some("http://acme---main.admin.tripledash.localhost:7333/x")
    );
    assert_eq!(
        address.host.as_deref(),
        Some("acme---main.admin.tripledash.localhost")
    );
    assert_eq!(address.budget, Budget::of("acme---main"));
    assert!(address.problems.is_empty(), "{:#?}", address.problems);
    let bare = built(None, "main");
    assert_eq!(
        bare.url.as_deref(),
        Some("http://main.tripledash.localhost:7333/")
    );
}

#[test]
fn paths_are_encoded_as_browsers_do() {
    for (path, wanted) in [
        ("", "/"),
        ("about", "/about"),
        ("/a b", "/a%20b"),
        ("/é?q=ü#ß", "/%C3%A9?q=%C3%BC#%C3%9F"),
        ("/a/../b", "/b"),
        ("//evil.dev/", "//evil.dev/"),
        ("?a=1", "/?a=1"),
        ("/%7Btenant%7D", "/%7Btenant%7D"),
    ] {
        let url = build_address(&snapshot(WORKSPACE), Some("acme"), "main", None, path)
            .url
            .unwrap();
        assert_eq!(
            url,
            format!("http://acme---main.tripledash.localhost:7333{wanted}"),
            "{path}"
        );
    }
}

#[test]
fn remote_urls() {
    for (tenant, preview, wanted) in [
        (
            Some("us"),
            "feature",
            "https://us---my-app-git-feature.acme.dev/",
        ),
        (
            Some("acme"),
            "feature",
            "https://acme-prod---my-app-git-feature.acme.dev/",
        ),
        (None, "feature", "https://my-app-git-feature.acme.dev/"),
        (Some("acme"), "production", "https://shop.acme.com/"),
        (None, "lan", "http://192.168.1.20:3000/"),
    ] {
        assert_eq!(
            built(tenant, preview).remote_url.as_deref(),
            Some(wanted),
            "{preview}"
        );
    }
    for (tenant, preview, reason) in [
        (
            Some("acme"),
            "main",
            "the upstream http://localhost:3000 is on this machine: nobody else can open it",
        ),
        (
            Some("acme"),
            "lan",
            "the upstream http://192.168.1.20:3000 is an address, and a prefix needs a name",
        ),
        (
            Some("us"),
            "production",
            "the preview production is each tenant's own site, and us has no domain",
        ),
        (
            Some("acme"),
            "secret",
            "the preview secret needs {env:HOST}, which has no value here",
        ),
    ] {
        let address = built(tenant, preview);
        assert_eq!(
            (address.remote_url, address.remote_reason.as_deref()),
            (None, Some(reason)),
            "{preview}"
        );
        assert!(address.url.is_some());
    }
}

#[test]
fn each_limit_has_its_message_and_its_fix() {
    let address = built(
        Some("acme-international-group"),
        "my-app-git-a-branch-with-quite-a-long-name-acme",
    );
    let over = problem(&address, "label-over-budget");
    assert!(
        over.message
            .ends_with("has 74 octets, 11 over the 63 that a host's first label may have"),
        "{over:?}"
    );
    assert_eq!(
        over.fix.as_deref(),
        Some("the branch f can also be seen on feature")
    );
    assert_eq!((address.budget.used, address.budget.over), (74, 11));
    assert_eq!((&address.url, &address.remote_url), (&None, &None));
    assert!(address.host.is_some());

    let long = format!("t{}", "x".repeat(58));
    let over = problem(&built(Some(&long), "production"), "label-over-budget");
    assert_eq!(
        over.fix.as_deref(),
        Some("give the preview a name of at most 1 octet: an alias, or its commit's own URL")
    );

    let remote = built(Some("acme-international"), "long");
    assert!(remote.url.is_some());
    assert!(
        problem(&remote, "remote-label-over-budget")
            .fix
            .unwrap()
            .contains("commit URL")
    );
    assert!(remote.remote_reason.unwrap().contains("over the 63"));

    let session = "s".repeat(63);
    let base_is_long = {
        let mut snapshot = snapshot(WORKSPACE);
        let base = format!(
            "{}.localhost",
            ["b".repeat(60), "b".repeat(60), "b".repeat(60)].join(".")
        );
        snapshot.base = crate::address::BaseDomain::new(&base, 7333).unwrap();
        build_address(&snapshot, Some("acme"), "main", Some(&session), "/")
    };
    assert!(
        problem(&base_is_long, "host-too-long")
            .message
            .contains("over the 253")
    );

    let reserved = built(Some("us"), "main");
    assert_eq!(
        problem(&reserved, "reserved-hyphens").severity,
        Severity::Warning
    );
    assert!(reserved.url.is_some());

    let vercel = built(Some("acme"), "vercel");
    assert_eq!(
        problem(&vercel, "prefix-on-vercel-app").severity,
        Severity::Warning
    );
    assert_eq!(
        vercel.remote_url.as_deref(),
        Some("https://acme---my-app.vercel.app/")
    );
    assert!(built(None, "vercel").problems.is_empty());
}

#[test]
fn a_shorter_name_is_proposed_in_whole_words() {
    let asked = |tenant: usize| {
        let tenant = "t".repeat(tenant);
        let over = built(
            Some(&tenant),
            "my-app-git-a-branch-with-quite-a-long-name-indeed-acme",
        );
        problem(&over, "label-over-budget").fix.unwrap()
    };
    let own = "my-app-git-a-branch-with-quite-a-long-name-indeed";
    for (tenant, proposal) in [
        (7, own),
        (11, own),
        (12, "my-app-git-a-branch-with-quite-a-long-name"),
        (18, "my-app-git-a-branch-with-quite-a-long-name"),
        (19, "my-app-git-a-branch-with-quite-a-long"),
        (57, "my"),
    ] {
        let fix = asked(tenant);
        assert!(fix.contains(&format!(", such as {proposal}:")), "{fix}");
    }
    assert!(!asked(59).contains("such as"), "{}", asked(59));

    // Another preview has that name.
    let text = WORKSPACE.replace(r#""name": "lan""#, r#""name": "my-app""#);
    let long = "my-app-with-quite-a-long-name";
    let tenant = "t".repeat(63 - 3 - "my-app-with".len() + 1);
    let taken = build_address(&snapshot(&text), Some(&tenant), long, None, "/");
    let fix = problem(&taken, "label-over-budget").fix.unwrap();
    assert!(!fix.contains("such as"), "{fix}");
}

#[test]
fn reserved_hyphens_are_told_of_the_part_that_makes_them() {
    let text = WORKSPACE.replacen(
        r#""name": "w","#,
        r#""name": "w", "prefix": ["locale", "tenant"],"#,
        1,
    );
    let parts = [("locale", "de"), ("tenant", "acme")];
    let parts = parts.map(|(name, part)| (name.to_owned(), part.to_owned()));
    let parts = parts.into();
    let request = AddressRequest {
        tenant: None,
        parts: Some(&parts),
        preview: "main",
        session: None,
        path: "/",
    };
    let address = build(&snapshot(&text), request);
    let reserved = problem(&address, "reserved-hyphens");
    assert_eq!(
        reserved.fix.as_deref(),
        Some(
            "let another part than locale come first in \"prefix\", or write de with more than two letters"
        )
    );
    let fix = problem(&built(Some("us"), "main"), "reserved-hyphens").fix;
    assert_eq!(
        fix.as_deref(),
        Some("use an id of more than two letters instead of us")
    );
}

#[test]
fn tenants_that_cannot_be() {
    for (tenant, code, fix) in [
        ("zürich", "not-ascii", Some("the id zuerich would do")),
        ("xn", "reserved-prefix", Some("the id xn1 would do")),
        ("", "empty-part", None),
        ("Acme", "invalid-part", Some("the id acme would do")),
        ("a---b", "invalid-part", Some("the id a-b would do")),
        ("a-", "invalid-part", Some("the id a would do")),
    ] {
        let address = built(Some(tenant), "main");
        assert_eq!(problem(&address, code).fix.as_deref(), fix, "{tenant}");
        assert_eq!(address.url, None, "{tenant}");
    }
    assert_eq!(
        problem(&built(Some("beta"), "feature"), "tenant-left-out").severity,
        Severity::Error
    );
    let unlisted = built(Some("amce"), "main");
    assert_eq!(
        problem(&unlisted, "tenant-unlisted").fix.as_deref(),
        Some("did you mean acme?")
    );
    assert!(unlisted.url.is_some());
}

#[test]
fn an_unknown_preview_offers_a_near_one() {
    let address = built(Some("acme"), "featrue");
    assert_eq!(
        problem(&address, "unknown-preview").fix.as_deref(),
        Some("did you mean feature?")
    );
    assert_eq!(address.url, None);
    assert_eq!(
        address.host.as_deref(),
        Some("acme---featrue.tripledash.localhost")
    );
}

#[test]
fn prefixes_of_several_parts() {
    let text = r#"{ "name": "w", "prefix": ["locale", "tenant"],
        "previews": [{ "name": "main", "upstream": "http://localhost:1" }] }"#;
    let snapshot = snapshot(text);
    let parts = BTreeMap::from([("locale".to_owned(), "de".to_owned())]);
    let request = AddressRequest {
        tenant: Some("acme"),
        preview: "main",
        ..AddressRequest::default()
    };
    let whole = build(
        &snapshot,
        AddressRequest {
            parts: Some(&parts),
            ..request
        },
    );
    assert_eq!(
        whole.url.as_deref(),
        Some("http://de---acme---main.tripledash.localhost:7333/")
    );
    let missing = problem(&build(&snapshot, request), "missing-part");
    assert_eq!(
        missing.message,
        "the prefix has 2 parts (locale, tenant), and locale is missing"
    );
    assert_eq!(missing.fix.as_deref(), Some("give locale a value"));
    let mistyped = BTreeMap::from([("local".to_owned(), "de".to_owned())]);
    for tenant in [Some("acme"), None] {
        let request = AddressRequest {
            tenant,
            parts: Some(&mistyped),
            ..request
        };
        let unknown = problem(&build(&snapshot, request), "unknown-part");
        assert_eq!(
            unknown.message,
            "the prefix has no part called \"local\", only locale, tenant"
        );
        assert_eq!(unknown.fix.as_deref(), Some("did you mean locale?"));
    }
}

proptest! {
    #[test]
    fn no_text_panics(tenant in "\\PC{0,70}", preview in "\\PC{0,70}", session in "\\PC{0,9}", path in "\\PC{0,20}") {
        let snapshot = snapshot(r#"{ "name": "w" }"#);
        let address = build_address(&snapshot, Some(&tenant), &preview, Some(&session), &path);
        prop_assert!(address.has_errors() && address.url.is_none());
    }

    #[test]
    fn what_is_built_resolves_to_what_was_asked(tenant in "[a-wyz][a-z0-9]{0,20}", path in "\\PC{0,20}") {
        let snapshot = snapshot(WORKSPACE);
        let address = build_address(&snapshot, Some(&tenant), "main", Some("admin"), &path);
        let url = url::Url::parse(&address.url.unwrap()).unwrap();
        let host = url.host_str().unwrap().parse().unwrap();
        let Resolved::Preview(found) = crate::resolve::resolve(&host, &snapshot) else { panic!("{host}") };
        prop_assert_eq!(found.tenant, Some(tenant));
        prop_assert_eq!(found.session.as_deref(), Some("admin"));
    }
}

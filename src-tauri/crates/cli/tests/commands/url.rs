//! `tripledash url`.

use super::*;

#[test]
fn a_tenant_on_a_preview_is_one_line() {
    let folder = folder(WORKSPACE);
    let cases = [
        (
            &["--tenant", "acme", "--preview", "main"][..],
            "http://acme---main.tripledash.localhost:7333/",
        ),
        (
            &["--preview", "main"],
            "http://main.tripledash.localhost:7333/",
        ),
        (
            &[
                "--tenant",
                "acme",
                "--preview",
                "main",
                "--session",
                "admin",
                "--path",
                "/a b?q=ü",
                "--port",
                "8000",
            ],
            "http://acme---main.admin.tripledash.localhost:8000/a%20b?q=%C3%BC",
        ),
        (
            &["--tenant", "acme", "--preview", "feature", "--remote"],
            "https://acme---my-app-git-feature.acme.dev/",
        ),
    ];
    for (words, url) in cases {
        let (code, out, err) = said(folder.path(), &[&["url"], words].concat());
        assert_eq!(
            (code, out.as_str(), err.as_str()),
            (0, format!("{url}\n").as_str(), ""),
            "{words:?}"
        );
    }
}

#[test]
fn an_unlisted_tenant_is_printed_with_a_warning() {
    let folder = folder(WORKSPACE);
    let (code, out, err) = said(
        folder.path(),
        &["url", "--tenant", "initech", "--preview", "main"],
    );
    assert_eq!(
        (code, out.as_str()),
        (0, "http://initech---main.tripledash.localhost:7333/\n")
    );
    assert!(err.contains("warning") && err.contains("initech"), "{err}");
}

#[test]
fn further_parts_of_the_prefix_are_given_by_name() {
    let folder = folder(
        r#"{ "name": "w", "prefix": ["tenant", "locale"], "tenants": [{ "id": "acme" }],
             "previews": [{ "name": "main", "upstream": "http://localhost:3000" }] }"#,
    );
    let url = ["url", "--tenant", "acme", "--preview", "main"];
    let with = |more: &[&str]| said(folder.path(), &[&url[..], more].concat());
    assert_eq!(
        with(&["--part", "locale=de"]),
        (
            0,
            "http://acme---de---main.tripledash.localhost:7333/\n".to_owned(),
            String::new()
        )
    );
    assert_eq!(
        with(&[]),
        (
            1,
            String::new(),
            "error: the prefix has 2 parts (tenant, locale), and locale is missing\n  \
             give locale a value: --part NAME=VALUE\n"
                .to_owned()
        )
    );
    let (code, out, err) = with(&["--part", "locale=de", "--part", "region=eu"]);
    assert_eq!((code, out.as_str()), (1, ""));
    assert!(
        err.contains("no part called \"region\", only tenant, locale"),
        "{err}"
    );
}

#[test]
fn a_tenant_in_the_path_is_printed_there() {
    let folder = folder(FESTIVAL);
    for (words, url) in [
        (
            &[
                "--tenant",
                "houston",
                "--preview",
                "main",
                "--path",
                "/events",
            ][..],
            "http://main.tripledash.localhost:7333/houston/events",
        ),
        (
            &["--preview", "main", "--path", "/events"],
            "http://main.tripledash.localhost:7333/events",
        ),
        (
            &["--tenant", "houston", "--preview", "feature", "--remote"],
            "https://festival.acme.dev/houston-tx",
        ),
    ] {
        let said = said(folder.path(), &[&["url"], words].concat());
        assert_eq!(said, (0, format!("{url}\n"), String::new()), "{words:?}");
    }
}

#[test]
fn a_tenant_without_a_domain_is_told_of_and_one_over_budget_gets_shorter_names() {
    let folder = folder(DOMAINS);
    let asked = |tenant, preview| {
        said(
            folder.path(),
            &["url", "--tenant", tenant, "--preview", preview],
        )
    };
    let (code, out, err) = asked("globex", "production");
    assert_eq!(
        (code, out.as_str()),
        (0, "http://globex---production.tripledash.localhost:7333/\n")
    );
    assert!(
        err.contains("each tenant's own site, and globex has no domain"),
        "{err}"
    );
    assert_eq!(asked("acme", "production").2, "");
    let (code, out, err) = asked("globex", LONG);
    assert_eq!((code, out.as_str()), (1, ""));
    assert!(
        err.contains("4 over the 63") && err.contains("also called short"),
        "{err}"
    );
}

#[test]
fn what_has_no_address_prints_none() {
    let folder = folder(WORKSPACE);
    let long = "a".repeat(60);
    let cases = [
        (&["--tenant", "acme", "--preview", "mian"][..], "mian"),
        (&["--tenant", long.as_str(), "--preview", "main"], "63"),
        (
            &["--tenant", "acme", "--preview", "main", "--remote"],
            "on this machine",
        ),
    ];
    for (words, about) in cases {
        let (code, out, err) = said(folder.path(), &[&["url"], words].concat());
        assert_eq!((code, out.as_str()), (1, ""), "{words:?}: {err}");
        assert!(err.contains(about), "{words:?}: {err}");
    }
}

#[test]
fn a_broken_workspace_has_no_addresses() {
    let folder = folder("{");
    let (code, out, err) = said(folder.path(), &["url", "--preview", "main"]);
    assert_eq!((code, out.as_str()), (1, ""));
    assert!(err.contains("tripledash.json:1:"), "{err}");
}

#[test]
fn a_missing_word_is_misuse() {
    let folder = folder(WORKSPACE);
    assert_eq!(said(folder.path(), &["url"]).0, 2);
    assert_eq!(said(folder.path(), &["ulr"]).0, 2);
}

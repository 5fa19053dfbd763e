//! `tripledash explain`: the trace of a request that is not sent.

use std::path::Path;

use serde_json::{Value, json};

use crate::{DOMAINS, FESTIVAL, WORKSPACE, folder, said};

fn explained(folder: &Path, words: &[&str]) -> (i32, Value) {
    let (code, out, err) = said(folder, &[&["explain", "--json"], words].concat());
    let value = serde_json::from_str(&out).unwrap_or_else(|error| panic!("{error}: {out}{err}"));
    (code, value)
}

#[test]
fn a_preview_host_is_explained_to_its_upstream() {
    let folder = folder(WORKSPACE);
    let (code, value) = explained(
        folder.path(),
        &["http://ACME---main.tripledash.localhost:1/about"],
    );
    assert_eq!(code, 0);
    assert_eq!(value["host"], "acme---main.tripledash.localhost");
    // What the app is told has the port that the request would come to.
    assert!(
        value["edits"]
            .to_string()
            .contains("acme---main.tripledash.localhost:1\""),
        "{value:#}"
    );
    assert_eq!(
        value["resolution"],
        json!({ "kind": "preview", "tenant": "acme", "preview": "main", "session": null, "parts": { "tenant": "acme" } })
    );
    assert_eq!(value["predicted"], "/acme/about");
    assert_eq!(value["upstream"]["host"], "acme.localhost:3000");
    let mut keys: Vec<&str> = value
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    keys.sort_unstable();
    assert_eq!(
        keys,
        [
            "diagnostics",
            "edits",
            "extractors",
            "host",
            "predicted",
            "resolution",
            "rules",
            "upstream",
            "url"
        ]
    );
}

fn keys(value: &Value) -> Vec<&str> {
    let object = value.as_object().unwrap_or_else(|| panic!("{value}"));
    let mut keys: Vec<&str> = object.keys().map(String::as_str).collect();
    keys.sort_unstable();
    keys
}

#[test]
fn no_key_is_ever_absent() {
    let folder = folder(WORKSPACE);
    let long = format!(
        "http://{}---main.tripledash.localhost/about",
        "a".repeat(60)
    );
    for (url, kind, named) in [
        (
            "http://main.tripledash.localhost/",
            "preview",
            &["kind", "parts", "preview", "session", "tenant"][..],
        ),
        (
            &long,
            "preview",
            &["kind", "parts", "preview", "session", "tenant"],
        ),
        ("http://tripledash.localhost/", "workbench", &["kind"]),
        (
            "http://a---b---main.tripledash.localhost/",
            "unknown",
            &["kind", "near", "reason"],
        ),
        (
            "http://elsewhere.example/",
            "unknown",
            &["kind", "near", "reason"],
        ),
    ] {
        let (code, value) = explained(folder.path(), &[url]);
        assert_eq!(code, i32::from(kind == "unknown"), "{url}");
        assert_eq!(
            keys(&value),
            [
                "diagnostics",
                "edits",
                "extractors",
                "host",
                "predicted",
                "resolution",
                "rules",
                "upstream",
                "url"
            ]
        );
        assert_eq!(value["resolution"]["kind"], kind, "{url}");
        assert_eq!(keys(&value["resolution"]), named, "{url}");
        assert_eq!(
            keys(&value["extractors"]),
            ["first-label", "starter-kit", "tldts"]
        );
        for rule in value["rules"].as_array().unwrap() {
            assert_eq!(
                keys(rule),
                ["by", "index", "matched", "params", "reason", "source"]
            );
        }
        for edit in value["edits"].as_array().unwrap() {
            assert_eq!(keys(edit), ["after", "before", "field", "stage", "why"]);
        }
        for diagnostic in value["diagnostics"].as_array().unwrap() {
            assert_eq!(
                keys(diagnostic),
                ["code", "evidence", "fix", "message", "severity"]
            );
        }
        if kind == "preview" {
            assert_eq!(keys(&value["upstream"]), ["host", "origin", "path"]);
            assert_ne!(value["rules"], json!([]), "{url}");
            assert_ne!(value["edits"], json!([]), "{url}");
        } else {
            assert_eq!(value["upstream"], Value::Null);
        }
    }
    let (_, value) = explained(folder.path(), &[&long]);
    let codes = value["diagnostics"].to_string();
    assert!(codes.contains("label-over-budget"), "{codes}");
}

#[test]
fn a_remote_address_is_read_by_its_upstream() {
    let folder = folder(WORKSPACE);
    let (code, value) = explained(
        folder.path(),
        &["https://acme---my-app-git-feature.acme.dev/about"],
    );
    assert_eq!(code, 0);
    assert_eq!(value["resolution"]["preview"], "feature");
    assert_eq!(value["extractors"]["tldts"], "acme");
}

#[test]
fn a_tenants_own_domain_is_read_by_whose_it_is() {
    let folder = folder(DOMAINS);
    for (url, note) in [
        ("https://shop.acme.com/x", false),
        ("https://SHOP.acme.com:443/x", false),
        ("https://acme.example/x", true),
        ("https://www.acme.example/x", true),
    ] {
        let (code, value) = explained(folder.path(), &[url]);
        assert_eq!(
            (code, &value["resolution"]["tenant"]),
            (0, &json!("acme")),
            "{url}"
        );
        assert_eq!(value["resolution"]["preview"], "production");
        assert_eq!(value["upstream"]["origin"], "https://shop.acme.com");
        assert_eq!(value["upstream"]["host"], "shop.acme.com");
        let noted = value["diagnostics"].to_string().contains("other-domain");
        assert_eq!(noted, note, "{url} {value}");
    }
    let (code, value) = explained(folder.path(), &["https://nobody.example/x"]);
    assert_eq!(code, 1);
    assert!(
        value["resolution"]["reason"]
            .as_str()
            .unwrap()
            .contains("no preview")
    );

    // Listed, and nothing leads there.
    let nowhere = crate::folder(
        r#"{ "name": "shop", "tenants": [{ "id": "acme", "domains": ["shop.acme.com"] }],
             "previews": [{ "name": "main", "upstream": "http://localhost:3000" }] }"#,
    );
    let (code, value) = explained(nowhere.path(), &["https://shop.acme.com/x"]);
    assert_eq!(code, 1);
    let reason = value["resolution"]["reason"].as_str().unwrap();
    assert!(reason.contains("a domain of the tenant acme"), "{reason}");
}

#[test]
fn a_tenant_in_the_path_is_explained() {
    let folder = folder(FESTIVAL);
    for (url, tenant, path) in [
        (
            "http://main.tripledash.localhost/houston/events",
            Some("houston"),
            "/houston/events",
        ),
        (
            "https://festival.acme.dev/houston-tx?a=1",
            Some("houston"),
            "/houston-tx?a=1",
        ),
        ("http://main.tripledash.localhost/films", None, "/films"),
    ] {
        let (code, value) = explained(folder.path(), &[url]);
        assert_eq!(code, 0);
        assert_eq!(value["resolution"]["tenant"], json!(tenant), "{url}");
        assert_eq!(value["upstream"]["path"], path);
    }
    let (code, value) = explained(
        folder.path(),
        &["http://houston---main.tripledash.localhost/"],
    );
    assert_eq!(code, 1);
    assert!(
        value["resolution"]["reason"]
            .as_str()
            .unwrap()
            .contains("in the path: /houston")
    );
}

#[test]
fn an_unknown_preview_is_a_no_that_is_still_printed() {
    let folder = folder(WORKSPACE);
    let (code, value) = explained(folder.path(), &["http://acme---mian.tripledash.localhost/"]);
    assert_eq!(code, 1);
    assert_eq!(value["resolution"]["kind"], "unknown");
    assert_eq!(value["resolution"]["near"][0], "main");
}

#[test]
fn a_person_reads_the_steps_without_colours() {
    let folder = folder(WORKSPACE);
    let (code, out, _) = said(
        folder.path(),
        &["explain", "http://acme---main.tripledash.localhost/about"],
    );
    assert_eq!(code, 0);
    for step in [
        "main, tenant acme",
        "predicted",
        "/acme/about",
        "acme.localhost:3000",
    ] {
        assert!(out.contains(step), "{step} in {out}");
    }
    assert!(!out.contains('\u{1b}'), "{out:?}");
}

#[test]
fn what_is_no_request_is_misuse() {
    let folder = folder(WORKSPACE);
    for words in [
        &["not a url"][..],
        &["-H", "nonsense", "http://x/"],
        &["--method", "a b", "http://x/"],
    ] {
        assert_eq!(
            said(folder.path(), &[&["explain"], words].concat()).0,
            2,
            "{words:?}"
        );
    }
}

use std::collections::BTreeMap;
use std::time::Duration;

use super::super::super::{
    Asker, GitSource, SourceKind, Tenancy, TenantSource, TenantsFrom, VercelSource,
};
use super::*;

fn workspace(text: &str) -> Workspace {
    let parsed = parse(text, "t.json");
    assert!(parsed.problems.is_empty(), "{:#?}", parsed.problems);
    parsed.workspace.unwrap()
}

fn with_previews(previews: &str) -> String {
    format!(r#"{{"name": "w", "previews": [{previews}]}}"#)
}

#[test]
fn sources_of_previews() {
    let found = workspace(&with_previews(
        r#"{ "name": "main", "upstream": "http://localhost:3000" },
           { "git": "apps/shop", "setup": "npm ci", "dev": "npm run dev -- --port {port}",
             "copy": [".env*"], "branches": ["release/*"], "host": "{tenant}.localhost:{port}" },
           { "vercel": { "project": "shop", "team": "acme" }, "access": "read-only" },
           { "template": "https://{branch}.preview.acme.dev" }"#,
    ));
    assert_eq!(found.previews.keys().collect::<Vec<_>>(), ["main"]);
    let [git, vercel, template] = &found.sources[..] else {
        panic!("{:#?}", found.sources);
    };
    assert_eq!((git.at, vercel.at, template.at), (1, 2, 3));
    assert_eq!(
        git.kind,
        SourceKind::Git(GitSource {
            folder: "apps/shop".to_owned(),
            setup: Some("npm ci".to_owned()),
            dev: Some("npm run dev -- --port {port}".to_owned()),
            copy: vec![".env*".to_owned()],
        })
    );
    assert_eq!(git.branches, ["release/*"]);
    assert_eq!(
        git.shape.host.as_ref().unwrap().as_str(),
        "{tenant}.localhost:{port}"
    );
    assert_eq!(
        vercel.kind,
        SourceKind::Vercel(VercelSource {
            project: "shop".to_owned(),
            team: Some("acme".to_owned()),
        })
    );
    assert_eq!(vercel.shape.access, Access::ReadOnly);
    assert_eq!(template.repository(), Some("."));
    let asked: Vec<_> = found.environment_names().into_iter().collect();
    assert_eq!(asked, ["VERCEL_AUTOMATION_BYPASS_SECRET", "VERCEL_TOKEN"]);
}

#[test]
fn sources_of_previews_that_cannot_be_used() {
    for (entry, words) in [
        (
            r#"{ "dev": "npm run dev" }"#,
            "previews[0]: found no \"git\", wanted the key \"git\"",
        ),
        (
            r#"{ "git": ".", "name": "main" }"#,
            "found the unknown key \"name\", wanted one of git, setup, dev, copy, branches",
        ),
        (
            r#"{ "git": ".", "copy": ["../secrets"] }"#,
            "previews[0].copy: found \"../secrets\", wanted a pattern inside the repository",
        ),
        (
            r#"{ "git": ".", "setup": "npm ci" }"#,
            "warning: previews[0].setup: found no \"dev\"",
        ),
        (
            r#"{ "vercel": "shop" }"#,
            "previews[0].vercel: found \"shop\", wanted an object",
        ),
        (
            r#"{ "vercel": { "projekt": "shop" } }"#,
            "found the unknown key \"projekt\", wanted one of project, team (did you mean \"project\"?)",
        ),
        (
            r#"{ "template": "https://preview.acme.dev" }"#,
            "wanted an origin with {branch} in it",
        ),
        (
            r#"{ "template": "https://{brunch}.acme.dev" }"#,
            "the unknown variable {brunch}",
        ),
    ] {
        let problems = problems(&with_previews(entry));
        assert!(
            problems.iter().any(|problem| problem.contains(words)),
            "{entry}: {problems:#?}"
        );
    }
}

#[test]
fn the_token_of_a_project_is_asked_for_where_the_project_is_named() {
    let text = with_previews("\n  { \"vercel\": { \"project\": \"shop\" } }");
    let warnings = parse(&text, "t.json").unset_variables(&BTreeMap::new());
    let [warning] = &warnings[..] else {
        panic!("{warnings:#?}");
    };
    assert_eq!((warning.line, warning.column), (2, 15));
    assert_eq!(
        warning.message,
        "VERCEL_TOKEN is not set, so the previews of previews[0] cannot be used"
    );
}

#[test]
fn sources_of_tenants() {
    let tenants = |tenants: &str| {
        workspace(&format!(r#"{{"name": "w", "tenants": {tenants}}}"#))
            .tenant_source
            .unwrap()
    };
    let from = |from: TenantsFrom, refresh: Option<u64>| TenantSource {
        from,
        refresh: refresh.map(Duration::from_secs),
    };
    assert_eq!(
        tenants(r#"{ "file": "tenants.csv" }"#),
        from(TenantsFrom::File("tenants.csv".to_owned()), None)
    );
    assert_eq!(
        tenants(r#"{ "command": ["node", "tenants.js"], "refresh": "90s" }"#),
        from(
            TenantsFrom::Command(vec!["node".to_owned(), "tenants.js".to_owned()]),
            Some(90)
        )
    );
    let text = r#"{ "url": "https://api.acme.dev/tenants",
        "headers": { "Authorization": "Bearer ${env:TENANTS_KEY}" }, "refresh": "2h" }"#;
    let found = tenants(text);
    assert_eq!(found.refresh, Some(Duration::from_secs(7_200)));
    assert_eq!(
        found.from.environment_names().collect::<Vec<_>>(),
        ["TENANTS_KEY"]
    );
    let parsed = parse(&format!(r#"{{"name": "w", "tenants": {text}}}"#), "t.json");
    assert_eq!(parsed.environment_uses[0].asker, Asker::Tenants);
    let warnings = parsed.unset_variables(&BTreeMap::new());
    assert_eq!(
        warnings[0].message,
        "TENANTS_KEY is not set, so the tenants cannot be listed"
    );
}

#[test]
fn sources_of_tenants_that_cannot_be_used() {
    for (tenants, words) in [
        (
            r#"{ "csv": "tenants.csv" }"#,
            "wanted an array of tenants, or an object with \"file\", \"url\" or \"command\"",
        ),
        (
            r#"{ "file": "a.csv", "refresh": "5m" }"#,
            "found the unknown key \"refresh\", wanted one of file",
        ),
        (
            r#"{ "url": "tenants.json" }"#,
            "wanted an address like https://api.example/tenants",
        ),
        (r#"{ "url": "ftp://a/b" }"#, "wanted an address like"),
        (r#"{ "url": "https://u:p@a/b" }"#, "belong into \"headers\""),
        (
            r#"{ "url": "https://a/{tenant}" }"#,
            "the unknown variable {tenant}",
        ),
        (r#"{ "command": [] }"#, "wanted a program and its arguments"),
        (r#"{ "command": "node x.js" }"#, "wanted an array"),
        (
            r#"{ "command": ["x"], "refresh": "1s" }"#,
            "tenants.refresh: found \"1s\", wanted a time from 10s to 24h",
        ),
        (
            r#"{ "command": ["x"], "refresh": "é" }"#,
            "wanted a time from",
        ),
    ] {
        let problem = only(&format!(r#"{{"name": "w", "tenants": {tenants}}}"#));
        assert!(problem.contains(words), "{tenants}: {problem}");
    }
}

#[test]
fn tenants_that_are_named_beside_a_list_elsewhere_are_looked_up_later() {
    let text = r#"{"name": "w", "tenants": { "file": "t.csv" },
        "pages": [{ "name": "Home", "path": "/", "tenants": { "amce": "/x", "acme": "/y" } }]}"#;
    let parsed = parse(text, "t.json");
    assert!(parsed.problems.is_empty(), "{:#?}", parsed.problems);
    let listed = r#"{"name": "w", "tenants": [{ "id": "acme" }]}"#;
    let tenants = workspace(listed).tenants;
    let told: Vec<_> = parsed
        .unlisted_tenants(&tenants)
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        told,
        [
            "t.json:2:63: warning: pages[0].tenants: found the tenant \"amce\", wanted a tenant that \
          is listed (did you mean \"acme\"?)"
        ]
    );
}

#[test]
fn where_requests_name_their_tenant() {
    let tenancy = |kind: &str| {
        workspace(&format!(
            r#"{{"name": "w", "tenancy": {{"kind": "{kind}"}}}}"#
        ))
        .tenancy
    };
    assert_eq!(
        (tenancy("host"), tenancy("path")),
        (Tenancy::Host, Tenancy::Path)
    );
    let problem = only(r#"{"name": "w", "tenancy": {"kind": "paths"}}"#);
    assert!(problem.contains("did you mean \"path\"?"), "{problem}");
}

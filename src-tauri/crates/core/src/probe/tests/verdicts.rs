//! What is found out about each app.

use super::super::{FormKind, Grade, VerdictKind, Wanted};
use super::apps;
use super::{App, probe, probe_with, workspace};
use crate::testing::snapshot;

const LOCAL: &str = "http://localhost:3000";
const FIRST_LABEL: &str = "{tenant}.localhost:{port}";
const DEPLOYMENT: &str = "{tenant}---{preview}.vercel.app";

/// A name, the app, its upstream, the present `host` line; the verdict and its line.
type Case = (
    &'static str,
    App,
    &'static str,
    Option<&'static str>,
    VerdictKind,
    Option<&'static str>,
);

#[test]
fn the_right_line_for_each_kind_of_app() {
    use VerdictKind::{Ambiguous, Keep, LeaveOut, NotUnderstood, Path, Unread, Write};
    let table: [Case; 21] = [
        ("tldts", apps::tldts, LOCAL, None, Keep, None),
        (
            "tldts",
            apps::tldts,
            LOCAL,
            Some(FIRST_LABEL),
            LeaveOut,
            None,
        ),
        (
            "tldts",
            apps::tldts,
            "https://app-git-x.acme.dev",
            None,
            Keep,
            None,
        ),
        (
            "dev",
            apps::platforms_dev,
            LOCAL,
            None,
            Write,
            Some(FIRST_LABEL),
        ),
        (
            "dev",
            apps::platforms_dev,
            LOCAL,
            Some("{tenant}.localhost:3000"),
            Keep,
            Some("{tenant}.localhost:3000"),
        ),
        (
            "dev",
            apps::platforms_dev,
            LOCAL,
            Some(DEPLOYMENT),
            Write,
            Some(FIRST_LABEL),
        ),
        (
            "dev at 127.0.0.1",
            apps::platforms_external,
            "http://127.0.0.1:3000",
            None,
            Write,
            Some(FIRST_LABEL),
        ),
        (
            "start",
            apps::platforms_start,
            LOCAL,
            None,
            Write,
            Some(DEPLOYMENT),
        ),
        (
            "of host",
            apps::of_host,
            LOCAL,
            None,
            Write,
            Some(FIRST_LABEL),
        ),
        (
            "whole host",
            apps::whole_host,
            LOCAL,
            None,
            Write,
            Some("{domain}"),
        ),
        ("forwarded", apps::forwarded, LOCAL, None, Keep, None),
        (
            "forwarded",
            apps::forwarded,
            LOCAL,
            Some(FIRST_LABEL),
            Keep,
            Some(FIRST_LABEL),
        ),
        ("named", apps::named, LOCAL, None, Write, Some(FIRST_LABEL)),
        (
            "languages",
            apps::languages,
            LOCAL,
            None,
            Write,
            Some(FIRST_LABEL),
        ),
        (
            "known",
            apps::known,
            "https://app-git-x.acme.dev",
            None,
            Write,
            Some("{tenant}.acme.dev"),
        ),
        ("echo", apps::echo, LOCAL, None, Unread, None),
        ("path", apps::path, LOCAL, None, Path, None),
        ("prefixing", apps::prefixing, LOCAL, None, Unread, None),
        ("silent path", apps::silent_path, LOCAL, None, Path, None),
        ("two sites", apps::two_sites, LOCAL, None, Ambiguous, None),
        (
            "protected",
            apps::protected,
            "https://app.acme.dev",
            None,
            NotUnderstood,
            None,
        ),
    ];
    for (app, answers, upstream, host, kind, line) in table {
        let report = probe(&workspace(upstream, host), answers);
        let verdict = &report.verdict;
        assert_eq!(
            (verdict.kind, verdict.host.as_deref()),
            (kind, line),
            "{app} {host:?}: {report:#?}"
        );
    }
}

#[test]
fn what_is_certain_is_said_to_be() {
    for (app, sure) in [
        (apps::platforms_dev as App, true),
        (apps::named, true),
        (apps::known, false),
        (apps::of_host, false),
        (apps::echo, false),
    ] {
        let report = probe(&workspace(LOCAL, None), app);
        assert_eq!(report.verdict.sure, sure, "{:#?}", report.verdict);
    }
}

#[test]
fn a_line_can_be_pasted() {
    let report = probe(&workspace(LOCAL, None), apps::platforms_dev);
    assert_eq!(
        report.verdict.line.as_deref(),
        Some("\"host\": \"{tenant}.localhost:{port}\"")
    );
    assert_eq!(
        report.verdict.message,
        "the app understands {tenant}.localhost:{port}"
    );
    assert_eq!(report.verdict.reasons, ["the app rewrites to /s/acme"]);
    let wrong = report
        .forms
        .iter()
        .find(|row| row.kind == FormKind::Default)
        .unwrap();
    assert_eq!(wrong.grade, Some(Grade::Wrong));
    assert_eq!(
        wrong.reason,
        "the app took more than the tenant: it rewrites to /s/acme---main, and answers 404"
    );
    let made_up = report
        .forms
        .iter()
        .flat_map(|row| &row.answers)
        .filter(|cell| cell.made_up);
    assert!(made_up.clone().count() > 2);
    assert!(
        made_up
            .clone()
            .all(|cell| cell.tenant.as_deref() == Some("no-such-tenant"))
    );
}

#[test]
fn remarks_are_made_on_the_way() {
    let report = probe(
        &workspace("http://127.0.0.1:3000", None),
        apps::platforms_external,
    );
    assert_eq!(report.remarks.len(), 1, "{report:#?}");
    assert_eq!(report.remarks[0].code, "rewrite-external");
    assert!(
        report.remarks[0]
            .message
            .contains("http://localhost:3000/s/")
    );
    let report = probe(&workspace(LOCAL, None), apps::vite);
    let codes: Vec<_> = report.remarks.iter().map(|remark| remark.code).collect();
    assert_eq!(codes, ["host-blocked"]);
    assert_eq!(
        report.verdict.kind,
        VerdictKind::NotUnderstood,
        "{report:#?}"
    );
    assert!(
        probe(&workspace(LOCAL, None), apps::tldts)
            .remarks
            .is_empty()
    );
}

#[test]
fn an_app_that_reads_another_field_is_told_of() {
    let report = probe(&workspace(LOCAL, None), apps::forwarded);
    let said = report.verdict.reasons.join("\n");
    assert!(said.contains("X-Forwarded-Host"), "{said}");
    let report = probe(&workspace(LOCAL, None), apps::tldts);
    let said = report.verdict.reasons.join("\n");
    assert!(!said.contains("X-Forwarded-Host"), "{said}");
}

#[test]
fn ids_that_are_words_of_every_page_prove_nothing() {
    let text = r#"{ "name": "w", "tenants": [{ "id": "us" }, { "id": "main" }],
        "previews": [{ "name": "main", "upstream": "http://localhost:3000" }] }"#;
    let report = probe(&snapshot(text), apps::one_page);
    assert_eq!(report.verdict.kind, VerdictKind::Unread, "{report:#?}");
}

#[test]
fn one_tenant_alone_is_never_certain_without_a_rewrite() {
    let wanted = Wanted {
        tenants: vec!["acme".to_owned()],
        ..Wanted::default()
    };
    let report = probe_with(&workspace(LOCAL, None), &wanted, apps::named);
    assert_eq!(report.verdict.host.as_deref(), Some(FIRST_LABEL));
    assert!(!report.verdict.sure);
    let report = probe_with(&workspace(LOCAL, None), &wanted, apps::platforms_dev);
    assert!(report.verdict.sure);
}

#[test]
fn a_form_of_ones_own_is_tried() {
    let wanted = Wanted {
        hosts: vec!["{tenant}.my-app.com".parse().unwrap()],
        ..Wanted::default()
    };
    let report = probe_with(&workspace(LOCAL, None), &wanted, apps::platforms_start);
    assert_eq!(report.verdict.host.as_deref(), Some("{tenant}.my-app.com"));
    assert_eq!(
        report.verdict.reasons[1],
        "understood as well: {tenant}---{preview}.vercel.app"
    );
}

#[test]
fn a_tenant_that_the_app_does_not_have_spoils_nothing() {
    let wanted = Wanted {
        tenants: vec!["initech".to_owned(), "acme".to_owned()],
        ..Wanted::default()
    };
    let report = probe_with(&workspace(LOCAL, None), &wanted, apps::platforms_dev);
    assert_eq!(report.verdict.host.as_deref(), Some(FIRST_LABEL));
    assert!(report.verdict.sure);
    // All of them unknown: the tenant is found, and not served.
    let wanted = Wanted {
        tenants: vec!["initech".to_owned()],
        ..Wanted::default()
    };
    let report = probe_with(&workspace(LOCAL, None), &wanted, apps::platforms_dev);
    assert_eq!(report.verdict.host.as_deref(), Some(FIRST_LABEL));
    assert!(!report.verdict.sure);
    assert_eq!(
        report.verdict.reasons,
        ["the app rewrites to /s/initech, and answers 404 there"]
    );
}

#[test]
fn two_words_of_every_page_are_never_certain() {
    let text = |ids: [&str; 2]| {
        snapshot(&format!(
            r#"{{ "name": "w", "tenants": [{{ "id": {:?} }}, {{ "id": {:?} }}],
               "previews": [{{ "name": "main", "upstream": "http://localhost:3000" }}] }}"#,
            ids[0], ids[1]
        ))
    };
    for (ids, sure) in [(["us", "de"], false), (["us", "acme"], true)] {
        let report = probe(&text(ids), apps::first_word);
        assert_eq!(
            report.verdict.host.as_deref(),
            Some(FIRST_LABEL),
            "{report:#?}"
        );
        assert_eq!(report.verdict.sure, sure, "{ids:?}");
    }
}

#[test]
fn tenants_in_the_path_are_looked_for_in_both_places() {
    let text = r#"{ "name": "w", "tenancy": { "kind": "path" }, "tenants": [{ "id": "acme" }, { "id": "globex" }],
        "previews": [{ "name": "main", "upstream": "http://localhost:3000" }] }"#;
    let report = probe(&snapshot(text), apps::path);
    assert_eq!(report.verdict.kind, VerdictKind::Keep, "{report:#?}");
    let said = &report.verdict.message;
    assert!(said.contains("as the file says: /acme"), "{said}");
    let in_hosts = text.replace(r#""tenancy": { "kind": "path" }, "#, "");
    let report = probe(&snapshot(&in_hosts), apps::path);
    assert_eq!(report.verdict.kind, VerdictKind::Path, "{report:#?}");
    let report = probe(&snapshot(text), apps::platforms_dev);
    assert_eq!(
        report.verdict.host.as_deref(),
        Some(FIRST_LABEL),
        "{report:#?}"
    );
}

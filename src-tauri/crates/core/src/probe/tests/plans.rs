//! What is asked.

use super::super::{FormKind, Outcome};
use super::super::{InvalidPlan, NOBODY, Plan, VerdictKind, Wanted, Who, judge};
use super::workspace;
use crate::resolve::{Resolved, name};
use crate::testing::snapshot;

/// The hosts sent for the first tenant, by form.
fn hosts(upstream: &str, host: Option<&str>) -> Vec<(FormKind, String)> {
    let plan = Plan::new(&workspace(upstream, host), "main", &Wanted::default()).unwrap();
    let hosts = (0..plan.forms.len()).map(|form| {
        let snapshot = plan.snapshot(form);
        let ask = &plan.asks(form)[0];
        let Resolved::Preview(found) = name(ask.address.clone(), &snapshot.workspace) else {
            panic!("{ask:?}");
        };
        (plan.forms[form].kind, found.host_sent(&snapshot).unwrap())
    });
    hosts.collect()
}

#[test]
fn forms_for_an_upstream_on_this_machine() {
    use FormKind::{Authority, Default, Deployment, FirstLabel, OwnDomain, Prefixed};
    let found = hosts("http://localhost:3000", None);
    let wanted = [
        (Default, "acme---main.tripledash.localhost:7333"),
        (FirstLabel, "acme.localhost:3000"),
        (Prefixed, "acme---localhost:3000"),
        (OwnDomain, "shop.acme.com"),
        (Deployment, "acme---main.vercel.app"),
        (Authority, "localhost:3000"),
    ];
    let wanted: Vec<_> = wanted
        .iter()
        .map(|(kind, host)| (*kind, (*host).to_owned()))
        .collect();
    assert_eq!(found, wanted);
}

#[test]
fn forms_for_an_upstream_elsewhere() {
    use FormKind::{Authority, Default, OwnDomain, Present, Sibling, Subdomain};
    let found = hosts("https://app-git-x.acme.dev", Some("{tenant}.acme.test"));
    let wanted = [
        (Present, "acme.acme.test"),
        (Default, "acme---app-git-x.acme.dev"),
        (Subdomain, "acme.app-git-x.acme.dev"),
        (Sibling, "acme.acme.dev"),
        (OwnDomain, "shop.acme.com"),
        (Authority, "app-git-x.acme.dev"),
    ];
    let wanted: Vec<_> = wanted
        .iter()
        .map(|(kind, host)| (*kind, (*host).to_owned()))
        .collect();
    assert_eq!(found, wanted);
    // The registrable domain of a preview on vercel.app is the preview's own.
    let kinds: Vec<_> = hosts("https://app.vercel.app", None)
        .iter()
        .map(|form| form.0)
        .collect();
    assert_eq!(kinds, [Default, Subdomain, OwnDomain, Authority]);
    let kinds: Vec<_> = hosts("http://192.0.2.7:3000", None)
        .iter()
        .map(|form| form.0)
        .collect();
    assert_eq!(kinds, [Default, FormKind::FirstLabel, OwnDomain, Authority]);
}

#[test]
fn an_upstream_of_each_tenant_is_a_form_too() {
    let found = hosts("https://{domain}", None);
    // It is what is sent without a line of the file too.
    assert_eq!(found[0], (FormKind::Authority, "shop.acme.com".to_owned()));
    let plan = Plan::new(
        &workspace("https://{domain}", None),
        "main",
        &Wanted::default(),
    )
    .unwrap();
    assert!(plan.is_candidate(0));
}

#[test]
fn everybody_is_asked_as_in_every_form() {
    let plan = Plan::new(
        &workspace("http://localhost:3000", None),
        "main",
        &Wanted::default(),
    )
    .unwrap();
    for form in 0..plan.forms.len() {
        let mut asked: Vec<Who> = plan.asks(form).iter().map(|ask| ask.who).collect();
        let mut wanted = vec![Who::Tenant(0), Who::Tenant(1), Who::Nobody];
        if plan.forms[form].kind == FormKind::Authority {
            wanted.push(Who::None);
        }
        asked.sort_by_key(|who| format!("{who:?}"));
        wanted.sort_by_key(|who| format!("{who:?}"));
        assert_eq!(asked, wanted);
    }
}

#[test]
fn a_tenant_by_another_name_is_asked_as_by_it() {
    let text = r#"{ "name": "w", "prefix": ["tenant", "locale"], "tenants": [{ "id": "acme" }, { "id": "beta" }],
        "previews": [{ "name": "main", "upstream": "http://localhost:3000",
          "tenants": { "acme": { "id": "acme-prod" }, "beta": null } }] }"#;
    let snapshot = snapshot(text);
    let wanted = Wanted {
        parts: [("locale".to_owned(), "de".to_owned())].into(),
        ..Wanted::default()
    };
    let plan = Plan::new(&snapshot, "main", &wanted).unwrap();
    assert_eq!(plan.tenants.len(), 1);
    assert_eq!(plan.tenants[0].upstream_id, "acme-prod");
    let ask = &plan.asks(0)[0];
    assert_eq!(ask.address.parts, ["acme", "de"]);
    let forms: Vec<_> = plan
        .forms
        .iter()
        .filter_map(|form| form.host.as_ref())
        .map(ToString::to_string)
        .collect();
    assert!(
        forms.contains(&"{tenant}---{locale}---{preview}.vercel.app".to_owned()),
        "{forms:?}"
    );
}

#[test]
fn a_host_with_a_label_too_long_is_not_asked() {
    let long = "a".repeat(55);
    let wanted = Wanted {
        tenants: vec![long],
        ..Wanted::default()
    };
    let plan = Plan::new(
        &workspace("https://my-app-git-feature.acme.dev", None),
        "main",
        &wanted,
    )
    .unwrap();
    let ask = &plan.asks(0)[0];
    assert!(
        ask.refused.as_deref().unwrap().contains("at most 63"),
        "{ask:?}"
    );
    assert_eq!(plan.asks(0)[1].who, Who::Nobody);
    assert_eq!(plan.asks(0)[1].refused, None);
}

#[test]
fn what_cannot_be_probed_says_why() {
    let good = workspace("http://localhost:3000", None);
    let named = |tenants: &[&str]| Wanted {
        tenants: tenants.iter().map(|id| (*id).to_owned()).collect(),
        ..Wanted::default()
    };
    let said =
        |preview: &str, wanted: &Wanted| Plan::new(&good, preview, wanted).unwrap_err().to_string();
    assert_eq!(
        said("mian", &Wanted::default()),
        "no preview of this workspace is called \"mian\"; there is main"
    );
    assert!(said("main", &named(&["Acme"])).contains("'A'"));
    let many: Vec<String> = (0..9).map(|n| format!("t{n}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    assert_eq!(
        said("main", &named(&many)),
        "found 9 tenants, wanted at most 8"
    );
    let wanted = Wanted {
        path: "about".to_owned(),
        ..Wanted::default()
    };
    assert_eq!(
        said("main", &wanted),
        "\"about\" is no path, wanted one that begins with /"
    );
    let wanted = Wanted {
        hosts: vec!["{tenat}.my-app.com".parse().unwrap()],
        ..Wanted::default()
    };
    assert_eq!(
        said("main", &wanted),
        "{tenat} is no variable of a host, wanted one of {tenant}, {preview}, {branch}, {domain}, {port}"
    );
    for (text, part) in [
        (
            r#"{ "name": "w", "previews": [{ "name": "main", "upstream": "http://localhost:3000" }] }"#,
            "--tenant",
        ),
        (
            r#"{ "name": "w", "prefix": ["tenant", "locale"], "tenants": [{ "id": "a" }],
               "previews": [{ "name": "main", "upstream": "http://localhost:3000" }] }"#,
            "--part locale=VALUE",
        ),
        (
            r#"{ "name": "w", "tenants": [{ "id": "a" }],
               "previews": [{ "name": "main", "upstream": "https://{domain}" }] }"#,
            "has no domain",
        ),
        (
            r#"{ "name": "w", "prefix": ["city"], "tenants": [],
               "previews": [{ "name": "main", "upstream": "http://localhost:3000" }] }"#,
            "no \"tenant\"",
        ),
    ] {
        let error = Plan::new(&snapshot(text), "main", &Wanted::default()).unwrap_err();
        assert!(error.to_string().contains(part), "{error}");
    }
    let left_out = snapshot(
        r#"{ "name": "w", "tenants": [{ "id": "a" }],
           "previews": [{ "name": "main", "upstream": "http://localhost:3000", "tenants": { "a": null } }] }"#,
    );
    let error = Plan::new(&left_out, "main", &named(&["a"])).unwrap_err();
    assert!(matches!(error, InvalidPlan::LeftOut { .. }), "{error}");
}

#[test]
fn silence_is_told_with_its_reason() {
    let plan = Plan::new(
        &workspace("http://localhost:3000", None),
        "main",
        &Wanted::default(),
    )
    .unwrap();
    let asked: Vec<_> = plan
        .asks(0)
        .into_iter()
        .map(|ask| {
            let reason = "nothing listens on localhost:3000".to_owned();
            (
                ask,
                Outcome::Failed {
                    host: "x".to_owned(),
                    reason,
                },
            )
        })
        .collect();
    let report = judge(&plan, &asked);
    assert_eq!(report.verdict.kind, VerdictKind::NoAnswer);
    assert_eq!(
        report.verdict.reasons[0],
        "nothing listens on localhost:3000"
    );
    assert!(
        report.forms[0]
            .answers
            .iter()
            .any(|cell| cell.tenant.as_deref() == Some(NOBODY))
    );
}

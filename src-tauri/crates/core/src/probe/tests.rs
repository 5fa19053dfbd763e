//! Apps of every kind, as functions from `Host` to answer.

mod apps;
mod plans;
mod verdicts;

use super::{Answer, Ask, Outcome, Plan, Report, VerdictKind, Wanted, judge};
use crate::resolve::{Resolved, name};
use crate::testing::snapshot;
use crate::workspace::Snapshot;

/// What an app is asked.
pub(super) struct Asked<'a> {
    pub(super) host: &'a str,
    pub(super) forwarded_host: &'a str,
    pub(super) path: &'a str,
}

/// An app.
pub(super) type App = fn(&Asked<'_>) -> Answer;

pub(super) fn workspace(upstream: &str, host: Option<&str>) -> Snapshot {
    let host = host.map_or(String::new(), |host| format!(", \"host\": {host:?}"));
    snapshot(&format!(
        r#"{{ "name": "w", "tenants": [
             {{ "id": "acme", "name": "Acme", "domains": ["shop.acme.com"] }},
             {{ "id": "globex", "name": "Globex Corporation", "domains": ["globex.com"] }}],
             "previews": [{{ "name": "main", "upstream": {upstream:?}{host} }}] }}"#
    ))
}

/// Puts a question to an app, as the proxy would.
pub(super) fn answered(plan: &Plan, ask: &Ask, app: App) -> Outcome {
    if let Some(reason) = ask.refused.clone() {
        return Outcome::NotAsked { reason };
    }
    let snapshot = plan.snapshot(ask.form);
    let Resolved::Preview(resolved) = name(ask.address.clone(), &snapshot.workspace) else {
        panic!("{ask:?}");
    };
    let host = resolved.host_sent(&snapshot).unwrap();
    let pane = snapshot
        .base
        .authority_of(&ask.address.host(&snapshot.base).to_string());
    let local = plan.origin.host().is_loopback();
    let asked = Asked {
        host: &host,
        forwarded_host: if local { &pane } else { &host },
        path: &ask.path,
    };
    let answer = app(&asked);
    Outcome::Answered(Answer {
        host: host.clone(),
        pane,
        ..answer
    })
}

/// Probes an app, with the second look where the first asks for it.
pub(super) fn probe_with(snapshot: &Snapshot, wanted: &Wanted, app: App) -> Report {
    let mut plan = Plan::new(snapshot, "main", wanted).unwrap();
    let mut asked = Vec::new();
    for form in 0..plan.forms.len() {
        for ask in plan.asks(form) {
            let outcome = answered(&plan, &ask, app);
            asked.push((ask, outcome));
        }
    }
    let report = judge(&plan, &asked);
    if report.verdict.kind != VerdictKind::Unread
        && report.verdict.kind != VerdictKind::NotUnderstood
    {
        return report;
    }
    let form = plan.add_path_form();
    for ask in plan.asks(form) {
        let outcome = answered(&plan, &ask, app);
        asked.push((ask, outcome));
    }
    judge(&plan, &asked)
}

pub(super) fn probe(snapshot: &Snapshot, app: App) -> Report {
    probe_with(snapshot, &Wanted::default(), app)
}

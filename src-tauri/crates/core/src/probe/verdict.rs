//! What to write into the file.

use serde::Serialize;

use super::answer::{Answer, Outcome};
use super::form::FormKind;
use super::plan::{Ask, Plan, Who};
use super::{Grade, Row};

/// What to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = ProbeVerdict))]
#[serde(rename_all = "camelCase")]
pub struct Verdict {
    /// Which.
    pub kind: VerdictKind,
    /// Whether the answers leave no doubt.
    pub sure: bool,
    /// The `host` that the preview should have. For [`VerdictKind::Keep`] the one that it has;
    /// `None`: no such line.
    pub host: Option<String>,
    /// The line to paste, where one is to be written.
    pub line: Option<String>,
    /// The verdict in a sentence.
    pub message: String,
    /// What it rests on.
    pub reasons: Vec<String>,
    /// What to do where nothing can be written.
    pub fix: Option<String>,
    /// For [`VerdictKind::Ambiguous`]: the forms to choose from; `None` among them is no `host` line.
    pub choices: Vec<Option<String>>,
}

/// What the answers come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = ProbeVerdictKind))]
#[serde(rename_all = "kebab-case")]
pub enum VerdictKind {
    /// The file is right as it is.
    Keep,
    /// The `host` line is wrong, and none is needed.
    LeaveOut,
    /// The `host` line to write.
    Write,
    /// Several forms are understood, and the app makes something else of each.
    Ambiguous,
    /// The tenant stands in the path.
    Path,
    /// The app answers alike whatever the `Host`.
    Unread,
    /// The app reads the `Host`, and understands none of the forms.
    NotUnderstood,
    /// The app did not answer.
    NoAnswer,
}

/// One form, judged.
#[derive(Debug)]
pub(super) struct Judged {
    pub(super) row: Row,
    pub(super) grade: Grade,
    pub(super) is_candidate: bool,
    pub(super) pattern: Option<String>,
}

pub(super) fn of(
    plan: &Plan,
    forms: &[Judged],
    asked: &[(Ask, Outcome)],
    control: Option<&Answer>,
) -> Verdict {
    let candidates = || forms.iter().filter(|form| form.is_candidate);
    if candidates().all(|form| form.grade == Grade::Untried) {
        return no_answer(forms);
    }
    let best = candidates()
        .map(|form| form.grade)
        .max()
        .unwrap_or(Grade::Untried);
    if best >= Grade::Likely {
        let mut understood: Vec<&Judged> = candidates().filter(|form| form.grade == best).collect();
        understood.sort_by_key(|form| form.row.kind);
        let mut verdict = choose(plan, &understood);
        verdict.sure &= best == Grade::Right;
        let elsewhere = forms
            .iter()
            .find(|form| form.row.kind == FormKind::Authority);
        if elsewhere.is_some_and(|form| !form.is_candidate && form.grade >= Grade::Likely) {
            verdict.reasons.push(
                "the tenant is found even where the Host names none: the app reads it elsewhere, in X-Forwarded-Host \
                 or in a field that the preview sends"
                    .to_owned(),
            );
        }
        return verdict;
    }
    let in_path = forms.iter().find(|form| form.row.kind == FormKind::Path);
    if let Some(form) = in_path.filter(|form| form.grade >= Grade::Likely) {
        return path(plan, form);
    }
    none(plan, forms, asked, control)
}

fn choose(plan: &Plan, understood: &[&Judged]) -> Verdict {
    let as_it_is = match plan.present {
        Some(_) => FormKind::Present,
        None => FormKind::Default,
    };
    let find = |kind| understood.iter().find(|form| form.row.kind == kind);
    let others = |chosen: &Judged| {
        let others = understood
            .iter()
            .filter(|form| form.row.kind != chosen.row.kind);
        let names: Vec<String> = others.map(|form| shown(form.row.host.as_deref())).collect();
        (!names.is_empty()).then(|| format!("understood as well: {}", names.join(", ")))
    };
    let because = |form: &Judged| {
        let mut reasons = vec![form.row.reason.clone()];
        reasons.extend(others(form));
        reasons
    };
    if let Some(form) = find(as_it_is) {
        let message = match &plan.present {
            Some(host) => format!("the host line is right as it is: \"{host}\""),
            None => "no host line is needed: what is sent without one is understood".to_owned(),
        };
        return Verdict {
            host: plan.present.clone(),
            reasons: because(form),
            ..verdict(VerdictKind::Keep, message)
        };
    }
    if let Some(form) = find(FormKind::Default) {
        return Verdict {
            reasons: because(form),
            fix: Some(format!(
                "take \"host\" out of the preview \"{}\"",
                plan.preview
            )),
            ..verdict(
                VerdictKind::LeaveOut,
                "the host line is not understood, and none is needed".to_owned(),
            )
        };
    }
    let alike = understood
        .windows(2)
        .all(|two| two[0].pattern == two[1].pattern);
    if !alike {
        let reasons = understood.iter();
        let reasons =
            reasons.map(|form| format!("{}: {}", shown(form.row.host.as_deref()), form.row.reason));
        return Verdict {
            sure: false,
            reasons: reasons.collect(),
            fix: Some(
                "open one tenant with each, and write the one whose page is right".to_owned(),
            ),
            choices: understood
                .iter()
                .map(|form| form.row.host.clone())
                .collect(),
            ..verdict(
                VerdictKind::Ambiguous,
                "several forms are understood, and the app makes something else of each".to_owned(),
            )
        };
    }
    let form = understood[0];
    let host = form.row.host.clone().unwrap_or_default();
    Verdict {
        line: Some(format!("\"host\": {}", quoted(&host))),
        host: Some(host),
        reasons: because(form),
        ..verdict(
            VerdictKind::Write,
            format!("the app understands {}", shown(form.row.host.as_deref())),
        )
    }
}

fn path(plan: &Plan, form: &Judged) -> Verdict {
    let tenant = plan
        .tenants
        .first()
        .map_or("", |tenant| &tenant.upstream_id);
    let shown = plan.path.trim_end_matches('/');
    if plan.in_path {
        return Verdict {
            host: plan.present.clone(),
            sure: form.grade == Grade::Right,
            reasons: vec![form.row.reason.clone()],
            ..verdict(
                VerdictKind::Keep,
                format!("the tenant stands in the path, as the file says: /{tenant}{shown}"),
            )
        };
    }
    Verdict {
        sure: form.grade == Grade::Right,
        reasons: vec![form.row.reason.clone()],
        fix: Some("\"tenancy\": { \"kind\": \"path\" }".to_owned()),
        ..verdict(
            VerdictKind::Path,
            format!(
                "the app does not read the tenant from the Host: it stands in the path, as in /{tenant}{shown}"
            ),
        )
    }
}

fn none(
    plan: &Plan,
    forms: &[Judged],
    asked: &[(Ask, Outcome)],
    control: Option<&Answer>,
) -> Verdict {
    let as_tenants = || {
        asked.iter().filter_map(|(ask, outcome)| {
            let candidate = plan.is_candidate(ask.form) && matches!(ask.who, Who::Tenant(_));
            outcome.answer().filter(|_| candidate)
        })
    };
    let all = |wanted: &dyn Fn(&Answer) -> bool| as_tenants().all(wanted);
    let reasons = || -> Vec<String> {
        let judged = forms
            .iter()
            .filter(|form| form.is_candidate && form.grade == Grade::Wrong);
        judged
            .map(|form| format!("{}: {}", shown(form.row.host.as_deref()), form.row.reason))
            .collect()
    };
    let not_understood = |message: &str, fix: String| Verdict {
        sure: false,
        reasons: reasons(),
        fix: Some(fix),
        ..verdict(VerdictKind::NotUnderstood, message.to_owned())
    };
    let status = as_tenants().next().map_or(0, |answer| answer.status);
    if all(&|answer| matches!(answer.status, 401 | 403)) {
        return not_understood(
            &format!(
                "every form is turned away with {status}: the app may not have been reached at all"
            ),
            "send what lets requests in, such as \"headers\": { \"x-vercel-protection-bypass\": \
             \"${env:VERCEL_AUTOMATION_BYPASS_SECRET}\" }, and probe again"
                .to_owned(),
        );
    }
    if all(&|answer| answer.status >= 500) {
        return not_understood(
            &format!("the app fails on every form with {status}"),
            "look into the app's own log, and probe again when its page comes".to_owned(),
        );
    }
    if all(&|answer| answer.status == 404) {
        return not_understood(
            &format!("{} is not found in any form", plan.path),
            "probe with a path that every tenant has: --path /about".to_owned(),
        );
    }
    let same = control.is_some_and(|control| {
        all(&|answer| {
            answer.status == control.status
                && answer.rewritten() == control.rewritten()
                && answer.is_redirect() == control.is_redirect()
        })
    });
    if same {
        return Verdict {
            sure: false,
            reasons: vec![
                format!(
                    "every form gets what a request without a tenant gets: {}",
                    control.map(Answer::told).unwrap_or_default()
                ),
                "scripts in the browser always see the preview host, whatever is sent: an app that reads it there needs \
                 no line"
                    .to_owned(),
            ],
            fix: Some(
                "if its tenants are told apart only further in, probe a page that shows the tenant with --path, as \
                 tenants that the app knows with --tenant"
                    .to_owned(),
            ),
            ..verdict(
                VerdictKind::Unread,
                "the app answers alike whatever the Host: it does not seem to read the tenant from it".to_owned(),
            )
        };
    }
    not_understood(
        "the app reads the Host, and understands none of these forms",
        format!(
            "see what the app does with the host (middleware or proxy.ts), and try its form: tripledash probe {} \
             --host '{{tenant}}.my-app.com'",
            plan.preview
        ),
    )
}

fn no_answer(forms: &[Judged]) -> Verdict {
    let mut reasons: Vec<String> = Vec::new();
    let asked = |form: &&Judged| form.is_candidate && !form.row.answers.is_empty();
    for form in forms.iter().filter(asked) {
        if !reasons.contains(&form.row.reason) {
            reasons.push(form.row.reason.clone());
        }
    }
    Verdict {
        sure: false,
        reasons,
        fix: Some("see that the app runs and can be reached, and probe again".to_owned()),
        ..verdict(VerdictKind::NoAnswer, "the app did not answer".to_owned())
    }
}

fn verdict(kind: VerdictKind, message: String) -> Verdict {
    Verdict {
        kind,
        sure: true,
        host: None,
        line: None,
        message,
        reasons: Vec::new(),
        fix: None,
        choices: Vec::new(),
    }
}

fn shown(host: Option<&str>) -> String {
    host.map_or_else(|| "no host line".to_owned(), str::to_owned)
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

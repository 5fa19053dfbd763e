//! From answers to a report.

use super::answer::{Answer, Outcome};
use super::form::FormKind;
use super::plan::{Ask, NOBODY, Plan, Who};
use super::sight::{Scene, Sight};
use super::verdict::{self, Judged};
use super::{Cell, Grade, Remark, Report, Row};

/// Says what the answers mean. Each question stands beside what came of it.
///
/// A verdict of [`Unread`](super::VerdictKind::Unread) is worth another look: with
/// [`Plan::add_path_form`] and its answers the tenant may turn out to stand in the path.
pub fn judge(plan: &Plan, asked: &[(Ask, Outcome)]) -> Report {
    let control = asked.iter().find(|(ask, _)| ask.who == Who::None);
    let control = control.and_then(|(_, outcome)| outcome.answer());
    let forms: Vec<Judged> = (0..plan.forms.len())
        .map(|form| judged(plan, form, asked, control))
        .collect();
    let verdict = verdict::of(plan, &forms, asked, control);
    Report {
        preview: plan.preview.clone(),
        upstream: plan.upstream.clone(),
        path: plan.path.clone(),
        tenants: plan
            .tenants
            .iter()
            .map(|tenant| tenant.id.clone())
            .collect(),
        forms: forms.into_iter().map(|judged| judged.row).collect(),
        verdict,
        remarks: remarks(plan, asked),
    }
}

fn judged(plan: &Plan, form: usize, asked: &[(Ask, Outcome)], control: Option<&Answer>) -> Judged {
    let of_form = || asked.iter().filter(move |(ask, _)| ask.form == form);
    let mut tenants = Vec::new();
    let mut nobody = None;
    for (ask, outcome) in of_form() {
        match (ask.who, outcome.answer()) {
            (Who::Tenant(place), Some(answer)) => tenants.push((&plan.tenants[place], answer)),
            (Who::Nobody, answer) => nobody = answer,
            (Who::Tenant(_), None) | (Who::None, _) => {}
        }
    }
    let kind = plan.forms[form].kind;
    let scene = Scene {
        kind,
        tenants,
        nobody,
        control,
    };
    let (grade, reason, sights) = if scene.tenants.is_empty() {
        let mut why = of_form().filter_map(|(_, outcome)| why_none(outcome));
        let why = why.next().unwrap_or_else(|| "not asked".to_owned());
        (Grade::Untried, why, Vec::new())
    } else {
        let seen = scene.see();
        (seen.grade, seen.reason, seen.sights)
    };
    let mut sights = sights.iter();
    let answers = of_form()
        .map(|(ask, outcome)| {
            let sight = match (ask.who, outcome) {
                (Who::Tenant(_), Outcome::Answered(_)) => sights.next(),
                _ => None,
            };
            cell(plan, ask, outcome, sight)
        })
        .collect();
    let is_candidate = plan.is_candidate(form);
    Judged {
        grade,
        is_candidate,
        pattern: pattern(&scene),
        row: Row {
            kind,
            host: plan.forms[form].host.as_ref().map(ToString::to_string),
            grade: is_candidate.then_some(grade),
            reason: match kind {
                FormKind::Authority if !is_candidate => control_words(control),
                _ => reason,
            },
            answers,
        },
    }
}

fn control_words(control: Option<&Answer>) -> String {
    match control {
        Some(answer) => format!(
            "to compare with: without a tenant the app answers {}",
            answer.told()
        ),
        None => "to compare with: no answer without a tenant".to_owned(),
    }
}

/// What the app makes of a tenant here, with the tenant taken out: two forms with the same pattern
/// are understood alike.
fn pattern(scene: &Scene<'_>) -> Option<String> {
    let (tenant, answer) = scene.tenants.first()?;
    let path = answer.rewritten()?;
    let segments = path.split('/').map(|segment| {
        if segment == tenant.upstream_id {
            "{tenant}"
        } else {
            segment
        }
    });
    Some(segments.collect::<Vec<_>>().join("/"))
}

fn why_none(outcome: &Outcome) -> Option<String> {
    match outcome {
        Outcome::Answered(_) => None,
        Outcome::Failed { reason, .. } | Outcome::NotAsked { reason } => Some(reason.clone()),
    }
}

fn cell(plan: &Plan, ask: &Ask, outcome: &Outcome, sight: Option<&Sight>) -> Cell {
    let tenant = match ask.who {
        Who::Tenant(place) => Some(plan.tenants[place].id.clone()),
        Who::Nobody => Some(NOBODY.to_owned()),
        Who::None => None,
    };
    let made_up = ask.who == Who::Nobody;
    let empty = Cell {
        tenant,
        made_up,
        host: None,
        status: None,
        rewrite: None,
        location: None,
        seen: String::new(),
    };
    match outcome {
        Outcome::Answered(answer) => Cell {
            host: Some(answer.host.clone()),
            status: Some(answer.status),
            rewrite: answer.rewrite.clone(),
            location: answer.location.clone().filter(|_| answer.is_redirect()),
            seen: sight.map(words).unwrap_or_default(),
            ..empty
        },
        Outcome::Failed { host, reason } => Cell {
            host: Some(host.clone()),
            seen: reason.clone(),
            ..empty
        },
        Outcome::NotAsked { reason } => Cell {
            seen: reason.clone(),
            ..empty
        },
    }
}

fn words(sight: &Sight) -> String {
    match sight {
        Sight::Segment { .. } => "the tenant is in the rewrite".to_owned(),
        Sight::Misread { .. } => "more than the tenant is in the rewrite".to_owned(),
        Sight::Known => "served, unlike a tenant that does not exist".to_owned(),
        Sight::Named { times: 1 } => "named once".to_owned(),
        Sight::Named { times } => format!("named {times} times"),
        Sight::Apart { .. } => "a rewrite of its own".to_owned(),
        Sight::Titled { title } => format!("a title of its own: {title}"),
        Sight::Blocked => "refused by the dev server".to_owned(),
        Sight::Nothing => "nothing of the tenant".to_owned(),
    }
}

fn remarks(plan: &Plan, asked: &[(Ask, Outcome)]) -> Vec<Remark> {
    let mut answers = asked.iter().filter_map(|(_, outcome)| outcome.answer());
    let local = plan.origin.host().is_loopback();
    let external = answers
        .clone()
        .find_map(|answer| answer.external(&plan.origin));
    let mut remarks = Vec::new();
    if let Some(told) = external.filter(|_| local) {
        remarks.push(Remark {
            code: "rewrite-external",
            message: format!(
                "The app takes its own rewrite for one to another server ({told}): it asks itself over HTTP, and its \
                 pages read that address as their host. A server that is bound to 127.0.0.1 and calls itself localhost \
                 does that."
            ),
            fix: Some("next dev -H localhost".to_owned()),
        });
    }
    if let Some(blocked) = answers.find(|answer| answer.body.starts_with("Blocked request")) {
        remarks.push(Remark {
            code: "host-blocked",
            message: format!(
                "The dev server refuses hosts that it does not know, such as {}.",
                blocked.host
            ),
            fix: Some(
                "allow them with server.allowedHosts in vite.config, or use a form under localhost"
                    .to_owned(),
            ),
        });
    }
    remarks
}

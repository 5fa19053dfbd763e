//! `tripledash probe`: which form of `Host` a preview's app understands.

use std::fmt::Write as _;

use serde::Serialize;
use tripledash_core::Snapshot;
use tripledash_core::probe::{FormKind, Grade, Report, Row, Verdict, VerdictKind, Wanted};
use tripledash_workbench::{FILE, ProbeProgress, Prober, set_host};

use crate::arguments::Probe;
use crate::output::{self, Ending, Paint};
use crate::signals::run;
use crate::workspace::{self, folder_of};

/// The answer as JSON.
#[derive(Debug, Serialize)]
struct Answer<'a> {
    #[serde(flatten)]
    report: &'a Report,
    /// Whether the file was changed.
    written: bool,
}

pub(crate) fn probe(asked: &Probe) -> Ending {
    let snapshot = match workspace::snapshot(&asked.folder, tripledash::USUAL_PORT) {
        Ok(snapshot) => snapshot,
        Err(error) => return output::error(&error),
    };
    run(probing(asked, &snapshot))
}

async fn probing(asked: &Probe, snapshot: &Snapshot) -> Ending {
    let wanted = Wanted {
        tenants: asked.tenants.clone(),
        parts: asked.parts.iter().cloned().collect(),
        path: asked.path.clone(),
        hosts: asked.hosts.clone(),
    };
    let tell = |ProbeProgress { done, total }| match done {
        0 => output::progress("asking the app; a dev server may have to compile its page first"),
        _ => output::progress(format_args!("{done} of {total} answers")),
    };
    let prober = Prober::new();
    let probed = prober.probe(snapshot, &asked.preview, &wanted, &tell).await;
    output::progress("");
    let report = match probed {
        Ok(report) => report,
        Err(error) => {
            let ending = output::error(&error);
            if let Some(fix) = error.fix() {
                output::remark(format_args!("  {}", Paint::stderr().faint(&fix)));
            }
            return ending;
        }
    };
    let verdict = &report.verdict;
    let host = verdict.host.as_deref();
    let changes = matches!(verdict.kind, VerdictKind::Write | VerdictKind::LeaveOut);
    let written = if asked.write && changes {
        let workspace = &snapshot.workspace;
        match set_host(folder_of(&asked.folder), workspace, &asked.preview, host) {
            Ok(written) => written,
            Err(error) => return output::error(&error),
        }
    } else {
        false
    };
    if asked.json {
        let report = &report;
        output::answer_json(&Answer { report, written });
    } else {
        output::answer(text(&report, written, Paint::stdout()).trim_end());
    }
    match verdict.kind {
        VerdictKind::Keep | VerdictKind::LeaveOut | VerdictKind::Write => Ending::Good,
        VerdictKind::Ambiguous
        | VerdictKind::Path
        | VerdictKind::Unread
        | VerdictKind::NotUnderstood
        | VerdictKind::NoAnswer => Ending::No,
    }
}

/// The report for a person: a table, the verdict, the line.
fn text(report: &Report, written: bool, paint: Paint) -> String {
    let mut out = format!(
        "{} at {}, asked for {} as {} and as one that does not exist\n\n",
        paint.bold(&report.preview),
        report.upstream,
        report.path,
        report.tenants.join(", "),
    );
    if report.verdict.kind != VerdictKind::NoAnswer {
        table(&mut out, &report.forms, paint);
        out.push('\n');
    }
    conclude(&mut out, report, written, paint);
    for remark in &report.remarks {
        // Writing to a string does not fail.
        let _ = writeln!(out, "{}: {}", paint.yellow("note"), remark.message);
        if let Some(fix) = &remark.fix {
            let _ = writeln!(out, "  {}", paint.faint(fix));
        }
    }
    out
}

fn conclude(out: &mut String, report: &Report, written: bool, paint: Paint) {
    let verdict = &report.verdict;
    let good = matches!(
        verdict.kind,
        VerdictKind::Keep | VerdictKind::LeaveOut | VerdictKind::Write
    );
    let message = if good {
        paint.green(&verdict.message)
    } else {
        paint.yellow(&verdict.message)
    };
    let doubt = if good && !verdict.sure {
        " (most likely)"
    } else {
        ""
    };
    let _ = writeln!(out, "{message}{doubt}");
    // What the table says of every form need not be said again.
    let told = matches!(verdict.kind, VerdictKind::NotUnderstood);
    for reason in verdict.reasons.iter().filter(|_| !told) {
        let _ = writeln!(out, "  {}", paint.faint(reason));
    }
    let _ = match action(verdict, &report.preview, written) {
        Some(action) => writeln!(out, "\n{action}"),
        None => Ok(()),
    };
}

fn action(verdict: &Verdict, preview: &str, written: bool) -> Option<String> {
    match (&verdict.line, written) {
        (Some(line), true) => Some(format!("written into {FILE}: {line}")),
        (Some(line), false) => Some(format!(
            "paste into the preview \"{preview}\" in {FILE}, or probe with --write:\n  {line}"
        )),
        (None, true) => Some(format!(
            "\"host\" was taken out of the preview \"{preview}\" in {FILE}"
        )),
        (None, false) => verdict.fix.clone(),
    }
}

/// One line for each form, its columns aligned.
fn table(out: &mut String, forms: &[Row], paint: Paint) {
    let rows: Vec<[String; 5]> = forms.iter().map(cells).collect();
    let head = ["", "host", "status", "rewrite", ""].map(str::to_owned);
    let width = |column: usize| {
        let cells = rows
            .iter()
            .chain([&head])
            .map(|row| row[column].chars().count());
        cells.max().unwrap_or_default()
    };
    let widths: Vec<usize> = (0..head.len()).map(width).collect();
    for row in [&head].into_iter().chain(&rows) {
        let mut line = String::new();
        for (place, (cell, width)) in row.iter().zip(&widths).enumerate() {
            // Padded before it is painted: colours have no width.
            let padded = format!("{cell:<width$}");
            let painted = match (place, cell.as_str()) {
                (0, "yes") => paint.green(&padded),
                (0, "likely") => paint.yellow(&padded),
                (0, _) | (4, _) => paint.faint(&padded),
                _ => padded,
            };
            line.push_str(&painted);
            line.push_str("  ");
        }
        let _ = writeln!(out, "{}", line.trim_end());
    }
}

/// Verdict, form, status, rewrite and reason of a form.
fn cells(row: &Row) -> [String; 5] {
    let grade = match row.grade {
        Some(Grade::Right) => "yes",
        Some(Grade::Likely) => "likely",
        Some(Grade::Wrong) => "no",
        Some(Grade::Untried) => "-",
        None => "",
    };
    let host = match (&row.host, row.kind) {
        (Some(host), FormKind::Path) => format!("{host}, tenant in the path"),
        (Some(host), _) => host.clone(),
        (None, kind) => format!("({})", kind.words()),
    };
    let first = row.answers.iter().find(|cell| cell.status.is_some());
    let status = first.and_then(|cell| cell.status);
    [
        grade.to_owned(),
        host,
        status.map_or_else(|| "-".to_owned(), |status| status.to_string()),
        first
            .and_then(|cell| cell.rewrite.clone())
            .unwrap_or_default(),
        row.reason.clone(),
    ]
}

//! `tripledash url`: the address of a tenant on a preview, and nothing else on standard output.

use tripledash_core::Severity;
use tripledash_core::budget::{AddressProblem, build_address};

use crate::arguments::Url;
use crate::output::{self, Ending, Paint};
use crate::workspace;

pub(crate) fn url(asked: &Url) -> Ending {
    let snapshot = match workspace::snapshot(&asked.folder, asked.port) {
        Ok(snapshot) => snapshot,
        Err(error) => return output::error(&error),
    };
    let Url {
        tenant,
        preview,
        session,
        path,
        ..
    } = asked;
    let built = build_address(
        &snapshot,
        tenant.as_deref(),
        preview,
        session.as_deref(),
        path,
    );
    for problem in &built.problems {
        tell(problem);
    }
    if built
        .problems
        .iter()
        .any(|problem| problem.severity == Severity::Error)
    {
        return Ending::No;
    }
    let (url, reason) = if asked.remote {
        (built.remote_url, built.remote_reason)
    } else {
        (built.url, None)
    };
    match url {
        Some(url) => {
            output::answer(url);
            Ending::Good
        }
        None => {
            output::refuse(reason.unwrap_or_else(|| format!("{preview:?} has no such address")))
        }
    }
}

fn tell(problem: &AddressProblem) {
    let paint = Paint::stderr();
    let severity = match problem.severity {
        Severity::Error => paint.red("error"),
        Severity::Warning => paint.yellow("warning"),
        Severity::Info => paint.faint("note"),
    };
    output::remark(format_args!("{severity}: {}", problem.message));
    if let Some(fix) = &problem.fix {
        output::remark(format_args!("  {}", paint.faint(fix)));
    }
}

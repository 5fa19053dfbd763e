//! `tripledash explain`: the trace of a request that is not sent.

use std::fmt::Write as _;
use std::sync::Arc;

use tripledash_core::address::BaseDomain;
use tripledash_core::explain::{Explanation, explain as explain_request};
use tripledash_core::trace::Resolution;
use tripledash_core::{Severity, Stage};

use url::Url;

use super::url::running_port;
use crate::arguments::Explain;
use crate::output::{self, Ending, Paint};
use crate::workspace;

pub(crate) fn explain(asked: &Explain) -> Ending {
    // No port says what is meant, but apps are told of it: the one that the request would have.
    let port = own_port(&asked.url).or_else(|| running_port(&asked.folder));
    let port = port.unwrap_or(tripledash::USUAL_PORT);
    let snapshot = match workspace::snapshot(&asked.folder, port) {
        Ok(snapshot) => snapshot,
        Err(error) => return output::error(&error),
    };
    let snapshot = Arc::new(snapshot);
    let explanation = match explain_request(&asked.url, &asked.method, &asked.headers, &snapshot) {
        Ok(explanation) => explanation,
        Err(error) => {
            output::error(&error);
            return Ending::Misuse;
        }
    };
    if asked.json {
        output::answer_json(&explanation);
    } else {
        output::answer(text(&explanation, &asked.method, Paint::stdout()).trim_end());
    }
    match explanation.resolution {
        Resolution::Unknown { .. } => Ending::No,
        Resolution::Preview { .. } | Resolution::Workbench => Ending::Good,
    }
}

/// The port that an address of ours names.
fn own_port(address: &str) -> Option<u16> {
    let address = Url::parse(address).ok()?;
    let ours = format!(".{}", BaseDomain::local(0).host);
    let own = address.host_str().is_some_and(|host| host.ends_with(&ours));
    address.port().filter(|_| own)
}

/// The trace for a person: one line per step, the reasons below.
fn text(explanation: &Explanation, method: &str, paint: Paint) -> String {
    let mut out = String::new();
    let mut line = |name: &str, value: &str| {
        // Writing to a string does not fail.
        let _ = writeln!(out, "{} {value}", paint.faint(&format!("{name:<11}")));
    };
    line(
        "request",
        &paint.bold(&format!("{method} {}", explanation.url)),
    );
    line("host", &explanation.host);
    match &explanation.resolution {
        Resolution::Preview {
            tenant,
            preview,
            session,
            ..
        } => {
            let tenant = tenant
                .as_deref()
                .map_or("no tenant".to_owned(), |tenant| format!("tenant {tenant}"));
            let session = session
                .as_deref()
                .map_or(String::new(), |session| format!(", session {session}"));
            line(
                "preview",
                &format!("{}, {tenant}{session}", paint.green(preview)),
            );
        }
        Resolution::Workbench => line("preview", "none: this is the workbench itself"),
        Resolution::Unknown { reason, near } => {
            line("preview", &format!("{}: {reason}", paint.red("unknown")));
            if !near.is_empty() {
                line("near", &near.join(", "));
            }
        }
    }
    for rule in &explanation.rules {
        let verdict = if rule.matched {
            paint.green("matched")
        } else {
            paint.faint("passed over")
        };
        let by = serde_json::to_value(rule.by)
            .ok()
            .and_then(|by| by.as_str().map(str::to_owned))
            .unwrap_or_default();
        line(
            &format!("rule {}", rule.index),
            &format!("{by} {} {verdict}: {}", rule.source, rule.reason),
        );
    }
    if let Some(predicted) = &explanation.predicted {
        line("predicted", predicted);
    }
    if let Some(upstream) = &explanation.upstream {
        line(
            "upstream",
            &format!(
                "{} asked as {}, path {}",
                upstream.origin, upstream.host, upstream.path
            ),
        );
    }
    for edit in &explanation.edits {
        let stage = match edit.stage {
            Stage::Request => "request",
            Stage::Response => "response",
        };
        let value = |value: &Option<String>| value.clone().unwrap_or_else(|| "(none)".to_owned());
        line(
            stage,
            &format!(
                "{}: {} -> {} {}",
                edit.field,
                value(&edit.before),
                value(&edit.after),
                paint.faint(&edit.why)
            ),
        );
    }
    for diagnostic in &explanation.diagnostics {
        let severity = match diagnostic.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "note",
        };
        line(
            severity,
            &format!("{}: {}", paint.yellow(&diagnostic.code), diagnostic.message),
        );
        if let Some(fix) = &diagnostic.fix {
            line("", &paint.faint(fix));
        }
    }
    out
}

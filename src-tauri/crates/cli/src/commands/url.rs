//! `tripledash url`: the address of a tenant on a preview, and nothing else on standard output.

use std::path::Path;

use tripledash_core::Severity;
use tripledash_core::budget::{AddressProblem, AddressRequest, build};

use crate::arguments::Url;
use crate::client::Client;
use crate::output::{self, Ending, Paint};
use crate::workspace;

pub(crate) fn url(asked: &Url) -> Ending {
    let port = asked.port.or_else(|| running_port(&asked.folder));
    let port = port.unwrap_or(tripledash::USUAL_PORT);
    let snapshot = match workspace::snapshot(&asked.folder, port) {
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
    let parts = asked.parts.iter().cloned().collect();
    let built = build(
        &snapshot,
        AddressRequest {
            tenant: tenant.as_deref(),
            parts: Some(&parts),
            preview,
            session: session.as_deref(),
            path,
        },
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

/// The port of the engine that has a folder open.
pub(super) fn running_port(folder: &Path) -> Option<u16> {
    let folder = workspace::folder_of(folder).canonicalize().ok()?;
    let data_folder = tripledash::data_folder(std::env::var_os("TRIPLEDASH_DATA")).ok()?;
    let runtime = tokio::runtime::Runtime::new().ok()?;
    let found = runtime.block_on(Client::find(&data_folder, &folder))?;
    Some(found.0.base().port)
}

fn tell(problem: &AddressProblem) {
    let paint = Paint::stderr();
    let severity = match problem.severity {
        Severity::Error => paint.red("error"),
        Severity::Warning => paint.yellow("warning"),
        Severity::Info => paint.faint("note"),
    };
    output::remark(format_args!("{severity}: {}", problem.message));
    let how = match problem.code {
        "missing-part" => ": --part NAME=VALUE",
        _ => "",
    };
    if let Some(fix) = &problem.fix {
        output::remark(format_args!("  {}", paint.faint(&format!("{fix}{how}"))));
    }
}

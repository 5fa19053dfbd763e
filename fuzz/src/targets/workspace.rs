//! Workspace files.

use tripledash_core::Severity;
use tripledash_core::workspace::{VercelSource, parse};

use super::text;

pub(crate) fn run(input: &[u8]) {
    let text = text(input);
    let parsed = parse(&text, "tripledash.json");
    assert_eq!(
        parsed.workspace.is_none(),
        parsed.has_errors(),
        "an error, or a workspace"
    );
    // A file that ends with a newline has a line after it.
    let lines = text.split('\n').count();
    for problem in &parsed.problems {
        assert!(
            (1..=lines).contains(&problem.line),
            "{problem} of {lines} lines"
        );
        assert!(
            problem.column >= 1 && problem.column <= text.len() + 1,
            "{problem}"
        );
        assert!(
            !problem.message.is_empty() && !problem.message.contains('\n'),
            "{problem}"
        );
    }
    for used in &parsed.environment_uses {
        let implied = used.name == VercelSource::TOKEN;
        assert!(implied || text.contains(&used.name), "{used:?}");
    }
    assert_eq!(parse(&text, "tripledash.json"), parsed);
    let Some(workspace) = parsed.workspace else {
        return;
    };
    assert!(
        parsed
            .problems
            .iter()
            .all(|problem| problem.severity != Severity::Error)
    );
    for (name, preview) in &workspace.previews {
        assert_eq!(name, &preview.name);
    }
    for (id, tenant) in &*workspace.tenants {
        assert_eq!(id, &tenant.id);
    }
}

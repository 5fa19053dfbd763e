//! Refusals of a preview that lacks something in the workspace or the environment.

use super::refusal::Refusal;
use super::site::Asked;
use crate::resolve::{NoUpstream, ResolvedPreview};
use crate::workspace::Preview;

const CODE: &str = "preview-not-configured";
const TITLE: &str = "This preview is not configured";

pub(super) fn missing(error: &NoUpstream, asked: &Asked) -> Box<Refusal> {
    let message = match error {
        NoUpstream::Absent { preview, variable } => match variable.name.strip_prefix("env:") {
            Some(name) => {
                format!(
                    "the preview {preview} needs the environment variable {name}, which is not set"
                )
            }
            None => error.to_string(),
        },
        NoUpstream::NoDomain { .. } => error.to_string(),
        NoUpstream::Nowhere { absence, .. } => {
            let title = "This preview is not there now";
            let refusal = Refusal::new(503, "preview-absent", title, &*absence.reason);
            let fix = error.fix();
            return refuse(asked, Refusal { fix, ..refusal });
        }
        NoUpstream::Invalid { source, .. } => format!("{error}: {source}"),
    };
    let title = match error {
        NoUpstream::NoDomain {
            tenant: Some(_), ..
        } => "This tenant has no domain",
        _ => TITLE,
    };
    refuse(
        asked,
        Refusal {
            fix: error.fix(),
            ..Refusal::new(503, CODE, title, message)
        },
    )
}

pub(super) fn unusable(
    asked: &Asked,
    resolved: &ResolvedPreview,
    field: &str,
    what: &str,
) -> Box<Refusal> {
    let preview = &resolved.preview;
    let message = format!(
        "{what} of the field {field} that the preview {preview} sends cannot stand in a header"
    );
    refuse(asked, Refusal::new(503, CODE, TITLE, message))
}

/// Certificates that cannot be used: the file, and why.
pub(super) fn certificates(
    preview: &Preview,
    path: &str,
    reason: &str,
    asked: &Asked,
) -> Box<Refusal> {
    let name = &preview.name;
    let message =
        format!("the certificates of the preview {name} cannot be used: {path}: {reason}");
    let fix = format!(
        "put PEM certificates into {path} beside tripledash.json, or correct \"ca\" of the preview \
         {name}"
    );
    refuse(
        asked,
        Refusal {
            fix: Some(fix),
            ..Refusal::new(503, CODE, TITLE, message)
        },
    )
}

fn refuse(asked: &Asked, refusal: Refusal) -> Box<Refusal> {
    Box::new(Refusal {
        resolution: Some(asked.resolution.clone()),
        url: asked.url.clone(),
        kind: asked.kind,
        ..refusal
    })
}

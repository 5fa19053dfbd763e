//! Refusals of a preview that lacks something in the workspace or the environment.

use super::refusal::Refusal;
use super::site::Asked;
use crate::resolve::{NoUpstream, ResolvedPreview};
use crate::workspace::Preview;

const CODE: &str = "preview-not-configured";
const TITLE: &str = "This preview is not configured";

pub(super) fn missing(error: &NoUpstream, asked: &Asked) -> Box<Refusal> {
    let (message, fix) = match error {
        NoUpstream::Absent { preview, variable } => match variable.name.strip_prefix("env:") {
            Some(name) => (
                format!(
                    "the preview {preview} needs the environment variable {name}, which is not set"
                ),
                format!("{name}=… in .env.local beside tripledash.json, or in the environment"),
            ),
            None if variable.name == "domain" => (
                error.to_string(),
                "give the tenant a \"domains\" entry in tripledash.json".to_owned(),
            ),
            None => (
                error.to_string(),
                format!("open an address that has a {}", variable.name),
            ),
        },
        NoUpstream::Nowhere { absence, .. } => {
            let title = "This preview is not there now";
            let refusal = Refusal::new(503, "preview-absent", title, &*absence.reason);
            let fix = Some(absence.fix.clone());
            return refuse(asked, Refusal { fix, ..refusal });
        }
        NoUpstream::Invalid { source, .. } => (
            format!("{error}: {source}"),
            "correct \"upstream\" in tripledash.json".to_owned(),
        ),
    };
    refuse(
        asked,
        Refusal {
            fix: Some(fix),
            ..Refusal::new(503, CODE, TITLE, message)
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

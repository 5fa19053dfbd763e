//! The plan for one request to a known preview.

use std::sync::Arc;

use http::{HeaderName, HeaderValue, Method};

use super::fields;
use super::origin::{self, OriginPolicy};
use super::refusal::Refusal;
use super::{Forward, RequestHead, Upstream};
use crate::edit::{Edit, Stage};
use crate::hop;
use crate::host::Authority;
use crate::redact::Secrets;
use crate::resolve::{NoUpstream, ResolvedPreview};
use crate::response::ResponseContext;
use crate::rule::{self, RequestView, Target};
use crate::trace::{Kind, Resolution, RuleBy, UpstreamTarget};
use crate::upstream::{Scheme, Trust, UpstreamOrigin};
use crate::workspace::{Access, Preview, Snapshot};

/// A request whose host names a preview.
pub(super) struct Asked<'a> {
    pub(super) head: &'a RequestHead<'a>,
    pub(super) authority: Authority,
    pub(super) path: &'a str,
    pub(super) url: String,
    pub(super) kind: Kind,
    pub(super) resolution: Resolution,
    pub(super) preview: ResolvedPreview,
}

pub(super) fn forward(asked: Asked<'_>, snapshot: &Arc<Snapshot>) -> Result<Forward, Box<Refusal>> {
    let workspace = &snapshot.workspace;
    let preview = workspace
        .previews
        .get(&asked.preview.preview)
        .expect("resolve names a preview of the workspace");
    let origin = asked
        .preview
        .upstream(snapshot)
        .map_err(|error| not_configured(&error, &asked))?;
    let host = asked
        .preview
        .host_sent(snapshot)
        .map_err(|error| not_configured(&error, &asked))?;
    let own = configured(preview, &asked, snapshot)?;
    let trust = trust(preview, &origin, &asked, snapshot)?;
    check_method(preview, &asked, snapshot)?;
    let hops = check_hops(&asked)?;

    let value = |variable: &str| asked.preview.value(variable, snapshot);
    let (path, query) = split(asked.path);
    let arrived = asked.authority.to_string();
    let came = RequestView {
        path,
        query,
        headers: asked.head.headers,
        host: &arrived,
        value: &value,
    };
    let proxied = rule::evaluate(&workspace.rules, RuleBy::Proxy, &came);
    let mut edits = Vec::new();
    let sent_path = match proxied
        .winner
        .as_ref()
        .and_then(|winner| Some((winner.index, winner.target.as_ref()?)))
    {
        Some((index, target)) => rewritten(index, target, asked.path, &mut edits),
        None => asked.path.to_owned(),
    };

    let host_value = HeaderValue::from_str(&host)
        .map_err(|_| unusable(&asked, "host", &format!("the Host {host:?}")))?;
    let mut secrets = Secrets::of_preview(preview, snapshot);
    proxied
        .secrets
        .iter()
        .for_each(|text| secrets.add_text(text));
    let mut outgoing = fields::copy(asked.head, edits, secrets, &host_value, &arrived);
    fields::forwarded(&mut outgoing, &asked, &origin, &host);
    let pane = format!("http://{arrived}");
    origin::apply(
        &mut outgoing,
        &pane,
        &origin_policy(&origin, &host, &sent_path),
        snapshot,
    );
    fields::cookies(&mut outgoing);
    fields::conditions(&mut outgoing);
    for (name, value) in own {
        outgoing.set(
            &name,
            value,
            format!("the preview {} is configured so", preview.name),
        );
    }
    fields::trail(&mut outgoing, hops, &arrived);

    let (path, query) = split(&sent_path);
    let sent = RequestView {
        path,
        query,
        headers: &outgoing.headers,
        host: &host,
        value: &value,
    };
    let app = rule::evaluate(&workspace.rules, RuleBy::App, &sent);
    let mut secrets = outgoing.secrets;
    app.secrets.iter().for_each(|text| secrets.add_text(text));
    let predicted = app
        .winner
        .and_then(|winner| winner.target)
        .map(|target| secrets.clean(&target.path).into_owned());
    let mut rules = proxied.verdicts;
    rules.extend(app.verdicts);
    rules.sort_by_key(|verdict| verdict.index);
    for rule in &mut rules {
        rule.redact(&secrets);
    }
    let mut edits = outgoing.edits;
    for edit in &mut edits {
        edit.redact(&secrets);
    }

    let target = UpstreamTarget {
        origin: origin.to_string(),
        host,
        path: sent_path,
    };
    let response = ResponseContext::new(
        asked.head,
        &asked.authority,
        asked.preview,
        &origin,
        &target,
        snapshot,
    )
    .with_secrets(&secrets)
    .with_origin_sent(asked.head.headers, &outgoing.headers);
    Ok(Forward {
        resolution: asked.resolution,
        path: asked.path.to_owned(),
        url: asked.url,
        kind: asked.kind,
        rules,
        predicted,
        upstream: Upstream {
            scheme: origin.scheme,
            port: origin.port(),
            host: origin.authority.host,
            trust,
            timeout: preview.timeout,
            target,
        },
        headers: outgoing.headers,
        edits,
        response,
        secrets,
    })
}

fn split(target: &str) -> (&str, Option<&str>) {
    match target.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (target, None),
    }
}

fn rewritten(index: usize, target: &Target, before: &str, edits: &mut Vec<Edit>) -> String {
    let after = target.to_string();
    if after != before {
        edits.push(Edit {
            stage: Stage::Request,
            field: "path".into(),
            before: Some(before.to_owned()),
            after: Some(after.clone()),
            why: format!("rule {index} rewrites it").into(),
        });
    }
    after
}

fn origin_policy(origin: &UpstreamOrigin, host: &str, path: &str) -> OriginPolicy {
    if !origin.host().is_loopback() {
        return OriginPolicy::Upstream {
            origin: format!("{}://{host}", origin.scheme),
        };
    }
    if !origin::is_guarded(path) {
        return OriginPolicy::Keep;
    }
    let port = origin.port();
    let port = if port == origin.scheme.default_port() {
        String::new()
    } else {
        format!(":{port}")
    };
    OriginPolicy::DevelopmentServer {
        origin: format!("http://localhost{port}"),
    }
}

type Field = (HeaderName, HeaderValue);

/// The preview's own fields.
fn configured(
    preview: &Preview,
    asked: &Asked<'_>,
    snapshot: &Snapshot,
) -> Result<Vec<Field>, Box<Refusal>> {
    let mut fields = Vec::with_capacity(preview.headers.len());
    for (name, template) in &preview.headers {
        let Ok(field) = HeaderName::from_bytes(name.as_bytes()) else {
            return Err(unusable(asked, name, "the name"));
        };
        match template.render(&|variable| asked.preview.value(variable, snapshot)) {
            Ok(text) => {
                let value =
                    HeaderValue::from_str(&text).map_err(|_| unusable(asked, name, "the value"))?;
                fields.push((field, value));
            }
            Err(absent) if absent.name.starts_with("env:") => {
                let preview = preview.name.clone();
                return Err(not_configured(
                    &NoUpstream::Absent {
                        preview,
                        variable: absent,
                    },
                    asked,
                ));
            }
            // A field about the tenant means nothing without one.
            Err(_) => {}
        }
    }
    Ok(fields)
}

/// Which certificates the upstream may show.
fn trust(
    preview: &Preview,
    origin: &UpstreamOrigin,
    asked: &Asked<'_>,
    snapshot: &Snapshot,
) -> Result<Trust, Box<Refusal>> {
    if origin.scheme == Scheme::Http {
        return Ok(Trust::Platform);
    }
    let (path, reason) = match preview.trust(snapshot) {
        Ok(trust) => return Ok(trust),
        Err(unusable) => unusable,
    };
    let message = format!(
        "the certificates of the preview {} cannot be used: {path}: {reason}",
        preview.name
    );
    let refusal = Refusal {
        fix: Some(format!(
            "put PEM certificates into {path} beside tripledash.json, or correct \"ca\" of the \
             preview {}",
            preview.name
        )),
        ..Refusal::new(
            503,
            "preview-not-configured",
            "This preview is not configured",
            message,
        )
    };
    Err(refuse(asked, refusal))
}

fn check_method(
    preview: &Preview,
    asked: &Asked<'_>,
    snapshot: &Snapshot,
) -> Result<(), Box<Refusal>> {
    let method = asked.head.method;
    if *method == Method::CONNECT {
        let message = "a tunnel was asked for, and only requests are forwarded here";
        return Err(refuse(
            asked,
            Refusal::new(
                405,
                "method-not-allowed",
                "This method is not forwarded",
                message,
            ),
        ));
    }
    let locked = preview.access == Access::ReadOnly && !snapshot.unlocked.contains(&preview.name);
    if method.is_safe() || !locked {
        return Ok(());
    }
    let name = &preview.name;
    let message = format!(
        "{method} may change something, and the preview {name} is read-only in this workspace"
    );
    let refusal = Refusal {
        fix: Some(format!("unlock {name} in the workbench, for this run only")),
        links: vec![(
            "Open the workbench".to_owned(),
            format!("{}/", snapshot.base.origin()),
        )],
        ..Refusal::new(405, "read-only", "This preview is read-only", message)
    };
    Err(refuse(asked, refusal))
}

fn check_hops(asked: &Asked<'_>) -> Result<Vec<String>, Box<Refusal>> {
    let hops = hop::hops(asked.head.headers);
    if hops.len() < hop::MAX_HOPS {
        return Ok(hops);
    }
    let message = format!(
        "this request has come through here {} times: the upstream sends it back",
        hops.len()
    );
    let refusal = Refusal {
        tried: hops,
        fix: Some(
            "let the upstream rewrite to a path, or to its own address, and not to a preview host"
                .to_owned(),
        ),
        ..Refusal::new(508, "loop", "The request goes round in a loop", message)
    };
    Err(refuse(asked, refusal))
}

fn not_configured(error: &NoUpstream, asked: &Asked<'_>) -> Box<Refusal> {
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
        NoUpstream::Invalid { source, .. } => (
            format!("{error}: {source}"),
            "correct \"upstream\" in tripledash.json".to_owned(),
        ),
    };
    let refusal = Refusal::new(
        503,
        "preview-not-configured",
        "This preview is not configured",
        message,
    );
    refuse(
        asked,
        Refusal {
            fix: Some(fix),
            ..refusal
        },
    )
}

fn unusable(asked: &Asked<'_>, field: &str, what: &str) -> Box<Refusal> {
    let preview = &asked.preview.preview;
    let message = format!(
        "{what} of the field {field} that the preview {preview} sends cannot stand in a header"
    );
    refuse(
        asked,
        Refusal::new(
            503,
            "preview-not-configured",
            "This preview is not configured",
            message,
        ),
    )
}

fn refuse(asked: &Asked<'_>, refusal: Refusal) -> Box<Refusal> {
    Box::new(Refusal {
        resolution: Some(asked.resolution.clone()),
        url: asked.url.clone(),
        kind: asked.kind,
        ..refusal
    })
}

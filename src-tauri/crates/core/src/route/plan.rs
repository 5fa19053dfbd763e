//! The plan for one request to a known preview.

use std::sync::Arc;

use http::Method;

use super::fields;
use super::origin::{self, OriginPolicy};
use super::refusal::Refusal;
use super::site::Site;
use super::{Forward, RequestHead, Upstream};
use crate::edit::{Edit, Stage};
use crate::hop;
use crate::response::ResponseContext;
use crate::rule::{self, RequestView, Target};
use crate::trace::{Kind, Resolution, RuleBy, UpstreamTarget};
use crate::upstream::UpstreamOrigin;
use crate::workspace::Snapshot;

/// A request whose host names a preview.
pub(super) struct Asked<'a> {
    pub(super) head: &'a RequestHead<'a>,
    pub(super) path: &'a str,
    pub(super) kind: Kind,
    pub(super) site: Arc<Site>,
}

pub(super) fn forward(asked: Asked<'_>, snapshot: &Arc<Snapshot>) -> Result<Forward, Box<Refusal>> {
    let workspace = &snapshot.workspace;
    let site = &*asked.site;
    check_method(&asked, snapshot)?;
    let hops = check_hops(&asked)?;

    let value = |variable: &str| site.preview.value(variable, snapshot);
    let (path, query) = split(asked.path);
    let came = RequestView {
        path,
        query,
        headers: asked.head.headers,
        host: &site.arrived,
        value: &value,
    };
    let proxied = rule::evaluate(&workspace.rules, RuleBy::Proxy, &came);
    let as_asked: Arc<str> = asked.path.into();
    let mut rewrite = None;
    let sent_path = match proxied
        .winner
        .as_ref()
        .and_then(|winner| Some((winner.index, winner.target.as_ref()?)))
    {
        Some((index, target)) => rewritten(index, target, asked.path, &mut rewrite).into(),
        None => Arc::clone(&as_asked),
    };

    let mut outgoing = fields::outgoing(asked.head, site, hops);
    outgoing.edits.extend(rewrite);
    proxied
        .secrets
        .iter()
        .for_each(|text| outgoing.secrets.add_text(text));
    let policy = origin_policy(&site.upstream, &site.host, &sent_path);
    origin::apply(&mut outgoing, &site.origin, &policy, snapshot);
    fields::cookies(&mut outgoing);
    fields::conditions(&mut outgoing);

    let (path, query) = split(&sent_path);
    let sent = RequestView {
        path,
        query,
        headers: &outgoing.headers,
        host: &site.host,
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
    edits.redact(&secrets);

    let target = UpstreamTarget {
        origin: Arc::clone(&site.upstream_text),
        host: Arc::clone(&site.host),
        path: sent_path,
    };
    let response = ResponseContext::new(asked.head, Arc::clone(&asked.site), snapshot)
        .with_secrets(&secrets)
        .with_origin_sent(asked.head.headers, &outgoing.headers);
    Ok(Forward {
        resolution: Arc::clone(&site.resolution),
        origin: Arc::clone(&site.origin),
        path: as_asked,
        kind: asked.kind,
        rules,
        predicted,
        upstream: Upstream {
            scheme: site.upstream.scheme,
            port: site.upstream.port(),
            host: site.upstream.authority.host.clone(),
            trust: site.trust.clone(),
            timeout: site.timeout,
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

fn rewritten(index: usize, target: &Target, before: &str, rewrite: &mut Option<Edit>) -> String {
    let after = target.to_string();
    if after != before {
        *rewrite = Some(Edit {
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

fn check_method(asked: &Asked<'_>, snapshot: &Snapshot) -> Result<(), Box<Refusal>> {
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
    if method.is_safe() || !asked.site.read_only {
        return Ok(());
    }
    let name = &asked.site.preview.preview;
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

fn refuse(asked: &Asked<'_>, refusal: Refusal) -> Box<Refusal> {
    Box::new(Refusal {
        resolution: Some(Resolution::clone(&asked.site.resolution)),
        url: format!("{}{}", asked.site.origin, asked.path),
        kind: asked.kind,
        ..refusal
    })
}

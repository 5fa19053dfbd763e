//! The plan for one request to a known preview.

use std::sync::Arc;

use http::Method;
use http::header::ORIGIN;

use super::fields;
use super::origin::{self, OriginPolicy};
use super::outgoing::Outgoing;
use super::present::Present;
use super::refusal::Refusal;
use super::ruling::{self, Asking};
use super::site::Site;
use super::sites::Place;
use super::{Forward, RequestHead, Sites, Upstream};
use crate::hop;
use crate::response::ResponseContext;
use crate::trace::{Kind, Resolution};
use crate::upstream::UpstreamOrigin;
use crate::workspace::Snapshot;

/// A request whose host names a preview.
pub(super) struct Asked<'h, 'a> {
    pub(super) head: &'h mut RequestHead<'a>,
    pub(super) path: &'a str,
    pub(super) kind: Kind,
    pub(super) present: Present,
    pub(super) site: Arc<Site>,
    /// Where the site is remembered, if it is.
    pub(super) place: Option<Place>,
}

pub(super) fn forward(
    asked: &mut Asked<'_, '_>,
    sites: &mut Sites,
    snapshot: &Arc<Snapshot>,
) -> Result<Forward, Box<Refusal>> {
    let site = &*Arc::clone(&asked.site);
    check_method(asked, snapshot)?;
    let hops = check_hops(asked)?;

    let known = asked
        .place
        .and_then(|place| sites.ruling(place, asked.path));
    let asking = match known {
        Some(ruling) => Asking::Known(ruling),
        None => {
            let proxied = ruling::proxied(asked.path, &asked.head.headers, site, snapshot);
            Asking::Proxied(proxied)
        }
    };
    let target = asking.target();

    let response = ResponseContext::new(asked.head, Arc::clone(&asked.site), snapshot);
    let present = asked.present;
    let came = if present.has(Present::ORIGIN) {
        asked.head.headers.get(ORIGIN).cloned()
    } else {
        None
    };
    let mut outgoing = fields::outgoing(asked.head, present, site, hops);
    outgoing.edits.extend(asking.rewrite());
    for text in asking.secrets() {
        outgoing.secrets.add_text(text);
    }
    let policy = origin_policy(&site.upstream, &site.host, &target.path);
    origin::apply(&mut outgoing, &site.origin, &policy, snapshot);
    // Those of the preview's own are changed like the browser's.
    let may_have = |group| present.has(group) || !site.own.is_empty();
    if may_have(Present::COOKIES) {
        fields::cookies(&mut outgoing);
    }
    if may_have(Present::CONDITIONS) {
        fields::conditions(&mut outgoing);
    }
    let Outgoing {
        headers,
        mut edits,
        mut secrets,
    } = outgoing;

    let ruling = match asking {
        Asking::Known(ruling) => ruling,
        Asking::Proxied(proxied) => {
            let ruling = Arc::new(proxied.predict(&headers, site, snapshot, &mut secrets));
            if let Some(place) = asked.place {
                sites.remember_ruling(place, asked.path, &ruling);
            }
            ruling
        }
    };
    edits.redact(&secrets);

    let mut response = response.with_secrets(&secrets);
    if let Some(came) = came {
        response = response.with_origin_sent(&came, headers.get(ORIGIN));
    }
    Ok(Forward {
        resolution: Arc::clone(&site.resolution),
        origin: Arc::clone(&site.origin),
        path: Arc::clone(&ruling.as_asked),
        kind: asked.kind,
        rules: Arc::clone(&ruling.verdicts),
        predicted: ruling.predicted.clone(),
        upstream: Upstream {
            scheme: site.upstream.scheme,
            port: site.upstream.port(),
            host: site.upstream.authority.host.clone(),
            trust: site.trust.clone(),
            timeout: site.timeout,
            target,
        },
        headers,
        edits,
        response,
        secrets,
    })
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

fn check_method(asked: &Asked<'_, '_>, snapshot: &Snapshot) -> Result<(), Box<Refusal>> {
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

fn check_hops(asked: &Asked<'_, '_>) -> Result<Vec<String>, Box<Refusal>> {
    if !asked.present.has(Present::OURS) {
        return Ok(Vec::new());
    }
    let hops = hop::hops(&asked.head.headers);
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

fn refuse(asked: &Asked<'_, '_>, refusal: Refusal) -> Box<Refusal> {
    Box::new(Refusal {
        resolution: Some(Resolution::clone(&asked.site.resolution)),
        url: format!("{}{}", asked.site.origin, asked.path),
        kind: asked.kind,
        ..refusal
    })
}

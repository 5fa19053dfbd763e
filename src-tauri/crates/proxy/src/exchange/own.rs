//! Answers of our own: to requests that are not forwarded, and to those that came to nothing.

use std::sync::Arc;

use http::{Method, Request, Response};
use tripledash_core::edit::Edits;
use tripledash_core::host::Authority;
use tripledash_core::redact::Secrets;
use tripledash_core::resolve::{Resolved, resolve};
use tripledash_core::route::Refusal;
use tripledash_core::trace::{Answered, Failure, Resolution, Started, Timings};
use tripledash_core::{ExchangeId, Snapshot, Timestamp};

use super::Context;
use crate::body::Body;
use crate::failure::Account;
use crate::measure::Measured;
use crate::open::{OpenExchange, micros};
use crate::respond::Form;
use crate::{agent, respond};

/// The event that tells of a request which is not forwarded, where its host was read.
pub(super) fn started<B>(
    id: ExchangeId,
    at: Timestamp,
    refusal: &Refusal,
    request: &Request<B>,
    snapshot: &Snapshot,
) -> Option<Started> {
    let path = request.uri().path_and_query();
    let path = path.map_or("/", |path| path.as_str());
    let origin = refusal.url.strip_suffix(path).unwrap_or_default();
    let secrets = Secrets::of_workspace(snapshot);
    Some(Started {
        id,
        at,
        kind: refusal.kind,
        method: request.method().clone(),
        origin: secrets.clean(origin).into(),
        path: secrets.clean(path).into(),
        resolution: Arc::new(refusal.resolution.clone()?),
        rules: Arc::default(),
        predicted: None,
        upstream: None,
        edits: Edits::default(),
        request_headers: secrets.lines(request.headers()),
    })
}

/// Whether a tunnel is asked for that leads to ourselves.
pub(super) fn is_ours<B>(request: &Request<B>, snapshot: &Snapshot) -> bool {
    let authority = request.uri().authority();
    let authority = authority.and_then(|text| text.as_str().parse::<Authority>().ok());
    authority.is_some_and(|authority| {
        authority.port == Some(snapshot.base.port)
            && resolve(&authority.host, snapshot) != Resolved::Elsewhere
    })
}

/// The refusal of a tunnel to somewhere else: we forward requests, and need to read them.
pub(super) fn connect<B>(request: &Request<B>) -> Refusal {
    let target = request.uri().to_string();
    Refusal {
        fix: Some("send the request itself, in absolute-form".to_owned()),
        url: target.clone(),
        ..Refusal::new(
            405,
            "connect-refused",
            "No tunnels",
            format!("CONNECT {target} asks for a tunnel, and none leads out of here."),
        )
    }
}

/// Whether the request is for a preview that there is.
pub(super) fn is_preview(refusal: &Refusal) -> bool {
    matches!(refusal.resolution, Some(Resolution::Preview { .. }))
}

/// Answers a request that is not forwarded.
pub(super) fn refuse<B>(
    refusal: &Refusal,
    open: OpenExchange,
    request: &Request<B>,
    tag: Option<&str>,
) -> Response<Body> {
    let asked = (request.method(), Form::of(request.headers()));
    end(refusal, refusal.failure(), open, asked, tag)
}

/// Answers a request that got no answer from its upstream.
pub(super) fn fail(account: &Account, open: OpenExchange, context: &Context<'_>) -> Response<Body> {
    let forward = context.forward;
    let refusal = Refusal {
        tried: account.tried.clone(),
        fix: account.fix.clone(),
        links: vec![("Try again".to_owned(), forward.url())],
        resolution: Some(Resolution::clone(&forward.resolution)),
        url: forward.url(),
        kind: forward.kind,
        ..Refusal::new(
            account.status,
            account.code,
            account.title,
            account.message.clone(),
        )
    };
    let tag = agent::tag(context.base, None);
    end(
        &refusal,
        account.failure(),
        open,
        (context.method, context.form),
        Some(&tag),
    )
}

fn end(
    refusal: &Refusal,
    failure: Failure,
    open: OpenExchange,
    (method, form): (&Method, Form),
    tag: Option<&str>,
) -> Response<Body> {
    // Not the URL, in which a secret may stand: the trace has it, without.
    tracing::debug!(
        exchange = %open.id(),
        status = refusal.status,
        code = refusal.code,
        "answered"
    );
    let response = respond::refuse(refusal, form, tag);
    if open.is_told() {
        open.answer(Answered {
            id: open.id(),
            status: refusal.status,
            from_upstream: false,
            actual: None,
            address: None,
            timings: Timings {
                first_byte_us: Some(micros(open.elapsed())),
                ..Timings::default()
            },
            edits: Edits::default(),
            response_headers: Secrets::default().lines(response.headers()),
            failure: Some(failure),
        });
    }
    let to_head = *method == Method::HEAD;
    response.map(|body| Measured::new(body, open).unread(to_head).into())
}

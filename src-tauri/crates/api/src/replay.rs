//! Sending a recorded request again, for other tenants.
//!
//! It goes through our own port, so it is routed, edited and recorded as any other. A
//! `traceparent` of its own tells it apart in the log.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use http::{HeaderName, HeaderValue, Method, Request, StatusCode, header};
use http_body_util::BodyExt;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::sync::broadcast;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout, timeout_at};
use tripledash_core::budget::{AddressRequest, build};
use tripledash_core::redact::REDACTED;
use tripledash_core::trace::{Exchange, ExchangeId, Kind, Resolution};
use tripledash_core::workspace::Access;
use tripledash_core::{Snapshot, Timestamp};
use tripledash_workbench::{Change, Recorder};
use url::{Position, Url};

use crate::ApiState;
use crate::curl::as_asked;
use crate::error::ApiError;

/// How long an upstream may take to answer.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long an answer may take to end. An event stream never does.
const READING: Duration = Duration::from_secs(5);
/// How long the recorder may take to tell of it.
const TELLING: Duration = Duration::from_secs(2);
/// How many are under way at the same time.
const AT_ONCE: usize = 8;
/// How many tenants one call may name.
const AT_MOST: usize = 1_000;

const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

/// Fields of the first request that do not fit a second: they speak of the connection, of the
/// page that asked, of the copy that it had, or are made anew.
fn is_kept(name: &str) -> bool {
    const DROPPED: [&str; 20] = [
        "connection",
        "content-length",
        "cookie",
        "expect",
        "host",
        "if-match",
        "if-modified-since",
        "if-none-match",
        "if-range",
        "if-unmodified-since",
        "keep-alive",
        "origin",
        "range",
        "referer",
        "te",
        "traceparent",
        "tracestate",
        "transfer-encoding",
        "upgrade",
        "via",
    ];
    !DROPPED.contains(&name) && !name.starts_with("x-forwarded-") && !name.starts_with("proxy-")
}

/// Sends an exchange's request again for each tenant, and gives the new exchanges in the order of
/// the tenants. One that could not be recorded, because the log was overrun, is left out.
pub(crate) async fn replay(
    state: &ApiState,
    exchange: &Exchange,
    tenants: &[String],
) -> Result<Vec<ExchangeId>, ApiError> {
    let snapshot = state.workbench.snapshot().borrow().clone();
    let preview = replayable(exchange, &snapshot)?;
    if tenants.len() > AT_MOST {
        return Err(refused(
            "too-many-tenants",
            format!("at most {AT_MOST} tenants at once"),
        ));
    }
    let mut planned = Vec::with_capacity(tenants.len());
    for tenant in tenants {
        planned.push(plan(exchange, preview, tenant, &snapshot)?);
    }
    let mut ids = vec![None; planned.len()];
    let mut running = JoinSet::new();
    for (place, plan) in planned.into_iter().enumerate() {
        if running.len() >= AT_ONCE {
            keep(running.join_next().await, &mut ids);
        }
        let recorder = state.workbench.recorder().clone();
        let port = state.base.port;
        let begun = state.workbench.now();
        running.spawn(async move { (place, run(plan, port, begun, &recorder).await) });
    }
    while let Some(ended) = running.join_next().await {
        keep(Some(ended), &mut ids);
    }
    Ok(ids.into_iter().flatten().collect())
}

type Ended = Result<(usize, Option<ExchangeId>), tokio::task::JoinError>;

fn keep(ended: Option<Ended>, ids: &mut [Option<ExchangeId>]) {
    match ended {
        Some(Ok((place, id))) => ids[place] = id,
        Some(Err(error)) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
        Some(Err(_)) | None => {}
    }
}

fn refused(code: &'static str, message: impl ToString) -> ApiError {
    ApiError::new(StatusCode::CONFLICT, code, message)
}

/// The preview to send to, or why the request cannot be sent again.
fn replayable<'a>(exchange: &'a Exchange, snapshot: &Snapshot) -> Result<&'a str, ApiError> {
    let Some(preview) = exchange.preview() else {
        return Err(refused(
            "not-a-preview",
            "the request reached no preview, so there is nothing to send it to",
        ));
    };
    if !snapshot.workspace.previews.contains_key(preview) {
        return Err(refused(
            "not-a-preview",
            format!("the workspace has no preview \"{preview}\" any more"),
        ));
    }
    if exchange.kind == Kind::Websocket || exchange.status == Some(101) {
        return Err(refused(
            "replay-upgrade",
            "a WebSocket cannot be replayed: what went through it is not kept",
        ));
    }
    if exchange.method != Method::GET && exchange.method != Method::HEAD {
        let locked = snapshot
            .workspace
            .previews
            .get(preview)
            .is_some_and(|preview| preview.access == Access::ReadOnly)
            && !snapshot.unlocked.contains(preview);
        let method = &exchange.method;
        return Err(if locked {
            refused(
                "read-only",
                format!("\"{preview}\" is read-only, so {method} is not sent to it again"),
            )
        } else {
            refused(
                "replay-body",
                format!("only GET and HEAD can be replayed: the body of a {method} is not kept"),
            )
        });
    }
    if exchange.path.contains(REDACTED) {
        return Err(refused(
            "replay-secret",
            "the request's address held a secret, which is not kept, so it cannot be sent again",
        ));
    }
    Ok(preview)
}

struct Plan {
    request: Request<Body>,
    url: String,
    traceparent: String,
}

fn plan(
    exchange: &Exchange,
    preview: &str,
    tenant: &str,
    snapshot: &Arc<Snapshot>,
) -> Result<Plan, ApiError> {
    let path = exchange.path_within(&snapshot.workspace);
    // The parts beside the tenant stay as they were, those that there still are.
    let parts: BTreeMap<String, String> = match &*exchange.resolution {
        Resolution::Preview { parts, .. } => parts
            .iter()
            .filter(|(name, _)| snapshot.workspace.prefix.contains(name))
            .map(|(name, part)| (name.clone(), part.clone()))
            .collect(),
        Resolution::Workbench | Resolution::Unknown { .. } => BTreeMap::new(),
    };
    let request = AddressRequest {
        tenant: Some(tenant),
        parts: Some(&parts),
        preview,
        session: exchange.session(),
        path: &path,
    };
    let address = build(snapshot, request);
    let bad = |message: String| {
        ApiError::new(StatusCode::BAD_REQUEST, "bad-address", message).with("tenant", tenant)
    };
    let Some(url) = &address.url else {
        let reason = address
            .problems
            .first()
            .map(|problem| problem.message.clone());
        return Err(bad(reason.unwrap_or_else(|| {
            format!("\"{tenant}\" on \"{preview}\" has no address")
        })));
    };
    let parsed = Url::parse(url).map_err(|error| bad(format!("{url}: {error}")))?;
    let traceparent = format!(
        "00-{:032x}-{:016x}-01",
        rand::random::<u128>(),
        rand::random::<u64>()
    );
    let host = &parsed[Position::BeforeHost..Position::AfterPort];
    let target = &parsed[Position::BeforePath..Position::AfterQuery];
    let mut request = Request::builder()
        .method(&exchange.method)
        .uri(target)
        .header(header::HOST, host);
    for (name, value) in as_asked(exchange) {
        if is_kept(&name)
            && !value.contains(REDACTED)
            && let Ok(value) = HeaderValue::from_str(&value)
        {
            request = request.header(name, value);
        }
    }
    let request = request
        .header(TRACEPARENT, &traceparent)
        .body(Body::empty())
        .map_err(|error| bad(format!("{url}: {error}")))?;
    Ok(Plan {
        request,
        url: parsed.to_string(),
        traceparent,
    })
}

/// Sends one request, reads its answer, and finds it in the log.
async fn run(plan: Plan, port: u16, begun: Timestamp, recorder: &Recorder) -> Option<ExchangeId> {
    let mut changes = recorder.subscribe();
    if let Err(error) = send(plan.request, port).await {
        // Whatever went wrong on the way is in the log, if it reached our port at all.
        tracing::debug!(%error, "replay");
    }
    let fits = |exchange: &Exchange| {
        exchange.request_header("traceparent") == Some(&plan.traceparent)
            // A request that was refused went nowhere, so no fields were sent.
            || (exchange.request_headers.is_empty()
                && exchange.started_at >= begun
                && exchange.url() == plan.url)
    };
    let deadline = Instant::now() + TELLING;
    loop {
        let change = timeout_at(deadline, changes.recv()).await.ok()?;
        let found = match change {
            Ok(Change::Exchanges { ids, .. }) => recorder
                .get_all(&ids)
                .into_iter()
                .find(|exchange| fits(exchange)),
            Ok(Change::Cleared { .. }) => None,
            Err(broadcast::error::RecvError::Lagged(_)) => recorder
                .kept()
                .exchanges
                .into_iter()
                .rev()
                .find(|exchange| fits(exchange)),
            Err(broadcast::error::RecvError::Closed) => return None,
        };
        if let Some(exchange) = found {
            return Some(exchange.id);
        }
    }
}

type Failure = Box<dyn std::error::Error + Send + Sync>;

async fn send(request: Request<Body>, port: u16) -> Result<(), Failure> {
    let v4 = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let v6 = SocketAddr::from((Ipv6Addr::LOCALHOST, port));
    let stream = match TcpStream::connect(v4).await {
        Ok(stream) => stream,
        Err(_) => TcpStream::connect(v6).await?,
    };
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    let exchange = async {
        let response = timeout(PATIENCE, sender.send_request(request)).await??;
        let mut body = response.into_body();
        let read = async {
            while let Some(frame) = body.frame().await {
                frame?;
            }
            Ok::<_, hyper::Error>(())
        };
        // One that goes on is broken off here; its beginning is what was asked for.
        if let Ok(read) = timeout(READING, read).await {
            read?;
        }
        Ok::<_, Failure>(())
    };
    tokio::pin!(connection);
    tokio::pin!(exchange);
    tokio::select! {
        done = &mut exchange => done,
        ended = &mut connection => {
            // The connection may end as soon as the last byte is read.
            ended?;
            exchange.await
        }
    }
}

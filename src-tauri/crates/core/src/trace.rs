//! An exchange, one request and its response, and the events that the proxy tells of it.
//!
//! The proxy sends three events per exchange and never waits for anyone who reads them:
//! [`Event::Started`] when the request is read and planned, [`Event::Answered`] when the response
//! head is edited, [`Event::Finished`] when the last byte is through or the transfer broke. A
//! recorder folds them into one [`Exchange`].

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;

use http::Method;
use serde::Serialize;

mod fold;
mod lines;
mod repeated;
mod wire;

pub(crate) use self::fold::url;
pub use self::lines::HeaderLines;
pub(crate) use self::lines::HeaderLinesBuilder;
pub(crate) use self::repeated::Repeated;
pub use self::wire::{AnsweredBy, ExchangeDetail, ExchangeRow};
use crate::compare::Reason;
use crate::diagnostic::Diagnostic;
use crate::edit::Edits;
use crate::redact::Secrets;

/// Microseconds since the Unix epoch. Shown as RFC 3339.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(pub i64);

/// Names one exchange for as long as the engine runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ExchangeId(pub u64);

/// What a request is for, from the page's point of view.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "each name is the field's own word")]
pub enum Kind {
    Document,
    Rsc,
    Data,
    Asset,
    Api,
    Hmr,
    Websocket,
    Other,
}

/// How a host was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Resolution {
    /// A preview of the workspace, with or without a tenant.
    Preview {
        /// The part named `tenant`, or `None` without a prefix.
        #[cfg_attr(feature = "openapi", schema(required))]
        tenant: Option<String>,
        /// The preview's name.
        preview: String,
        /// The session label, which gives a cookie jar of its own.
        #[cfg_attr(feature = "openapi", schema(required))]
        session: Option<String>,
        /// Every prefix part by its name, the tenant among them.
        parts: BTreeMap<String, String>,
    },
    /// The base domain itself: the workbench page and its API.
    Workbench,
    /// Under the base domain, yet no preview of this workspace.
    Unknown {
        /// Why nothing matched.
        reason: String,
        /// The nearest preview names, best first.
        near: Vec<String>,
    },
}

/// What one rule said about a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct RuleVerdict {
    /// Its place in the workspace file, from 0.
    pub index: usize,
    /// Who carries it out.
    pub by: RuleBy,
    /// Its `source` as written.
    pub source: String,
    /// Whether this is the rule that won.
    pub matched: bool,
    /// Why it matched or did not.
    pub reason: String,
    /// What its `source` captured.
    pub params: BTreeMap<String, ParamValue>,
    /// Whether it took too many steps to tell; the reason says so to whoever reads.
    #[serde(skip)]
    pub gave_up: bool,
}

/// Who carries a rule out: we, or the app (then we only predict).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, serde::Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the type's sentence says it")]
pub enum RuleBy {
    Proxy,
    App,
}

/// A captured parameter: one segment, or several for `:name*` and `:name+`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(untagged)]
#[expect(missing_docs, reason = "the type's sentence says it")]
pub enum ParamValue {
    One(String),
    Many(Vec<String>),
}

/// Where a request was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct UpstreamTarget {
    /// Scheme, host and port that we connect to: `http://localhost:3000`.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub origin: Arc<str>,
    /// The `Host` sent, which is also the server name of TLS.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub host: Arc<str>,
    /// Path and query sent.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub path: Arc<str>,
}

/// How long each leg took. All in microseconds from the moment the request head was read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Timings {
    /// Until the upstream's name was resolved; `None` where no name had to be, and on a reused
    /// connection.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub dns_us: Option<u64>,
    /// Until the socket was connected; `None` on a reused connection.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub connect_us: Option<u64>,
    /// Until TLS was agreed.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub tls_us: Option<u64>,
    /// Until the response head arrived.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub first_byte_us: Option<u64>,
    /// Until the last byte was handed on.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub total_us: Option<u64>,
    /// Whether a pooled connection was used again.
    pub reused: bool,
    /// What the upstream spoke; `None` where it did not answer.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub protocol: Option<Protocol>,
}

/// The version of HTTP that an upstream answered in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[expect(missing_docs, reason = "each name says it")]
pub enum Protocol {
    #[serde(rename = "HTTP/1.0")]
    Http10,
    #[serde(rename = "HTTP/1.1")]
    Http11,
    #[serde(rename = "HTTP/2")]
    Http2,
}

/// Who is at fault when an exchange fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Side {
    /// The browser, or whoever called us.
    Downstream,
    /// The app.
    Upstream,
    /// We.
    Internal,
}

/// Why an exchange failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Failure {
    /// Who is at fault.
    pub side: Side,
    /// A stable name, such as `upstream-refused`.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub code: Cow<'static, str>,
    /// What happened, for a person.
    pub message: String,
}

/// What the proxy tells of an exchange, in this order and each at most once.
#[derive(Debug, Clone)]
pub enum Event {
    /// The request was read, resolved and planned.
    Started(Box<Started>),
    /// The response head is on its way to the browser.
    Answered(Box<Answered>),
    /// The exchange is over.
    Finished(Finished),
}

/// See [`Event::Started`].
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "each field is described at Exchange")]
pub struct Started {
    pub id: ExchangeId,
    pub at: Timestamp,
    pub kind: Kind,
    pub method: Method,
    pub origin: Arc<str>,
    pub path: Arc<str>,
    pub resolution: Arc<Resolution>,
    pub rules: Arc<[RuleVerdict]>,
    pub predicted: Option<Arc<str>>,
    pub upstream: Option<Arc<UpstreamTarget>>,
    pub edits: Edits,
    /// As sent upstream, redacted.
    pub request_headers: HeaderLines,
}

/// See [`Event::Answered`].
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "each field is described at Exchange")]
pub struct Answered {
    pub id: ExchangeId,
    pub status: u16,
    /// Whether the upstream answered, or we did (an error page, a refusal).
    pub from_upstream: bool,
    /// The app's own rewrite, cleaned to a path.
    pub actual: Option<String>,
    pub address: Option<SocketAddr>,
    pub timings: Timings,
    pub edits: Edits,
    /// As got from the upstream, redacted.
    pub response_headers: HeaderLines,
    pub failure: Option<Failure>,
}

/// See [`Event::Finished`].
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "each field is described at Exchange")]
pub struct Finished {
    pub id: ExchangeId,
    pub total_us: u64,
    pub request_bytes: u64,
    pub response_bytes: u64,
    /// Set where the transfer broke after the head.
    pub failure: Option<Failure>,
}

/// How far an exchange has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "each name says it")]
pub enum State {
    Open,
    Done,
    Failed,
}

/// Whether the app's rewrite is the one that we predicted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Comparison {
    /// Predicted and actual are the same path.
    Same,
    /// They differ, or the app said nothing where it always does.
    Different,
    /// The response cannot tell.
    Unknown,
    /// Nothing was predicted and the app told nothing.
    None,
}

/// One request and its response, with everything that was read, decided and changed.
///
/// Its JSON is that of [`ExchangeDetail`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchange {
    /// Names it for as long as the engine runs.
    pub id: ExchangeId,
    /// When the request head was read.
    pub started_at: Timestamp,
    /// What the request is for.
    pub kind: Kind,
    /// The method.
    pub method: Method,
    /// The origin asked: `http://acme---main.tripledash.localhost:7333`. Empty where the request's
    /// authority could not be read.
    pub origin: Arc<str>,
    /// Path and query as asked.
    pub path: Arc<str>,
    /// How the host was read.
    pub resolution: Arc<Resolution>,
    /// What every rule said.
    pub rules: Arc<[RuleVerdict]>,
    /// The path that a `by: "app"` rule predicts.
    pub predicted: Option<Arc<str>>,
    /// The path that the app says it rewrote to.
    pub actual: Option<String>,
    /// Predicted against actual.
    pub comparison: Comparison,
    /// Why the comparison came out so.
    pub comparison_reason: Reason,
    /// Where the request was sent.
    pub upstream: Option<Arc<UpstreamTarget>>,
    /// The socket that answered.
    pub address: Option<SocketAddr>,
    /// How long each leg took.
    pub timings: Timings,
    /// Every change to the request, in the order made.
    pub request_edits: Edits,
    /// Every change to the response, in the order made.
    pub response_edits: Edits,
    /// As sent upstream, redacted.
    pub request_headers: HeaderLines,
    /// As got from the upstream, redacted.
    pub response_headers: HeaderLines,
    /// The status sent to the browser.
    pub status: Option<u16>,
    /// Bytes of the request body.
    pub request_bytes: u64,
    /// Bytes of the response body as sent to the browser.
    pub response_bytes: u64,
    /// The cache's verdict, such as `HIT`, from the response headers.
    pub cache: Option<String>,
    /// Why it failed.
    pub failure: Option<Failure>,
    /// What is wrong.
    pub diagnosis: Vec<Diagnostic>,
    /// How far it has come.
    pub state: State,
    /// Whether the upstream answered, or we did (an error page, a refusal). False while open.
    pub from_upstream: bool,
}

// === impl RuleVerdict ===

impl RuleVerdict {
    /// Roughly how many bytes it takes.
    pub(crate) fn weight(&self) -> usize {
        size_of::<Self>() + self.source.len() + self.reason.len() + 64 * self.params.len()
    }

    /// Takes out what a trace must not keep.
    pub(crate) fn redact(&mut self, secrets: &Secrets) {
        secrets.clean_in_place(&mut self.reason);
        for value in self.params.values_mut() {
            match value {
                ParamValue::One(text) => secrets.clean_in_place(text),
                ParamValue::Many(texts) => texts
                    .iter_mut()
                    .for_each(|text| secrets.clean_in_place(text)),
            }
        }
    }
}

#[cfg(test)]
mod tests;

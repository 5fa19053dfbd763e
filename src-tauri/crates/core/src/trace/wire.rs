//! How exchanges are written as JSON: ids as strings, times as RFC 3339.

use std::fmt;
use std::sync::Arc;

use serde::{Serialize, Serializer};
use time::OffsetDateTime;

use super::{
    Comparison, Exchange, ExchangeId, Failure, HeaderLines, Kind, Resolution, RuleVerdict, State,
    Timestamp, Timings,
};
use crate::diagnostic::Diagnostic;
use crate::edit::Edit;

impl fmt::Display for ExchangeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::str::FromStr for ExchangeId {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

impl Serialize for ExchangeId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// RFC 3339 in UTC with six decimals, so that texts of times sort as the times do.
///
/// ```
/// assert_eq!(tripledash_core::Timestamp(1_500_000).to_string(), "1970-01-01T00:00:01.500000Z");
/// ```
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nanos = i128::from(self.0) * 1_000;
        let time =
            OffsetDateTime::from_unix_timestamp_nanos(nanos).unwrap_or(OffsetDateTime::UNIX_EPOCH);
        let (year, month, day) = (time.year(), u8::from(time.month()), time.day());
        let (hour, minute, second, micro) = time.to_hms_micro();
        write!(
            f,
            "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{micro:06}Z"
        )
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// An exchange as one row of the trace list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "each field is described at Exchange")]
pub struct ExchangeRow {
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub id: ExchangeId,
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub started_at: Timestamp,
    #[cfg_attr(feature = "openapi", schema(required))]
    pub tenant: Option<String>,
    #[cfg_attr(feature = "openapi", schema(required))]
    pub preview: Option<String>,
    #[cfg_attr(feature = "openapi", schema(required))]
    pub session: Option<String>,
    pub kind: Kind,
    pub method: String,
    pub path: String,
    /// The app's own rewrite, cleaned to a path.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub rewritten_to: Option<String>,
    #[cfg_attr(feature = "openapi", schema(required))]
    pub status: Option<u16>,
    #[cfg_attr(feature = "openapi", schema(required))]
    pub duration_us: Option<u64>,
    pub response_bytes: u64,
    pub state: State,
    /// The codes of what is wrong.
    pub diagnostics: Vec<String>,
}

/// Where a request was sent, and the socket that answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "each field is described at UpstreamTarget")]
pub struct AnsweredBy {
    pub origin: String,
    pub host: String,
    pub path: String,
    /// The socket that answered.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub address: Option<String>,
}

/// An exchange in full, as it crosses the API: its row, and everything behind it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = Exchange))]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "each field is described at Exchange")]
pub struct ExchangeDetail {
    #[serde(flatten)]
    pub row: ExchangeRow,
    pub url: String,
    pub resolution: Resolution,
    pub rules: Vec<RuleVerdict>,
    #[cfg_attr(feature = "openapi", schema(required))]
    pub predicted: Option<String>,
    #[cfg_attr(feature = "openapi", schema(required))]
    pub actual: Option<String>,
    pub comparison: Comparison,
    pub comparison_reason: String,
    #[cfg_attr(feature = "openapi", schema(required))]
    pub upstream: Option<AnsweredBy>,
    pub timings: Timings,
    pub request_bytes: u64,
    #[cfg_attr(feature = "openapi", schema(required))]
    pub cache: Option<String>,
    pub edits: Vec<Edit>,
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<Vec<String>>))]
    pub request_headers: HeaderLines,
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<Vec<String>>))]
    pub response_headers: HeaderLines,
    #[cfg_attr(feature = "openapi", schema(required))]
    pub failure: Option<Failure>,
    pub diagnosis: Vec<Diagnostic>,
}

impl Exchange {
    /// The row that the trace list shows.
    pub fn row(&self) -> ExchangeRow {
        ExchangeRow {
            id: self.id,
            started_at: self.started_at,
            tenant: self.tenant().map(str::to_owned),
            preview: self.preview().map(str::to_owned),
            session: self.session().map(str::to_owned),
            kind: self.kind,
            method: self.method.to_string(),
            path: self.path.to_string(),
            rewritten_to: self.actual.clone(),
            status: self.status,
            duration_us: self.timings.total_us,
            response_bytes: self.response_bytes,
            state: self.state,
            diagnostics: self
                .diagnosis
                .iter()
                .map(|found| found.code.clone().into_owned())
                .collect(),
        }
    }

    /// The whole, as it crosses the API.
    pub fn detail(&self) -> ExchangeDetail {
        ExchangeDetail {
            row: self.row(),
            url: self.url(),
            resolution: Resolution::clone(&self.resolution),
            rules: self.rules.to_vec(),
            predicted: self.predicted.as_deref().map(str::to_owned),
            actual: self.actual.clone(),
            comparison: self.comparison,
            comparison_reason: self.comparison_reason.words(self),
            upstream: self.upstream.as_ref().map(|target| AnsweredBy {
                origin: target.origin.to_string(),
                host: target.host.to_string(),
                path: target.path.to_string(),
                address: self.address.map(|address| address.to_string()),
            }),
            timings: self.timings,
            request_bytes: self.request_bytes,
            cache: self.cache.clone(),
            edits: self.edits().cloned().collect(),
            request_headers: self.request_headers.clone(),
            response_headers: self.response_headers.clone(),
            failure: self.failure.clone(),
            diagnosis: self.diagnosis.clone(),
        }
    }

    /// Roughly how many bytes it holds, for a recorder that is bounded by bytes.
    pub fn weight(&self) -> usize {
        let found = self.diagnosis.iter().map(|found| {
            found.message.len()
                + found
                    .evidence
                    .iter()
                    .map(|line| line.len() + 24)
                    .sum::<usize>()
                + 96
        });
        // Where the rules look at the path alone, what they said is shared by all that ask for it.
        let rules = match Arc::strong_count(&self.rules) {
            1 => self.rules.iter().map(RuleVerdict::weight).sum(),
            _ => 0,
        };
        size_of::<Self>()
            + rules
            + self.path.len()
            + self.request_headers.weight()
            + self.response_headers.weight()
            + self.request_edits.weight()
            + self.response_edits.weight()
            + found.sum::<usize>()
    }
}

impl Serialize for Exchange {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.detail().serialize(serializer)
    }
}

//! Dev servers of branches: start, stop, and what they print.

use std::convert::Infallible;
use std::time::{SystemTime, UNIX_EPOCH};

use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use serde::{Deserialize, Serialize};
use tripledash_core::Timestamp;
use tripledash_workbench::{LogPage, LogPhase, LogStream, ServeError};
use utoipa::{IntoParams, ToSchema};

use crate::ApiState;
use crate::error::{ApiError, ErrorBody};
use crate::extract::{Path, Query};
use crate::workspace::blocking;

/// How many lines one answer has at most.
const LINES: usize = 2_000;

/// Which lines of a log.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct FirstLine {
    /// The number of the first line; 0 without it.
    #[serde(default)]
    from: u64,
}

/// Lines of a log.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Lines {
    /// How many lines that were asked for are not kept any more.
    missed: u64,
    /// The lines, in order.
    lines: Vec<LogLine>,
    /// The number to ask for next.
    next: u64,
}

/// One line of a log.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LogLine {
    /// Its number, from 0.
    number: u64,
    /// When it was complete.
    #[schema(value_type = String)]
    at: Timestamp,
    /// Where it was printed.
    stream: Printed,
    /// Whether the setup printed it.
    setup: bool,
    /// Its text.
    text: String,
}

/// Where a line was printed.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
enum Printed {
    /// On standard output.
    Output,
    /// On standard error.
    Error,
    /// Nowhere: it is a word of ours.
    Remark,
}

/// Starts the dev server of a branch. How it goes is told by the stream.
#[utoipa::path(post, path = "/api/v1/workspace/previews/{name}/start", tag = "servers",
    operation_id = "start_server",
    params(("name" = String, Path, description = "The preview's name")),
    responses((status = 202, description = "It is being started"),
        (status = 403, body = ErrorBody, description = "`untrusted` with the `commands` that would run"),
        (status = 404, body = ErrorBody), (status = 409, body = ErrorBody)))]
pub(crate) async fn start_server(
    State(state): State<ApiState>,
    Path(name): Path<String>,
) -> Result<StatusCode, ApiError> {
    blocking(&state.workbench, move |workbench| {
        workbench.start_server(&name)?;
        Ok(StatusCode::ACCEPTED)
    })
    .await
}

/// Asks the dev server of a branch to end. How it goes is told by the stream.
#[utoipa::path(post, path = "/api/v1/workspace/previews/{name}/stop", tag = "servers",
    operation_id = "stop_server",
    params(("name" = String, Path, description = "The preview's name")),
    responses((status = 202, description = "It is being stopped"),
        (status = 404, body = ErrorBody), (status = 409, body = ErrorBody)))]
pub(crate) async fn stop_server(
    State(state): State<ApiState>,
    Path(name): Path<String>,
) -> Result<StatusCode, ApiError> {
    blocking(&state.workbench, move |workbench| {
        workbench.stop_server(&name)?;
        Ok(StatusCode::ACCEPTED)
    })
    .await
}

/// What the dev server of a branch printed.
#[utoipa::path(get, path = "/api/v1/workspace/previews/{name}/log", tag = "servers", operation_id = "server_log",
    params(("name" = String, Path, description = "The preview's name"), FirstLine),
    responses((status = 200, body = Lines), (status = 404, body = ErrorBody),
        (status = 409, body = ErrorBody)))]
pub(crate) async fn server_log(
    State(state): State<ApiState>,
    Path(name): Path<String>,
    Query(asked): Query<FirstLine>,
) -> Result<axum::Json<Lines>, ApiError> {
    blocking(&state.workbench, move |workbench| {
        let log = workbench.server_log(&name)?;
        Ok(axum::Json(lines(&log.page(asked.from, LINES))))
    })
    .await
}

/// What the dev server of a branch prints, as it does, until it has ended.
#[utoipa::path(get, path = "/api/v1/workspace/previews/{name}/log/stream", tag = "servers",
    operation_id = "follow_server_log",
    params(("name" = String, Path, description = "The preview's name"), FirstLine),
    responses(
        (status = 200, body = Lines, content_type = "application/x-ndjson",
            description = "One object a line"),
        (status = 404, body = ErrorBody), (status = 409, body = ErrorBody)))]
pub(crate) async fn follow_server_log(
    State(state): State<ApiState>,
    Path(name): Path<String>,
    Query(asked): Query<FirstLine>,
) -> Result<Response, ApiError> {
    let log = blocking(&state.workbench, move |workbench| {
        Ok(workbench.server_log(&name)?)
    })
    .await?;
    let stop = state.stop.clone();
    let pages = futures_util::stream::unfold(log.follow(asked.from), move |mut follow| {
        let stop = stop.clone();
        async move {
            let page = tokio::select! {
                page = follow.next(LINES) => page?,
                () = stop.cancelled() => return None,
            };
            let mut bytes = serde_json::to_vec(&lines(&page)).expect("lines have string keys");
            bytes.push(b'\n');
            Some((Ok::<_, Infallible>(bytes), follow))
        }
    });
    let headers = [
        (header::CONTENT_TYPE, "application/x-ndjson"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, Body::from_stream(pages)).into_response())
}

fn lines(page: &LogPage) -> Lines {
    let line = |line: &std::sync::Arc<tripledash_workbench::LogLine>| LogLine {
        number: line.number,
        at: timestamp(line.at),
        stream: match line.stream {
            LogStream::Output => Printed::Output,
            LogStream::Error => Printed::Error,
            LogStream::Remark => Printed::Remark,
        },
        setup: line.phase == LogPhase::Setup,
        text: line.text.clone(),
    };
    Lines {
        missed: page.missed,
        lines: page.lines.iter().map(line).collect(),
        next: page.next,
    }
}

fn timestamp(at: SystemTime) -> Timestamp {
    let since = at.duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
}

impl From<ServeError> for ApiError {
    fn from(error: ServeError) -> Self {
        let message = error.to_string();
        match error {
            ServeError::NoPreview { .. } => {
                Self::new(StatusCode::NOT_FOUND, "not-in-workspace", message)
            }
            ServeError::NoServer { .. } => {
                Self::new(StatusCode::CONFLICT, "no-dev-server", message)
            }
            ServeError::Untrusted { folder, commands } => {
                Self::new(StatusCode::FORBIDDEN, "untrusted", message)
                    .with("folder", folder.display().to_string())
                    .with("commands", commands)
            }
            ServeError::Runs { .. } => Self::new(StatusCode::CONFLICT, "runs-already", message),
            ServeError::Ends { .. } => Self::new(StatusCode::CONFLICT, "still-ending", message),
            ServeError::RunsNot { .. } => Self::new(StatusCode::CONFLICT, "runs-not", message),
        }
    }
}

//! The live feed: one JSON object a line, a snapshot first, then what changes.
//!
//! - The feed listens before it takes its snapshot, and skips changes that the snapshot has
//!   already: nothing is lost, nothing told twice.
//! - Rows are gathered for a moment, so that a burst is one line and each row in it is told once,
//!   as it is by then.
//! - A reader that lags gets `reset` and a new snapshot.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header;
use indexmap::IndexSet;
use serde::Serialize;
use tokio::sync::{broadcast, watch};
use tokio::time::{Instant, timeout_at};
use tripledash_core::filter::Filter;
use tripledash_core::trace::{Exchange, ExchangeId, ExchangeRow};
use tripledash_workbench::{
    Change, DiagnosticCount, Looking, OverBudget, Preview, Source, Stats, TenantList,
    WorkspaceState,
};
use utoipa::ToSchema;

use crate::ApiState;
use crate::error::{ApiError, ErrorBody};
use crate::exchanges::{Listing, parse_filter};
use crate::extract::Query;
use crate::shell::ShellRequest;
use crate::workspace::room;

/// How long rows are gathered. A row is on the screen well within 100 ms.
const GATHER: Duration = Duration::from_millis(30);

/// A row, and whether the feed's filter holds for it.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct StreamRow {
    row: ExchangeRow,
    matches: bool,
}

/// One line of the feed.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(
    tag = "kind",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
pub(crate) enum StreamLine {
    /// Everything, as it is when the feed begins or begins anew.
    Snapshot {
        workspace: Box<WorkspaceState>,
        exchanges: Vec<StreamRow>,
        stats: Stats,
        diagnostics: Vec<DiagnosticCount>,
    },
    /// New and changed rows.
    Exchanges {
        items: Vec<StreamRow>,
        stats: Stats,
        diagnostics: Vec<DiagnosticCount>,
    },
    /// The workspace changed.
    Workspace { workspace: Box<WorkspaceState> },
    /// Nothing changed but the previews, and where they and the tenants are found: of a workspace
    /// with tens of thousands of tenants, the few lines that did.
    Previews {
        /// The workspace's by now.
        generation: u64,
        /// The workspace's by now.
        revision: u64,
        previews: Vec<Preview>,
        // utoipa does not hear of `rename_all_fields`
        #[serde(rename = "overBudget")]
        over_budget: OverBudget,
        sources: Vec<Source>,
        #[serde(rename = "tenantList")]
        tenant_list: TenantList,
    },
    /// The log was cleared.
    Cleared,
    /// The reader lagged; a snapshot follows.
    Reset,
    /// The desktop shell asks something of the page.
    Shell { request: ShellRequest },
}

/// The live feed.
#[utoipa::path(get, path = "/api/v1/stream", tag = "exchanges", params(Listing),
    responses(
        (status = 200, body = StreamLine, content_type = "application/x-ndjson",
            description = "One object a line"),
        (status = 400, body = ErrorBody)))]
pub(crate) async fn stream(
    State(state): State<ApiState>,
    Query(listing): Query<Listing>,
) -> Result<Response, ApiError> {
    let filter = parse_filter(listing.filter.as_deref())?;
    let feed = Feed::new(state, filter, listing.limit());
    let lines = futures_util::stream::unfold(feed, |mut feed| async move {
        let bytes = feed.next().await?;
        Some((Ok::<_, Infallible>(bytes), feed))
    });
    let headers = [
        (header::CONTENT_TYPE, "application/x-ndjson"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, Body::from_stream(lines)).into_response())
}

pub(crate) struct Feed {
    state: ApiState,
    filter: Filter,
    limit: usize,
    begun: bool,
    /// What the last snapshot had.
    sequence: u64,
    changes: broadcast::Receiver<Change>,
    workspace: watch::Receiver<Arc<WorkspaceState>>,
    /// As it was told last.
    told: Arc<WorkspaceState>,
    waiting: VecDeque<ShellRequest>,
    shell: broadcast::Receiver<ShellRequest>,
    _looking: Looking,
}

/// What happened next.
enum Next {
    Change(Result<Change, broadcast::error::RecvError>),
    Workspace(bool),
    Shell(Result<ShellRequest, broadcast::error::RecvError>),
    Stop,
}

impl Feed {
    pub(crate) fn new(state: ApiState, filter: Filter, limit: usize) -> Self {
        let (waiting, shell) = state.shell.requests().listen();
        Self {
            changes: state.workbench.recorder().subscribe(),
            workspace: state.workbench.state(),
            told: Arc::clone(&state.workbench.state().borrow()),
            _looking: state.workbench.look(),
            state,
            filter,
            limit,
            begun: false,
            sequence: 0,
            waiting,
            shell,
        }
    }

    /// The next line or lines; `None` ends the feed.
    pub(crate) async fn next(&mut self) -> Option<Bytes> {
        if !self.begun {
            self.begun = true;
            let snapshot = self.snapshot();
            return Some(written(move || line(&snapshot)).await);
        }
        if let Some(request) = self.waiting.pop_front() {
            return Some(line(&StreamLine::Shell { request }));
        }
        loop {
            let stop = self.state.stop.clone();
            let next = tokio::select! {
                biased;
                () = stop.cancelled() => Next::Stop,
                changed = self.workspace.changed() => Next::Workspace(changed.is_ok()),
                request = self.shell.recv() => Next::Shell(request),
                change = self.changes.recv() => Next::Change(change),
            };
            match next {
                Next::Stop | Next::Workspace(false) => return None,
                Next::Workspace(true) => {
                    let now = self.workspace.borrow_and_update().clone();
                    let before = std::mem::replace(&mut self.told, Arc::clone(&now));
                    return Some(written(move || line(&changed(&now, &before))).await);
                }
                Next::Shell(Ok(request)) => return Some(line(&StreamLine::Shell { request })),
                // The page missed a menu's command; the person will choose it again.
                Next::Shell(Err(broadcast::error::RecvError::Lagged(_))) => {}
                Next::Shell(Err(broadcast::error::RecvError::Closed)) => return None,
                Next::Change(change) => match self.gather(change).await {
                    Gathered::Nothing => {}
                    Gathered::Lines(bytes) => return Some(bytes),
                    Gathered::Closed => return None,
                },
            }
        }
    }

    /// Collects changes for a moment and tells them at once.
    async fn gather(&mut self, first: Result<Change, broadcast::error::RecvError>) -> Gathered {
        let until = Instant::now() + GATHER;
        let mut cleared = false;
        let mut ids: IndexSet<ExchangeId> = IndexSet::new();
        let mut next = first;
        loop {
            match next {
                Ok(Change::Exchanges { sequence, ids: new }) => {
                    if sequence > self.sequence {
                        ids.extend(new.iter().copied());
                    }
                }
                Ok(Change::Cleared { sequence }) => {
                    if sequence > self.sequence {
                        cleared = true;
                        ids.clear();
                    }
                }
                Err(broadcast::error::RecvError::Lagged(_)) => return self.reset().await,
                Err(broadcast::error::RecvError::Closed) => return Gathered::Closed,
            }
            match timeout_at(until, self.changes.recv()).await {
                Ok(change) => next = change,
                Err(_) => break,
            }
        }
        if !cleared && ids.is_empty() {
            return Gathered::Nothing;
        }
        let ids: Vec<_> = ids.into_iter().collect();
        let recorder = self.state.workbench.recorder();
        let rows = StreamLine::Exchanges {
            items: recorder
                .get_all(&ids)
                .iter()
                .map(|exchange| self.row(exchange))
                .collect(),
            stats: recorder.stats(),
            diagnostics: recorder.diagnostics(),
        };
        let mut bytes = Vec::new();
        if cleared {
            write(&StreamLine::Cleared, &mut bytes);
        }
        write(&rows, &mut bytes);
        Gathered::Lines(bytes.into())
    }

    async fn reset(&mut self) -> Gathered {
        self.changes = self.state.workbench.recorder().subscribe();
        let snapshot = self.snapshot();
        let lines = written(move || {
            let mut bytes = Vec::new();
            write(&StreamLine::Reset, &mut bytes);
            write(&snapshot, &mut bytes);
            bytes.into()
        });
        Gathered::Lines(lines.await)
    }

    fn snapshot(&mut self) -> StreamLine {
        self.told = self.workspace.borrow_and_update().clone();
        let kept = self.state.workbench.recorder().kept();
        self.sequence = kept.sequence;
        let first = kept.exchanges.len().saturating_sub(self.limit);
        StreamLine::Snapshot {
            workspace: Box::new(WorkspaceState::clone(&self.told)),
            exchanges: kept.exchanges[first..]
                .iter()
                .map(|exchange| self.row(exchange))
                .collect(),
            stats: kept.stats,
            diagnostics: kept.diagnostics,
        }
    }

    fn row(&self, exchange: &Exchange) -> StreamRow {
        StreamRow {
            row: exchange.row(),
            matches: self.filter.matches(exchange),
        }
    }
}

enum Gathered {
    Nothing,
    Lines(Bytes),
    Closed,
}

/// What is told of a change of the workspace.
fn changed(now: &WorkspaceState, before: &WorkspaceState) -> StreamLine {
    if !now.is_same_but_for_previews(before) {
        return StreamLine::Workspace {
            workspace: Box::new(now.clone()),
        };
    }
    StreamLine::Previews {
        generation: now.generation,
        revision: now.revision,
        previews: now.previews.clone(),
        over_budget: OverBudget::clone(&now.over_budget),
        sources: now.sources.clone(),
        tenant_list: now.tenant_list.clone(),
    }
}

/// A workspace compared and written off the event loop: with tens of thousands of tenants it is
/// megabytes.
async fn written(write: impl FnOnce() -> Bytes + Send + 'static) -> Bytes {
    match tokio::task::spawn_blocking(write).await {
        Ok(bytes) => bytes,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            // The runtime is ending, and nobody reads on.
            Err(_) => Bytes::new(),
        },
    }
}

fn line(line: &StreamLine) -> Bytes {
    let mut bytes = match line {
        StreamLine::Snapshot { workspace, .. } | StreamLine::Workspace { workspace } => {
            Vec::with_capacity(room(workspace))
        }
        _ => Vec::new(),
    };
    write(line, &mut bytes);
    bytes.into()
}

fn write(line: &StreamLine, bytes: &mut Vec<u8>) {
    serde_json::to_writer(&mut *bytes, line).expect("our lines have string keys and no maps else");
    bytes.push(b'\n');
}

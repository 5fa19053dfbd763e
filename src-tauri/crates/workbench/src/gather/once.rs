//! The sources of a workspace asked once, for commands that ask and end.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::time::timeout_at;
use tokio_util::sync::CancellationToken;
use tripledash_core::workspace::{Asker, Contributed, Parsed, Problem};
use tripledash_core::{Timestamp, Workspace};
use tripledash_sources::{Fetcher, Limits};

use super::found::found;
use super::{Begin, Look, Looks, Means, News, look, wanted};
use crate::servers::Servers;
use crate::trust::TrustedFolders;

/// How long all sources together have to answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// A workspace that is asked about.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    /// As the file has it.
    pub workspace: &'a Workspace,
    /// The folder of the file.
    pub folder: &'a Path,
    /// The values of `${env:…}`.
    pub environment: &'a BTreeMap<String, String>,
    /// Our own folder: whom a person trusts, and what endpoints said before.
    pub data_dir: &'a Path,
    /// Tells the time.
    pub clock: fn() -> Timestamp,
}

impl fmt::Debug for Asked<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The environment holds secrets.
        formatter
            .debug_struct("Asked")
            .field("folder", &self.folder)
            .finish_non_exhaustive()
    }
}

/// The workspace with what its sources say, and warnings about those that say nothing.
///
/// Commands run only in a folder that was trusted before. Dev servers that run already are found,
/// and none is started.
pub async fn gathered(asked: Asked<'_>, parsed: &Parsed) -> (Workspace, Vec<Problem>) {
    let Asked {
        workspace,
        folder,
        environment,
        ..
    } = asked;
    if workspace.sources.is_empty() && workspace.tenant_source.is_none() {
        return (workspace.clone(), Vec::new());
    }
    let looks = looks(asked).await;
    let mut problems = Vec::new();
    let mut tell = |asker: &Asker, look: &Look| {
        let problem = match &look.failure {
            // Variables that are not set are told of where they stand.
            Some(_) if look.is_unset() => return,
            Some(failure) => {
                let reason = match look.read_at {
                    Some(then) => format!("{}; what it said at {then} is used", failure.message),
                    None => failure.message.clone(),
                };
                parsed.unasked_source(asker, &reason, failure.fix.clone())
            }
            None if look.reading.is_none() => {
                let reason = format!("it did not answer within {} s", PATIENCE.as_secs());
                parsed.unasked_source(asker, &reason, None)
            }
            None => return,
        };
        problems.push(problem);
    };
    if let Some(look) = &looks.tenants {
        tell(&Asker::Tenants, look);
    }
    for (source, look) in workspace.sources.iter().zip(&looks.previews) {
        tell(&Asker::Source(source.at), look);
    }
    let previews = found(workspace, &looks, &Servers::default(), environment);
    let tenants = looks.tenants().map(|read| Arc::clone(&read.tenants));
    if let Some(read) = looks.tenants() {
        problems.extend(read.problems.iter().cloned());
        problems.extend(parsed.unlisted_tenants(&read.tenants));
    }
    tracing::debug!(folder = %folder.display(), previews = previews.len(), "gathered");
    let whole = workspace.with(&Contributed {
        tenants,
        previews: previews.into_iter().map(|(found, _)| found).collect(),
    });
    (whole, problems)
}

/// Looks into every source until each has said something, or the time is over.
async fn looks(asked: Asked<'_>) -> Looks {
    let trust = TrustedFolders::load(asked.data_dir).of(asked.folder, asked.workspace);
    let trusted = trust.is_some_and(|trust| trust.trusted);
    let (tenants, previews) = wanted(asked.workspace, asked.folder, asked.environment, trusted);
    let fetcher = Fetcher::new(Limits::default(), None);
    let (tell, mut told) = mpsc::unbounded_channel();
    // Nobody looks on: each source is asked once, and then waits.
    let (_nobody, watchers) = watch::channel(0);
    let mut looks = Looks::default();
    let mut running = Vec::new();
    let stop = CancellationToken::new();
    looks.turn_to(tenants, previews, &stop, |begin: Begin<'_>| {
        let (id, clock, tell) = (begin.id, asked.clock, tell.clone());
        let means = Means {
            cache: asked.data_dir.join("tenants"),
            fetcher: fetcher.clone(),
            vercel: None,
            watchers: watchers.clone(),
            clock,
        };
        running.push(tokio::spawn(look(begin, means, move |told| {
            // Closed: the time is over.
            let _ = tell.send(News {
                id,
                at: clock(),
                told,
            });
        })));
    });
    let until = tokio::time::Instant::now() + PATIENCE;
    while looks.is_waiting() {
        match timeout_at(until, told.recv()).await {
            Ok(Some(news)) => _ = looks.hear(news),
            Ok(None) | Err(_) => break,
        }
    }
    for task in running {
        task.abort();
    }
    looks
}

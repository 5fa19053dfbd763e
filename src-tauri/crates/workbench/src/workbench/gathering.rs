//! The looks into the sources of the open workspace, and hearing of what they see.

use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use tokio::sync::mpsc::UnboundedReceiver;
use tokio_util::sync::CancellationToken;
use tripledash_core::Timestamp;
use tripledash_core::workspace::SourceKind;

use super::Workbench;
use super::opened::Opened;
use crate::gather::{self, Begin, News, Reading};
use crate::servers::{ServerKey, ServerNews};

/// Ends the dev servers of apps that the file names no more: no row is theirs, so nobody else could. As
/// long as one of its repositories was not read, that is not known.
fn end_unknown(opened: &mut Opened) {
    let looks = opened.workspace.sources.iter().zip(&opened.looks.previews);
    let git = looks.filter(|(source, _)| matches!(source.kind, SourceKind::Git(_)));
    let apps: Option<Vec<_>> = git
        .map(|(_, look)| match &look.reading {
            Some(Reading::Git(reading)) => Some((&reading.common_dir, &reading.prefix)),
            _ => None,
        })
        .collect();
    if let Some(apps) = apps {
        let is_known = |key: &ServerKey| apps.contains(&(&key.repository, &key.app));
        opened.servers.end_unknown(is_known);
    }
}

/// What a task of ours has to tell.
#[derive(Debug)]
pub(super) enum Told {
    /// A look into a source came to something.
    Look(News),
    /// A dev server is doing something else.
    Server(Box<ServerNews>),
}

impl Workbench {
    /// Looks into the sources that are open now, and no longer into others.
    pub(super) fn tend(&self, opened: &mut Opened) {
        // Whatever is heard while everything ends begins nothing that nobody would end.
        let place = opened.place.clone();
        let Some(place) = place.filter(|_| !self.stop.is_cancelled()) else {
            opened.looks.clear();
            return;
        };
        let trusted = opened.trust().is_some_and(|trust| trust.trusted);
        let environment = opened.environment(&self.environment);
        let (tenants, previews) =
            gather::wanted(&opened.workspace, &place.folder, &environment, trusted);
        let begin = |begin: Begin<'_>| {
            let (id, stop) = (begin.id, begin.stop.clone());
            let (clock, tell) = (self.clock, self.tell.clone());
            let means = gather::Means {
                cache: self.data_dir.join("tenants"),
                fetcher: self.fetcher.clone(),
                vercel: self.vercel.clone(),
                watchers: self.watchers.subscribe(),
                clock,
            };
            let tell = move |told| {
                // Closed: the workbench is ending, and nobody wants to know.
                let _ = tell.send(Told::Look(News {
                    id,
                    at: clock(),
                    told,
                }));
            };
            let looking = gather::look(begin, means, tell);
            let until_stopped = async move {
                // Whatever it is in the midst of: a share that hangs must not keep us.
                tokio::select! {
                    () = stop.cancelled() => {}
                    () = looking => {}
                }
            };
            self.tracker.spawn_on(until_stopped, &self.runtime);
        };
        opened.looks.turn_to(tenants, previews, &self.stop, begin);
        end_unknown(opened);
    }

    /// Asks every source again, now.
    pub fn refresh(&self) {
        self.opened.lock().looks.ask_again();
    }

    fn hear(&self, all: Vec<Told>) {
        let mut opened = self.opened.lock();
        let mut news = false;
        for told in all {
            news |= match told {
                Told::Look(look) => opened.looks.hear(look),
                Told::Server(server) => opened.servers.hear(*server),
            };
        }
        news |= follow_heads(&mut opened);
        if news {
            self.publish(&mut opened);
        }
    }

    /// The time of day, for what wants it so.
    pub(super) fn system_clock(&self) -> tripledash_devserver::Clock {
        let clock = self.clock;
        Arc::new(move || {
            let Timestamp(micros) = clock();
            UNIX_EPOCH + Duration::from_micros(u64::try_from(micros).unwrap_or(0))
        })
    }
}

/// Names servers after what is checked out where they run.
fn follow_heads(opened: &mut Opened) -> bool {
    let Opened {
        workspace,
        looks,
        servers,
        ..
    } = opened;
    let mut news = false;
    for (source, look) in workspace.sources.iter().zip(&looks.previews) {
        // A template of the same repository may have been read a moment earlier or later.
        if let (SourceKind::Git(_), Some(Reading::Git(reading))) = (&source.kind, &look.reading) {
            news |= servers.follow(&reading.common_dir, &reading.prefix, &reading.heads);
        }
    }
    news
}

/// Hears what tasks have to tell, in its order, where blocking is allowed.
pub(super) async fn listen(
    workbench: Arc<Workbench>,
    mut told: UnboundedReceiver<Told>,
    stop: CancellationToken,
) {
    loop {
        let first = tokio::select! {
            first = told.recv() => first,
            () = stop.cancelled() => return,
        };
        let Some(first) = first else {
            return;
        };
        let mut all = vec![first];
        while let Ok(more) = told.try_recv() {
            all.push(more);
        }
        let hearing = Arc::clone(&workbench);
        let heard = tokio::task::spawn_blocking(move || hearing.hear(all)).await;
        if let Err(error) = heard
            && let Ok(panic) = error.try_into_panic()
        {
            std::panic::resume_unwind(panic);
        }
    }
}

//! The dev servers that somebody else started in a checkout.

use std::collections::BTreeMap;
use std::mem;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tripledash_devserver::{Candidate, Kind, Processes, find_for};

/// A dev server that somebody else started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Adopted {
    pub(crate) port: u16,
    /// It wants TLS.
    pub(crate) secure: bool,
    pub(crate) pid: u32,
    /// The folder that it works in.
    pub(crate) folder: PathBuf,
    /// What speaks for it, for people.
    pub(crate) why: String,
}

/// Finds the dev servers of one app.
#[derive(Debug, Default)]
pub(crate) struct Finder {
    /// What was found last, by the checkout's folder, so that no server is asked each time.
    known: BTreeMap<PathBuf, Vec<Candidate>>,
}

impl Finder {
    /// The likeliest server of each checkout that has one, by the checkout's folder. `app` is the
    /// app's folder in a checkout.
    pub(crate) async fn find(
        &mut self,
        checkouts: &[PathBuf],
        app: &Path,
    ) -> BTreeMap<PathBuf, Adopted> {
        let mut adopted = BTreeMap::new();
        // Once for all of them. Read on a thread that may block; a panic there finds nothing.
        let Ok(processes) = tokio::task::spawn_blocking(Processes::now).await else {
            return adopted;
        };
        let processes = Arc::new(processes);
        // What was known of a checkout that is gone goes with it.
        let mut before = mem::take(&mut self.known);
        for checkout in checkouts {
            let known = before.remove(checkout).unwrap_or_default();
            let found = find_for(&processes, &checkout.join(app), checkouts, &known).await;
            let first = found.iter().find(|candidate| is_app(candidate)).map(server);
            self.known.insert(checkout.clone(), found);
            adopted.extend(first.map(|server| (checkout.clone(), server)));
        }
        adopted
    }
}

/// Whether a server is one that can be shown.
fn is_app(candidate: &Candidate) -> bool {
    candidate.answer.is_some_and(|answer| answer.kind.is_app())
}

fn server(candidate: &Candidate) -> Adopted {
    let listening = &candidate.listening;
    let kind = candidate.answer.map(|answer| answer.kind);
    Adopted {
        port: listening.port,
        secure: kind == Some(Kind::Secure),
        pid: listening.pid,
        folder: listening.folder.clone().unwrap_or_default(),
        why: candidate.why.clone(),
    }
}

//! The dev servers that were started here, one for each branch at most.

mod checkout;
mod run;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use tokio_util::sync::CancellationToken;
use tripledash_devserver::{Ended, Last, Log, Remark, State};

pub(crate) use self::checkout::CheckoutOrder;
pub(crate) use self::run::{Order, run};

use crate::state::{Server, ServerState};

/// Which branch of which app a server is of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ServerKey {
    /// The repository's own folder.
    pub(crate) repository: PathBuf,
    /// The app's folder in a checkout.
    pub(crate) app: PathBuf,
    /// The branch's whole name: `refs/heads/main`. Short ones may be those of two branches.
    pub(crate) reference: String,
}

/// How far a server is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Phase {
    /// Its checkout is made.
    Preparing,
    /// It has none, and was not started.
    NotPrepared {
        /// What was found, and what to do.
        reason: String,
    },
    /// It was asked to stop meanwhile.
    Canceling,
    /// It was stopped before it was started.
    Canceled,
    /// It was started.
    Runs(State),
}

/// What is new of a server.
#[derive(Debug)]
pub(crate) struct ServerNews {
    pub(crate) id: u64,
    pub(crate) phase: Phase,
    /// The person's own checkout that it runs in.
    pub(crate) in_place: Option<PathBuf>,
    pub(crate) log: Option<Log>,
    /// What there is to say about its checkout.
    pub(crate) remark: Option<String>,
}

/// The dev servers that were started here, those that have ended too.
#[derive(Debug, Default)]
pub(crate) struct Servers {
    all: BTreeMap<ServerKey, One>,
    next: u64,
}

#[derive(Debug)]
struct One {
    /// Tells it from one that ran before, and stays its own whatever branch it comes to serve.
    id: u64,
    phase: Phase,
    /// The person's own checkout that it runs in: it serves what they check out there.
    in_place: Option<PathBuf>,
    log: Option<Log>,
    remark: Option<String>,
    /// The branch that is checked out where it runs, while that has a server of its own.
    blocked: Option<String>,
    stop: CancellationToken,
}

// === impl Servers ===

impl Servers {
    /// What the window shows of a branch's server; `None`: none was started here.
    pub(crate) fn shown(&self, key: &ServerKey) -> Option<Server> {
        let one = self.all.get(key)?;
        let (state, port, message) = one.phase.shown();
        let blocked = one.blocked.as_ref();
        let blocked = blocked.map(|branch| format!("{branch} is checked out in its folder now"));
        let message = message.or(blocked).or_else(|| one.remark.clone());
        Some(Server {
            state,
            port,
            message,
            adopted: false,
            // Whoever knows what the file says of it decides.
            can_start: false,
            has_log: one.log.is_some(),
        })
    }

    /// Whether a branch's server wants TLS.
    pub(crate) fn is_secure(&self, key: &ServerKey) -> bool {
        let phase = self.all.get(key).map(|one| &one.phase);
        matches!(phase, Some(Phase::Runs(State::Ready { secure: true, .. })))
    }

    /// What runs, or is about to.
    pub(crate) fn running(&self) -> impl Iterator<Item = &ServerKey> {
        let all = self.all.iter();
        all.filter(|(_, one)| !one.phase.is_over())
            .map(|(key, _)| key)
    }

    /// Asks those to end that are of no app that `is_known`.
    pub(crate) fn end_unknown(&mut self, is_known: impl Fn(&ServerKey) -> bool) {
        for (key, one) in &self.all {
            if !one.phase.is_over() && !is_known(key) {
                one.stop.cancel();
            }
        }
    }

    /// The person's own checkout that a branch's server runs in.
    pub(crate) fn place(&self, key: &ServerKey) -> Option<&Path> {
        self.all.get(key)?.in_place.as_deref()
    }

    /// What a branch's server printed.
    pub(crate) fn log(&self, key: &ServerKey) -> Option<Log> {
        self.all.get(key)?.log.clone()
    }

    /// Makes room for a server that is about to be started, and says its id and what stops it,
    /// which `all` does too. `None`: one runs.
    pub(crate) fn begin(
        &mut self,
        key: &ServerKey,
        all: &CancellationToken,
    ) -> Option<(u64, CancellationToken)> {
        if self.all.get(key).is_some_and(|one| !one.phase.is_over()) {
            return None;
        }
        let id = self.next;
        self.next += 1;
        let stop = all.child_token();
        let one = One {
            id,
            phase: Phase::Preparing,
            in_place: None,
            log: None,
            remark: None,
            blocked: None,
            stop: stop.clone(),
        };
        self.all.insert(key.clone(), one);
        Some((id, stop))
    }

    /// Asks a branch's server to end. Whether one ran.
    pub(crate) fn stop(&mut self, key: &ServerKey) -> bool {
        let running = self.all.get(key).filter(|one| !one.phase.is_over());
        if let Some(one) = running {
            one.stop.cancel();
        }
        running.is_some()
    }

    /// Asks all to end, and forgets those that have. The others are known until then, so that none
    /// is started beside one that still runs in the same folder.
    pub(crate) fn clear(&mut self) {
        self.all.retain(|_, one| {
            one.stop.cancel();
            !one.phase.is_over()
        });
    }

    /// Whether a branch's server was asked to end, and has not.
    pub(crate) fn is_ending(&self, key: &ServerKey) -> bool {
        let one = self.all.get(key);
        one.is_some_and(|one| one.stop.is_cancelled() && !one.phase.is_over())
    }

    /// Names the servers that run in a person's own checkouts after what is checked out there now:
    /// folders of one repository's app, and the branch or the commit of each. Whether that is news.
    pub(crate) fn follow(
        &mut self,
        repository: &Path,
        app: &Path,
        heads: &[(PathBuf, String)],
    ) -> bool {
        let elsewhere = |(key, one): (&ServerKey, &One)| {
            let place = one.in_place.as_deref().filter(|_| !one.phase.is_over())?;
            let (_, now) = heads.iter().find(|(folder, _)| *folder == place)?;
            let is_moved = key.repository == repository && key.app == app && key.reference != *now;
            let target = || ServerKey {
                reference: now.clone(),
                ..key.clone()
            };
            is_moved.then(|| (key.clone(), target()))
        };
        let wanted: BTreeMap<ServerKey, ServerKey> =
            self.all.iter().filter_map(elsewhere).collect();
        let going = self.that_can_go(&wanted);
        let mut news = !going.is_empty();
        for (key, one) in &mut self.all {
            // That branch has a server of its own, in a checkout of its own.
            let target = wanted.get(key).filter(|_| !going.contains_key(key));
            let blocked = target.map(|now| short(&now.reference).to_owned());
            let is_of = key.repository == repository && key.app == app;
            if is_of && one.blocked != blocked {
                one.blocked = blocked;
                news = true;
            }
        }
        // All out of the way first: two checkouts may have exchanged their branches.
        let taken = going.into_iter();
        let taken: Vec<_> = taken
            .filter_map(|(key, now)| Some((now, self.all.remove(&key)?)))
            .collect();
        self.all.extend(taken);
        news
    }

    /// Of servers that are to be named otherwise, those that take no other's place: one that stays
    /// keeps whoever would come to it where that is, and so on.
    fn that_can_go(
        &self,
        wanted: &BTreeMap<ServerKey, ServerKey>,
    ) -> BTreeMap<ServerKey, ServerKey> {
        let mut going = wanted.clone();
        loop {
            let staying = self.running().filter(|key| !going.contains_key(key));
            let mut held: BTreeSet<&ServerKey> = staying.collect();
            let blocked = going.iter().find(|(_, target)| !held.insert(target));
            let Some(blocked) = blocked.map(|(key, _)| key.clone()) else {
                return going;
            };
            going.remove(&blocked);
        }
    }

    /// Takes news. Says whether they are of a server that is still shown.
    pub(crate) fn hear(&mut self, news: ServerNews) -> bool {
        let Some(one) = self.all.values_mut().find(|one| one.id == news.id) else {
            return false;
        };
        one.phase = news.phase;
        one.in_place = news.in_place.or(one.in_place.take());
        one.log = news.log.or(one.log.take());
        one.remark = news.remark.or(one.remark.take());
        true
    }
}

// === impl Phase ===

impl Phase {
    /// Whether nothing of it runs any more.
    pub(crate) fn is_over(&self) -> bool {
        match self {
            Self::Preparing | Self::Canceling => false,
            Self::NotPrepared { .. } | Self::Canceled => true,
            Self::Runs(state) => state.is_final(),
        }
    }

    fn shown(&self) -> (ServerState, Option<u16>, Option<String>) {
        let state = match self {
            Self::Preparing => return (ServerState::Preparing, None, None),
            Self::NotPrepared { reason } => {
                return (ServerState::Failed, None, Some(reason.clone()));
            }
            Self::Canceling => return (ServerState::Stopping, None, None),
            Self::Canceled => return (ServerState::Stopped, None, None),
            Self::Runs(state) => state,
        };
        match state {
            State::Setup => (ServerState::Setup, None, None),
            State::Starting { remark } => (
                ServerState::Starting,
                None,
                remark.as_ref().map(Remark::to_string),
            ),
            State::Ready { port, remark, .. } => {
                let remark = remark.as_ref().map(Remark::to_string);
                (ServerState::Ready, Some(*port), remark)
            }
            State::Stopping => (ServerState::Stopping, None, None),
            State::Exited(last) if last.stopped => (ServerState::Stopped, None, remaining(last)),
            State::Exited(last) => (ServerState::Exited, None, Some(end(last))),
            State::Failed {
                last: Some(last), ..
            } if last.stopped => (ServerState::Stopped, None, remaining(last)),
            State::Failed { reason, .. } => (ServerState::Failed, None, Some(reason.clone())),
        }
    }
}

/// A branch or a commit as people say it.
fn short(reference: &str) -> &str {
    match reference.strip_prefix("refs/heads/") {
        Some(branch) => branch,
        None if reference.starts_with("refs/") => reference,
        None => reference.get(..7).unwrap_or(reference),
    }
}

fn end(last: &Last) -> String {
    match last.ended {
        Ended::Code(0) => "it ended by itself".to_owned(),
        ended => format!("it ended with {ended}"),
    }
}

/// What could not be ended.
fn remaining(last: &Last) -> Option<String> {
    let ids: Vec<String> = last.remain.iter().map(u32::to_string).collect();
    let ids = (!ids.is_empty()).then(|| ids.join(", "))?;
    Some(format!("these processes of it could not be ended: {ids}"))
}

#[cfg(test)]
mod tests;

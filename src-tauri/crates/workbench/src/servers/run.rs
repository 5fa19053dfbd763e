//! One dev server, from its checkout to its end.

use std::sync::OnceLock;

use tokio_util::sync::CancellationToken;
use tripledash_devserver::{Clock, DevCommand, DevServer, Host, Ports, State};

use super::checkout::{CheckoutOrder, begin, keep};
use super::{Phase, ServerNews};
use crate::git::{TOKEN, git};

/// What it takes to start the dev server of a branch.
pub(crate) struct Order {
    pub(crate) checkout: CheckoutOrder,
    /// What supervises it.
    pub(crate) host: Host,
    /// Where its port comes from.
    pub(crate) ports: Ports,
    pub(crate) clock: Clock,
}

/// Starts a dev server and tells how it goes, until it has ended. `id` tells it from one that ran
/// before.
pub(crate) async fn run(order: Order, id: u64, stop: CancellationToken, tell: impl Fn(ServerNews)) {
    let dev = order.checkout.source.dev.clone().unwrap_or_default();
    let in_place = OnceLock::new();
    let news = |phase: Phase, server: Option<&DevServer>, remark: Option<String>| {
        tell(ServerNews {
            id,
            phase,
            in_place: in_place.get().cloned(),
            log: server.map(|server| server.log().clone()),
            remark,
        });
    };
    let git = git(&stop);
    let mut preparing = tokio::task::spawn_blocking(move || order.checkout.prepare(git));
    let prepared = tokio::select! {
        prepared = &mut preparing => prepared,
        () = stop.cancelled() => {
            news(Phase::Canceling, None, None);
            preparing.await
        }
    };
    if stop.is_cancelled() {
        return news(Phase::Canceled, None, None);
    }
    let ready = match prepared {
        Ok(Ok(ready)) => ready,
        Ok(Err(reason)) => return news(Phase::NotPrepared { reason }, None, None),
        Err(error) => {
            let reason = error.to_string();
            return news(Phase::NotPrepared { reason }, None, None);
        }
    };
    if ready.checkout.is_in_place() {
        in_place.get_or_init(|| ready.checkout.path.clone());
    }
    let mut command = DevCommand::new(&ready.checkout.folder, dev);
    command.setup = ready
        .setup
        .as_ref()
        .map(|installed| installed.setup.clone());
    command.unset = vec![TOKEN.to_owned()];
    if let Some(installed) = &ready.setup
        && let Err(error) = begin(&ready.stamp, installed)
    {
        let reason = format!("cannot write {}: {error}", ready.stamp.display());
        return news(Phase::NotPrepared { reason }, None, ready.remark);
    }
    let started = DevServer::start(order.host, command, &order.ports, order.clock);
    let server = match started {
        Ok(server) => server,
        Err(error) => {
            let reason = error.to_string();
            return news(Phase::NotPrepared { reason }, None, ready.remark);
        }
    };
    let mut state = server.state();
    let mut unstamped = ready.setup;
    let mut remark = ready.remark;
    loop {
        let now = state.borrow_and_update().clone();
        if matches!(now, State::Starting { .. } | State::Ready { .. })
            && let Some(installed) = unstamped.take()
            && let Err(error) = keep(&ready.stamp, &installed)
        {
            tracing::warn!(%error, stamp = %ready.stamp.display(), "setup will run again");
        }
        let over = now.is_final();
        news(Phase::Runs(now), Some(&server), remark.take());
        if over {
            return;
        }
        let changed = tokio::select! {
            changed = state.changed() => changed,
            () = stop.cancelled(), if !matches!(*state.borrow(), State::Stopping) => {
                server.stop();
                state.changed().await
            }
        };
        if changed.is_err() {
            // It would be shown as it is now for ever, and could not be started again.
            let reason = "nobody looks after it any more, by an error of Tripledash's own";
            let reason = reason.to_owned();
            return news(Phase::NotPrepared { reason }, Some(&server), None);
        }
    }
}

//! One dev server: started, watched, stopped.

use std::path::Path;

use tokio::sync::watch;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::command::{Clock, DevCommand};
use crate::log::{Log, Phase, Stream};
use crate::ports::{NoPort, Ports};
use crate::state::State;
use crate::supervised::Host;

mod look;
mod run;

/// A dev server that was started here.
///
/// Dropping it stops it. That all its processes have ended is only sure once its state is final
/// ([`DevServer::ended`]), or this program is gone.
#[derive(Debug)]
pub struct DevServer {
    given: u16,
    state: watch::Receiver<State>,
    log: Log,
    stop: CancellationToken,
    _dropped: DropGuard,
}

// === impl DevServer ===

impl DevServer {
    /// Starts a server on a port of `ports`, under a supervisor that `host` is.
    ///
    /// What goes wrong later is in its [state](DevServer::state). To be called on a tokio runtime;
    /// the server ends with it.
    ///
    /// # Errors
    ///
    /// [`NoPort`] when there is no free port.
    pub fn start(
        host: Host,
        command: DevCommand,
        ports: &Ports,
        clock: Clock,
    ) -> Result<Self, NoPort> {
        let port = ports.take()?;
        let given = port.number();
        let log = Log::new(command.bounds);
        let stop = CancellationToken::new();
        let first = match command.setup {
            Some(_) => State::Setup,
            None => State::Starting { remark: None },
        };
        let (sender, state) = watch::channel(first);
        let run = run::Run {
            host,
            command,
            port,
            clock,
            log: log.clone(),
            state: sender,
            stop: stop.clone(),
        };
        tokio::spawn(run.complete());
        Ok(Self {
            given,
            state,
            log,
            _dropped: stop.clone().drop_guard(),
            stop,
        })
    }

    /// The port that it was given. Where it answers is in its state.
    pub fn given(&self) -> u16 {
        self.given
    }

    /// What it is doing, now and from now on.
    pub fn state(&self) -> watch::Receiver<State> {
        self.state.clone()
    }

    /// What it and its setup print.
    pub fn log(&self) -> &Log {
        &self.log
    }

    /// Asks it to stop, whatever it is doing. Does not wait.
    pub fn stop(&self) {
        self.stop.cancel();
    }

    /// Waits until it has ended, of itself or because it was stopped. Nothing of it is left then.
    pub async fn ended(&self) -> State {
        let mut state = self.state.clone();
        match state.wait_for(State::is_final).await {
            Ok(state) => state.clone(),
            // The runtime ended it in the middle; the last state is as good as there is.
            Err(_) => self.state.borrow().clone(),
        }
    }
}

impl run::Run {
    fn remark(&self, phase: Phase, text: String) {
        self.log.push((self.clock)(), Stream::Remark, phase, text);
    }

    fn folder(&self) -> &Path {
        &self.command.folder
    }
}

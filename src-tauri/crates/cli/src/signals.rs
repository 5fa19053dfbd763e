//! What asks a command to end.

use std::io;
use std::time::Duration;

use tokio::runtime::Runtime;

use crate::output::{self, Ending, Paint};

/// From now on the process is not ended by them: whoever has this looks at them, always.
#[cfg(unix)]
pub(crate) struct StopSignals {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
    hang_up: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl StopSignals {
    pub(crate) fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            hang_up: signal(SignalKind::hangup())?,
        })
    }

    pub(crate) async fn received(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
            _ = self.hang_up.recv() => {}
        }
    }
}

#[cfg(not(unix))]
pub(crate) struct StopSignals;

#[cfg(not(unix))]
impl StopSignals {
    pub(crate) fn new() -> io::Result<Self> {
        Ok(Self)
    }

    pub(crate) async fn received(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

impl StopSignals {
    /// Ends an engine and its dev servers, which get a while for it. Another signal ends without
    /// them: what supervises them ends them.
    pub(crate) async fn shut_down(mut self, engine: tripledash::Engine, ending: Ending) -> Ending {
        let shutdown = engine.shutdown();
        tokio::pin!(shutdown);
        tokio::select! {
            () = &mut shutdown => return ending,
            () = tokio::time::sleep(SOON) => {}
            () = self.received() => return at_once(),
        }
        let note = "Waiting for what runs to end; another Ctrl-C does not wait.";
        output::remark(Paint::stderr().faint(note));
        tokio::select! {
            () = &mut shutdown => ending,
            () = self.received() => at_once(),
        }
    }
}

/// An end that takes no longer needs no word.
const SOON: Duration = Duration::from_millis(300);

fn at_once() -> Ending {
    output::refuse("ended at once, without waiting for what runs")
}

/// Runs a command to its end. What it left on other threads, as a look at a share that hangs, is
/// not waited for.
pub(crate) fn run(command: impl Future<Output = Ending>) -> Ending {
    match Runtime::new() {
        Ok(runtime) => {
            let ending = runtime.block_on(command);
            runtime.shutdown_background();
            ending
        }
        Err(error) => output::error(&error),
    }
}

//! `tripledash serve`: the engine and its page, until it is told to end.

use std::io;
use std::sync::Arc;

use serde::Serialize;
use tripledash::{
    Engine, EngineOptions, OpenFirst, data_folder, environment, keychain, supervisor,
};
use tripledash_api::Headless;

use crate::arguments::Serve;
use crate::output::{self, Ending, Paint};

/// The one line of `--json`.
#[derive(Debug, Serialize)]
struct Listening<'a> {
    url: &'a str,
    port: u16,
    token: &'a str,
}

pub(crate) fn serve(serve: &Serve) -> Ending {
    let data_folder = match data_folder(std::env::var_os("TRIPLEDASH_DATA")) {
        Ok(folder) => folder,
        Err(error) => return output::error(&error),
    };
    let open = if serve.demo {
        OpenFirst::Demo
    } else {
        OpenFirst::Folder(serve.folder.clone())
    };
    let options = EngineOptions {
        port: serve.port.into(),
        data_folder,
        open,
        token: std::env::var("TRIPLEDASH_TOKEN").ok(),
        shell: Arc::new(Headless::default()),
        environment: environment(),
        supervisor: supervisor(),
        keychain: keychain(),
    };
    match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime.block_on(run(serve, options)),
        Err(error) => output::error(&error),
    }
}

async fn run(serve: &Serve, options: EngineOptions) -> Ending {
    // Asked for before anything listens: whoever reads our line may send the signal at once.
    let mut stop = match StopSignals::new() {
        Ok(stop) => stop,
        Err(error) => return output::error(&error),
    };
    let engine = match Engine::start(options).await {
        Ok(engine) => engine,
        Err(error) => return output::error(&error),
    };
    announce(serve, &engine);
    if serve.open
        && let Err(error) = open::that_detached(engine.page_url().as_str())
    {
        output::remark(format_args!("the browser could not be opened: {error}"));
    }
    stop.received().await;
    engine.shutdown().await;
    Ending::Good
}

fn announce(serve: &Serve, engine: &Engine) {
    let url = engine.url();
    if serve.json {
        return output::answer_json(&Listening {
            url: &url,
            port: engine.port(),
            token: engine.token(),
        });
    }
    let paint = Paint::stdout();
    let state = engine.workbench().state().borrow().clone();
    let place = if state.origin.folder.is_empty() {
        "no workspace yet"
    } else {
        &state.origin.folder
    };
    output::answer(format_args!(
        "Serving {} ({place})",
        paint.bold(&state.name)
    ));
    for problem in &state.problems {
        output::remark(crate::workspace::line(problem, Paint::stderr()));
    }
    output::answer(format_args!(
        "Open    {}",
        paint.bold(engine.page_url().as_str())
    ));
    output::answer(
        paint.faint("The token stays with the browser that opened this once. Stop with Ctrl-C."),
    );
}

/// What asks us to end.
#[cfg(unix)]
pub(super) struct StopSignals {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
    hang_up: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl StopSignals {
    pub(super) fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            hang_up: signal(SignalKind::hangup())?,
        })
    }

    pub(super) async fn received(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
            _ = self.hang_up.recv() => {}
        }
    }
}

#[cfg(not(unix))]
pub(super) struct StopSignals;

#[cfg(not(unix))]
impl StopSignals {
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self)
    }

    pub(super) async fn received(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

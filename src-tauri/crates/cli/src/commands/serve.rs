//! `tripledash serve`: the engine and its page, until it is told to end.

use std::sync::Arc;

use serde::Serialize;
use tripledash::{
    Engine, EngineOptions, OpenFirst, data_folder, environment, keychain, supervisor,
};
use tripledash_api::Headless;
use tripledash_workbench::FILE;

use crate::arguments::Serve;
use crate::output::{self, Ending, Paint};
use crate::signals::{StopSignals, run};

/// The one line of `--json`.
#[derive(Serialize)]
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
    run(serving(serve, options))
}

async fn serving(serve: &Serve, options: EngineOptions) -> Ending {
    // Asked for before anything listens: whoever reads our line may send the signal at once.
    let mut stop = match StopSignals::new() {
        Ok(stop) => stop,
        Err(error) => return output::error(&error),
    };
    let engine = tokio::select! {
        started = Engine::start(options) => match started {
            Ok(engine) => engine,
            Err(error) => return output::error(&error),
        },
        () = stop.received() => return output::refuse("interrupted before it listened"),
    };
    announce(serve, &engine);
    if serve.open
        && let Err(error) = open::that_detached(engine.page_url().as_str())
    {
        output::remark(format_args!("the browser could not be opened: {error}"));
    }
    stop.received().await;
    stop.shut_down(engine, Ending::Good).await
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
    match engine.bare_folder() {
        Some(folder) => output::answer(format_args!(
            "Serving {}, which has no {FILE} yet: the page offers to write one, as `tripledash init` does",
            paint.bold(&folder.display().to_string())
        )),
        None => output::answer(format_args!(
            "Serving {} ({})",
            paint.bold(&state.name),
            state.origin.folder
        )),
    }
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

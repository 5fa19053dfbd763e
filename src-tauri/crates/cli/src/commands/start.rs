//! `tripledash start`: the dev server of a branch.
//!
//! The engine that has the folder open runs it. Where there is none, the command is one itself,
//! until it is interrupted: while the server is being started, too.

mod follow;

use std::path::Path;
use std::sync::Arc;

use http::Method;
use serde_json::{Value, json};
use tripledash::{
    BaseDomain, Engine, EngineOptions, OpenFirst, PortChoice, environment, keychain, supervisor,
};
use tripledash_api::Headless;

use self::follow::{Outcome, ended, follow, state_of};
use super::branch::{Named, Place, ambiguous, named_by_now, unknown};
use crate::arguments::Start;
use crate::client::{Client, FEED, NoAnswer};
use crate::output::{self, Ending, Paint};
use crate::signals::{StopSignals, run};

pub(crate) fn start(asked: &Start) -> Ending {
    run(async {
        match Place::of(&asked.folder).await {
            Ok(Place {
                engine: Some((client, _)),
                folder,
                ..
            }) => start_in(&client, &folder, asked).await,
            Ok(place) => start_here(place, asked).await,
            Err(ending) => ending,
        }
    })
}

/// Starts it in an engine of our own, which goes on until it is interrupted.
async fn start_here(place: Place, asked: &Start) -> Ending {
    // Asked for before anything listens.
    let mut stop = match StopSignals::new() {
        Ok(stop) => stop,
        Err(error) => return output::error(&error),
    };
    let options = EngineOptions {
        port: PortChoice::Usual,
        data_folder: place.data_folder,
        open: OpenFirst::Folder(place.folder.clone()),
        token: std::env::var("TRIPLEDASH_TOKEN").ok(),
        shell: Arc::new(Headless::default()),
        environment: environment(),
        supervisor: supervisor(),
        keychain: keychain(),
    };
    let engine = tokio::select! {
        started = Engine::start(options) => match started {
            Ok(engine) => engine,
            Err(error) => return output::error(&error),
        },
        () = stop.received() => return output::refuse("interrupted before it listened"),
    };
    let client = Client::of(&engine);
    let ending = tokio::select! {
        ending = start_in(&client, &place.folder, asked) => ending,
        () = stop.received() => output::refuse("interrupted before it answered"),
    };
    if ending == Ending::Good {
        let paint = Paint::stderr();
        let page = engine.page_url();
        output::remark(format_args!("Workbench {}", paint.bold(page.as_str())));
        output::remark(paint.faint("Ctrl-C ends it, and the dev server with it."));
        stop.received().await;
    }
    stop.shut_down(engine, ending).await
}

/// Starts a branch's dev server in an engine, and waits until it answers.
async fn start_in(client: &Client, folder: &Path, asked: &Start) -> Ending {
    let name = match find(client, folder, &asked.branch).await {
        Ok(name) => name,
        Err(ending) => return ending,
    };
    if let Err(ending) = ask(client, &name, asked.trust).await {
        return ending;
    }
    match follow(client, &name).await {
        Outcome::Ready => {
            output::answer(url(client.base(), &name));
            Ending::Good
        }
        Outcome::Over(reason) => output::refuse(reason),
    }
}

/// Asks the engine to start it. Where it says that the folder is not trusted, and only then, that is
/// agreed to as the person said.
async fn ask(client: &Client, name: &str, mut trusting: bool) -> Result<(), Ending> {
    let path = format!("/workspace/previews/{name}/start");
    loop {
        let (code, message, body) = match client.ask(Method::POST, &path, None).await {
            Ok(_) => return Ok(()),
            Err(NoAnswer::Refused {
                code,
                message,
                body,
            }) => (code, message, body),
            Err(error) => return Err(output::error(&error)),
        };
        match code.as_str() {
            "runs-already" => {
                output::remark(Paint::stderr().faint(&message));
                return Ok(());
            }
            "still-ending" => ended(client, name).await.map_err(output::refuse)?,
            "untrusted" if trusting => {
                trusting = false;
                trust(client).await.map_err(|error| output::error(&error))?;
            }
            "untrusted" => {
                list(&body["commands"]);
                return Err(output::refuse(format_args!(
                    "{message}: run it again with --trust, or press Start in the window"
                )));
            }
            _ => return Err(output::refuse(message)),
        }
    }
}

/// The preview that is called so, or is of the branch that is: once the repositories were read.
async fn find(client: &Client, folder: &Path, asked: &str) -> Result<String, Ending> {
    let mut feed = client
        .follow(FEED)
        .await
        .map_err(|error| output::error(&error))?;
    while let Some(line) = feed.next().await {
        let Some(state) = state_of(&line) else {
            continue;
        };
        match named_by_now(state, asked) {
            None => {}
            Some(Named::One(name)) => return Ok(name),
            Some(Named::Several(names)) => return Err(ambiguous(asked, &names)),
            Some(Named::Nobody) => {
                // Of the whole workspace, which not every line is.
                let whole = client.ask(Method::GET, "/workspace", None).await;
                let whole = whole.map_err(|error| output::error(&error))?;
                return Err(unknown(&whole, asked, folder));
            }
        }
    }
    Err(output::refuse("the engine has ended"))
}

/// Says that the commands may run, just those that there are now, and which they are.
async fn trust(client: &Client) -> Result<(), NoAnswer> {
    let state = client.ask(Method::GET, "/workspace", None).await?;
    let trust = &state["trust"];
    if trust.is_null() || trust["trusted"] == true {
        return Ok(());
    }
    let commands = &trust["commands"];
    output::remark("From now on this is done when it is needed:");
    list(commands);
    let body = json!({ "trusted": true, "commands": commands });
    client
        .ask(Method::POST, "/workspace/trust", Some(&body))
        .await
        .map(|_| ())
}

/// What would run, where, and when.
fn list(commands: &Value) {
    let paint = Paint::stderr();
    for command in commands.as_array().into_iter().flatten() {
        let text = |name: &str| command[name].as_str().unwrap_or_default();
        let inside = match command["folder"].as_str() {
            None | Some(".") => String::new(),
            Some(folder) => format!(", in {folder}"),
        };
        let place = format!("{}{inside}, {}", text("place"), text("when"));
        output::remark(format_args!(
            "  {}  {}",
            paint.bold(text("line")),
            paint.faint(&place)
        ));
    }
}

fn url(base: &BaseDomain, name: &str) -> String {
    let host = format!("{name}.{}", base.host);
    format!("http://{}/", base.authority_of(&host))
}

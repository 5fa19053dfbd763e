//! `tripledash start` and `tripledash stop`: the dev server of a branch.
//!
//! The engine that has the folder open runs it. Where there is none, `start` is one itself, until
//! it is interrupted.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use http::Method;
use serde_json::{Value, json};
use tripledash::{
    BaseDomain, Engine, EngineOptions, OpenFirst, PortChoice, environment, keychain, known_token,
    supervisor,
};
use tripledash_api::Headless;

use super::serve::StopSignals;
use crate::arguments::{Start, Stop};
use crate::client::{Client, Lines, NoAnswer};
use crate::output::{self, Ending, Paint};

/// What a preview's dev server came to.
enum Outcome {
    Ready,
    Over(String),
}

pub(crate) fn start(asked: &Start) -> Ending {
    run(async {
        let (folder, data_folder) = match folders(&asked.folder) {
            Ok(folders) => folders,
            Err(ending) => return ending,
        };
        let token = known_token(&data_folder);
        let found = match &token {
            Some(token) => Client::find(&data_folder, &folder, token).await,
            None => None,
        };
        if let Some((client, _)) = found {
            return start_in(&client, asked).await;
        }
        // Asked for before anything listens.
        let mut stop = match StopSignals::new() {
            Ok(stop) => stop,
            Err(error) => return output::error(&error),
        };
        let options = EngineOptions {
            port: PortChoice::Usual,
            data_folder: data_folder.clone(),
            open: OpenFirst::Folder(folder.clone()),
            token: std::env::var("TRIPLEDASH_TOKEN").ok(),
            shell: Arc::new(Headless::default()),
            environment: environment(),
            supervisor: supervisor(),
            keychain: keychain(),
        };
        let engine = match Engine::start(options).await {
            Ok(engine) => engine,
            Err(error) => return output::error(&error),
        };
        let client = Client::of(&engine);
        let ending = start_in(&client, asked).await;
        if ending == Ending::Good {
            let paint = Paint::stderr();
            let page = engine.page_url();
            output::remark(format_args!("Workbench {}", paint.bold(page.as_str())));
            output::remark(paint.faint("Ctrl-C ends it, and the dev server with it."));
            stop.received().await;
        }
        engine.shutdown().await;
        ending
    })
}

pub(crate) fn stop(asked: &Stop) -> Ending {
    run(async {
        let (folder, data_folder) = match folders(&asked.folder) {
            Ok(folders) => folders,
            Err(ending) => return ending,
        };
        let token = known_token(&data_folder);
        let found = match &token {
            Some(token) => Client::find(&data_folder, &folder, token).await,
            None => None,
        };
        let Some((client, state)) = found else {
            return output::refuse(format_args!("no engine has {} open", folder.display()));
        };
        let name = match named(&state, &asked.branch) {
            Ok(name) => name,
            Err(reason) => return output::refuse(reason),
        };
        let path = format!("/workspace/previews/{name}/stop");
        match client.ask(Method::POST, &path, None).await {
            Ok(_) => Ending::Good,
            Err(error) => output::error(&error),
        }
    })
}

fn run(ending: impl Future<Output = Ending>) -> Ending {
    match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime.block_on(ending),
        Err(error) => output::error(&error),
    }
}

/// The workspace's folder, as engines know it, and our own.
fn folders(folder: &Path) -> Result<(PathBuf, PathBuf), Ending> {
    let data_folder = tripledash::data_folder(std::env::var_os("TRIPLEDASH_DATA"))
        .map_err(|error| output::error(&error))?;
    let folder = folder.canonicalize().map_err(|error| {
        output::refuse(format_args!(
            "cannot look into {}: {error}",
            folder.display()
        ))
    })?;
    Ok((folder, data_folder))
}

/// Starts a branch's dev server in an engine, and waits until it answers.
async fn start_in(client: &Client, asked: &Start) -> Ending {
    let mut feed = match client.follow("/stream?limit=1").await {
        Ok(feed) => feed,
        Err(error) => return output::error(&error),
    };
    let name = match find(&mut feed, &asked.branch).await {
        Ok(name) => name,
        Err(reason) => return output::refuse(reason),
    };
    if asked.trust
        && let Err(error) = trust(client).await
    {
        return output::error(&error);
    }
    let path = format!("/workspace/previews/{name}/start");
    match client.ask(Method::POST, &path, None).await {
        Ok(_) => {}
        Err(NoAnswer::Refused { code, message, .. }) if code == "runs-already" => {
            output::remark(Paint::stderr().faint(&message));
        }
        Err(NoAnswer::Refused {
            code,
            message,
            body,
        }) if code == "untrusted" => {
            return untrusted(&message, &body);
        }
        Err(error) => return output::error(&error),
    }
    match follow(client, &mut feed, &name).await {
        Some(Outcome::Ready) => {
            output::answer(url(client.base(), &name));
            Ending::Good
        }
        Some(Outcome::Over(reason)) => output::refuse(reason),
        None => output::refuse("the engine has ended"),
    }
}

/// Says that the commands may run, just those that there are now.
async fn trust(client: &Client) -> Result<(), NoAnswer> {
    let state = client.ask(Method::GET, "/workspace", None).await?;
    let Some(trust) = state["trust"].as_object() else {
        return Ok(());
    };
    let lines: Vec<&Value> = trust["commands"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|command| &command["line"])
        .collect();
    let body = json!({ "trusted": true, "commands": lines });
    client
        .ask(Method::POST, "/workspace/trust", Some(&body))
        .await
        .map(|_| ())
}

/// The preview that is called so, or is of the branch that is: once the repositories were read.
async fn find(feed: &mut Lines, asked: &str) -> Result<String, String> {
    loop {
        let line = feed.next().await.ok_or("the engine has ended")?;
        let state = match line["kind"].as_str() {
            Some("snapshot" | "workspace") => &line["workspace"],
            Some("previews") => &line,
            _ => continue,
        };
        let found = named(state, asked);
        let mut sources = state["sources"].as_array().into_iter().flatten();
        if found.is_ok() || sources.all(|source| source["status"] != "reading") {
            return found;
        }
    }
}

fn named(state: &Value, asked: &str) -> Result<String, String> {
    let previews = state["previews"].as_array().map_or(&[][..], Vec::as_slice);
    let has = |field: &'static str| move |preview: &&Value| preview[field] == *asked;
    let served = |preview: &&Value| !preview["server"].is_null();
    let found = previews
        .iter()
        .find(|preview| has("branch")(preview) && served(preview))
        .or_else(|| previews.iter().find(has("name")));
    match found.and_then(|preview| preview["name"].as_str()) {
        Some(name) => Ok(name.to_owned()),
        None => {
            let known: Vec<&str> = previews
                .iter()
                .filter(served)
                .filter_map(|preview| preview["branch"].as_str())
                .take(12)
                .collect();
            Err(match &known[..] {
                [] => format!(
                    "no branch {asked:?}: the workspace names no git repository with a \"dev\" command"
                ),
                known => format!("no branch {asked:?}; there are {}", known.join(", ")),
            })
        }
    }
}

/// What would run, and how to let it.
fn untrusted(message: &str, body: &Value) -> Ending {
    let paint = Paint::stderr();
    for command in body["commands"].as_array().into_iter().flatten() {
        let text = |name: &str| command[name].as_str().unwrap_or_default();
        let place = paint.faint(&format!("{}, {}", text("place"), text("when")));
        output::remark(format_args!("  {}  {place}", paint.bold(text("line"))));
    }
    output::refuse(format_args!(
        "{message}: run it again with --trust, or press Start in the window"
    ))
}

/// Shows what a server prints, until it answers or has ended.
async fn follow(client: &Client, feed: &mut Lines, name: &str) -> Option<Outcome> {
    let mut log: Option<Lines> = None;
    let mut phase = String::new();
    loop {
        let line = tokio::select! {
            line = feed.next() => line?,
            printed = next_of(&mut log) => {
                match printed {
                    Some(page) => show(&page),
                    None => log = None,
                }
                continue;
            }
        };
        let previews = match line["kind"].as_str() {
            Some("snapshot" | "workspace") => &line["workspace"]["previews"],
            Some("previews") => &line["previews"],
            _ => continue,
        };
        let mut previews = previews.as_array().into_iter().flatten();
        let server = &previews.find(|preview| preview["name"] == *name)?["server"];
        let state = server["state"].as_str().unwrap_or_default();
        if log.is_none() && server["hasLog"] == true {
            let path = format!("/workspace/previews/{name}/log/stream");
            log = client.follow(&path).await.ok();
        }
        let message = server["message"].as_str();
        if state != phase {
            state.clone_into(&mut phase);
            let more = message.map_or(String::new(), |message| format!(": {message}"));
            output::remark(Paint::stderr().faint(&format!("{state}{more}")));
        }
        match state {
            "ready" => return Some(Outcome::Ready),
            "failed" | "exited" => {
                let reason = message.unwrap_or("it has ended");
                return Some(Outcome::Over(format!("the dev server of {name}: {reason}")));
            }
            _ => {}
        }
    }
}

async fn next_of(log: &mut Option<Lines>) -> Option<Value> {
    match log {
        Some(lines) => lines.next().await,
        None => std::future::pending().await,
    }
}

fn show(page: &Value) {
    for line in page["lines"].as_array().into_iter().flatten() {
        output::remark(line["text"].as_str().unwrap_or_default());
    }
}

fn url(base: &BaseDomain, name: &str) -> String {
    let host = format!("{name}.{}", base.host);
    format!("http://{}/", base.authority_of(&host))
}

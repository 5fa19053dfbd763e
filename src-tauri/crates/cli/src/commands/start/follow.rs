//! What becomes of a dev server that was asked for.

use std::time::Duration;

use serde_json::Value;
use tripledash_core::told;

use crate::client::{Client, FEED, Lines};
use crate::commands::branch::previews;
use crate::output::{self, Paint};

/// How long what a server printed may take to come after its end.
const REST: Duration = Duration::from_secs(10);

/// What a preview's dev server came to.
pub(super) enum Outcome {
    Ready,
    Over(String),
}

/// What a server prints.
enum Printed {
    NotYet,
    Now(Lines),
    All,
}

/// The workspace's state, or what a line of the feed has of it.
pub(super) fn state_of(line: &Value) -> Option<&Value> {
    match line["kind"].as_str() {
        Some("snapshot" | "workspace") => Some(&line["workspace"]),
        Some("previews") => Some(line),
        _ => None,
    }
}

/// Shows what a server prints, until it answers or has ended.
///
/// The feed begins with how things are after it was asked for: one that runs already is heard of,
/// and an end of before is none.
pub(super) async fn follow(client: &Client, name: &str) -> Outcome {
    let mut feed = match client.follow(FEED).await {
        Ok(feed) => feed,
        Err(error) => return Outcome::Over(told(&error)),
    };
    let mut printed = Printed::NotYet;
    let mut told = String::new();
    loop {
        let line = tokio::select! {
            line = feed.next() => line,
            more = printed.next() => {
                match more {
                    Some(page) => show(&page),
                    None => printed = Printed::All,
                }
                continue;
            }
        };
        let Some(line) = line else {
            return Outcome::Over("the engine has ended".to_owned());
        };
        let Some(state) = state_of(&line) else {
            continue;
        };
        let mut previews = previews(state).iter();
        let Some(preview) = previews.find(|preview| preview["name"] == *name) else {
            return Outcome::Over(format!(
                "the preview {name} is gone: its branch, or the line of the file that finds it"
            ));
        };
        let server = &preview["server"];
        let Some(state) = server["state"].as_str() else {
            return Outcome::Over(format!("{name} has no dev server any more"));
        };
        let message = server["message"].as_str();
        let now = message.map_or_else(|| state.to_owned(), |message| format!("{state}: {message}"));
        // Its end is told with its reason, after what it printed last.
        if now != told && !matches!(state, "failed" | "exited" | "stopped") {
            output::remark(Paint::stderr().faint(&now));
            told = now;
        }
        if state == "ready" {
            return Outcome::Ready;
        }
        if matches!(printed, Printed::NotYet) && server["hasLog"] == true {
            let path = format!("/workspace/previews/{name}/log/stream");
            printed = match client.follow(&path).await {
                Ok(lines) => Printed::Now(lines),
                Err(_) => Printed::All,
            };
        }
        let reason = match state {
            "failed" | "exited" => message.unwrap_or("it has ended"),
            "stopped" => message.unwrap_or("it was stopped before it answered"),
            _ => continue,
        };
        printed.show_rest().await;
        return Outcome::Over(format!("the dev server of {name}: {reason}"));
    }
}

/// Waits for the end of a dev server that was asked to end.
pub(super) async fn ended(client: &Client, name: &str) -> Result<(), String> {
    let mut feed = client.follow(FEED).await.map_err(|error| told(&error))?;
    output::remark(Paint::stderr().faint("waiting for the one before to end"));
    while let Some(line) = feed.next().await {
        let Some(state) = state_of(&line) else {
            continue;
        };
        let mut previews = previews(state).iter();
        let server = previews
            .find(|preview| preview["name"] == *name)
            .map(|preview| &preview["server"]["state"]);
        match server.and_then(Value::as_str) {
            Some("stopped" | "exited" | "failed") | None => return Ok(()),
            Some(_) => {}
        }
    }
    Err("the engine has ended".to_owned())
}

// === impl Printed ===

impl Printed {
    /// The next lines, or that there are none any more; waits for ever where none can come.
    async fn next(&mut self) -> Option<Value> {
        match self {
            Self::Now(lines) => lines.next().await,
            Self::NotYet | Self::All => std::future::pending().await,
        }
    }

    /// The last lines say why it has ended.
    async fn show_rest(self) {
        let Self::Now(mut lines) = self else {
            return;
        };
        let rest = async {
            while let Some(page) = lines.next().await {
                show(&page);
            }
        };
        if tokio::time::timeout(REST, rest).await.is_err() {
            output::remark("(more that it printed is in the window)");
        }
    }
}

fn show(page: &Value) {
    for line in page["lines"].as_array().into_iter().flatten() {
        output::remark(line["text"].as_str().unwrap_or_default());
    }
}

//! The branch that a command is about, and the engine that has its folder open.

use std::path::{Path, PathBuf};

use serde_json::Value;
use tripledash_workbench::FILE;

use crate::client::Client;
use crate::output::{self, Ending, Paint};
use crate::workspace::folder_of;

/// A workspace's folder, and who has it open.
pub(super) struct Place {
    /// As engines spell it.
    pub(super) folder: PathBuf,
    /// Our own.
    pub(super) data_folder: PathBuf,
    /// With the workspace's state.
    pub(super) engine: Option<(Client, Value)>,
}

impl Place {
    pub(super) async fn of(folder: &Path) -> Result<Self, Ending> {
        let data_folder = tripledash::data_folder(std::env::var_os("TRIPLEDASH_DATA"))
            .map_err(|error| output::error(&error))?;
        let folder = folder_of(folder);
        let folder = folder.canonicalize().map_err(|error| {
            output::refuse(format_args!(
                "cannot look into {}: {error}",
                folder.display()
            ))
        })?;
        let engine = Client::find(&data_folder, &folder).await;
        Ok(Self {
            folder,
            data_folder,
            engine,
        })
    }
}

/// The preview that is called so, or is of the branch that is.
pub(super) fn named(state: &Value, asked: &str) -> Option<String> {
    let previews = previews(state);
    let has = |field: &'static str| move |preview: &&Value| preview[field] == *asked;
    let found = previews
        .iter()
        .find(|preview| has("branch")(preview) && is_served(preview))
        .or_else(|| previews.iter().find(has("name")));
    found
        .and_then(|preview| preview["name"].as_str())
        .map(str::to_owned)
}

/// Says why no preview is called so, nor is of such a branch.
pub(super) fn unknown(state: &Value, asked: &str, folder: &Path) -> Ending {
    if state["origin"]["folder"] == "" {
        return output::refuse(format_args!(
            "no {FILE} in {}: name the folder that has one, or write a first one with `tripledash init`",
            folder.display()
        ));
    }
    let problems = state["problems"].as_array().into_iter().flatten();
    let errors: Vec<&Value> = problems
        .filter(|problem| problem["severity"] == "error")
        .collect();
    for error in &errors {
        let text = |name: &str| error[name].as_str().unwrap_or_default();
        let paint = Paint::stderr();
        output::remark(format_args!(
            "{}:{}:{}: {}: {}",
            text("file"),
            error["line"],
            error["column"],
            paint.red("error"),
            text("message")
        ));
    }
    if !errors.is_empty() {
        return output::refuse(format_args!(
            "no branch {asked:?}: {FILE} is broken, see above"
        ));
    }
    let known: Vec<&str> = previews(state)
        .iter()
        .filter(|preview| is_served(preview))
        .filter_map(|preview| preview["branch"].as_str())
        .take(12)
        .collect();
    match &known[..] {
        [] => output::refuse(format_args!(
            "no branch {asked:?}: the workspace names no git repository with a \"dev\" command"
        )),
        known => output::refuse(format_args!(
            "no branch {asked:?}; there are {}",
            known.join(", ")
        )),
    }
}

pub(super) fn previews(state: &Value) -> &[Value] {
    state["previews"].as_array().map_or(&[], Vec::as_slice)
}

fn is_served(preview: &Value) -> bool {
    !preview["server"].is_null()
}

//! The branch that a command is about, and the engine that has its folder open.

use std::path::{Path, PathBuf};

use serde_json::Value;
use tripledash_core::slug::Slug;
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

/// What somebody may mean by a name.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Named {
    /// This preview.
    One(String),
    /// Any of these previews.
    Several(Vec<String>),
    Nobody,
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

/// The same once that can be told: a branch that a repository has not told of yet comes before a
/// preview of that name, and may be one of two.
pub(super) fn named_by_now(state: &Value, asked: &str) -> Option<Named> {
    let reading = |kind: Option<&str>| {
        let mut sources = state["sources"].as_array().into_iter().flatten();
        sources.any(|source| {
            source["status"] == "reading" && kind.is_none_or(|kind| source["kind"] == kind)
        })
    };
    if reading(Some("git")) {
        return None;
    }
    match named(state, asked) {
        Named::Nobody if reading(None) => None,
        named => Some(named),
    }
}

/// The preview that is of the branch that is called so, or is called so itself. Of several branches
/// of one name, as two remotes have them, the one whose preview has nothing but the name.
pub(super) fn named(state: &Value, asked: &str) -> Named {
    let previews = previews(state);
    let name = |preview: &Value| preview["name"].as_str().unwrap_or_default().to_owned();
    let served = previews
        .iter()
        .filter(|preview| preview["branch"] == *asked && is_served(preview));
    let mut names: Vec<String> = served.map(name).collect();
    match &mut names[..] {
        [] => previews
            .iter()
            .find(|preview| preview["name"] == *asked)
            .map_or(Named::Nobody, |preview| Named::One(name(preview))),
        [only] => Named::One(std::mem::take(only)),
        several => {
            let own = Slug::of(asked).into_string();
            if several.contains(&own) {
                return Named::One(own);
            }
            Named::Several(names)
        }
    }
}

/// Says which previews are of branches that are called so.
pub(super) fn ambiguous(asked: &str, names: &[String]) -> Ending {
    output::refuse(format_args!(
        "{} branches are called {asked:?}; name the preview of the one you mean: {}",
        names.len(),
        names.join(", ")
    ))
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn named_in(previews: &[(&str, &str)], asked: &str) -> Named {
        let preview = |(name, branch): &(&str, &str)| json!({ "name": name, "branch": branch, "server": { "state": "stopped" } });
        let previews: Vec<Value> = previews.iter().map(preview).collect();
        named(&json!({ "previews": previews }), asked)
    }

    #[test]
    fn of_several_branches_the_local_one_is_meant_and_of_two_remotes_neither() {
        let one = |name: &str| Named::One(name.to_owned());
        let local = ("new-cart", "new/cart");
        let theirs = ("origin-new-cart", "new/cart");
        let other = ("fork-new-cart", "new/cart");
        assert_eq!(named_in(&[theirs, local], "new/cart"), one("new-cart"));
        assert_eq!(named_in(&[theirs], "new/cart"), one("origin-new-cart"));
        let both = [theirs, other];
        let names = ["origin-new-cart", "fork-new-cart"].map(str::to_owned);
        assert_eq!(named_in(&both, "new/cart"), Named::Several(names.into()));
        assert_eq!(named_in(&both, "fork-new-cart"), one("fork-new-cart"));
        assert_eq!(named_in(&both, "nothing"), Named::Nobody);
    }

    #[test]
    fn nothing_is_said_before_every_repository_was_read() {
        let by_now = |kind: &str, status: &str, asked: &str| {
            let state = json!({
                "previews": [{ "name": "main", "branch": null, "server": null }],
                "sources": [
                    { "kind": "git", "status": "good" },
                    { "kind": kind, "status": status },
                ],
            });
            named_by_now(&state, asked)
        };
        let main = Some(Named::One("main".to_owned()));
        assert_eq!(by_now("git", "reading", "main"), None);
        assert_eq!(by_now("git", "failed", "main"), main);
        // Deployments have no servers: those are waited for only where nothing else is found.
        assert_eq!(by_now("vercel", "reading", "main"), main);
        assert_eq!(by_now("vercel", "reading", "feature"), None);
        assert_eq!(by_now("vercel", "good", "feature"), Some(Named::Nobody));
    }
}

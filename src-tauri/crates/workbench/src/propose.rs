//! A first `tripledash.json` for a folder that has none.
//!
//! [`look()`] reads the folder, and runs nothing in it. [`propose()`] is a function of what was seen:
//! every line that it writes rests on something in the folder, and says on what. What cannot be
//! told is left out, and said to be.

mod git;
mod hints;
mod look;
mod manager;
mod members;
mod package;
mod script;

use serde::Serialize;
use serde_json::{Value, json};

pub use self::git::Repository;
pub use self::hints::Tenancy;
pub use self::look::{NoFolder, look};
pub use self::manager::{Lock, PackageManager};
pub use self::package::{App, Package};
pub use self::script::{Framework, Script};
use crate::document::compact;
use crate::workbench::skeleton;

/// The name of the preview that is the dev server somebody started.
const LOCAL: &str = "local";

/// What a folder has in it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Seen {
    /// The folder's own name.
    pub folder: String,
    /// Its `package.json`.
    pub package: Package,
    /// The apps to look at: the folder itself, or those of its members that are apps.
    pub apps: Vec<App>,
    /// How packages are installed.
    pub lock: Option<Lock>,
    /// The repository that the folder is in.
    pub repository: Option<Repository>,
    /// The project that it is deployed to, from `.vercel/project.json`.
    pub vercel_project: Option<String>,
}

/// A first workspace file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Proposal {
    /// The file's text.
    pub text: String,
    /// Why each line is there, in the file's order, and what is not there.
    pub notes: Vec<Note>,
    /// What to do next, in order.
    pub next: Vec<String>,
}

/// One thing that was seen, and what follows from it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = ProposalNote))]
#[serde(rename_all = "camelCase")]
pub struct Note {
    /// The part of the file that it is about: `name`, `previews`.
    pub about: &'static str,
    /// What it is, in a sentence.
    pub message: String,
}

/// Makes a workspace file of what was seen.
pub fn propose(seen: &Seen) -> Proposal {
    let mut draft = Draft::default();
    let name = draft.name(seen);
    let previews = draft.previews(seen);
    draft.tenants(seen);
    Proposal {
        text: skeleton(
            &name,
            &[],
            &previews
                .iter()
                .map(|entry| compact(entry))
                .collect::<Vec<_>>(),
        ),
        notes: draft.notes,
        next: draft.next,
    }
}

/// The fields of one entry of the file, in order.
type Entry = Vec<(String, Value)>;

#[derive(Default)]
struct Draft {
    notes: Vec<Note>,
    next: Vec<String>,
}

// === impl Draft ===

impl Draft {
    fn say(&mut self, about: &'static str, message: impl Into<String>) {
        let message = message.into();
        self.notes.push(Note { about, message });
    }

    fn name(&mut self, seen: &Seen) -> String {
        match &seen.package {
            Package::Found { name: Some(name) } => {
                self.say("name", format!("\"{name}\", from package.json"));
                name.clone()
            }
            Package::Broken { reason } => {
                self.say(
                    "name",
                    format!("the folder's; package.json cannot be read: {reason}"),
                );
                seen.folder.clone()
            }
            Package::Found { name: None } | Package::Absent => {
                self.say("name", "the folder's");
                seen.folder.clone()
            }
        }
    }

    fn previews(&mut self, seen: &Seen) -> Vec<Entry> {
        let mut previews = Vec::new();
        let several = seen.apps.len() > 1;
        for app in &seen.apps {
            let name = if several {
                app.preview_name()
            } else {
                LOCAL.to_owned()
            };
            if !previews.iter().any(|other| is_called(other, &name)) {
                previews.push(self.local(app, name));
            }
        }
        let Some(app) = seen.apps.first() else {
            self.no_app(seen);
            return previews;
        };
        if several {
            let others = format!(
                "several apps were found, and branches are run for {}: change the paths for another",
                app.place()
            );
            self.say("previews", others);
        }
        previews.extend(self.branches(seen, app));
        if let Some(project) = &seen.vercel_project {
            self.say(
                "previews",
                format!(
                    "the folder is linked to the Vercel project {project}: its deployments are listed with \
                     {{ \"vercel\": {{ \"project\": {} }} }}, and VERCEL_TOKEN set",
                    Value::from(project.as_str())
                ),
            );
        }
        previews
    }

    /// The dev server that somebody starts by hand.
    fn local(&mut self, app: &App, name: String) -> Entry {
        let port = app.port();
        self.say("previews", format!("\"{name}\": {}", port.why));
        let upstream = format!("http://localhost:{}", port.number);
        let mut entry = vec![field("name", name), field("upstream", upstream)];
        match &app.tenancy {
            Some(tenancy) => {
                if let Some(host) = tenancy.host() {
                    entry.push(field("host", host));
                }
                self.say("previews", tenancy.words());
            }
            None => self.say(
                "previews",
                "nothing in the folder says which Host the app understands: the probe finds out",
            ),
        }
        if let Some((variable, domain)) = &app.root_domain {
            self.say(
                "previews",
                format!(
                    "{variable} is {domain}: where the app is served and not developed, its tenants are most likely \
                     at {{tenant}}.{domain}"
                ),
            );
        }
        entry
    }

    /// The branches of the repository, each with a dev server of its own.
    fn branches(&mut self, seen: &Seen, app: &App) -> Option<Entry> {
        let Some(repository) = &seen.repository else {
            self.say(
                "previews",
                "not a git repository, so there are no branches to run",
            );
            return None;
        };
        let manager = seen
            .lock
            .as_ref()
            .map_or(PackageManager::Npm, |lock| lock.manager);
        let setup = manager.setup(seen.lock.as_ref(), &repository.inside);
        let place = join(&repository.inside, &app.path);
        let dev = manager.dev(&app.script, &place);
        let branch = match &repository.branch {
            Some(branch) => format!("on {branch}"),
            None => "at no branch".to_owned(),
        };
        let remote = match &repository.remote {
            Some(remote) => format!(", from {remote}"),
            None => String::new(),
        };
        self.say(
            "previews",
            format!("branches of the git repository ({branch}{remote})"),
        );
        self.say("previews", setup.why);
        self.say("previews", dev.why);
        let mut copy = vec![".env*".to_owned()];
        if !place.is_empty() {
            copy.push(format!("{place}/.env*"));
        }
        self.next.push(
            "commands of this file run only after you trust the folder; read \"setup\" and \"dev\" first".to_owned(),
        );
        let mut entry = vec![
            field("git", repository.up()),
            field("setup", setup.line),
            field("dev", dev.line),
            ("copy".to_owned(), json!(copy)),
        ];
        // A branch's server reads the Host as the one that is started by hand.
        let host = app.tenancy.as_ref().and_then(Tenancy::host);
        entry.extend(host.map(|host| field("host", host)));
        Some(entry)
    }

    fn no_app(&mut self, seen: &Seen) {
        let why = match &seen.package {
            Package::Absent => "there is no package.json, so nothing says where the app listens",
            Package::Broken { .. } => {
                "package.json is broken, so nothing says where the app listens"
            }
            Package::Found { .. } => {
                "package.json has no dev script, so nothing says where the app listens"
            }
        };
        self.say("previews", format!("none: {why}"));
        self.next.push(
            "add a preview: { \"name\": \"main\", \"upstream\": \"http://localhost:PORT\" }"
                .to_owned(),
        );
    }

    fn tenants(&mut self, seen: &Seen) {
        self.say(
            "tenants",
            "none: which there are stands in the app's own database",
        );
        let add = "add tenants: { \"id\": \"acme\" }, or take them from a file: \"tenants\": { \"file\": \"tenants.csv\" }";
        self.next.insert(0, add.to_owned());
        if let Some(app) = seen.apps.first() {
            let name = if seen.apps.len() > 1 {
                app.preview_name()
            } else {
                LOCAL.to_owned()
            };
            self.next.push(format!(
                "start the app, then let the probe find the Host that it understands: tripledash probe {name} --write"
            ));
        }
        self.next
            .push("open the workbench: tripledash serve --open".to_owned());
    }
}

fn field(name: &str, value: impl Into<Value>) -> (String, Value) {
    (name.to_owned(), value.into())
}

fn is_called(entry: &Entry, name: &str) -> bool {
    entry
        .iter()
        .any(|(field, value)| field == "name" && value == name)
}

/// Two parts of a path with `/` between, either of which may be empty.
fn join(one: &str, other: &str) -> String {
    match (one, other) {
        ("", path) | (path, "") => path.to_owned(),
        (one, other) => format!("{one}/{other}"),
    }
}

#[cfg(test)]
mod tests;

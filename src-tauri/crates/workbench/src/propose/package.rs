//! What a `package.json` says.

use serde_json::Value;
use tripledash_core::label;

use super::hints::Tenancy;
use super::script::{Port, Script};

/// The folder's own `package.json`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Package {
    /// There is none.
    #[default]
    Absent,
    /// It cannot be read.
    Broken {
        /// Why.
        reason: String,
    },
    /// There is one.
    Found {
        /// Its name, without the scope.
        name: Option<String>,
    },
}

/// An app with a dev script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct App {
    /// Its folder, from the one looked at; empty where it is that one.
    pub path: String,
    /// The package's name, without the scope.
    pub name: Option<String>,
    /// What starts its dev server.
    pub script: Script,
    /// The port that the framework's own configuration names, and the file.
    pub configured: Option<(u16, String)>,
    /// What its code says of its tenants.
    pub tenancy: Option<Tenancy>,
    /// A variable that says under which domain it is served, and its value.
    pub root_domain: Option<(String, String)>,
}

/// What is read of a `package.json`.
#[derive(Debug, Clone, Default)]
pub(super) struct PackageJson {
    pub(super) name: Option<String>,
    pub(super) script: Option<Script>,
    pub(super) manager: Option<String>,
    /// Where the members are, as patterns of paths.
    pub(super) members: Vec<String>,
}

// === impl App ===

impl App {
    /// Where its dev server listens.
    pub(super) fn port(&self) -> Port {
        self.script.port(self.configured.as_ref())
    }

    /// A preview's name for it, among others.
    pub(super) fn preview_name(&self) -> String {
        let last = self.path.rsplit('/').next();
        let names = [self.name.as_deref(), last];
        let mut labels = names.into_iter().flatten().filter_map(label::propose);
        labels.next().unwrap_or_else(|| "app".to_owned())
    }

    /// Where it is, for a person.
    pub(super) fn place(&self) -> &str {
        if self.path.is_empty() {
            "the folder itself"
        } else {
            &self.path
        }
    }
}

// === impl PackageJson ===

impl PackageJson {
    /// Reads a text. What is of another type than npm wants is passed over.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let value: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
        if !value.is_object() {
            return Err("it holds no JSON object".to_owned());
        }
        let text = |name: &str| value.get(name)?.as_str().map(str::to_owned);
        let members = match value.get("workspaces") {
            Some(Value::Object(fields)) => fields.get("packages"),
            other => other,
        };
        let members = members.and_then(Value::as_array).into_iter().flatten();
        let name = text("name").map(|name| name.rsplit('/').next().unwrap_or_default().to_owned());
        Ok(Self {
            name: name.filter(|name| !name.trim().is_empty()),
            script: Script::find(|name| value.get("scripts")?.get(name)?.as_str()),
            manager: text("packageManager"),
            members: members
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect(),
        })
    }
}

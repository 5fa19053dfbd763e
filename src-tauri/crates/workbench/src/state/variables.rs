//! The variables that a workspace asks for, and where each has its value from. Never the value.

use std::collections::BTreeMap;

use serde::Serialize;
use tripledash_core::Workspace;

/// A variable that the workspace asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Variable {
    /// As in `${env:NAME}`.
    pub name: String,
    /// Where its value is from.
    pub source: VariableSource,
    /// Who asks for it, in the file's words: `preview main`, `previews[2]`, `tenants`.
    pub used_by: Vec<String>,
}

/// Where a variable's value is from. Each goes before those after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum VariableSource {
    /// The environment that the process was started with.
    Environment,
    /// `.env.local` beside the workspace file.
    Dotenv,
    /// The system's keychain.
    Keychain,
    /// Nothing sets it.
    Unset,
}

/// Every variable of a workspace by name, with whoever asks for it.
pub(crate) fn variables(
    workspace: &Workspace,
    source: impl Fn(&str) -> VariableSource,
) -> Vec<Variable> {
    let mut asked: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let mut ask = |name, by: String| {
        let users: &mut Vec<String> = asked.entry(name).or_default();
        if !users.contains(&by) {
            users.push(by);
        }
    };
    for preview in workspace.previews.values() {
        // What a source's previews have in common is asked for by the source.
        if preview.source.is_none() {
            for name in preview.environment_names() {
                ask(name, format!("preview {}", preview.name));
            }
        }
    }
    for source in &workspace.sources {
        let names = source.environment_names();
        for name in names.chain(source.shape.environment_names()) {
            ask(name, format!("previews[{}]", source.at));
        }
    }
    if let Some(source) = &workspace.tenant_source {
        for name in source.from.environment_names() {
            ask(name, "tenants".to_owned());
        }
    }
    let variable = |(name, used_by): (&str, Vec<String>)| Variable {
        name: name.to_owned(),
        source: source(name),
        used_by,
    };
    asked.into_iter().map(variable).collect()
}

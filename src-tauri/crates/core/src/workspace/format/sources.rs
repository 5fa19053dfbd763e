//! Entries of `previews` that name no preview, but a place where they are found.

use schemars::JsonSchema;

use super::previews::Shared;
use super::text::{BranchTemplate, Glob, Text};

/// The branches of a git repository: each can be started with its own dev server, and the one that
/// runs already is found by itself.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields, example = git_example())]
pub struct GitSource {
    /// A folder in the repository, the app's own, from the folder of this file.
    #[schemars(example = &".", example = &"../web")]
    pub git: Text,
    /// A command line to run before a branch's first start, and again when its lock file has
    /// changed. It is run once the folder is trusted.
    #[schemars(example = &"npm ci", example = &"pnpm install --frozen-lockfile")]
    pub setup: Option<Text>,
    /// A command line that serves the app on `{port}`, which is free and also in `PORT`. It is run
    /// once the folder is trusted.
    #[schemars(example = &"npm run dev -- --port {port}")]
    pub dev: Option<Text>,
    /// Files that are not in the repository and are brought along.
    #[schemars(extend("examples" = [[".env*"]]))]
    pub copy: Option<Vec<Glob>>,
    /// The branches that are shown. Without it: all.
    #[schemars(extend("examples" = [["main", "release/*"]]))]
    pub branches: Option<Vec<Glob>>,
    #[schemars(flatten)]
    #[expect(missing_docs, reason = "its type says it")]
    pub shared: Shared,
}

/// The deployments of a Vercel project, the newest of each branch. `VERCEL_TOKEN` lists them;
/// `VERCEL_AUTOMATION_BYPASS_SECRET`, where it is set, passes their protection.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields, example = vercel_example())]
pub struct VercelSource {
    /// Which project.
    pub vercel: VercelProject,
    /// The branches that are shown. Without it: all.
    #[schemars(extend("examples" = [["main", "release/*"]]))]
    pub branches: Option<Vec<Glob>>,
    #[schemars(flatten)]
    #[expect(missing_docs, reason = "its type says it")]
    pub shared: Shared,
}

/// A Vercel project.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct VercelProject {
    /// The project's name or id.
    #[schemars(example = &"my-app")]
    pub project: Text,
    /// The team's slug or id. Without it: the account of the token itself.
    #[schemars(example = &"acme")]
    pub team: Option<Text>,
}

/// Previews at an address with the branch in it, one for each branch of a repository.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields, example = template_example())]
pub struct TemplateSource {
    /// Where the requests of a branch's preview go.
    #[schemars(example = &"https://{branch}.preview.acme.dev")]
    pub template: BranchTemplate,
    /// A folder in the repository whose branches they are, from the folder of this file.
    #[schemars(example = &".", extend("default" = "."))]
    pub git: Option<Text>,
    /// The branches that are shown. Without it: all.
    #[schemars(extend("examples" = [["main", "release/*"]]))]
    pub branches: Option<Vec<Glob>>,
    #[schemars(flatten)]
    #[expect(missing_docs, reason = "its type says it")]
    pub shared: Shared,
}

fn git_example() -> serde_json::Value {
    serde_json::json!({ "git": ".", "setup": "npm ci", "dev": "npm run dev -- --port {port}", "copy": [".env*"] })
}

fn vercel_example() -> serde_json::Value {
    serde_json::json!({ "vercel": { "project": "my-app", "team": "acme" } })
}

fn template_example() -> serde_json::Value {
    serde_json::json!({ "template": "https://{branch}.preview.acme.dev" })
}

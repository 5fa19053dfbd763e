//! The shape of `tripledash.json`, as types that a JSON Schema is made from.
//!
//! [`parse()`](super::parse()) reads the file by hand, because it must say where each fault stands.
//! An editor needs the same knowledge before the file is saved, as a JSON Schema. These types are
//! that schema's source: nothing is ever read into them, and their documentation is what editors
//! show beside a key.
//!
//! - What the schema refuses, the parser refuses: no editor underlines a file that works.
//! - An unknown key, a missing one and a wrong type are refused by both. What a schema cannot say
//!   (an id that is there twice, a variable that nobody sets) is the parser's alone.

mod previews;
mod rules;
mod schema;
mod sources;
mod tenants;
mod text;

use std::collections::BTreeMap;

use schemars::JsonSchema;

pub use self::previews::{
    Access, Headers, NamedPreview, OtherId, Preview, Shared, TenantHere, Timeout, Tls,
};
pub use self::rules::{Condition, Destination, FieldCondition, FieldKind, HostCondition, HostKind};
pub use self::rules::{Rule, RuleBy};
pub use self::schema::{ID, schema_json};
pub use self::sources::{GitSource, TemplateSource, VercelProject, VercelSource};
pub use self::tenants::{Tenant, Tenants, TenantsAt, TenantsBy, TenantsIn};
pub use self::text::{
    BranchTemplate, Color, CommandWord, Domain, Glob, HeaderName, HeaderValue, HostTemplate, Label,
    Language, PartName, Path, Refresh, Text, UpstreamTemplate,
};

/// A workspace of Tripledash: the tenants of one multi-tenant app, the previews (deployments of
/// branches) they can be seen on, its pages and its rewrite rules.
///
/// The file is JSON without comments and without trailing commas. `tripledash check` tells
/// everything that is wrong with it.
#[derive(Debug, JsonSchema)]
#[schemars(title = "Tripledash workspace", deny_unknown_fields)]
pub struct WorkspaceFile {
    /// The schema that editors complete this file by.
    #[schemars(rename = "$schema", example = &"./tripledash.schema.json")]
    pub schema: Option<String>,
    /// The workspace's own name, shown in the window and among the recent workspaces.
    #[schemars(example = &"acme-platform")]
    pub name: Text,
    /// The names of what stands before the preview's name in an address, left to right, joined
    /// by `---`: with `["tenant"]`, `acme---main` is the tenant acme on the preview main.
    ///
    /// Each is a variable in `upstream`, `host`, `headers` and `destination`: `{tenant}`.
    #[schemars(
        extend("uniqueItems" = true, "default" = ["tenant"], "examples" = [["tenant"], ["tenant", "locale"]])
    )]
    pub prefix: Option<Vec<PartName>>,
    /// Whom the app serves: listed here, or read from a file, an endpoint or a program.
    pub tenants: Option<Tenants>,
    /// Where the tenants can be seen: previews by name, and places where more of them are found (a
    /// git repository, a Vercel project, an address with the branch in it).
    pub previews: Option<Vec<Preview>>,
    /// Pages that every tenant has, by name, to go to on all panes at once.
    pub pages: Option<Vec<Page>>,
    /// Where a request names its tenant. Without it: in the host.
    pub tenancy: Option<Tenancy>,
    /// Rewrites, in order: the first that matches wins, of those that the proxy carries out and of
    /// those that the app does.
    pub rules: Option<Vec<Rule>>,
}

/// Where a request names its tenant.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields, example = tenancy_example())]
pub struct Tenancy {
    /// `host` or `path`.
    pub kind: TenancyKind,
}

/// Where a request names its tenant.
#[derive(Debug, JsonSchema)]
#[schemars(rename_all = "kebab-case")]
pub enum TenancyKind {
    /// Before the preview's name in the host: `acme---main.tripledash.localhost`.
    Host,
    /// As the first segment of the path: `main.tripledash.localhost/acme/events`.
    Path,
}

/// A page that every tenant has.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields, example = page_example())]
pub struct Page {
    /// What a person calls it. Each name once.
    #[schemars(example = &"Product")]
    pub name: Text,
    /// Its path, with a query if it has one.
    #[schemars(example = &"/products/42")]
    pub path: Path,
    /// The paths of tenants that differ, by the tenant's id.
    pub tenants: Option<BTreeMap<String, Path>>,
}

fn tenancy_example() -> serde_json::Value {
    serde_json::json!({ "kind": "path" })
}

fn page_example() -> serde_json::Value {
    serde_json::json!({ "name": "Product", "path": "/products/42", "tenants": { "globex": "/products/7" } })
}

#[cfg(test)]
mod tests;

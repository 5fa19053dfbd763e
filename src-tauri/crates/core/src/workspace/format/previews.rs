//! `previews`, and what they may all say.

use std::collections::BTreeMap;

use schemars::JsonSchema;

use super::sources::{GitSource, TemplateSource, VercelSource};
use super::text::{HeaderName, HeaderValue, HostTemplate, Label, Text, UpstreamTemplate};

/// A preview by name, or a place where previews are found.
#[derive(Debug, JsonSchema)]
#[schemars(untagged)]
#[expect(missing_docs, reason = "each type says it")]
pub enum Preview {
    Named(Box<NamedPreview>),
    Git(Box<GitSource>),
    Vercel(Box<VercelSource>),
    Template(Box<TemplateSource>),
}

/// A preview by name: one deployment of one branch.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields, example = preview_example())]
pub struct NamedPreview {
    /// Names it in addresses: `main` in `acme---main.tripledash.localhost`. Each name once.
    #[schemars(example = &"main")]
    pub name: Label,
    /// The branch it was built from, and the value of `{branch}`.
    #[schemars(example = &"main", example = &"feature/checkout")]
    pub branch: Option<Text>,
    /// Where its requests go: scheme, host and port.
    #[schemars(
        example = &"http://localhost:3000",
        example = &"https://my-app-git-feature.acme.dev",
        example = &"https://{domain}"
    )]
    pub upstream: UpstreamTemplate,
    #[schemars(flatten)]
    #[expect(missing_docs, reason = "its type says it")]
    pub shared: Shared,
}

/// What a preview and a source of previews may both say.
#[derive(Debug, JsonSchema)]
pub struct Shared {
    /// The `Host` to send, as the app understands it; `tripledash probe` finds the right one.
    ///
    /// Without it: for an upstream on this machine the host as it came, for any other
    /// `{tenant}---` before the upstream's own host.
    #[schemars(example = &"{tenant}.localhost:3000", example = &"{tenant}---{branch}.acme.dev")]
    pub host: Option<HostTemplate>,
    /// Header fields to add to every request. `${env:NAME}` keeps a secret out of the file.
    pub headers: Option<Headers>,
    /// Whether requests that change something (POST, PUT, PATCH, DELETE) go through. Without it:
    /// they do.
    pub access: Option<Access>,
    /// Tenants that have another id here (`{ "id": "acme-prod" }`) or are not here (`null`), by
    /// their id.
    pub tenants: Option<BTreeMap<String, TenantHere>>,
    /// How the upstream's certificate is verified.
    pub tls: Option<Tls>,
    /// How long to wait for the head of a response, in whole seconds.
    #[schemars(example = 300)]
    pub timeout: Option<Timeout>,
}

/// Header fields by name.
#[derive(Debug)]
pub struct Headers(pub BTreeMap<HeaderName, HeaderValue>);

/// Whether requests that change something go through.
#[derive(Debug, JsonSchema)]
#[schemars(rename_all = "kebab-case", extend("default" = "full"))]
pub enum Access {
    /// Every method is forwarded.
    Full,
    /// Only requests that change nothing are forwarded (GET, HEAD, OPTIONS, TRACE), until somebody
    /// unlocks the preview in the window.
    ReadOnly,
}

/// What a tenant is on one preview: another id, or not there at all.
#[derive(Debug, JsonSchema)]
#[schemars(untagged)]
#[expect(missing_docs, reason = "each type says it")]
pub enum TenantHere {
    Renamed(OtherId),
    LeftOut(#[schemars(description = "This preview does not have the tenant.")] ()),
}

/// A tenant's id on one preview.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct OtherId {
    /// The id that the app has for the tenant there.
    #[schemars(example = &"acme-prod")]
    pub id: Label,
}

/// How an upstream's certificate is verified.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Tls {
    /// A file of PEM certificates to trust beside those of the system, from the folder of this
    /// file.
    #[schemars(example = &"certs/dev-ca.pem")]
    pub ca: Option<Text>,
    /// `true`: nothing is verified, so whoever stands between can read and change everything.
    #[schemars(extend("default" = false))]
    pub insecure: Option<bool>,
}

/// Whole seconds, from 1 to 86400 (a day).
#[derive(Debug, JsonSchema)]
#[schemars(transform = without_format)]
pub struct Timeout(#[schemars(range(min = 1, max = 86_400))] pub u32);

/// How wide the number is in Rust says nothing to an editor.
fn without_format(schema: &mut schemars::Schema) {
    schema.remove("format");
}

fn preview_example() -> serde_json::Value {
    serde_json::json!({ "name": "main", "upstream": "http://localhost:3000", "host": "{tenant}.localhost:3000" })
}

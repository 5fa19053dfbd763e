//! `tenants`.

use schemars::JsonSchema;

use super::previews::Headers;
use super::text::{Color, CommandWord, Domain, Label, Language, Refresh, Text};

/// Whom the app serves: listed here, or read from a file, an endpoint or a program.
#[derive(Debug, JsonSchema)]
#[schemars(untagged)]
#[expect(missing_docs, reason = "each type says it")]
pub enum Tenants {
    Listed(#[schemars(description = "The tenants, one by one.")] Vec<Tenant>),
    File(TenantsIn),
    Url(TenantsAt),
    Command(TenantsBy),
}

/// One tenant.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields, example = tenant_example())]
pub struct Tenant {
    /// Names it in addresses: `acme` in `acme---main.tripledash.localhost`. Each id once.
    #[schemars(example = &"acme")]
    pub id: Label,
    /// What a person calls it. Without it: the id.
    #[schemars(example = &"Acme")]
    pub name: Option<Text>,
    /// The colour that tells it apart in the window, as `#rrggbb`. Without it, one is made from the
    /// id.
    #[schemars(example = &"#e5484d")]
    pub color: Option<Color>,
    /// Its own domains, without scheme and port. The first fills `{domain}`.
    #[schemars(extend("examples" = [["shop.acme.com"]]))]
    pub domains: Option<Vec<Domain>>,
    /// Its language (BCP 47).
    #[schemars(example = &"en", example = &"pt-BR")]
    pub locale: Option<Language>,
    /// Words to find and select it by.
    #[schemars(extend("examples" = [["retail"]]))]
    pub tags: Option<Vec<Text>>,
}

/// Tenants that are listed in another file, which is watched.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct TenantsIn {
    /// A CSV file (a header line with `id`, then one tenant a line) or a JSON file (an array of
    /// tenants), from the folder of this file.
    #[schemars(example = &"tenants.csv")]
    pub file: Text,
}

/// Tenants that an endpoint lists.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct TenantsAt {
    /// The address that answers with JSON or CSV. May hold `${env:NAME}`.
    #[schemars(example = &"https://api.acme.dev/tenants")]
    pub url: Text,
    /// Header fields to send. Their values may hold `${env:NAME}`.
    pub headers: Option<Headers>,
    /// How often it is asked again: seconds, minutes or hours.
    #[schemars(example = &"90s", example = &"5m", example = &"2h")]
    pub refresh: Option<Refresh>,
}

/// Tenants that a program prints, as JSON or CSV. It is run once the folder is trusted.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct TenantsBy {
    /// The program and its arguments; no shell takes them apart. It runs in the folder of this
    /// file.
    #[schemars(length(min = 1), extend("examples" = [["node", "scripts/tenants.js"]]))]
    pub command: Vec<CommandWord>,
    /// How often it is run again: seconds, minutes or hours.
    #[schemars(example = &"90s", example = &"5m", example = &"2h")]
    pub refresh: Option<Refresh>,
}

fn tenant_example() -> serde_json::Value {
    serde_json::json!({ "id": "acme", "name": "Acme", "color": "#e5484d", "domains": ["shop.acme.com"] })
}

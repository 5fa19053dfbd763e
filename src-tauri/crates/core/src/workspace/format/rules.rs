//! `rules`.

use schemars::JsonSchema;

use super::text::Text;

/// A rewrite: one that the proxy carries out, or one that the app's middleware does and that is
/// told beforehand.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields, example = rule_example())]
pub struct Rule {
    /// Who carries it out.
    pub by: RuleBy,
    /// Which paths: path-to-regexp 6 syntax, as in the `matcher` and `rewrites()` of Next.js.
    #[schemars(
        regex(pattern = "^/"),
        extend("patternErrorMessage" = "wanted a pattern that starts with /"),
        example = &"/((?!api|_next/static|_next/image|favicon.ico).*)",
        example = &"/old/:path*"
    )]
    pub source: String,
    /// All of these must hold.
    pub has: Option<Vec<Condition>>,
    /// None of these may hold.
    pub missing: Option<Vec<Condition>>,
    /// The path that is served in its place. Without it, or with null: the path is left alone, and
    /// no further rule is tried.
    #[schemars(example = &"/{tenant}/$1", example = &"/new/:path*")]
    pub destination: Option<Destination>,
}

/// Who carries a rule out.
#[derive(Debug, JsonSchema)]
#[schemars(rename_all = "kebab-case")]
pub enum RuleBy {
    /// The proxy rewrites the request, as `rewrites()` of Next.js does: any case, exact slashes.
    Proxy,
    /// The app's middleware does, as its `matcher` says. What it will do is told, and compared with
    /// what it did.
    App,
}

/// A path, or null to leave the path alone.
#[derive(Debug, JsonSchema)]
#[schemars(untagged)]
#[expect(missing_docs, reason = "each type says it")]
pub enum Destination {
    Path(
        #[schemars(
            regex(pattern = "^/"),
            extend("patternErrorMessage" = "wanted a path that starts with /, or null"),
            description = "A path. May hold the rule's own `:name` and `$1`, and the variables \
                           `{tenant}` and every other part of the prefix, `{preview}`, `{branch}`, \
                           `{domain}` and `{port}`."
        )]
        String,
    ),
    Alone(#[schemars(description = "The path is left alone.")] ()),
}

/// What a request must have, or must not have.
#[derive(Debug, JsonSchema)]
#[schemars(untagged)]
#[expect(missing_docs, reason = "each type says it")]
pub enum Condition {
    Field(FieldCondition),
    Host(HostCondition),
}

/// A header, a cookie or a parameter of the query.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields, example = condition_example())]
pub struct FieldCondition {
    /// What is looked at.
    #[schemars(rename = "type")]
    pub kind: FieldKind,
    /// Its name.
    #[schemars(example = &"x-beta")]
    pub key: Text,
    /// A regular expression for the whole value. Without it: any value will do.
    #[schemars(example = &"1", example = &"(?<plan>free|pro)")]
    pub value: Option<String>,
}

/// What a condition looks at by name.
#[derive(Debug, JsonSchema)]
#[schemars(rename_all = "kebab-case")]
pub enum FieldKind {
    /// A header field of the request; its name has no case.
    Header,
    /// A cookie.
    Cookie,
    /// A parameter of the query.
    Query,
}

/// The host that was asked.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct HostCondition {
    /// What is looked at.
    #[schemars(rename = "type")]
    pub kind: HostKind,
    /// A regular expression for the whole host.
    #[schemars(example = &"(?<tenant>.*)\\.acme\\.dev")]
    pub value: String,
}

/// What a condition looks at that has no name of its own.
#[derive(Debug, JsonSchema)]
#[schemars(rename_all = "kebab-case")]
pub enum HostKind {
    /// The host that was asked.
    Host,
}

fn rule_example() -> serde_json::Value {
    serde_json::json!({
        "by": "app",
        "source": "/((?!api|_next/static|_next/image|favicon.ico).*)",
        "destination": "/{tenant}/$1",
    })
}

fn condition_example() -> serde_json::Value {
    serde_json::json!({ "type": "header", "key": "x-beta", "value": "1" })
}

//! The texts of a workspace file, each with the pattern that it keeps to.
//!
//! A pattern refuses nothing that the parser takes. `patternErrorMessage` is what VS Code shows in
//! place of the pattern; other editors pass it over.

use schemars::JsonSchema;

/// A text that is not empty.
#[derive(Debug, JsonSchema)]
#[schemars(extend("patternErrorMessage" = "wanted a text that is not empty"))]
pub struct Text(#[schemars(regex(pattern = "[^ ]"))] pub String);

/// One part of a host: lower-case letters, digits and hyphens, at most 63, with no hyphen at either
/// edge and without `---`, which joins the parts of an address. `xn` would make it look encoded.
#[derive(Debug, JsonSchema)]
#[schemars(extend(
    "patternErrorMessage" =
        "wanted lower-case letters, digits and hyphens, with no hyphen at the edges and no --- inside"
))]
pub struct Label(
    #[schemars(
        length(max = 63),
        regex(pattern = r"^(?!xn$|xn--)(?!.*---)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$")
    )]
    pub String,
);

/// The name of a part of the prefix: a letter or `_`, then letters, digits, `-` and `_`. The names
/// preview, branch, domain, port, session and env stand for something else.
#[derive(Debug, JsonSchema)]
#[schemars(extend(
    "patternErrorMessage" =
        "wanted letters, digits, - and _, and none of preview, branch, domain, port, session, env"
))]
pub struct PartName(
    #[schemars(regex(
        pattern = r"^(?!(?:preview|branch|domain|port|session|env)$)[A-Za-z_][A-Za-z0-9_-]*$"
    ))]
    pub String,
);

/// A colour as `#rrggbb`.
#[derive(Debug, JsonSchema)]
#[schemars(extend(
    "format" = "color-hex",
    "patternErrorMessage" = "wanted a colour like #e5484d"
))]
pub struct Color(#[schemars(regex(pattern = "^#[0-9A-Fa-f]{6}$"))] pub String);

/// A domain name, without scheme, port and path.
#[derive(Debug, JsonSchema)]
#[schemars(extend(
    "patternErrorMessage" = "wanted a domain name without scheme and port, like shop.acme.com"
))]
pub struct Domain(#[schemars(regex(pattern = r"^[^\s/:@?#]+$"))] pub String);

/// A language tag (BCP 47).
#[derive(Debug, JsonSchema)]
#[schemars(extend("patternErrorMessage" = "wanted a language tag like en or pt-BR"))]
pub struct Language(
    #[schemars(regex(pattern = "^[A-Za-z][A-Za-z0-9]{0,7}(?:-[A-Za-z0-9]{1,8})*$"))] pub String,
);

/// A path, with a query if it has one; it starts with one `/`.
#[derive(Debug, JsonSchema)]
#[schemars(extend("patternErrorMessage" = "wanted a path that starts with one /"))]
pub struct Path(#[schemars(regex(pattern = "^/(?!/)"))] pub String);

/// An origin: scheme, host and port, and nothing behind them. May hold variables: `{tenant}` and
/// every other part of the prefix, `{preview}`, `{branch}` (where the preview has one), `{domain}`
/// (the tenant's first) and `${env:NAME}`.
#[derive(Debug, JsonSchema)]
#[schemars(extend(
    "patternErrorMessage" = "wanted an origin like http://localhost:3000 or https://{domain}"
))]
pub struct UpstreamTemplate(
    #[schemars(regex(pattern = r"^[Hh][Tt][Tt][Pp][Ss]?://.|\$\{env:"))]
    pub String,
);

/// An origin with `{branch}` in it.
#[derive(Debug, JsonSchema)]
#[schemars(extend(
    "patternErrorMessage" =
        "wanted an origin with {branch} in it, like https://{branch}.preview.example"
))]
pub struct BranchTemplate(
    #[schemars(regex(pattern = r"^(?=.*\{branch\})(?:[Hh][Tt][Tt][Pp][Ss]?://.|.*\$\{env:)"))]
    pub String,
);

/// A host with its port, if it has one, as a browser sends it. May hold variables: those of
/// `upstream`, and `{port}`, the upstream's.
#[derive(Debug, JsonSchema)]
#[schemars(extend(
    "patternErrorMessage" = "wanted host[:port], as a browser sends it, like {tenant}.localhost:3000"
))]
pub struct HostTemplate(#[schemars(regex(pattern = r"^[^/?#]+$|\$\{env:"))] pub String);

/// The name of a header field that is not the proxy's own to set.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct HeaderName(pub String);

/// A header field's value, in ASCII. May hold variables: those of `host`. `${env:NAME}` keeps a
/// secret out of the file: it comes from the environment, from `.env.local` beside the file, or
/// from the system's keychain.
#[derive(Debug, JsonSchema)]
#[schemars(extend("patternErrorMessage" = "wanted a header's value in ASCII, on one line"))]
pub struct HeaderValue(#[schemars(regex(pattern = "^[ -~]*$"))] pub String);

/// A pattern for names as `.gitignore` has them, inside the repository: `*` is anything but `/`,
/// `**` is any number of folders.
#[derive(Debug, JsonSchema)]
#[schemars(extend(
    "patternErrorMessage" = "wanted a pattern inside the repository, like .env*"
))]
pub struct Glob(#[schemars(regex(pattern = r"^(?!/)(?!(?:.*/)?\.\.(?:/|$)).*[^ ]"))] pub String);

/// A program, or one of its arguments.
#[derive(Debug, JsonSchema)]
#[schemars(extend("patternErrorMessage" = "wanted a text that is not empty"))]
pub struct CommandWord(#[schemars(regex(pattern = "[^ ]"))] pub String);

/// A time from 10 seconds to 24 hours: a number and `s`, `m` or `h`.
#[derive(Debug, JsonSchema)]
#[schemars(extend("patternErrorMessage" = "wanted a time from 10s to 24h, like 90s, 5m or 2h"))]
pub struct Refresh(#[schemars(regex(pattern = r"^\+?[0-9]+[smh]$"))] pub String);

//! What is wrong, the evidence, and the line that mends it.

use std::borrow::Cow;

use serde::Serialize;

/// How much a [`Diagnostic`] matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Good to know; nothing has to be changed.
    Info,
    /// Works here, and is likely to surprise elsewhere.
    Warning,
    /// The page that the person sees is wrong.
    Error,
}

/// One finding about an exchange or an address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Diagnostic {
    /// A stable name, such as `redirect-leaves-tenant`.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub code: Cow<'static, str>,
    /// How much it matters.
    pub severity: Severity,
    /// What happened, in one or two sentences.
    pub message: String,
    /// Lines that a person can verify, such as `x-middleware-rewrite: /acme/logo.png`.
    pub evidence: Vec<String>,
    /// The exact line or lines to paste; `None` where no single line mends it.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub fix: Option<String>,
}

//! One change to a message, recorded as it is made.
//!
//! A trace shows every difference between what the browser sent and what the upstream received
//! (and back). So nothing in a message is changed without an [`Edit`] that says why.

use std::borrow::Cow;

use serde::Serialize;

use crate::redact::Secrets;

/// Which of an exchange's two messages an [`Edit`] changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// The request, on its way to the upstream.
    Request,
    /// The response, on its way to the browser.
    Response,
}

/// One change to a message: the field, its value before and after, and the reason.
///
/// `before: None` means the field was added, `after: None` that it was removed. `field` is
/// `path`, `body`, or a header's name in lower case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Edit {
    /// The message that was changed.
    pub stage: Stage,
    /// `path`, `body`, or a header's name in lower case.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub field: Cow<'static, str>,
    /// The value as it came; `None` where the field was added.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub before: Option<String>,
    /// The value as it was sent on; `None` where the field was removed.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub after: Option<String>,
    /// Why, in one sentence for the person who reads the trace.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub why: Cow<'static, str>,
}

impl Edit {
    /// Takes out what a trace must not keep.
    pub fn redact(&mut self, secrets: &Secrets) {
        for text in [&mut self.before, &mut self.after].into_iter().flatten() {
            secrets.clean_in_place(text);
        }
    }
}

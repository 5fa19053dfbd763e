//! Texts that must not be seen.

use std::fmt;
use std::sync::Arc;

use http::HeaderValue;
use http::header::InvalidHeaderValue;

/// A text that is sent and never shown: `Debug` hides it, and there is no `Display`.
///
/// ```
/// use tripledash_sources::Secret;
///
/// assert_eq!(format!("{:?}", Secret::new("hunter2")), "Secret(…)");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Arc<str>);

/// What stands where a secret was.
const HIDDEN: &str = "[hidden]";

impl Secret {
    /// Takes a text in.
    pub fn new(text: impl Into<Arc<str>>) -> Self {
        Self(text.into())
    }

    /// The value of a header field, in the words of `prefix` and then the secret.
    pub(crate) fn header(&self, prefix: &str) -> Result<HeaderValue, InvalidHeaderValue> {
        let mut value = HeaderValue::try_from(format!("{prefix}{}", self.0))?;
        value.set_sensitive(true);
        Ok(value)
    }

    /// A text without it, should somebody have said it back to us.
    pub(crate) fn hide(&self, text: &str) -> String {
        if self.0.trim().is_empty() {
            return text.to_owned();
        }
        text.replace(&*self.0, HIDDEN)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

//! One change to a message, recorded as it is made.
//!
//! A trace shows every difference between what the browser sent and what the upstream received
//! (and back). So nothing in a message is changed without an [`Edit`] that says why.

use std::borrow::Cow;
use std::sync::Arc;

use serde::{Serialize, Serializer};

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

/// The edits of one message, in order.
///
/// What is done to every request for a host is the same each time, so those edits are made once
/// and shared; the request's own come after them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Edits {
    pub(crate) shared: Option<Arc<[Edit]>>,
    pub(crate) own: Vec<Edit>,
}

// === impl Edits ===

impl Edits {
    /// Edits that others share, to which more can be added.
    pub fn shared(shared: Arc<[Edit]>) -> Self {
        Self {
            shared: Some(shared),
            own: Vec::new(),
        }
    }

    /// All of them, in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Edit> {
        let shared = self.shared.as_deref().unwrap_or_default();
        shared.iter().chain(&self.own)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.shared.as_ref().map_or(0, |shared| shared.len()) + self.own.len()
    }

    /// Whether nothing was changed.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Adds one.
    pub fn push(&mut self, edit: Edit) {
        self.own.push(edit);
    }

    /// How many bytes the request's own take.
    pub(crate) fn weight(&self) -> usize {
        let own = self.own.iter().map(|edit| {
            let values = [&edit.before, &edit.after].into_iter().flatten();
            let owned = |text: &Cow<'static, str>| match text {
                Cow::Borrowed(_) => 0,
                Cow::Owned(text) => text.len(),
            };
            size_of::<Edit>()
                + values.map(String::len).sum::<usize>()
                + owned(&edit.field)
                + owned(&edit.why)
        });
        own.sum()
    }

    /// Takes out what a trace must not keep. The shared ones never hold it.
    pub(crate) fn redact(&mut self, secrets: &Secrets) {
        self.own.iter_mut().for_each(|edit| edit.redact(secrets));
    }

    /// Keeps those of the request's own that `keep` says.
    pub fn retain(&mut self, keep: impl FnMut(&Edit) -> bool) {
        self.own.retain(keep);
    }
}

impl From<Vec<Edit>> for Edits {
    fn from(own: Vec<Edit>) -> Self {
        Self { shared: None, own }
    }
}

impl Extend<Edit> for Edits {
    fn extend<I: IntoIterator<Item = Edit>>(&mut self, edits: I) {
        self.own.extend(edits);
    }
}

impl Serialize for Edits {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

// === impl Edit ===

impl Edit {
    /// Takes out what a trace must not keep.
    pub fn redact(&mut self, secrets: &Secrets) {
        for text in [&mut self.before, &mut self.after].into_iter().flatten() {
            secrets.clean_in_place(text);
        }
    }
}

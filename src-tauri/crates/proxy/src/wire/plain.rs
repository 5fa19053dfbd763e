//! Requests that need no second reader.

use std::ops::Range;

/// A GET or HEAD of HTTP/1.1 that has a target in origin-form and no body, and says nothing of its
/// connection but that it is to be kept, as it is anyway.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Plain {
    /// HEAD, and not GET.
    pub(crate) is_head: bool,
    /// Where its target stands.
    pub(crate) target: Range<usize>,
}

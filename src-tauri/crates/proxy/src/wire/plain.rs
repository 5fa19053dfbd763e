//! Requests that need no second reader, and what their reader does with the wire.

use std::ops::Range;

use super::{Known, Phase, Socket, Wire};

/// A GET or HEAD of HTTP/1.1 that has a target in origin-form and no body, and says nothing of its
/// connection but that it is to be kept, as it is anyway.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Plain {
    /// HEAD, and not GET.
    pub(crate) is_head: bool,
    /// Where its target stands.
    pub(crate) target: Range<usize>,
}

impl<S: Socket> Wire<S> {
    /// Says whether whoever reads looks for a next head as soon as an answer is over.
    pub(crate) fn attend(&mut self, attended: bool) {
        self.attended = attended;
        self.screen.attend(attended);
    }

    /// What the head asks that was the last to be handed on, in `length` bytes, and what knows its
    /// fields: where it is plain, and nothing came behind it. Told once.
    pub(crate) fn plain(&mut self, length: usize) -> Option<(Plain, &mut Known)> {
        if self.phase == Phase::Screened && self.held.is_empty() {
            self.screen.plain(length)
        } else {
            None
        }
    }

    /// Takes bytes back that were handed on last, for whoever reads next.
    pub(crate) fn take_back(&mut self, bytes: &[u8]) {
        self.held.splice(..0, bytes.iter().copied());
        self.ready += bytes.len();
    }
}

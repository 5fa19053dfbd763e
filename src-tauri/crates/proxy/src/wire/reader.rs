//! What whoever reads from a wire tells and asks it, besides its bytes.

use super::{KnownLines, Phase, Plain, Socket, Wire};

impl<S: Socket> Wire<S> {
    /// Says whether whoever reads looks for a next head as soon as an answer is over.
    pub(crate) fn attend(&mut self, attended: bool) {
        self.attended = attended;
        self.screen.attend(attended);
    }

    /// What the head asks that was the last to be handed on, in `length` bytes, and what knows its
    /// fields: where it is plain, and nothing came behind it. Told once.
    pub(crate) fn plain(&mut self, length: usize) -> Option<(Plain, &mut KnownLines)> {
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

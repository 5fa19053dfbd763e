//! The text of one `tripledash.json`: edits that keep its formatting, and the way back.
//!
//! The text is the truth. An edit is made on the concrete syntax tree, so comments aside (which
//! the format refuses) every byte that the edit does not touch stays as the author wrote it,
//! unknown keys too.

mod compact;
mod edit;
mod place;

use std::collections::VecDeque;

pub(crate) use self::compact::compact;
pub use self::edit::{FieldChange, List, Uneditable};
pub(crate) use self::edit::{append, patch, remove};
pub use self::place::{PlaceEdit, Step};
pub(crate) use self::place::{edit_at, set_at};

/// How many edits can be undone.
const HISTORY: usize = 100;

/// The texts before the last edits, newest last.
#[derive(Debug, Default)]
pub(crate) struct History {
    before: VecDeque<String>,
}

impl History {
    pub(crate) fn push(&mut self, before: String) {
        if self.before.len() == HISTORY {
            self.before.pop_front();
        }
        self.before.push_back(before);
    }

    pub(crate) fn pop(&mut self) -> Option<String> {
        self.before.pop_back()
    }

    pub(crate) fn clear(&mut self) {
        self.before.clear();
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.before.is_empty()
    }
}

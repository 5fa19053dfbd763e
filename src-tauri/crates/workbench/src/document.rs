//! The text of one `tripledash.json`: edits that keep its formatting, and the way back.
//!
//! The text is the truth. An edit is made on the concrete syntax tree, so comments aside (which
//! the format refuses) every byte that the edit does not touch stays as the author wrote it,
//! unknown keys too.

mod blank;
mod compact;
mod edit;
mod layout;
mod place;

use std::collections::VecDeque;

pub(crate) use self::compact::compact;
pub use self::edit::{FieldChange, List, Uneditable};
pub(crate) use self::edit::{append, patch, remove};
pub use self::place::{PlaceEdit, Step};
pub(crate) use self::place::{edit_at, set_at};

/// How many edits can be undone.
const HISTORY: usize = 100;
/// How many octets of texts are kept for it: all of a hundred edits of most files, and some of one
/// that lists tens of thousands of tenants itself.
const KEPT: usize = 32 << 20;

/// The texts before the last edits, newest last, each with its edit's number.
#[derive(Debug, Default)]
pub(crate) struct History {
    before: VecDeque<(u64, String)>,
    octets: usize,
    /// How many edits there ever were: no two have one number.
    edits: u64,
}

impl History {
    pub(crate) fn push(&mut self, before: String) {
        self.edits += 1;
        self.octets += before.len();
        self.before.push_back((self.edits, before));
        // The last one stays, however long it is.
        while self.before.len() > HISTORY || (self.octets > KEPT && self.before.len() > 1) {
            let (_, oldest) = self.before.pop_front().unwrap_or_default();
            self.octets -= oldest.len();
        }
    }

    /// The text before the last edit.
    pub(crate) fn last(&self) -> Option<&str> {
        self.before.back().map(|(_, before)| before.as_str())
    }

    /// The last edit's number.
    pub(crate) fn last_edit(&self) -> Option<u64> {
        self.before.back().map(|(edit, _)| *edit)
    }

    /// Forgets the last edit: it was taken back, or somebody else wrote the file since.
    pub(crate) fn drop_last(&mut self) {
        if let Some((_, before)) = self.before.pop_back() {
            self.octets -= before.len();
        }
    }

    pub(crate) fn clear(&mut self) {
        self.before.clear();
        self.octets = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_history_is_bounded_by_edits_and_by_octets() {
        let mut history = History::default();
        for number in 0..HISTORY + 5 {
            history.push(number.to_string());
        }
        assert_eq!(history.before.len(), HISTORY);
        assert_eq!(history.before[0], (6, "5".to_owned()));
        for _ in 0..5 {
            history.push("x".repeat(KEPT / 4));
        }
        assert_eq!((history.before.len(), history.octets), (4, KEPT));
        history.push("y".repeat(KEPT + 1));
        assert_eq!(history.before.len(), 1);
        assert_eq!(history.last().map(str::len), Some(KEPT + 1));
        history.drop_last();
        assert_eq!((history.last_edit(), history.octets), (None, 0));
        // No number comes twice.
        history.clear();
        history.push("z".to_owned());
        assert_eq!(history.last_edit(), Some(HISTORY as u64 + 12));
    }
}

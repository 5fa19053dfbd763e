//! Edits made in the window. Each writes the file at once.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use serde_json::Value;
use thiserror::Error;
use tripledash_core::Severity;
use tripledash_core::workspace::{Access, Parsed, Problem, parse};

use super::Workbench;
use super::create::{CreateError, minimal};
use super::opened::Opened;
use crate::document::{self, FieldChange, List, PlaceEdit, Uneditable};
use crate::probe::with_host;
use crate::schema::put_schema_beside;
use crate::state::OriginKind;
use crate::{FILE, file};

/// Why an edit was not made. The file is as it was.
#[derive(Debug, Error)]
pub enum EditError {
    /// The text takes no such edit.
    #[error(transparent)]
    Uneditable(#[from] Uneditable),
    /// The result would be no valid workspace.
    #[error("{}", first_message(problems))]
    Invalid {
        /// What would be wrong with it.
        problems: Vec<Problem>,
    },
    /// No such preview.
    #[error("no preview named \"{name}\"")]
    NoPreview {
        /// The name asked for.
        name: String,
    },
    /// Only read-only previews are locked.
    #[error("\"{name}\" is not read-only, so there is nothing to unlock")]
    NotReadOnly {
        /// The preview's name.
        name: String,
    },
    /// The file is not there, or cannot be read.
    #[error("{} is gone or unreadable", file.display())]
    Gone {
        /// The file.
        file: PathBuf,
    },
    /// The file cannot be written.
    #[error("cannot write {}", file.display())]
    Unwritable {
        /// The file.
        file: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// No draft could be made to hold the edit.
    #[error(transparent)]
    NoDraft(#[from] CreateError),
}

/// Why nothing was undone.
#[derive(Debug, Error)]
pub enum UndoError {
    /// No edit since the workspace was opened, or since someone else wrote the file.
    #[error("nothing to undo")]
    Nothing,
    /// The edit that was meant is not the last one.
    #[error("other edits were made since: undo those first, from the workspace menu")]
    NotTheLast,
    /// Somebody else wrote the file just now.
    #[error("the file was written meanwhile: look at it again")]
    Changed,
    /// The file cannot be written.
    #[error("cannot write {}", file.display())]
    Unwritable {
        /// The file.
        file: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

fn first_message(problems: &[Problem]) -> String {
    let error = problems
        .iter()
        .find(|problem| problem.severity == Severity::Error);
    match error {
        Some(problem) => problem.message.clone(),
        None => "the result would be no valid workspace".to_owned(),
    }
}

impl Workbench {
    /// Adds a tenant or a preview at the end of its list.
    pub fn add(&self, list: List, element: &[(String, Value)]) -> Result<(), EditError> {
        self.edit(|text| document::append(text, list, element))
    }

    /// Changes fields of a tenant or a preview.
    pub fn change(&self, list: List, id: &str, changes: &[FieldChange]) -> Result<(), EditError> {
        self.edit(|text| document::patch(text, list, id, changes))
    }

    /// Gives a preview another `host` line, or none. One that a source found has its line at the
    /// source, for all that it finds.
    pub fn set_host(&self, preview: &str, host: Option<&str>) -> Result<(), EditError> {
        let whole = Arc::clone(&self.snapshot.borrow().workspace);
        self.edit(|text| with_host(text, &whole, preview, host))
    }

    /// Takes a tenant or a preview out.
    pub fn remove(&self, list: List, id: &str) -> Result<(), EditError> {
        self.edit(|text| document::remove(text, list, id))
    }

    /// Edits the document at some places, all of them or none.
    pub fn edit_document(&self, edits: &[PlaceEdit]) -> Result<(), EditError> {
        self.edit(|text| {
            let mut text = text.to_owned();
            for edit in edits {
                text = document::edit_at(&text, edit)?;
            }
            Ok(text)
        })
    }

    /// The file's text, as it is now; `None`: nothing is open, or it cannot be read.
    pub fn text(&self) -> Option<String> {
        let mut opened = self.opened.lock();
        opened.read_again();
        let text = opened.text.clone();
        self.publish(&mut opened);
        text
    }

    /// Lets unsafe methods through to a read-only preview for this run, or no longer.
    pub fn unlock(&self, name: &str, unlocked: bool) -> Result<(), EditError> {
        let mut opened = self.opened.lock();
        let Some(preview) = opened.whole.previews.get(name) else {
            return Err(EditError::NoPreview {
                name: name.to_owned(),
            });
        };
        if preview.access == Access::Full {
            return Err(EditError::NotReadOnly {
                name: name.to_owned(),
            });
        }
        if unlocked {
            opened.unlocked.insert(name.to_owned());
        } else {
            opened.unlocked.remove(name);
        }
        self.publish(&mut opened);
        Ok(())
    }

    /// Brings back the text before the last edit, which has to be `edit` where that is given:
    /// somebody else may have made another since.
    pub fn undo(&self, edit: Option<u64>) -> Result<(), UndoError> {
        let mut opened = self.opened.lock();
        // Sees what an editor saved a moment ago, and forgets the history if it did.
        opened.read_again();
        let undone = Self::undo_locked(&mut opened, edit);
        self.publish(&mut opened);
        undone
    }

    fn undo_locked(opened: &mut Opened, edit: Option<u64>) -> Result<(), UndoError> {
        let (Some(place), Some(text)) = (&opened.place, &opened.text) else {
            return Err(UndoError::Nothing);
        };
        let path = place.file();
        let Some(before) = opened.history.last().map(str::to_owned) else {
            return Err(UndoError::Nothing);
        };
        if edit.is_some_and(|edit| opened.history.last_edit() != Some(edit)) {
            return Err(UndoError::NotTheLast);
        }
        match file::exchange(&path, text, &before) {
            Ok(true) => {
                opened.history.drop_last();
                let parsed = parse(&before, FILE);
                opened.accept(before, parsed);
                Ok(())
            }
            // Somebody saved it just now: going back would take their work away.
            Ok(false) => {
                opened.history.drop_last();
                opened.read_again();
                Err(UndoError::Changed)
            }
            Err(source) => Err(UndoError::Unwritable { file: path, source }),
        }
    }

    pub(super) fn edit(
        &self,
        edit: impl Fn(&str) -> Result<String, Uneditable>,
    ) -> Result<(), EditError> {
        let mut opened = self.opened.lock();
        if opened.place.is_none() {
            // Nothing is open yet: the first edit that can be made starts a draft.
            let draft = minimal("untitled");
            edited(&draft, &[], &edit)?;
            self.open_draft(&mut opened, "untitled", &draft)?;
        }
        opened.read_again();
        let edited = Self::edit_locked(&mut opened, &edit);
        self.publish(&mut opened);
        edited
    }

    fn edit_locked(
        opened: &mut Opened,
        edit: &impl Fn(&str) -> Result<String, Uneditable>,
    ) -> Result<(), EditError> {
        let path = opened
            .place
            .as_ref()
            .map(|place| place.file())
            .unwrap_or_default();
        for _ in 0..TRIES {
            let Some(before) = opened.text.clone() else {
                return Err(EditError::Gone { file: path });
            };
            let (after, parsed) = edited(&before, &opened.parsed.problems, edit)?;
            if after == before {
                return Ok(());
            }
            let written = file::exchange(&path, &before, &after);
            let file = path.clone();
            if written.map_err(|source| EditError::Unwritable { file, source })? {
                let place = opened.place.as_ref();
                if let Some(place) = place.filter(|place| place.kind != OriginKind::Draft) {
                    put_schema_beside(&place.folder, &after);
                }
                opened.history.push(before);
                opened.accept(after, parsed);
                return Ok(());
            }
            opened.read_again();
        }
        Err(EditError::written_meanwhile())
    }
}

/// How often an edit is made anew where somebody saves the file meanwhile.
pub(crate) const TRIES: usize = 2;

// === impl EditError ===

impl EditError {
    /// Somebody else goes on writing the file.
    pub(crate) fn written_meanwhile() -> Self {
        let place = FILE.to_owned();
        Self::Uneditable(Uneditable::Changed { place })
    }
}

/// The text after an edit, and its meaning. An edit may leave errors that were there before, or
/// mend some. It may add none.
pub(crate) fn edited(
    before: &str,
    problems_before: &[Problem],
    edit: &impl Fn(&str) -> Result<String, Uneditable>,
) -> Result<(String, Parsed), EditError> {
    let after = edit(before)?;
    let parsed = parse(&after, FILE);
    // Where they stand may have moved.
    let mut known: Vec<(&str, &str)> = errors(problems_before).collect();
    let is_new = errors(&parsed.problems).any(|error| {
        let at = known.iter().position(|known| *known == error);
        at.map(|at| known.swap_remove(at)).is_none()
    });
    if is_new {
        return Err(EditError::Invalid {
            problems: parsed.problems,
        });
    }
    Ok((after, parsed))
}

/// What was found and what was wanted, of each error.
fn errors(problems: &[Problem]) -> impl Iterator<Item = (&str, &str)> {
    problems
        .iter()
        .filter(|problem| problem.severity == Severity::Error)
        .map(|problem| (problem.found.as_str(), problem.wanted.as_str()))
}

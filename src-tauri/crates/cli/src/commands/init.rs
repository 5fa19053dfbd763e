//! `tripledash init`: a first workspace file for a folder, and why each line is in it.

use std::fmt::Write as _;

use tripledash_workbench::{Proposal, look, propose, write_workspace};

use crate::arguments::Init;
use crate::output::{self, Ending, Paint};
use crate::workspace::folder_of;

pub(crate) fn init(asked: &Init) -> Ending {
    let folder = folder_of(&asked.folder);
    let seen = match look(folder) {
        Ok(seen) => seen,
        Err(error) => return output::error(&error),
    };
    let proposal = propose(&seen);
    if asked.print {
        output::answer(proposal.text.trim_end());
        output::remark(text(&proposal, Paint::stderr()).trim_end());
        return Ending::Good;
    }
    match write_workspace(folder, &proposal.text) {
        Ok(path) => {
            let path = path.strip_prefix(".").unwrap_or(&path);
            output::answer(format_args!("wrote {}\n", path.display()));
            output::answer(text(&proposal, Paint::stdout()).trim_end());
            Ending::Good
        }
        Err(error) => {
            output::error(&error);
            output::remark(
                "it stays as it is; `tripledash init --print` prints what would be written",
            );
            Ending::No
        }
    }
}

/// What was seen and why, then what to do next.
fn text(proposal: &Proposal, paint: Paint) -> String {
    let mut out = String::new();
    let width = proposal.notes.iter().map(|note| note.about.len()).max();
    let width = width.unwrap_or_default();
    for note in &proposal.notes {
        let about = format!("{:<width$}", note.about);
        // Writing to a string does not fail.
        let _ = writeln!(out, "{}  {}", paint.faint(&about), note.message);
    }
    let _ = writeln!(out, "\n{}", paint.bold("next"));
    for (place, step) in proposal.next.iter().enumerate() {
        let _ = writeln!(out, "  {}. {step}", place + 1);
    }
    out
}

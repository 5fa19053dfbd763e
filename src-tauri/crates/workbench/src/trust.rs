//! What a workspace takes trust for: the commands that it runs, where they run, what is copied for
//! them, and what of the environment is sent where.
//!
//! A person trusts a folder with just the lines that it has then ([`TrustedFolders`]). When the file
//! says others, because somebody pulled or because a colleague sent another one, it is asked again.

mod folders;
mod sent;

use tripledash_core::Workspace;
use tripledash_core::workspace::{SourceKind, TenantsFrom};

pub(crate) use self::folders::TrustedFolders;
pub use self::sent::held_back;
pub(crate) use self::sent::{hold_back, sent};
use crate::state::TrustedCommand;

/// The place of what previews send, which runs nothing.
pub(crate) const PREVIEWS: &str = "previews";

/// What mends all that waits for trust.
pub(crate) const FIX: &str = "look in the window at what it runs and sends, and trust the folder";

/// The commands that a workspace runs, and what else it takes trust for.
pub(crate) fn commands(workspace: &Workspace) -> Vec<TrustedCommand> {
    let mut commands = Vec::new();
    let listing = "at once, and from time to time, to list the tenants";
    match workspace.tenant_source.as_ref().map(|source| &source.from) {
        Some(TenantsFrom::Command(words)) => commands.push(TrustedCommand {
            place: "tenants.command".to_owned(),
            line: shown(words),
            folder: Some(".".to_owned()),
            when: listing.to_owned(),
        }),
        Some(from @ TenantsFrom::Url { .. }) => {
            commands.extend(sent(from).map(|line| TrustedCommand {
                place: "tenants.url".to_owned(),
                line,
                folder: None,
                when: listing.to_owned(),
            }));
        }
        Some(TenantsFrom::File(_)) | None => {}
    }
    for source in &workspace.sources {
        let SourceKind::Git(git) = &source.kind else {
            continue;
        };
        let at = source.at;
        let mut push = |key: &str, line: &Option<String>, when: &str| {
            commands.extend(line.as_ref().map(|line| TrustedCommand {
                place: format!("previews[{at}].{key}"),
                line: line.clone(),
                folder: Some(git.folder.clone()),
                when: when.to_owned(),
            }));
        };
        if git.dev.is_some() && !git.copy.is_empty() {
            let line = format!("copies {} into the branch's checkout", shown(&git.copy));
            push("copy", &Some(line), "before a branch's start");
        }
        let setup = "before a branch's first start, and when its lock file has changed";
        push("setup", &git.setup, setup);
        push("dev", &git.dev, "when you start a branch");
    }
    commands.extend(sent::by_previews(workspace).map(|line| TrustedCommand {
        place: PREVIEWS.to_owned(),
        line,
        folder: None,
        when: "with every request to it".to_owned(),
    }));
    commands
}

/// Words as a person would type them.
pub(crate) fn shown(words: &[String]) -> String {
    let plain = |word: &str| {
        let plain = |c: char| c.is_alphanumeric() || "-_./=:@%+,".contains(c);
        !word.is_empty() && word.chars().all(plain)
    };
    let quoted = |word: &String| {
        if plain(word) {
            word.clone()
        } else {
            format!("'{}'", word.replace('\'', "'\\''"))
        }
    };
    words.iter().map(quoted).collect::<Vec<_>>().join(" ")
}

//! The workspaces opened lately, newest first, kept in `recent.json` of the data folder.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::file;

/// How many are remembered.
const REMEMBERED: usize = 20;

/// A workspace opened before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Recent {
    /// The workspace's own name.
    pub name: String,
    /// The folder that holds its `tripledash.json`.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub folder: PathBuf,
}

/// The list, in memory and on disk.
#[derive(Debug)]
pub(crate) struct Recents {
    path: PathBuf,
    list: Vec<Recent>,
    /// Those of them that were gone when they were looked for.
    gone: BTreeSet<PathBuf>,
    /// How often a workspace was opened: what was seen before the last time says nothing of it.
    opened: u64,
}

// === impl Recent ===

impl Recent {
    /// Whether its file is there. May take long, on a share that does not answer.
    pub(crate) fn is_there(&self) -> bool {
        self.folder.join(crate::FILE).is_file()
    }
}

// === impl Recents ===

impl Recents {
    /// Reads the list. A list that cannot be read is an empty one: it is a convenience.
    pub(crate) fn load(data_dir: &Path) -> Self {
        let path = data_dir.join("recent.json");
        let list = match fs::read_to_string(&path) {
            Ok(text) => serde_json::from_str::<Vec<serde_json::Value>>(&text)
                .unwrap_or_else(|error| {
                    tracing::warn!(path = %path.display(), %error, "recent workspaces are unreadable");
                    Vec::new()
                })
                .into_iter()
                // One entry that another version wrote in another form is no reason to forget all.
                .filter_map(|entry| serde_json::from_value(entry).ok())
                .collect(),
            Err(_) => Vec::new(),
        };
        Self {
            path,
            list,
            gone: BTreeSet::new(),
            opened: 0,
        }
    }

    /// Puts a workspace first.
    pub(crate) fn remember(&mut self, recent: Recent) {
        self.opened += 1;
        self.gone.remove(&recent.folder);
        if self.list.first() == Some(&recent) {
            return;
        }
        self.list.retain(|known| known.folder != recent.folder);
        self.list.insert(0, recent);
        self.list.truncate(REMEMBERED);
        self.write();
    }

    /// Notes a workspace's new name, if it is on the list.
    pub(crate) fn rename(&mut self, folder: &Path, name: &str) {
        let stale = |known: &&mut Recent| known.folder == folder && known.name != name;
        if let Some(known) = self.list.iter_mut().find(stale) {
            name.clone_into(&mut known.name);
            self.write();
        }
    }

    /// Takes a folder off the list.
    pub(crate) fn forget(&mut self, folder: &Path) {
        let before = self.list.len();
        self.list.retain(|known| known.folder != folder);
        if self.list.len() != before {
            self.write();
        }
    }

    /// All of them, newest first.
    pub(crate) fn all(&self) -> &[Recent] {
        &self.list
    }

    /// Those that were not gone when they were looked for, newest first.
    pub(crate) fn list(&self) -> Vec<Recent> {
        let there = |recent: &&Recent| !self.gone.contains(&recent.folder);
        self.list.iter().filter(there).cloned().collect()
    }

    /// How often a workspace was opened, for who is about to look which are there.
    pub(crate) fn opened(&self) -> u64 {
        self.opened
    }

    /// Notes which were gone when so many had been opened. Says whether they are others than before. A
    /// look that was overtaken by an opening counts for nothing: another one has begun with that.
    pub(crate) fn miss(&mut self, gone: BTreeSet<PathBuf>, opened: u64) -> bool {
        if opened != self.opened {
            return false;
        }
        let news = self.gone != gone;
        self.gone = gone;
        news
    }

    fn write(&self) {
        if let Err(error) = self.try_write() {
            tracing::warn!(path = %self.path.display(), %error, "recent workspaces are not kept");
        }
    }

    fn try_write(&self) -> io::Result<()> {
        if let Some(folder) = self.path.parent() {
            fs::create_dir_all(folder)?;
        }
        let text = serde_json::to_string_pretty(&self.list)?;
        file::replace(&self.path, &(text + "\n"))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::PathBuf;

    use super::{REMEMBERED, Recent, Recents};

    fn recent(name: &str, folder: PathBuf) -> Recent {
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("tripledash.json"), "{}").unwrap();
        Recent {
            name: name.to_owned(),
            folder,
        }
    }

    #[test]
    fn the_newest_is_first_and_each_folder_once() {
        let home = tempfile::tempdir().unwrap();
        let data = home.path().join("data");
        let mut recents = Recents::load(&data);
        recents.remember(recent("one", home.path().join("a")));
        recents.remember(recent("two", home.path().join("b")));
        recents.remember(recent("one again", home.path().join("a")));
        let names = |recents: &Recents| -> Vec<String> {
            recents.list().into_iter().map(|one| one.name).collect()
        };
        assert_eq!(names(&recents), ["one again", "two"]);
        assert_eq!(names(&Recents::load(&data)), ["one again", "two"]);

        fs::remove_file(home.path().join("b/tripledash.json")).unwrap();
        let gone = recents.all().iter().filter(|recent| !recent.is_there());
        let gone: BTreeSet<PathBuf> = gone.map(|recent| recent.folder.clone()).collect();
        let seen = recents.opened();
        assert!(recents.miss(gone.clone(), seen));
        assert!(!recents.miss(gone.clone(), seen));
        assert_eq!(names(&recents), ["one again"]);
        recents.remember(recent("two", home.path().join("b")));
        assert_eq!(names(&recents), ["two", "one again"]);
        // Somebody has made it anew while it was looked for.
        assert!(!recents.miss(gone, seen));
        assert_eq!(names(&recents), ["two", "one again"]);
    }

    #[test]
    fn the_list_is_bounded_and_a_broken_one_is_empty() {
        let home = tempfile::tempdir().unwrap();
        let mut recents = Recents::load(home.path());
        for number in 0..REMEMBERED + 5 {
            recents.remember(recent("x", home.path().join(number.to_string())));
        }
        assert_eq!(recents.list().len(), REMEMBERED);
        fs::write(home.path().join("recent.json"), "[{").unwrap();
        assert!(Recents::load(home.path()).list().is_empty());
    }

    #[test]
    fn one_entry_that_is_none_loses_no_other() {
        let home = tempfile::tempdir().unwrap();
        let kept = recent("kept", home.path().join("a"));
        let list = serde_json::json!([{ "name": 1 }, kept, "x"]);
        fs::write(home.path().join("recent.json"), list.to_string()).unwrap();
        assert_eq!(Recents::load(home.path()).list(), [kept]);
    }
}

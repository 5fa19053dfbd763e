//! Which paths tell that something changed.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use tripledash_git::Repository;

use crate::support::Place;

/// What lies in the watched folders, as a watcher would see it change.
type Seen = BTreeMap<PathBuf, (SystemTime, u64)>;

fn look(repository: &Repository) -> Seen {
    fn walk(folder: &Path, recursive: bool, seen: &mut Seen) {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let metadata = entry.metadata().unwrap();
            if metadata.is_dir() && recursive {
                walk(&entry.path(), true, seen);
            }
            if !metadata.is_dir() {
                let state = (metadata.modified().unwrap(), metadata.len());
                seen.insert(entry.path(), state);
            }
        }
    }
    let mut seen = Seen::new();
    for watched in repository.watch_paths() {
        walk(&watched.path, watched.recursive, &mut seen);
    }
    seen
}

/// The paths that differ and tell something.
fn told(repository: &Repository, before: &Seen, after: &Seen) -> Vec<PathBuf> {
    let paths = before.keys().chain(after.keys());
    let mut told: Vec<_> = paths
        .filter(|path| before.get(*path) != after.get(*path))
        .filter(|path| repository.is_telling(path))
        .cloned()
        .collect();
    told.dedup();
    told
}

#[test]
fn every_change_of_a_branch_or_a_worktree_is_told() {
    let place = Place::new();
    let origin = place.project("origin");
    place.run(&place.path(""), &["clone", "--quiet", "origin", "shop"]);
    let folder = place.path("shop");
    let linked = place.path("linked");
    let path = linked.to_str().unwrap();
    place.run(&folder, &["worktree", "add", "--quiet", "--detach", path]);
    let other = place.path("other");
    let other_path = other.to_str().unwrap();
    place.change(&origin, "page.txt", "there\n", 2000);

    for from in [&folder, &linked] {
        let repository = place.find(from);
        let told_of = |arguments: &[&str]| {
            let before = look(&repository);
            place.run(from, arguments);
            let told = told(&repository, &before, &look(&repository));
            assert!(!told.is_empty(), "{arguments:?} in {}", from.display());
        };
        told_of(&["branch", "new"]);
        told_of(&["pack-refs", "--all"]);
        // Which is nowhere else by now.
        told_of(&["update-ref", "-d", "refs/heads/new"]);
        told_of(&["switch", "--quiet", "-c", "topic/one"]);
        told_of(&["commit", "--quiet", "--allow-empty", "-m", "one"]);
        told_of(&["switch", "--quiet", "--detach"]);
        told_of(&[
            "branch",
            "--quiet",
            "--set-upstream-to=origin/main",
            "topic/one",
        ]);
        told_of(&["worktree", "add", "--quiet", other_path, "topic/one"]);
        told_of(&["worktree", "lock", other_path]);
        told_of(&["worktree", "unlock", other_path]);
        told_of(&["worktree", "remove", other_path]);
        told_of(&["branch", "-D", "topic/one"]);
        if from == &folder {
            told_of(&["fetch", "--quiet"]);
        }
    }
}

#[test]
fn looking_and_staging_are_not_told() {
    let place = Place::new();
    let folder = place.project("shop");
    let repository = place.find(&folder);
    let before = look(&repository);
    fs::write(folder.join("page.txt"), "changed\n").unwrap();
    place.run(&folder, &["add", "page.txt"]);
    place.run(&folder, &["status"]);
    repository.branches(10).unwrap();
    repository.changes(&folder).unwrap();
    let after = look(&repository);
    assert_ne!(before, after);
    assert_eq!(told(&repository, &before, &after), Vec::<PathBuf>::new());
    assert!(!repository.is_telling(&folder.join(".git/HEAD.lock")));
    assert!(!repository.is_telling(&folder.join(".git/refs/heads/main.lock")));
}

#[test]
fn submodule_and_worktree_are_watched_where_they_really_are() {
    let place = Place::new();
    let library = place.project("library");
    let folder = place.project("shop");
    let from = library.to_str().unwrap();
    place.run(&folder, &["submodule", "--quiet", "add", from, "library"]);
    let paths = |from: &Path| {
        let watched = place.find(from).watch_paths();
        watched.into_iter().map(|w| w.path).collect::<Vec<_>>()
    };
    let module = folder.join(".git/modules/library");
    assert_eq!(
        paths(&folder.join("library")),
        [module.clone(), module.join("refs")]
    );
    let linked = place.path("linked");
    let path = linked.to_str().unwrap();
    place.run(&folder, &["worktree", "add", "--quiet", "--detach", path]);
    let common = folder.join(".git");
    let worktrees = common.join("worktrees");
    assert_eq!(
        paths(&linked),
        [
            common.clone(),
            worktrees.join("linked"),
            common.join("refs"),
            worktrees
        ]
    );
}

//! Worktrees that are taken away, and those that are not.

use std::fs;
use std::path::PathBuf;

use tripledash_git::{NotRemoved, Removed, Repository, Work};

use crate::support::Place;

const DESIGN: &str = "refs/heads/design";

fn shop(place: &Place) -> (PathBuf, Repository, PathBuf) {
    let folder = place.project("shop");
    place.change(&folder, ".gitignore", "node_modules\n.env\n", 1500);
    place.run(&folder, &["branch", "design"]);
    fs::write(folder.join(".env"), "KEY=1\n").unwrap();
    fs::write(folder.join("local.json"), "{}\n").unwrap();
    let repository = place.find(&folder);
    let ours = place.path("ours/design");
    repository.prepare(DESIGN, &ours).unwrap();
    let patterns = [".env", "local.json"].map(str::to_owned);
    let copied = repository.copy(&patterns, &ours).unwrap();
    assert_eq!(copied.copied.len(), 2, "{copied:?}");
    (folder, repository, ours)
}

fn work(repository: &Repository, ours: &PathBuf) -> Work {
    match repository.remove(ours).unwrap_err() {
        NotRemoved::Work { folder, work } => {
            assert_eq!(&folder, ours);
            assert!(ours.join("page.txt").exists());
            work
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn clean_worktree_goes_with_its_copies_and_ignored_files() {
    let place = Place::new();
    let (folder, repository, ours) = shop(&place);
    fs::create_dir(ours.join("node_modules")).unwrap();
    fs::write(ours.join("node_modules/a"), "").unwrap();
    assert_eq!(repository.remove(&ours).unwrap(), Removed::Whole);
    assert!(!ours.exists());
    assert_eq!(repository.worktrees().unwrap().len(), 1);
    assert_eq!(repository.remove(&ours).unwrap(), Removed::Nothing);
    assert_eq!(fs::read_to_string(folder.join(".env")).unwrap(), "KEY=1\n");
}

#[test]
fn worktree_with_work_in_it_stays() {
    let place = Place::new();
    let (_, repository, ours) = shop(&place);
    fs::write(ours.join("page.txt"), "mine\n").unwrap();
    let Work::Changed(changes) = work(&repository, &ours) else {
        panic!("changed");
    };
    assert_eq!(changes.changed, 1);

    place.run(&ours, &["checkout", "--quiet", "--", "page.txt"]);
    fs::create_dir(ours.join("new")).unwrap();
    fs::write(ours.join("new/page.txt"), "mine\n").unwrap();
    let Work::Changed(changes) = work(&repository, &ours) else {
        panic!("changed");
    };
    assert_eq!((changes.changed, changes.untracked), (0, 1));

    fs::remove_dir_all(ours.join("new")).unwrap();
    fs::write(ours.join(".env"), "KEY=2\n").unwrap();
    let paths = vec![".env".to_owned()];
    assert_eq!(work(&repository, &ours), Work::Copies { paths });

    fs::remove_file(ours.join(".env")).unwrap();
    let last = place.change(&ours, "page.txt", "mine\n", 2000);
    assert_eq!(work(&repository, &ours), Work::Commits { last });

    place.run(&ours, &["switch", "--quiet", "-c", "try"]);
    let name = "try".to_owned();
    assert_eq!(work(&repository, &ours), Work::OnBranch { name });

    place.run(&ours, &["switch", "--quiet", "--detach"]);
    assert_eq!(repository.remove(&ours).unwrap(), Removed::Whole);
}

#[test]
fn worktree_of_a_deleted_branch_goes() {
    let place = Place::new();
    let (folder, repository, ours) = shop(&place);
    place.run(&folder, &["branch", "-D", "design"]);
    assert_eq!(repository.remove(&ours).unwrap(), Removed::Whole);
}

#[test]
fn folder_removed_by_hand_is_forgotten_and_no_other() {
    let place = Place::new();
    let (folder, repository, ours) = shop(&place);
    let theirs = place.path("theirs");
    let path = theirs.to_str().unwrap();
    place.run(&folder, &["worktree", "add", "--quiet", "--detach", path]);
    fs::remove_dir_all(&theirs).unwrap();
    fs::remove_dir_all(&ours).unwrap();
    assert_eq!(repository.remove(&ours).unwrap(), Removed::Entry);
    let left = repository.worktrees().unwrap();
    assert_eq!(left.len(), 2);
    assert_eq!(left[1].path, theirs);
}

#[test]
fn what_is_not_ours_stays() {
    let place = Place::new();
    let (folder, repository, ours) = shop(&place);
    let theirs = place.path("theirs");
    let path = theirs.to_str().unwrap();
    place.run(&folder, &["worktree", "add", "--quiet", "--detach", path]);
    let plain = place.path("plain");
    fs::create_dir(&plain).unwrap();
    for path in [&theirs, &plain, &folder] {
        let error = repository.remove(path).unwrap_err();
        assert!(matches!(error, NotRemoved::NotOurs { .. }), "{error:?}");
        assert!(path.exists());
    }
    // Something else took the place of ours.
    fs::remove_dir_all(&ours).unwrap();
    fs::create_dir(&ours).unwrap();
    fs::write(ours.join("letter.txt"), "mine\n").unwrap();
    let error = repository.remove(&ours).unwrap_err();
    assert!(matches!(error, NotRemoved::NotOurs { .. }), "{error:?}");
    assert!(ours.join("letter.txt").exists());
}

#[test]
fn locked_worktree_stays() {
    let place = Place::new();
    let (folder, repository, ours) = shop(&place);
    let path = ours.to_str().unwrap();
    place.run(&folder, &["worktree", "lock", "--reason", "needed", path]);
    let error = repository.remove(&ours).unwrap_err();
    assert!(matches!(error, NotRemoved::Locked { .. }), "{error:?}");
    assert!(ours.exists());
}

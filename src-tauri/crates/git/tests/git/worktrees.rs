//! What the checkouts of a repository are, and what in them is not committed.

use std::fs;

use tripledash_git::{Changes, Head};

use crate::support::Place;

#[test]
fn every_checkout_is_listed_from_each_of_them() {
    let place = Place::new();
    let folder = place.project("shop");
    let (design, old) = (place.path("design"), place.path("old"));
    let path = |path: &std::path::Path| path.to_str().unwrap().to_owned();
    place.run(
        &folder,
        &["worktree", "add", "--quiet", "-b", "design", &path(&design)],
    );
    place.run(
        &folder,
        &["worktree", "add", "--quiet", "--detach", &path(&old)],
    );
    place.run(
        &folder,
        &["worktree", "lock", "--reason", "on a disk", &path(&old)],
    );
    fs::remove_dir_all(&old).unwrap();

    let commit = place.branch(&folder, "main").commit.id;
    for from in [&folder, &design] {
        let repository = place.find(from);
        assert_eq!(repository.common_dir(), folder.join(".git"));
        assert_eq!(repository.root(), Some(from.as_path()));
        let worktrees = repository.worktrees().unwrap();
        let [main, second, third] = &worktrees[..] else {
            panic!("{worktrees:#?}");
        };
        let branch = |name: &str| {
            let name = name.to_owned();
            Some(Head::Branch { name })
        };
        assert_eq!((&main.path, main.is_main), (&folder, true));
        assert_eq!((&main.head, main.is_missing), (&branch("main"), false));
        assert_eq!((&second.path, second.is_main), (&design, false));
        assert_eq!(
            (&second.head, second.is_missing),
            (&branch("design"), false)
        );
        let detached = Some(Head::Detached {
            commit: commit.clone(),
        });
        assert_eq!((&third.path, &third.head), (&old, &detached));
        assert_eq!(third.locked.as_deref(), Some("on a disk"));
        assert!(third.is_missing);

        let listed = repository.branches(10).unwrap();
        let is_main = from == &folder;
        assert_eq!(
            listed.head,
            branch(if is_main { "main" } else { "design" }).unwrap()
        );
        for branch in listed.branches {
            let checkout = if branch.name == "main" {
                &folder
            } else {
                &design
            };
            assert_eq!(branch.worktree.as_ref(), Some(checkout));
            assert_eq!(branch.is_head, checkout == from);
        }
    }
}

#[test]
fn folder_that_another_repository_took_is_missing() {
    let place = Place::new();
    let folder = place.project("shop");
    let design = place.path("design");
    let path = design.to_str().unwrap();
    place.run(
        &folder,
        &["worktree", "add", "--quiet", "-b", "design", path],
    );
    fs::remove_dir_all(&design).unwrap();
    place.project("design");
    assert!(place.find(&folder).worktrees().unwrap()[1].is_missing);
    assert_eq!(place.branch(&folder, "design").worktree, None);
}

#[test]
fn what_is_not_committed_is_counted() {
    let place = Place::new();
    let folder = place.project("shop");
    let repository = place.find(&folder);
    let changes = || repository.changes(&folder).unwrap();
    assert_eq!(changes(), Changes::default());

    fs::write(folder.join(".gitignore"), "node_modules\n").unwrap();
    fs::create_dir(folder.join("node_modules")).unwrap();
    fs::write(folder.join("node_modules/a"), "").unwrap();
    place.run(&folder, &["add", ".gitignore"]);
    place.change(&folder, "style.css", "a {}\n", 2000);
    assert_eq!(changes(), Changes::default());

    place.run(&folder, &["mv", "page.txt", "the page\nof two lines.txt"]);
    fs::write(folder.join("style.css"), "b {}\n").unwrap();
    fs::create_dir(folder.join("new")).unwrap();
    fs::write(folder.join("new/a"), "").unwrap();
    fs::write(folder.join("new/b"), "").unwrap();
    let expected = Changes {
        changed: 2,
        conflicts: 0,
        untracked: 1,
    };
    assert_eq!(changes(), expected);
    assert!(changes().has_tracked());
}

#[test]
fn looking_never_writes_the_index() {
    let place = Place::new();
    let folder = place.project("shop");
    let index = folder.join(".git/index");
    let before = fs::read(&index).unwrap();
    // Touched, which git would note down in its index while it looks.
    let page = fs::File::options()
        .append(true)
        .open(folder.join("page.txt"));
    let long_ago = std::time::UNIX_EPOCH + std::time::Duration::from_secs(5000);
    page.unwrap().set_modified(long_ago).unwrap();
    let changes = place.find(&folder).changes(&folder).unwrap();
    assert_eq!(changes, Changes::default());
    assert_eq!(fs::read(&index).unwrap(), before);
    place.run(&folder, &["status"]);
    assert_ne!(fs::read(&index).unwrap(), before);
}

#[cfg(unix)]
#[test]
fn looking_starts_no_monitor_of_the_repository() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = Place::new();
    let folder = place.project("shop");
    let (monitor, proof) = (place.path("monitor"), place.path("ran"));
    fs::write(&monitor, format!("#!/bin/sh\ntouch {}\n", proof.display())).unwrap();
    fs::set_permissions(&monitor, fs::Permissions::from_mode(0o755)).unwrap();
    let program = monitor.to_str().unwrap();
    place.run(&folder, &["config", "core.fsmonitor", program]);
    let changes = place.find(&folder).changes(&folder).unwrap();
    assert_eq!(changes, Changes::default());
    assert!(!proof.exists());
}

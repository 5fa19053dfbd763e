//! A disk that is full while git writes a checkout.
#![cfg(unix)]

use std::fs;
use std::path::{Path, PathBuf};

use tripledash_git::{CheckoutState, Git, NotPrepared, Repository};

use crate::support::{DESIGN, Place, advance, shop};

fn read(folder: &Path, name: &str) -> String {
    fs::read_to_string(folder.join(name)).unwrap()
}

/// A `git` that checks out no file beyond so many blocks as long as there is a file `full`.
fn on_a_full_disk(place: &Place, blocks: u32) -> (Git, PathBuf) {
    let (program, full) = (place.path("full-git"), place.path("full"));
    let text = format!(
        "#!/bin/sh\ncase \" $* \" in *' checkout '* | *' worktree add '*)\n  [ -e '{}' ] && ulimit -f {blocks} && trap '' XFSZ;;\nesac\nexec git \"$@\"\n",
        full.display()
    );
    fs::write(&program, text).unwrap();
    let mut permissions = fs::metadata(&program).unwrap().permissions();
    std::os::unix::fs::PermissionsExt::set_mode(&mut permissions, 0o755);
    fs::set_permissions(&program, permissions).unwrap();
    let git = Git {
        program,
        ..place.git()
    };
    (git, full)
}

#[test]
fn what_git_could_not_write_is_told_and_written_once_it_can() {
    let place = Place::new();
    let (folder, _, ours) = shop(&place);
    let (git, full) = on_a_full_disk(&place, 100);
    let repository = Repository::find_with(&folder, git).unwrap();
    repository.prepare(DESIGN, &ours).unwrap();
    let long = "second\n".repeat(40_000);
    advance(&place, &folder, "big.txt", &long, 2000);
    fs::write(&full, "").unwrap();
    for _ in 0..2 {
        let error = repository.prepare(DESIGN, &ours).unwrap_err();
        let NotPrepared::Unwritten { file, count, .. } = &error else {
            panic!("{error:?}");
        };
        assert_eq!((file.as_path(), *count), (Path::new("big.txt"), 1));
    }
    fs::remove_file(&full).unwrap();
    let checkout = repository.prepare(DESIGN, &ours).unwrap();
    assert!(matches!(checkout.state, CheckoutState::Moved { .. }));
    assert!(read(&ours, "big.txt") == long);
    assert_eq!(place.run(&ours, &["status", "--porcelain"]), "");
}

#[test]
fn however_many_and_long_they_are_files_are_written_once_they_can_be() {
    let place = Place::new();
    let (folder, _, ours) = shop(&place);
    // The limit is in blocks of 512 bytes, and the longest file goes beyond what is kept of an answer.
    let (git, full) = on_a_full_disk(&place, 70_000);
    let repository = Repository::find_with(&folder, git).unwrap();
    repository.prepare(DESIGN, &ours).unwrap();
    let long = "a long line of a long file\n".repeat(1_500_000);
    advance(&place, &folder, "long.txt", &long, 2000);
    fs::write(&full, "").unwrap();
    let error = repository.prepare(DESIGN, &ours).unwrap_err();
    assert!(matches!(error, NotPrepared::Unwritten { .. }), "{error:?}");
    assert!(fs::metadata(ours.join("long.txt")).unwrap().len() > 32 * 1024 * 1024);
    fs::remove_file(&full).unwrap();
    repository.prepare(DESIGN, &ours).unwrap();
    assert!(read(&ours, "long.txt") == long);

    let (git, full) = on_a_full_disk(&place, 100);
    let repository = Repository::find_with(&folder, git).unwrap();
    let other = place.path("elsewhere");
    let there = other.to_str().unwrap();
    place.run(&folder, &["worktree", "add", "--quiet", there, "design"]);
    let many = |number| format!("many/{number}.txt");
    fs::create_dir(other.join("many")).unwrap();
    for name in (0..100).map(many) {
        fs::write(other.join(name), "third\n".repeat(10_000)).unwrap();
    }
    place.run(&other, &["add", "--all"]);
    place.commit(&other, "Third", 3000);
    place.run(&folder, &["worktree", "remove", there]);
    fs::write(&full, "").unwrap();
    let error = repository.prepare(DESIGN, &ours).unwrap_err();
    let NotPrepared::Unwritten { count: 100, .. } = error else {
        panic!("{error:?}");
    };
    fs::remove_file(&full).unwrap();
    repository.prepare(DESIGN, &ours).unwrap();
    assert_eq!(place.run(&ours, &["status", "--porcelain"]), "");
}

#[test]
fn worktree_that_git_could_not_write_is_not_handed_out() {
    let place = Place::new();
    let (folder, _, ours) = shop(&place);
    let (git, full) = on_a_full_disk(&place, 100);
    let repository = Repository::find_with(&folder, git).unwrap();
    let long = "first\n".repeat(40_000);
    advance(&place, &folder, "big.txt", &long, 2000);
    fs::write(&full, "").unwrap();
    for _ in 0..2 {
        let error = repository.prepare(DESIGN, &ours).unwrap_err();
        assert!(matches!(error, NotPrepared::Git { .. }), "{error:?}");
    }
    fs::remove_file(&full).unwrap();
    let checkout = repository.prepare(DESIGN, &ours).unwrap();
    assert_eq!(checkout.state, CheckoutState::Made);
    assert!(read(&ours, "big.txt") == long);
}

#[test]
fn commit_that_does_not_fit_is_left_for_the_next_one() {
    let place = Place::new();
    let (folder, _, ours) = shop(&place);
    let (git, full) = on_a_full_disk(&place, 100);
    let repository = Repository::find_with(&folder, git).unwrap();
    let first = repository.prepare(DESIGN, &ours).unwrap().commit;
    advance(&place, &folder, "page.txt", "second\n", 1900);
    let long = "second\n".repeat(40_000);
    advance(&place, &folder, "big.txt", &long, 2000);
    fs::write(&full, "").unwrap();
    let error = repository.prepare(DESIGN, &ours).unwrap_err();
    assert!(matches!(error, NotPrepared::Unwritten { .. }), "{error:?}");
    place.run(&folder, &["branch", "--force", "design", &first]);
    let checkout = repository.prepare(DESIGN, &ours).unwrap();
    assert_eq!(checkout.commit, first);
    assert_eq!(read(&ours, "page.txt"), "first\n");
    assert_eq!(place.run(&ours, &["status", "--porcelain"]), "");
    let again = repository.prepare(DESIGN, &ours).unwrap();
    assert_eq!(again.state, CheckoutState::Current);
}
